//! Keeps schemas, versions, settings and contracts in SQLite or PostgreSQL.
//!
//! The only crate that knows SQL. It knows strings, numbers and bytes: nothing of HTTP, formats or compatibility.
//! One SQL text and one Rust body serve both databases (`on!` and `tx!`, see `both`); there is no trait and no mock.
//!
//! # Use
//!
//! ```ignore
//! let store = Store::open("sqlite:treaty.db", &Options::default()).await?;
//! loop {
//!     // One consistent read: the live versions, the settings that apply, and the revision of both.
//!     let history = store.history(".", "orders").await?;
//!     // … check compatibility against history.versions …
//!     match store.append(Append { expected: history.head.at, /* … */ }).await {
//!         Err(StoreError::Moved) => continue, // somebody else changed the subject: read and check again
//!         outcome => break outcome,
//!     }
//! }
//! store.close().await;
//! ```
//!
//! # Conventions
//!
//! - Times are milliseconds since 1970 in UTC, given by the caller: this crate has no clock. (Confluent's `ts` is that number.)
//! - What is not there is `None` or an empty list; only an operation that needs it answers with a [`Refusal`].
//! - Every table has a context; the default context is called `.`. Ids and identity are per context.
//!
//! # Invariants
//!
//! - An id names one content for ever: ids count from 1 without gaps and none is given out again. A schema is removed with the
//!   last version that uses it; registered again it gets a new id, since what it refers to may mean something else by then.
//! - A content that a version of the context has, soft-deleted or not, keeps its id: an append of it never gives another one.
//!   What a content is, its [`Identity`] says, never its [`Guid`].
//! - What a schema refers to is what it meant when it was decided on: an append names the schema ids of its references, and
//!   what is referred to is not removed.
//! - A new version is one more than the highest of the subject, soft-deleted ones included.
//! - Nothing is acknowledged before it is durable.
//! - A write that was decided on a head that has moved writes nothing.
//! - The time of an operation does not depend on how much else is stored.

mod append;
mod both;
mod checkpoint;
mod context;
mod contracts;
mod deletes;
mod error;
mod file;
mod gather;
mod guid;
mod head;
mod identity;
mod migrations;
mod open;
mod outage;
mod postgres;
mod references;
mod schemas;
mod settings;
mod sqlite;
mod subjects;
mod text;
mod together;
mod versions;
mod writability;

use std::fmt;
use std::sync::Arc;
use std::time::Duration;

pub use append::{Append, Appended};
pub use contracts::{After, Contract, ContractEntry, Published, Role, SubjectContract};
pub use deletes::Delete;
pub use error::{Cause, Refusal, StoreError};
pub use guid::{Guid, NotAGuid};
pub use head::{HeadRevision, History, Outline, SubjectHead};
pub use identity::{Content, Identity, Resolved};
pub use open::{OpenError, Options};
pub use outage::{Outage, OutageKind};
pub use references::Reference;
pub use schemas::{Large, StoredSchema, Weighed};
pub use settings::{Edited, Scope};
pub use subjects::{Page, Show};
pub use text::NAME_BYTES;
pub use versions::{Listed, ListedVersion, StoredVersion, SubjectVersion, Target, VersionEntry, Which};

use append::Appender;
use both::{End, on, tx, within};
use gather::Gatherer;
use open::Database;
use writability::Writability;

/// An open registry database. Cheap to clone; all clones share one writer and one pool.
#[derive(Clone)]
pub struct Store {
    inner: Arc<Inner>,
    appender: Appender,
    outlines: Arc<Gatherer<(String, String), Outline>>,
    schemas_by_id: Arc<Gatherer<(String, i32), schemas::Read>>,
}

/// What the store and its background tasks share.
pub(crate) struct Inner {
    database: Database,
    deadline: Duration,
    writability: Writability,
}

impl Inner {
    pub(crate) fn database(&self) -> &Database {
        &self.database
    }

    pub(crate) fn deadline(&self) -> Duration {
        self.deadline
    }

    pub(crate) fn writability(&self) -> &Writability {
        &self.writability
    }
}

impl Store {
    /// Opens `sqlite:PATH` (the file is created when missing) or `postgres://…`, and brings the tables up to date.
    ///
    /// No query here grows with what is stored. Needs a tokio runtime with timers, on which it starts its tasks.
    pub async fn open(url: &str, options: &Options) -> Result<Store, OpenError> {
        let inner = Arc::new(Inner {
            database: Database::open(url, options).await?,
            deadline: options.deadline,
            writability: Writability::default(),
        });
        let appender = Appender::start(Arc::clone(&inner));
        let (one, other) = (Arc::clone(&inner), Arc::clone(&inner));
        Ok(Store {
            inner,
            appender,
            outlines: Arc::new(Gatherer::start(move |keys| Arc::clone(&one).outlines(keys))),
            schemas_by_id: Arc::new(Gatherer::start(move |keys| Arc::clone(&other).schemas_by_id(keys))),
        })
    }

    /// Appends a version to a subject, or finds that the schema is live under it already.
    ///
    /// Answers after the commit. Appends that arrive while one is being written share the next transaction. Only `Moved`,
    /// `Exhausted`, `Unstorable`, `Unavailable`, `Corrupt` and `Closed` are possible.
    pub async fn append(&self, append: Append) -> Result<Appended, StoreError> {
        // The batch in progress and the one with this job may each take a whole deadline.
        within(self.inner.deadline * 2, self.appender.append(append)).await
    }

    /// Whether the database answers: one statement, no table.
    pub async fn ping(&self) -> Result<(), StoreError> {
        on!(self, |db| {
            let _: i32 = sqlx::query_scalar("SELECT 1").fetch_one(db).await?;
            Ok(())
        })
    }

    /// Waits until every write that was begun before is over, whatever came of it: also those that were given up by their
    /// callers, or whose connection broke.
    pub async fn settle(&self) -> Result<(), StoreError> {
        within(self.inner.deadline * 2, async {
            self.appender.flush().await?;
            match &self.inner.database {
                Database::Sqlite(sqlite) => sqlite.settle().await,
                // They hold the locks of their contexts.
                Database::Postgres(_) => tx!(self, |tx| {
                    sqlx::query("SELECT context FROM contexts ORDER BY context FOR UPDATE")
                        .execute(&mut *tx)
                        .await?;
                    Ok(End::Discard(()))
                }),
            }
        })
        .await
    }

    /// Whether other processes may write to the same database. If not (SQLite), what this process remembers of subjects and
    /// settings stays true until it changes them itself.
    pub fn is_shared(&self) -> bool {
        matches!(self.inner.database, Database::Postgres(_))
    }

    /// Finishes the appends that are queued, then closes the database; later calls answer with `Closed` or `Unavailable`.
    pub async fn close(&self) {
        self.appender.stop().await;
        match &self.inner.database {
            Database::Sqlite(sqlite) => sqlite.close().await,
            Database::Postgres(postgres) => postgres.close().await,
        }
    }

    fn database(&self) -> &Database {
        &self.inner.database
    }

    fn deadline(&self) -> Duration {
        self.inner.deadline
    }

    fn writability(&self) -> &Writability {
        &self.inner.writability
    }
}

impl fmt::Debug for Store {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Store({:?})", self.inner.database)
    }
}
