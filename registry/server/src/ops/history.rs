//! What a subject is: where it stands, the settings that apply, and its live versions with what they mean.
//!
//! Invariant: whatever a subject holds, a few of its versions are in memory at a time for a request.

use std::collections::{HashMap, VecDeque};
use std::sync::Arc;

use treaty_api::subject::Subject;
use treaty_schemas::text::json;
use treaty_schemas::{Format, Options, Origin, Schema, Source, Strictness};
use treaty_store::{Outline, StoredSchema, SubjectHead, VersionEntry, Weighed};

use crate::cache::{ParsedSchema, SubjectState};
use crate::call::Call;
use crate::ops::documents::Documents;
use crate::ops::references::{self, Bounds};
use crate::ops::settings::{self, Effective};
use crate::problem::Problem;
use crate::rooms::Taken;

/// A version and what it means.
#[derive(Clone)]
pub struct Live {
    /// Its number.
    pub version: i32,
    /// Its schema.
    pub known: Arc<ParsedSchema>,
}

/// A subject at one moment.
pub struct History {
    /// Where it stands.
    pub head: SubjectHead,
    /// What applies to it.
    pub settings: Effective,
    /// The live versions, oldest first.
    pub versions: Vec<VersionEntry>,
}

impl History {
    /// Reads where a subject stands; one that does not exist has no versions.
    ///
    /// # Errors
    /// When the store does not answer.
    pub async fn read(call: &Call, subject: &Subject) -> Result<History, Problem> {
        let outlined = match call.outlines.get(subject) {
            Some(outlined) => outlined,
            None => outline(call, subject).await?,
        };
        History::of(call, &outlined.outline).await
    }

    /// The subject whose versions were read already.
    ///
    /// # Errors
    /// As [`History::read`].
    pub async fn of(call: &Call, outline: &Outline) -> Result<History, Problem> {
        Ok(History {
            settings: settings::effective(call, &outline.head).await?,
            head: outline.head.clone(),
            versions: outline.versions.clone(),
        })
    }

    /// What its versions mean, the newest first.
    pub fn newest_first(&self) -> Walk {
        Walk::over(self.versions.iter().rev().copied())
    }

    /// Those that a draft with these documents is compared with under the level that applies, the newest first: all of them or
    /// the newest, of its compatibility group.
    pub fn compared(&self, documents: &Documents) -> Earlier {
        let group = self.settings.other.compatibility_group.as_ref();
        Earlier {
            walk: self.newest_first(),
            group: group.map(|group| (group.clone(), documents.property(group).map(str::to_owned))),
        }
    }
}

/// Versions of one compatibility group, or of all; see [`History::compared`].
pub struct Earlier {
    walk: Walk,
    group: Option<(String, Option<String>)>,
}

impl Earlier {
    /// One version, whatever its group.
    pub fn one(entry: Option<VersionEntry>) -> Earlier {
        Earlier {
            walk: Walk::over(entry.into_iter()),
            group: None,
        }
    }

    /// The next of them, as [`Walk::next`]; perhaps none of those that were looked at.
    ///
    /// # Errors
    /// As there.
    pub async fn next(&mut self, call: &Call) -> Result<Option<Few>, Problem> {
        let Some(mut few) = self.walk.next(call).await? else {
            return Ok(None);
        };
        if let Some((group, wanted)) = &self.group {
            let mut same = Vec::new();
            for live in few.live {
                let stored = &live.known.stored;
                let theirs = Documents::read(stored.metadata.as_deref(), stored.rule_set.as_deref())?;
                if theirs.property(group) == wanted.as_deref() {
                    same.push(live);
                }
            }
            few.live = same;
        }
        Ok(Some(few))
    }
}

/// A way through versions, however many and large they are: a few of them are in memory at a time.
pub struct Walk {
    left: VecDeque<VersionEntry>,
    /// Bytes of the schemas that were not in memory when this was asked.
    sizes: HashMap<i32, usize>,
}

/// Some versions, and the room that they take.
pub struct Few {
    /// The versions, in the order of the walk.
    pub live: Vec<Live>,
    _room: Taken,
}

impl Walk {
    /// Through these versions, in this order.
    pub fn over(versions: impl Iterator<Item = VersionEntry>) -> Walk {
        Walk {
            left: versions.collect(),
            sizes: HashMap::new(),
        }
    }

