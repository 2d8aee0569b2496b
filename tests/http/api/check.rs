//! `POST /api/v1/subjects/{subject}/check`

use serde_json::{Value, json};

use super::{AMOUNT, contract, order};
use crate::support::server::{TestServer, serves};

async fn check(server: &TestServer, schema: &str) -> Value {
    let body = json!({"schema": schema, "file": "schemas/order.avsc"});
    server.post("/api/v1/subjects/orders/check", body).await.ok()
}

fn verdicts(report: &Value) -> Vec<(&str, &str)> {
    let consumers = report["subjects"][0]["consumers"].as_array().expect("consumers");
    let told = consumers
        .iter()
        .map(|each| (each["application"].as_str().unwrap(), each["verdict"].as_str().unwrap()));
    told.collect()
}

serves! {
    async fn names_who_breaks_and_who_does_not(server) {
        server.registered("orders", &order(AMOUNT)).await;
        for (application, reads) in [("billing", "[id, amount]"), ("mailer", "[id, note]")] {
            server.put(&format!("/api/v1/contracts/{application}"), contract(application, 1, reads)).await.ok();
        }
        // The mode forbids it and one consumer breaks.
        let report = check(&server, &order(r#""name":"amount","type":"string","default":"""#)).await;
        let subject = &report["subjects"][0];
        assert_eq!((&report["verdict"], &subject["mode"]), (&json!("incompatible"), &json!("BACKWARD")));
        assert_eq!(subject["ruleSets"], json!({"confluent": "incompatible", "semantic": "incompatible"}));
        assert_eq!(verdicts(&report), [("billing", "incompatible"), ("mailer", "compatible")]);
        let finding = &subject["findings"][0];
        assert_eq!((&finding["reader"]["file"], &finding["writer"]["file"]), (&json!("schemas/order.avsc"), &json!("orders@1")));
        assert_eq!(finding["evidence"], json!("witness"));
        let broken = &subject["consumers"][0]["findings"][0];
        assert_eq!(broken["contract"]["file"], json!("billing/treaty.yaml"));
        assert_eq!(broken["writer"]["file"], json!("schemas/order.avsc"));
        // The mode allows it, and yet one consumer would silently read a default.
        let removed = check(&server, &crate::support::server::record("Order", &[
            r#""name":"id","type":"long""#, r#""name":"note","type":"string","default":"""#,
        ])).await;
        assert_eq!(removed["subjects"][0]["ruleSets"]["confluent"], json!("compatible"));
        assert_eq!(verdicts(&removed), [("billing", "silent"), ("mailer", "compatible")]);
        assert_eq!(removed["verdict"], json!("incompatible"));
        // Nobody is hurt.
        let fine = check(&server, &order(r#""name":"amount","type":"long","default":1"#)).await;
        assert_eq!(fine["verdict"], json!("compatible"));
        assert_eq!(server.get("/subjects/orders/versions").await.ok(), json!([1]), "a check writes nothing");
    }

    async fn by_another_mode(server) {
        server.registered("orders", &order(AMOUNT)).await;
        let body = |mode: &str| json!({"schema": "\"int\"", "mode": mode});
        for (mode, verdict) in [("NONE", "compatible"), ("FULL", "incompatible")] {
            let report = server.post("/api/v1/subjects/orders/check", body(mode)).await.ok();
            assert_eq!((&report["verdict"], &report["subjects"][0]["mode"]), (&json!(verdict), &json!(mode)));
        }
        assert_eq!(server.post("/api/v1/subjects/orders/check", body("MOON")).await.problem(), (400, 400));
    }

    async fn of_what_is_not_there_or_no_schema(server) {
        let report = server.post("/api/v1/subjects/nobody/check", json!({"schema": "\"int\""})).await.ok();
        assert_eq!(report["subjects"][0]["against"], json!([]));
        assert_eq!(report["verdict"], json!("compatible"));
        let invalid = server.post("/api/v1/subjects/orders/check", json!({"schema": "{", "file": "a.avsc"})).await;
        assert_eq!(invalid.problem(), (422, 42201));
        assert!(invalid.message().contains("a.avsc:1:2"), "{}", invalid.message());
    }
}
