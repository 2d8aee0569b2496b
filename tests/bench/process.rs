//! The servers under test, each a process of its own on the first core; the load comes from the second.

use std::fs::File;
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::thread;
use std::time::{Duration, Instant};

use rustix::thread::{CpuSet, sched_setaffinity};

use crate::{Measured, clock};

/// The longest that a server may take to listen.
const PATIENCE: Duration = Duration::from_secs(30);

/// The core of the servers, and that of the load.
const SERVERS: usize = 0;
const LOAD: usize = 1;

/// Where a server may run.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Cores {
    /// On the first core alone: for what the CPU limits.
    One,
    /// On both: for what the disk limits.
    Both,
}

/// A running server. Killed when dropped.
pub struct Process {
    child: Child,
    /// Where it listens.
    pub address: SocketAddr,
    /// Milliseconds from the start of the process until it accepted a connection.
    pub listening: f64,
}

impl Process {
    /// The registry on a SQLite file, with further flags. What it logs goes to a file beside the database.
    pub fn treaty(database: &Path, cores: Cores, flags: &[&str]) -> Measured<Process> {
        let address = free()?;
        let log = File::create(database.with_extension("log"))?;
        let mut command = Command::new(env!("CARGO_BIN_EXE_treaty"));
        command.args(["serve", "--listen", &address.to_string(), "--database"]);
        command.arg(format!("sqlite:{}", database.display()));
        command.args(flags).stdout(log.try_clone()?).stderr(log);
        Process::start(command, address, cores)
    }

    /// The bare hyper server.
    pub fn hyper() -> Measured<Process> {
        let address = free()?;
        let mut command = Command::new(std::env::current_exe()?);
        command.args(["hyper", &address.to_string()]).stdout(Stdio::null());
        Process::start(command, address, Cores::One)
    }

    fn start(mut command: Command, address: SocketAddr, cores: Cores) -> Measured<Process> {
        // A process starts on the cores of the thread that starts it.
        match cores {
            Cores::One => run_on(&[SERVERS])?,
            Cores::Both => run_on(&[SERVERS, LOAD])?,
        }
        let begun = Instant::now();
        let child = command.stdin(Stdio::null()).spawn();
        run_on(&[LOAD])?;
        let mut process = Process {
            child: child?,
            address,
            listening: 0.0,
        };
        while TcpStream::connect(address).is_err() {
            if let Some(status) = process.child.try_wait()? {
                return Err(format!("{:?} ended: {status}", command.get_args()).into());
            }
            if begun.elapsed() > PATIENCE {
                return Err(format!("{:?} does not listen", command.get_args()).into());
            }
            thread::sleep(Duration::from_micros(200));
        }
        process.listening = begun.elapsed().as_secs_f64() * 1e3;
        Ok(process)
    }

    /// CPU seconds used so far.
    pub fn cpu(&self) -> Measured<f64> {
        Ok(clock::process(self.child.id())?)
    }

    /// Resident bytes: all, and those that no file backs.
    pub fn resident(&self) -> Measured<(u64, u64)> {
        Ok(clock::resident(self.child.id())?)
    }
}

impl Drop for Process {
    fn drop(&mut self) {
        // It may have ended already.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

fn run_on(cores: &[usize]) -> Measured<()> {
    let mut set = CpuSet::new();
    cores.iter().for_each(|&core| set.set(core));
    sched_setaffinity(None, &set).map_err(|error| format!("the cores {cores:?} are needed: {error}"))?;
    Ok(())
}

/// An address that is free now.
fn free() -> Measured<SocketAddr> {
    Ok(TcpListener::bind("127.0.0.1:0")?.local_addr()?)
}
