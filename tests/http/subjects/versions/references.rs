//! References in `POST /subjects/{subject}/versions`: resolved from the registry's own store, and from nowhere else.

use serde_json::{Value, json};

use crate::support::server::{TestServer, record, serves};

fn body(schema: &str, references: &[(&str, &str, i64)]) -> Value {
    let references: Vec<Value> = references
        .iter()
        .map(|(name, subject, version)| json!({"name": name, "subject": subject, "version": version}))
        .collect();
    json!({"schema": schema, "references": references})
}

async fn register(server: &TestServer, subject: &str, body: Value) -> crate::support::server::Answer {
    server.post(&format!("/subjects/{subject}/versions"), body).await
}

serves! {
    async fn transitively(server) {
        server.registered("money", &record("Money", &[r#""name":"cents","type":"long""#])).await;
        let line = record("Line", &[r#""name":"price","type":"Money""#]);
        register(&server, "line", body(&line, &[("Money", "money", -1)])).await.ok();
        let order = record("Order", &[r#""name":"lines","type":{"type":"array","items":"Line"}"#, r#""name":"total","type":"Money""#]);
        let answer = register(&server, "order", body(&order, &[("Line", "line", 1)])).await.ok();
        let stored = server.get("/subjects/line/versions/1").await.ok();
        assert_eq!(stored["references"], json!([{"name": "Money", "subject": "money", "version": 1}]), "-1 is stored resolved");
        let resolved = server.get(&format!("/schemas/ids/{}?format=resolved", answer["id"])).await.ok();
        let resolved: Value = serde_json::from_str(resolved["schema"].as_str().unwrap()).unwrap();
        assert_eq!(resolved["fields"][0]["type"]["items"]["fields"][0]["type"]["name"], json!("Money"));
    }

    /// `normalize=true` has them by subject and version, each once, and looks up what `latest` is afterwards.
    async fn normalised(server) {
        for subject in ["b", "a"] {
            server.registered(subject, &record(&subject.to_uppercase(), &[r#""name":"x","type":"int""#])).await;
        }
        let schema = record("R", &[r#""name":"a","type":"A""#, r#""name":"b","type":"B""#]);
        let spellings = [
            vec![("B", "b", 1), ("A", "a", 1)],
            vec![("A", "a", 1), ("B", "b", 1)],
            vec![("B", "b", 1), ("A", "a", -1), ("B", "b", 1), ("A", "a", 1)],
        ];
        let path = "/subjects/r/versions?normalize=true";
        let first = server.post(path, body(&schema, &spellings[0])).await.ok();
        let expected = json!([{"name": "A", "subject": "a", "version": 1}, {"name": "B", "subject": "b", "version": 1}]);
        assert_eq!(first["references"], expected);
        for spelling in &spellings {
            let again = server.post(path, body(&schema, spelling)).await.ok();
            assert_eq!((&again["id"], &again["version"]), (&first["id"], &json!(1)), "{spelling:?}");
            let found = server.post("/subjects/r?normalize=true", body(&schema, spelling)).await.ok();
            assert_eq!(found["version"], json!(1), "{spelling:?}");
        }
        let kept = register(&server, "as-written", body(&schema, &spellings[0])).await.ok();
        assert_eq!(kept["references"][0]["name"], json!("B"), "as they were written where nobody asks for more");
    }

    async fn a_change_in_what_is_referred_to(server) {
        server.registered("money", &record("Money", &[r#""name":"cents","type":"long""#])).await;
        let line = record("Line", &[r#""name":"price","type":"Money""#]);
        register(&server, "line", body(&line, &[("Money", "money", 1)])).await.ok();
        server.put("/config/money", json!({"compatibility": "NONE"})).await.ok();
        server.registered("money", &record("Money", &[r#""name":"cents","type":"string""#])).await;
        let refused = register(&server, "line", body(&line, &[("Money", "money", 2)])).await;
        assert_eq!(refused.problem(), (409, 409), "{}", refused.text());
        assert!(refused.message().contains("TYPE_MISMATCH"), "{}", refused.message());
    }

    async fn what_cannot_be_resolved(server) {
        server.registered("money", &record("Money", &[r#""name":"cents","type":"long""#])).await;
        let line = record("Line", &[r#""name":"price","type":"Money""#]);
        for (given, said) in [
            (body(&line, &[]), "schema:1:"),
            (body(&line, &[("Money", "nobody", 1)]), "version 1 of subject `nobody`"),
            (body(&line, &[("Money", "money", 7)]), "version 7 of subject `money`"),
            (body(&line, &[("Money", "money", 0)]), "version 0 of subject `money`"),
            (body(&line, &[("Money", "nobody", -1)]), "version latest of subject `nobody`"),
            (json!({"schema": line, "references": [{"subject": "money", "version": 1}]}), "references[0] has no name"),
            (json!({"schema": line, "references": [{"name": "Money", "version": 1}]}), "references[0] has no subject"),
            (json!({"schema": line, "references": [{"name": "Money", "subject": "money"}]}), "references[0] has no version"),
        ] {
            let answer = register(&server, "line", given).await;
            assert_eq!(answer.problem(), (422, 42201), "{said}");
            assert!(answer.message().contains(said), "{}", answer.message());
        }
        assert_eq!(server.get("/subjects").await.ok(), json!(["money"]));
    }

    /// Fault seen elsewhere: a table of names for the whole process, filled by any schema and by mere checks.
    async fn a_type_of_another_subject_is_not_visible(server) {
        server.registered("money", &record("Money", &[r#""name":"cents","type":"long""#])).await;
        let line = record("Line", &[r#""name":"price","type":"Money""#]);
        assert_eq!(server.register("line", &line).await.problem(), (422, 42201));
        let both = format!("[{},{line}]", record("Money", &[r#""name":"cents","type":"long""#]));
        server.post("/compatibility/subjects/line/versions", json!({"schema": both})).await.ok();
        assert_eq!(server.register("line", &line).await.problem(), (422, 42201));
    }

    /// A chain as long as is allowed is followed without recursion; one more is refused.
    async fn as_many_as_allowed(server) {
        server.registered("t0", &record("T0", &[r#""name":"x","type":"int""#])).await;
        for number in 1..=120 {
            let before = format!("T{}", number - 1);
            let schema = record(&format!("T{number}"), &[&format!(r#""name":"x","type":"{before}""#)]);
            let subject = format!("t{}", number - 1);
            register(&server, &format!("t{number}"), body(&schema, &[(&before, &subject, 1)])).await.ok();
        }
        let many: Vec<(&str, &str, i64)> = vec![("T0", "t0", 1); 1001];
        let refused = register(&server, "many", body(r#""int""#, &many)).await;
        assert_eq!(refused.problem(), (422, 42201));
        assert!(refused.message().contains("--max-references"), "{}", refused.message());
    }
}
