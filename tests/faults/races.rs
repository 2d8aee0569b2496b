//! Tables of what may happen at one moment: registrations beside each other, and hard deletes beside registrations. After each
//! round everything holds that has to (see `kept`), whoever won.

use serde_json::{Value, json};

use super::kept::{Kept, at_once, nodes, referring, rounds, stop};
use crate::support::database::on_both;
use crate::support::server::{Answer, TestServer, record};

/// Rounds of each row.
const ROUNDS: usize = 10;

fn field(number: usize) -> String {
    record("R", &[&format!(r#""name":"f{number}","type":"int","default":0"#)])
}

fn money(number: usize) -> String {
    record(
        "Money",
        &[&format!(r#""name":"amount{number}","type":"long","default":0"#)],
    )
}

/// A round of a row: its servers, the ledger, its number, and what is told of whom by its name.
struct Round<'r> {
    servers: Vec<&'r TestServer>,
    kept: &'r Kept,
    number: usize,
    row: &'static str,
}

impl Round<'_> {
    fn name(&self, subject: &str) -> String {
        format!("{}-{}-{subject}", self.row.replace(' ', "-"), self.number)
    }

    fn server(&self, number: usize) -> &TestServer {
        self.servers[(self.number + number) % self.servers.len()]
    }

    async fn registers(&self, subject: &str, body: Value) -> Answer {
        self.server(0)
            .post(&format!("/subjects/{}/versions", self.name(subject)), body)
            .await
    }

    /// Registers all of these at one moment, and notes what was answered.
    async fn register_at_once(&self, subject: &str, bodies: Vec<Value>) -> Vec<Option<Value>> {
        let path = format!("/subjects/{}/versions", self.name(subject));
        let requests = bodies.into_iter().map(|body| (path.clone(), body)).collect();
        let answers = at_once(&self.servers, requests).await;
        answers.iter().map(|answer| self.kept.registered(answer)).collect()
    }

    /// Deletes softly, then for good; each may be refused.
    async fn purge(&self, subject: &str, version: Option<i64>) {
        let version = version
            .map(|version| format!("/versions/{version}"))
            .unwrap_or_default();
        let path = format!("/subjects/{}{version}", self.name(subject));
        for path in [path.clone(), format!("{path}?permanent=true")] {
            let answer = self.server(1).delete(&path).await;
            assert!(matches!(answer.status.as_u16(), 200 | 404 | 422), "{}", answer.text());
        }
    }

    async fn holds(&self, subjects: &[(&str, &[i64])]) {
        for server in &self.servers {
            for (subject, gaps) in subjects {
                self.kept.subject(server, &self.name(subject), gaps).await;
            }
        }
    }
}

fn order(money: &str, version: i64) -> Value {
    referring(
        &record("Order", &[r#""name":"total","type":"Money""#]),
        &[("Money", money, version)],
    )
}

async fn same_schema(round: &Round<'_>) {
    let told = round.register_at_once("s", vec![json!({"schema": field(0)}); 4]).await;
    assert!(
        told.iter()
            .all(|each| each.as_ref().is_some_and(|each| each["version"] == json!(1))),
        "{told:?}"
    );
    round.holds(&[("s", &[])]).await;
}

async fn different_schemas(round: &Round<'_>) {
    let bodies = (0..4).map(|number| json!({"schema": field(number)})).collect();
    for told in round.register_at_once("s", bodies).await {
        assert!(told.is_some(), "all of them are compatible");
        round
            .kept
            .is_there(round.server(1), &round.name("s"), told.as_ref())
            .await;
    }
    round.holds(&[("s", &[])]).await;
}

async fn foes(round: &Round<'_>) {
    let bodies = ["int", "string", "boolean"].map(|kind| json!({"schema": format!("\"{kind}\"")}));
    let told = round.register_at_once("s", bodies.to_vec()).await;
    assert_eq!(told.iter().flatten().count(), 1, "{told:?}");
    round.holds(&[("s", &[])]).await;
}

async fn one_schema_of_many_subjects(round: &Round<'_>) {
    let text = record(&format!("R{}", round.number), &[]);
    let requests = (0..4).map(|subject| {
        (
            format!("/subjects/{}/versions", round.name(&subject.to_string())),
            json!({"schema": text}),
        )
    });
    let answers = at_once(&round.servers, requests.collect()).await;
    let ids: Vec<_> = answers
        .iter()
        .filter_map(|answer| Some(round.kept.registered(answer)?["id"].clone()))
        .collect();
    assert_eq!(ids, vec![ids[0].clone(); 4], "one content, one id");
}

async fn a_level_that_changes(round: &Round<'_>) {
    round.registers("s", json!({"schema": "\"int\""})).await.ok();
    let config = format!("/config/{}", round.name("s"));
    let (registered, _) = tokio::join!(
        round.registers("s", json!({"schema": "\"string\""})),
        round.server(1).put(&config, json!({"compatibility": "NONE"})),
    );
    round.kept.registered(&registered);
    round.holds(&[("s", &[])]).await;
}

async fn the_latest_version_of_another(round: &Round<'_>) {
    round.registers("money", json!({"schema": money(0)})).await.ok();
    let body = order(&round.name("money"), -1);
    let (orders, newer) = tokio::join!(
        round.register_at_once("orders", vec![body; 3]),
        round.registers("money", json!({"schema": money(1)})),
    );
    round.kept.registered(&newer).expect("it is compatible");
    assert!(orders.iter().all(Option::is_some), "{orders:?}");
    round.holds(&[("money", &[]), ("orders", &[])]).await;
}

async fn its_subject(round: &Round<'_>) {
    let body = json!({"schema": field(0)});
    round.kept.registered(&round.registers("s", body.clone()).await);
    tokio::join!(
        round.register_at_once("s", vec![body.clone(); 2]),
        round.purge("s", None)
    );
    round.holds(&[("s", &[1])]).await;
    round
        .kept
        .registered(&round.registers("s", body).await)
        .expect("it is accepted");
}

async fn a_version_beside_it(round: &Round<'_>) {
    for number in 0..3 {
        round
            .kept
            .registered(&round.registers("s", json!({"schema": field(number)})).await);
    }
    let bodies = vec![json!({"schema": field(1)}), json!({"schema": field(9)})];
    let (told, ()) = tokio::join!(round.register_at_once("s", bodies), round.purge("s", Some(2)));
    round
        .kept
        .is_there(round.server(0), &round.name("s"), told[1].as_ref())
        .await;
    round.holds(&[("s", &[2])]).await;
}

async fn what_it_refers_to(round: &Round<'_>) {
    round
        .kept
        .registered(&round.registers("money", json!({"schema": money(0)})).await);
    let replaced = async {
        round.purge("money", None).await;
        let another = record(
            "Euro",
            &[&format!(r#""name":"cents","type":"int","doc":"{}""#, round.number)],
        );
        round
            .kept
            .registered(&round.registers("money", json!({"schema": another})).await);
    };
    let body = order(&round.name("money"), 1);
    let (told, ()) = tokio::join!(round.register_at_once("orders", vec![body; 2]), replaced);
    for told in &told {
        round
            .kept
            .is_there(round.server(1), &round.name("orders"), told.as_ref())
            .await;
    }
    round.holds(&[("money", &[1]), ("orders", &[])]).await;
}

async fn all_of_it(round: &Round<'_>) {
    round
        .kept
        .registered(&round.registers("money", json!({"schema": money(0)})).await);
    let body = order(&round.name("money"), 1);
    round.kept.registered(&round.registers("orders", body.clone()).await);
    let purged = async {
        round.purge("orders", None).await;
        round.purge("money", None).await;
        round
            .kept
            .registered(&round.registers("money", json!({"schema": money(7)})).await);
    };
    tokio::join!(round.register_at_once("orders", vec![body; 2]), purged);
    round.holds(&[("money", &[1]), ("orders", &[1])]).await;
}

async fn a_look_up(round: &Round<'_>) {
    round
        .kept
        .registered(&round.registers("money", json!({"schema": money(0)})).await);
    let body = order(&round.name("money"), -1);
    round.kept.registered(&round.registers("orders", body.clone()).await);
    let path = format!("/subjects/{}", round.name("orders"));
    let check = format!("/compatibility{path}/versions");
    let (found, checked, ()) = tokio::join!(
        round.server(0).post(&path, body.clone()),
        round.server(0).post(&check, body),
        round.purge("orders", None),
    );
    assert!(matches!(found.status.as_u16(), 200 | 404), "{}", found.text());
    assert_eq!(checked.status, 200, "{}", checked.text());
    round.holds(&[("money", &[]), ("orders", &[])]).await;
}

/// Runs rounds of a row, on one node and on two.
macro_rules! rows {
    ($servers:ident, $kept:ident, [$($row:ident),+ $(,)?]) => {$(
        for number in 0..rounds(ROUNDS) {
            let servers = $servers.iter().collect();
            $row(&Round { servers, kept: &$kept, number, row: stringify!($row) }).await;
        }
    )+};
}

on_both! {
    async fn registrations_beside_each_other(database) {
        let servers = nodes(&database).await;
        let kept = Kept::default();
        rows!(servers, kept, [
            same_schema,
            different_schemas,
            foes,
            one_schema_of_many_subjects,
            a_level_that_changes,
            the_latest_version_of_another,
        ]);
        stop(servers).await;
    }

    async fn hard_deletes_beside_registrations(database) {
        let servers = nodes(&database).await;
        let kept = Kept::default();
        rows!(servers, kept, [
            its_subject,
            a_version_beside_it,
            what_it_refers_to,
            all_of_it,
            a_look_up,
        ]);
        stop(servers).await;
    }
}
