//! `/compatibility/subjects/{subject}/versions`

use serde_json::{Value, json};

use crate::http::{order_broken, order_v1, order_v2};
use crate::support::server::{record, serves};

fn body(schema: &str) -> Value {
    json!({"schema": schema})
}

serves! {
    async fn with_the_latest_with_one_and_with_all(server) {
        server.put("/config/orders", json!({"compatibility": "NONE"})).await.ok();
        server.registered("orders", &record("Order", &[r#""name":"id","type":"string""#])).await;
        server.registered("orders", &order_v1()).await;
        server.put("/config/orders", json!({"compatibility": "BACKWARD"})).await.ok();
        for (path, schema, compatible) in [
            ("orders/versions/latest", order_v2(), true),
            ("orders/versions/-1", order_v2(), true),
            ("orders/versions/2", order_v2(), true),
            ("orders/versions/1", order_v2(), false),
            ("orders/versions", order_v2(), true),
            ("orders/versions/", order_v2(), true),
            ("orders/versions/latest", order_broken(), false),
            ("nobody/versions/latest", order_v2(), true),
            ("nobody/versions", order_v2(), true),
        ] {
            let answer = server.post(&format!("/compatibility/subjects/{path}"), body(&schema)).await.ok();
            assert_eq!(answer, json!({"is_compatible": compatible}), "{path}");
        }
        server.put("/config/orders", json!({"compatibility": "BACKWARD_TRANSITIVE"})).await.ok();
        let all = server.post("/compatibility/subjects/orders/versions", body(&order_v2())).await.ok();
        assert_eq!(all["is_compatible"], json!(false));
    }

    /// Fault seen elsewhere: the number names the place in the list instead of the version.
    async fn the_version_named_is_the_version(server) {
        server.put("/config/orders", json!({"compatibility": "NONE"})).await.ok();
        for kind in ["int", "string", "boolean"] {
            server.registered("orders", &format!("\"{kind}\"")).await;
        }
        server.delete("/subjects/orders/versions/1").await.ok();
        server.put("/config/orders", json!({"compatibility": "BACKWARD"})).await.ok();
        for (version, expected) in [("2", json!(true)), ("3", json!(false))] {
            let path = format!("/compatibility/subjects/orders/versions/{version}");
            assert_eq!(server.post(&path, body("\"string\"")).await.ok()["is_compatible"], expected, "{version}");
        }
        let deleted = server.post("/compatibility/subjects/orders/versions/1", body("\"string\"")).await;
        assert_eq!(deleted.problem(), (404, 40402));
    }

    async fn reasons_when_asked_for(server) {
        server.registered("orders", &order_v1()).await;
        let path = "/compatibility/subjects/orders/versions/latest?verbose=true";
        let good = server.post(path, body(&order_v2())).await.ok();
        assert_eq!(good, json!({"is_compatible": true, "messages": []}));
        let bad = server.post(path, body(&order_broken())).await.ok();
        let messages = bad["messages"].as_array().unwrap();
        assert_eq!(messages.len(), 4, "{bad}");
        assert!(messages[0].as_str().unwrap().contains("READER_FIELD_MISSING_DEFAULT_VALUE"), "{bad}");
        let invalid = server.post(path, body("{")).await.ok();
        assert_eq!(invalid["is_compatible"], json!(false));
        assert!(invalid["messages"][0].as_str().unwrap().contains("schema:1:"), "{invalid}");
    }

    /// As Confluent's registry lists them: in the order of Avro Java, and nothing of an older schema in another language.
    async fn reasons_in_their_order(server) {
        let name = |kind: &str| format!(r#""name":"name","type":"{kind}""#);
        server.registered("users", &record("User", &[&name("int")])).await;
        let path = "/compatibility/subjects/users/versions/latest?verbose=true";
        let kinds = |answer: Value| -> Vec<String> {
            let messages = answer["messages"].as_array().expect("a list").clone();
            messages.iter().map(|message| message.as_str().unwrap().chars().take(30).collect()).collect()
        };
        let proposed = record("User", &[&name("string"), r#""name":"age","type":"int""#]);
        let verbose = kinds(server.post(path, body(&proposed)).await.ok());
        assert_eq!(verbose, [
            "{errorType:'TYPE_MISMATCH', de",
            "{errorType:'READER_FIELD_MISSI",
            "{oldSchemaVersion: 1}",
            "{oldSchema: '{\"type\":\"record\",",
            "{validateFields: 'false', comp",
        ]);
        server.put("/config/users", json!({"compatibility": "FULL"})).await.ok();
        let other = json!({"schemaType": "PROTOBUF", "schema": "syntax = \"proto3\"; message User { string name = 1; }"});
        let verbose = server.post(path, other).await.ok();
        let expected = ["Incompatible because of different schema type", "{validateFields: 'false', compatibility: 'FULL'}"];
        assert_eq!(verbose["messages"], json!(expected));
    }

    async fn what_is_wrong(server) {
        server.registered("orders", &order_v1()).await;
        for (path, schema, problem) in [
            ("orders/versions/7", order_v2(), (404, 40402)),
            ("nobody/versions/1", order_v2(), (404, 40402)),
            ("orders/versions/0", order_v2(), (422, 42202)),
            ("orders/versions/moon", order_v2(), (422, 42202)),
            ("orders/versions/latest", "{".to_owned(), (422, 42201)),
            ("orders/versions", "".to_owned(), (422, 42201)),
        ] {
            let answer = server.post(&format!("/compatibility/subjects/{path}"), body(&schema)).await;
            assert_eq!(answer.problem(), problem, "{path}");
        }
    }

    async fn only_versions_of_the_same_group(server) {
        server.put("/config/orders", json!({"compatibilityGroup": "major", "compatibility": "BACKWARD_TRANSITIVE"})).await.ok();
        let of = |schema: String, major: &str| json!({"schema": schema, "metadata": {"properties": {"major": major}}});
        server.post("/subjects/orders/versions", of(order_v1(), "1")).await.ok();
        assert_eq!(server.post("/subjects/orders/versions", of(order_broken(), "1")).await.problem(), (409, 409));
        server.post("/subjects/orders/versions", of(order_broken(), "2")).await.ok();
        let check = server.post("/compatibility/subjects/orders/versions", of(order_v1(), "1")).await.ok();
        assert_eq!(check["is_compatible"], json!(true));
    }

    /// Nothing that a check brings in changes what is stored.
    async fn a_check_stores_nothing(server) {
        server.post("/compatibility/subjects/orders/versions", body(&order_v1())).await.ok();
        assert_eq!(server.get("/subjects?deleted=true").await.ok(), json!([]));
        assert_eq!(server.registered("orders", "\"int\"").await, 1);
    }
}
