//! `/v1/metadata`: what clients ask to learn whom they talk to.

use serde_json::json;

use crate::answer::Answer;
use crate::problem::Problem;

/// `GET /v1/metadata/id`. There is no cluster of Kafka behind this registry.
pub async fn id() -> Result<Answer, Problem> {
    Answer::changing(&json!({
        "scope": {"path": [], "clusters": {"kafka-cluster": "", "schema-registry-cluster": "schema-registry"}}
    }))
}

/// `GET /v1/metadata/version`.
pub async fn version() -> Result<Answer, Problem> {
    Answer::changing(&json!({"version": env!("CARGO_PKG_VERSION"), "commitId": ""}))
}
