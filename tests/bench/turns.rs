//! Two servers that take turns, and what a request costs each.

use crate::load::{self, Load};
use crate::process::Process;
use crate::table::median;
use crate::{Measured, REPETITIONS};

/// Connections of a load that is to keep a core busy.
pub const CONNECTIONS: usize = 64;

/// A server with what it is asked in each repetition.
pub struct Side<'a> {
    /// The server.
    pub process: &'a Process,
    /// The requests of a repetition; asked anew for each.
    pub requests: &'a dyn Fn(usize) -> Vec<Vec<u8>>,
}

/// What one side came to, a figure for each repetition.
#[derive(Default)]
pub struct Figures {
    /// CPU of the server for one request, in microseconds.
    pub cpu: Vec<f64>,
    /// The latency that 99 in a hundred requests stay below, in microseconds.
    pub p99: Vec<f64>,
    /// Microseconds on the clock for one request, of all connections together.
    pub clock: Vec<f64>,
}

impl Figures {
    /// The CPU of a request, to be shown.
    pub fn micros(&self) -> String {
        format!("{:.1} µs", median(&self.cpu))
    }
}

/// Each figure of `ours` over that of `theirs`.
pub fn ratios(ours: &[f64], theirs: &[f64]) -> Vec<f64> {
    ours.iter().zip(theirs).map(|(ours, theirs)| ours / theirs).collect()
}

/// Lets the sides take turns, each with `count` requests in a repetition. The first round only warms up: repetition 0 is not
/// counted.
pub fn take<const N: usize>(sides: [Side<'_>; N], count: usize) -> Measured<[Figures; N]> {
    let mut figures = [const { None }; N].map(|_: Option<()>| Figures::default());
    for repetition in 0..=REPETITIONS {
        for (side, figures) in sides.iter().zip(&mut figures) {
            let requests = (side.requests)(repetition);
            let (cpu, load) = ask(side.process, &requests, count)?;
            if repetition > 0 {
                figures.cpu.push(cpu);
                figures.p99.push(load.p99());
                figures.clock.push(load.seconds * 1e6 / count as f64);
            }
        }
    }
    Ok(figures)
}

/// Microseconds of the server's CPU for one of `count` requests.
pub fn ask(process: &Process, requests: &[Vec<u8>], count: usize) -> Measured<(f64, Load)> {
    let before = process.cpu()?;
    let load = load::send(process.address, CONNECTIONS, requests, count)?;
    Ok(((process.cpu()? - before) * 1e6 / count as f64, load))
}
