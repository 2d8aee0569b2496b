//! Which texts are one schema: what decides is Confluent's canonical text, and what is kept has its comments.

use serde_json::json;

use super::{body, proto, register, registered};
use crate::support::server::serves;

serves! {
    /// Fault seen elsewhere: a change only in an option or a reserved name returned the old id, and was never stored.
    async fn every_change_of_meaning_has_an_id_of_its_own(server) {
        server.put("/config", json!({"compatibility": "NONE"})).await.ok();
        for (one, other) in [
            ("option java_package = \"a\"; message M {}", "option java_package = \"b\"; message M {}"),
            ("message M { string s = 1; }", "message M { string s = 1 [deprecated = true]; }"),
            ("message M { string s = 1 [json_name = \"a\"]; }", "message M { string s = 1 [json_name = \"b\"]; }"),
            ("message M { reserved \"a\"; }", "message M { reserved \"b\"; }"),
            ("message M { reserved 5; }", "message M { reserved 5 to 6; }"),
            ("enum E { Z = 0; reserved 5; }", "enum E { Z = 0; reserved 6; }"),
            ("enum E { Z = 0; A = 1; B = 2; }", "enum E { Z = 0; A = 2; B = 1; }"),
            ("message A {} message B {}", "message B {} message A {}"),
            ("message M { repeated int32 i = 1; }", "message M { repeated int32 i = 1 [packed = false]; }"),
            ("message M { optional string s = 1; }", "message M { string s = 1; }"),
            ("message M {}", "message M {} service S { rpc R (M) returns (M); }"),
        ] {
            let (one, other) = (proto(one), proto(other));
            let (first, second) = (registered(&server, "s", &one, &[]).await, registered(&server, "s", &other, &[]).await);
            assert_ne!(first, second, "{one}\n{other}");
            assert_eq!(registered(&server, "s", &one, &[]).await, first, "{one}");
            let normalized = |text: &str| server.post("/subjects/n/versions?normalize=true", body(text, &[]));
            let (first, second) = (normalized(&one).await.ok(), normalized(&other).await.ok());
            assert_ne!(first["id"], second["id"], "normalised: {one}\n{other}");
        }
    }

    async fn comments_are_kept_and_decide_nothing(server) {
        let text = "// Copyright.\n\nsyntax = \"proto3\";\n\n// An order.\nmessage Order {\n  // Its number.\n  string id = 1; // never empty\n}\n";
        let first = register(&server, "orders", text, &[]).await.ok();
        assert_eq!(first["schema"], json!(text));
        let bare = "syntax = \"proto3\";\n\nmessage Order {\n  string id = 1;\n}\n";
        let edited = text.replace("An order.", "What a customer wants.");
        for other in [bare, &edited] {
            // Under the same subject and under others: one id, one text.
            for subject in ["orders", "others"] {
                let again = register(&server, subject, other, &[]).await.ok();
                assert_eq!((&again["id"], &again["version"], &again["guid"]), (&first["id"], &json!(1), &first["guid"]));
                assert_eq!(again["schema"], json!(text));
                let read = server.get(&format!("/subjects/{subject}/versions/1")).await.ok();
                assert_eq!(read["schema"], json!(text));
                let by_id = server.get(&format!("/schemas/ids/{}", first["id"])).await.ok();
                assert_eq!(by_id["schema"], read["schema"]);
            }
        }
        // The identity is that of Confluent's canonical text.
        let guid = treaty_schemas::guid::print(treaty_schemas::guid::guid(bare, &[]));
        assert_eq!(first["guid"], json!(guid));
    }

    /// Fault seen elsewhere: normalising lost what means something.
    async fn normalising_keeps_meaning(server) {
        let text = "// Why.\nsyntax = \"proto2\"; enum E { B = 2; A = 1; } message M { reserved \"x\"; optional E e = 1 [default = A, deprecated = true]; }";
        let answer = server.post("/subjects/m/versions?normalize=true", body(text, &[])).await.ok();
        assert_eq!(answer["schema"], json!(
            "// Why.\n\nmessage M {\n  reserved \"x\";\n\n  optional .E e = 1 [\n    default = A,\n    deprecated = true\n  ];\n}\nenum E {\n  B = 2;\n  A = 1;\n}\n"
        ));
    }
}
