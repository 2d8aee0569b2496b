//! `POST /api/v1/subjects/{subject}/check`

use serde_json::{Value, json};

use super::{AMOUNT, contract, order};
use crate::support::database::on_both;
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

on_both! {
    /// Who does not say what it reads is told and stops nobody, unless whoever runs the registry wants it so.
    async fn a_consumer_that_does_not_say_what_it_reads(database) {
        use treaty_server::UndeclaredReads::{Undecided, Warn};

        for (undeclared_reads, standing, verdict) in [(Warn, "undeclared", "compatible"), (Undecided, "unknown", "undecided")] {
            let server = TestServer::start_with(&database, |config| config.undeclared_reads = undeclared_reads).await;
            server.registered("orders", &order(AMOUNT)).await;
            let text = "contract: 1\napplication: archive\nreceives: [{event: Order, subject: orders}]\n";
            let sent = json!({"file": {"name": "treaty.yaml", "text": text}});
            server.put("/api/v1/contracts/archive", sent).await.ok();
            server.put("/api/v1/contracts/billing", contract("billing", 1, "all")).await.ok();
            let report = check(&server, &order(r#""name":"amount","type":"long","default":1"#)).await;
            assert_eq!(report["verdict"], json!(verdict));
            let mut told = verdicts(&report);
            told.sort_unstable();
            assert_eq!(told, [("archive", standing), ("billing", "compatible")]);
            let summary = report["subjects"][0]["summary"].as_str().unwrap();
            assert!(summary.contains("archive"), "{summary}");
            // Who says it is judged as ever.
            let report = check(&server, &order(r#""name":"price","type":"long","default":1"#)).await;
            assert_eq!(report["verdict"], json!("incompatible"));
            server.stop().await;
        }
    }
}

/// What `/metrics` says of the contracts that were opened: those found in memory, those not, and the bytes that they hold.
async fn opened(server: &TestServer) -> [u64; 3] {
    let metrics = server.get("/metrics").await.text();
    let wanted = [
        "cache=\"contracts\",outcome=\"hit\"",
        "cache=\"contracts\",outcome=\"miss\"",
        "treaty_cache_bytes{cache=\"contracts\"",
    ];
    wanted.map(|wanted| {
        let line = metrics.lines().find(|line| line.contains(wanted)).expect("a number");
        line.rsplit(' ').next().unwrap().parse().unwrap()
    })
}

on_both! {
    /// Many contracts, few of which fit into memory together: each is asked all the same, and no more is held than is allowed.
    async fn more_contracts_than_are_kept_open(database) {
        const LIMIT: u64 = 256 << 10;
        let server = TestServer::start_with(&database, |config| config.contract_cache_bytes = LIMIT).await;
        server.registered("orders", &order(AMOUNT)).await;
        let names: Vec<String> = (0..40).map(|number| format!("app{number:02}")).collect();
        for application in &names {
            server.put(&format!("/api/v1/contracts/{application}"), contract(application, 1, "[id, amount]")).await.ok();
        }
        for _ in 0..3 {
            let report = check(&server, &order(r#""name":"price","type":"long","default":1"#)).await;
            let found: Vec<&str> = verdicts(&report).into_iter().map(|(application, _)| application).collect();
            assert_eq!(found, names);
            let [_, _, bytes] = opened(&server).await;
            assert!(bytes > LIMIT / 4 && bytes <= LIMIT, "{bytes} bytes");
        }
        server.stop().await;
    }
}

serves! {
    /// A contract is read and parsed by the first check that it counts for; what replaced it, or took it away, counts at once.
    async fn a_contract_is_opened_once(server) {
        server.registered("orders", &order(AMOUNT)).await;
        for (application, reads) in [("billing", "[id, amount]"), ("mailer", "[id, note]")] {
            server.put(&format!("/api/v1/contracts/{application}"), contract(application, 1, reads)).await.ok();
        }
        let renamed = order(r#""name":"price","type":"long","default":1"#);
        let first = check(&server, &renamed).await;
        assert_eq!(verdicts(&first), [("billing", "silent"), ("mailer", "compatible")]);
        let [hits, misses, _] = opened(&server).await;
        let second = check(&server, &renamed).await;
        assert_eq!(second, first);
        let [later, same, bytes] = opened(&server).await;
        assert_eq!((later - hits, same - misses), (2, 0));
        assert!(bytes > 0);

        server.put("/api/v1/contracts/mailer", contract("mailer", 1, "[amount]")).await.ok();
        assert_eq!(verdicts(&check(&server, &renamed).await), [("billing", "silent"), ("mailer", "silent")]);
        server.delete("/api/v1/contracts/billing").await.ok();
        assert_eq!(verdicts(&check(&server, &renamed).await), [("mailer", "silent")]);
    }

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
        // Nobody is affected.
        let fine = check(&server, &order(r#""name":"amount","type":"long","default":1"#)).await;
        assert_eq!(fine["verdict"], json!("compatible"));
        assert_eq!(server.get("/subjects/orders/versions").await.ok(), json!([1]), "a check writes nothing");
    }

    /// The level of the subject and the one that the sender wants both have to allow the schema.
    async fn by_two_levels(server) {
        server.registered("orders", &order(AMOUNT)).await;
        let body = |mode: &str| json!({"schema": "\"int\"", "mode": mode});
        for (level, mode, verdict) in [
            ("BACKWARD", "NONE", "incompatible"),
            ("NONE", "FULL", "incompatible"),
            ("NONE", "NONE", "compatible"),
        ] {
            server.put("/config/orders", json!({"compatibility": level})).await.ok();
            let report = server.post("/api/v1/subjects/orders/check", body(mode)).await.ok();
            let subject = &report["subjects"][0];
            assert_eq!((&report["verdict"], &subject["mode"]), (&json!(verdict), &json!(level)));
            let wanted = (level != mode).then_some(mode);
            assert_eq!(subject["wanted"], json!(wanted));
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
