//! `GET /subjects`

use serde_json::json;

use crate::http::order_v1;
use crate::support::server::serves;

serves! {
    /// Fault seen elsewhere: an empty list is `null`.
    async fn an_empty_list_is_an_array(server) {
        assert_eq!(server.get("/subjects").await.ok(), json!([]));
    }

    async fn sorted_by_bytes_whole_and_in_pages(server) {
        for subject in ["b", "a", "B", "a%2Fb", "%C3%A9"] {
            server.registered(subject, &order_v1()).await;
        }
        let all = json!(["B", "a", "a/b", "b", "é"]);
        for (query, subjects) in [
            ("", all.clone()),
            ("?limit=-1&offset=0&deleted=false&deleted_only=false", all.clone()),
            ("?limit=0", all.clone()),
            ("?limit=2", json!(["B", "a"])),
            ("?offset=3", json!(["b", "é"])),
            ("?offset=1&limit=1", json!(["a"])),
            ("?offset=-7", all.clone()),
            ("?subjectPrefix=a", json!(["a", "a/b"])),
            ("?subjectPrefix=:*:", all.clone()),
            ("?subjectPrefix=:*:a", json!(["a", "a/b"])),
            ("?subjectPrefix=:.:b", json!(["b"])),
            ("?subjectPrefix=:.other:", json!([])),
            ("?subjectPrefix=%C3%A9", json!(["é"])),
        ] {
            assert_eq!(server.get(&format!("/subjects{query}")).await.ok(), subjects, "{query}");
        }
        assert_eq!(server.get("/subjects?limit=ten").await.problem(), (404, 404));
    }

    /// Fault seen elsewhere: the list is cut at 1,000 without a word.
    async fn a_long_list_is_whole(server) {
        let mut client = server.client().await;
        for number in 0..1100 {
            let path = format!("/subjects/s{number:04}/versions");
            let answer = client.send(hyper::Method::POST, &path, &[], r#"{"schema":"\"int\""}"#.into()).await;
            assert_eq!(answer.status, 200, "{}", answer.text());
        }
        assert_eq!(server.get("/subjects").await.ok().as_array().unwrap().len(), 1100);
    }

    async fn deleted_ones_when_asked_for(server) {
        server.registered("gone", &order_v1()).await;
        server.registered("here", &order_v1()).await;
        server.delete("/subjects/gone").await.ok();
        for (query, subjects) in [
            ("", json!(["here"])),
            ("?deleted=true", json!(["gone", "here"])),
            ("?deletedOnly=true", json!(["gone"])),
            ("?deleted=true&deletedOnly=TRUE", json!(["gone"])),
            ("?deleted=1", json!(["here"])),
        ] {
            assert_eq!(server.get(&format!("/subjects{query}")).await.ok(), subjects, "{query}");
        }
    }
}
