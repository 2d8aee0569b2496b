//! A registered schema with everything that it refers to.
//!
//! Only what every registry with Confluent's API answers is relied on, so that other registries can be asked too.

use std::collections::HashSet;

use serde::Deserialize;
use treaty_schemas::text::json::Limits;
use treaty_schemas::text::likeness::nearest;
use treaty_schemas::{Format, Options, Origin, Reference as Text, Schema, Source, Strictness, to_line};

use crate::client::{Client, Refusal};
use crate::exit::Failure;

/// Schemas that one schema may refer to, directly and through others.
const MAX_REFERENCES: usize = 1000;
/// Bytes of all their texts.
const MAX_REFERENCED: usize = 64 * 1024 * 1024;

/// Confluent's code for an id or a schema that is not there.
const NO_SUCH_SCHEMA: u32 = 40403;

/// What a registry answers for a version or an id.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
struct Answer {
    schema: String,
    schema_type: Option<String>,
    version: Option<u32>,
    references: Option<Vec<Reference>>,
}

/// What a schema refers to.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Deserialize)]
pub struct Reference {
    /// The name by which the schema's text uses it.
    pub name: String,
    /// The subject.
    pub subject: String,
    /// The version, from 1.
    pub version: i64,
}

/// A schema as the registry keeps it, not yet parsed.
#[derive(Debug, Clone)]
pub struct Registered {
    /// The text, under the name `subject@version`.
    pub source: Source,
    /// The schema language.
    pub format: Format,
    /// The texts that it refers to, each after those that it refers to itself.
    pub references: Vec<Text>,
}

impl Registered {
    /// Understands it.
    ///
    /// # Errors
    /// It is not understood; then another program accepted it.
    pub fn parse(&self) -> Result<Schema, Failure> {
        let options = Options {
            limits: Limits::UNBOUNDED_SIZE,
            strictness: Strictness::Stored,
            origin: Origin::Registry,
        };
        Ok(Schema::parse(self.format, &self.source, &self.references, &options)?)
    }
}

/// A version of a subject; `version` is a number or `latest`.
///
/// # Errors
/// There is no such version, or the registry cannot be asked.
pub fn version(client: &Client, subject: &str, version: &str) -> Result<Registered, Failure> {
    version_beside(client, subject, version, &mut HashSet::new())
}

/// The same, where other texts have these names for imports already; those that it refers to have theirs from then on.
///
/// # Errors
/// As [`version`].
pub fn version_beside(
    client: &Client,
    subject: &str,
    version: &str,
    imported: &mut HashSet<String>,
) -> Result<Registered, Failure> {
    let answer: Answer = match client.try_get(&["subjects", subject, "versions", version], &[])? {
        Ok(answer) => answer,
        Err(refusal) => return Err(not_there(client, subject, &refusal)),
    };
    let number = answer
        .version
        .map_or_else(|| version.to_owned(), |number| number.to_string());
    registered(client, format!("{subject}@{number}"), answer, imported)
}

/// The schema of an id.
///
/// # Errors
/// There is no such id, or the registry cannot be asked.
pub fn id(client: &Client, id: u32) -> Result<Registered, Failure> {
    let answer = client.get(&["schemas", "ids", &id.to_string()], &[])?;
    registered(client, format!("id {id}"), answer, &mut HashSet::new())
}

/// The schema of an id that a message names; `None` where the registry has no such id.
///
/// # Errors
/// The registry cannot be asked.
pub fn find_id(client: &Client, id: u32) -> Result<Option<Registered>, Failure> {
    match client.try_get(&["schemas", "ids", &id.to_string()], &[])? {
        Ok(answer) => registered(client, format!("id {id}"), answer, &mut HashSet::new()).map(Some),
        Err(refusal) if refusal.code == NO_SUCH_SCHEMA => Ok(None),
        Err(refusal) => Err(client.failure(&refusal)),
    }
}

/// Whether a version of the subject has this id, be it deleted or not.
///
/// # Errors
/// The registry cannot be asked.
pub fn is_of(client: &Client, id: u32, subject: &str) -> Result<bool, Failure> {
    #[derive(Deserialize)]
    struct Of {
        subject: String,
    }
    let path = ["schemas", "ids", &id.to_string(), "versions"];
    match client.try_get::<Vec<Of>>(&path, &[("deleted", "true")])? {
        Ok(versions) => Ok(versions.iter().any(|version| version.subject == subject)),
        Err(refusal) if refusal.code == NO_SUCH_SCHEMA => Ok(false),
        // Other registries may not have this question.
        Err(refusal) if refusal.code == 404 => Ok(true),
        Err(refusal) => Err(client.failure(&refusal)),
    }
}

