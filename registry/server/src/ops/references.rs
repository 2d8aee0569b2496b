//! From references to the texts that they stand for, transitively, each after those that it uses itself.
//!
//! Invariants: nothing outside the registry's own store is ever read; a cycle ends; number and bytes are bounded. One query
//! for each level of references, not for each reference.

use std::collections::{HashMap, HashSet};

use treaty_api::schemas::Reference as Asked;
use treaty_schemas::Source;
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

/// The texts that these references stand for.
///
/// # Errors
/// 42201 for one that names nothing, and when they are too many or too large.
pub async fn sources(app: &App, references: &[Reference]) -> Result<Vec<Source>, Problem> {
    if references.is_empty() {
        return Ok(Vec::new());
    }
    let found = collect(app, references).await?;
    let mut order: Vec<Source> = Vec::with_capacity(found.len());
    let mut entered: HashSet<SubjectVersion> = HashSet::new();
    // A stack of our own: references may be nested as deep as there are many. `true` marks a way back up.
    let mut stack: Vec<(SubjectVersion, bool)> = references.iter().rev().map(|each| (target(each), false)).collect();
    while let Some((name, leaving)) = stack.pop() {
        let Some(version) = found.get(&name) else { continue };
        if leaving {
            let called = format!("{}@{}", version.subject, version.version);
            order.push(Source::new(called, version.schema.text.as_str()));
        } else if entered.insert(name.clone()) {
            stack.push((name, true));
            stack.extend(version.schema.references.iter().rev().map(|each| (target(each), false)));
        }
    }
    Ok(order)
}

async fn collect(app: &App, references: &[Reference]) -> Result<HashMap<SubjectVersion, StoredVersion>, Problem> {
    let mut found: HashMap<SubjectVersion, StoredVersion> = HashMap::new();
    let mut bytes = 0;
    let mut level: Vec<Reference> = references.to_vec();
    while !level.is_empty() {
        let mut names: Vec<SubjectVersion> = level.iter().map(target).collect();
        names.sort_unstable();
        names.dedup();
        if found.len() + names.len() > app.config.max_references {
            return Err(too_many(app));
        }
        for version in app.store.versions_named(DEFAULT_CONTEXT, &names).await? {
            bytes += version.schema.text.len();
            let name = SubjectVersion {
                subject: version.subject.clone(),
                version: version.version,
            };
            found.insert(name, version);
        }
        if bytes > BYTES {
            return Err(Problem::InvalidSchema(format!(
                "Invalid schema: the referenced texts are larger than {BYTES} bytes"
            )));
        }
        if let Some(missing) = level.iter().find(|each| !found.contains_key(&target(each))) {
            return Err(unknown(&missing.name, &missing.subject, &missing.version.to_string()));
        }
        let next = names
            .iter()
            .filter_map(|name| found.get(name))
            .flat_map(|version| &version.schema.references);
        level = next
            .filter(|each| !found.contains_key(&target(each)))
            .cloned()
            .collect();
    }
    Ok(found)
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
