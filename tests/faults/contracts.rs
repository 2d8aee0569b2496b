//! Contracts made to occupy the registry: many parts, many misspelt reads, one large schema many times, many large documents.

use hyper::Method;
use hyper::body::Bytes;
use serde_json::{Value, json};
use treaty_store::{Contract, Role};

use crate::support::cli::Served;
use crate::support::database::on_both;
use crate::support::measure::{CEILING, MEMORY_OF_ONE_INPUT, beside};
use crate::support::server::{Answer, Client};

fn contract(text: &str) -> Value {
    json!({"file": {"name": "treaty.yaml", "text": text}})
}

async fn publish(served: &Served, application: &str, contract: Value) -> Answer {
    let mut client = Client::connect(served.address()).await;
    client
        .json(Method::PUT, &format!("/api/v1/contracts/{application}"), contract)
        .await
}

async fn register(served: &Served, subject: &str, schema: &str) {
    let mut client = Client::connect(served.address()).await;
    let body = json!({"schema": schema});
    client
        .json(Method::POST, &format!("/subjects/{subject}/versions"), body)
        .await
        .ok();
}

async fn get(served: &Served, path: &str) -> Answer {
    Client::connect(served.address())
        .await
        .send(Method::GET, path, &[], Bytes::new())
        .await
}

