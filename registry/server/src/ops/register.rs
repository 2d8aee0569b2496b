//! Registering a schema: the one place that decides whether it becomes a version.
//!
//! Invariants: the check and the insert see the same head and the same referenced schemas, and a lost race checks again;
//! registering what is there already writes nothing; a refused schema changes nothing. However many register under one
//! subject at one time, each gets its turn.

use std::sync::Arc;

use tokio::time::{Instant, timeout_at};
use treaty_api::schemas::Reference as Asked;
use treaty_api::subject::Subject;
use treaty_api::subjects::NewSchema;
use treaty_schemas::{Line, Strictness, to_line};
use treaty_store::{Append, Appended, Guid, Outline, Reference, Show, StoreError, StoredSchema, VersionEntry};

use crate::cache::{Mark, ParsedSchema, SubjectState};
use crate::call::Call;
use crate::ops::documents::{Documents, VERSION_PROPERTY};
use crate::ops::draft::Draft;
use crate::ops::enforce;
use crate::ops::find::{as_inherited, by_content, inherit, same};
use crate::ops::history::{self, History, Live};
use crate::ops::judge::{self, Judged};
use crate::ops::settings;
use crate::ops::write::write;
use crate::problem::Problem;

/// So many schemas that are not in memory are read sooner than it is asked whether one of them is the one in the request.
const READ_INSTEAD: usize = 1;

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
    /// What Confluent's rules let pass and data would be affected by.
    pub warning: Option<Line>,
}

/// What a request asks for besides the schema.
#[derive(Debug, Clone, Copy)]
struct Requested {
    /// 0: the next, -1: the latest.
    version: i32,
    /// None: the registry's choice.
    id: Option<i32>,
}

/// What became of a request, as a subject stood at one moment.
enum Decided {
    /// It is there already.
    There(Box<Outcome>),
    /// It may become the next version.
    Next(Box<Draft>, Judged),
}

/// Registers a schema under a subject.
///
/// # Errors
/// 409 when the level forbids it, 42201 and 42210 when it is wrong in itself, 42205 for an id that only an import may name,
/// 503 when its turn did not come within the time that a request may take.
pub async fn register(call: &Call, subject: &Subject, new: NewSchema, normalize: bool) -> Result<Outcome, Problem> {
    let until = Instant::now() + call.config.request_timeout;
    let requested = Requested {
        version: new.version.unwrap_or(0),
        id: new.id.filter(|&id| id >= 0),
    };
    let mut outlined = current(call, subject).await?;
    let mut reading = Reading::of(call, &outlined, normalize).await?;
    let documents_alone = new.schema.as_deref().is_none_or(|text| text.trim().is_empty())
        && (new.metadata.is_some() || new.rule_set.is_some());
    let documents_alone = documents_alone.then(|| new.clone());
    let mut draft = match &documents_alone {
        Some(new) => of_previous(call, &outlined, new, reading).await?,
        None => Draft::parse(call, new, reading.normalize, reading.strictness).await?,
    };
    let mut turn = None;
    loop {
        match decide(call, subject, &draft, requested, &outlined).await {
            Ok(Decided::There(outcome)) => return Ok(*outcome),
            Ok(Decided::Next(next, judged)) => {
                // What is refused waits for nobody. What is to be written does, and is decided again if others came before.
                let others_came = match &turn {
                    Some(_) => false,
                    None => {
                        let mine = timeout_at(until, call.turns.take(subject)).await;
                        turn.insert(mine.map_err(|_| Problem::Contended)?).waited
                    }
                };
                if !others_came {
                    match append(call, subject, &next, &outlined, &judged).await {
                        Err(Problem::Contended) => {}
                        outcome => return outcome,
                    }
                }
            }
            Err(Problem::Contended) => {}
            Err(problem) => return Err(problem),
        }
        if Instant::now() >= until {
            return Err(Problem::Contended);
        }
        outlined = current(call, subject).await?;
        let before = reading;
        reading = Reading::of(call, &outlined, normalize).await?;
        if let Some(new) = &documents_alone {
            draft = of_previous(call, &outlined, new, reading).await?;
        } else if reading != before || !draft.references.is_empty() {
            draft = draft.again(call, reading.normalize, reading.strictness).await?;
        }
    }
}

/// How a text is read under the settings of its subject.
#[derive(Clone, Copy, PartialEq, Eq)]
struct Reading {
    normalize: bool,
    strictness: Strictness,
}

impl Reading {
    async fn of(call: &Call, outlined: &SubjectState, normalize: bool) -> Result<Reading, Problem> {
        let settings = settings::effective(call, &outlined.outline.head).await?.other;
        Ok(Reading {
            normalize: normalize || settings.normalize == Some(true),
            strictness: match settings.validate_new_schemas {
                Some(false) => Strictness::Stored,
                Some(true) | None => Strictness::New,
            },
        })
    }
}

