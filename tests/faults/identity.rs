//! Two contents never share an id, each keeps its own, and what an answer shows is what is stored.
//!
//! Faults seen here: whatever had one guid, an MD5 without separators, was one schema, so that 200 was answered and something
//! else was stored; and a version with `confluent:version` was not found again, so that each start of a producer made a new id.

use serde_json::{Value, json};

use super::kept::{Kept, at_once};
use crate::support::server::{TestServer, record, serves};

/// Pairs of requests of which each has the guid of the other.
fn twins() -> Vec<(&'static str, Value, Value)> {
    let text = record("R", &[]);
    let with = |member: &str, value: Value| {
        let mut body = json!({"schema": text});
        body[member] = value;
        body
    };
    let rule = |extra: Value| {
        let mut rule = json!({"name": "r", "kind": "CONDITION", "type": "CEL", "mode": "WRITE"});
        for (name, value) in extra.as_object().expect("an object") {
            rule[name] = value.clone();
        }
        rule
    };
    let rules = |list: &str, extra: Value| with("ruleSet", json!({ list: [rule(extra)] }));
    vec![
        (
            "references",
            with("references", json!([{"name": "ns.T", "subject": "nsub", "version": 1}])),
            with("references", json!([{"name": "ns.Tn", "subject": "sub", "version": 1}])),
        ),
        (
            "a property and its value",
            with("metadata", json!({"properties": {"ab": "c"}})),
            with("metadata", json!({"properties": {"a": "bc"}})),
        ),
        (
            "a property and a sensitive name",
            with("metadata", json!({"properties": {"a": "bc"}})),
            with("metadata", json!({"properties": {"a": "b"}, "sensitive": ["c"]})),
        ),
        (
            "tags and properties",
            with("metadata", json!({"tags": {"a": ["b"]}})),
            with("metadata", json!({"properties": {"a": "b"}})),
        ),
        (
            "two tags",
            with("metadata", json!({"tags": {"t": ["a", "b"]}})),
            with("metadata", json!({"tags": {"t": ["ab"]}})),
        ),
        (
            "a rule of another list",
            rules("domainRules", json!({})),
            rules("encodingRules", json!({})),
        ),
        (
            "an action of another outcome",
            rules("domainRules", json!({"onSuccess": "DLQ"})),
            rules("domainRules", json!({"onFailure": "DLQ"})),
        ),
        (
            "doc and name",
            rules("domainRules", json!({"name": "rd"})),
            rules("domainRules", json!({"doc": "d"})),
        ),
        (
            "parameters",
            rules("domainRules", json!({"params": {"ab": "c"}})),
            rules("domainRules", json!({"params": {"a": "bc"}})),
        ),
        (
            "tags and an expression",
            rules("domainRules", json!({"tags": ["x"]})),
            rules("domainRules", json!({"expr": "x"})),
        ),
    ]
}

/// What a body says of a schema, as every answer has to show it.
fn shown(answer: &Value) -> [Option<&Value>; 4] {
    ["schema", "references", "metadata", "ruleSet"].map(|part| answer.get(part))
}

/// Registers under a subject and sees that all that is answered afterwards is what was sent.
async fn registers(server: &TestServer, what: &str, subject: &str, body: &Value, kept: &Kept) -> Value {
    let answer = server
        .post(&format!("/subjects/{subject}/versions"), body.clone())
        .await;
    let registered = kept
        .registered(&answer)
        .unwrap_or_else(|| panic!("{what}: {}", answer.text()));
    let mut sent = body.clone();
    let rules = sent.get_mut("ruleSet").and_then(Value::as_object_mut);
    for rule in rules
        .into_iter()
        .flat_map(|rules| rules.values_mut())
        .filter_map(Value::as_array_mut)
        .flatten()
    {
        rule["disabled"] = json!(false);
    }
    assert_eq!(shown(&registered), shown(&sent), "{what}");
    let version = format!("/subjects/{subject}/versions/{}", registered["version"]);
    for path in [version, format!("/schemas/ids/{}", registered["id"])] {
        let stored = server.get(&path).await.ok();
        assert_eq!(shown(&stored), shown(&sent), "{what}: {path}");
    }
    let found = server.post(&format!("/subjects/{subject}"), body.clone()).await.ok();
    assert_eq!(
        (&found["id"], &found["version"]),
        (&registered["id"], &registered["version"]),
        "{what}"
    );
    registered
}

