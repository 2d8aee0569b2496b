//! `/schemas`

mod guids;
mod ids;
mod list;

use serde_json::json;

use crate::support::server::serves;

serves! {
    /// Clients fail on a word that they do not know, so only what can be registered is listed.
    async fn types(server) {
        assert_eq!(server.get("/schemas/types").await.ok(), json!(["AVRO", "PROTOBUF"]));
    }
}
