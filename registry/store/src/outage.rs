//! Why the database cannot be used at the moment, and which of a driver's errors say so.
//!
//! Invariants: whatever an operator can mend without changing the program (a full disk, a limit, a lock, a grant, a server
//! that restarts) is an outage, never a fault of ours; what [`Outage`] says of itself names no SQL, no data and no place, its
//! cause (`source`) is for the log.

use std::error::Error;
use std::fmt;
use std::io;
use std::sync::Arc;
use std::time::Duration;

use sqlx::postgres::{PgDatabaseError, PgSeverity};

use crate::Cause;

/// The kinds of outage, in words for whoever runs the registry.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum OutageKind {
    /// No room on the disk or in memory.
    Full,
    /// The disk fails, or refuses what a limit forbids (a quota, the size of a file).
    Disk,
    /// The database, or the file system that it lies on, takes no writes.
    ReadOnly,
    /// The database file (or a file beside it) is not the one that was opened any more.
    Moved,
    /// Somebody else holds a lock that is needed.
    Locked,
    /// No answer in time.
    Late,
    /// The connection was lost, and with it the outcome of a commit that was under way on it.
    Lost,
    /// It cannot be reached, or lets nobody in.
    Away,
}

impl OutageKind {
    /// What is wrong, as the end of a sentence about the database.
    pub fn describe(self) -> &'static str {
        match self {
            OutageKind::Full => "its disk is full",
            OutageKind::Disk => "its disk fails, or a quota or a limit on the size of files is reached",
            OutageKind::ReadOnly => "it is read-only",
            OutageKind::Moved => {
                "its file was moved, replaced or deleted while the registry runs; put it back or restart"
            }
            OutageKind::Locked => "somebody else holds its lock",
            OutageKind::Late => "it does not answer in time",
            OutageKind::Lost => "it broke off",
            OutageKind::Away => "it cannot be reached",
        }
    }
}

/// Why the database cannot be used at the moment.
#[derive(Debug, Clone)]
pub struct Outage {
    kind: OutageKind,
    cause: Cause,
}

impl Outage {
    pub(crate) fn new(kind: OutageKind, cause: impl Into<Box<dyn Error + Send + Sync>>) -> Outage {
        Outage {
            kind,
            cause: Arc::from(cause.into()),
        }
    }

    pub(crate) fn late(deadline: Duration) -> Outage {
        let cause = io::Error::new(io::ErrorKind::TimedOut, format!("no answer within {deadline:?}"));
        Outage::new(OutageKind::Late, cause)
    }

    /// Which kind of outage it is.
    pub fn kind(&self) -> OutageKind {
        self.kind
    }
}

impl fmt::Display for Outage {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "the database cannot be used: {}", self.kind.describe())
    }
}

impl Error for Outage {
    fn source(&self) -> Option<&(dyn Error + 'static)> {
        Some(&*self.cause)
    }
}

/// What an error of the driver means.
pub(crate) enum Meaning {
    Outage(OutageKind),
    /// A text that the database cannot keep.
    Text,
    /// The statement, the tables or the answer is not what it should be.
    Fault,
}

pub(crate) fn meaning(error: &sqlx::Error) -> Meaning {
    match error {
        sqlx::Error::Io(error) => {
            // An outage of ours that went through the pool.
            let ours = error.get_ref().and_then(|inner| inner.downcast_ref::<Outage>());
            Meaning::Outage(ours.map_or_else(|| of_io(error).unwrap_or(OutageKind::Lost), Outage::kind))
        }
        sqlx::Error::Tls(_) | sqlx::Error::Protocol(_) => Meaning::Outage(OutageKind::Lost),
        // A file that the connection URL names (a certificate) can go away after the start.
        sqlx::Error::PoolClosed
        | sqlx::Error::WorkerCrashed
        | sqlx::Error::BeginFailed
        | sqlx::Error::Configuration(_) => Meaning::Outage(OutageKind::Away),
        sqlx::Error::PoolTimedOut => Meaning::Outage(OutageKind::Late),
        sqlx::Error::Database(database) => {
            let code = database.code().unwrap_or_default();
            match database.try_downcast_ref::<PgDatabaseError>() {
                Some(error) => of_postgres(&code, error.severity()),
                None => of_sqlite(&code),
            }
        }
        _ => Meaning::Fault,
    }
}

fn of_io(error: &io::Error) -> Option<OutageKind> {
    match error.kind() {
        io::ErrorKind::StorageFull => Some(OutageKind::Full),
        io::ErrorKind::QuotaExceeded | io::ErrorKind::FileTooLarge => Some(OutageKind::Disk),
        io::ErrorKind::ReadOnlyFilesystem => Some(OutageKind::ReadOnly),
        io::ErrorKind::ConnectionRefused
        | io::ErrorKind::HostUnreachable
        | io::ErrorKind::NetworkUnreachable
        | io::ErrorKind::NetworkDown
        | io::ErrorKind::AddrNotAvailable => Some(OutageKind::Away),
        io::ErrorKind::TimedOut => Some(OutageKind::Late),
        _ => None,
    }
}

/// SQLSTATE classes, PostgreSQL manual, appendix A. An error of severity FATAL or PANIC ends the session, or lets none begin:
/// that is an outage whatever its code (a server whose disk is full lets nobody in with XX000, an internal error).
fn of_postgres(code: &str, severity: PgSeverity) -> Meaning {
    match (of_statement(code), severity) {
        (Meaning::Fault, PgSeverity::Fatal | PgSeverity::Panic) => Meaning::Outage(OutageKind::Away),
        (meaning, _) => meaning,
    }
}

