//! What concerns all routes: paths, methods, media types, request ids.

use hyper::body::Bytes;
use hyper::{Method, StatusCode};
use serde_json::json;

use crate::http::order_v1;
use crate::support::server::serves;

serves! {
    /// Faults seen elsewhere: percent-encoding kept in names, `+` turned into a space.
    async fn subjects_as_clients_write_them(server) {
        for (written, subject) in [
            ("ck%2Fodd%20name%2B%25%C3%A9%3Aaaaa", "ck/odd name+%é:aaaa"),
            ("fz%2Fodd%20name+%25%C3%A9:aaaa", "fz/odd name+%é:aaaa"),
            ("sc%2Fodd+name%3A%C3%A9", "sc/odd+name:é"),
            ("a%252Fb", "a%2Fb"),
            ("*", "*"),
            (":.:qualified", "qualified"),
        ] {
            server.registered(written, &order_v1()).await;
            let read = server.get(&format!("/subjects/{written}/versions/1")).await.ok();
            assert_eq!(read["subject"], json!(subject), "{written}");
            let listed = server.get("/subjects").await.ok();
            assert!(listed.as_array().unwrap().contains(&json!(subject)), "{listed}");
            server.put(&format!("/config/{written}"), json!({"compatibility": "NONE"})).await.ok();
            server.get(&format!("/config/{written}")).await.ok();
        }
    }

    async fn a_trailing_slash_means_nothing(server) {
        server.registered("orders", &order_v1()).await;
        for path in ["/subjects/", "/config/", "/schemas/ids/1/", "/subjects/orders/versions/", "/subjects/orders/versions/1/?deleted=true"] {
            server.get(path).await.ok();
        }
    }

    /// Faults seen elsewhere: own endpoints shadow subjects; `..` and `.` cleaned by clients are answered with a guess.
    async fn no_name_is_taken(server) {
        for subject in ["match", "validate", "versions", "metadata", "ids", "health", "api"] {
            server.registered(subject, &order_v1()).await;
            assert_eq!(server.get(&format!("/subjects/{subject}/versions")).await.ok(), json!([1]), "{subject}");
        }
    }

    /// Associations are asked for by default; anything but 404 breaks the serialisers of Confluent's clients.
    async fn unknown_paths_and_wrong_methods(server) {
        for (method, path, problem, message) in [
            (Method::GET, "/moon", (404, 404), "HTTP 404 Not Found"),
            (Method::GET, "/associations/resources/-/t?resourceType=topic&associationType=value", (404, 404), "HTTP 404 Not Found"),
            (Method::POST, "/associations", (404, 404), "HTTP 404 Not Found"),
            (Method::GET, "/subjects//versions", (404, 404), "HTTP 404 Not Found"),
            (Method::GET, "/mode", (404, 404), "HTTP 404 Not Found"),
            (Method::GET, "/contexts", (404, 404), "HTTP 404 Not Found"),
            (Method::PUT, "/subjects", (405, 405), "HTTP 405 Method Not Allowed"),
            (Method::POST, "/schemas/ids/1", (405, 405), "HTTP 405 Method Not Allowed"),
            (Method::PATCH, "/config", (405, 405), "HTTP 405 Method Not Allowed"),
            (Method::TRACE, "/", (405, 405), "HTTP 405 Method Not Allowed"),
        ] {
            let answer = server.send(method.clone(), path, &[], Bytes::new()).await;
            assert_eq!((answer.problem(), answer.message()), (problem, message.to_owned()), "{method} {path}");
            assert!(!answer.header("x-request-id").is_empty(), "{method} {path}");
        }
        let answer = server.send(Method::PUT, "/subjects", &[], Bytes::new()).await;
        assert!(answer.header("allow").contains("GET"), "{:?}", answer.headers);
    }

    /// Fault seen elsewhere: HEAD is 405.
    async fn head_where_get_is(server) {
        server.registered("orders", &order_v1()).await;
        for path in ["/", "/subjects", "/schemas/ids/1", "/subjects/orders/versions/latest", "/config", "/metrics", "/health/ready"] {
            let get = server.get(path).await;
            let head = server.send(Method::HEAD, path, &[], Bytes::new()).await;
            assert_eq!((head.status, head.body.len()), (StatusCode::OK, 0), "{path}");
            assert_eq!(head.header("content-type"), get.header("content-type"), "{path}");
            if path != "/metrics" {
                assert_eq!(head.header("content-length"), get.body.len().to_string(), "{path}");
            }
        }
        let missing = server.send(Method::HEAD, "/schemas/ids/9", &[], Bytes::new()).await;
        assert_eq!((missing.status.as_u16(), missing.body.len()), (404, 0));
    }

    async fn the_type_of_the_answer(server) {
        for (accept, status, kind) in [
            ("*/*", 200, "application/vnd.schemaregistry.v1+json"),
            ("application/json", 200, "application/json"),
            ("application/vnd.schemaregistry+json", 200, "application/vnd.schemaregistry+json"),
            ("application/json, text/plain, */*", 200, "application/vnd.schemaregistry.v1+json"),
            ("text/html", 406, "application/vnd.schemaregistry.v1+json"),
        ] {
            let answer = server.send(Method::GET, "/subjects", &[("accept", accept)], Bytes::new()).await;
            assert_eq!((answer.status.as_u16(), answer.header("content-type")), (status, kind), "{accept}");
        }
        let error = server.send(Method::GET, "/schemas/ids/9", &[("accept", "application/json")], Bytes::new()).await;
        assert_eq!(error.header("content-type"), "application/json");
    }

    async fn the_type_of_the_body(server) {
        let body = json!({"schema": "\"int\""}).to_string();
        for (kind, status) in [
            ("application/vnd.schemaregistry.v1+json", 200),
            ("application/vnd.schemaregistry+json", 200),
            ("application/json; charset=utf-8", 200),
            ("application/octet-stream", 200),
            ("text/plain", 415),
            ("application/x-www-form-urlencoded", 415),
        ] {
            let headers = [("content-type", kind)];
            let answer = server.send(Method::POST, "/subjects/s/versions", &headers, body.clone().into()).await;
            assert_eq!(answer.status.as_u16(), status, "{kind}");
        }
        server.send(Method::POST, "/subjects/s/versions", &[], body.clone().into()).await.ok();
        let headers = [("content-type", "application/vnd.schemaregistry.v1+json")];
        server.send(Method::GET, "/subjects", &headers, Bytes::new()).await.ok();
    }

    async fn every_answer_names_its_request(server) {
        let given = server.send(Method::GET, "/subjects", &[("x-request-id", "abc-1")], Bytes::new()).await;
        assert_eq!(given.header("x-request-id"), "abc-1");
        let long = "x".repeat(500);
        let replaced = server.send(Method::GET, "/subjects", &[("x-request-id", &long)], Bytes::new()).await;
        assert_eq!(replaced.header("x-request-id").len(), 36);
        assert_ne!(server.get("/").await.header("x-request-id"), server.get("/").await.header("x-request-id"));
    }
}
