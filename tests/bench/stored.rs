//! G17, G18 and G22: starting, memory, and the price of a request, with next to nothing and with a million schemas stored.

use std::time::{SystemTime, UNIX_EPOCH};

use crate::load::{self, get, post};
use crate::process::{Cores, Process};
use crate::table::{Goal, Row, median};
use crate::turns::{Side, ratios, take};
use crate::writes::registrations;
use crate::{Measured, REPETITIONS, seed};

/// What stands for an empty registry where requests have to find something.
const FEW: usize = 1_000;

fn many(quick: bool) -> usize {
    if quick { 50_000 } else { 1_000_000 }
}

/// G17: from starting the process to its first answer.
pub fn start(quick: bool) -> Measured<Vec<Row>> {
    let directory = seed::scratch()?;
    let (empty, full) = (directory.path().join("empty.db"), seed::database(many(quick))?);
    // The very first start creates the tables.
    let (created, _) = first_answer(&Process::treaty(&empty, Cores::One, &[])?, "/subjects")?;
    let (mut bare, mut nothing, mut much) = (Starts::default(), Starts::default(), Starts::default());
    for _ in 0..REPETITIONS {
        bare.add(&Process::hyper()?, "/")?;
        nothing.add(&Process::treaty(&empty, Cores::One, &[])?, "/subjects")?;
        much.add(&Process::treaty(&full, Cores::One, &[])?, "/schemas/ids/1")?;
    }
    let beside = |ours: &Starts| {
        let (ours, hyper) = (median(&ours.cpu), median(&bare.cpu));
        let clock = median(&bare.clock);
        format!("CPU {ours:.1} ms; hyper {clock:.1} ms, CPU {hyper:.1} ms")
    };
    let new = format!("{}; with a new file {created:.1} ms", beside(&nothing));
    let what = format!("start to first answer, {} schemas", many(quick));
    let full = beside(&much);
    let goal = Goal::AtMost(25.0);
    Ok(vec![
        Row::of("ms", "G17", "start to first answer, empty", nothing.clock, goal).beside(new),
        Row::of("ms", "G17", what, much.clock, goal).beside(full),
    ])
}

/// Starts of one server, in milliseconds: on the clock, and of its CPU.
#[derive(Default)]
struct Starts {
    clock: Vec<f64>,
    cpu: Vec<f64>,
}

impl Starts {
    fn add(&mut self, process: &Process, path: &str) -> Measured<()> {
        let (clock, cpu) = first_answer(process, path)?;
        self.clock.push(clock);
        self.cpu.push(cpu);
        Ok(())
    }
}

/// Milliseconds from the start of a process to its first answer, and of its CPU until then.
fn first_answer(process: &Process, path: &str) -> Measured<(f64, f64)> {
    let load = load::send(process.address, 1, &[get(path)], 1)?;
    Ok((process.listening + load.seconds * 1e3, process.cpu()? * 1e3))
}

/// G18: resident memory, idle and after reading at random.
pub fn memory(quick: bool) -> Measured<Vec<Row>> {
    const READS: usize = 50_000;
    const MEGABYTE: f64 = 1e6;
    let directory = seed::scratch()?;
    let (empty, full) = (directory.path().join("empty.db"), seed::database(many(quick))?);
    let (mut idle, mut after, mut anonymous) = (Vec::new(), Vec::new(), 0.0);
    for _ in 0..REPETITIONS {
        let process = Process::treaty(&empty, Cores::One, &[])?;
        first_answer(&process, "/subjects")?;
        idle.push(process.resident()?.0 as f64 / MEGABYTE);
    }
    let process = Process::treaty(&full, Cores::One, &["--answer-cache-bytes", "67108864"])?;
    let mut chance = 1u64;
    for _ in 0..REPETITIONS {
        let requests: Vec<_> = (0..READS)
            .map(|_| {
                chance = chance
                    .wrapping_mul(6_364_136_223_846_793_005)
                    .wrapping_add(1_442_695_040_888_963_407);
                get(&format!("/schemas/ids/{}", 1 + (chance >> 33) % many(quick) as u64))
            })
            .collect();
        load::send(process.address, 64, &requests, READS)?;
        let (all, own) = process.resident()?;
        after.push(all as f64 / MEGABYTE);
        anonymous = own as f64 / MEGABYTE;
    }
    let what = format!(
        "resident, {} schemas, after up to {} random reads",
        many(quick),
        REPETITIONS * READS
    );
    Ok(vec![
        Row::of("MB", "G18", "resident, idle", idle, Goal::AtMost(30.0)),
        Row::of("MB", "G18", what, after, Goal::AtMost(120.0 + 67.1)).beside(format!(
            "a cache of 67 MB is in it; {anonymous:.0} MB at the end without mapped files"
        )),
    ])
}

