//! Registering a schema: the one place that decides whether it becomes a version.
//!
//! Invariants: the check and the insert see the same head, and a lost race checks again; registering what is there already
//! writes nothing; a refused schema changes nothing.

use std::sync::Arc;
use std::time::{SystemTime, UNIX_EPOCH};

use treaty_api::metadata::Metadata;
use treaty_api::subjects::NewSchema;
use treaty_schemas::Strictness;
use treaty_store::{
    Append, Appended, DEFAULT_CONTEXT, Guid, Outline, Reference, Show, StoreError, StoredSchema, VersionEntry,
};

use crate::app::App;
use crate::cache::{Mark, Outlined};
use crate::ops::documents::Documents;
use crate::ops::draft::Draft;
use crate::ops::find::{by_guid, inherit, same};
use crate::ops::history::{self, History, known};
use crate::ops::judge::{Judged, judge};
use crate::ops::settings;
use crate::ops::write::write;
use crate::problem::Problem;

/// How often a race for the same subject may be lost before the client is told to try again.
const ATTEMPTS: usize = 64;

/// So many schemas that are not in memory are read sooner than it is asked whether one of them is the one in the request.
const READ_INSTEAD: usize = 1;

/// The metadata property in which Confluent's registry keeps the version of a schema that names one.
const VERSION_PROPERTY: &str = "confluent:version";

/// A schema that is registered.
#[derive(Debug)]
pub struct Outcome {
    /// Its id.
    pub id: i32,
    /// Its version under the subject.
    pub version: i32,
    /// The identity of the content.
    pub guid: Guid,
    /// Its language.
    pub format: String,
    /// The text as it is stored.
    pub text: String,
    /// What it refers to.
    pub references: Vec<Reference>,
    /// What comes with it.
    pub documents: Documents,
    /// It was there before: nothing was written.
    pub already: bool,
    /// What Confluent's rules let pass and data would be hurt by.
    pub warning: Option<String>,
}

/// What a request asks for besides the schema.
#[derive(Debug, Clone, Copy)]
struct Wish {
    /// 0: the next, -1: the latest.
    version: i32,
    /// None: the registry's choice.
    id: Option<i32>,
}

/// Registers a schema under a subject.
///
/// # Errors
/// 409 when the level forbids it, 42201 and 42210 when it is wrong in itself, 42205 for an id that only an import may name,
/// 503 when others change the subject all the time.
pub async fn register(app: &App, subject: &str, new: NewSchema, normalize: bool) -> Result<Outcome, Problem> {
    let wish = Wish {
        version: new.version.unwrap_or(0),
        id: new.id.filter(|&id| id >= 0),
    };
    let mut outlined = match app.outlines.get(subject) {
        Some(outlined) => outlined,
        None => history::outline(app, subject).await?,
    };
    let head = &outlined.outline.head;
    let normalize = normalize || settings::effective(app, head).await?.other.normalize == Some(true);
    let draft = Draft::parse(app, new, normalize, Strictness::New).await?;
    for _ in 0..ATTEMPTS {
        match attempt(app, subject, &draft, wish, &outlined).await {
            Err(Problem::Contended) => outlined = history::outline(app, subject).await?,
            outcome => return outcome,
        }
    }
    Err(Problem::Contended)
}

async fn attempt(app: &App, subject: &str, draft: &Draft, wish: Wish, outlined: &Outlined) -> Result<Outcome, Problem> {
    let outline = &outlined.outline;
    let unread = outline.versions.iter().filter(|entry| !app.schemas.has(entry.id));
    // What is registered already is found by its identity, unless all that it may be is read as quickly.
    if unread.count() > READ_INSTEAD
        && let Some(stored) = by_guid(app, subject, draft.guid(), Show::Live).await?
        && wanted(wish, stored.version, &stored.schema)
    {
        return outcome(stored.version, stored.schema);
    }
    let history = History::of(app, outline).await?;
    let mut newest_first = history.live.iter().rev();
    if let Some(live) = newest_first.find(|live| live.known.stored.guid == draft.guid())
        && wanted(wish, live.version, &live.known.stored)
    {
        return outcome(live.version, live.known.stored.clone());
    }
    let mut draft = draft.clone();
    if let Some(found) = spelled_otherwise(&history, &draft, wish)? {
        return found;
    }
    let next = history
        .head
        .last_version
        .checked_add(1)
        .ok_or(StoreError::Exhausted("versions"))?;
    let previous = history.live.last().map(|live| live.known.as_ref());
    draft.documents = inherit(app, &history.head, &draft.documents, previous).await?;
    if wish.version != 0 || draft.documents.property(VERSION_PROPERTY).is_some() {
        set_version(&mut draft.documents, next);
    }
    if let Some(found) = spelled_otherwise(&history, &draft, wish)? {
        return found;
    }
    if wish.id.is_some() {
        return Err(Problem::NotPermitted(format!(
            "Subject {subject} in context . is not in import mode"
        )));
    }
    if wish.version > 0 && wish.version != next {
        return Err(Problem::InvalidSchema(format!(
            "Version is not one more than previous version: {} was asked for, the next is {next}",
            wish.version
        )));
    }
    let judged = judge(
        app,
        history.settings.level,
        &draft,
        history.comparable(&draft.documents)?,
    )
    .await?;
    if !judged.messages.is_empty() {
        return Err(Problem::Incompatible {
            code: app.config.incompatible_code,
            subject: subject.to_owned(),
            details: judged.messages,
        });
    }
    match append(app, subject, &draft, outlined, &judged).await {
        Err(Problem::Taken(id)) => {
            // Another subject has it already, with other comments: one id, one text.
            let known = known(app, &[id]).await?.remove(&id).ok_or(Problem::Contended)?;
            if !draft.is_identical(&known.schema) {
                return Err(Problem::Taken(id));
            }
            draft.keep(&known.stored.text);
            append(app, subject, &draft, outlined, &judged).await
        }
        outcome => outcome,
    }
}

