//! Texts that mean harm: each is answered soon, and the server goes on.

use serde_json::json;

use super::{proto, register, registered};
use crate::support::server::serves;

serves! {
    /// Fault seen elsewhere: 962 MB for 1 MB of this.
    async fn a_million_open_braces(server) {
        let text = "message M{".repeat(100_000);
        let answer = register(&server, "m", &text, &[]).await;
        assert_eq!(answer.problem(), (422, 42201));
        assert!(answer.message().contains("more parts than this registry takes"), "{}", answer.message());
    }

    /// Fault seen elsewhere: 8 s, quadratic in the number of fields.
    async fn ten_thousand_fields(server) {
        let fields = |kind: &str| (1..=10_000).map(|number| format!("{kind} f{number} = {number};\n")).collect::<String>();
        let text = proto(&format!("message M {{ {} }}", fields("int32")));
        let id = registered(&server, "m", &text, &[]).await;
        assert_eq!(registered(&server, "m", &text, &[]).await, id);
        let refused = register(&server, "m", &proto(&format!("message M {{ {} }}", fields("string"))), &[]).await;
        assert_eq!(refused.status, 409);
        assert_eq!(refused.message().matches("FIELD_SCALAR_KIND_CHANGED").count(), 1000);
        assert!(refused.message().contains("{moreDifferences: 9000}"));
        registered(&server, "m", &proto(&format!("message M {{ {} }}", fields("int64"))), &[]).await;
    }

    async fn imports_that_climb_out(server) {
        for import in ["../../etc/passwd", "/etc/passwd", "file:///etc/passwd", "a/./b.proto"] {
            let answer = register(&server, "m", &proto(&format!("import \"{import}\"; message M {{}}")), &[]).await;
            assert_eq!(answer.problem(), (422, 42201), "{import}");
            assert!(!answer.message().contains("root:"), "{}", answer.message());
        }
        assert_eq!(server.get("/subjects").await.ok(), json!([]));
    }

    async fn odd_texts(server) {
        for text in ["\u{0}", "message M { string s = 99999999999999999999; }", "syntax = \"proto4\";", "/*", "\"", "message \u{1F600} {}",
                     "option (a) = { b: { c: [ ", "syntax = \"proto3\"; message M { string s = 1; string s = 1; }"] {
            assert_eq!(register(&server, "m", text, &[]).await.problem(), (422, 42201), "{text}");
        }
        registered(&server, "m", &format!("\u{feff}{}", proto("message M {}")), &[]).await;
    }

    /// To ask what was meant by one name of half a million characters took more memory than there is.
    async fn long_names_that_are_nearly_right(server) {
        let (one, other) = ("a".repeat(400_000), "b".repeat(400_000));
        let answer = register(&server, "m", &proto(&format!("message {one} {{}} message M {{ {other} m = 1; }}")), &[]).await;
        assert_eq!(answer.problem(), (422, 42201));
        assert!(answer.message().contains("could not resolve type") && answer.message().len() < 5_000);
    }

    async fn what_is_refused_with_its_reason(server) {
        registered(&server, "a", &proto("message A {}"), &[]).await;
        registered(&server, "b", &proto("message B {}"), &[]).await;
        let nested = format!("option (a) = {}{};", "{a:".repeat(5_000), "}".repeat(5_000));
        let enums = (0..20_000).map(|number| format!("V{number} = 0;")).collect::<String>();
        for (text, references, said) in [
            (proto("message M { string s = 0; }"), &[][..], "0"),
            (proto("message M { string s = 19500; }"), &[][..], "19000"),
            (proto("message M { string a = 1; string b = 1; }"), &[][..], "the number 1 is that of `a` already"),
            (proto("import \"a.proto\"; import \"a.proto\"; message M {}"), &[("a.proto", "a", 1)][..], "twice"),
            (proto("import \"c.proto\"; message M { C c = 1; }"), &[("a.proto", "a", 1)][..], "c.proto"),
            (proto("import \"a.proto\"; message A {}"), &[("a.proto", "a", 1)][..], "`A`"),
            (proto("message M { N n = 1; }"), &[][..], "could not resolve type `N`"),
            (proto(&nested), &[][..], "nested more than 64 levels deep"),
            (proto(&format!("enum E {{ {enums} }}")), &[][..], "allow_alias"),
            ("syntax = \"proto2\"; message M { optional group G = 1 {".to_owned(), &[][..], "schema:1:"),
            (proto("option(mine)=\"\";extend o{g mine=0;}"), &[][..], "could not resolve type"),
            // The bytes of a descriptor: a message in a message in a message, each cut off.
            ("IkIiQiJC".to_owned(), &[][..], "descriptor"),
        ] {
            let answer = register(&server, "m", &text, references).await;
            let shown = &text[..text.len().min(80)];
            assert_eq!(answer.problem(), (422, 42201), "{shown}: {}", answer.message());
            assert!(answer.message().contains(said), "{shown}: {}", answer.message());
            assert!(answer.message().len() < 20_000, "{shown}: {} bytes", answer.message().len());
        }
        assert_eq!(server.get("/subjects").await.ok(), json!(["a", "b"]));
        // Of two references of one name the first counts.
        let text = proto("import \"a.proto\"; message M { A a = 1; }");
        registered(&server, "m", &text, &[("a.proto", "a", 1), ("a.proto", "b", 1)]).await;
    }

    /// Thousands of findings, of which a report shows the first and counts the others; the server goes on.
    async fn five_thousand_fields_that_all_break(server) {
        let fields = |kind: &str| (1..=5_000).map(|number| format!("{kind} f{number} = {number};\n")).collect::<String>();
        let text = |kind: &str| proto(&format!("message M {{ {} }}", fields(kind)));
        registered(&server, "m", &text("int32"), &[]).await;
        let body = json!({"schemaType": "PROTOBUF", "schema": text("double")});
        let report = server.post("/api/v1/subjects/m/check", body).await.ok();
        assert_eq!(report["verdict"], json!("incompatible"));
        let findings = report["subjects"][0]["findings"].as_array().map_or(0, Vec::len);
        assert_eq!(findings, 1000, "{:.500}", report.to_string());
        assert_eq!(report["subjects"][0]["omitted"]["findings"], json!(4000));
    }

    /// Types that hold each other without end, and a value that would have 2^40 parts.
    async fn types_without_end(server) {
        let text = |kind: &str| {
            let messages = (0..40).map(|number| format!("message M{number} {{ required M{next} a = 1; required M{next} b = 2; optional M{number} c = 3; }}\n", next = number + 1));
            format!("syntax = \"proto2\"; {} message M40 {{ required {kind} v = 1; optional M0 m = 2; }}", messages.collect::<String>())
        };
        registered(&server, "m", &text("int32"), &[]).await;
        let refused = register(&server, "m", &text("string"), &[]).await;
        assert_eq!(refused.status, 409);
        let report = server.post("/api/v1/subjects/m/check", json!({"schemaType": "PROTOBUF", "schema": text("string")})).await.ok();
        assert_eq!(report["verdict"], json!("incompatible"));
    }
}