serves! {
    async fn nothing_runs_into_the_next_part(server) {
        let kept = Kept::default();
        server.put("/config", json!({"compatibility": "NONE"})).await.ok();
        for subject in ["nsub", "sub"] {
            server.registered(subject, &record("T", &[])).await;
        }
        for (number, (what, one, other)) in twins().into_iter().enumerate() {
            let subject = format!("s{number}");
            let first = registers(&server, what, &subject, &one, &kept).await;
            let second = registers(&server, what, &subject, &other, &kept).await;
            assert_eq!(first["guid"], second["guid"], "{what}: as Confluent's registry computes it");
            assert_ne!(first["id"], second["id"], "{what}");
            // Again, and elsewhere in the other order: each has the id that it has.
            for (place, body, registered) in [("t", &other, &second), ("t", &one, &first), ("u", &one, &first), ("u", &other, &second)] {
                let again = registers(&server, what, &subject, body, &kept).await;
                assert_eq!((&again["id"], &again["version"]), (&registered["id"], &registered["version"]), "{what}");
                let elsewhere = registers(&server, what, &format!("{place}{number}"), body, &kept).await;
                assert_eq!(elsewhere["id"], registered["id"], "{what}");
            }
            // The guid names the one with the lowest id, and lists all of those that there are.
            let guid = first["guid"].as_str().expect("a guid");
            let ids = server.get(&format!("/schemas/guids/{guid}/ids")).await.ok();
            let ids: Vec<i64> = ids.as_array().expect("a list").iter().filter_map(|each| each["id"].as_i64()).collect();
            assert!(ids.is_sorted() && ids.contains(&first["id"].as_i64().expect("an id")), "{what}: {ids:?}");
            assert!(ids.contains(&second["id"].as_i64().expect("an id")), "{what}: {ids:?}");
            let lowest = server.get(&format!("/schemas/ids/{}", ids[0])).await.ok();
            let named = server.get(&format!("/schemas/guids/{guid}")).await.ok();
            assert_eq!(shown(&named), shown(&lowest), "{what}");
        }
    }

    /// All of one guid at one moment, under one subject and under others.
    async fn many_of_one_guid_at_once(server) {
        let kept = Kept::default();
        server.put("/config", json!({"compatibility": "NONE"})).await.ok();
        let value = "abcdefghijkl";
        let bodies: Vec<Value> = (1..value.len())
            .map(|cut| json!({"schema": record("R", &[]), "metadata": {"properties": {&value[..cut]: &value[cut..]}}}))
            .collect();
        let subjects: Vec<String> = (0..4).map(|number| format!("/subjects/s{}/versions", number / 2)).collect();
        let mut requests = Vec::new();
        for path in &subjects {
            requests.extend(bodies.iter().map(|body| (path.clone(), body.clone())));
        }
        let answers = at_once(&[&server], requests).await;
        let mut ids: Vec<Vec<i64>> = vec![Vec::new(); bodies.len()];
        for (number, answer) in answers.iter().enumerate() {
            let registered = kept.registered(answer).unwrap_or_else(|| panic!("{}", answer.text()));
            let body = number % bodies.len();
            assert_eq!(shown(&registered)[2], bodies[body].get("metadata"));
            ids[body].push(registered["id"].as_i64().expect("an id"));
        }
        ids.iter_mut().for_each(|ids| ids.dedup());
        assert!(ids.iter().all(|ids| ids.len() == 1), "a content has two ids: {ids:?}");
        let mut all: Vec<i64> = ids.concat();
        all.sort_unstable();
        assert_eq!(all, (1..=bodies.len() as i64).collect::<Vec<_>>());
    }

    /// What is empty says nothing, so it makes no other schema.
    async fn empty_documents_are_found_again(server) {
        for (subject, documents) in [
            ("m", json!({"metadata": {"properties": {}}})),
            ("n", json!({"metadata": {"tags": {}, "properties": {"a": "b"}, "sensitive": []}})),
            ("r", json!({"ruleSet": {"domainRules": [], "migrationRules": []}})),
        ] {
            let mut body = documents;
            body["schema"] = json!(record("R", &[]));
            let path = format!("/subjects/{subject}/versions");
            let first = server.post(&path, body.clone()).await.ok();
            assert_eq!(server.post(&path, body.clone()).await.ok(), first);
            assert_eq!(server.post(&format!("/subjects/{subject}"), body.clone()).await.ok()["version"], json!(1));
            // In another spelling, so that it is not found by its identity.
            body["schema"] = json!(record("R", &[]).replace(r#""name":"R""#, r#""namespace":"","name":"R""#));
            assert_eq!(server.post(&path, body).await.ok()["id"], first["id"]);
        }
    }

    /// Three starts of a producer made three ids: each took the number of the version before it for a part of its schema.
    async fn a_version_with_its_number_is_found_again(server) {
        for (subject, kind, text) in [
            ("a", "AVRO", record("R", &[r#""name":"id","type":"long""#])),
            ("p", "PROTOBUF", "syntax = \"proto3\";\n\nmessage R {\n  int64 id = 1;\n}\n".to_owned()),
        ] {
            for owner in [None, Some("team")] {
                let subject = format!("{subject}{}", owner.unwrap_or_default());
                let path = format!("/subjects/{subject}/versions");
                let mut body = json!({"schema": text, "schemaType": kind});
                if let Some(owner) = owner {
                    body["metadata"] = json!({"properties": {"owner": owner}});
                }
                let mut numbered = body.clone();
                numbered["version"] = json!(1);
                let first = server.post(&path, numbered.clone()).await.ok();
                assert_eq!(first["metadata"]["properties"]["confluent:version"], json!("1"));
                // The same request again, the schema without the number, and without anything that it inherits.
                let bare = json!({"schema": text, "schemaType": kind});
                for again in [&numbered, &body, &bare, &body] {
                    assert_eq!(server.post(&path, again.clone()).await.ok(), first, "{again}");
                    let found = server.post(&format!("/subjects/{subject}"), again.clone()).await.ok();
                    assert_eq!((&found["id"], &found["version"]), (&first["id"], &json!(1)), "{again}");
                }
                assert_eq!(server.get(&path).await.ok(), json!([1]));
                // As a client has it that read the version.
                let mut read = body.clone();
                read["metadata"] = first["metadata"].clone();
                assert_eq!(server.post(&path, read.clone()).await.ok(), first);
                // Asked for by another number it is another version.
                read["metadata"]["properties"]["confluent:version"] = json!("2");
                assert_eq!(server.post(&format!("/subjects/{subject}"), read).await.problem(), (404, 40403));
                let mut second = body.clone();
                second["version"] = json!(2);
                let second = server.post(&path, second).await.ok();
                assert_eq!((&second["version"], &second["metadata"]["properties"]["confluent:version"]), (&json!(2), &json!("2")));
                // The newest that is the same.
                assert_eq!(server.post(&path, bare).await.ok(), second);
            }
        }
    }

    /// The number that a request names has to be that of the version, where the version does not say it itself.
    async fn a_number_in_the_request_alone(server) {
        let text = record("R", &[]);
        server.registered("s", &text).await;
        let asked = |number: &str| json!({"schema": text, "metadata": {"properties": {"confluent:version": number}}});
        for (number, expected) in [("1", 200), ("2", 404), ("one", 404)] {
            assert_eq!(server.post("/subjects/s", asked(number)).await.status, expected, "{number}");
        }
        assert_eq!(server.post("/subjects/s/versions", asked("1")).await.ok()["version"], json!(1));
    }

    /// Found with its references, by the latest version of them and written out.
    async fn a_version_with_its_number_and_references(server) {
        let address = record("Address", &[r#""name":"street","type":"string""#]);
        server.registered("address", &address).await;
        let person = record("Person", &[r#""name":"home","type":"Address""#]);
        let body = |version: i64| json!({
            "schema": person, "references": [{"name": "Address", "subject": "address", "version": version}],
        });
        let mut numbered = body(1);
        numbered["version"] = json!(1);
        let first = server.post("/subjects/person/versions", numbered).await.ok();
        let inlined = json!({"schema": record("Person", &[&format!(r#""name":"home","type":{address}"#)])});
        for again in [body(1), body(-1), inlined] {
            assert_eq!(server.post("/subjects/person", again.clone()).await.ok()["version"], json!(1), "{again}");
            assert_eq!(server.post("/subjects/person/versions", again).await.ok(), first);
        }
    }

    /// Comments decide nothing, and the answer shows those that are stored.
    async fn comments_of_whoever_was_first(server) {
        let text = |comment: &str| format!("// {comment}\nsyntax = \"proto3\";\n\nmessage M {{\n}}\n");
        let body = |comment: &str| json!({"schemaType": "PROTOBUF", "schema": text(comment)});
        let requests = (0..8).map(|number| (format!("/subjects/s{number}/versions"), body(&format!("number {number}"))));
        let answers = at_once(&[&server], requests.collect()).await;
        let stored = server.get("/schemas/ids/1").await.ok()["schema"].clone();
        for answer in answers {
            let answer = answer.ok();
            assert_eq!((&answer["id"], &answer["schema"]), (&json!(1), &stored));
        }
    }
}
