//! `/subjects`

use serde_json::json;

use crate::support::server::{record, serves};

serves! {
    async fn from_register_to_latest(server) {
        let v1 = record("Order", &[r#""name":"id","type":"long""#]);
        let id = server.registered("orders-value", &v1).await;
        assert_eq!(server.registered("orders-value", &v1).await, id, "registered again");
        assert_eq!(server.registered("copies", &v1).await, id, "one schema, one id");
        let latest = server.get("/subjects/orders-value/versions/latest").await.ok();
        assert_eq!(latest["version"], 1);
        assert_eq!(latest["schema"], json!(v1));
        let broken = record("Order", &[r#""name":"id","type":"long""#, r#""name":"must","type":"string""#]);
        let refused = server.register("orders-value", &broken).await;
        assert_eq!(refused.problem(), (409, 409), "{}", refused.text());
        assert!(refused.message().contains("READER_FIELD_MISSING_DEFAULT_VALUE"), "{}", refused.text());
        assert_eq!(server.get("/subjects").await.ok(), json!(["copies", "orders-value"]));
    }
}
