//! `GET /subjects/{subject}/versions/{version}` and `…/schema`

use serde_json::json;

use crate::http::{order_v1, order_v2};
use crate::support::server::serves;

serves! {
    async fn by_number_and_latest(server) {
        server.registered("orders", &order_v1()).await;
        let second = server.registered("orders", &order_v2()).await;
        assert_eq!(server.get("/subjects/orders/versions").await.ok(), json!([1, 2]));
        assert_eq!(server.get("/subjects/orders/versions?offset=1").await.ok(), json!([2]));
        for version in ["2", "latest", "LATEST", "-1", "%202%20"] {
            let found = server.get(&format!("/subjects/orders/versions/{version}")).await.ok();
            assert_eq!((&found["version"], &found["id"]), (&json!(2), &json!(second)), "{version}");
            assert_eq!(found["schemaType"], json!("AVRO"));
        }
        let raw = server.get("/subjects/orders/versions/1/schema").await;
        assert_eq!(raw.text(), order_v1());
        assert_eq!(raw.header("content-type"), "application/vnd.schemaregistry.v1+json");
    }

    async fn what_is_not_there(server) {
        server.registered("orders", &order_v1()).await;
        for (path, problem) in [
            ("/subjects/orders/versions/2", (404, 40402)),
            ("/subjects/orders/versions/2147483647", (404, 40402)),
            ("/subjects/orders/versions/2147483648", (422, 42202)),
            ("/subjects/orders/versions/0", (422, 42202)),
            ("/subjects/orders/versions/-5", (422, 42202)),
            ("/subjects/orders/versions/abc", (422, 42202)),
            ("/subjects/orders/versions/1.0", (422, 42202)),
            ("/subjects/nobody/versions/1", (404, 40401)),
            ("/subjects/nobody/versions/latest", (404, 40401)),
            ("/subjects/nobody/versions", (404, 40401)),
            ("/subjects/orders/versions/9/schema", (404, 40402)),
        ] {
            assert_eq!(server.get(path).await.problem(), problem, "{path}");
        }
    }

    /// Parameters of other registries and of clients' bugs.
    async fn parameters_that_mean_nothing_are_ignored(server) {
        server.registered("orders", &order_v1()).await;
        for query in ["name=acme.Order", "format=serialized", "format=moon", "reference_format=x", "normalize=true&deleted=False"] {
            assert_eq!(server.get(&format!("/subjects/orders/versions/1?{query}")).await.ok()["schema"], json!(order_v1()));
        }
    }
}
