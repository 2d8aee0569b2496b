//! Many who register under one subject at one time come one after the other.
//!
//! Fault seen here: each of more than 75 clients lost the race 64 times, and was told 503 though nothing was away.

use serde_json::{Value, json};

use super::kept::{Kept, at_once, nodes, referring, stop};
use crate::support::database::on_both;
use crate::support::server::record;

const CLIENTS: usize = 120;

fn schema(number: usize) -> String {
    record("R", &[&format!(r#""name":"f{number}","type":"int","default":0"#)])
}

/// Registrations of these under one subject.
fn to(subject: &str, bodies: impl Iterator<Item = Value>) -> Vec<(String, Value)> {
    bodies
        .map(|body| (format!("/subjects/{subject}/versions"), body))
        .collect()
}

on_both! {
    async fn everybody_gets_in(database) {
        let servers = nodes(&database).await;
        let kept = Kept::default();
        let bodies = (0..CLIENTS).map(|number| json!({"schema": schema(number)}));
        let answers = at_once(&servers.iter().collect::<Vec<_>>(), to("busy", bodies)).await;
        let mut versions = Vec::new();
        let mut ids = Vec::new();
        for answer in &answers {
            let registered = kept.registered(answer).unwrap_or_else(|| panic!("{}", answer.text()));
            versions.push(registered["version"].as_i64().expect("a version"));
            ids.push(registered["id"].as_i64().expect("an id"));
        }
        versions.sort_unstable();
        ids.sort_unstable();
        assert_eq!(versions, (1..=CLIENTS as i64).collect::<Vec<_>>());
        assert_eq!(ids, (1..=CLIENTS as i64).collect::<Vec<_>>());
        kept.subject(&servers[0], "busy", &[]).await;
        stop(servers).await;
    }

    /// Those who are refused, and those whose schema is there already, wait for nobody and write nothing.
    async fn some_are_refused_and_some_are_there(database) {
        let servers = nodes(&database).await;
        let kept = Kept::default();
        servers[0].registered("mixed", &schema(0)).await;
        let bodies = (0..CLIENTS).map(|number| {
            json!({"schema": match number % 3 {
                0 => schema(0),
                1 => schema(number),
                _ => record("R", &[&format!(r#""name":"must{number}","type":"int""#)]),
            }})
        });
        let answers = at_once(&servers.iter().collect::<Vec<_>>(), to("mixed", bodies)).await;
        let count = |status: u16| answers.iter().filter(|answer| answer.status == status).count();
        assert_eq!((count(200), count(409)), (CLIENTS / 3 * 2, CLIENTS / 3));
        let mut versions: Vec<i64> = answers
            .iter()
            .filter_map(|answer| kept.registered(answer)?["version"].as_i64())
            .collect();
        versions.sort_unstable();
        versions.dedup();
        assert_eq!(versions, (1..=CLIENTS as i64 / 3 + 1).collect::<Vec<_>>());
        stop(servers).await;
    }

    /// Every one has a reference, so that each is understood anew after the one before it.
    async fn with_references(database) {
        let servers = nodes(&database).await;
        let kept = Kept::default();
        servers[0].registered("money", &record("Money", &[])).await;
        let bodies = (0..CLIENTS / 4).map(|number| {
            let field = format!(r#""name":"f{number}","type":["null","Money"],"default":null"#);
            referring(&record("R", &[&field]), &[("Money", "money", -1)])
        });
        for answer in at_once(&servers.iter().collect::<Vec<_>>(), to("busy", bodies)).await {
            kept.registered(&answer).unwrap_or_else(|| panic!("{}", answer.text()));
        }
        kept.subject(&servers[0], "busy", &[]).await;
        stop(servers).await;
    }
}
