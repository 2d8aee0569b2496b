//! `/config`

use serde_json::json;

use crate::http::order_v1;
use crate::support::database::on_both;
use crate::support::server::{TestServer, serves};

serves! {
    async fn of_the_registry(server) {
        assert_eq!(server.get("/config").await.ok(), json!({"compatibilityLevel": "BACKWARD"}));
        assert_eq!(server.get("/config/").await.ok(), json!({"compatibilityLevel": "BACKWARD"}));
        let put = server.put("/config", json!({"compatibility": "full_transitive"})).await;
        assert_eq!(put.ok(), json!({"compatibility": "FULL_TRANSITIVE"}));
        assert_eq!(server.get("/config").await.ok(), json!({"compatibilityLevel": "FULL_TRANSITIVE"}));
        assert_eq!(server.delete("/config").await.ok(), json!({"compatibilityLevel": "FULL_TRANSITIVE"}));
        assert_eq!(server.get("/config").await.ok(), json!({"compatibilityLevel": "BACKWARD"}));
    }

    /// A client that finds a level for a subject that has none would not set one.
    async fn of_a_subject(server) {
        let unset = server.get("/config/orders").await;
        assert_eq!(unset.problem(), (404, 40408));
        assert_eq!(unset.message(), "Subject 'orders' does not have subject-level compatibility configured");
        let default = server.get("/config/orders?defaultToGlobal=true").await.ok();
        assert_eq!(default, json!({"compatibilityLevel": "BACKWARD"}));
        server.put("/config/orders", json!({"compatibility": "NONE"})).await.ok();
        assert_eq!(server.get("/config/orders").await.ok(), json!({"compatibilityLevel": "NONE"}));
        assert_eq!(server.get("/subjects").await.ok(), json!([]), "a setting makes no subject");
        assert_eq!(server.delete("/config/orders").await.ok(), json!({"compatibilityLevel": "NONE"}));
        assert_eq!(server.get("/config/orders").await.problem(), (404, 40408));
        let again = server.delete("/config/orders").await;
        assert_eq!((again.problem(), again.message()), ((404, 40401), "Subject 'orders' not found.".to_owned()));
    }

    /// Fault seen elsewhere: PUT replaces what it does not name.
    async fn a_change_keeps_what_it_does_not_name(server) {
        server.put("/config/orders", json!({"compatibility": "FULL", "normalize": true})).await.ok();
        let put = server.put("/config/orders", json!({"compatibilityGroup": "major"})).await.ok();
        assert_eq!(put, json!({"compatibility": "FULL", "normalize": true, "compatibilityGroup": "major"}));
        let put = server.put("/config/orders", json!({"normalize": null, "unknown": 1})).await.ok();
        assert_eq!(put, json!({"compatibility": "FULL", "compatibilityGroup": "major"}));
        let read = server.get("/config/orders").await.ok();
        assert_eq!(read, json!({"compatibilityLevel": "FULL", "compatibilityGroup": "major"}));
        let documents = json!({"defaultMetadata": {"properties": {"owner": "a"}}});
        assert_eq!(server.put("/config/orders", documents).await.ok()["defaultMetadata"]["properties"]["owner"], json!("a"));
    }

    /// What Debezium makes of the name of a database, for one.
    async fn names_are_not_validated_where_that_is_set(server) {
        let schema = r#"{"type":"record","name":"shop-db.inventory.orders","fields":[]}"#;
        assert_eq!(server.register("orders", schema).await.problem(), (422, 42201));
        server.put("/config/orders", json!({"validateNewSchemas": false})).await.ok();
        server.registered("orders", schema).await;
        assert_eq!(server.register("payments", schema).await.problem(), (422, 42201));
    }

    /// As in Confluent's registry: the level that applies is part of the settings of a subject, whatever else is set there.
    async fn the_level_that_applies_is_answered(server) {
        server.put("/config/orders", json!({"normalize": true})).await.ok();
        let set = server.get("/config/orders").await.ok();
        assert_eq!(set, json!({"compatibilityLevel": "BACKWARD", "normalize": true}));
        assert_eq!(server.delete("/config/orders").await.ok(), set);
    }

    /// What `GET` answered is sent back: `compatibility` counts where both names of the level are there.
    async fn the_level_by_both_of_its_names(server) {
        for (body, level, warns) in [
            (json!({"compatibility": "FULL", "compatibilityLevel": "NONE"}), "FULL", true),
            (json!({"compatibilityLevel": "NONE", "compatibility": "FORWARD"}), "FORWARD", true),
            (json!({"compatibility": "NONE", "compatibilityLevel": "NONE"}), "NONE", false),
            (json!({"compatibilityLevel": "BACKWARD_TRANSITIVE"}), "BACKWARD_TRANSITIVE", false),
        ] {
            let put = server.put("/config/orders", body.clone()).await;
            assert_eq!(put.ok(), json!({"compatibility": level}), "{body}");
            assert_eq!(put.header("treaty-warning").contains("`compatibilityLevel`"), warns, "{body}");
        }
        assert_eq!(server.put("/config/orders", json!({"compatibilityLevel": "SIDEWAYS"})).await.problem(), (422, 42203));
    }

    /// A slip of the pen would otherwise look like a change.
    async fn what_has_no_effect_is_told(server) {
        for (body, said) in [
            (json!({"compatability": "FULL"}), "no setting is called `compatability`"),
            (json!({"aliasForDeks": "x", "a": 1, "b": 2, "c": 3, "d": 4, "e": 5}), "`a`, `aliasForDeks`, `b`, `c`, `d`, 1 more"),
            (json!({"compatibilityPolicy": "LENIENT"}), "`compatibilityPolicy` is kept, but it is about JSON Schema alone"),
            (json!({"validateRules": false}), "`validateRules` is kept, but rule sets are always validated"),
        ] {
            for path in ["/config", "/config/orders"] {
                let put = server.put(path, body.clone()).await;
                put.ok();
                assert!(put.header("treaty-warning").contains(said), "{body}: {}", put.header("treaty-warning"));
            }
        }
        let useful = json!({"compatibility": "FULL", "validateFields": true, "normalize": true, "validateRules": true});
        let put = server.put("/config", useful).await;
        assert_eq!((put.status.as_u16(), put.header("treaty-warning")), (200, ""));
    }

    async fn what_is_wrong(server) {
        for (body, problem) in [
            (json!({"compatibility": "SIDEWAYS"}), (422, 42203)),
            (json!({"compatibility": ""}), (422, 42203)),
            (json!({"compatibility": 7}), (400, 400)),
            (json!([]), (400, 400)),
            (json!(null), (422, 422)),
            (json!({"alias": "other"}), (422, 422)),
            (json!({"defaultRuleSet": {"domainRules": [{"name": "a"}]}}), (422, 42210)),
        ] {
            for path in ["/config", "/config/orders"] {
                assert_eq!(server.put(path, body.clone()).await.problem(), problem, "{path} {body}");
            }
        }
        assert_eq!(server.get("/config").await.ok(), json!({"compatibilityLevel": "BACKWARD"}));
    }

    /// Settings are read for every registration that they apply to, so that one change has at most 64 KB.
    async fn are_small(server) {
        let change = |bytes: usize| {
            let change = |doc: &str| json!({"defaultMetadata": {"properties": {"doc": doc}}});
            change(&"x".repeat(bytes - change("").to_string().len()))
        };
        for path in ["/config", "/config/orders"] {
            server.put(path, change(64 << 10)).await.ok();
            let refused = server.put(path, change((64 << 10) + 1)).await;
            assert_eq!(refused.problem(), (422, 422), "{path}");
            assert!(refused.message().contains("at most 65536"), "{}", refused.message());
        }
    }

    /// A permanent delete takes the subject's settings with it.
    async fn gone_with_the_subject(server) {
        server.registered("orders", &order_v1()).await;
        server.put("/config/orders", json!({"compatibility": "NONE"})).await.ok();
        server.delete("/subjects/orders").await.ok();
        server.get("/config/orders").await.ok();
        server.delete("/subjects/orders?permanent=true").await.ok();
        assert_eq!(server.get("/config/orders").await.problem(), (404, 40408));
    }
}

on_both! {
    /// Fault seen elsewhere: the level of the configuration is ignored on one of the databases.
    async fn the_level_that_the_server_is_started_with(database) {
        let server = TestServer::start_with(&database, |config| config.compatibility = Some("FULL".parse().unwrap())).await;
        assert_eq!(server.get("/config").await.ok(), json!({"compatibilityLevel": "FULL"}));
        server.registered("numbers", "\"int\"").await;
        assert_eq!(server.register("numbers", "\"long\"").await.problem(), (409, 409));
        server.stop().await;
    }
}
