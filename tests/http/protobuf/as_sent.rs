//! What Java's clients send though protoc refuses it.

use serde_json::json;

use super::{body, register, registered};
use crate::support::server::serves;

const ENTRY: &str = "syntax = \"proto3\";\npackage p;\n\nmessage M {\n  repeated .p.M.FooEntry foo = 1;\n\n  message FooEntry {\n    option map_entry = true;\n  \n    string key = 1;\n    int32 value = 2;\n  }\n}\n";
const MAP: &str = "syntax = \"proto3\";\npackage p;\n\nmessage M {\n  map<string, int32> foo = 1;\n}\n";

serves! {
    async fn a_map_that_is_written_as_its_entry_message(server) {
        server.put("/config", json!({"compatibility": "FULL"})).await.ok();
        let own = register(&server, "a", ENTRY, &[]).await.ok();
        assert_eq!(own["schema"], json!(ENTRY), "it keeps its own text");
        let map = registered(&server, "b", MAP, &[]).await;
        assert_ne!(own["id"], json!(map), "and its own id");
        let normalized = server.post("/subjects/c/versions?normalize=true", body(ENTRY, &[])).await.ok();
        assert_eq!((&normalized["id"], &normalized["schema"]), (&json!(map), &json!(MAP)));
        // Each is found by the other where that one is not there.
        for (subject, text, id) in [("a", ENTRY, &own["id"]), ("a", MAP, &own["id"]), ("b", ENTRY, &json!(map)), ("c", ENTRY, &json!(map))] {
            for normalize in ["", "?normalize=true"] {
                let found = server.post(&format!("/subjects/{subject}{normalize}"), body(text, &[])).await.ok();
                assert_eq!(&found["id"], id, "{subject} {text}");
            }
        }
        // No verdict sees a difference.
        for (subject, text) in [("a", MAP), ("b", ENTRY)] {
            let path = format!("/compatibility/subjects/{subject}/versions/latest?verbose=true");
            assert_eq!(server.post(&path, body(text, &[])).await.ok(), json!({"is_compatible": true, "messages": []}));
        }
        let changed = ENTRY.replace("int32 value", "string value");
        let refused = register(&server, "b", &changed, &[]).await;
        assert_eq!(refused.problem(), (409, 409), "{}", refused.text());
    }

    async fn what_says_nothing_of_data(server) {
        let texts = [
            "syntax = \"proto3\";\n\nmessage A {\n  string a = 1 [(foo.bar) = 3];\n}\n",
            "syntax = \"proto3\";\n\nmessage A {\n  string ssn = 1 [(confluent.field_meta) = {\n    tags: \"PII\"\n  }];\n}\n",
            "syntax = \"proto3\";\n\nimport \"nope.proto\";\n\nmessage A {\n  string a = 1;\n}\n",
            "syntax = \"proto3\";\n\noption optimize_for = \"SPEED\";\n\nmessage A {\n  string a = 1;\n}\n",
        ];
        for (number, text) in texts.into_iter().enumerate() {
            let subject = format!("s{number}");
            let first = register(&server, &subject, text, &[]).await.ok();
            assert_eq!(first["schema"], json!(text));
            let found = server.post(&format!("/subjects/{subject}"), body(text, &[])).await.ok();
            assert_eq!(found["id"], first["id"]);
            let normalized = server.post(&format!("/subjects/n{number}/versions?normalize=true"), body(text, &[])).await.ok();
            assert_eq!(normalized["schema"], json!(text));
        }
        // A type of it is needed.
        let text = "syntax = \"proto3\"; import \"nope.proto\"; message A { Nope a = 1; }";
        let refused = register(&server, "t", text, &[]).await;
        assert_eq!(refused.problem(), (422, 42201));
        assert!(refused.message().contains("nope.proto") && refused.message().contains("Nope"), "{}", refused.message());
    }
}
