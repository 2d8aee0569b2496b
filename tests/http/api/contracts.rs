//! `/api/v1/contracts` and `/api/v1/subjects/{subject}/contracts`

use serde_json::json;

use super::{AMOUNT, contract, order};
use crate::support::server::serves;

serves! {
    async fn from_publishing_to_withdrawing(server) {
        server.registered("orders", &order(AMOUNT)).await;
        let path = "/api/v1/contracts/billing";
        assert_eq!(server.get(path).await.problem(), (404, 40420));
        let published = server.put(path, contract("billing", 1, "[id, amount]")).await.ok();
        assert_eq!((&published["application"], &published["outcome"]), (&json!("billing"), &json!("created")));
        assert_eq!(server.put(path, contract("billing", 1, "[id, amount]")).await.ok()["outcome"], json!("unchanged"));
        let replaced = server.put(path, contract("billing", 1, "[id]")).await.ok();
        assert_eq!(replaced["outcome"], json!("replaced"));
        assert_ne!(replaced["hash"], published["hash"]);
        let kept = server.get(path).await.ok();
        assert_eq!(kept["schemas"][0]["schema"], json!(order(AMOUNT)), "the version that it names is kept with it");
        // What is kept can be published again as it is.
        assert_eq!(server.put(path, kept).await.ok()["outcome"], json!("unchanged"));
        let list = server.get("/api/v1/contracts").await.ok();
        assert_eq!((&list[0]["application"], &list[0]["owner"]), (&json!("billing"), &json!("team-billing")));
        assert_eq!(server.get("/api/v1/subjects/orders/contracts").await.ok(), json!([
            {"application": "billing", "owner": "team-billing", "role": "receives"}
        ]));
        assert_eq!(server.delete(path).await.ok(), json!("billing"));
        assert_eq!(server.delete(path).await.problem(), (404, 40420));
        assert_eq!(server.get("/api/v1/contracts").await.ok(), json!([]));
        assert_eq!(server.get("/api/v1/subjects/orders/contracts").await.ok(), json!([]));
    }

    /// The schema that comes with a contract may be spelled as its application spells it; another one it may not be.
    async fn the_text_that_it_brings_is_the_version_that_it_names(server) {
        server.put("/config", json!({"normalize": true})).await.ok();
        let spelled = r#"{"name": "a.Order", "fields": [{"name": "id", "type": {"type": "long"}}], "doc": "an order", "type": "record"}"#;
        server.registered("orders", spelled).await;
        let path = "/api/v1/contracts/billing";
        let with = |schema: &str| {
            let mut sent = contract("billing", 1, "[id]");
            sent["schemas"] = json!([{"entry": 0, "role": "builtAgainst", "name": "order.avsc", "schema": schema}]);
            sent
        };
        let hash = server.put(path, contract("billing", 1, "[id]")).await.ok()["hash"].clone();
        let answer = server.put(path, with(spelled)).await.ok();
        assert_eq!((&answer["outcome"], &answer["hash"]), (&json!("unchanged"), &hash), "however it is spelled");
        let kept = server.get(path).await.ok();
        for other in [
            spelled.replace("long", "int"),
            spelled.replace("an order", "another"),
            spelled.replace("\"id\", \"type\": {\"type\": \"long\"}", "\"id\", \"default\": 0, \"type\": \"long\""),
        ] {
            assert_ne!(other, spelled);
            let refused = server.put(path, with(&other)).await;
            assert_eq!(refused.problem(), (422, 42220), "{other}");
            assert!(refused.message().contains("`order.avsc`"), "{}", refused.message());
        }
        let refused = server.put(path, with("{")).await;
        assert_eq!(refused.problem(), (422, 42220));
        assert!(refused.message().contains("order.avsc:1:2"), "{}", refused.message());
        assert_eq!(server.get(path).await.ok(), kept);
    }

    async fn what_does_not_hold_is_refused(server) {
        server.registered("orders", &order(AMOUNT)).await;
        let path = "/api/v1/contracts/billing";
        let mut other = contract("billing", 1, "[id]");
        other["schemas"] = json!([{"entry": 0, "role": "builtAgainst", "name": "orders@1", "schema": "\"int\""}]);
        for (sent, said) in [
            (contract("billing", 1, "[price]"), "price"),
            (contract("billing", 7, "[id]"), "version 7 of subject `orders`"),
            (contract("mailer", 1, "[id]"), "is that of `mailer`"),
            (other, "is not version 1 of subject `orders`"),
            (json!({"file": {"name": "treaty.yaml", "text": "contract: ["}}), "treaty.yaml:1"),
            (json!({"file": {"name": "treaty.yaml", "text": "contract: 1\n"}}), "application"),
        ] {
            let answer = server.put(path, sent).await;
            assert_eq!(answer.problem(), (422, 42220), "{said}");
            assert!(answer.message().contains(said), "{}", answer.message());
        }
        assert_eq!(server.put(path, json!({"moon": 1})).await.problem(), (400, 400));
        assert_eq!(server.put(path, json!(null)).await.problem(), (422, 422));
        assert_eq!(server.get("/api/v1/contracts").await.ok(), json!([]));
    }

    async fn of_an_event_in_protobuf(server) {
        let order = |field: &str| format!("syntax = \"proto3\"; package shop; message Order {{ string id = 1; {field} }} message Other {{ bytes raw = 1; }}");
        let register = |text: String| json!({"schemaType": "PROTOBUF", "schema": text});
        server.post("/subjects/orders/versions", register(order("int64 total = 2;"))).await.ok();
        let path = "/api/v1/contracts/billing";
        let of = |event: &str, reads: &str| {
            let mut sent = contract("billing", 1, reads);
            let text = sent["file"]["text"].as_str().unwrap_or_default().replace("event: Order", &format!("event: {event}"));
            sent["file"]["text"] = json!(text);
            sent
        };
        for (sent, said) in [
            (of("shop.Order", "[price]"), "price"),
            (of("shop.Order", "[raw]"), "raw"),
            (of("shop.Other", "[id]"), "id"),
        ] {
            let answer = server.put(path, sent).await;
            assert_eq!(answer.problem(), (422, 42220), "{said}");
            assert!(answer.message().contains(said), "{}", answer.message());
        }
        let answer = server.put(path, of("shop.Order", "[id, total]")).await.ok();
        assert_eq!(answer["outcome"], json!("created"));
        let kept = server.get(path).await.ok();
        assert_eq!(kept["schemas"][0]["schemaType"], json!("PROTOBUF"));
        assert_eq!(server.put(path, kept).await.ok()["outcome"], json!("unchanged"));
        // What the consumer reads is judged, and the rest is not.
        let check = async |field: &str| {
            let report = server.post("/api/v1/subjects/orders/check", register(order(field))).await.ok();
            report["subjects"][0]["consumers"][0]["verdict"].clone()
        };
        assert_eq!(check("int64 total = 2; string note = 3;").await, json!("compatible"));
        assert_eq!(check("string total = 2;").await, json!("incompatible"));
        // Nothing complains, and the consumer would take zero for the total.
        assert_eq!(check("reserved 2;").await, json!("silent"));
    }
}
