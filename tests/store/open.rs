//! Opening a database: what is accepted, and how the rest is refused.

use treaty_store::{OpenError, Options, Store};

use crate::support::database::on_both;

on_both! {
    async fn twice_migrates_once(db) {
        for _ in 0..3 {
            let store = db.open().await;
            store.ping().await.unwrap();
            store.close().await;
        }
    }

    async fn a_newer_database_is_refused(db) {
        db.open().await.close().await;
        db.execute("INSERT INTO _sqlx_migrations (version, description, success, checksum, execution_time)
             SELECT 9999, 'later', success, checksum, 0 FROM _sqlx_migrations WHERE version = 1",
        )
        .await;
        let refused = Store::open(&db.url, &Options::default()).await;
        let Err(OpenError::Newer { found: 9999, known }) = refused else { panic!("{refused:?}") };
        assert!(known < 9999);
        db.execute("DELETE FROM _sqlx_migrations WHERE version = 9999").await;
        db.open().await.ping().await.unwrap();
    }

    async fn a_changed_migration_is_refused(db) {
        db.open().await.close().await;
        db.execute("UPDATE _sqlx_migrations SET checksum = (SELECT checksum FROM _sqlx_migrations WHERE version = 2)
             WHERE version = 1",
        )
        .await;
        let refused = Store::open(&db.url, &Options::default()).await;
        assert!(matches!(refused, Err(OpenError::Migration(_))), "{refused:?}");
    }

    async fn several_at_once_migrate_once(db) {
        if db.is_sqlite() {
            return;
        }
        let nodes = (0..6).map(|_| {
            let db = db.clone();
            tokio::spawn(async move { db.open().await.ping().await })
        });
        for node in nodes.collect::<Vec<_>>() {
            node.await.expect("a node").unwrap();
        }
    }
}

#[tokio::test]
async fn what_cannot_be_opened() {
    let directory = tempfile::tempdir().expect("a directory");
    let path = |name: &str| directory.path().join(name).display().to_string();
    std::fs::write(
        path("text.db"),
        "this is a text of some length, and no database at all\n".repeat(40),
    )
    .expect("a file");
    std::fs::create_dir(path("directory.db")).expect("a directory");
    let table = [
        (
            "".to_owned(),
            "the database URL cannot be used: it begins neither with sqlite: nor with postgres:",
        ),
        (
            "mysql://localhost/x".to_owned(),
            "the database URL cannot be used: it begins neither",
        ),
        (
            "sqlite:".to_owned(),
            "the database URL cannot be used: SQLite needs a file here",
        ),
        (
            "sqlite::memory:".to_owned(),
            "the database URL cannot be used: SQLite needs a file here",
        ),
        (
            "sqlite:x.db?mode=ro".to_owned(),
            "the database URL cannot be used: parameters after `?`",
        ),
        (
            "sqlite:/".to_owned(),
            "the database URL cannot be used: the path of the SQLite database names no file",
        ),
        (format!("sqlite:{}", path("missing/treaty.db")), "cannot open "),
        (
            format!("sqlite:{}", path("text.db")),
            "cannot connect to the database: ",
        ),
        (format!("sqlite:{}", path("directory.db")), "cannot open "),
        (
            "postgres://nobody@127.0.0.1:1/none".to_owned(),
            "cannot connect to the database: ",
        ),
    ];
    for (url, message) in table {
        let refused = Store::open(&url, &Options::default()).await;
        let shown = refused.map(|_| ()).expect_err(&url).to_string();
        assert!(shown.starts_with(message), "{url}: {shown}");
    }
    // Both spellings of a path are the same file, and a relative one is taken from the working directory.
    let url = format!("sqlite://{}", path("treaty.db"));
    let store = Store::open(&url, &Options::default()).await.expect("it opens");
    let other = format!("sqlite:{}", path("./treaty.db"));
    let refused = Store::open(&other, &Options::default()).await;
    assert!(matches!(refused, Err(OpenError::InUse { .. })), "{refused:?}");
    store.close().await;
}
