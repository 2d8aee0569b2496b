//! Attacks and accidents, one file for each group: what they cost, and that nothing acknowledged is lost.
//!
//! `docs/security.md` lists them, each with its test. The loads are small and bounded: what a fault would cost grows with the
//! input, so a small one shows it. Memory is that of a real `treaty serve`; time is asserted as generous ceilings only.

mod command_line;
mod contracts;
#[cfg(target_os = "linux")]
mod disk;
mod ending;
#[cfg(unix)]
mod file;
mod http;
mod identity;
mod ids;
mod judging;
mod kept;
mod measuring;
mod memory;
mod mix;
mod numbers;
mod outage;
mod places;
mod queue;
mod races;
mod references;
mod shown;
