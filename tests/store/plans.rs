//! No statement reads a whole table: every statement that the store executes is asked for its plan.
//!
//! A process of its own does everything that a store can do, with the log of statements on; then each is explained.

#![allow(clippy::print_stdout)] // The child tells its parent which statements it executed.

use std::collections::BTreeSet;
use std::fmt;
use std::io::Read;
use std::sync::{Arc, Mutex};

use sqlx::sqlite::SqliteConnectOptions;
use sqlx::{AssertSqlSafe, ConnectOptions, Connection, Executor, PgConnection, Row};
use tracing::field::{Field, Visit};
use tracing_subscriber::layer::{Context, Layer, SubscriberExt};
use treaty_store::{After, Contract, Delete, Listed, Options, Page, Role, Scope, Show, Store, SubjectVersion, Which};

use super::{CONTEXT, guid, identity, register, register_with};
use crate::support::child;
use crate::support::database::on_both;

/// Between two statements in the output of the child.
const END: &str = "\n-- end of statement\n";

/// Collects the statements from sqlx's log.
#[derive(Clone, Default)]
struct Statements(Arc<Mutex<BTreeSet<String>>>);

impl<S: tracing::Subscriber> Layer<S> for Statements {
    fn on_event(&self, event: &tracing::Event<'_>, _: Context<'_, S>) {
        if event.metadata().target() == "sqlx::query" {
            let mut found = Found::default();
            event.record(&mut found);
            // A statement of at most four words stands in the summary alone.
            let text = if found.statement.is_empty() {
                found.summary
            } else {
                found.statement
            };
            self.0.lock().expect("the set").insert(text);
        }
    }
}

#[derive(Default)]
struct Found {
    summary: String,
    statement: String,
}

impl Visit for Found {
    fn record_str(&mut self, field: &Field, value: &str) {
        match field.name() {
            "db.statement" => self.statement = value.trim().to_owned(),
            "summary" => self.summary = value.to_owned(),
            _ => {}
        }
    }

