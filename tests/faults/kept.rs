//! What has to hold whatever happened: every stored schema can be read, an id never names two contents, versions have no gaps
//! but those that deletions left, and what was acknowledged is there.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use hyper::Method;
use serde_json::{Value, json};
use tokio::sync::Barrier;

use crate::support::database::TestDatabase;
use crate::support::server::{Answer, TestServer};

/// What clients were told, and what every id was seen to name.
#[derive(Default)]
pub struct Kept {
    contents: Mutex<BTreeMap<i64, Value>>,
}

impl Kept {
    /// What an answer says that an id names is what every other answer said.
    pub fn names(&self, id: &Value, answer: &Value) {
        let parts = ["schema", "schemaType", "references", "metadata", "ruleSet"];
        let content: Value = parts.iter().map(|&part| answer.get(part).cloned()).collect();
        let id = id.as_i64().expect("an id");
        let mut contents = self.contents.lock().expect("the contents");
        let first = contents.entry(id).or_insert_with(|| content.clone());
        assert_eq!(*first, content, "the id {id} names two contents");
    }

    /// Notes what a registration was answered, if it was accepted; otherwise it was refused for a reason and no fault of ours.
    pub fn registered(&self, answer: &Answer) -> Option<Value> {
        if answer.status != 200 {
            assert!(matches!(answer.status.as_u16(), 404 | 409 | 422), "{}", answer.text());
            return None;
        }
        let body = answer.ok();
        self.names(&body["id"], &body);
        Some(body)
    }

    /// Whether a subject holds what it should: each of its schemas can be read with its references, by number and by id, and a
    /// further registration finds all of them in order. `gaps` are the numbers that were deleted for good.
    pub async fn subject(&self, server: &TestServer, subject: &str, gaps: &[i64]) {
        let listed = server.get(&format!("/subjects/{subject}/versions?deleted=true")).await;
        if listed.status == 404 {
            return;
        }
        let numbers: Vec<i64> = serde_json::from_value(listed.ok()).expect("numbers");
        let last = numbers.last().copied().unwrap_or(0);
        let missing: Vec<i64> = (1..=last).filter(|number| !numbers.contains(number)).collect();
        assert!(
            missing.iter().all(|number| gaps.contains(number)),
            "{subject}: {missing:?} are missing"
        );
        for number in numbers {
            let path = format!("/subjects/{subject}/versions/{number}");
            let version = server.get(&format!("{path}?deleted=true")).await.ok();
            self.names(&version["id"], &version);
            let by_id = server.get(&format!("/schemas/ids/{}", version["id"])).await.ok();
            self.names(&version["id"], &by_id);
            // Written out, so that it is understood together with what it refers to.
            let resolved = server.get(&format!("{path}?deleted=true&format=resolved")).await;
            assert_eq!(resolved.status, 200, "{subject} {number}: {}", resolved.text());
            for reference in version["references"].as_array().into_iter().flatten() {
                let (name, number) = (reference["subject"].as_str().expect("a subject"), &reference["version"]);
                let target = server
                    .get(&format!("/subjects/{name}/versions/{number}?deleted=true"))
                    .await
                    .ok();
                self.names(&target["id"], &target);
            }
        }
        // The whole history is understood: a check against all of it has an answer.
        let check = format!("/compatibility/subjects/{subject}/versions?verbose=true");
        server.post(&check, json!({"schema": "\"string\""})).await.ok();
    }

    /// Whether what a registration was answered is still there; `None` for one that was refused.
    pub async fn is_there(&self, server: &TestServer, subject: &str, registered: Option<&Value>) {
        let Some(registered) = registered else { return };
        let path = format!("/subjects/{subject}/versions/{}", registered["version"]);
        let stored = server.get(&path).await.ok();
        assert_eq!(
            (&stored["id"], &stored["schema"]),
            (&registered["id"], &registered["schema"]),
            "{subject}"
        );
    }
}

/// How many rounds a table has; `TREATY_TEST_ROUNDS` says more, as `ci/soak` does.
pub fn rounds(few: usize) -> usize {
    let rounds = std::env::var("TREATY_TEST_ROUNDS").ok();
    rounds.and_then(|rounds| rounds.parse().ok()).unwrap_or(few)
}

/// Servers on one database: on PostgreSQL two nodes, on SQLite the one that there can be.
pub async fn nodes(database: &TestDatabase) -> Vec<TestServer> {
    let mut servers = Vec::new();
    for _ in 0..if database.is_sqlite() { 1 } else { 2 } {
        // A machine that is busy with something else may take its time: what is tried here is not how long.
        let server = TestServer::start_with(database, |config| config.request_timeout = Duration::from_secs(300));
        servers.push(server.await);
    }
    servers
}

/// Sends all of these at one moment, to the servers in turn; the answers in the order of the requests.
pub async fn at_once(servers: &[&TestServer], requests: Vec<(String, Value)>) -> Vec<Answer> {
    let start = Arc::new(Barrier::new(requests.len()));
    let mut tasks = Vec::new();
    for (number, (path, body)) in requests.into_iter().enumerate() {
        let mut client = servers[number % servers.len()].client().await;
        let start = Arc::clone(&start);
        tasks.push(tokio::spawn(async move {
            start.wait().await;
            client.json(Method::POST, &path, body).await
        }));
    }
    let mut answers = Vec::new();
    for task in tasks {
        answers.push(task.await.expect("an answer"));
    }
    answers
}

/// Ends them.
pub async fn stop(servers: Vec<TestServer>) {
    for server in servers {
        server.stop().await;
    }
}

/// A body with references (name, subject, version) to a schema.
pub fn referring(schema: &str, references: &[(&str, &str, i64)]) -> Value {
    let references: Vec<Value> = references
        .iter()
        .map(|(name, subject, version)| json!({"name": name, "subject": subject, "version": version}))
        .collect();
    json!({"schema": schema, "references": references})
}
