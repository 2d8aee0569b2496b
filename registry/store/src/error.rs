//! What can go wrong in the store, by what the caller should do about it.
//!
//! Invariant: `Display` never contains SQL, data or paths of the database; the cause, for the log, is the `source()`.

use std::error::Error;
use std::sync::Arc;
use std::time::Duration;

use crate::SubjectVersion;
use crate::outage::{Meaning, Outage, meaning};

/// Why an operation of the store did not succeed. Nothing was written, unless the variant says otherwise.
#[derive(Debug, Clone, thiserror::Error)]
pub enum StoreError {
    /// The database cannot be reached, is too busy, is full or did not answer in time. Asking again later may help.
    /// Whether a write was done is unknown when the connection broke during its commit.
    #[error("the database is not available at the moment")]
    Unavailable(#[source] Outage),

    /// The subject, the settings or what a reference names changed since the caller read them: read again, check again, try
    /// again.
    #[error("the subject changed while the request was decided")]
    Moved,

    /// The store understood the request and its rules forbid it.
    #[error(transparent)]
    Refused(#[from] Refusal),

    /// A text that a database cannot keep.
    #[error("{what} cannot be stored: {why}")]
    Unstorable {
        /// Which of the values it is.
        what: &'static str,
        /// What is wrong with it.
        why: &'static str,
    },

    /// All 2,147,483,647 schema ids (or versions of a subject) have been given out.
    #[error("no more {0} can be given out")]
    Exhausted(&'static str),

    /// The database holds something that this program cannot have written, or answered with an error that is a fault of ours.
    #[error("the database answered with something unexpected")]
    Corrupt(#[source] Cause),

    /// The store was closed: the process is about to end.
    #[error("the store is closed")]
    Closed,
}

/// The underlying error, for the log.
pub type Cause = Arc<dyn Error + Send + Sync>;

/// Why the rules of the registry forbid a change.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Refusal {
    /// The subject has no versions (soft-deleted ones count where they matter). Confluent's 40401.
    #[error("the subject does not exist")]
    SubjectUnknown,
    /// The subject exists but not this version of it, or none that is the latest. Confluent's 40402.
    #[error("the version does not exist")]
    VersionUnknown(Option<i32>),
    /// All versions of the subject are soft-deleted already. Confluent's 40404.
    #[error("the subject was soft-deleted already")]
    SubjectSoftDeleted,
    /// A permanent delete needs a soft one before it. Confluent's 40405.
    #[error("the subject was not soft-deleted first")]
    SubjectNotSoftDeleted,
    /// The version is soft-deleted already. Confluent's 40406.
    #[error("version {0} was soft-deleted already")]
    VersionSoftDeleted(i32),
    /// A permanent delete needs a soft one before it. Confluent's 40407.
    #[error("version {0} was not soft-deleted first")]
    VersionNotSoftDeleted(i32),
    /// Other schemas refer to `target`. Confluent's 42206.
    #[error("other schemas refer to it")]
    Referenced {
        /// The version that cannot be deleted.
        target: SubjectVersion,
        /// The versions whose schema refers to it; at most 100 of them.
        by: Vec<SubjectVersion>,
    },
}

impl StoreError {
    pub(crate) fn late(deadline: Duration) -> StoreError {
        StoreError::Unavailable(Outage::late(deadline))
    }

    /// Whether it is the database that failed, and not the request that was refused.
    pub(crate) fn is_of_the_database(&self) -> bool {
        matches!(self, StoreError::Unavailable(_) | StoreError::Corrupt(_))
    }

    pub(crate) fn corrupt(what: impl Into<String>) -> StoreError {
        StoreError::Corrupt(Arc::new(std::io::Error::other(what.into())))
    }
}

impl From<sqlx::Error> for StoreError {
    fn from(error: sqlx::Error) -> StoreError {
        match meaning(&error) {
            Meaning::Outage(kind) => StoreError::Unavailable(Outage::new(kind, error)),
            Meaning::Text => StoreError::Unstorable {
                what: "the text",
                why: "it contains the NUL character",
            },
            Meaning::Fault => StoreError::Corrupt(Arc::new(error)),
        }
    }
}

impl From<Outage> for StoreError {
    fn from(outage: Outage) -> StoreError {
        StoreError::Unavailable(outage)
    }
}
