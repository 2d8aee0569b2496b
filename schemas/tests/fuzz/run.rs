//! Runs a target over mutated inputs: each on a thread with the stack of a server's worker, within a bound of memory, and with
//! somebody who waits for its end.
//!
//! `TREATY_SOAK_INPUTS` says how many inputs each target gets, `TREATY_SOAK_SEED` which ones. A failure is printed in a form
//! that can be kept (`kept.rs`). An overflow of the stack ends the process before anything can be printed: the thread's name
//! then tells the number of the input, and `TREATY_SOAK_INPUT` with that number prints it before it runs.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Mutex;
use std::sync::mpsc::{RecvTimeoutError, channel};
use std::thread::Builder;
use std::time::{Duration, Instant};

use super::mutate::mutant;
use crate::random::Random;

/// Something that takes bytes from outside.
pub struct Target {
    pub name: &'static str,
    /// Inputs to begin with, most of them good ones.
    pub seeds: fn() -> Vec<Vec<u8>>,
    /// What texts and payloads of this kind are made of.
    pub words: &'static [&'static str],
    /// Takes an input, says whether it was accepted, and panics where what must hold of the answer does not.
    pub take: fn(&[u8]) -> bool,
    /// How many inputs a run can afford.
    pub inputs: usize,
}

/// The stack that tokio's workers have.
const STACK: usize = 2 << 20;
/// What takes longer is taken for endless.
const PATIENCE: Duration = Duration::from_secs(120);
/// How long an input that fails is made smaller.
const SHRINKING: Duration = Duration::from_secs(20);
/// Bytes that one input may ask of the allocator, all that was given back included: so many, and for each of its own so many.
const MEMORY: (usize, usize) = (16 << 20, 2 << 10);

/// Making an input smaller silences panics in the whole process, so that one failure is told after the other.
static TURN: Mutex<()> = Mutex::new(());

fn setting(name: &str) -> Option<u64> {
    std::env::var(name).ok()?.parse().ok()
}

/// Runs a target over the inputs that are kept for it, over its seeds, and over mutants of those.
#[expect(
    clippy::print_stdout,
    reason = "it is the better part of a test, and counts are what soaks are run for"
)]
pub fn run(target: &Target, kept: &[(&str, &[u8])]) {
    let seed = setting("TREATY_SOAK_SEED").unwrap_or(2026);
    let seeds = (target.seeds)();
    assert!(!seeds.is_empty(), "{}: no seeds", target.name);
    let mut most = (0, 0);
    let mut one = |what: &str, input: &[u8]| match taken(target, what, input) {
        Ok(taken) => {
            most = most.max((taken.memory, input.len()));
            taken.accepted
        }
        Err(why) => failed(target, what, input, &why),
    };
    for (number, (_, input)) in kept.iter().filter(|(name, _)| *name == target.name).enumerate() {
        one(&format!("{}: kept input {number}", target.name), input);
    }
    for (number, input) in seeds.iter().enumerate() {
        one(&format!("{}: seed {number}", target.name), input);
    }
    let (mut accepted, mut refused) = (0u64, 0u64);
    let asked = setting("TREATY_SOAK_INPUT");
    let numbers = match asked {
        Some(number) => number..number + 1,
        None => 0..setting("TREATY_SOAK_INPUTS").unwrap_or(target.inputs as u64),
    };
    for number in numbers {
        let mut random = Random::new(seed ^ number.wrapping_mul(0x9e37_79b9_7f4a_7c15));
        let input = mutant(&mut random, &seeds, target.words);
        if asked.is_some() {
            println!("{}", literal(&input));
        }
        match one(&format!("{}: input {number} of seed {seed}", target.name), &input) {
            true => accepted += 1,
            false => refused += 1,
        }
    }
    println!(
        "{}: {accepted} accepted, {refused} refused; the most memory was {} kB for {} bytes",
        target.name,
        most.0 >> 10,
        most.1
    );
    assert!(
        asked.is_some() || (accepted > 0 && refused > 0),
        "{}: one-sided",
        target.name
    );
}

struct Taken {
    accepted: bool,
    memory: usize,
}

/// Runs an input on a thread of its own.
fn taken(target: &Target, what: &str, input: &[u8]) -> Result<Taken, String> {
    let (done, outcome) = channel();
    let (take, own) = (target.take, input.to_vec());
    let thread = Builder::new().name(what.to_owned()).stack_size(STACK).spawn(move || {
        let mut answer = Ok(false);
        let memory = allocation_counter::measure(|| answer = catch_unwind(AssertUnwindSafe(|| take(&own))));
        // Nobody listens any more where it took too long.
        let _ = done.send(
            answer
                .map_err(|panic| told(&*panic))
                .map(|accepted| (accepted, memory.bytes_max)),
        );
    });
    let thread = thread.expect("a thread can be had");
    let (accepted, memory) = match outcome.recv_timeout(PATIENCE) {
        Ok(answer) => answer?,
        Err(RecvTimeoutError::Timeout) => return Err(format!("no end after {PATIENCE:?}")),
        Err(RecvTimeoutError::Disconnected) => return Err("the thread ended without an answer".into()),
    };
    thread.join().map_err(|_| "the thread panicked".to_owned())?;
    let memory = memory as usize;
    if memory > MEMORY.0 + MEMORY.1 * input.len() {
        return Err(format!("{memory} bytes of memory for {} bytes of input", input.len()));
    }
    Ok(Taken { accepted, memory })
}

fn told(panic: &(dyn std::any::Any + Send)) -> String {
    let text = panic.downcast_ref::<String>().map(String::as_str);
    text.or_else(|| panic.downcast_ref::<&str>().copied())
        .unwrap_or("it panicked")
        .to_owned()
}

/// Ends the test, with the input as small as it gets in a form that can be kept.
fn failed(target: &Target, what: &str, input: &[u8], why: &str) -> ! {
    let _turn = TURN.lock();
    let loud = std::panic::take_hook();
    std::panic::set_hook(Box::new(|_| {}));
    let small = match why.starts_with("no end") {
        true => input.to_vec(),
        false => shrunk(target, input),
    };
    let why = taken(target, what, &small).err().unwrap_or_else(|| why.to_owned());
    std::panic::set_hook(loud);
    panic!(
        "{what}: {why}\nTo keep it:\n    (\"{}\", {}),",
        target.name,
        literal(&small)
    );
}

/// Leaves out what can be left out of an input that still fails.
fn shrunk(target: &Target, input: &[u8]) -> Vec<u8> {
    let mut small = input.to_vec();
    let begun = Instant::now();
    let mut size = small.len().div_ceil(2);
    while size > 0 {
        let mut start = 0;
        while start < small.len() && begun.elapsed() < SHRINKING {
            let mut less = small.clone();
            less.drain(start..(start + size).min(less.len()));
            match taken(target, "shrinking", &less) {
                Ok(_) => start += size,
                Err(_) => small = less,
            }
        }
        size /= 2;
    }
    small
}

fn literal(input: &[u8]) -> String {
    format!("b\"{}\"", input.escape_ascii())
}
