//! A database of an earlier version: what it holds keeps its ids, and is found by what it is.

use std::borrow::Cow;
use std::path::Path;

use serde_json::{Value, json};
use sqlx::migrate::{Migration, Migrator};
use sqlx::sqlite::SqliteConnectOptions;
use sqlx::{AssertSqlSafe, ConnectOptions, Connection, PgConnection, SqlSafeStr};
use treaty_schemas::guid::{Reference, guid, print};

use crate::support::database::{TestDatabase, on_both};
use crate::support::server::{TestServer, record};

/// The last migration before schemas had identities.
const BEFORE_IDENTITIES: i64 = 2;

const FIRST: &str = "INSERT INTO subjects (context, subject, revision, last_version, latest_version) VALUES
    ('.', 'money', 1, 1, 1), ('.', 'orders', 2, 1, 1), ('.', 'protos', 3, 1, 1)";
const LAST: &str = "UPDATE contexts SET last_schema_id = 4, revision = 4";

/// Executes statements on an empty database with the tables of before.
async fn fill(database: &TestDatabase, statements: &[String]) {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../migrations");
    let all = Migrator::new(folder.as_path()).await.expect("the migrations");
    let before = all.iter().filter(|each| each.version <= BEFORE_IDENTITIES).cloned();
    let mut migrator = Migrator {
        migrations: Cow::Owned(before.collect()),
        ..Migrator::DEFAULT
    };
    match database.file() {
        Some(file) => {
            let sqlite = migrator.migrations.iter().map(|each| Migration {
                sql: AssertSqlSafe(each.sql.as_str().replace(" COLLATE \"C\"", "")).into_sql_str(),
                ..each.clone()
            });
            migrator.migrations = Cow::Owned(sqlite.collect());
            let options = SqliteConnectOptions::new().filename(file).create_if_missing(true);
            let mut connection = options.connect().await.expect("a connection");
            migrator
                .run_direct(None, &mut connection, false)
                .await
                .expect("the tables");
            for statement in statements {
                let statement = AssertSqlSafe(statement.as_str());
                sqlx::query(statement).execute(&mut connection).await.expect("a row");
            }
            connection.close().await.expect("the end");
        }
        None => {
            let mut connection = PgConnection::connect(&database.url).await.expect("a connection");
            migrator
                .run_direct(None, &mut connection, false)
                .await
                .expect("the tables");
            for statement in statements {
                let statement = AssertSqlSafe(statement.as_str());
                sqlx::query(statement).execute(&mut connection).await.expect("a row");
            }
        }
    }
}

fn schema(id: i32, guid: [u8; 16], format: &str, text: Option<&str>, references: usize) -> String {
    let text = text.map_or("NULL".to_owned(), |text| format!("'{text}'"));
    format!(
        "INSERT INTO schemas (context, id, guid, format, text, reference_count, created_at)
         VALUES ('.', {id}, '{}', '{format}', {text}, {references}, 1)",
        print(guid)
    )
}

fn version(subject: &str, id: i32) -> String {
    format!(
        "INSERT INTO versions (context, subject, version, schema_id, deleted, created_at)
         VALUES ('.', '{subject}', 1, {id}, FALSE, 1)"
    )
}

on_both! {
    async fn what_an_earlier_version_stored(database) {
        let money = record("Money", &[r#""name":"amount","type":"long""#]);
        let order = record("Order", &[r#""name":"total","type":"Money""#]);
        let bare = "syntax = \"proto3\";\n\nmessage M {\n  string id = 1;\n}\n";
        let proto = &format!("// Why.\n\n{bare}");
        let reference = Reference { name: "Money", subject: "money", version: 1 };
        fill(&database, &[
            FIRST.to_owned(),
            schema(1, guid(&money, &[]), "AVRO", Some(&money), 0),
            // Removed for good: only its id was kept.
            schema(2, guid("\"int\"", &[]), "AVRO", None, 0),
            schema(3, guid(&order, &[reference]), "AVRO", Some(&order), 1),
            schema(4, guid(bare, &[]), "PROTOBUF", Some(proto), 0),
            "INSERT INTO schema_references VALUES ('.', 3, 0, 'Money', 'money', 1)".to_owned(),
            version("money", 1),
            version("orders", 3),
            version("protos", 4),
            LAST.to_owned(),
        ])
        .await;

        let server = TestServer::start(&database).await;
        let ordered = json!({"schema": order, "references": [{"name": "Money", "subject": "money", "version": 1}]});
        let numbered = json!({"schema": order, "references": [{"name": "Money", "subject": "money", "version": -1}]});
        let with_comment = |text: &str| json!({"schemaType": "PROTOBUF", "schema": text});
        let id = |answer: &Value| answer["id"].as_i64();
        for (subject, body, expected) in [
            // Where it is, then elsewhere.
            ("money", json!({"schema": money}), 1),
            ("orders", ordered.clone(), 3),
            ("orders", numbered, 3),
            ("protos", with_comment(proto), 4),
            ("protos", with_comment(bare), 4),
            ("others", ordered.clone(), 3),
            ("coins", json!({"schema": money}), 1),
            ("messages", with_comment(proto), 4),
            ("numbers", json!({"schema": "\"int\""}), 5),
        ] {
            for _ in 0..2 {
                let answer = server.post(&format!("/subjects/{subject}/versions"), body.clone()).await.ok();
                assert_eq!((id(&answer), &answer["version"]), (Some(expected), &json!(1)), "{subject} {body}");
                let found = server.post(&format!("/subjects/{subject}"), body.clone()).await.ok();
                assert_eq!(id(&found), Some(expected), "{subject} {body}");
            }
        }
        assert_eq!(server.get("/schemas/ids/2").await.problem(), (404, 40403));
        assert_eq!(server.get("/schemas/ids/3/versions").await.ok().as_array().map(Vec::len), Some(2));
        // Of one guid, and not the same.
        let twin = json!({"schema": order, "references": [{"name": "Mone", "subject": "ymoney", "version": 1}]});
        assert_eq!(id(&server.post("/subjects/ymoney/versions", json!({"schema": money})).await.ok()), Some(1));
        let twin = server.post("/subjects/twins/versions", twin).await.ok();
        assert_eq!(id(&twin), Some(6));
        let metadata = json!({"schema": money, "metadata": {"properties": {"a": "b"}}});
        let answer = server.post("/subjects/money/versions", metadata).await.ok();
        assert_eq!((id(&answer), &answer["version"]), (Some(7), &json!(2)));
        for subject in ["others", "orders"] {
            server.delete(&format!("/subjects/{subject}")).await.ok();
            server.delete(&format!("/subjects/{subject}?permanent=true")).await.ok();
        }
        assert_eq!(server.get("/schemas/ids/3").await.problem(), (404, 40403));
        let again = server.post("/subjects/orders/versions", ordered).await.ok();
        assert_eq!(id(&again), Some(8));
        server.stop().await;
    }
}
