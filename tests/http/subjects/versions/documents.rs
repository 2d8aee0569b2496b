//! Metadata and rule sets in `POST /subjects/{subject}/versions`.

use serde_json::{Value, json};

use crate::http::{order_v1, order_v2};
use crate::support::server::{TestServer, record, serves};

const VERSIONS: &str = "/subjects/orders/versions";

fn owned(owner: &str) -> Value {
    json!({"properties": {"owner": owner}})
}

async fn refused(server: &TestServer, body: Value) -> Vec<String> {
    let answer = server.post(VERSIONS, body).await;
    assert_eq!(answer.problem(), (409, 409), "{}", answer.text());
    let message = answer.message();
    let (_, details) = message.split_once("details: [").expect("details");
    details.trim_end_matches(']').split(", {").map(str::to_owned).collect()
}

serves! {
    /// As in Confluent's registry: a body with documents alone is the schema of the latest version with other documents.
    async fn alone_they_come_with_the_latest_schema(server) {
        server.registered("money", &record("Money", &[r#""name":"cents","type":"long""#])).await;
        let line = record("Line", &[r#""name":"price","type":"Money""#]);
        let references = json!([{"name": "Money", "subject": "money", "version": 1}]);
        let first = server.post(VERSIONS, json!({"schema": line, "references": references})).await.ok();
        let second = server.post(VERSIONS, json!({"metadata": owned("a")})).await.ok();
        assert_ne!(second["id"], first["id"]);
        assert_eq!((&second["version"], &second["metadata"]), (&json!(2), &owned("a")));
        let rules = json!({"domainRules": [{"name": "r", "kind": "CONDITION", "mode": "WRITE", "type": "CEL", "expr": "true"}]});
        let third = server.post(VERSIONS, json!({"schema": "", "ruleSet": rules})).await.ok();
        assert_eq!((&third["version"], &third["metadata"]), (&json!(3), &owned("a")), "what is not given is inherited");
        for version in [2, 3] {
            let read = server.get(&format!("{VERSIONS}/{version}")).await.ok();
            assert_eq!((&read["schema"], &read["references"]), (&json!(line), &references), "{version}");
        }
        let again = server.post(VERSIONS, json!({"metadata": owned("a"), "ruleSet": rules})).await.ok();
        assert_eq!((&again["id"], &again["version"]), (&third["id"], &json!(3)), "the same once more is there already");
    }

    async fn alone_they_need_a_version(server) {
        let documents = json!({"metadata": owned("a")});
        let nothing = server.post(VERSIONS, documents.clone()).await;
        assert_eq!((nothing.problem(), nothing.message()), ((422, 42201), "Empty schema".to_owned()));
        server.registered("orders", &order_v1()).await;
        server.delete("/subjects/orders").await.ok();
        assert_eq!(server.post(VERSIONS, documents).await.problem(), (422, 42201), "a deleted version is none");
        assert_eq!(server.post(VERSIONS, json!({})).await.problem(), (422, 42201), "no schema and nothing else is a slip");
    }

    /// What YAML and scripts make of `major: 2`.
    async fn values_that_are_no_texts(server) {
        let metadata = json!({"properties": {"major": 2, "share": 0.5, "final": true, "owner": "a"}});
        let answer = server.post(VERSIONS, json!({"schema": order_v1(), "metadata": metadata})).await.ok();
        let expected = json!({"major": "2", "share": "0.5", "final": "true", "owner": "a"});
        assert_eq!(answer["metadata"]["properties"], expected);
        server.put("/config/orders", json!({"defaultMetadata": {"properties": {"n": 7}}})).await.ok();
        let next = server.post(VERSIONS, json!({"schema": order_v2(), "metadata": {"properties": {"major": "2"}}})).await.ok();
        assert_eq!(next["metadata"]["properties"], json!({"major": "2", "n": "7"}));
        let nested = server.post(VERSIONS, json!({"schema": order_v1(), "metadata": {"properties": {"a": [1]}}})).await;
        assert_eq!(nested.problem(), (400, 400));
        assert!(nested.message().contains("metadata.properties"), "{}", nested.message());
    }

    /// `validateFields` keeps the names free that a version reserves, whatever the level is.
    async fn reserved_names_are_kept_free(server) {
        let with = |schema: String, reserved: &str| {
            json!({"schema": schema, "metadata": {"properties": {"confluent:reserved": reserved}}})
        };
        server.post(VERSIONS, with(order_v1(), "note, code")).await.ok();
        server.post("/subjects/free/versions", with(order_v2(), "note")).await.ok();
        server.put("/config/orders", json!({"validateFields": true, "compatibility": "NONE"})).await.ok();
        let conflict = "The new schema has field that conflicts with the reserved field note.";
        let removed = "The new schema has reserved field code removed from its metadata which is present in the old schema's metadata.";
        let last = "validateFields: 'true', compatibility: 'NONE'}";
        assert_eq!(refused(&server, with(order_v2(), "note,code")).await, [conflict, last]);
        assert_eq!(refused(&server, json!({"schema": order_v2()})).await, [conflict, last], "the list is inherited");
        assert_eq!(refused(&server, with(order_v1(), "note, more")).await, [removed, last]);
        let path = "/compatibility/subjects/orders/versions/latest?verbose=true";
        let check = server.post(path, json!({"schema": order_v2()})).await.ok();
        assert_eq!(check["is_compatible"], json!(false));
        assert_eq!(check["messages"][0], json!(conflict));
        // What a registration would refuse is no change that a gate may let pass.
        let check = server.post("/api/v1/subjects/orders/check", json!({"schema": order_v2()})).await.ok();
        let subject = &check["subjects"][0];
        assert_eq!((&check["verdict"], &subject["ruleSets"]["confluent"]), (&json!("incompatible"), &json!("incompatible")));
        assert_eq!((&subject["summary"], &subject["notes"][0]), (&json!("`validateFields` forbids this"), &json!(conflict)));
        let other = record("Order", &[r#""name":"id","type":"long""#, r#""name":"other","type":"int","default":0"#]);
        assert_eq!(server.post(VERSIONS, with(other, "code,note,third")).await.ok()["version"], json!(2), "a list may grow");
    }

    /// They come before what the level says, and a Protobuf file is asked for the fields of its first message.
    async fn reserved_names_of_protobuf(server) {
        server.put("/config/orders", json!({"validateFields": true})).await.ok();
        let body = |fields: &str, reserved: &str| json!({
            "schemaType": "PROTOBUF",
            "schema": format!("syntax = \"proto3\"; message Order {{ {fields} }} message Other {{ string code = 1; }}"),
            "metadata": {"properties": {"confluent:reserved": reserved}},
        });
        server.post(VERSIONS, body("int64 id = 1;", "code")).await.ok();
        let refused = refused(&server, body("string id = 1; oneof o { string code = 2; }", "code")).await;
        assert_eq!(refused[0], "The new schema has field that conflicts with the reserved field code.");
        assert!(refused[1].starts_with("errorType:\"FIELD_SCALAR_KIND_CHANGED\""), "{refused:?}");
        assert_eq!(refused.last().expect("the level"), "validateFields: 'true', compatibility: 'BACKWARD'}");
    }
}
