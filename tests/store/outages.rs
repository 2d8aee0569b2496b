//! A database that does not answer is reported as unavailable, soon, and used again when it is back.

use std::future::Future;
use std::pin::{Pin, pin};
use std::task::{Context, Poll, Waker};
use std::time::Duration;

use sqlx::sqlite::SqliteConnectOptions;
use sqlx::{ConnectOptions, Connection, PgConnection, SqliteConnection};
use treaty_store::{HeadRevision, Options, Resolved, Scope, Store, StoreError};

use super::{CONTEXT, append, reference, register};
use crate::support::database::{TestDatabase, on_both};

/// Somebody else's lock on everything that writes.
enum Lock {
    Sqlite(SqliteConnection),
    Postgres(PgConnection),
}

impl Lock {
    async fn take(db: &TestDatabase) -> Lock {
        match db.file() {
            Some(file) => {
                let options = SqliteConnectOptions::new().filename(file);
                let mut connection = options.connect().await.expect("a connection");
                sqlx::query("BEGIN IMMEDIATE")
                    .execute(&mut connection)
                    .await
                    .expect("the lock");
                Lock::Sqlite(connection)
            }
            None => {
                let mut connection = PgConnection::connect(&db.url).await.expect("a connection");
                for statement in ["BEGIN", "SELECT 1 FROM contexts FOR UPDATE"] {
                    sqlx::query(statement).execute(&mut connection).await.expect("the lock");
                }
                Lock::Postgres(connection)
            }
        }
    }

    async fn release(self) {
        match self {
            Lock::Sqlite(connection) => connection.close().await.expect("the release"),
            Lock::Postgres(connection) => connection.close().await.expect("the release"),
        }
    }
}

fn unavailable<T: std::fmt::Debug>(outcome: Result<T, StoreError>) {
    assert!(matches!(outcome, Err(StoreError::Unavailable(_))), "{outcome:?}");
}

on_both! {
    async fn a_held_lock(db) {
        let options = Options { deadline: Duration::from_millis(300), ..Options::default() };
        let store = Store::open(&db.url, &options).await.expect("it opens");
        register(&store, "s", 1).await;
        let lock = Lock::take(&db).await;
        unavailable(store.append(append("t", 2, HeadRevision::default())).await);
        unavailable(store.edit_config(CONTEXT, Scope::Global, |_| Some("x".into())).await);
        // Readers are not held up by a writer.
        assert_eq!(store.schema(CONTEXT, 1).await.unwrap().map(|schema| schema.id), Some(1));
        lock.release().await;
        assert_eq!(register(&store, "t", 3).await.version, 1);
        // What was reported as unavailable was not done.
        assert_eq!(store.last_schema_id(CONTEXT).await.unwrap(), 2);
        assert_eq!(store.config(CONTEXT, Scope::Global).await.unwrap(), None);
    }

    async fn a_batch_is_answered_after_its_commit(db) {
        let store = db.open().await;
        let lock = Lock::take(&db).await;
        let mut waiting: Vec<Pin<Box<_>>> = (1..=100)
            .map(|number| {
                let subject = format!("s{number}");
                Box::pin(store.append(append(&subject, number, HeadRevision::default())))
            })
            .collect();
        // Polled once, each is in the queue; none can be answered while the lock is held.
        for each in &mut waiting {
            let mut context = Context::from_waker(Waker::noop());
            assert!(matches!(pin!(each).poll(&mut context), Poll::Pending));
        }
        assert_eq!(store.last_schema_id(CONTEXT).await.unwrap(), 0);
        lock.release().await;
        for (number, each) in (1..).zip(waiting) {
            let appended = each.await.unwrap();
            assert_eq!((appended.id, appended.version), (number, 1));
        }
        if !db.is_sqlite() {
            // The rows of one transaction carry its number: what waited together was committed together.
            let mut connection = PgConnection::connect(&db.url).await.expect("a connection");
            let commits: i64 = sqlx::query_scalar("SELECT COUNT(DISTINCT xmin::text) FROM versions")
                .fetch_one(&mut connection)
                .await
                .expect("the count");
            assert!(commits <= 2, "{commits} transactions");
        }
    }

    async fn a_refused_job_costs_the_others_nothing(db) {
        let store = db.open().await;
        let head = register(&store, "s", 1).await.head;
        let lock = Lock::take(&db).await;
        let stale = HeadRevision { subject: 999, ..head };
        let mut dangling = append("t", 4, HeadRevision { subject: 0, ..head });
        dangling.references = vec![Resolved { reference: reference("nobody", 1), id: 1 }];
        let jobs = [
            append("s", 2, stale),
            append("s", 2, head),
            append("s", 3, head),
            dangling,
            append("u", 5, HeadRevision { subject: 0, ..head }),
            append("u", 5, stale),
        ];
        let mut waiting: Vec<_> = jobs.into_iter().map(|job| Box::pin(store.append(job))).collect();
        for each in &mut waiting {
            let mut context = Context::from_waker(Waker::noop());
            assert!(matches!(pin!(each).poll(&mut context), Poll::Pending));
        }
        lock.release().await;
        let mut outcomes = Vec::new();
        for each in waiting {
            outcomes.push(match each.await {
                Ok(done) => format!("id {} version {} already {}", done.id, done.version, done.already),
                Err(error) => error.to_string(),
            });
        }
        assert_eq!(
            outcomes,
            [
                "the subject changed while the request was decided",
                "id 2 version 2 already false",
                "the subject changed while the request was decided",
                "the subject changed while the request was decided",
                "id 3 version 1 already false",
                "id 3 version 1 already true",
            ]
        );
        assert_eq!(store.last_schema_id(CONTEXT).await.unwrap(), 3);
    }

    async fn connections_that_are_cut(db) {
        if db.is_sqlite() {
            return; // There are none.
        }
        let store = db.open().await;
        register(&store, "s", 1).await;
        let mut admin = PgConnection::connect(&db.url).await.expect("a connection");
        for round in 0..3 {
            sqlx::query(
                "SELECT pg_terminate_backend(pid) FROM pg_stat_activity
                 WHERE datname = current_database() AND pid <> pg_backend_pid()",
            )
            .execute(&mut admin)
            .await
            .expect("the cut");
            // Each cut connection may fail once, as an outage, never as something else.
            let mut tries = 0;
            loop {
                let head = match store.head(CONTEXT, "s").await {
                    Ok(head) => store.append(append("s", 10 + round, head.at)).await.map(|_| ()),
                    Err(error) => Err(error),
                };
                match head {
                    Ok(()) => break,
                    failed => unavailable(failed),
                }
                tries += 1;
                assert!(tries < 40, "the store does not come back");
            }
        }
    }

    async fn a_database_that_is_gone(db) {
        if db.is_sqlite() {
            return; // An open file does not go away.
        }
        let store = db.open().await;
        register(&store, "s", 1).await;
        db.clone().discard().await;
        for _ in 0..20 {
            unavailable(store.schema(CONTEXT, 1).await);
            unavailable(store.config(CONTEXT, Scope::Global).await);
            unavailable(store.append(append("t", 2, HeadRevision::default())).await);
            unavailable(store.ping().await);
        }
    }
}