fn registered(
    client: &Client,
    name: String,
    answer: Answer,
    imported: &mut HashSet<String>,
) -> Result<Registered, Failure> {
    let format = match answer.schema_type.as_deref() {
        None => Format::DEFAULT,
        Some(format) => format
            .parse()
            .map_err(|error| Failure::unknown(format!("`{name}` cannot be judged: {error}")))?,
    };
    let direct = answer.references.unwrap_or_default();
    let references = references_with(client, format, &name, direct, imported, |_| None)?;
    Ok(Registered {
        source: Source::new(name, answer.schema),
        format,
        references,
    })
}

/// The texts that are referred to, each after those that it refers to itself, with other texts in the place of every version of
/// some subjects: each with what it refers to itself. Of Protobuf one name for imports is one file: where several versions have
/// it, the first on the way down counts, as in a registry. `imported` has the names that are taken.
///
/// # Errors
/// One of them is not there, there are more than 1000, they are too large, or the registry cannot be asked.
pub fn references_with(
    client: &Client,
    format: Format,
    name: &str,
    direct: Vec<Reference>,
    imported: &mut HashSet<String>,
    proposed: impl Fn(&str) -> Option<(Source, Vec<Reference>)>,
) -> Result<Vec<Text>, Failure> {
    enum Step {
        Fetch(Reference),
        Keep(Text),
    }
    let mut ready = Vec::new();
    let mut seen = HashSet::new();
    let mut number = 0;
    let mut bytes = 0;
    let mut todo: Vec<Step> = direct.into_iter().rev().map(Step::Fetch).collect();
    while let Some(step) = todo.pop() {
        match step {
            Step::Keep(text) => ready.push(text),
            Step::Fetch(mut reference) => {
                let instead = proposed(&reference.subject);
                if instead.is_some() {
                    // All of its versions are one text here.
                    reference.version = 0;
                }
                let is_new = match format.imports_by_path() {
                    true => imported.insert(reference.name.clone()),
                    false => seen.insert((reference.subject.clone(), reference.version)),
                };
                if !is_new {
                    continue;
                }
                number += 1;
                if number > MAX_REFERENCES {
                    return Err(Failure::unknown(format!(
                        "`{name}` refers to more than {MAX_REFERENCES} schemas"
                    )));
                }
                let Reference {
                    name: import,
                    subject,
                    version,
                } = reference;
                if let Some((source, inner)) = instead {
                    bytes += source.text().len();
                    todo.push(Step::Keep(Text {
                        import: import.into(),
                        source,
                    }));
                    todo.extend(inner.into_iter().rev().map(Step::Fetch));
                    continue;
                }
                let path = ["subjects", &subject, "versions", &version.to_string()];
                let answer: Answer = match client.try_get(&path, &[("deleted", "true")])? {
                    Ok(answer) => answer,
                    Err(refusal) => {
                        let failure = client.failure(&refusal);
                        return Err(Failure {
                            message: to_line!("`{name}` refers to {subject}@{version}; {}", failure.message),
                            ..failure
                        });
                    }
                };
                bytes += answer.schema.len();
                if bytes > MAX_REFERENCED {
                    return Err(Failure::unknown(format!(
                        "`{name}` refers to texts of more than {MAX_REFERENCED} bytes"
                    )));
                }
                todo.push(Step::Keep(Text {
                    import: import.into(),
                    source: Source::new(format!("{subject}@{version}"), answer.schema),
                }));
                todo.extend(answer.references.unwrap_or_default().into_iter().rev().map(Step::Fetch));
            }
        }
    }
    Ok(ready)
}

/// A subject or a version is not there; perhaps another subject was meant.
fn not_there(client: &Client, subject: &str, refusal: &Refusal) -> Failure {
    let failure = client.failure(refusal);
    if refusal.code != 40401 {
        return failure;
    }
    let Ok(subjects) = client.get::<Vec<String>>(&["subjects"], &[]) else {
        return failure;
    };
    match nearest(subject, subjects.iter().map(String::as_str)) {
        Some(meant) => failure.help(format!("did you mean `{meant}`?")),
        None => failure.help("`treaty subjects` lists those that are there"),
    }
}
