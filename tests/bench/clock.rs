//! CPU time: of this thread, and of another process with all its threads.

use std::fs;
use std::io;
use std::time::Duration;

use rustix::time::{ClockId, clock_gettime};

/// The CPU time that this thread has used, in nanosecond steps.
pub fn this_thread() -> Duration {
    let time = clock_gettime(ClockId::ThreadCPUTime);
    // Neither part of a CPU clock is ever negative.
    Duration::new(time.tv_sec.unsigned_abs(), time.tv_nsec.unsigned_abs() as u32)
}

/// The CPU time that `work` takes in this thread, in seconds.
pub fn cpu<T>(work: impl FnOnce() -> T) -> (f64, T) {
    let before = this_thread();
    let outcome = work();
    ((this_thread() - before).as_secs_f64(), outcome)
}

/// The CPU time of a process, user and system, in seconds: the sum over its threads of what the scheduler counted.
///
/// `/proc/PID/stat` counts the same in steps of ten milliseconds. A thread that ended takes its time along, so compare two
/// readings only while the process keeps its threads.
///
/// # Errors
/// When there is no such process, or a kernel without scheduler statistics.
pub fn process(pid: u32) -> io::Result<f64> {
    let mut total = 0u64;
    for task in fs::read_dir(format!("/proc/{pid}/task"))? {
        // A thread may end between the listing and the reading.
        let Ok(text) = fs::read_to_string(task?.path().join("schedstat")) else {
            continue;
        };
        let first = text
            .split_ascii_whitespace()
            .next()
            .and_then(|word| word.parse::<u64>().ok());
        total += first.ok_or_else(|| io::Error::other("/proc/PID/task/TID/schedstat holds no number"))?;
    }
    Ok(total as f64 / 1e9)
}

/// The resident memory of a process in bytes, and what of it is not backed by files.
///
/// # Errors
/// When there is no such process.
pub fn resident(pid: u32) -> io::Result<(u64, u64)> {
    let text = fs::read_to_string(format!("/proc/{pid}/status"))?;
    let line = |name: &str| {
        text.lines()
            .find_map(|line| line.strip_prefix(name))
            .and_then(|rest| rest.split_ascii_whitespace().next()?.parse::<u64>().ok())
            .map(|kilobytes| kilobytes * 1024)
            .ok_or_else(|| io::Error::other(format!("/proc/PID/status has no {name}")))
    };
    Ok((line("VmRSS:")?, line("RssAnon:")?))
}
