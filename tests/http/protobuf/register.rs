//! Registering, looking up and reading.

use serde_json::json;

use super::{ORDER, body, proto, register, registered};
use crate::support::server::serves;

serves! {
    async fn a_text_is_printed_and_found_again(server) {
        let spelled = "syntax='proto3';package shop;message Order{string id=1;int64 total=2;}";
        let answer = register(&server, "orders", spelled, &[]).await.ok();
        assert_eq!((&answer["id"], &answer["version"], &answer["schemaType"]), (&json!(1), &json!(1), &json!("PROTOBUF")));
        assert_eq!(answer["schema"], json!(ORDER));
        for again in [spelled, ORDER] {
            assert_eq!(register(&server, "orders", again, &[]).await.ok(), answer);
            assert_eq!(server.post("/subjects/orders", body(again, &[])).await.ok()["version"], json!(1));
        }
        let read = server.get("/subjects/orders/versions/1").await.ok();
        assert_eq!((&read["schemaType"], &read["schema"]), (&json!("PROTOBUF"), &json!(ORDER)));
        assert_eq!(server.get("/subjects/orders/versions/1/schema").await.text(), ORDER);
        assert_eq!(server.get("/schemas/ids/1").await.ok()["schemaType"], json!("PROTOBUF"));
        let guid = answer["guid"].as_str().expect("a guid");
        assert_eq!(server.get(&format!("/schemas/guids/{guid}")).await.ok()["schema"], json!(ORDER));
        let mut types = server.get("/schemas/types").await.ok().as_array().cloned().unwrap_or_default();
        types.sort_by_key(ToString::to_string);
        assert_eq!(types, [json!("AVRO"), json!("PROTOBUF")]);
    }

    async fn what_is_wrong_is_told_with_its_place(server) {
        for (text, said) in [
            ("syntax = \"proto3\";\nmessage A { string s = 1 }", "schema:2:24: expected `;`"),
            ("syntax = \"proto3\";\nmessage A { Nobody s = 1; }", "schema:2:13: "),
            ("syntax = \"proto3\";\nimport \"nobody.proto\"; message A { Nobody n = 1; }", "schema:2:8: "),
            ("syntax = \"proto3\"; message A { string s = 0; }", "schema:1:43: "),
            ("not a schema", "schema:1:1: "),
            ("{\"type\": \"string\"}", "schema:1:1: "),
        ] {
            let answer = register(&server, "orders", text, &[]).await;
            assert_eq!(answer.problem(), (422, 42201), "{text}");
            let message = answer.message();
            assert!(message.starts_with("Invalid schema of type PROTOBUF, details: "), "{message}");
            assert!(message.contains(said), "{said}: {message}");
            let looked_up = server.post("/subjects/orders", body(text, &[])).await;
            assert!(looked_up.status.is_client_error());
        }
        assert_eq!(server.get("/subjects").await.ok(), json!([]));
    }

    async fn other_forms_of_a_text(server) {
        let text = "syntax = \"proto2\"; import \"google/protobuf/descriptor.proto\"; \
                    extend google.protobuf.FieldOptions { optional int32 level = 50000; } \
                    message A { extensions 100 to 199; optional int32 x = 1 [(level) = 2]; }";
        let id = registered(&server, "a", text, &[]).await;
        let form = |form: &str| format!("/schemas/ids/{id}?format={form}");
        let plain = server.get(&form("ignore_extensions")).await.ok();
        assert_eq!(plain["schema"], json!(
            "syntax = \"proto2\";\n\nimport \"google/protobuf/descriptor.proto\";\n\nmessage A {\n  optional int32 x = 1;\n}\n"
        ));
        let raw = server.get("/subjects/a/versions/latest/schema?format=ignore_extensions").await;
        assert_eq!(json!(raw.text()), plain["schema"]);
        let whole = server.get(&format!("/schemas/ids/{id}")).await.ok();
        for unknown in ["resolved", "moon", ""] {
            assert_eq!(server.get(&form(unknown)).await.ok(), whole, "{unknown}");
        }
    }

    async fn a_descriptor_in_base64_is_a_schema_too(server) {
        let id = registered(&server, "text", ORDER, &[]).await;
        let serialized = server.get(&format!("/schemas/ids/{id}?format=serialized")).await.ok();
        let descriptor = serialized["schema"].as_str().expect("base64");
        assert!(!descriptor.contains("syntax"), "{descriptor}");
        let answer = register(&server, "descriptor", descriptor, &[]).await.ok();
        assert_eq!((&answer["id"], &answer["schema"]), (&json!(id), &json!(ORDER)));
        assert_eq!(server.post("/subjects/text", body(descriptor, &[])).await.ok()["version"], json!(1));
        // The first five bytes of it, and base64 of what is no descriptor at all.
        for broken in [&descriptor[..8], "AAAA", "c29tZSB3b3Jkcw=="] {
            let answer = register(&server, "broken", broken, &[]).await;
            assert_eq!(answer.problem(), (422, 42201), "{broken}: {}", answer.text());
        }
    }

    async fn normalised_when_asked_for(server) {
        let [one, other] = [
            "package a; message M { B b = 2; int32 a = 1; message B {} }",
            "package a; message M { int32 a = 1; .a.M.B b = 2; message B {} }",
        ].map(proto);
        let first = server.post("/subjects/m/versions?normalize=true", body(&one, &[])).await.ok();
        assert_eq!(first["schema"], json!(
            "syntax = \"proto3\";\npackage a;\n\nmessage M {\n  int32 a = 1;\n  .a.M.B b = 2;\n\n  message B {}\n}\n"
        ));
        assert_eq!(server.post("/subjects/m/versions?normalize=true", body(&other, &[])).await.ok(), first);
        // Without being asked, a lookup finds what only differs in spelling.
        assert_eq!(server.post("/subjects/m", body(&other, &[])).await.ok()["version"], json!(1));
        assert_eq!(registered(&server, "m", &one, &[]).await, first["id"].as_i64().unwrap_or(0));
    }
}
