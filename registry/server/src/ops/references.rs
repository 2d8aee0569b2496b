//! From references to the texts that they stand for, transitively, each after those that it uses itself.
//!
//! Invariants: nothing outside the registry's own store is ever read; a cycle ends; number and bytes are bounded, and both are
//! known before a text is read. One query for each level of references, not for each reference.

use std::collections::{BTreeMap, HashMap, HashSet};
use std::sync::Arc;

use treaty_api::schemas::Reference as Asked;
use treaty_schemas::{Format, Reference as Text, Source};
use treaty_store::{Reference, SubjectVersion, Target};

use crate::call::Call;
use crate::problem::Problem;

/// What references may lead to.
#[derive(Debug, Clone, Copy)]
pub struct Bounds {
    /// How many schemas, directly and through others.
    number: usize,
    /// How many bytes all of them may have.
    bytes: usize,
}

impl Bounds {
    /// For what a request brings: all of it is read for each look at the schema.
    pub fn of_requests(call: &Call) -> Bounds {
        Bounds {
            number: call.config.max_references,
            bytes: 8 << 20,
        }
    }

    /// For a stored schema: it was accepted once, and no bound that was lowered since makes it unreadable.
    pub const STORED: Bounds = Bounds {
        number: usize::MAX,
        bytes: usize::MAX,
    };

    fn check(self, number: usize, bytes: usize) -> Result<(), Problem> {
        if number > self.number {
            return Err(Problem::InvalidSchema(format!(
                "Invalid schema: it refers to more than {} schemas, directly and through others; \
                 --max-references raises the limit",
                self.number
            )));
        }
        if bytes > self.bytes {
            return Err(Problem::InvalidSchema(format!(
                "Invalid schema: the schemas that it refers to are larger than {} bytes",
                self.bytes
            )));
        }
        Ok(())
    }
}

/// Bytes of schemas that are read by one query, unless one alone has more.
const TOGETHER: usize = 1 << 20;

/// Bytes in memory for each byte of a text that is read as a schema, where the text is not known yet.
const PER_BYTE: usize = 32;

/// Completes references as a client wrote them: the latest version becomes its number.
///
/// # Errors
/// 42201 for one that names nothing.
pub async fn complete(call: &Call, asked: &[Asked]) -> Result<Vec<Reference>, Problem> {
    Bounds::of_requests(call).check(asked.len(), 0)?;
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
            -1 => match call.store.head(&call.context, &subject).await?.latest_version {
                0 => return Err(unknown(&name, &subject, "latest")),
                latest => latest,
            },
            number @ 1.. => number,
            other => return Err(unknown(&name, &subject, &other.to_string())),
        };
        references.push(Reference { name, subject, version });
    }
    Ok(references)
}

/// References as `normalize=true` has them: by subject and version, each once. `latest` counts as it is written, before any other.
pub fn normalize(asked: &mut Vec<Asked>) {
    asked.sort_by(|one, other| (&one.subject, one.version).cmp(&(&other.subject, other.version)));
    let mut known = HashSet::new();
    asked.retain(|asked| known.insert(asked.clone()));
}

/// Whether one of a request's references is to the latest version: what that is changes with its subject.
pub fn name_latest(asked: Option<&[Asked]>) -> bool {
    asked.into_iter().flatten().any(|asked| asked.version == Some(-1))
}

/// The texts that the references of a stored schema stand for, transitively, each after those that it uses itself.
///
/// # Errors
/// As [`Plan::read`].
pub async fn sources(call: &Call, format: Format, references: &[Reference]) -> Result<Vec<Text>, Problem> {
    plan(call, format, references, Bounds::STORED).await?.read(call).await
}

/// Refuses a reference of a new schema to a version that was soft-deleted; what was registered with it keeps it.
///
/// # Errors
/// 42201 if there is one.
pub fn refuse_deleted(deleted: Option<&Reference>) -> Result<(), Problem> {
    match deleted {
        Some(Reference { name, subject, version }) => Err(Problem::InvalidSchema(format!(
            "Invalid schema: the reference `{name}` names version {version} of subject `{subject}`, which was deleted; refer to \
             one that is there"
        ))),
        None => Ok(()),
    }
}

/// What references lead to, before any of its texts is read.
#[derive(Default)]
pub struct Plan {
    /// The import, the name and the schema of each text, each after those that it uses itself.
    order: Vec<(String, SubjectVersion, i32)>,
    /// The bytes of each of these schemas.
    sizes: BTreeMap<i32, usize>,
    /// The id of the schema of each reference. What that refers to in turn cannot change while it is there.
    pub ids: Vec<i32>,
    /// The first of these references whose version is soft-deleted.
    pub deleted: Option<Reference>,
}

/// Finds what these references lead to.
///
/// # Errors
/// 42201 for one that names nothing, and when they are too many or too large.
pub async fn plan(call: &Call, format: Format, references: &[Reference], bounds: Bounds) -> Result<Plan, Problem> {
    plan_beside(call, format, references, bounds, &HashSet::new()).await
}

