//! From references to the texts that they stand for, transitively, each after those that it uses itself.
//!
//! Invariants: nothing outside the registry's own store is ever read; a cycle ends; number and bytes are bounded. One query
//! for each level of references, not for each reference.

use std::collections::{HashMap, HashSet};

use treaty_api::schemas::Reference as Asked;
use treaty_schemas::{Format, Reference as Text, Source};
use treaty_store::{DEFAULT_CONTEXT, Reference, StoredVersion, SubjectVersion, Which};

use crate::app::App;
use crate::problem::Problem;

/// Bytes of all texts that one schema may refer to.
const BYTES: usize = 32 << 20;

/// Completes references as a client wrote them: the latest version becomes its number.
///
/// # Errors
/// 42201 for one that names nothing.
pub async fn complete(app: &App, asked: &[Asked]) -> Result<Vec<Reference>, Problem> {
    if asked.len() > app.config.max_references {
        return Err(too_many(app));
    }
    let mut references = Vec::with_capacity(asked.len());
    for (index, asked) in asked.iter().enumerate() {
        let missing = |what: &str| Problem::InvalidSchema(format!("Invalid schema: references[{index}] has no {what}"));
        let name = asked
            .name
            .clone()
            .filter(|name| !name.is_empty())
            .ok_or_else(|| missing("name"))?;
        let subject = asked
            .subject
            .clone()
            .filter(|subject| !subject.is_empty())
            .ok_or_else(|| missing("subject"))?;
        let version = match asked.version.ok_or_else(|| missing("version"))? {
            -1 => {
                let latest = app.store.version(DEFAULT_CONTEXT, &subject, Which::Latest).await?;
                latest.ok_or_else(|| unknown(&name, &subject, "latest"))?.version
            }
            number @ 1.. => number,
            other => return Err(unknown(&name, &subject, &other.to_string())),
        };
        references.push(Reference { name, subject, version });
    }
    Ok(references)
}

/// Whether one of a request's references is to the latest version: what that is changes with its subject.
pub fn name_latest(asked: Option<&[Asked]>) -> bool {
    asked.into_iter().flatten().any(|asked| asked.version == Some(-1))
}

/// What references stand for.
#[derive(Debug, Default)]
pub struct Sources {
    /// The texts, transitively, each after those that it uses itself.
    pub texts: Vec<Text>,
    /// The id of the schema of each reference. What that refers to in turn cannot change while it is there.
    pub ids: Vec<i32>,
}

/// What these references stand for.
///
/// # Errors
/// 42201 for one that names nothing, and when they are too many or too large.
pub async fn sources(app: &App, format: Format, references: &[Reference]) -> Result<Sources, Problem> {
    if references.is_empty() {
        return Ok(Sources::default());
    }
    let found = collect(app, format, references).await?;
    let ids = references
        .iter()
        .map(|each| Ok(found.version(each)?.schema.id))
        .collect::<Result<_, Problem>>()?;
    let mut order: Vec<Text> = Vec::with_capacity(found.versions.len());
    if format == Format::Protobuf {
        let texts = found.imports.iter().filter_map(|(import, name)| {
            let version = found.versions.get(name)?;
            Some(text(import, version))
        });
        order.extend(texts);
        return Ok(Sources { texts: order, ids });
    }
    let mut entered: HashSet<SubjectVersion> = HashSet::new();
    // A stack of our own: references may be nested as deep as there are many. `true` marks a way back up.
    let mut stack: Vec<(&Reference, bool)> = references.iter().rev().map(|each| (each, false)).collect();
    while let Some((reference, leaving)) = stack.pop() {
        let name = target(reference);
        let Some(version) = found.versions.get(&name) else {
            continue;
        };
        if leaving {
            order.push(text(&reference.name, version));
        } else if entered.insert(name) {
            stack.push((reference, true));
            stack.extend(version.schema.references.iter().rev().map(|each| (each, false)));
        }
    }
    Ok(Sources { texts: order, ids })
}

/// Bytes of all these texts.
pub fn size(texts: &[Text]) -> usize {
    texts.iter().map(|text| text.source.text().len()).sum()
}

fn text(import: &str, version: &StoredVersion) -> Text {
    let called = format!("{}@{}", version.subject, version.version);
    Text {
        import: import.into(),
        source: Source::new(called, version.schema.text.as_str()),
    }
}

/// What a schema's references lead to.
#[derive(Default)]
struct Found {
    versions: HashMap<SubjectVersion, StoredVersion>,
    /// For Protobuf, which file each import is: a file that is imported from two places is one file. Where they name
    /// different versions of it, the one that is nearer to the schema counts, and among equals the one named first.
    imports: Vec<(String, SubjectVersion)>,
}

impl Found {
    fn version(&self, reference: &Reference) -> Result<&StoredVersion, Problem> {
        let Reference { name, subject, version } = reference;
        let found = self.versions.get(&target(reference));
        found.ok_or_else(|| unknown(name, subject, &version.to_string()))
    }
}

async fn collect(app: &App, format: Format, references: &[Reference]) -> Result<Found, Problem> {
    let mut found = Found::default();
    let mut imported: HashSet<String> = HashSet::new();
    let mut bytes = 0;
    let mut level: Vec<Reference> = references.to_vec();
    // Each that the schema itself names has to be there, also one whose import is another's.
    let mut names: Vec<SubjectVersion> = level.iter().map(target).collect();
    loop {
        if format == Format::Protobuf {
            level.retain(|each| imported.insert(each.name.clone()));
            let imports = level.iter().map(|each| (each.name.clone(), target(each)));
            found.imports.extend(imports);
        }
        names.extend(level.iter().map(target));
        names.sort_unstable();
        names.dedup();
        names.retain(|name| !found.versions.contains_key(name));
        if names.is_empty() {
            return Ok(found);
        }
        let limit = app.config.max_references;
        if found.versions.len() + names.len() > limit || found.imports.len() > limit {
            return Err(too_many(app));
        }
        for version in app.store.versions_named(DEFAULT_CONTEXT, &names).await? {
            bytes += version.schema.text.len();
            let name = SubjectVersion {
                subject: version.subject.clone(),
                version: version.version,
            };
            found.versions.insert(name, version);
        }
        if bytes > BYTES {
            return Err(Problem::InvalidSchema(format!(
                "Invalid schema: the referenced texts are larger than {BYTES} bytes"
            )));
        }
        level.iter().try_for_each(|each| found.version(each).map(|_| ()))?;
        let next = names
            .iter()
            .filter_map(|name| found.versions.get(name))
            .flat_map(|version| &version.schema.references);
        level = next.cloned().collect();
        names.clear();
    }
}

fn target(reference: &Reference) -> SubjectVersion {
    SubjectVersion {
        subject: reference.subject.clone(),
        version: reference.version,
    }
}

fn unknown(name: &str, subject: &str, version: &str) -> Problem {
    Problem::InvalidSchema(format!(
        "Invalid schema: the reference `{name}` names version {version} of subject `{subject}`, which does not exist here; \
         register it first"
    ))
}

fn too_many(app: &App) -> Problem {
    Problem::InvalidSchema(format!(
        "Invalid schema: it refers to more than {} schemas, directly and through others; --max-references raises the limit",
        app.config.max_references
    ))
}
