//! A fresh database for each test, on both engines.
//!
//! `on_both!` makes two tests, `…::sqlite` and `…::postgres`, of one body, which gets a [`TestDatabase`]. A SQLite database
//! lives in a temporary directory; a PostgreSQL one is created on the server that `TREATY_TEST_POSTGRES` names and dropped
//! afterwards, also when the test failed.

// A test that is skipped has to say so where the person who runs the tests sees it.
#![allow(clippy::print_stderr)]

use std::future::Future;
use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::{SystemTime, UNIX_EPOCH};

use sqlx::postgres::{PgConnectOptions, PgConnection};
use sqlx::sqlite::SqliteConnectOptions;
use sqlx::{AssertSqlSafe, ConnectOptions, Connection, Executor};
use tempfile::TempDir;
use treaty_store::{OpenError, Options, Store};

/// The variable that names the admin database of the PostgreSQL server.
pub const POSTGRES: &str = "TREATY_TEST_POSTGRES";

/// An empty database that belongs to one test.
#[derive(Clone)]
pub struct TestDatabase {
    /// What `Store::open` and `--database` take.
    pub url: String,
    place: Place,
}

#[derive(Clone)]
enum Place {
    Sqlite(Arc<TempDir>),
    Postgres { admin: String, name: String },
}

impl TestDatabase {
    /// A path for a SQLite database that does not exist yet.
    pub fn sqlite() -> TestDatabase {
        let directory = TempDir::new().expect("a temporary directory");
        TestDatabase {
            url: format!("sqlite:{}", directory.path().join("treaty.db").display()),
            place: Place::Sqlite(Arc::new(directory)),
        }
    }

    /// A new database on the PostgreSQL server of the tests, if there is one.
    pub async fn postgres() -> Option<TestDatabase> {
        let Ok(admin) = std::env::var(POSTGRES) else {
            eprintln!("skipped on PostgreSQL: {POSTGRES} is not set");
            return None;
        };
        Some(TestDatabase::on(admin).await)
    }

    /// A new database on the PostgreSQL server with this admin database.
    pub async fn on(admin: String) -> TestDatabase {
        static COUNT: AtomicU32 = AtomicU32::new(0);
        let since = SystemTime::now().duration_since(UNIX_EPOCH);
        let name = format!(
            "treaty_test_{}_{}_{}",
            std::process::id(),
            since.expect("a clock after 1970").as_micros(),
            COUNT.fetch_add(1, Ordering::Relaxed)
        );
        on_server(&admin, &format!("CREATE DATABASE {name}")).await;
        let options: PgConnectOptions = admin.parse().expect("a PostgreSQL URL");
        TestDatabase {
            url: options.database(&name).to_url_lossy().to_string(),
            place: Place::Postgres { admin, name },
        }
    }

    /// Whether this is SQLite.
    pub fn is_sqlite(&self) -> bool {
        matches!(self.place, Place::Sqlite(_))
    }

    /// The SQLite file.
    pub fn file(&self) -> Option<PathBuf> {
        match &self.place {
            Place::Sqlite(directory) => Some(directory.path().join("treaty.db")),
            Place::Postgres { .. } => None,
        }
    }

    /// Opens a store on it.
    pub async fn open(&self) -> Store {
        for _ in 0..200 {
            match Store::open(&self.url, &Options::default()).await {
                // A program that another test starts at this moment has the lock of a store that was closed, until it is its own
                // program and not a copy of this one.
                Err(OpenError::InUse { .. }) => tokio::task::yield_now().await,
                outcome => return outcome.expect("the store opens"),
            }
        }
        panic!("the store is in use");
    }

    /// Executes a statement behind the store's back.
    pub async fn execute(&self, statement: &'static str) {
        let outcome = self.try_execute(statement).await;
        outcome.unwrap_or_else(|error| panic!("{statement}: {error}"));
    }

    /// Executes a statement that may fail.
    pub async fn try_execute(&self, statement: &'static str) -> Result<(), sqlx::Error> {
        match self.file() {
            Some(file) => {
                let options = SqliteConnectOptions::new().filename(file);
                let mut connection = options.connect().await.expect("a connection");
                connection.execute(statement).await.map(|_| ())
            }
            None => {
                let mut connection = PgConnection::connect(&self.url).await.expect("a connection");
                connection.execute(statement).await.map(|_| ())
            }
        }
    }

    /// Removes the database, whoever still uses it.
    pub async fn discard(self) {
        if let Place::Postgres { admin, name } = self.place {
            on_server(&admin, &format!("DROP DATABASE IF EXISTS {name} WITH (FORCE)")).await;
        }
    }
}

/// Held for writing by whoever fills the disk of the PostgreSQL server: a database is neither created nor dropped meanwhile, since
/// both ask for a checkpoint of all databases, which fails then.
pub static CHECKPOINTS: tokio::sync::RwLock<()> = tokio::sync::RwLock::const_new(());

async fn on_server(url: &str, statement: &str) {
    let _checkpoints = CHECKPOINTS.read().await;
    let mut server = PgConnection::connect(url)
        .await
        .unwrap_or_else(|error| panic!("{POSTGRES} names a server that does not answer: {error}"));
    server
        .execute(AssertSqlSafe(statement))
        .await
        .unwrap_or_else(|error| panic!("{statement}: {error}"));
}

/// Runs `test` on `database`, then removes it, whatever came of the test.
pub async fn run<F>(database: Option<TestDatabase>, test: impl FnOnce(TestDatabase) -> F)
where
    F: Future<Output = ()> + Send + 'static,
{
    let Some(database) = database else { return };
    let outcome = tokio::spawn(test(database.clone())).await;
    database.discard().await;
    if let Err(failure) = outcome {
        std::panic::resume_unwind(failure.into_panic());
    }
}

/// `on_both! { async fn name(db) { … } }`: one body, two tests.
macro_rules! on_both {
    ($($(#[$meta:meta])* async fn $name:ident($database:ident) $body:block)+) => {$(
        $(#[$meta])*
        mod $name {
            #[allow(unused_imports)]
            use super::*;

            async fn test($database: $crate::support::database::TestDatabase) $body

            #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
            async fn sqlite() {
                let database = $crate::support::database::TestDatabase::sqlite();
                $crate::support::database::run(Some(database), test).await;
            }

            #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
            async fn postgres() {
                let database = $crate::support::database::TestDatabase::postgres().await;
                $crate::support::database::run(database, test).await;
            }
        }
    )+};
}

pub(crate) use on_both;
