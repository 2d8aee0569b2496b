//! What is kept, read, answered and made of bodies is weighed: however it is asked for, memory stays below its ceilings.
//!
//! What is large is put into the database before the server starts, so that it is the reading that is measured.

#![allow(clippy::print_stdout)] // The peaks are for the person who runs it.

use std::collections::BTreeSet;
use std::pin::Pin;
use std::task::{Context, Waker};

use http_body_util::BodyExt;
use hyper::body::Bytes;
use hyper::{Method, StatusCode};
use serde_json::{Value, json};
use tokio::io::AsyncWriteExt;
use tokio::net::TcpStream;
use tokio::task::JoinSet;
use treaty_store::{Append, Content, Contract, Guid, HeadRevision, Identity, Reference, Resolved, Role, Store};

use crate::support::cli::Served;
use crate::support::database::on_both;
use crate::support::measure::{MEMORY_OF_ANY_MIX, MEMORY_OF_ONE_INPUT};
use crate::support::server::{Client, record};

/// A schema of about so many bytes, most of which are words about it.
fn documented(name: &str, bytes: usize) -> String {
    let doc = "x".repeat(bytes);
    format!(r#"{{"type":"record","name":"{name}","fields":[],"doc":"{doc}"}}"#)
}

/// A version as it is written, whose guid is this number.
fn version(subject: &str, number: u128, text: String, references: Vec<Resolved>) -> Append {
    let identity = Identity::of(Content {
        format: "AVRO",
        text: &text,
        metadata: None,
        rule_set: None,
        references: &references,
    });
    Append {
        identity,
        context: ".".to_owned(),
        subject: subject.to_owned(),
        expected: HeadRevision::default(),
        guid: Guid(number.to_be_bytes()),
        format: "AVRO".to_owned(),
        text,
        metadata: None,
        rule_set: None,
        references,
        now: 1,
    }
}

async fn append(store: &Store, append: Append) {
    let expected = store.head(".", &append.subject).await.unwrap().at;
    store.append(Append { expected, ..append }).await.unwrap();
}

async fn post(client: &mut Client, path: &str, body: Value) -> (StatusCode, Value) {
    let answer = client.json(Method::POST, path, body).await;
    (answer.status, answer.json())
}

/// Looks at work that nobody else looks at: whether it is still to be waited for.
fn waits(work: &mut Pin<Box<impl Future>>) -> bool {
    work.as_mut().poll(&mut Context::from_waker(Waker::noop())).is_pending()
}

/// What a gauge of the server says.
async fn gauge(client: &mut Client, name: &str) -> u64 {
    let metrics = client.send(Method::GET, "/metrics", &[], Bytes::new()).await.text();
    let line = metrics.lines().find_map(|line| line.strip_prefix(name));
    line.expect("a gauge").trim().parse().unwrap()
}

/// Asks for something and never reads the answer.
async fn ask(served: &Served, path: &str) -> TcpStream {
    let mut stream = TcpStream::connect(served.address()).await.unwrap();
    let request = format!("GET {path} HTTP/1.1\r\nhost: registry\r\n\r\n");
    stream.write_all(request.as_bytes()).await.unwrap();
    stream
}

/// The bytes of an answer, of which no more than a piece is kept at a time, and the last of them.
async fn length(served: &Served, path: &str) -> (usize, u8) {
    let stream = TcpStream::connect(served.address()).await.unwrap();
    let io = hyper_util::rt::TokioIo::new(stream);
    let (mut sender, connection) = hyper::client::conn::http1::handshake(io).await.unwrap();
    tokio::spawn(connection);
    let request = hyper::Request::get(path).header("host", "registry");
    let request = request.body(http_body_util::Empty::<Bytes>::new()).unwrap();
    let mut body = sender.send_request(request).await.unwrap().into_body();
    let (mut length, mut last) = (0, 0);
    while let Some(frame) = body.frame().await {
        let data = frame.expect("the whole answer").into_data().unwrap_or_default();
        length += data.len();
        last = data.last().copied().unwrap_or(last);
    }
    (length, last)
}

#[cfg(target_os = "linux")]
#[track_caller]
fn below(served: &Served, ceiling: u64) {
    let peak = served.peak();
    println!(
        "{}: peak of {} MB",
        std::thread::current().name().unwrap_or_default(),
        peak >> 20
    );
    assert!(peak < ceiling, "{peak} bytes, {ceiling} are the ceiling");
}

#[cfg(not(target_os = "linux"))]
fn below(_: &Served, _: u64) {}

on_both! {
    /// Tiny schemas with metadata of 3.5 MB each: the gauge tells what is kept, and it is bounded.
    async fn metadata_is_weighed(database) {
        let served = Served::on(&database, &[]);
        let mut client = Client::connect(served.address()).await;
        for number in 0..10 {
            let schema = record(&format!("R{number}"), &[]);
            let body = json!({"schema": schema, "metadata": {"properties": {"p": "x".repeat(3_500_000)}}});
            let registered = post(&mut client, &format!("/subjects/s{number}/versions"), body).await;
            assert_eq!(registered.0, 200);
            let path = format!("/compatibility/subjects/s{number}/versions/latest");
            assert_eq!(post(&mut client, &path, json!({"schema": schema})).await.0, 200);
            let kept = gauge(&mut client, "treaty_cache_bytes{cache=\"schemas\"}").await;
            assert!(number > 0 || kept > 3_500_000, "{kept} bytes are told");
            assert!(kept <= 64 << 20, "{kept} bytes are kept");
        }
        below(&served, MEMORY_OF_ONE_INPUT);
    }

    /// A schema is small, what it refers to is not, and is kept with it.
    async fn references_are_weighed(database) {
        let store = database.open().await;
        append(&store, version("large", 1, documented("Large", 3 << 20), Vec::new())).await;
        store.close().await;
        let served = Served::on(&database, &[]);
        let mut client = Client::connect(served.address()).await;
        let references = json!([{"name": "Large", "subject": "large", "version": 1}]);
        let body = |field: &str| json!({
            "schema": record("R", &[&format!(r#""name":"{field}","type":"Large""#)]),
            "references": references,
        });
        assert_eq!(post(&mut client, "/subjects/s/versions", body("a")).await.0, 200);
        let path = "/compatibility/subjects/s/versions/latest";
        assert_eq!(post(&mut client, path, body("a")).await.0, 200);
        if database.is_sqlite() {
            // With several nodes, what refers to something is not kept.
            let kept = gauge(&mut client, "treaty_cache_bytes{cache=\"schemas\"}").await;
            assert!(kept > 3 << 20, "{kept} bytes are told");
        }
    }

    /// 30 schemas of 3 MB: whoever reads the list gets all of it, whoever does not costs a page.
    async fn schemas_are_listed_in_pages(database) {
        let store = database.open().await;
        for number in 0..30 {
            append(&store, version(&format!("s{number}"), number, documented("R", 3_000_000 + number as usize), Vec::new())).await;
        }
        store.close().await;
        let served = Served::on(&database, &[]);
        let mut idle = Vec::new();
        for _ in 0..8 {
            idle.push(ask(&served, "/schemas").await);
        }
        let (length, last) = length(&served, "/schemas").await;
        assert!(length > 30 * 3_000_000 && last == b']', "{length} bytes");
        // Each of these is an answer of its own, which nobody takes.
        for number in 0..60 {
            idle.push(ask(&served, &format!("/schemas/ids/{}", number % 30 + 1)).await);
            idle.push(ask(&served, &format!("/subjects/s{}/versions/latest", number % 30)).await);
        }
        let mut client = Client::connect(served.address()).await;
        let mut arrived = 0;
        while arrived < 120 {
            let metrics = client.send(Method::GET, "/metrics", &[], Bytes::new()).await.text();
            let number = |line: &str| line.rsplit(' ').next().and_then(|count| count.parse::<usize>().ok());
            let routes = ["route=\"/schemas/ids/{id}\"", "route=\"/subjects/{subject}/versions/{version}\""];
            let answered = metrics.lines().filter(|line| {
                line.starts_with("treaty_http_requests_total") && routes.iter().any(|route| line.contains(route))
            });
            let in_flight = metrics.lines().filter(|line| line.starts_with("treaty_http_requests_in_flight "));
            arrived = answered.chain(in_flight).filter_map(number).sum();
        }
        let ids = client.send(Method::GET, "/subjects", &[], Bytes::new()).await.ok();
        assert_eq!(ids.as_array().map(Vec::len), Some(30));
        below(&served, MEMORY_OF_ONE_INPUT);
        drop(idle);
    }

    /// 100,000 names of 200 bytes.
    async fn names_are_listed_in_pages(database) {
        let store = database.open().await;
        store.close().await;
        database
            .execute(
                "INSERT INTO subjects (context, subject, revision, last_version, latest_version)
                 WITH RECURSIVE numbers (number) AS (SELECT 1000000 UNION ALL SELECT number + 1 FROM numbers WHERE number < 1099999)
                 SELECT '.', number || 'xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx'
                     || 'xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx', 1, 1, 1
                 FROM numbers",
            )
            .await;
        let served = Served::on(&database, &[]);
        let mut idle = Vec::new();
        for _ in 0..8 {
            idle.push(ask(&served, "/subjects").await);
        }
        let (length, last) = length(&served, "/subjects").await;
        assert!(length > 100_000 * 190 && last == b']', "{length} bytes");
        let mut client = Client::connect(served.address()).await;
        let path = "/subjects?offset=99998&limit=3";
        let rest = client.send(Method::GET, path, &[], Bytes::new()).await.ok();
        assert_eq!(rest.as_array().map(Vec::len), Some(2));
        below(&served, 150 << 20);
        drop(idle);
    }

    /// Lists that are longer than a page are the same list.
    async fn pages_join(database) {
        let store = database.open().await;
        for number in 0..520 {
            let text = record(&format!("R{number}"), &[]);
            append(&store, version(&format!("s{number:04}"), number, text.clone(), Vec::new())).await;
        }
        for number in 0..520 {
            append(&store, version(&format!("t{number:04}"), 0, record("R0", &[]), Vec::new())).await;
        }
        for number in 0..520 {
            let contract = Contract {
                application: format!("a{number:04}"),
                version: String::new(),
                owner: String::new(),
                document: "{}".into(),
                hash: "h".into(),
                published_at: 0,
            };
            let subjects = [(Role::Sends, "t0000".into()), (Role::Receives, "t0000".into())];
            store.publish_contract(".", &contract, &subjects).await.expect("it is published");
        }
        store.close().await;
        let served = Served::on(&database, &[]);
        let mut client = Client::connect(served.address()).await;
        let mut get = async |path: &str| {
            let answer = client.send(Method::GET, path, &[], Bytes::new()).await;
            assert_eq!(answer.header("content-type"), "application/vnd.schemaregistry.v1+json");
            answer.ok().as_array().cloned().expect("a list")
        };
        assert_eq!(get("/subjects").await.len(), 1040);
        assert_eq!(get("/subjects?offset=1020&limit=600").await.len(), 20);
        assert_eq!(get("/subjects?limit=512").await.len(), 512);
        assert_eq!(get("/subjects?subjectPrefix=t").await.len(), 520);
        let listed = get("/schemas").await;
        let names: BTreeSet<_> = listed.iter().map(|each| each["subject"].to_string()).collect();
        assert_eq!((listed.len(), names.len()), (1000, 1000));
        assert_eq!(get("/schemas?offset=1000").await.len(), 40);
        assert_eq!(get("/schemas?offset=700&limit=600").await.len(), 340);
        assert_eq!(get("/schemas/ids/1/subjects").await.len(), 521);
        assert_eq!(get("/schemas/ids/1/versions?offset=500&limit=15").await.len(), 15);
        assert_eq!(get("/schemas/ids/1/versions?offset=510").await.len(), 11);
        assert_eq!(get("/schemas/ids/1/subjects?subject=t0519").await, [json!("t0519")]);
        assert_eq!(get("/schemas/ids/2/versions").await, [json!({"subject": "s0001", "version": 1})]);
        let applications = |list: Vec<Value>| -> BTreeSet<String> { list.iter().map(|each| each["application"].to_string()).collect() };
        let contracts = get("/api/v1/contracts").await;
        assert_eq!((contracts.len(), applications(contracts).len()), (520, 520));
        let contracts = get("/api/v1/subjects/t0000/contracts").await;
        assert_eq!((contracts.len(), contracts[519]["role"].as_str(), contracts[520]["role"].as_str()), (1040, Some("sends"), Some("receives")));
        assert_eq!(applications(contracts).len(), 520);
        assert!(get("/api/v1/subjects/s0000/contracts").await.is_empty());
    }

    /// 30 references of 1 MB: how large they are is known before they are read.
    async fn references_are_read_by_size(database) {
        let store = database.open().await;
        for number in 0..30 {
            let text = documented(&format!("R{number}"), 1 << 20);
            append(&store, version(&format!("s{number}"), number, text, Vec::new())).await;
        }
        store.close().await;
        let served = Served::on(&database, &[]);
        let references = |count: usize| -> Vec<Value> {
            let each = (0..count).map(|number| json!({"name": format!("R{number}"), "subject": format!("s{number}"), "version": 1}));
            each.collect()
        };
        let mut client = Client::connect(served.address()).await;
        let body = json!({"schema": record("R", &[r#""name":"f","type":"R0""#]), "references": references(30)});
        let (status, problem) = post(&mut client, "/subjects/s/versions", body).await;
        assert_eq!((status.as_u16(), &problem["error_code"]), (422, &json!(42201)), "{problem}");
        below(&served, 100 << 20);
        let body = json!({"schema": record("R", &[r#""name":"f","type":"R0""#]), "references": references(5)});
        let (status, problem) = post(&mut client, "/subjects/s/versions", body).await;
        assert_eq!(status, 200, "{problem}");
        below(&served, MEMORY_OF_ONE_INPUT);
    }

    /// 160 versions of 1 MB, all of which a check looks at.
    async fn a_history_is_read_step_by_step(database) {
        let store = database.open().await;
        for number in 0..160 {
            append(&store, version("s", number, documented("R", (1 << 20) + number as usize), Vec::new())).await;
        }
        store.close().await;
        let served = Served::on(&database, &["--compatibility", "FULL_TRANSITIVE", "--request-timeout", "600"]);
        let mut client = Client::connect(served.address()).await;
        let body = json!({"schema": documented("R", 10)});
        let answer = post(&mut client, "/compatibility/subjects/s/versions", body).await;
        assert_eq!(answer, (StatusCode::OK, json!({"is_compatible": true})));
        below(&served, MEMORY_OF_ONE_INPUT / 2);
    }

    /// 12 registrations with 1,000 references each wait in a line of their own.
    async fn batches_weigh_references(database) {
        let store = database.open().await;
        for number in 0..1000 {
            append(&store, version(&format!("r{number}"), number, "\"int\"".to_owned(), Vec::new())).await;
        }
        let references: Vec<Resolved> = (0..1000)
            .map(|number| Resolved {
                reference: Reference { name: format!("R{number}"), subject: format!("r{number}"), version: 1 },
                id: 1,
            })
            .collect();
        let mut large: Vec<_> = (0..12)
            .map(|number| {
                let text = record(&format!("L{number}"), &[]);
                let job = version(&format!("large{number}"), 2000 + number, text, references.clone());
                let store = store.clone();
                Box::pin(async move { store.append(job).await.map(|_| ()) })
            })
            .collect();
        // Looked at once, each is in its line; looked at again, those that were written say so.
        large.iter_mut().for_each(|job| assert!(waits(job)));
        store.append(version("small", 3000, "\"int\"".to_owned(), Vec::new())).await.unwrap();
        large.retain_mut(waits);
        assert!(large.len() >= 8, "{} of 12 large ones are left after a small one that came with them", large.len());
        for job in large {
            job.await.unwrap();
        }
        store.close().await;
    }

    /// Texts of as many parts as their bytes can have: what would take too much is refused before it is read.
    async fn texts_are_weighed_by_their_parts(database) {
        let served = Served::on(&database, &[]);
        let mut client = Client::connect(served.address()).await;
        let nested = format!(r#"{{"type":"record","name":"R","fields":[],"x":[{}]}}"#, vec!["[]"; 1_300_000].join(","));
        let (status, problem) = post(&mut client, "/subjects/s/versions", json!({"schema": nested})).await;
        assert_eq!((status.as_u16(), &problem["error_code"]), (422, &json!(42201)), "{problem}");
        // 2 levels of indentation for each of 4 bytes, 200 times: much more text than was sent.
        let deep = format!(
            "syntax=\"proto3\";{}enum E{{Z=0;{}}}{}",
            "message M{".repeat(200),
            (1..200_000).map(|number| format!("a{number}={number};")).collect::<String>(),
            "}".repeat(200),
        );
        let body = json!({"schema": deep, "schemaType": "PROTOBUF"});
        let (status, problem) = post(&mut client, "/subjects/p/versions", body).await;
        assert_eq!((status.as_u16(), &problem["error_code"]), (422, &json!(42201)), "{problem}");
        let rules = vec!["{}"; 1_300_000].join(",");
        let body = format!(r#"{{"schema":"\"int\"","ruleSet":{{"domainRules":[{rules}]}}}}"#);
        let json_type = [("content-type", "application/json")];
        let answer = client.send(Method::POST, "/subjects/r/versions", &json_type, body.into()).await;
        assert_eq!(answer.problem(), (400, 400));
        let references = vec!["{}"; 1_300_000].join(",");
        let body = format!(r#"{{"schema":"\"int\"","references":[{references}]}}"#);
        let answer = client.send(Method::POST, "/subjects/r/versions", &json_type, body.into()).await;
        assert_eq!(answer.problem(), (400, 400));
        below(&served, 150 << 20);
    }

    /// A schema of 30,000 fields, in the format whose schemas take most.
    async fn a_large_schema(database) {
        let served = Served::on(&database, &[]);
        let mut client = Client::connect(served.address()).await;
        let fields: String = (0..30_000).map(|field| format!("  string f{field} = {};\n", if field < 18_999 { field + 1 } else { field + 1001 })).collect();
        let body = json!({"schema": format!("syntax = \"proto3\";\nmessage M {{\n{fields}}}\n"), "schemaType": "PROTOBUF"});
        let (status, answer) = post(&mut client, "/subjects/p/versions", body.clone()).await;
        assert_eq!(status, 200, "{}", answer["message"]);
        let path = "/compatibility/subjects/p/versions/latest";
        let mut others = JoinSet::new();
        for _ in 0..3 {
            let (mut client, body) = (Client::connect(served.address()).await, body.clone());
            others.spawn(async move { client.json(Method::POST, path, body).await.status.as_u16() });
        }
        for status in others.join_all().await {
            assert!(status == 200 || status == 503 || status == 422, "{status}");
        }
        below(&served, MEMORY_OF_ANY_MIX);
    }
}
