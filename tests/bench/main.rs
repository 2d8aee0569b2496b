//! The bench: how near Treaty comes to what the machine allows. `ci/bench` builds and runs it.
//!
//! Every figure is a ratio taken in one run: the two sides take turns, repetition by repetition, and the median counts.
//! Where the CPU is what limits, CPU time is compared, not the clock on the wall. It is a report, never an assertion: it
//! fails only when something could not be measured.

// The bench is a program that talks to a person.
#![allow(clippy::print_stdout, clippy::print_stderr)]

mod buf;
mod clock;
mod container;
mod disk;
mod engine;
mod hyper;
mod load;
mod messages;
mod orders;
mod process;
mod reads;
mod seed;
mod stored;
mod table;
mod turns;
mod wide;
mod writes;

use std::error::Error;
use std::process::ExitCode;

use table::Row;

/// The product's own, so that the engine runs here as it does there. Both sides have it.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

/// What a measurement comes to; an error says what could not be measured.
pub type Measured<T> = Result<T, Box<dyn Error + Send + Sync>>;

/// How often each side is measured.
pub const REPETITIONS: usize = 7;

/// A part of the bench: the goals that it measures, and how.
type Part = (&'static str, fn(quick: bool) -> Measured<Vec<Row>>);

const PARTS: &[Part] = &[
    ("g1", reads::by_id),
    ("g2", reads::by_id_cold),
    ("g3", reads::latest),
    ("g4", writes::one_client),
    ("g5", writes::many_clients),
    ("g7", reads::again),
    ("g9", |quick| {
        container::validate(if quick { 4_000_000 } else { 20_000_000 })
    }),
    ("g11", |quick| {
        messages::validate(if quick { 4_000_000 } else { 20_000_000 })
    }),
    ("g13", |_| {
        let mut rows = engine::warm(100)?;
        rows.extend(engine::warm(1000)?);
        Ok(rows)
    }),
    ("g14", |_| engine::cold(100)),
    ("g15", |quick| {
        let mut rows = buf::generated(quick)?;
        rows.extend(buf::google(quick)?);
        Ok(rows)
    }),
    ("g17", stored::start),
    ("g18", stored::memory),
    ("g22", |quick| {
        let mut rows = stored::filled(quick)?;
        rows.extend(stored::filled_cold(quick)?);
        Ok(rows)
    }),
];

const USAGE: &str = "usage: ci/bench [--quick] [PART…]; without parts it runs all of them";

fn main() -> ExitCode {
    // Cargo passes `--bench` to every bench.
    let arguments: Vec<String> = std::env::args().skip(1).filter(|word| word != "--bench").collect();
    // The bare server is this program again.
    if let [role, address] = &arguments[..]
        && role == "hyper"
    {
        return match hyper::serve(address) {
            Ok(()) => ExitCode::SUCCESS,
            Err(error) => {
                eprintln!("{error}");
                ExitCode::FAILURE
            }
        };
    }
    let (options, names): (Vec<_>, Vec<_>) = arguments.into_iter().partition(|word| word.starts_with('-'));
    let unknown = names
        .iter()
        .find(|name| !PARTS.iter().any(|(part, _)| part.eq_ignore_ascii_case(name)));
    if let Some(word) = options.iter().find(|option| *option != "--quick").or(unknown) {
        let parts: Vec<&str> = PARTS.iter().map(|(part, _)| *part).collect();
        eprintln!("`{word}` is not known\n{USAGE}\nparts: {}", parts.join(" "));
        return ExitCode::from(2);
    }
    println!("{}", table::HEAD);
    let mut failed = false;
    for (part, measure) in PARTS {
        if !names.is_empty() && !names.iter().any(|name| name.eq_ignore_ascii_case(part)) {
            continue;
        }
        match measure(!options.is_empty()) {
            Ok(rows) => rows.iter().for_each(|row| println!("{row}")),
            Err(error) => {
                eprintln!("{part} could not be measured: {error}");
                failed = true;
            }
        }
    }
    ExitCode::from(u8::from(failed))
}
