//! References between subjects: an import is a name, a name is a subject and a version.

use serde_json::json;

use super::{body, proto, register, registered};
use crate::support::server::serves;

const MONEY: &str = "package shop; message Money { int64 units = 1; string currency = 2; }";
const LINE: &str = "package shop; import \"shop/money.proto\"; message Line { Money price = 1; }";
const ORDER: &str = "package shop; import \"shop/line.proto\"; message Order { repeated Line lines = 1; }";

serves! {
    async fn transitively(server) {
        let money = registered(&server, "money", &proto(MONEY), &[]).await;
        let line = registered(&server, "line", &proto(LINE), &[("shop/money.proto", "money", -1)]).await;
        let order = registered(&server, "order", &proto(ORDER), &[("shop/line.proto", "line", 1)]).await;
        let stored = server.get("/subjects/line/versions/1").await.ok();
        assert_eq!(stored["references"], json!([{"name": "shop/money.proto", "subject": "money", "version": 1}]));
        assert_eq!(server.get("/subjects/money/versions/1/referencedby").await.ok(), json!([line]));
        assert_eq!(server.get("/subjects/line/versions/1/referencedby").await.ok(), json!([order]));
        let found = server.post("/subjects/order", body(&proto(ORDER), &[("shop/line.proto", "line", 1)])).await.ok();
        assert_eq!(found["id"], json!(order));
        assert_eq!(server.delete("/subjects/money/versions/1").await.problem(), (422, 42206));
        assert_eq!(registered(&server, "money", &proto(MONEY), &[]).await, money);
    }

    async fn what_cannot_be_resolved(server) {
        registered(&server, "money", &proto(MONEY), &[]).await;
        for (references, said) in [
            (&[][..], "schema:1:41: "),
            (&[("money.proto", "money", 1)], "shop/money.proto"),
            (&[("shop/money.proto", "nobody", 1)], "version 1 of subject `nobody`"),
            (&[("shop/money.proto", "money", 7)], "version 7 of subject `money`"),
        ] {
            let answer = register(&server, "line", &proto(LINE), references).await;
            assert_eq!(answer.problem(), (422, 42201), "{said}");
            assert!(answer.message().contains(said), "{said}: {}", answer.message());
        }
        server.registered("avro", "\"string\"").await;
        let avro = register(&server, "line", &proto(LINE), &[("shop/money.proto", "avro", 1)]).await;
        assert_eq!(avro.problem(), (422, 42201));
        assert!(avro.message().contains("avro@1:1:1"), "{}", avro.message());
        assert_eq!(server.get("/subjects").await.ok(), json!(["avro", "money"]));
    }

    async fn what_imports_itself(server) {
        let itself = proto("import \"a.proto\"; message A { B b = 1; }");
        for references in [&[][..], &[("a.proto", "a", 1)]] {
            assert_eq!(register(&server, "a", &itself, references).await.problem(), (422, 42201));
        }
        // A circle can only be closed by a text that another has seen before.
        registered(&server, "a", &proto("message A {}"), &[]).await;
        registered(&server, "b", &proto("import \"a.proto\"; message B {}"), &[("a.proto", "a", 1)]).await;
        let circle = proto("import \"b.proto\"; message A {}");
        let answer = register(&server, "c", &circle, &[("b.proto", "b", 1), ("a.proto", "b", 1)]).await;
        assert_eq!(answer.problem(), (422, 42201), "{}", answer.text());
    }

    /// Fault seen elsewhere: a message in a file that is referred to changes between versions, and nobody looks.
    async fn a_change_in_what_is_referred_to(server) {
        registered(&server, "money", &proto(MONEY), &[]).await;
        registered(&server, "line", &proto(LINE), &[("shop/money.proto", "money", 1)]).await;
        server.put("/config/money", json!({"compatibility": "NONE"})).await.ok();
        let changed = "package shop; message Money { double units = 1; string currency = 2; }";
        registered(&server, "money", &proto(changed), &[]).await;
        let refused = register(&server, "line", &proto(LINE), &[("shop/money.proto", "money", 2)]).await;
        assert_eq!(refused.problem(), (409, 409), "{}", refused.text());
        for said in ["FIELD_SCALAR_KIND_CHANGED", "'#/Money/1'", "FIELD_NAMED_TYPE_CHANGED", "'#/Line/1'"] {
            assert!(refused.message().contains(said), "{said}: {}", refused.message());
        }
    }

    /// Where two ways lead to two versions of a file, the first on the way down counts, as in Confluent's registry.
    async fn two_versions_of_one_file(server) {
        registered(&server, "money", &proto(MONEY), &[]).await;
        registered(&server, "line", &proto(LINE), &[("shop/money.proto", "money", 1)]).await;
        let more = "package shop; message Money { int64 units = 1; string currency = 2; int32 nanos = 3; }";
        registered(&server, "money", &proto(more), &[]).await;
        let bill = proto("package shop; import \"shop/line.proto\"; import \"shop/money.proto\"; message Bill { Line line = 1; Money sum = 2; }");
        registered(&server, "bill", &bill, &[("shop/line.proto", "line", 1), ("shop/money.proto", "money", 2)]).await;
        let paid = "package shop; import \"shop/line.proto\"; import \"shop/money.proto\"; \
            message Bill { Line line = 1; Coins coins = 2; }";
        server.put("/config/money", json!({"compatibility": "NONE"})).await.ok();
        let coins = format!("{more} message Coins {{ int32 number = 1; }}");
        registered(&server, "money", &proto(&coins), &[]).await;
        let (line, money) = (("shop/line.proto", "line", 1), ("shop/money.proto", "money", 3));
        let answer = register(&server, "coins", &proto(paid), &[line, money]).await;
        assert_eq!(answer.problem(), (422, 42201), "{}", answer.text());
        registered(&server, "coins", &proto(paid), &[money, line]).await;
    }

    /// Fault seen elsewhere: a table of names for the whole process.
    async fn a_type_of_another_subject_is_not_visible(server) {
        registered(&server, "money", &proto(MONEY), &[]).await;
        let line = proto("package shop; message Line { Money price = 1; }");
        assert_eq!(register(&server, "line", &line, &[]).await.problem(), (422, 42201));
        let unused = register(&server, "line", &line, &[("shop/money.proto", "money", 1)]).await;
        assert_eq!(unused.problem(), (422, 42201), "a file that is not imported is not seen");
    }

    /// What every Protobuf user imports is there without being registered.
    async fn built_in_files(server) {
        let text = proto("import \"google/protobuf/timestamp.proto\"; import \"google/type/money.proto\"; \
            import \"confluent/type/decimal.proto\"; message A { google.protobuf.Timestamp at = 1; google.type.Money sum = 2; \
            confluent.type.Decimal exact = 3; }");
        registered(&server, "a", &text, &[]).await;
    }
}
