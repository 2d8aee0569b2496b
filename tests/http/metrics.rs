//! `/metrics`

use crate::http::{order_broken, order_v1};
use crate::support::server::serves;

serves! {
    async fn what_is_counted(server) {
        server.registered("orders", &order_v1()).await;
        server.registered("orders", &order_v1()).await;
        server.register("orders", &order_broken()).await;
        server.get("/schemas/ids/1").await;
        server.get("/schemas/ids/1").await;
        let answer = server.get("/metrics").await;
        assert!(answer.header("content-type").starts_with("application/openmetrics-text"), "{:?}", answer.headers);
        let text = answer.text();
        for line in [
            r#"treaty_http_requests_total{route="/subjects/{subject}/versions",method="POST",status="2xx"} 2"#,
            r#"treaty_http_requests_total{route="/subjects/{subject}/versions",method="POST",status="4xx"} 1"#,
            r#"treaty_http_request_duration_seconds_count{route="/schemas/ids/{id}"} 2"#,
            r#"treaty_registrations_total{outcome="new"} 1"#,
            r#"treaty_registrations_total{outcome="known"} 1"#,
            r#"treaty_registrations_total{outcome="incompatible"} 1"#,
            "treaty_http_requests_in_flight 1",
            "# EOF",
        ] {
            assert!(text.contains(line), "{line} is missing in\n{text}");
        }
    }

    /// Fault seen elsewhere: every unknown path becomes a series.
    async fn no_path_becomes_a_label(server) {
        let mut client = server.client().await;
        for number in 0..500 {
            let path = format!("/moon/{number}");
            client.send(hyper::Method::GET, &path, &[], hyper::body::Bytes::new()).await;
            let path = format!("/subjects/s{number}/versions");
            client.send("MOVE".parse().unwrap(), &path, &[], hyper::body::Bytes::new()).await;
        }
        let text = server.get("/metrics").await.text();
        assert!(!text.contains("moon") && !text.contains("s499") && !text.contains("MOVE"), "{text}");
        assert!(text.contains(r#"{route="unmatched",method="GET",status="4xx"} 500"#), "{text}");
        assert!(text.len() < 64 << 10, "{} bytes", text.len());
    }
}