/// A record of so many fields, each with a documentation of so many characters.
fn wide(fields: usize, doc: usize) -> String {
    let doc = "d".repeat(doc);
    let field = |number| format!(r#"{{"name":"f{number}","type":"long","doc":"{doc}"}}"#);
    let fields: Vec<String> = (0..fields).map(field).collect();
    format!(r#"{{"type":"record","name":"e","fields":[{}]}}"#, fields.join(","))
}

fn receives(application: &str, entries: usize, reads: impl Fn(usize) -> String) -> Value {
    let mut text = format!("contract: 1\napplication: {application}\nreceives:\n");
    for number in 0..entries {
        let reads = reads(number);
        text += &format!("  - event: e{number}\n    subject: wide\n    builtAgainst: 1\n    reads: {reads}\n");
    }
    contract(&text)
}

on_both! {
    /// 200 KB took minutes, in which nothing else was answered.
    async fn many_parts(database) {
        let served = Served::on(&database, &[]);
        register(&served, "wide", &wide(1, 0)).await;
        let reads = "a,".repeat(100_000) + "a";
        let attack = async {
            for path in ["\"REPEATED\"", "REPEATED", "[\"REPEATED\"]"] {
                let text = receives("attack", 1, |_| path.replace("REPEATED", &reads));
                let answer = publish(&served, "attack", text).await;
                assert_eq!(answer.problem(), (422, 42220));
                assert!(answer.body.len() < 32 << 10, "{} bytes", answer.body.len());
                if !path.starts_with('[') {
                    assert!(answer.message().contains("more than the 10000 entries"), "{}", answer.message());
                }
            }
        };
        let ((), latencies) = beside(served.address(), "/health/live", attack).await;
        assert!(latencies.p99() <= CEILING, "{:?}", latencies.longest());
        #[cfg(target_os = "linux")]
        assert!(served.peak() <= MEMORY_OF_ONE_INPUT, "{}", served.peak());
    }

    /// A few of these occupied all threads for minutes, and took 2.6 GB each.
    async fn many_misspelt_reads_of_many_fields(database) {
        let served = Served::on(&database, &["--request-timeout", "120"]);
        register(&served, "wide", &wide(10_000, 0)).await;
        let reads: Vec<String> = (100..2_100).map(|number| format!("g{number}")).collect();
        let reads = format!("[{}]", reads.join(", "));
        let attack = async {
            let one = || publish(&served, "attack", receives("attack", 1, |_| reads.clone()));
            let answers: [Answer; 2] = tokio::join!(one(), one()).into();
            for answer in answers {
                assert_eq!(answer.problem(), (422, 42220));
                let message = answer.message();
                assert!(message.contains("`e` has no field `g100`") && message.contains("did you mean `f100`"), "{message}");
            }
        };
        let ((), latencies) = beside(served.address(), "/schemas/ids/1", attack).await;
        assert!(latencies.p99() <= CEILING, "{:?}", latencies.longest());
        #[cfg(target_os = "linux")]
        assert!(served.peak() <= MEMORY_OF_ONE_INPUT, "{}", served.peak());
    }

    /// Sixty entries of one schema of 3 MB took 1.7 GB to publish, and again for each check. Published, kept, shown and checked,
    /// it is one text and one parsed schema.
    async fn one_schema_in_many_entries(database) {
        let served = Served::on(&database, &["--request-timeout", "120"]);
        let schema = wide(5_000, 600);
        assert!(schema.len() > 3_000_000);
        register(&served, "wide", &schema).await;
        let attack = async {
            let reads = |number| if number == 0 { "all".to_owned() } else { format!("[f{number}]") };
            let answer = publish(&served, "many", receives("many", 60, reads)).await;
            assert_eq!(answer.ok()["outcome"], json!("created"));
            let kept = get(&served, "/api/v1/contracts/many").await;
            assert!(kept.body.len() < 4_500_000, "{} bytes", kept.body.len());
            let kept = kept.ok();
            assert_eq!(kept["schemas"].as_array().map(Vec::len), Some(60));
            assert_eq!((&kept["schemas"][59]["schema"], &kept["texts"][0]), (&json!(0), &json!(schema)));
            let candidate = wide(4_990, 600);
            let mut client = Client::connect(served.address()).await;
            let report = client.json(Method::POST, "/api/v1/subjects/wide/check", json!({"schema": candidate})).await.ok();
            let consumers = report["subjects"][0]["consumers"].as_array().cloned().unwrap_or_default();
            assert_eq!(consumers.len(), 60);
            let breaks = consumers.iter().filter(|consumer| consumer["verdict"] == json!("incompatible"));
            assert_eq!(breaks.count(), 60, "each decodes with the whole schema, whatever it reads");
        };
        let ((), latencies) = beside(served.address(), "/health/live", attack).await;
        assert!(latencies.p99() <= CEILING, "{:?}", latencies.longest());
        #[cfg(target_os = "linux")]
        assert!(served.peak() <= MEMORY_OF_ONE_INPUT, "{}", served.peak());
    }

    /// Texts can be named by number, so that a small request could name a large one very often.
    async fn one_text_in_very_many_places(database) {
        let served = Served::on(&database, &[]);
        let text = wide(4_000, 200);
        let reference = json!({"name": "r", "text": 0});
        let schema = |references: usize| {
            json!({"entry": 0, "role": "builtAgainst", "name": "e.avsc", "schema": "\"int\"", "references": vec![&reference; references]})
        };
        let says = "contract: 1\napplication: a\nreceives:\n  - {event: e, builtAgainst: e.avsc, reads: all}\n";
        for (references, said) in [(1_001, "more than the 1000 texts"), (60_000, "more than the 50000 that are allowed")] {
            let mut sent = contract(says);
            sent["texts"] = json!([text]);
            sent["schemas"] = json!([schema(references)]);
            let answer = publish(&served, "a", sent).await;
            assert_eq!(answer.problem(), (422, 42220));
            assert!(answer.message().contains(said), "{}", answer.message());
        }
        let mut sent = contract(says);
        sent["schemas"] = json!([schema(1)]);
        assert_eq!(publish(&served, "a", sent).await.problem(), (400, 400));
        #[cfg(target_os = "linux")]
        assert!(served.peak() <= MEMORY_OF_ONE_INPUT, "{}", served.peak());
    }

    /// Lists of contracts read what they show, and checks a few contracts at a time, of each only what concerns the subject.
    /// One that cannot be read is told as one of which nobody can tell.
    async fn many_large_documents(database) {
        let store = database.open().await;
        let padding = "# nothing\n".repeat(200_000);
        for number in 0..40 {
            let application = format!("a{number:02}");
            // Of another form than contracts have.
            let file = format!("contract: 1\napplication: {application}\nreceives: [{{event: e, subject: orders}}]\n");
            let document = json!({"file": {"name": "treaty.yaml", "text": file}, "padding": padding}).to_string();
            let published = Contract {
                application,
                version: String::new(),
                owner: "team".to_owned(),
                document,
                hash: "h".to_owned(),
                published_at: 1,
            };
            let subjects = [(Role::Receives, "orders".to_owned())];
            store.publish_contract(".", &published, &subjects).await.unwrap();
        }
        store.close().await;
        let served = Served::on(&database, &[]);
        register(&served, "orders", "\"int\"").await;
        #[cfg(target_os = "linux")]
        let before = served.peak();
        let lists = async {
            let of_subject = || get(&served, "/api/v1/subjects/orders/contracts");
            let lists = tokio::join!(of_subject(), of_subject(), of_subject(), of_subject());
            for list in [lists.0, lists.1, lists.2, lists.3] {
                let list = list.ok();
                assert_eq!(list.as_array().map(Vec::len), Some(40));
                assert_eq!(list[39], json!({"application": "a39", "owner": "team", "role": "receives"}));
            }
            assert_eq!(get(&served, "/api/v1/contracts").await.ok().as_array().map(Vec::len), Some(40));
            let mut client = Client::connect(served.address()).await;
            let report = client.json(Method::POST, "/api/v1/subjects/orders/check", json!({"schema": "\"long\""})).await.ok();
            assert_eq!(report["verdict"], json!("undecided"));
            let consumers = report["subjects"][0]["consumers"].as_array().cloned().unwrap_or_default();
            assert_eq!(consumers.len(), 40);
            assert_eq!(consumers[39]["undecided"], json!("its stored contract cannot be read; publish it again"));
        };
        let ((), latencies) = beside(served.address(), "/health/live", lists).await;
        assert!(latencies.p99() <= CEILING, "{:?}", latencies.longest());
        // All of them are 80 MB, and a driver holds what it reads twice.
        #[cfg(target_os = "linux")]
        assert!(served.peak() - before <= 100 << 20, "{} after {before}", served.peak());
    }
}
