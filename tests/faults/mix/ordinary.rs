//! What services and people ask of a registry all day.

use std::net::SocketAddr;

use hyper::Method;
use hyper::body::Bytes;
use serde_json::{Value, json};

use super::random::Random;
use crate::support::server::{Answer, Client, record};

/// Subjects of each client.
const SUBJECTS: usize = 5;

/// A record with this many fields that all have defaults: each reads all others.
fn schema(subject: &str, fields: usize) -> String {
    let fields: Vec<String> = (0..fields)
        .map(|field| format!(r#""name":"field_{field}","type":"int","default":0"#))
        .collect();
    record(
        &subject.replace('-', "_"),
        &fields.iter().map(String::as_str).collect::<Vec<_>>(),
    )
}

/// A success, something that is not there, or a 503 that says when to come back.
fn check(answer: &Answer, what: &str) {
    let status = answer.status.as_u16();
    let comes_back = status == 503 && !answer.header("retry-after").is_empty();
    assert!(
        status == 200 || status == 404 || comes_back,
        "{what}: {status} {}",
        answer.text()
    );
}

/// Sends `count` requests over one connection, one after another.
pub async fn send(address: SocketAddr, mut random: Random, run: usize, client: usize, count: usize) {
    let mut connection = Client::connect(address).await;
    let mut versions = [0; SUBJECTS];
    for _ in 0..count {
        let place = random.below(SUBJECTS);
        let subject = format!("ordinary-{run}-{client}-{place}");
        let get = async |connection: &mut Client, path: String| {
            let answer = connection.send(Method::GET, &path, &[], Bytes::new()).await;
            check(&answer, &path);
            answer
        };
        match random.below(10) {
            0 => {
                let body = json!({"schema": schema(&subject, versions[place])});
                let path = format!("/subjects/{subject}/versions");
                let answer = connection.json(Method::POST, &path, body).await;
                check(&answer, &path);
                if answer.status == 200 {
                    versions[place] += 1;
                    assert_eq!(answer.json()["version"], json!(versions[place]), "{path}");
                }
            }
            1 | 2 if versions[place] > 0 => {
                let body = json!({"schema": schema(&subject, versions[place] - 1)});
                let answer = connection
                    .json(Method::POST, &format!("/subjects/{subject}"), body)
                    .await;
                check(&answer, &subject);
                if answer.status == 200 {
                    assert_eq!(answer.json()["version"], json!(versions[place]), "{subject}");
                }
            }
            3 => {
                let body = json!({"schema": schema(&subject, random.below(20))});
                let path = format!("/compatibility/subjects/{subject}/versions/latest?verbose=true");
                check(&connection.json(Method::POST, &path, body).await, &path);
            }
            4 => {
                get(&mut connection, "/subjects".to_owned()).await;
            }
            5 => {
                get(&mut connection, format!("/subjects/{subject}/versions")).await;
            }
            _ => {
                let answer = get(&mut connection, format!("/subjects/{subject}/versions/latest")).await;
                if answer.status == 200 {
                    assert_eq!(answer.json()["version"], json!(versions[place]), "{subject}");
                }
            }
        }
    }
}

/// Every subject that is listed can be read, each of its versions with the schema that its id names.
pub async fn is_whole(address: SocketAddr) {
    let mut connection = Client::connect(address).await;
    let mut get = async |path: &str| connection.send(Method::GET, path, &[], Bytes::new()).await.ok();
    let subjects = get("/subjects?subjectPrefix=ordinary-").await;
    for subject in subjects.as_array().into_iter().flatten().filter_map(Value::as_str) {
        let versions = get(&format!("/subjects/{subject}/versions")).await;
        let count = versions.as_array().map_or(0, Vec::len);
        assert_eq!(versions, json!((1..=count).collect::<Vec<_>>()), "{subject}");
        for version in 1..=count {
            let stored = get(&format!("/subjects/{subject}/versions/{version}")).await;
            assert_eq!(
                stored["schema"],
                json!(schema(subject, version - 1)),
                "{subject} {version}"
            );
            let by_id = get(&format!("/schemas/ids/{}", stored["id"])).await;
            assert_eq!(by_id["schema"], stored["schema"], "{subject} {version}");
        }
    }
}