/// The schema of the latest version with the documents of a request that has no schema, as in Confluent's registry.
///
/// # Errors
/// 42201 when there is no version, and those of [`Draft::parse`].
async fn of_previous(
    call: &Call,
    outlined: &SubjectState,
    new: &NewSchema,
    reading: Reading,
) -> Result<Draft, Problem> {
    let latest = outlined.outline.versions.last();
    let latest = latest.ok_or_else(|| Problem::InvalidSchema("Empty schema".to_owned()))?;
    let stored = match call.schemas.get(&call.context, latest.id) {
        Some(known) => known.stored.clone(),
        None => call
            .store
            .schema(&call.context, latest.id)
            .await?
            .ok_or(Problem::Contended)?,
    };
    let references = stored.references.into_iter().map(|reference| Asked {
        name: Some(reference.name),
        subject: Some(reference.subject),
        version: Some(reference.version),
    });
    let whole = NewSchema {
        schema: Some(stored.text),
        schema_type: Some(stored.format),
        references: Some(references.collect()),
        ..new.clone()
    };
    // The text was accepted once.
    Draft::parse(call, whole, reading.normalize, Strictness::Stored).await
}

/// Where the subject stands: from memory, if that is known to be true.
async fn current(call: &Call, subject: &Subject) -> Result<SubjectState, Problem> {
    match call.outlines.get(subject) {
        Some(outlined) => Ok(outlined),
        None => history::outline(call, subject).await,
    }
}

async fn decide(
    call: &Call,
    subject: &Subject,
    draft: &Draft,
    requested: Requested,
    outlined: &SubjectState,
) -> Result<Decided, Problem> {
    let outline = &outlined.outline;
    let unread = outline
        .versions
        .iter()
        .filter(|entry| !call.schemas.has(&call.context, entry.id));
    // What is registered already is found by its identity, unless all that it may be is read as quickly.
    if unread.count() > READ_INSTEAD
        && let Some(stored) = by_content(call, subject, draft, Show::Live).await?
        && wanted(requested, stored.version, &stored.schema)
    {
        return there(stored.version, stored.schema);
    }
    let history = History::of(call, outline).await?;
    let identity = draft.identity()?;
    let mut heir = None;
    let mut found = Spelled::default();
    let mut walk = history.newest_first();
    while let Some(few) = walk.next(call).await? {
        for live in &few.live {
            if wanted(requested, live.version, &live.known.stored) && draft.is(identity, &live.known.stored)? {
                return there(live.version, live.known.stored.clone());
            }
            let heir = match &mut heir {
                Some(heir) => heir,
                none => none.insert(Heir::of(call, &history, draft, Some(&live.known)).await?),
            };
            found.look(call, draft, heir, live, requested).await?;
        }
    }
    if let Some((version, stored)) = found.own.or(found.inheriting) {
        return there(version, stored);
    }
    let heir = match heir {
        Some(heir) => heir,
        None => Heir::of(call, &history, draft, None).await?,
    };
    let mut next = draft.with(heir.inherited);
    let number = history
        .head
        .last_version
        .checked_add(1)
        .ok_or(StoreError::Exhausted("versions"))?;
    if requested.version != 0 || next.documents.property(VERSION_PROPERTY).is_some() {
        next.documents.set_version(number);
    }
    if requested.id.is_some() {
        return Err(Problem::NotPermitted(format!(
            "Subject {} in context {} is not in import mode",
            subject.name, subject.context
        )));
    }
    if requested.version > 0 && requested.version != number {
        return Err(Problem::InvalidSchema(format!(
            "Version is not one more than previous version: {} was asked for, the next is {number}",
            requested.version
        )));
    }
    next.refuse_deleted()?;
    let mut judged = judge::against_level(call, &history, &next).await?;
    if judged.messages.is_empty() {
        judged.messages = enforce::messages(call, subject, &history, &next).await?;
    }
    if !judged.messages.is_empty() {
        return Err(Problem::Incompatible {
            code: call.config.incompatible_code,
            subject: subject.to_string(),
            details: judged.messages,
        });
    }
    Ok(Decided::Next(Box::new(next), judged))
}