    fn record_debug(&mut self, _: &Field, _: &dyn fmt::Debug) {}
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
#[ignore = "started by the tests of this module, which explain what it executes"]
async fn does_everything() {
    let Some(url) = child::database() else { return };
    let store = Store::open(&url, &Options::default()).await.expect("the store opens");
    let statements = Statements::default();
    let log = tracing_subscriber::registry().with(statements.clone());
    tracing::subscriber::set_global_default(log).expect("the first log of this process");
    everything(&store).await;
    store.close().await;
    for statement in statements.0.lock().expect("the set").iter() {
        println!("{statement}{END}");
    }
}

async fn everything(store: &Store) {
    for number in 1..=3 {
        register(store, "money", number).await;
    }
    register_with(store, "orders", 4, &[("money", 1), ("money", 2)]).await;
    register_with(store, "refunds", 5, &[("money", 1)]).await;
    for show in [Show::Live, Show::All, Show::Deleted] {
        store.subjects(CONTEXT, "o", show, Page::default()).await.unwrap();
        store.versions(CONTEXT, "money", show).await.unwrap();
        let uses = store.versions_of_schema(CONTEXT, 1, show, None, Page::default());
        uses.await.unwrap();
        store
            .version_of_content(CONTEXT, "money", identity(1), guid(1), show)
            .await
            .unwrap();
        store.version_of_schema(CONTEXT, "money", 1, show).await.unwrap();
        store.referring_ids(CONTEXT, "money", 1, show).await.unwrap();
    }
    store.latest_referrers(CONTEXT, "money").await.unwrap();
    for which in [Which::Latest, Which::Live(1), Which::Any(1)] {
        store.version(CONTEXT, "orders", which).await.unwrap();
        store.version_if_small(CONTEXT, "orders", which).await.unwrap();
    }
    let named = [("money", 1), ("orders", 1)].map(|(subject, version)| SubjectVersion {
        subject: subject.into(),
        version,
    });
    store.targets(CONTEXT, &named[..1]).await.unwrap();
    store.targets(CONTEXT, &named).await.unwrap();
    for (latest, with_rules) in [(false, false), (true, false), (true, true)] {
        let which = Listed { latest, with_rules };
        let listed = store.versions_listed(CONTEXT, "m", Show::Live, which, None, Page::default());
        listed.await.unwrap();
    }
    store.head(CONTEXT, "money").await.unwrap();
    store.outline(CONTEXT, "money").await.unwrap();
    store.history(CONTEXT, "money").await.unwrap();
    store.schema(CONTEXT, 4).await.unwrap();
    store.schema_by_guid(CONTEXT, guid(4)).await.unwrap();
    store.ids_of_guid(guid(4)).await.unwrap();
    store.schemas(CONTEXT, &[1, 4, 5]).await.unwrap();
    store.sizes(CONTEXT, &[1, 4, 5]).await.unwrap();
    store.last_schema_id(CONTEXT).await.unwrap();
    store.last_purge(CONTEXT).await.unwrap();
    store.ping().await.unwrap();
    for scope in [Scope::Global, Scope::Subject("money")] {
        store.edit_config(CONTEXT, scope, |_| Some("{}".into())).await.unwrap();
        store.config(CONTEXT, scope).await.unwrap();
    }
    store
        .edit_config(CONTEXT, Scope::Subject("none"), |_| Some("{}".into()))
        .await
        .unwrap();
    store
        .edit_config(CONTEXT, Scope::Subject("none"), |_| None)
        .await
        .unwrap();
    let contract = Contract {
        application: "billing".into(),
        version: String::new(),
        owner: "team".into(),
        document: "{}".into(),
        hash: "h".into(),
        published_at: 0,
    };
    let subjects = [(Role::Receives, "orders".into()), (Role::Sends, "bills".into())];
    store.publish_contract(CONTEXT, &contract, &subjects).await.unwrap();
    store.contract(CONTEXT, "billing", "").await.unwrap();
    store.contracts(CONTEXT, &After::default(), 10).await.unwrap();
    store
        .documents_of_subject(
            CONTEXT,
            "orders",
            Role::Receives,
            &After::default(),
            &After::new("z", ""),
        )
        .await
        .unwrap();
    store
        .contracts_of_subject(CONTEXT, "orders", Role::Receives, &After::default(), 10)
        .await
        .unwrap();
    store.delete_contract(CONTEXT, "billing", "").await.unwrap();
    // A soft-deleted version that is superseded, permanent deletes, and a schema that comes back.
    store
        .delete_version(CONTEXT, "money", Some(3), Delete::Soft)
        .await
        .unwrap();
    register(store, "money", 3).await;
    for how in [Delete::Soft, Delete::Permanent] {
        store.delete_version(CONTEXT, "refunds", Some(1), how).await.unwrap();
        store.delete_subject(CONTEXT, "orders", how).await.unwrap();
    }
    register_with(store, "orders", 4, &[("money", 1)]).await;
}

/// The statements of the child, without those that have no plan.
fn statements(url: &str) -> Vec<String> {
    let mut process = child::start("store::plans::does_everything", url);
    let mut output = String::new();
    let mut pipe = process.stdout.take().expect("a pipe");
    pipe.read_to_string(&mut output).expect("its output");
    assert!(process.wait().expect("its end").success(), "{output}");
    let planned = ["SELECT", "UPDATE", "DELETE", "INSERT", "WITH"];
    let mut found = Vec::new();
    for part in output.split(END) {
        // The first part begins with what the test harness says.
        let begin = planned.iter().filter_map(|verb| part.find(verb)).min();
        if let Some(begin) = begin {
            // SQLite is given several writes at once.
            let writes = part[begin..].trim().split(";\n");
            found.extend(writes.map(|each| each.trim_end_matches(';').to_owned()));
        }
    }
    assert!(
        found.len() > 45,
        "only {} statements were seen: {found:#?}",
        found.len()
    );
    found
}

/// Enough rows for PostgreSQL to see that an index pays; it chooses by the size of the tables.
const FILL: [&str; 9] = [
    "INSERT INTO schemas SELECT '.', n + 100, lpad(n::text, 36, 'f'), lpad(n::text, 64, 'f'), 'AVRO', 'text', NULL, NULL, 1, 0
     FROM generate_series(1, 20000) n",
    "INSERT INTO schema_references SELECT '.', n + 100, 0, 'name', 'filler' || n % 5000, 1 FROM generate_series(1, 20000) n",
    "INSERT INTO subjects SELECT '.', 'filler' || n, 1, 4, 4, NULL FROM generate_series(0, 4999) n",
    "INSERT INTO versions SELECT '.', 'filler' || n % 5000, n / 5000 + 1, n + 101, false, 0 FROM generate_series(0, 19999) n",
    "INSERT INTO contracts SELECT '.', 'filler' || n, '', 'owner', '{}', 'hash', 0 FROM generate_series(1, 5000) n",
    "INSERT INTO contract_subjects SELECT '.', 'filler' || n, '', 'receives', 'filler' || n FROM generate_series(1, 5000) n",
    "ANALYZE",
    "SET plan_cache_mode = force_generic_plan",
    "SET enable_hashjoin = off",
];

/// Steps over what the statement itself lists.
const VALUES: [&str; 2] = ["SCAN job", "SCAN asked"];

/// Lists of everything: they may read every row of their context.
const LISTS: [&str; 1] = ["SELECT application, version, owner, hash, published_at FROM contracts"];

on_both! {
    async fn every_lookup_uses_an_index(db) {
        let mut statements = statements(&db.url);
        statements.retain(|statement| !LISTS.iter().any(|list| statement.starts_with(list)));
        let mut scans = Vec::new();
        if let Some(file) = db.file() {
            let options = SqliteConnectOptions::new().filename(file);
            let mut connection = options.connect().await.expect("a connection");
            for statement in statements {
                let explain = AssertSqlSafe(format!("EXPLAIN QUERY PLAN {statement}"));
                for step in connection.fetch_all(explain).await.expect(&statement) {
                    let step: String = step.get("detail");
                    // An index of which only the context is used names every row but those of other contexts.
                    let whole_context = step.contains("(context=?)") && !step.contains("contexts");
                    let whole_table = step.starts_with("SCAN ")
                        && !step.contains("CONSTANT")
                        && !step.contains("VALUES")
                        && !VALUES.contains(&&*step);
                    if whole_context || whole_table {
                        scans.push(format!("{step}\n    in {statement}"));
                    }
                }
            }
        } else {
            let mut connection = PgConnection::connect(&db.url).await.expect("a connection");
            for statement in FILL {
                connection.execute(statement).await.expect(statement);
            }
            for (number, statement) in statements.iter().enumerate() {
                let parameters = (1..).take_while(|n| statement.contains(&format!("${n}"))).count();
                let nulls = vec!["NULL"; parameters].join(", ");
                let arguments = if parameters == 0 { String::new() } else { format!("({nulls})") };
                // In a list of values nothing says that the version is a number; the driver does so when it prepares.
                let typed = statement
                    .replace("version) AS (VALUES ($1, $2)", "version) AS (VALUES ($1, CAST($2 AS INTEGER))")
                    .replace("version) IN (VALUES ($2, $3)", "version) IN (VALUES ($2, CAST($3 AS INTEGER))");
                for each in [
                    format!("PREPARE p{number} AS {typed}"),
                    format!("EXPLAIN EXECUTE p{number}{arguments}"),
                ] {
                    let each = AssertSqlSafe(each);
                    for step in connection.fetch_all(sqlx::raw_sql(each)).await.expect(statement) {
                        let step: String = step.get(0);
                        let whole_table = step.contains("Seq Scan on ") && !step.contains("contexts");
                        let whole_context = step.contains("Index Cond: (context = ") && !statement.contains("contexts");
                        if whole_table || whole_context {
                            scans.push(format!("{step}\n    in {statement}"));
                        }
                    }
                }
            }
        }
        assert!(scans.is_empty(), "{}", scans.join("\n"));
    }
}
