//! `GET /schemas`

use serde_json::{Value, json};

use crate::http::{order_v1, order_v2};
use crate::support::server::serves;

fn named(list: &Value) -> Vec<(&str, i64)> {
    let each = list.as_array().expect("a list").iter();
    each.map(|version| {
        (
            version["subject"].as_str().unwrap(),
            version["version"].as_i64().unwrap(),
        )
    })
    .collect()
}

serves! {
    async fn by_subject_and_version(server) {
        for subject in ["b", "a", "gone"] {
            server.registered(subject, &order_v1()).await;
            server.registered(subject, &order_v2()).await;
        }
        server.delete("/subjects/gone").await.ok();
        server.delete("/subjects/b/versions/2").await.ok();
        for (query, expected) in [
            ("", vec![("a", 1), ("a", 2), ("b", 1)]),
            ("?latestOnly=true", vec![("a", 2), ("b", 1)]),
            ("?latestOnly=true&deleted=true", vec![("a", 2), ("b", 2), ("gone", 2)]),
            ("?deleted=true&subjectPrefix=g", vec![("gone", 1), ("gone", 2)]),
            ("?subjectPrefix=:*:", vec![("a", 1), ("a", 2), ("b", 1)]),
            // Only lists of subjects and of versions know it.
            ("?deletedOnly=true", vec![("a", 1), ("a", 2), ("b", 1)]),
            ("?deletedOnly=true&deleted=true&subjectPrefix=b", vec![("b", 1), ("b", 2)]),
            ("?subjectPrefix=:.other:", vec![]),
            ("?offset=1&limit=1", vec![("a", 2)]),
            ("?limit=5000", vec![("a", 1), ("a", 2), ("b", 1)]),
        ] {
            let list = server.get(&format!("/schemas{query}")).await.ok();
            assert_eq!(named(&list), expected, "{query}");
        }
        let list = server.get("/schemas").await.ok();
        assert_eq!((&list[0]["schema"], &list[0]["id"]), (&json!(order_v1()), &json!(1)));
    }

    /// Of all three lists; pages are of what is left.
    async fn with_rules_of_a_type(server) {
        let rule = |executor: &str| json!([{"name": "r", "kind": "CONDITION", "mode": "WRITE", "type": executor, "expr": "x"}]);
        let migration = json!([{"name": "m", "kind": "TRANSFORM", "mode": "UPGRADE", "type": "JSONATA", "expr": "$"}]);
        for (subject, rules) in [
            ("a", json!({"domainRules": rule("CEL")})),
            ("b", json!({"migrationRules": migration})),
            ("c", json!({"encodingRules": rule("CEL"), "migrationRules": migration})),
        ] {
            server.registered(subject, &order_v1()).await;
            let path = format!("/subjects/{subject}/versions");
            server.post(&path, json!({"schema": order_v2(), "ruleSet": rules})).await.ok();
        }
        for (query, expected) in [
            ("ruleType=CEL", vec![("a", 2), ("c", 2)]),
            ("ruleType=JSONATA", vec![("b", 2), ("c", 2)]),
            ("ruleType=ENCRYPT", vec![]),
            ("ruleType=", vec![("a", 1), ("a", 2), ("b", 1), ("b", 2), ("c", 1), ("c", 2)]),
            ("ruleType=CEL&offset=1", vec![("c", 2)]),
            ("ruleType=CEL&limit=1", vec![("a", 2)]),
            ("ruleType=JSONATA&subjectPrefix=c&latestOnly=true", vec![("c", 2)]),
        ] {
            let list = server.get(&format!("/schemas?{query}")).await.ok();
            assert_eq!(named(&list), expected, "{query}");
        }
    }
}
