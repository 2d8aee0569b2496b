//! What is compatible, by both sets of rules.

use serde_json::{Value, json};

use super::{ORDER, body, proto, register, registered};
use crate::support::server::{TestServer, serves};

async fn rich(server: &TestServer, subject: &str, schema: &str) -> Value {
    let mut body = body(schema, &[]);
    body["file"] = json!("shop/order.proto");
    server
        .post(&format!("/api/v1/subjects/{subject}/check"), body)
        .await
        .ok()
}

serves! {
    async fn refused_with_every_reason(server) {
        registered(&server, "orders", ORDER, &[]).await;
        let broken = ORDER.replace("string id", "int32 id").replace("int64 total", "double total");
        let refused = register(&server, "orders", &broken, &[]).await;
        assert_eq!(refused.problem(), (409, 409));
        let expected = format!(
            "Schema being registered is incompatible with an earlier schema for subject \"orders\", details: [\
             {{errorType:\"FIELD_SCALAR_KIND_CHANGED\", description:\"The field at path '#/Order/1' is laid out otherwise in \
             the new schema than in the old schema\"}}, \
             {{errorType:\"FIELD_SCALAR_KIND_CHANGED\", description:\"The field at path '#/Order/2' is laid out otherwise in \
             the new schema than in the old schema\"}}, {{oldSchemaVersion: 1}}, {{oldSchema: '{ORDER}'}}, \
             {{validateFields: 'false', compatibility: 'BACKWARD'}}]"
        );
        assert_eq!(refused.message(), expected);
        for path in ["latest", "1", ""] {
            let path = format!("/compatibility/subjects/orders/versions/{path}?verbose=true");
            let answer = server.post(&path, body(&broken, &[])).await.ok();
            assert_eq!(answer["is_compatible"], json!(false));
            assert_eq!(answer["messages"].as_array().map(Vec::len), Some(5), "{answer}");
        }
        let invalid = server.post("/compatibility/subjects/orders/versions/latest?verbose=true", body("message", &[])).await.ok();
        assert_eq!(invalid["is_compatible"], json!(false));
        assert!(invalid["messages"][0].as_str().unwrap_or_default().contains("schema:1:"), "{invalid}");
        registered(&server, "orders", &ORDER.replace("2;", "2;\n  bool paid = 3;"), &[]).await;
    }

    async fn another_schema_language(server) {
        registered(&server, "orders", ORDER, &[]).await;
        let avro = server.register("orders", "\"string\"").await;
        assert_eq!(avro.problem(), (409, 409));
        let said = "details: [Incompatible because of different schema type, {validateFields: 'false', compatibility: 'BACKWARD'}]";
        assert!(avro.message().ends_with(said), "{}", avro.message());
        server.put("/config/orders", json!({"compatibility": "NONE"})).await.ok();
        server.registered("orders", "\"string\"").await;
    }

    /// Faults seen elsewhere, where these were all called compatible, or those that are were refused.
    async fn verdicts_of_both_rule_sets(server) {
        for (title, old, new, confluent, semantic) in [
            ("a map's value", "map<string, int32> f = 1;", "map<string, string> f = 1;", false, false),
            ("a map's key", "map<string, int32> f = 1;", "map<int32, int32> f = 1;", false, false),
            ("enum numbers trade", "E f = 1; enum E { Z = 0; A = 1; B = 2; }", "E f = 1; enum E { Z = 0; B = 1; A = 2; }", true, false),
            ("int64 to int32", "int64 f = 1;", "int32 f = 1;", true, false),
            ("int32 to int64", "int32 f = 1;", "int64 f = 1;", true, true),
            ("int32 to bool", "int32 f = 1;", "bool f = 1;", true, false),
            ("bytes to string", "bytes f = 1;", "string f = 1;", true, false),
            ("an enum's value is removed", "E f = 1; enum E { Z = 0; A = 1; B = 2; }", "E f = 1; enum E { Z = 0; A = 1; }", true, true),
            ("two fields into a oneof", "int32 f = 1; int32 g = 2;", "oneof o { int32 f = 1; int32 g = 2; }", false, false),
            ("a field is removed", "int32 f = 1; int32 g = 2;", "int32 f = 1;", true, true),
            ("a field is renamed", "int32 f = 1;", "int32 g = 1;", true, true),
        ] {
            let subject = title.replace(' ', "-");
            let [old, new] = [old, new].map(|fields| proto(&format!("message M {{ {fields} }}")));
            registered(&server, &subject, &old, &[]).await;
            let report = rich(&server, &subject, &new).await;
            let told = |fine: bool| json!(if fine { "compatible" } else { "incompatible" });
            let sets = &report["subjects"][0]["ruleSets"];
            assert_eq!(*sets, json!({"confluent": told(confluent), "semantic": told(semantic)}), "{title}: {report:#}");
            let answer = register(&server, &subject, &new, &[]).await;
            assert_eq!(answer.status, if confluent { 200 } else { 409 }, "{title}");
            if confluent && !semantic {
                assert!(answer.header("treaty-warning").contains("protobuf/"), "{title}: {:?}", answer.headers);
            }
        }
    }

    /// Fault seen elsewhere: a required field may be added.
    async fn a_required_field_is_added(server) {
        let text = |fields: &str| format!("syntax = \"proto2\"; message M {{ optional int32 a = 1; {fields} }}");
        registered(&server, "m", &text(""), &[]).await;
        let refused = register(&server, "m", &text("required int32 b = 2;"), &[]).await;
        assert_eq!(refused.problem(), (409, 409));
        assert!(refused.message().contains("REQUIRED_FIELD_ADDED"), "{}", refused.message());
        let report = rich(&server, "m", &text("required int32 b = 2;")).await;
        let sets = &report["subjects"][0]["ruleSets"];
        assert_eq!(*sets, json!({"confluent": "incompatible", "semantic": "incompatible"}));
    }

    async fn a_report_shows_both_texts_and_a_witness(server) {
        registered(&server, "orders", ORDER, &[]).await;
        let report = rich(&server, "orders", &ORDER.replace("int64 total", "int32 total")).await;
        let finding = &report["subjects"][0]["findings"][0];
        assert_eq!(finding["rule"], json!("protobuf/number-out-of-range"), "{report:#}");
        assert_eq!((&finding["reader"]["file"], &finding["reader"]["line"]), (&json!("shop/order.proto"), &json!(6)));
        assert_eq!((&finding["writer"]["file"], &finding["writer"]["line"]), (&json!("orders@1"), &json!(6)));
        assert_eq!(finding["evidence"], json!("witness"));
    }

    async fn every_mode(server) {
        let (less, more) = (proto("message A {}"), proto("message A {} message B {}"));
        for (level, first, second, expected) in [
            ("BACKWARD", &less, &more, 200),
            ("BACKWARD", &more, &less, 409),
            ("FORWARD", &less, &more, 409),
            ("FORWARD", &more, &less, 200),
            ("FULL", &less, &more, 409),
            ("NONE", &more, &less, 200),
        ] {
            let subject = format!("{level}-{expected}");
            server.put(&format!("/config/{subject}"), json!({"compatibility": level})).await.ok();
            registered(&server, &subject, first, &[]).await;
            assert_eq!(register(&server, &subject, second, &[]).await.status, expected, "{subject}");
        }
    }

    /// At a transitive level it is one warning, whatever else the versions reserve; what is in use since is no news.
    async fn what_is_reserved_and_used_again_is_told_once(server) {
        server.put("/config", json!({"compatibility": "BACKWARD_TRANSITIVE"})).await.ok();
        let message = |parts: &str| format!("syntax = \"proto3\"; message M {{ {parts} }}");
        for parts in [
            "reserved 2, 9; string a = 1;",
            "reserved 2; string a = 1; int32 other = 9;",
            "reserved 2; reserved \"b\"; string a = 1; int32 other = 9;",
            "reserved 2; string a = 1; int32 other = 9; int32 more = 3;",
        ] {
            registered(&server, "m", &message(parts), &[]).await;
        }
        let report = rich(&server, "m", &message("string a = 1; int32 other = 9; int32 more = 3; string b = 2;")).await;
        let findings = report["subjects"][0]["findings"].as_array().expect("findings").clone();
        let again: Vec<&Value> = findings.iter().filter(|found| found["rule"] == json!("protobuf/reserved-used-again")).collect();
        assert_eq!(again.len(), 1, "{again:?}");
        assert_eq!(again[0]["against"], json!([4, 2, 1]));
        assert!(again[0]["message"].as_str().unwrap_or_default().starts_with("number 2 of `M` was reserved"), "{again:?}");
    }
}
