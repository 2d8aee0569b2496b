//! What a subject is: where it stands, the settings that apply, and its live versions with what they mean.

use std::collections::HashMap;
use std::sync::Arc;

use treaty_schemas::{Format, Options, Schema, Source, Strictness, json};
use treaty_store::{DEFAULT_CONTEXT, Outline, StoredSchema, SubjectHead};

use crate::app::App;
use crate::cache::{Known, Outlined};
use crate::ops::documents::Documents;
use crate::ops::settings::{self, Effective};
use crate::ops::{references, work};
use crate::problem::Problem;

/// How often a subject is read anew because some of its schemas were removed meanwhile.
const READS: usize = 16;

/// A live version.
#[derive(Clone)]
pub struct Live {
    /// Its number.
    pub version: i32,
    /// Its schema.
    pub known: Arc<Known>,
}

/// A subject at one moment.
pub struct History {
    /// Where it stands.
    pub head: SubjectHead,
    /// What applies to it.
    pub settings: Effective,
    /// The live versions, oldest first.
    pub live: Vec<Live>,
}

impl History {
    /// Reads a subject; one that does not exist has no versions. One query for the versions, and one for the schemas,
    /// for what is not in memory.
    ///
    /// # Errors
    /// When the store does not answer, or holds a schema that cannot be read.
    pub async fn read(app: &App, subject: &str) -> Result<History, Problem> {
        let mut outlined = match app.outlines.get(subject) {
            Some(outlined) => outlined,
            None => outline(app, subject).await?,
        };
        for _ in 0..READS {
            match History::of(app, &outlined.outline).await {
                Err(Problem::Contended) => outlined = outline(app, subject).await?,
                history => return history,
            }
        }
        Err(Problem::Contended)
    }

    /// The subject whose versions were read already.
    ///
    /// # Errors
    /// As [`History::read`].
    pub async fn of(app: &App, outline: &Outline) -> Result<History, Problem> {
        let ids: Vec<i32> = outline.versions.iter().map(|entry| entry.id).collect();
        let known = known(app, &ids).await?;
        let live = outline.versions.iter().map(|entry| {
            let known = known.get(&entry.id).cloned();
            known.map(|known| Live {
                version: entry.version,
                known,
            })
        });
        // A schema that was purged between the two reads: the head has moved, so what is decided here is not written.
        let live = live.collect::<Option<Vec<Live>>>().ok_or(Problem::Contended)?;
        Ok(History {
            settings: settings::effective(app, &outline.head).await?,
            head: outline.head.clone(),
            live,
        })
    }

    /// The versions that a draft with these documents is compared with: those of its compatibility group.
    pub fn comparable(&self, documents: &Documents) -> Result<Vec<Live>, Problem> {
        let Some(group) = &self.settings.other.compatibility_group else {
            return Ok(self.live.clone());
        };
        let wanted = documents.property(group);
        let mut same = Vec::new();
        for live in &self.live {
            let stored = &live.known.stored;
            let theirs = Documents::read(stored.metadata.as_deref(), stored.rule_set.as_deref())?;
            if theirs.property(group) == wanted {
                same.push(live.clone());
            }
        }
        Ok(same)
    }
}

/// Where a subject stands, read from the store and remembered.
///
/// # Errors
/// When the store does not answer.
pub async fn outline(app: &App, subject: &str) -> Result<Outlined, Problem> {
    let mark = app.generations.mark(subject);
    let outline = Arc::new(app.store.outline(DEFAULT_CONTEXT, subject).await?);
    let outlined = Outlined { outline, mark };
    app.outlines.keep(subject, &outlined);
    Ok(outlined)
}

/// What schemas mean, by id: from memory, or read and parsed.
///
/// # Errors
/// When the store does not answer, or holds a schema that cannot be read.
pub async fn known(app: &App, ids: &[i32]) -> Result<HashMap<i32, Arc<Known>>, Problem> {
    let mark = app.generations.mark_lasting();
    let mut known: HashMap<i32, Arc<Known>> = HashMap::with_capacity(ids.len());
    let mut missing = Vec::new();
    for &id in ids {
        match app.schemas.get(id) {
            Some(schema) => {
                known.insert(id, schema);
            }
            None => missing.push(id),
        }
    }
    let read = match missing[..] {
        // Usually only the newest is missing, and that read can share a query with those of other requests.
        [id] => app.store.schema(DEFAULT_CONTEXT, id).await?.into_iter().collect(),
        _ => app.store.schemas(DEFAULT_CONTEXT, &missing).await?,
    };
    for stored in read {
        let schema = match parse(app, stored).await {
            // It was removed meanwhile, with what it refers to.
            Err(Problem::Contended) => continue,
            schema => Arc::new(schema?),
        };
        app.schemas.keep(mark, &schema);
        known.insert(schema.stored.id, schema);
        // A long history is parsed in many small steps: between them others get their turn, and a client that left is noticed.
        tokio::task::yield_now().await;
    }
    Ok(known)
}

/// What the text of a stored schema is called: one text may be several versions of several subjects.
pub fn name(id: i32) -> String {
    format!("schema {id}")
}

/// What one stored schema means.
///
/// # Errors
/// When it was removed meanwhile (`Contended`), and when the store holds a schema that cannot be read.
pub async fn parse(app: &App, stored: StoredSchema) -> Result<Known, Problem> {
    let broken = |why: String| Problem::internal(format!("the stored schema {} cannot be read: {why}", stored.id));
    let format: Format = stored.format.parse().map_err(|error| broken(format!("{error}")))?;
    let sources = match references::sources(app, format, &stored.references).await {
        // What a schema refers to stays for as long as it does.
        Err(Problem::InvalidSchema(why)) => {
            return Err(match app.store.schema(DEFAULT_CONTEXT, stored.id).await? {
                None => Problem::Contended,
                Some(_) => broken(why),
            });
        }
        sources => sources?.texts,
    };
    let source = Source::new(name(stored.id), stored.text.as_str());
    // Accepted once: no limit that was lowered since may refuse it.
    let options = Options {
        limits: json::Limits::UNBOUNDED_SIZE,
        strictness: Strictness::Stored,
    };
    let size = stored.text.len() + references::size(&sources);
    let schema = work::linear(app, size, move || Schema::parse(format, &source, &sources, &options)).await?;
    let schema = schema.map_err(|error| broken(error.to_string()))?;
    Ok(Known::new(stored, schema))
}
