//! Finding the version of a subject that has a certain schema, or certain properties.
//!
//! Two texts are the same schema when their identity is equal, or when only their spelling differs: formatting, the order of
//! attributes that mean nothing, a full name for a short one. A request without references also finds a schema that has some
//! when both are the same once the references are written out: serialisers look up the inlined form. Of the metadata, the
//! number of the version counts only where both have it.

use std::sync::Arc;

use treaty_api::subject::Subject;
use treaty_api::subjects::NewSchema;
use treaty_schemas::Strictness;
use treaty_store::{Show, StoredVersion, Which};

use crate::cache::ParsedSchema;
use crate::call::Call;
use crate::ops::documents::{Documents, VERSION_PROPERTY};
use crate::ops::draft::Draft;
use crate::ops::history::Walk;
use crate::ops::settings;
use crate::problem::Problem;
use crate::workers;

/// The version of the subject that has this schema.
///
/// # Errors
/// 40401 for an unknown subject, 40403 when it has no such version, 42201 for what is no schema.
pub async fn by_schema(
    call: &Call,
    subject: &Subject,
    new: NewSchema,
    normalize: bool,
    show: Show,
) -> Result<StoredVersion, Problem> {
    let head = call.store.head(&subject.context, &subject.name).await?;
    let newest = if show == Show::Live {
        head.latest_version
    } else {
        head.last_version
    };
    let unknown = || Problem::SubjectNotFound(subject.to_string());
    // As in Confluent's registry: no version has an empty schema, and what is no schema is told whatever the subject is.
    if new.schema.as_deref().is_none_or(str::is_empty) {
        return Err(if newest == 0 {
            unknown()
        } else {
            Problem::SchemaNotFound(None)
        });
    }
    let normalize = normalize || settings::effective(call, &head).await?.other.normalize == Some(true);
    let draft = Draft::parse(call, new, normalize, Strictness::Stored).await?;
    if newest == 0 {
        return Err(unknown());
    }
    if let Some(found) = by_content(call, subject, &draft, show).await? {
        return Ok(found);
    }
    let versions = call.store.versions(&subject.context, &subject.name, show).await?;
    let mut walk = Walk::over(versions.into_iter().rev());
    let mut inherited: Option<Draft> = None;
    let mut second = None;
    while let Some(few) = walk.next(call).await? {
        for live in &few.live {
            if same(call, &draft, live.version, &live.known).await? {
                return read(call, subject, live.version).await;
            }
            // What the version would have inherited, had it been registered like this.
            let inherited = match &mut inherited {
                Some(inherited) => inherited,
                none => {
                    let inherited = inherit(call, &head, &draft.documents, Some(&live.known)).await?;
                    none.insert(draft.with(as_inherited(&draft.documents, &inherited)))
                }
            };
            if second.is_none() && same(call, inherited, live.version, &live.known).await? {
                second = Some(live.version);
            }
        }
    }
    match second {
        Some(version) => read(call, subject, version).await,
        None => Err(Problem::SchemaNotFound(None)),
    }
}

/// The newest version whose metadata has all of these properties.
///
/// # Errors
/// 40401 for an unknown subject, 40403 when it has no such version.
pub async fn by_properties(
    call: &Call,
    subject: &Subject,
    wanted: &[(&str, &str)],
    deleted: bool,
) -> Result<StoredVersion, Problem> {
    let show = if deleted { Show::All } else { Show::Live };
    let versions = call.store.versions(&subject.context, &subject.name, show).await?;
    if versions.is_empty() {
        return Err(Problem::SubjectNotFound(subject.to_string()));
    }
    let mut walk = Walk::over(versions.into_iter().rev());
    while let Some(few) = walk.next(call).await? {
        for live in &few.live {
            let documents = Documents::read(live.known.stored.metadata.as_deref(), None)?;
            let mut pairs = wanted.iter();
            if pairs.all(|(name, value)| documents.property(name) == Some(*value)) {
                return read(call, subject, live.version).await;
            }
        }
    }
    Err(Problem::SchemaNotFound(None))
}

/// The version with this content; one query for the search, one for the schema.
///
/// # Errors
/// When the store does not answer.
pub async fn by_content(
    call: &Call,
    subject: &Subject,
    draft: &Draft,
    show: Show,
) -> Result<Option<StoredVersion>, Problem> {
    let (identity, guid) = (draft.identity()?, draft.guid());
    let found = call
        .store
        .version_of_content(&subject.context, &subject.name, identity, guid, show)
        .await?;
    let Some(entry) = found else { return Ok(None) };
    let version = call
        .store
        .version(&subject.context, &subject.name, Which::Any(entry.version))
        .await?;
    match version {
        Some(version) if draft.is(identity, &version.schema)? => Ok(Some(version)),
        _ => Ok(None),
    }
}

/// Whether a draft and the schema of a version differ in spelling only.
///
/// # Errors
/// When stored documents cannot be read, and when it takes longer than a request may.
pub async fn same(call: &Call, draft: &Draft, version: i32, known: &Arc<ParsedSchema>) -> Result<bool, Problem> {
    let bytes = draft.text.len() + known.text_bytes + known.stored.bytes();
    // Texts that refer to the same are compared by their digests; others are written out in full.
    let by_digests = draft.refers_to(&known.stored.references);
    if workers::is_small(bytes) || by_digests && draft.normalized_before() && known.normalized_before() {
        return compare(draft, version, known);
    }
    let (draft, known) = (draft.clone(), Arc::clone(known));
    call.workers
        .linear(bytes, move || compare(&draft, version, &known))
        .await?
}

fn compare(draft: &Draft, version: i32, known: &ParsedSchema) -> Result<bool, Problem> {
    let stored = &known.stored;
    let theirs = Documents::read(stored.metadata.as_deref(), stored.rule_set.as_deref())?;
    if !draft.documents.find(&theirs, version) {
        return Ok(false);
    }
    if draft.refers_to(&stored.references) {
        return Ok(draft.normalized() == known.normalized());
    }
    Ok(draft.references.is_empty() && draft.schema.resolved() == known.schema.resolved())
}

/// What is looked for with inherited documents: the number of an earlier version is not inherited.
pub fn as_inherited(own: &Documents, inherited: &Documents) -> Documents {
    match own.property(VERSION_PROPERTY) {
        Some(_) => inherited.clone(),
        None => inherited.of_any_version(),
    }
}

/// What a draft's documents become under the settings of the subject and after the version before it.
///
/// # Errors
/// When stored documents or settings cannot be read.
pub async fn inherit(
    call: &Call,
    head: &treaty_store::SubjectHead,
    own: &Documents,
    previous: Option<&ParsedSchema>,
) -> Result<Documents, Problem> {
    let other = settings::effective(call, head).await?.other;
    let previous = match previous {
        Some(known) => Documents::read(known.stored.metadata.as_deref(), known.stored.rule_set.as_deref())?,
        None => Documents::default(),
    };
    let specific = Documents {
        metadata: own.metadata.clone().or(previous.metadata),
        rule_set: own.rule_set.clone().or(previous.rule_set),
    };
    let below = Documents {
        metadata: other.default_metadata,
        rule_set: other.default_rule_set,
    };
    let above = Documents {
        metadata: other.override_metadata,
        rule_set: other.override_rule_set,
    };
    Ok(above.over(specific.over(below)))
}

async fn read(call: &Call, subject: &Subject, version: i32) -> Result<StoredVersion, Problem> {
    let stored = call
        .store
        .version(&subject.context, &subject.name, Which::Any(version))
        .await?;
    stored.ok_or(Problem::SchemaNotFound(None))
}
