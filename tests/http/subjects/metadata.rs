//! `GET /subjects/{subject}/metadata`, and metadata and rule sets as they are kept.

use serde_json::{Value, json};

use crate::http::{order_v1, order_v2};
use crate::support::server::serves;

fn documents() -> Value {
    json!({
        "metadata": {
            "tags": {"Order.id": ["PII", "ID"]},
            "properties": {"owner": "orders team", "application.major.version": "1"},
            "sensitive": ["owner"],
        },
        "ruleSet": {
            "migrationRules": [{"name": "up", "kind": "TRANSFORM", "mode": "UPGRADE", "type": "JSONATA", "expr": "$"}],
            "domainRules": [{
                "name": "positive", "doc": "d", "kind": "CONDITION", "mode": "WRITE", "type": "CEL", "tags": ["PII"],
                "params": {"p": "1"}, "expr": "message.id > 0", "onSuccess": "NONE", "onFailure": "ERROR", "disabled": false,
            }],
        },
    })
}

fn with(schema: String, mut documents: Value) -> Value {
    documents["schema"] = json!(schema);
    documents
}

serves! {
    async fn kept_and_returned(server) {
        let plain = server.registered("plain", &order_v1()).await;
        let answer = server.post("/subjects/orders/versions", with(order_v1(), documents())).await.ok();
        assert_ne!(answer["id"], json!(plain), "metadata is part of the identity");
        let read = server.get("/subjects/orders/versions/latest").await.ok();
        assert_eq!(read["metadata"]["tags"], json!({"Order.id": ["ID", "PII"]}));
        assert_eq!(read["metadata"]["properties"], documents()["metadata"]["properties"]);
        assert_eq!(read["ruleSet"]["domainRules"], documents()["ruleSet"]["domainRules"]);
        let again = server.post("/subjects/orders/versions", with(order_v1(), documents())).await.ok();
        assert_eq!((&again["id"], &again["version"]), (&answer["id"], &json!(1)));
    }

    async fn the_newest_version_with_these_properties(server) {
        let owned = |owner: &str| json!({"metadata": {"properties": {"owner": owner, "k": "v"}}});
        server.post("/subjects/orders/versions", with(order_v1(), owned("a"))).await.ok();
        server.post("/subjects/orders/versions", with(order_v2(), owned("b"))).await.ok();
        for (query, found) in [
            ("key=owner&value=a", Ok(1)),
            ("key=owner&value=b", Ok(2)),
            ("key=k&value=v", Ok(2)),
            ("key=k&value=v&key=owner&value=a&deleted=false", Ok(1)),
            ("key=owner&value=c", Err((404, 40403))),
        ] {
            let answer = server.get(&format!("/subjects/orders/metadata?{query}")).await;
            match found {
                Ok(version) => assert_eq!(answer.ok()["version"], json!(version), "{query}"),
                Err(problem) => assert_eq!(answer.problem(), problem, "{query}"),
            }
        }
        assert_eq!(server.get("/subjects/nobody/metadata?key=a&value=b").await.problem(), (404, 40401));
    }

    async fn a_version_inherits_what_it_leaves_open(server) {
        server.post("/subjects/orders/versions", with(order_v1(), documents())).await.ok();
        let second = server.register("orders", &order_v2()).await.ok();
        assert_eq!(second["metadata"]["properties"]["owner"], json!("orders team"));
        assert_eq!(server.register("orders", &order_v2()).await.ok()["version"], json!(2));
        let defaults = json!({"defaultMetadata": {"properties": {"owner": "x", "tier": "1"}},
                              "overrideMetadata": {"properties": {"by": "platform"}}});
        server.put("/config/other", defaults).await.ok();
        let owned = json!({"metadata": {"properties": {"owner": "y"}}});
        let first = server.post("/subjects/other/versions", with(order_v1(), owned)).await.ok();
        assert_eq!(first["metadata"]["properties"], json!({"owner": "y", "tier": "1", "by": "platform"}));
    }

    async fn rule_sets_are_validated(server) {
        for (rules, said) in [
            (json!({"domainRules": [{"name": "a", "type": "CEL"}, {"name": "a", "type": "CEL"}]}), "duplicate name 'a'"),
            (json!({"domainRules": [{"type": "CEL"}]}), "Missing rule name"),
            (json!({"domainRules": [{"name": "a"}]}), "Missing rule type"),
            (json!({"migrationRules": [{"name": "a", "type": "CEL", "mode": "WRITE"}]}), "Migration rules can only be"),
            (json!({"domainRules": [{"name": "a", "type": "CEL", "mode": "UPGRADE"}]}), "can only be WRITE"),
            (json!({"domainRules": [{"name": "a", "type": "CEL", "mode": "WRITE", "onFailure": "A,B"}]}), "2 actions"),
            (json!({"enableAt": "MOON"}), "MOON"),
        ] {
            let answer = server.post("/subjects/orders/versions", json!({"schema": order_v1(), "ruleSet": rules})).await;
            assert_eq!(answer.problem(), (422, 42210), "{rules}");
            assert!(answer.message().contains(said), "{}", answer.message());
        }
        assert_eq!(server.get("/subjects").await.ok(), json!([]));
    }
}