fn of_statement(code: &str) -> Meaning {
    Meaning::Outage(match code {
        // Character not in repertoire: the NUL character in a text.
        "22021" => return Meaning::Text,
        // A read-only transaction is also how a standby answers after a fail-over.
        "25006" => OutageKind::ReadOnly,
        // Disk full; out of memory; a configured limit, as on temporary files.
        "53100" | "53200" | "53400" => OutageKind::Full,
        "55P03" | "55006" => OutageKind::Locked,
        // A statement was cancelled, as a time-out does it too.
        "57014" => OutageKind::Late,
        // An idle transaction, a transaction or a session took too long and was ended; the server is about to stop.
        "25P03" | "25P04" | "57P01" | "57P02" | "57P05" => OutageKind::Lost,
        // Taken away by whoever administers it: a grant, the database itself, the server's configuration.
        "42501" | "3D000" | "55000" | "F0000" | "F0001" => OutageKind::Away,
        _ => match code.get(..2) {
            Some("08") => OutageKind::Lost,
            // Roll-back because of others, authorisation, resources, operator intervention, system.
            Some("40") => OutageKind::Locked,
            Some("28" | "53" | "57" | "58") => OutageKind::Away,
            _ => return Meaning::Fault,
        },
    })
}

/// Result codes of SQLite, <https://www.sqlite.org/rescode.html>; the low byte is the primary code.
fn of_sqlite(code: &str) -> Meaning {
    const READONLY_DBMOVED: i32 = 8 | (4 << 8);
    let Ok(code) = code.parse::<i32>() else {
        return Meaning::Fault;
    };
    if code == READONLY_DBMOVED {
        return Meaning::Outage(OutageKind::Moved);
    }
    Meaning::Outage(match code & 0xff {
        // ABORT (its transaction was rolled back meanwhile), BUSY, LOCKED, INTERRUPT, PROTOCOL
        4 | 5 | 6 | 9 | 15 => OutageKind::Locked,
        // NOMEM, FULL, NOLFS
        7 | 13 | 22 => OutageKind::Full,
        8 => OutageKind::ReadOnly,
        // IOERR: SQLite says FULL for ENOSPC alone, so a quota and a limit on the size of files are among them.
        10 => OutageKind::Disk,
        // PERM, CANTOPEN
        3 | 14 => OutageKind::Away,
        _ => return Meaning::Fault,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn outage(meaning: Meaning) -> Option<OutageKind> {
        match meaning {
            Meaning::Outage(kind) => Some(kind),
            Meaning::Text | Meaning::Fault => None,
        }
    }

    /// What an operator mends is an outage; a statement or a value that is wrong is a fault.
    #[test]
    fn sqlstates() {
        use OutageKind::{Away, Full, Late, Locked, Lost, ReadOnly};
        for (code, kind) in [
            ("08000", Some(Lost)),     // connection_exception
            ("08006", Some(Lost)),     // connection_failure
            ("22021", None),           // character_not_in_repertoire
            ("23505", None),           // unique_violation
            ("25006", Some(ReadOnly)), // read_only_sql_transaction
            ("25P02", None),           // in_failed_sql_transaction
            ("25P03", Some(Lost)),     // idle_in_transaction_session_timeout
            ("28000", Some(Away)),     // invalid_authorization_specification
            ("28P01", Some(Away)),     // invalid_password
            ("3D000", Some(Away)),     // invalid_catalog_name
            ("40001", Some(Locked)),   // serialization_failure
            ("40P01", Some(Locked)),   // deadlock_detected
            ("42501", Some(Away)),     // insufficient_privilege
            ("42601", None),           // syntax_error
            ("42P01", None),           // undefined_table
            ("53000", Some(Away)),     // insufficient_resources
            ("53100", Some(Full)),     // disk_full
            ("53200", Some(Full)),     // out_of_memory
            ("53300", Some(Away)),     // too_many_connections
            ("55P03", Some(Locked)),   // lock_not_available
            ("57014", Some(Late)),     // query_canceled
            ("57P01", Some(Lost)),     // admin_shutdown
            ("57P02", Some(Lost)),     // crash_shutdown
            ("57P03", Some(Away)),     // cannot_connect_now
            ("58030", Some(Away)),     // io_error
            ("XX001", None),           // data_corrupted
            ("", None),
        ] {
            assert_eq!(outage(of_postgres(code, PgSeverity::Error)), kind, "{code}");
        }
        assert!(matches!(of_postgres("22021", PgSeverity::Error), Meaning::Text));
        // "could not write init file", as a new session is told where the disk is full.
        assert_eq!(outage(of_postgres("XX000", PgSeverity::Error)), None);
        assert_eq!(outage(of_postgres("XX000", PgSeverity::Fatal)), Some(Away));
        assert_eq!(outage(of_postgres("53100", PgSeverity::Fatal)), Some(Full));
    }

    /// Result codes, most of them extended.
    #[test]
    fn result_codes_of_sqlite() {
        use OutageKind::{Away, Disk, Full, Locked, Moved, ReadOnly};
        for (code, kind) in [
            ("1", None),           // ERROR
            ("5", Some(Locked)),   // BUSY
            ("261", Some(Locked)), // BUSY_RECOVERY
            ("517", Some(Locked)), // BUSY_SNAPSHOT
            ("6", Some(Locked)),   // LOCKED
            ("8", Some(ReadOnly)), // READONLY
            ("1032", Some(Moved)), // READONLY_DBMOVED
            ("10", Some(Disk)),    // IOERR
            ("778", Some(Disk)),   // IOERR_WRITE
            ("11", None),          // CORRUPT
            ("13", Some(Full)),    // FULL
            ("14", Some(Away)),    // CANTOPEN
            ("2067", None),        // CONSTRAINT_UNIQUE
            ("26", None),          // NOTADB
            ("no code", None),
        ] {
            assert_eq!(outage(of_sqlite(code)), kind, "{code}");
        }
    }
}