async fn append(
    call: &Call,
    subject: &Subject,
    draft: &Draft,
    before: &SubjectState,
    judged: &Judged,
) -> Result<Outcome, Problem> {
    let (guid, identity) = (draft.guid(), draft.identity()?);
    let format = draft.schema.format().name().to_owned();
    let [metadata, rule_set] = draft.documents.json()?;
    let append = Append {
        context: subject.context.to_string(),
        subject: subject.name.clone(),
        expected: before.outline.head.at,
        identity,
        guid,
        format: format.clone(),
        text: draft.text.clone(),
        metadata,
        rule_set,
        references: draft.references.clone(),
        now: call.now,
    };
    let store = call.store.clone();
    let change = call.generations.change(subject, false);
    let appended = write(call, change, async move { store.append(append).await })
        .await
        .map_err(|error| Problem::of_store(error, subject))?;
    if !appended.already {
        call.changed("a version was registered", subject);
        call.outlines.keep(subject, &with_version(before, &appended));
    }
    let mut text = draft.text.clone();
    if appended.known && draft.may_have_comments() {
        // It was registered before, with other comments: one id, one text.
        let stored = call.store.schema(&call.context, appended.id).await?;
        text = stored.map_or(text, |stored| stored.text);
    }
    Ok(Outcome {
        id: appended.id,
        version: appended.version,
        guid,
        format,
        text,
        references: draft.references.iter().map(|each| each.reference.clone()).collect(),
        documents: draft.documents.clone(),
        already: appended.already,
        warning: warning(judged, draft),
    })
}

/// What the verdict warns of and what may surprise in the text, as much as a header shows.
fn warning(judged: &Judged, draft: &Draft) -> Option<Line> {
    let in_text = draft.schema.warnings();
    let first = in_text.first().map(|problem| match in_text.len() {
        1 => to_line!("{problem}"),
        all => to_line!("{problem}; and {} more", all - 1),
    });
    match (judged.warning.clone(), first) {
        (Some(verdict), Some(text)) => Some(to_line!("{verdict}; {text}")),
        (verdict, text) => verdict.or(text),
    }
}

/// Where a subject stands after the version that was decided on `before` was appended.
fn with_version(before: &SubjectState, appended: &Appended) -> SubjectState {
    let mut outline = Outline::clone(&before.outline);
    outline.head.at = appended.head;
    outline.head.last_version = appended.version;
    outline.head.latest_version = appended.version;
    outline.versions.push(VersionEntry {
        version: appended.version,
        id: appended.id,
        deleted: false,
    });
    SubjectState {
        outline: Arc::new(outline),
        mark: before.mark.map(Mark::after_one_write),
    }
}

/// A draft that has inherited what it leaves open.
struct Heir {
    /// As it is looked for.
    sought: Draft,
    /// What it inherits, with what it brings.
    inherited: Documents,
}

impl Heir {
    /// Of the settings and the version before it.
    async fn of(
        call: &Call,
        history: &History,
        draft: &Draft,
        previous: Option<&ParsedSchema>,
    ) -> Result<Heir, Problem> {
        let inherited = inherit(call, &history.head, &draft.documents, previous).await?;
        Ok(Heir {
            sought: draft.with(as_inherited(&draft.documents, &inherited)),
            inherited,
        })
    }
}

/// The newest live version that is the draft in another spelling, if it is one that the request can mean: as the draft was
/// sent, which counts first, or with what it inherits.
#[derive(Default)]
struct Spelled {
    own: Option<(i32, StoredSchema)>,
    inheriting: Option<(i32, StoredSchema)>,
    looked: bool,
}

impl Spelled {
    /// Looks at the next older version.
    async fn look(
        &mut self,
        call: &Call,
        own: &Draft,
        heir: &Heir,
        live: &Live,
        requested: Requested,
    ) -> Result<(), Problem> {
        let older = std::mem::replace(&mut self.looked, true);
        if (older && requested.version == -1)
            || self.own.is_some()
            || !wanted(requested, live.version, &live.known.stored)
        {
            return Ok(());
        }
        let found = || Some((live.version, live.known.stored.clone()));
        if same(call, own, live.version, &live.known).await? {
            self.own = found();
        } else if self.inheriting.is_none() && same(call, &heir.sought, live.version, &live.known).await? {
            self.inheriting = found();
        }
        Ok(())
    }
}

/// Whether a version that is there is the one that the request means.
fn wanted(requested: Requested, version: i32, stored: &StoredSchema) -> bool {
    let id = requested.id.is_none_or(|id| id == stored.id);
    id && (requested.version <= 0 || requested.version == version)
}

fn there(version: i32, stored: StoredSchema) -> Result<Decided, Problem> {
    Ok(Decided::There(Box::new(Outcome {
        id: stored.id,
        version,
        guid: stored.guid,
        documents: Documents::read(stored.metadata.as_deref(), stored.rule_set.as_deref())?,
        format: stored.format,
        text: stored.text,
        references: stored.references,
        already: true,
        warning: None,
    })))
}
