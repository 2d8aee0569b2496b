//! `DELETE /subjects/{subject}` and `DELETE /subjects/{subject}/versions/{version}`

use serde_json::json;

use crate::http::{order_v1, order_v2};
use crate::support::server::{record, serves};

serves! {
    async fn a_subject_softly_then_permanently(server) {
        let id = server.registered("orders", &order_v1()).await;
        server.registered("orders", &order_v2()).await;
        let early = server.delete("/subjects/orders?permanent=true").await;
        assert_eq!(early.problem(), (404, 40405));
        assert_eq!(early.message(), "Subject 'orders' was not deleted first before being permanently deleted");
        assert_eq!(server.delete("/subjects/orders").await.ok(), json!([1, 2]));
        let again = server.delete("/subjects/orders").await;
        assert_eq!(again.problem(), (404, 40404));
        assert_eq!(again.message(), "Subject 'orders' was soft deleted.Set permanent=true to delete permanently");
        assert_eq!(server.get("/subjects/orders/versions").await.problem(), (404, 40401));
        assert_eq!(server.get("/subjects/orders/versions/latest").await.problem(), (404, 40401));
        assert_eq!(server.get("/subjects/orders/versions?deleted=true").await.ok(), json!([1, 2]));
        assert_eq!(server.get("/subjects/orders/versions?deletedAsNegative=true").await.ok(), json!([-1, -2]));
        server.get(&format!("/schemas/ids/{id}")).await.ok();
        assert_eq!(server.delete("/subjects/orders?permanent=true").await.ok(), json!([1, 2]));
        assert_eq!(server.delete("/subjects/orders?permanent=true").await.problem(), (404, 40401));
        assert_eq!(server.get(&format!("/schemas/ids/{id}")).await.problem(), (404, 40403));
        assert_eq!(server.delete("/subjects/nobody").await.problem(), (404, 40401));
    }

    /// Fault seen elsewhere: 40402 and 40406 swapped.
    async fn a_version_softly_then_permanently(server) {
        server.registered("orders", &order_v1()).await;
        server.registered("orders", &order_v2()).await;
        for (path, problem, said) in [
            ("9", (404, 40402), "Version 9 not found."),
            ("0", (422, 42202), "The specified version '0' is not a valid version id"),
            ("abc", (422, 42202), "The specified version 'abc'"),
            ("1?permanent=true", (404, 40407), "Subject 'orders' Version 1 was not deleted first before being permanently deleted"),
        ] {
            let answer = server.delete(&format!("/subjects/orders/versions/{path}")).await;
            assert_eq!(answer.problem(), problem, "{path}");
            assert!(answer.message().starts_with(said), "{}", answer.message());
        }
        assert_eq!(server.delete("/subjects/orders/versions/1").await.text(), "1");
        let again = server.delete("/subjects/orders/versions/1").await;
        assert_eq!(again.problem(), (404, 40406));
        assert_eq!(again.message(), "Subject 'orders' Version 1 was soft deleted.Set permanent=true to delete permanently");
        assert_eq!(server.get("/subjects/orders/versions/1").await.problem(), (404, 40402));
        assert_eq!(server.get("/subjects/orders/versions/1?deleted=true").await.ok()["deleted"], json!(true));
        assert_eq!(server.delete("/subjects/orders/versions/1?permanent=true").await.text(), "1");
        assert_eq!(server.get("/subjects/orders/versions/1?deleted=true").await.problem(), (404, 40402));
        assert_eq!(server.delete("/subjects/orders/versions/latest").await.text(), "2");
        assert_eq!(server.delete("/subjects/nobody/versions/1").await.problem(), (404, 40401));
    }

    async fn only_those_that_were_deleted(server) {
        let only = "/subjects/orders/versions?deletedOnly=true";
        assert_eq!(server.get(only).await.problem(), (404, 40401));
        server.registered("orders", &order_v1()).await;
        server.registered("orders", &order_v2()).await;
        assert_eq!(server.get(only).await.ok(), json!([]), "the subject is there");
        server.delete("/subjects/orders/versions/1").await.ok();
        assert_eq!(server.get(only).await.ok(), json!([1]));
        server.delete("/subjects/orders").await.ok();
        assert_eq!(server.get(only).await.ok(), json!([1, 2]));
    }

    /// Fault seen here: `Version 0`.
    async fn latest_is_called_by_its_number(server) {
        server.registered("orders", &order_v1()).await;
        server.registered("orders", &order_v2()).await;
        let live = server.delete("/subjects/orders/versions/latest?permanent=true").await;
        assert_eq!(live.problem(), (404, 40407));
        assert_eq!(live.message(), "Subject 'orders' Version 2 was not deleted first before being permanently deleted");
        server.delete("/subjects/orders").await.ok();
        for query in ["", "?permanent=true"] {
            let none = server.delete(&format!("/subjects/orders/versions/latest{query}")).await;
            assert_eq!((none.problem(), none.message()), ((404, 40402), "Version latest not found.".to_owned()));
        }
    }

    async fn what_comes_after_a_deletion(server) {
        let id = server.registered("orders", &order_v1()).await;
        server.delete("/subjects/orders").await.ok();
        let back = server.register("orders", &order_v1()).await.ok();
        assert_eq!((&back["id"], &back["version"]), (&json!(id), &json!(2)), "the same id, a new version");
        server.delete("/subjects/orders").await.ok();
        server.delete("/subjects/orders?permanent=true").await.ok();
        let back = server.register("orders", &order_v1()).await.ok();
        assert_eq!((&back["id"], &back["version"]), (&json!(id + 1), &json!(1)), "versions begin again, ids do not");
    }

    /// As Confluent's registry from 8.2 on. What was registered before keeps what it refers to.
    async fn nothing_new_refers_to_what_was_deleted(server) {
        let amount = r#""name":"amount","type":"long""#;
        server.registered("money", &record("Money", &[amount])).await;
        let unit = r#""name":"unit","type":"string","default":"EUR""#;
        server.registered("money", &record("Money", &[amount, unit])).await;
        server.delete("/subjects/money/versions/1").await.ok();
        let order = |version: i32| json!({
            "schema": record("Order", &[r#""name":"price","type":"Money""#]),
            "references": [{"name": "Money", "subject": "money", "version": version}],
        });
        let refused = server.post("/subjects/orders/versions", order(1)).await;
        assert_eq!(refused.problem(), (422, 42201));
        assert!(refused.message().contains("version 1 of subject `money`, which was deleted"), "{}", refused.message());
        server.post("/subjects/orders/versions", order(2)).await.ok();
    }

    async fn not_what_others_refer_to(server) {
        server.registered("address", &record("Address", &[r#""name":"street","type":"string""#])).await;
        let person = record("Person", &[r#""name":"home","type":"Address""#]);
        let references = json!([{"name": "Address", "subject": "address", "version": 1}]);
        let body = json!({"schema": person, "references": references});
        let id = server.post("/subjects/person/versions", body).await.ok()["id"].clone();
        assert_eq!(server.get("/subjects/address/versions/1/referencedby").await.ok(), json!([id]));
        assert_eq!(server.get("/subjects/person/versions/1/referencedby").await.ok(), json!([]));
        assert_eq!(server.get("/subjects/nobody/versions/1/referencedby").await.problem(), (404, 40401));
        for path in ["/subjects/address", "/subjects/address/versions/1"] {
            let refused = server.delete(path).await;
            assert_eq!(refused.problem(), (422, 42206), "{path}");
            assert_eq!(
                refused.message(),
                "One or more references exist to the schema {magic=1,keytype=SCHEMA,subject=address,version=1}."
            );
        }
        server.delete("/subjects/person").await.ok();
        server.delete("/subjects/address").await.ok();
        assert_eq!(server.delete("/subjects/address?permanent=true").await.problem(), (422, 42206));
        server.delete("/subjects/person?permanent=true").await.ok();
        server.delete("/subjects/address?permanent=true").await.ok();
    }
}
