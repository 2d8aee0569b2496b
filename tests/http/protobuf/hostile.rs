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
        assert!(answer.message().contains("64"), "{}", answer.message());
    }

    /// Fault seen elsewhere: 8 s, quadratic in the number of fields.
    async fn ten_thousand_fields(server) {
        let fields = |kind: &str| (1..=10_000).map(|number| format!("{kind} f{number} = {number};\n")).collect::<String>();
        let text = proto(&format!("message M {{ {} }}", fields("int32")));
        let id = registered(&server, "m", &text, &[]).await;
        assert_eq!(registered(&server, "m", &text, &[]).await, id);
        let refused = register(&server, "m", &proto(&format!("message M {{ {} }}", fields("string"))), &[]).await;
        assert_eq!(refused.status, 409);
        assert_eq!(refused.message().matches("FIELD_SCALAR_KIND_CHANGED").count(), 10_000);
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
}
