//! G4 and G5: registering new schemas, beside appending to a file on the same disk.

use crate::disk::appends_per_second;
use crate::load::{self, post};
use crate::process::{Cores, Process};
use crate::table::{Goal, Row, median};
use crate::{Measured, REPETITIONS, seed};

/// Appends of one repetition.
const APPENDS: usize = 300;

/// Requests that register so many new schemas, five to a subject; `run` tells them from those of other runs.
pub fn registrations(run: &str, count: usize) -> Vec<Vec<u8>> {
    let subjects = count.div_ceil(5);
    (0..count)
        .map(|number| {
            let (subject, version) = (number % subjects, number / subjects);
            let path = format!("/subjects/{run}-{subject}-value/versions");
            post(&path, &seed::event(&format!("New_{run}_{subject}"), version))
        })
        .collect()
}

/// Registrations per second over the rate of appends, with so many clients.
fn register(goal: &'static str, clients: usize, count: usize, asked: Goal) -> Measured<Vec<Row>> {
    let directory = seed::scratch()?;
    let treaty = Process::treaty(&directory.path().join("writes.db"), Cores::Both, &[])?;
    let (mut ratios, mut ours, mut theirs) = (Vec::new(), Vec::new(), Vec::new());
    for repetition in 0..=REPETITIONS {
        let requests = registrations(&format!("r{repetition}"), count);
        let appends = appends_per_second(directory.path(), APPENDS)?;
        let registered = count as f64 / load::send(treaty.address, clients, &requests, count)?.seconds;
        if repetition > 0 {
            ratios.push(registered / appends);
            ours.push(registered);
            theirs.push(appends);
        }
    }
    let beside = format!("{:.0} against {:.0} appends per second", median(&ours), median(&theirs));
    let what = format!("POST of a new schema, clients: {clients}; rate over append + fdatasync");
    Ok(vec![Row::ratio(goal, what, ratios, asked).beside(beside)])
}

/// G4: one client.
pub fn one_client(_: bool) -> Measured<Vec<Row>> {
    register("G4", 1, APPENDS, Goal::AtLeast(0.5))
}

/// G5: 64 clients.
pub fn many_clients(_: bool) -> Measured<Vec<Row>> {
    register("G5", 64, 4_000, Goal::AtLeast(3.0))
}
