//! `/health/{live,ready,startup}`, `/` and `/v1/metadata`

use hyper::Method;
use hyper::body::Bytes;
use serde_json::json;

use crate::support::server::serves;

serves! {
    async fn up(server) {
        for path in ["/health/live", "/health/ready", "/health/startup"] {
            let answer = server.send(Method::GET, path, &[("accept", "text/html")], Bytes::new()).await;
            assert_eq!(answer.ok(), json!({"status": "up"}), "{path}");
        }
    }

    async fn what_programs_ask_first(server) {
        assert_eq!(server.get("/").await.ok(), json!({}));
        assert_eq!(server.post("/", json!({})).await.ok(), json!({}));
        assert!(server.get("/v1/metadata/version").await.ok()["version"].is_string());
        assert!(server.get("/v1/metadata/id").await.ok()["scope"].is_object());
    }
}
