//! `POST /subjects/{subject}`

use serde_json::json;

use crate::http::{order_broken, order_v1, order_v2};
use crate::support::server::{record, serves};

serves! {
    async fn by_text(server) {
        let first = server.registered("orders", &order_v1()).await;
        server.registered("orders", &order_v2()).await;
        let found = server.post("/subjects/orders?normalize=False&deleted=False", json!({"schema": order_v1()})).await.ok();
        assert_eq!((&found["id"], &found["version"], &found["subject"]), (&json!(first), &json!(1), &json!("orders")));
        assert_eq!(found["schema"], json!(order_v1()));
        assert_eq!(found["deleted"], json!(false));
        assert!(found["ts"].as_i64().is_some_and(|ts| ts > 1_700_000_000_000), "{found}");
        let unknown = server.post("/subjects/orders", json!({"schema": order_broken()})).await;
        assert_eq!((unknown.problem(), unknown.message()), ((404, 40403), "Schema not found".to_owned()));
        let subject = server.post("/subjects/nobody", json!({"schema": order_v1()})).await;
        assert_eq!((subject.problem(), subject.message()), ((404, 40401), "Subject 'nobody' not found.".to_owned()));
    }

    /// What is no schema is told before anybody looks at the subject; no version has an empty one.
    async fn what_is_no_schema(server) {
        server.registered("orders", &order_v1()).await;
        for (subject, schema, problem) in [
            ("orders", "", (404, 40403)),
            ("nobody", "", (404, 40401)),
            ("orders", "{", (422, 42201)),
            ("nobody", "{", (422, 42201)),
        ] {
            let answer = server.post(&format!("/subjects/{subject}"), json!({"schema": schema})).await;
            assert_eq!(answer.problem(), problem, "{subject} {schema}");
        }
    }

    /// A client of Confluent's sends what it got from the registry, whole.
    async fn members_that_mean_nothing_are_ignored(server) {
        server.registered("orders", &order_v1()).await;
        let body = json!({
            "subject": "orders", "version": 1, "guid": "x", "schema": order_v1(), "metadata": null, "ruleSet": null,
            "references": null, "schemaType": null, "nobody": {"knows": [1, 2]},
        });
        assert_eq!(server.post("/subjects/orders", body).await.ok()["version"], json!(1));
    }

    async fn spelling_does_not_matter(server) {
        server.registered("orders", &order_v1()).await;
        let spaced = r#"{ "fields": [ {"type": {"type": "long"}, "name": "id"} ], "name": "Order", "type": "record" }"#;
        assert_eq!(server.post("/subjects/orders", json!({"schema": spaced})).await.ok()["version"], json!(1));
        assert_eq!(server.register("orders", spaced).await.ok()["version"], json!(1));
    }

    async fn deleted_when_asked_for(server) {
        server.registered("orders", &order_v1()).await;
        server.registered("orders", &order_v2()).await;
        server.delete("/subjects/orders/versions/1").await.ok();
        let body = json!({"schema": order_v1()});
        assert_eq!(server.post("/subjects/orders", body.clone()).await.problem(), (404, 40403));
        assert_eq!(server.post("/subjects/orders?deleted=true", body.clone()).await.ok()["deleted"], json!(true));
        server.delete("/subjects/orders").await.ok();
        assert_eq!(server.post("/subjects/orders", body.clone()).await.problem(), (404, 40401));
        assert_eq!(server.post("/subjects/orders?deleted=true", body).await.ok()["version"], json!(1));
    }

    /// Java's serialiser looks up the inlined form of a schema that was registered with references.
    async fn the_inlined_form_of_a_schema_with_references(server) {
        let address = record("Address", &[r#""name":"street","type":"string""#]);
        server.registered("address", &address).await;
        let person = record("Person", &[r#""name":"home","type":"Address""#]);
        let references = json!([{"name": "Address", "subject": "address", "version": 1}]);
        let registered = server.post("/subjects/person/versions", json!({"schema": person, "references": references})).await;
        registered.ok();
        let inlined = record("Person", &[&format!(r#""name":"home","type":{address}"#)]);
        let found = server.post("/subjects/person", json!({"schema": inlined})).await.ok();
        assert_eq!(found["version"], json!(1));
        assert_eq!(found["references"], references);
    }
}