/// G22: the same requests to a registry with few schemas and to one with many.
pub fn filled(quick: bool) -> Measured<Vec<Row>> {
    let few = Process::treaty(&seed::database(FEW)?, Cores::One, &[])?;
    let full = Process::treaty(&seed::database(many(quick))?, Cores::One, &[])?;
    // Both databases are kept, so every run registers names of its own.
    let run = SystemTime::now().duration_since(UNIX_EPOCH)?.as_millis();
    let by_id = |_| (1..=100).map(|id| get(&format!("/schemas/ids/{id}"))).collect();
    let latest = |_| {
        let path = |number| format!("/subjects/{}/versions/latest", seed::subject(number));
        (0..FEW / 10).map(|number| get(&path(number))).collect()
    };
    let check = |_| {
        let path = |number| format!("/compatibility/subjects/{}/versions/latest", seed::subject(number));
        (0..FEW / 10)
            .map(|number| post(&path(number), &seed::event(&format!("Event{number}"), 12)))
            .collect()
    };
    let register = |repetition| registrations(&format!("x{run}_{repetition}"), 1_000);
    let cases: [Case<'_>; 4] = [
        ("GET by id, cached", &by_id, 20_000),
        ("GET latest", &latest, 20_000),
        ("check of one version", &check, 5_000),
        ("POST of a new schema, 64 clients", &register, 1_000),
    ];
    let mut rows = Vec::new();
    for (what, requests, count) in cases {
        let sides = [&few, &full].map(|process| Side { process, requests });
        let [few, full] = take(sides, count)?;
        let beside = format!("{} against {}", full.micros(), few.micros());
        let cpu = ratios(&full.cpu, &few.cpu);
        rows.push(Row::ratio("G22", format!("{what}: CPU, many over few"), cpu, Goal::AtMost(1.3)).beside(beside));
        if count == 1_000 {
            let clock = ratios(&full.clock, &few.clock);
            rows.push(Row::ratio(
                "G22",
                format!("{what}: time, many over few"),
                clock,
                Goal::AtMost(1.3),
            ));
        }
    }
    Ok(rows)
}

/// G22 for what is not in memory: each id is asked for once, spread over the whole database.
pub fn filled_cold(quick: bool) -> Measured<Vec<Row>> {
    const COUNT: usize = 2_000;
    const SOME: usize = 20_000;
    let (some, full) = (seed::database(SOME)?, seed::database(many(quick))?);
    let (some, full) = (
        Process::treaty(&some, Cores::One, &[])?,
        Process::treaty(&full, Cores::One, &[])?,
    );
    let spread = |stored: usize| {
        move |repetition: usize| {
            let rounds = REPETITIONS + 1;
            let ids = (0..COUNT).map(move |number| 1 + (number * rounds + repetition) * stored / (COUNT * rounds));
            ids.map(|id| get(&format!("/schemas/ids/{id}"))).collect::<Vec<_>>()
        }
    };
    let sides = [
        Side {
            process: &some,
            requests: &spread(SOME),
        },
        Side {
            process: &full,
            requests: &spread(many(quick)),
        },
    ];
    let [some, full] = take(sides, COUNT)?;
    let beside = format!("{} against {} with {SOME}", full.micros(), some.micros());
    let cpu = ratios(&full.cpu, &some.cpu);
    Ok(vec![
        Row::ratio("G22", "GET by id, not cached: CPU", cpu, Goal::AtMost(1.3)).beside(beside),
    ])
}

/// What is measured, the requests of a repetition, and how many there are.
type Case<'a> = (&'a str, &'a dyn Fn(usize) -> Vec<Vec<u8>>, usize);
