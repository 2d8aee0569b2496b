//! `/schemas/guids/{guid}`

use serde_json::json;

use crate::support::server::serves;

serves! {
    async fn found_however_it_is_spelt(server) {
        let body = server.register("numbers", "\"double\"").await.ok();
        let guid = body["guid"].as_str().unwrap();
        for spelt in [guid.to_owned(), guid.to_uppercase(), guid.replace('-', "")] {
            let found = server.get(&format!("/schemas/guids/{spelt}")).await.ok();
            assert_eq!((&found["schema"], &found["guid"]), (&json!("\"double\""), &json!(guid)));
        }
    }

    async fn what_is_not_there(server) {
        let unknown = "00000000-0000-0000-0000-000000000000";
        assert_eq!(server.get(&format!("/schemas/guids/{unknown}")).await.problem(), (404, 40403));
        assert_eq!(server.get(&format!("/schemas/guids/{unknown}/ids")).await.ok(), json!([]));
        assert_eq!(server.get("/schemas/guids/moon").await.problem(), (404, 40403));
        assert_eq!(server.get("/schemas/guids/moon/ids").await.ok(), json!([]));
    }
}