    /// The next versions, from memory, or read and parsed; none at the end. Drop them before the next are asked for.
    ///
    /// # Errors
    /// When the store does not answer, or holds a schema that cannot be read.
    pub async fn next(&mut self, call: &Call) -> Result<Option<Few>, Problem> {
        let mark = call.generations.mark_lasting();
        let mut known: HashMap<i32, Arc<ParsedSchema>> = HashMap::new();
        let (mut entries, mut missing, mut weight) = (Vec::new(), Vec::new(), 0);
        let mut read = None;
        while let Some(&entry) = self.left.front() {
            let found = known
                .get(&entry.id)
                .cloned()
                .or_else(|| call.schemas.get(&call.context, entry.id));
            let bytes = match &found {
                Some(schema) => schema.bytes(),
                None if missing.contains(&entry.id) => 0,
                None => match self.size(call, entry.id, &mut read).await? {
                    Some(bytes) => bytes.saturating_mul(PER_BYTE),
                    // It was purged since: the head has moved, so what is decided without it is not written.
                    None => {
                        self.left.pop_front();
                        continue;
                    }
                },
            };
            if !entries.is_empty() && weight + bytes > STEP {
                break;
            }
            weight += bytes;
            match found {
                Some(schema) => {
                    known.insert(entry.id, schema);
                }
                None => missing.push(entry.id),
            }
            entries.push(entry);
            self.left.pop_front();
        }
        if entries.is_empty() {
            return Ok(None);
        }
        let room = call.rooms.stored.take(weight).await?;
        let mut reading: Vec<StoredSchema> = read.into_iter().collect();
        missing.retain(|&id| reading.iter().all(|stored| stored.id != id));
        if !missing.is_empty() {
            reading.extend(call.store.schemas(&call.context, &missing).await?);
        }
        for stored in reading {
            let schema = match parse(call, stored).await {
                // It was removed meanwhile, with what it refers to.
                Err(Problem::Contended) => continue,
                schema => Arc::new(schema?),
            };
            call.schemas.keep(&call.context, mark, &schema);
            known.insert(schema.stored.id, schema);
            // Between small steps others get their turn, and a client that left is noticed.
            tokio::task::yield_now().await;
        }
        let live = entries.into_iter().filter_map(|entry| {
            Some(Live {
                version: entry.version,
                known: known.get(&entry.id).cloned()?,
            })
        });
        Ok(Some(Few {
            live: live.collect(),
            _room: room,
        }))
    }

    /// The bytes of a schema that is not in memory. Where it is the only one, which is usual, a small one is `read` as well.
    async fn size(&mut self, call: &Call, id: i32, read: &mut Option<StoredSchema>) -> Result<Option<usize>, Problem> {
        if let Some(&bytes) = self.sizes.get(&id) {
            return Ok(Some(bytes));
        }
        let mut ids: Vec<i32> = self.left.iter().map(|entry| entry.id).collect();
        ids.retain(|&id| !call.schemas.has(&call.context, id));
        ids.sort_unstable();
        ids.dedup();
        if ids.len() > 1 {
            ids.push(id);
            self.sizes.extend(call.store.sizes(&call.context, &ids).await?);
            return Ok(self.sizes.get(&id).copied());
        }
        Ok(match call.store.schema_if_small(&call.context, id).await? {
            None => None,
            Some(Weighed::Large(large)) => Some(large.bytes),
            Some(Weighed::Whole(stored)) => {
                let bytes = stored.bytes();
                *read = Some(stored);
                Some(bytes)
            }
        })
    }
}

/// Bytes of the versions that are in memory at a time for one request, unless one alone takes more.
const STEP: usize = 8 << 20;

/// Bytes in memory for each byte of a text that is read as a schema, where the text is not known yet: what the worst text takes.
const PER_BYTE: usize = 100;

/// Where a subject stands, read from the store and remembered.
///
/// # Errors
/// When the store does not answer.
pub async fn outline(call: &Call, subject: &Subject) -> Result<SubjectState, Problem> {
    let mark = call.generations.mark(subject);
    let outline = Arc::new(call.store.outline(&subject.context, &subject.name).await?);
    let outlined = SubjectState { outline, mark };
    call.outlines.keep(subject, &outlined);
    Ok(outlined)
}

/// What the text of a stored schema is called: one text may be several versions of several subjects.
pub fn name(id: i32) -> String {
    format!("schema {id}")
}

/// What one stored schema means. Whoever asks has taken room for it.
///
/// # Errors
/// When it was removed meanwhile (`Contended`), and when the store holds a schema that cannot be read.
pub async fn parse(call: &Call, stored: StoredSchema) -> Result<ParsedSchema, Problem> {
    let broken = |why: String| Problem::internal(format!("the stored schema {} cannot be read: {why}", stored.id));
    let format: Format = stored.format.parse().map_err(|error| broken(format!("{error}")))?;
    let plan = match references::plan(call, format, &stored.references, Bounds::STORED).await {
        // What a schema refers to stays for as long as it does.
        Err(Problem::InvalidSchema(why)) => {
            return Err(match call.store.has_schema(&call.context, stored.id).await? {
                false => Problem::Contended,
                true => broken(why),
            });
        }
        plan => plan?,
    };
    let _room = match plan.weight() {
        0 => None,
        weight => Some(call.rooms.references.take(weight).await?),
    };
    let sources = plan.read(call).await?;
    let source = Source::new(name(stored.id), stored.text.as_str());
    // Accepted once: no limit that was lowered since may refuse it.
    let options = Options {
        limits: json::Limits::UNBOUNDED_SIZE,
        strictness: Strictness::Stored,
        origin: Origin::Registry,
    };
    let size = stored.text.len() + references::size(&sources);
    let schema = call
        .workers
        .linear(size, move || Schema::parse(format, &source, &sources, &options))
        .await?;
    let schema = schema.map_err(|error| broken(error.to_string()))?;
    Ok(ParsedSchema::new(stored, schema, size))
}
