//! What a registry acknowledged, and whether it is all still there.
//!
//! The invariants that hold after every accident: what was acknowledged is there with the same id and bytes, and what was
//! deleted is gone; an id names one content; versions have no gaps but deletions; the registry writes again.

use std::collections::{BTreeMap, BTreeSet};
use std::net::SocketAddr;

use hyper::Method;
use hyper::body::Bytes;
use serde_json::{Value, json};

use super::server::{Answer, Client, record};

/// What is known of a version.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum State {
    Live,
    Deleted,
    Purged,
    /// It was live, and a delete was sent whose answer never came (or was an outage).
    PerhapsDeleted,
    PerhapsPurged,
}

#[derive(Debug, Clone)]
struct Version {
    id: i64,
    schema: String,
    state: State,
}

/// What was acknowledged, by subject and version.
#[derive(Debug, Clone, Default)]
pub struct Ledger {
    versions: BTreeMap<(String, i64), Version>,
    /// Subjects with a registration whose outcome is not known: it may have taken the number of a purged version.
    unknown: BTreeSet<String>,
}

impl Ledger {
    /// How many registrations were acknowledged.
    pub fn len(&self) -> usize {
        self.versions.len()
    }

    /// Notes the answer to a registration: an acknowledgement, or an outage.
    pub fn registered(&mut self, subject: &str, answer: &Answer) {
        if answer.status != 200 {
            self.unanswered(subject);
            return;
        }
        let body = answer.json();
        let version = Version {
            id: body["id"].as_i64().expect("an id"),
            schema: body["schema"].as_str().expect("a schema").to_owned(),
            state: State::Live,
        };
        let number = body["version"].as_i64().expect("a version");
        self.versions.insert((subject.to_owned(), number), version);
    }

    /// Notes that a registration was sent and never answered.
    pub fn unanswered(&mut self, subject: &str) {
        self.unknown.insert(subject.to_owned());
    }

    /// Notes that a delete of a version is sent.
    pub fn deleting(&mut self, subject: &str, number: i64, permanent: bool) {
        self.set(
            subject,
            number,
            if permanent {
                State::PerhapsPurged
            } else {
                State::PerhapsDeleted
            },
        );
    }

    /// Notes that it was acknowledged.
    pub fn deleted(&mut self, subject: &str, number: i64, permanent: bool) {
        self.set(subject, number, if permanent { State::Purged } else { State::Deleted });
    }

    fn set(&mut self, subject: &str, number: i64, state: State) {
        let version = self.versions.get_mut(&(subject.to_owned(), number));
        version.expect("an acknowledged version").state = state;
    }

    /// What another client was told.
    pub fn extend(&mut self, other: Ledger) {
        self.versions.extend(other.versions);
        self.unknown.extend(other.unknown);
    }

    /// Asserts the invariants, and that the registry writes again. How many versions were looked at.
    pub async fn holds(&self, address: SocketAddr) -> usize {
        let mut client = Client::connect(address).await;
        self.is_there(&mut client).await;
        self.has_no_gaps(&mut client).await;
        let subject = format!("again-{}", self.len());
        let schema = record(&format!("Again{}", self.len()), &[r#""name":"id","type":"string""#]);
        let body = json!({ "schema": schema });
        let answer = client
            .json(Method::POST, &format!("/subjects/{subject}/versions"), body)
            .await;
        assert_eq!(
            answer.status,
            200,
            "the registry does not write again: {}",
            answer.text()
        );
        self.versions.len()
    }

    /// Asserts what only needs reading.
    pub async fn can_be_read(&self, address: SocketAddr) {
        self.is_there(&mut Client::connect(address).await).await;
    }

    async fn is_there(&self, client: &mut Client) {
        let mut content: BTreeMap<i64, &str> = BTreeMap::new();
        for ((subject, number), version) in &self.versions {
            let one = *content.entry(version.id).or_insert(&version.schema);
            assert_eq!(one, version.schema, "one id, two schemas: {}", version.id);
            let live = get(client, &format!("/subjects/{subject}/versions/{number}")).await;
            let stored = get(client, &format!("/subjects/{subject}/versions/{number}?deleted=true")).await;
            let purged = matches!(version.state, State::Purged | State::PerhapsPurged);
            if purged && self.unknown.contains(subject) && stored.status == 200 {
                let other = stored.json()["schema"] != *version.schema;
                assert!(
                    other || version.state == State::PerhapsPurged,
                    "{subject} {number} came back: {}",
                    stored.text()
                );
                continue;
            }
            let (seen, hidden): (&[u16], &[u16]) = match version.state {
                State::Live => (&[200], &[200]),
                State::Deleted => (&[404], &[200]),
                State::Purged => (&[404], &[404]),
                State::PerhapsDeleted => (&[200, 404], &[200]),
                State::PerhapsPurged => (&[404], &[200, 404]),
            };
            assert!(
                seen.contains(&live.status.as_u16()),
                "{subject} {number} {version:?}: {}",
                live.text()
            );
            assert!(
                hidden.contains(&stored.status.as_u16()),
                "{subject} {number} {version:?}: {}",
                stored.text()
            );
            if stored.status == 200 {
                let body = stored.json();
                assert_eq!(
                    (body["id"].as_i64(), body["schema"].as_str()),
                    (Some(version.id), Some(&*version.schema)),
                    "{subject} {number}"
                );
                let named = get(client, &format!("/schemas/ids/{}", version.id)).await;
                assert_eq!(named.ok()["schema"], *version.schema, "id {}", version.id);
            }
        }
    }

    async fn has_no_gaps(&self, client: &mut Client) {
        let mut subjects: Vec<&str> = self.versions.keys().map(|(subject, _)| &**subject).collect();
        subjects.dedup();
        for subject in subjects {
            let answer = get(client, &format!("/subjects/{subject}/versions?deleted=true")).await;
            if answer.status == 404 {
                continue; // All of them are purged, as `is_there` has seen.
            }
            let stored: Vec<i64> = answer
                .ok()
                .as_array()
                .expect("a list")
                .iter()
                .filter_map(Value::as_i64)
                .collect();
            for number in 1..=stored.last().copied().unwrap_or(0) {
                let known = self.versions.get(&(subject.to_owned(), number));
                let may_miss =
                    known.is_some_and(|version| matches!(version.state, State::Purged | State::PerhapsPurged));
                assert!(
                    stored.contains(&number) || may_miss,
                    "{subject} has no version {number}: {stored:?}"
                );
            }
        }
    }
}

async fn get(client: &mut Client, path: &str) -> Answer {
    client.send(Method::GET, path, &[], Bytes::new()).await
}
