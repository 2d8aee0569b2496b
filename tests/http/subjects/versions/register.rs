//! `POST /subjects/{subject}/versions`

use serde_json::{Value, json};

use crate::http::{order_broken, order_v1, order_v2};
use crate::support::database::on_both;
use crate::support::server::{TestServer, record, serves};

serves! {
    async fn the_answer_is_complete(server) {
        let spaced = format!(" {} ", order_v1().replace(':', " : "));
        let answer = server.register("orders", &spaced).await;
        assert_eq!(answer.header("content-type"), "application/vnd.schemaregistry.v1+json");
        let body = answer.ok();
        assert_eq!(body["schema"], json!(order_v1()), "stored canonically");
        assert_eq!((&body["id"], &body["version"], &body["schemaType"]), (&json!(1), &json!(1), &json!("AVRO")));
        assert_eq!(body.get("references"), None, "nothing empty is told");
        let guid = body["guid"].as_str().unwrap();
        assert_eq!(server.get(&format!("/schemas/guids/{guid}")).await.ok()["schema"], json!(order_v1()));
        assert_eq!(server.get(&format!("/schemas/guids/{guid}/ids")).await.ok(), json!([{"context": ".", "id": 1}]));
    }

    async fn again_is_the_same_and_writes_nothing(server) {
        let first = server.register("orders", &order_v1()).await.ok();
        for _ in 0..3 {
            assert_eq!(server.register("orders", &order_v1()).await.ok(), first);
        }
        assert_eq!(server.registered("others", &order_v1()).await, 1, "one schema, one id");
        assert_eq!(server.get("/schemas/ids/1/versions").await.ok(), json!([
            {"subject": "orders", "version": 1}, {"subject": "others", "version": 1}
        ]));
    }

    async fn incompatible_is_409_with_every_reason(server) {
        server.registered("orders", &order_v1()).await;
        let refused = server.register("orders", &order_broken()).await;
        assert_eq!(refused.problem(), (409, 409));
        let expected = concat!(
            r#"Schema being registered is incompatible with an earlier schema for subject "orders", details: "#,
            "[{errorType:'READER_FIELD_MISSING_DEFAULT_VALUE', description:'The field 'must' at path '/fields/1' in the new ",
            "schema has no default and is not in the old schema', additionalInfo:'must'}, {oldSchemaVersion: 1}, ",
            r#"{oldSchema: '{"type":"record","name":"Order","fields":[{"name":"id","type":"long"}]}'}, "#,
            "{validateFields: 'false', compatibility: 'BACKWARD'}]",
        );
        assert_eq!(refused.message(), expected);
        assert_eq!(server.get("/subjects/orders/versions").await.ok(), json!([1]));
    }

    async fn the_level_that_applies(server) {
        server.registered("orders", &order_v1()).await;
        for (level, schema, expected) in [
            ("NONE", r#""string""#.to_owned(), 200),
            ("BACKWARD", r#""string""#.to_owned(), 409),
        ] {
            server.put("/config/orders", json!({"compatibility": level})).await.ok();
            assert_eq!(server.register("orders", &schema).await.status, expected, "{level}");
            server.delete("/subjects/orders/versions/2").await;
        }
        server.delete("/config/orders").await.ok();
        // Forward: a field may be added, but not removed without a default.
        server.put("/config", json!({"compatibility": "forward"})).await.ok();
        server.registered("orders", &order_broken()).await;
        let removed = server.register("orders", &order_v2()).await;
        assert_eq!(removed.problem(), (409, 409), "{}", removed.text());
        assert!(removed.message().contains("in the old schema has no default and is not in the new schema"), "{}", removed.text());
    }

    async fn transitive_levels_name_the_first_version_that_fails(server) {
        server.put("/config/orders", json!({"compatibility": "NONE"})).await.ok();
        server.registered("orders", &record("Order", &[r#""name":"id","type":"string""#])).await;
        server.registered("orders", &order_v1()).await;
        server.put("/config/orders", json!({"compatibility": "BACKWARD"})).await.ok();
        server.registered("orders", &order_v2()).await;
        server.put("/config/orders", json!({"compatibility": "BACKWARD_TRANSITIVE"})).await.ok();
        let more = record("Order", &[r#""name":"id","type":"long""#, r#""name":"more","type":"int","default":0"#]);
        let refused = server.register("orders", &more).await;
        assert_eq!(refused.problem(), (409, 409));
        assert!(refused.message().contains("{oldSchemaVersion: 1}"), "{}", refused.message());
        assert!(!refused.message().contains("{oldSchemaVersion: 2}"), "{}", refused.message());
    }

    /// FULL tells what breaks old readers before what breaks new ones.
    async fn full_tells_both_directions(server) {
        server.put("/config/orders", json!({"compatibility": "FULL"})).await.ok();
        server.registered("orders", &order_v1()).await;
        let other = record("Order", &[r#""name":"key","type":"long""#]);
        let message = server.register("orders", &other).await.message();
        let old = message.find("'id'").expect("what old readers miss");
        let new = message.find("'key'").expect("what new readers miss");
        assert!(old < new, "{message}");
    }

    async fn ids_and_versions_that_are_asked_for(server) {
        server.registered("orders", &order_v1()).await;
        let ask = |schema: String, version: i64, id: i64| {
            server.post("/subjects/orders/versions", json!({"schema": schema, "version": version, "id": id}))
        };
        assert_eq!(ask(order_v1(), 0, -1).await.ok()["version"], json!(1));
        assert_eq!(ask(order_v1(), 1, 1).await.ok()["version"], json!(1));
        assert_eq!(ask(order_v2(), 7, -1).await.problem(), (422, 42201));
        let imported = ask(order_v2(), 2, 24).await;
        assert_eq!(imported.problem(), (422, 42205));
        assert!(imported.message().contains("is not in import mode"), "{}", imported.message());
        let next = ask(order_v2(), 2, -1).await.ok();
        assert_eq!(next["version"], json!(2));
        assert_eq!(next["metadata"]["properties"]["confluent:version"], json!("2"));
    }

    async fn normalised_when_asked_for(server) {
        let dotted = r#"{"type":"record","name":"a.Order","fields":[{"name":"id","type":"long","doc":"d"}]}"#;
        let spelled = r#"{"type":"record","name":"Order","namespace":"a","fields":[{"doc":"d","name":"id","type":"long"}]}"#;
        let body = |schema: &str| json!({"schema": schema});
        let first = server.post("/subjects/orders/versions?normalize=True", body(dotted)).await.ok();
        let second = server.post("/subjects/orders/versions?normalize=true", body(spelled)).await.ok();
        assert_eq!(first, second);
        assert!(first["schema"].as_str().unwrap().contains(r#""doc":"d""#), "nothing is lost: {first}");
        server.put("/config/others", json!({"normalize": true})).await.ok();
        assert_eq!(server.registered("others", spelled).await, first["id"].as_i64().unwrap());
    }

    /// Fault seen elsewhere: a change of these alone returned the old id, and the new text was never stored.
    async fn every_change_of_meaning_has_an_id_of_its_own(server) {
        server.put("/config", json!({"compatibility": "NONE"})).await.ok();
        let field = |attributes: &str| record("R", &[&format!(r#""name":"f",{attributes}"#)]);
        let fixed = |scale: i32| field(&format!(
            r#""type":{{"type":"fixed","name":"F","size":8,"logicalType":"decimal","precision":9,"scale":{scale}}}"#
        ));
        let pairs = [
            (field(r#""type":"int","aliases":["g"]"#), field(r#""type":"int","aliases":["h"]"#)),
            (field(r#""type":{"type":"enum","name":"E","symbols":["A","B"],"default":"A"}"#),
             field(r#""type":{"type":"enum","name":"E","symbols":["A","B"],"default":"B"}"#)),
            (field(r#""type":"int""#), field(r#""type":"int","order":"descending""#)),
            (field(r#""type":"int","connect.name":"x""#), field(r#""type":"int","connect.name":"y""#)),
            (fixed(2), fixed(3)),
            (field(r#""type":"long","default":9007199254740992"#), field(r#""type":"long","default":9007199254740993"#)),
            (field(r#""type":"int","doc":"one""#), field(r#""type":"int","doc":"two""#)),
        ];
        for (one, other) in pairs {
            let (first, second) = (server.registered("s", &one).await, server.registered("s", &other).await);
            assert_ne!(first, second, "{one}\n{other}");
            assert_eq!(server.get(&format!("/schemas/ids/{second}")).await.ok()["schema"], json!(other));
            assert_eq!(server.registered("s", &one).await, first);
        }
    }

    /// Fault seen elsewhere: the text by id and the text by subject and version differ.
    async fn one_id_one_text(server) {
        let id = server.registered("orders", &order_v1()).await;
        server.registered("others", &order_v1().replace(':', ": ")).await;
        let by_id = server.get(&format!("/schemas/ids/{id}")).await.ok()["schema"].clone();
        for subject in ["orders", "others"] {
            assert_eq!(server.get(&format!("/subjects/{subject}/versions/1")).await.ok()["schema"], by_id);
        }
    }

    /// What Confluent's rules let pass is accepted, as there, and told.
    async fn harm_that_confluent_does_not_see_is_told(server) {
        let amount = |scale: i32| record("A", &[&format!(
            r#""name":"amount","type":{{"type":"bytes","logicalType":"decimal","precision":9,"scale":{scale}}}"#
        )]);
        server.registered("amounts", &amount(2)).await;
        let answer = server.register("amounts", &amount(3)).await;
        answer.ok();
        assert!(answer.header("treaty-warning").contains("avro/decimal"), "{:?}", answer.headers);
    }

    /// A request for what is not done here is not passed over in silence.
    async fn tags_have_no_effect_and_that_is_told(server) {
        let tags = json!([{"schemaEntity": {"entityPath": "A.a", "entityType": "sr_field"}, "tags": ["PII"]}]);
        for member in ["schemaTagsToAdd", "schemaTagsToRemove"] {
            let body = json!({"schema": record("A", &[r#""name":"a","type":"int""#]), member: tags});
            let answer = server.post("/subjects/a/versions", body).await;
            answer.ok();
            assert!(answer.header("treaty-warning").contains(member), "{:?}", answer.headers);
        }
    }

    /// What is taken in a text though some decoders refuse it, or though it says nothing, is told when it is registered.
    async fn what_may_surprise_in_a_text_is_told(server) {
        let field = r#""name":"a","type":["string","null"],"default":null,"scale":2"#;
        let answer = server.register("orders", &record("A", &[field])).await;
        answer.ok();
        let warning = answer.header("treaty-warning");
        assert!(warning.contains("not of the first branch of its union") || warning.contains("`scale` stands beside"), "{warning}");
        assert!(warning.ends_with("and 1 more"), "{warning}");
        let body = json!({"schemaType": "PROTOBUF", "schema": "syntax = \"proto3\"; import \"nope.proto\"; message A {}"});
        let answer = server.post("/subjects/a/versions", body).await;
        answer.ok();
        assert!(answer.header("treaty-warning").contains("nope.proto"), "{:?}", answer.headers);
    }
}

on_both! {
    async fn the_code_of_409_is_configurable(database) {
        let server = TestServer::start_with(&database, |config| config.incompatible_code = 40901).await;
        server.registered("orders", &order_v1()).await;
        assert_eq!(server.register("orders", &order_broken()).await.problem(), (409, 40901));
        server.stop().await;
    }

    /// Fault seen elsewhere: a schema is refused after a restart that was accepted before it.
    async fn everything_is_there_after_a_restart(database) {
        let server = TestServer::start(&database).await;
        let id = server.registered("orders", &order_v1()).await;
        server.put("/config/orders", json!({"compatibility": "FULL"})).await.ok();
        server.put("/config", json!({"compatibility": "NONE"})).await.ok();
        server.stop().await;
        let server = TestServer::start(&database).await;
        assert_eq!(server.registered("orders", &order_v1()).await, id);
        let level: Value = server.get("/config/orders").await.ok();
        assert_eq!(level, json!({"compatibilityLevel": "FULL"}));
        server.delete("/config").await.ok();
        server.stop().await;
        let server = TestServer::start(&database).await;
        assert_eq!(server.get("/config").await.ok(), json!({"compatibilityLevel": "BACKWARD"}), "a deleted level stays deleted");
        server.stop().await;
    }
}
