//! `/schemas/ids/{id}`

use hyper::Method;
use hyper::body::Bytes;
use serde_json::json;

use crate::http::{order_v1, order_v2};
use crate::support::server::serves;

serves! {
    async fn what_an_id_names(server) {
        let id = server.registered("orders", &order_v1()).await;
        server.registered("others", &order_v1()).await;
        let body = server.get(&format!("/schemas/ids/{id}")).await.ok();
        assert_eq!((&body["schema"], &body["schemaType"]), (&json!(order_v1()), &json!("AVRO")));
        assert_eq!(body.get("subject"), None);
        let body = server.get(&format!("/schemas/ids/{id}?subject=others&format=serialized&deleted=true")).await.ok();
        assert_eq!((&body["subject"], &body["version"]), (&json!("others"), &json!(1)));
        let body = server.get(&format!("/schemas/ids/{id}?subject=nobody")).await.ok();
        assert_eq!((body.get("subject"), &body["schema"]), (None, &json!(order_v1())));
        assert_eq!(server.get(&format!("/schemas/ids/{id}?fetchMaxId=true")).await.ok()["maxId"], json!(1));
        assert_eq!(server.get(&format!("/schemas/ids/{id}/schema")).await.text(), order_v1());
    }

    async fn where_it_is_used(server) {
        let id = server.registered("orders", &order_v1()).await;
        server.registered("others", &order_v1()).await;
        server.delete("/subjects/orders").await.ok();
        for (path, expected) in [
            ("subjects", json!(["others"])),
            ("subjects?deleted=true", json!(["orders", "others"])),
            ("subjects?deleted=true&subject=orders&limit=-1&offset=0", json!(["orders"])),
            ("versions", json!([{"subject": "others", "version": 1}])),
            ("versions?deleted=true&limit=1", json!([{"subject": "orders", "version": 1}])),
        ] {
            assert_eq!(server.get(&format!("/schemas/ids/{id}/{path}")).await.ok(), expected, "{path}");
        }
    }

    async fn what_is_not_there(server) {
        server.registered("orders", &order_v1()).await;
        let huge = format!("1{}", "0".repeat(30));
        for (path, problem) in [
            ("/schemas/ids/99999999", (404, 40403)),
            ("/schemas/ids/0", (404, 40403)),
            ("/schemas/ids/-1", (404, 40403)),
            (&format!("/schemas/ids/{huge}"), (404, 40403)),
            ("/schemas/ids/abc", (404, 404)),
            ("/schemas/ids/9/schema", (404, 40403)),
            ("/schemas/ids/9/subjects", (404, 40403)),
            ("/schemas/ids/9/versions", (404, 40403)),
        ] {
            assert_eq!(server.get(path).await.problem(), problem, "{path}");
        }
        assert_eq!(server.get("/schemas/ids/9").await.message(), "Schema 9 not found");
    }

    async fn any_cache_may_stand_in_front(server) {
        let id = server.registered("orders", &order_v1()).await;
        let path = format!("/schemas/ids/{id}");
        let first = server.get(&path).await;
        assert_eq!(first.header("cache-control"), "public, max-age=31536000, immutable");
        let tag = first.header("etag").to_owned();
        for (given, status) in [(tag.as_str(), 304), ("*", 304), (&format!("\"x\", W/{tag}"), 304), ("\"x\"", 200)] {
            let answer = server.send(Method::GET, &path, &[("if-none-match", given)], Bytes::new()).await;
            assert_eq!(answer.status, status, "{given}");
            assert_eq!(answer.body.is_empty(), status == 304);
            assert_eq!(answer.header("etag"), tag);
        }
        let changing = server.get("/subjects/orders/versions/latest").await;
        assert_eq!((changing.header("cache-control"), changing.header("etag")), ("no-cache", ""));
        assert_eq!(server.get("/schemas/ids/999").await.header("cache-control"), "no-store");
    }

    /// An id that was purged names nothing, also when its answer is still in memory; and no other schema gets it.
    async fn a_purged_id_is_forgotten(server) {
        let id = server.registered("orders", &order_v1()).await;
        let path = format!("/schemas/ids/{id}");
        let guid = server.get(&path).await.ok()["guid"].as_str().unwrap().to_owned();
        server.get(&format!("/schemas/guids/{guid}")).await.ok();
        server.get(&format!("{path}/schema")).await;
        server.delete("/subjects/orders").await.ok();
        server.get(&path).await.ok();
        server.delete("/subjects/orders?permanent=true").await.ok();
        for gone in [path.clone(), format!("{path}/schema"), format!("/schemas/guids/{guid}")] {
            assert_eq!(server.get(&gone).await.problem(), (404, 40403), "{gone}");
        }
        assert_eq!(server.registered("orders", &order_v2()).await, id + 1);
        assert_eq!(server.registered("others", &order_v1()).await, id + 2, "no id is given out again");
        assert_eq!(server.get(&path).await.problem(), (404, 40403));
    }
}