async fn append(
    app: &App,
    subject: &str,
    draft: &Draft,
    before: &Outlined,
    judged: &Judged,
) -> Result<Outcome, Problem> {
    let guid = draft.guid();
    let format = draft.schema.format().name().to_owned();
    let append = Append {
        context: DEFAULT_CONTEXT.to_owned(),
        subject: subject.to_owned(),
        expected: before.outline.head.at,
        guid,
        format: format.clone(),
        text: draft.text.clone(),
        metadata: json(draft.documents.metadata.as_ref())?,
        rule_set: json(draft.documents.rule_set.as_ref())?,
        references: draft.references.clone(),
        now: now(),
    };
    let store = app.store.clone();
    let change = app.generations.change(subject, false);
    let appended = write(app, change, async move { store.append(append).await })
        .await
        .map_err(|error| Problem::of_store(error, subject, None))?;
    if !appended.already {
        app.outlines.keep(subject, &with_version(before, &appended));
    }
    Ok(Outcome {
        id: appended.id,
        version: appended.version,
        guid,
        format,
        text: draft.text.clone(),
        references: draft.references.clone(),
        documents: draft.documents.clone(),
        already: appended.already,
        warning: judged.warning.clone(),
    })
}

/// Where a subject stands after the version that was decided on `before` was appended.
fn with_version(before: &Outlined, appended: &Appended) -> Outlined {
    let mut outline = Outline::clone(&before.outline);
    outline.head.at = appended.head;
    outline.head.last_version = appended.version;
    outline.head.latest_version = appended.version;
    outline.versions.push(VersionEntry {
        version: appended.version,
        id: appended.id,
        deleted: false,
    });
    Outlined {
        outline: Arc::new(outline),
        mark: before.mark.map(Mark::after_one_write),
    }
}

/// The newest live version that is the draft in another spelling, if it is one that the request can mean.
fn spelled_otherwise(
    history: &History,
    draft: &Draft,
    wish: Wish,
) -> Result<Option<Result<Outcome, Problem>>, Problem> {
    for live in history.live.iter().rev() {
        if wish.version <= 0 && wish.id.is_none_or(|id| id == live.known.stored.id) && same(draft, &live.known)? {
            return Ok(Some(outcome(live.version, live.known.stored.clone())));
        }
        if wish.version == -1 {
            break;
        }
    }
    Ok(None)
}

/// Whether a version that is there is the one that the request means.
fn wanted(wish: Wish, version: i32, stored: &StoredSchema) -> bool {
    let id = wish.id.is_none_or(|id| id == stored.id);
    id && (wish.version <= 0 || wish.version == version)
}

fn outcome(version: i32, stored: StoredSchema) -> Result<Outcome, Problem> {
    Ok(Outcome {
        id: stored.id,
        version,
        guid: stored.guid,
        documents: Documents::read(stored.metadata.as_deref(), stored.rule_set.as_deref())?,
        format: stored.format,
        text: stored.text,
        references: stored.references,
        already: true,
        warning: None,
    })
}

fn set_version(documents: &mut Documents, version: i32) {
    let metadata = documents.metadata.get_or_insert_with(Metadata::default);
    let properties = metadata.properties.get_or_insert_default();
    properties.insert(VERSION_PROPERTY.to_owned(), version.to_string());
}

fn json<T: serde::Serialize>(document: Option<&T>) -> Result<Option<String>, Problem> {
    document
        .map(|document| serde_json::to_string(document).map_err(|error| Problem::internal(error.to_string())))
        .transpose()
}

/// Milliseconds since 1970; a clock before that is taken for 1970.
pub fn now() -> i64 {
    let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
    i64::try_from(since.as_millis()).unwrap_or(i64::MAX)
}
