//! Opening a store: from a database URL to a `Store` whose tables are up to date.

use std::error::Error;
use std::fmt;
use std::path::{Path, PathBuf};
use std::time::Duration;

use sqlx::migrate::MigrateError;

use crate::migrations;
use crate::outage::Outage;
use crate::postgres::Postgres;
use crate::sqlite::Sqlite;

/// How the store uses its database. The defaults suit a registry on two to eight cores.
#[derive(Debug, Clone)]
pub struct Options {
    /// The longest that one operation may take; then it is reported as unavailable.
    pub deadline: Duration,
    /// PostgreSQL: the longest wait for a connection.
    pub acquire: Duration,
    /// PostgreSQL: the most connections that this process opens.
    pub connections: u32,
    /// SQLite: the most connections that read at one time. Each has a thread and up to 4 MiB of page cache.
    pub readers: u32,
}

impl Default for Options {
    fn default() -> Options {
        Options {
            deadline: Duration::from_secs(10),
            acquire: Duration::from_secs(3),
            connections: 16,
            readers: 4,
        }
    }
}

/// Why a store could not be opened. Unlike `StoreError` this is for the person who starts the server: it names file and version.
#[derive(Debug, thiserror::Error)]
pub enum OpenError {
    /// The URL names no database that this program can use.
    #[error("the database URL cannot be used: {why}; write sqlite:PATH or postgres://USER@HOST/NAME")]
    Url {
        /// What is wrong with it.
        why: String,
    },
    /// Another process has the SQLite file open.
    #[error("{path} is in use by another process; a SQLite database serves one process, use PostgreSQL for several")]
    InUse {
        /// The database file.
        path: PathBuf,
    },
    /// A file beside or of the SQLite database cannot be created or opened.
    #[error("cannot open {path}: {source}")]
    File {
        /// The file.
        path: PathBuf,
        /// What the operating system says.
        source: std::io::Error,
    },
    /// The database was last used by a later version of the program.
    #[error("database version {found} is newer than this program supports ({known}); run a newer treaty")]
    Newer {
        /// The migration that the database has and this program does not know.
        found: i64,
        /// The newest migration that this program knows.
        known: i64,
    },
    /// A migration failed, or was changed after it had been applied.
    #[error("the database cannot be migrated: {0}")]
    Migration(MigrateError),
    /// The database cannot be reached, or is no database of this kind.
    #[error("cannot connect to the database: {0}")]
    Connect(Box<dyn Error + Send + Sync>),
}

impl OpenError {
    pub(crate) fn connect(error: sqlx::Error) -> OpenError {
        OpenError::Connect(Box::new(error))
    }

    pub(crate) fn outage(outage: Outage) -> OpenError {
        OpenError::Connect(Box::new(outage))
    }

    pub(crate) fn late(deadline: Duration) -> OpenError {
        OpenError::Connect(format!("no answer within {deadline:?}").into())
    }

    pub(crate) fn migrate(error: MigrateError) -> OpenError {
        match error {
            MigrateError::VersionMissing(found) => OpenError::Newer {
                found,
                known: migrations::newest(),
            },
            MigrateError::Execute(error) => OpenError::connect(error),
            other => OpenError::Migration(other),
        }
    }
}

/// The database behind a store.
pub(crate) enum Database {
    Sqlite(Sqlite),
    Postgres(Postgres),
}

impl Database {
    pub(crate) async fn open(url: &str, options: &Options) -> Result<Database, OpenError> {
        if let Some(path) = url.strip_prefix("sqlite:") {
            let path = path.strip_prefix("//").unwrap_or(path);
            if path.is_empty() || path == ":memory:" {
                return Err(OpenError::Url {
                    why: "SQLite needs a file here".to_owned(),
                });
            }
            if path.contains('?') {
                return Err(OpenError::Url {
                    why: "parameters after `?` are not supported for SQLite".to_owned(),
                });
            }
            return Ok(Database::Sqlite(Sqlite::open(Path::new(path), options).await?));
        }
        if url.starts_with("postgres:") || url.starts_with("postgresql:") {
            return Ok(Database::Postgres(Postgres::open(url, options).await?));
        }
        Err(OpenError::Url {
            why: "it begins neither with sqlite: nor with postgres:".to_owned(),
        })
    }
}

impl fmt::Debug for Database {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Database::Sqlite(_) => "Sqlite",
            Database::Postgres(_) => "Postgres",
        })
    }
}
