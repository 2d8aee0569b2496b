//! G1, G2, G3 and G7: what the registry answers without a write, beside the bare hyper server.

use std::fs;
use std::path::Path;

use crate::load::{self, get, post};
use crate::process::{Cores, Process};
use crate::table::{Goal, Row};
use crate::turns::{Side, ask, ratios, take};
use crate::{Measured, REPETITIONS, seed};

/// Requests of one repetition.
const COUNT: usize = 40_000;

/// Schemas that the load asks for again and again.
const KNOWN: usize = 100;

/// Requests of one repetition where each asks for another schema, and how many are stored for that.
const COLD: usize = 2_000;
const COLD_STORED: usize = 20_000;

fn registrations() -> Vec<Vec<u8>> {
    let known = 0..KNOWN;
    known
        .map(|number| {
            let path = format!("/subjects/known-{number}-value/versions");
            post(&path, &seed::event(&format!("Known{number}"), 2))
        })
        .collect()
}

fn known(path: impl Fn(usize) -> String) -> impl Fn(usize) -> Vec<Vec<u8>> {
    move |_| (1..=KNOWN).map(|number| get(&path(number))).collect()
}

/// A registry with a hundred schemas, beside the hyper server.
fn small(directory: &Path, name: &str, flags: &[&str]) -> Measured<Process> {
    let treaty = Process::treaty(&directory.join(name), Cores::One, flags)?;
    load::send(treaty.address, 1, &registrations(), KNOWN)?;
    Ok(treaty)
}

/// G1: a schema by its id, from memory; without and with a line in the access log.
pub fn by_id(_: bool) -> Measured<Vec<Row>> {
    let directory = seed::scratch()?;
    let hyper = Process::hyper()?;
    let plain = small(directory.path(), "plain.db", &[])?;
    let logging = small(directory.path(), "logging.db", &["--access-log"])?;
    let requests = known(|number| format!("/schemas/ids/{number}"));
    let sides = [&hyper, &plain, &logging].map(|process| Side {
        process,
        requests: &requests,
    });
    let [bare, plain, logging] = take(sides, COUNT)?;
    let costs = |ours: &str| format!("{ours} against {} of hyper", bare.micros());
    Ok(vec![
        Row::ratio(
            "G1",
            "GET by id, cached: CPU",
            ratios(&plain.cpu, &bare.cpu),
            Goal::AtMost(1.6),
        )
        .beside(costs(&plain.micros())),
        Row::ratio(
            "G1",
            "the same with an access log",
            ratios(&logging.cpu, &bare.cpu),
            Goal::AtMost(2.2),
        )
        .beside(costs(&logging.micros())),
        Row::ratio(
            "G1",
            "GET by id, cached: p99",
            ratios(&plain.p99, &bare.p99),
            Goal::AtMost(3.0),
        ),
    ])
}

/// G2: schemas by id that are not in memory, each once; then the same again.
pub fn by_id_cold(_: bool) -> Measured<Vec<Row>> {
    let stored = seed::database(COLD_STORED)?;
    let hyper = Process::hyper()?;
    let treaty = Process::treaty(&stored, Cores::One, &[])?;
    let requests = |repetition: usize| {
        let first = 1 + repetition * COLD;
        (first..first + COLD)
            .map(|id| get(&format!("/schemas/ids/{id}")))
            .collect::<Vec<_>>()
    };
    let (mut first, mut again, mut beside) = (Vec::new(), Vec::new(), String::new());
    for repetition in 0..=REPETITIONS {
        let requests = requests(repetition);
        let (bare, _) = ask(&hyper, &requests, COUNT / 2)?;
        let (miss, _) = ask(&treaty, &requests, COLD)?;
        let (hit, _) = ask(&treaty, &requests, COUNT / 2)?;
        if repetition > 0 {
            first.push(miss / bare);
            again.push(hit / bare);
            beside = format!("last: {miss:.1} µs, again {hit:.1} µs, hyper {bare:.1} µs");
        }
    }
    Ok(vec![
        Row::ratio("G2", "GET by id, not cached: CPU", first, Goal::AtMost(4.0)).beside(beside),
        Row::ratio(
            "G2",
            "the same ids again: a miss happens once",
            again,
            Goal::AtMost(1.6),
        ),
    ])
}

/// G3: the latest version of a subject.
pub fn latest(_: bool) -> Measured<Vec<Row>> {
    let directory = seed::scratch()?;
    let hyper = Process::hyper()?;
    let treaty = small(directory.path(), "latest.db", &[])?;
    let requests = known(|number| format!("/subjects/known-{}-value/versions/latest", number - 1));
    let sides = [&hyper, &treaty].map(|process| Side {
        process,
        requests: &requests,
    });
    let [bare, ours] = take(sides, COUNT)?;
    Ok(vec![
        Row::ratio("G3", "GET latest: CPU", ratios(&ours.cpu, &bare.cpu), Goal::AtMost(2.0)).beside(format!(
            "{} against {} of hyper",
            ours.micros(),
            bare.micros()
        )),
    ])
}

/// G7: registering what is registered.
pub fn again(_: bool) -> Measured<Vec<Row>> {
    let directory = seed::scratch()?;
    let hyper = Process::hyper()?;
    let treaty = small(directory.path(), "again.db", &[])?;
    let log = directory.path().join("again.db-wal");
    let written = || Measured::Ok((fs::metadata(&log)?.len(), fs::metadata(&log)?.modified()?));
    let before = written()?;
    let requests = |_| registrations();
    let gets = known(|number| format!("/schemas/ids/{number}"));
    let sides = [
        Side {
            process: &hyper,
            requests: &gets,
        },
        Side {
            process: &treaty,
            requests: &requests,
        },
    ];
    let [bare, ours] = take(sides, COUNT)?;
    if written()? != before {
        return Err("registering a known schema wrote to the database".into());
    }
    Ok(vec![
        Row::ratio(
            "G7",
            "POST of a known schema: CPU",
            ratios(&ours.cpu, &bare.cpu),
            Goal::AtMost(2.5),
        )
        .beside(format!(
            "{} against {} of hyper; nothing written",
            ours.micros(),
            bare.micros()
        )),
    ])
}