/// The same, where other texts have these names for imports already.
///
/// # Errors
/// As [`plan`].
pub async fn plan_beside(
    call: &Call,
    format: Format,
    references: &[Reference],
    bounds: Bounds,
    taken: &HashSet<String>,
) -> Result<Plan, Problem> {
    if references.is_empty() {
        return Ok(Plan::default());
    }
    let found = collect(call, references, bounds).await?;
    let ids = references.iter().map(|each| Ok(found.target(each)?.id));
    let is_deleted = |each: &&Reference| found.target(each).is_ok_and(|target| target.deleted);
    let mut plan = Plan {
        ids: ids.collect::<Result<_, Problem>>()?,
        deleted: references.iter().find(is_deleted).cloned(),
        order: Vec::with_capacity(found.targets.len()),
        sizes: BTreeMap::new(),
    };
    let mut named: HashSet<&str> = taken.iter().map(String::as_str).collect();
    let mut entered: HashSet<SubjectVersion> = HashSet::new();
    // A stack of our own: references may be nested as deep as there are many. `true` marks a way back up.
    let mut stack: Vec<(&Reference, bool)> = references.iter().rev().map(|each| (each, false)).collect();
    while let Some((reference, leaving)) = stack.pop() {
        let name = target(reference);
        let Some(version) = found.targets.get(&name) else {
            continue;
        };
        if leaving {
            plan.sizes.insert(version.id, version.bytes);
            plan.order.push((reference.name.clone(), name, version.id));
            continue;
        }
        // What imports have one name for is one file: of several versions of it, the first on the way down counts, as in
        // Confluent's registry.
        let is_new = match format.imports_by_path() {
            true => named.insert(&reference.name),
            false => entered.insert(name),
        };
        if is_new {
            stack.push((reference, true));
            stack.extend(version.references.iter().rev().map(|each| (each, false)));
        }
    }
    bounds.check(plan.order.len(), 0)?;
    Ok(plan)
}

impl Plan {
    /// Bytes that the texts take while they are read as schemas, by estimate.
    pub fn weight(&self) -> usize {
        self.sizes.values().sum::<usize>() * PER_BYTE
    }

    /// The subject of each text, in the order of the texts.
    pub fn subjects(&self) -> Vec<String> {
        self.order.iter().map(|(_, name, _)| name.subject.clone()).collect()
    }

    /// Reads the texts, a few at a time.
    ///
    /// # Errors
    /// When the store does not answer, and when one was removed meanwhile (`Contended`).
    pub async fn read(self, call: &Call) -> Result<Vec<Text>, Problem> {
        let mut texts: HashMap<i32, Arc<str>> = HashMap::with_capacity(self.sizes.len());
        let mut left = self.sizes.into_iter().peekable();
        while left.peek().is_some() {
            let (mut ids, mut bytes) = (Vec::new(), 0);
            while let Some((id, size)) = left.next_if(|(_, size)| ids.is_empty() || bytes + size <= TOGETHER) {
                bytes += size;
                ids.push(id);
            }
            let schemas = call.store.schemas(&call.context, &ids).await?;
            texts.extend(schemas.into_iter().map(|schema| (schema.id, schema.text.into())));
        }
        let order = self.order.into_iter();
        let texts = order.map(|(import, name, id)| {
            let called = format!("{}@{}", name.subject, name.version);
            // It was removed meanwhile.
            let text = texts.get(&id).ok_or(Problem::Contended)?;
            Ok(Text {
                import: import.into(),
                source: Source::new(called, Arc::clone(text)),
            })
        });
        texts.collect()
    }
}

/// Bytes of all these texts.
pub fn size(texts: &[Text]) -> usize {
    texts.iter().map(|text| text.source.text().len()).sum()
}

/// What a schema's references lead to.
#[derive(Default)]
struct Found {
    targets: HashMap<SubjectVersion, Target>,
}

impl Found {
    fn target(&self, reference: &Reference) -> Result<&Target, Problem> {
        let Reference { name, subject, version } = reference;
        let found = self.targets.get(&target(reference));
        found.ok_or_else(|| unknown(name, subject, &version.to_string()))
    }
}

async fn collect(call: &Call, references: &[Reference], bounds: Bounds) -> Result<Found, Problem> {
    let mut found = Found::default();
    let mut bytes: usize = 0;
    let mut level: Vec<Reference> = references.to_vec();
    loop {
        let mut names: Vec<SubjectVersion> = level.iter().map(target).collect();
        names.sort_unstable();
        names.dedup();
        names.retain(|name| !found.targets.contains_key(name));
        if names.is_empty() {
            return Ok(found);
        }
        bounds.check(found.targets.len() + names.len(), bytes)?;
        for target in call.store.targets(&call.context, &names).await? {
            bytes = bytes.saturating_add(target.bytes);
            found.targets.insert(target.name.clone(), target);
        }
        bounds.check(0, bytes)?;
        level.iter().try_for_each(|each| found.target(each).map(|_| ()))?;
        let next = names
            .iter()
            .filter_map(|name| found.targets.get(name))
            .flat_map(|target| &target.references);
        level = next.cloned().collect();
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
