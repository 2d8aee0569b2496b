//! Open files: how many this process may have, and how many of them the connections of clients may take.
//!
//! Every connection takes a file descriptor, and so does everything that the database needs. When none is left, nothing can
//! be read or written, so the connections get only what the rest of the process leaves.

/// Descriptors that stay free for what is opened later: a database connection that replaces a broken one, files of SQLite,
/// a connection that waits for its place.
const SPARE: u64 = 16;

/// Descriptors that opening a database takes: for SQLite three files for the writer and for each reader, and the locks.
pub const DATABASE: u64 = 16;

/// The fewest connections that a server is started for.
const FEWEST: u64 = 4;

/// The limit of open files is too low for a server.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct TooFew {
    /// The limit that holds.
    pub limit: u64,
    /// The lowest limit that would do.
    pub needed: u64,
}

/// Raises the limit of open files as far as this process may, and answers the limit that holds then; `None` when there is
/// none, or none that is known.
pub fn raise_limit() -> Option<u64> {
    #[cfg(unix)]
    {
        use rustix::process::{Resource, Rlimit, getrlimit, setrlimit};
        /// What macOS takes where the hard limit is "unlimited".
        const OPEN_MAX: u64 = 10_240;
        let now = getrlimit(Resource::Nofile);
        if now.current != now.maximum {
            let raise = |current| {
                let maximum = now.maximum;
                setrlimit(Resource::Nofile, Rlimit { current, maximum })
            };
            if raise(now.maximum).is_err() && now.current.is_some_and(|current| current < OPEN_MAX) {
                // The limit stays as it is where even this is refused.
                let _ = raise(Some(OPEN_MAX));
            }
        }
        getrlimit(Resource::Nofile).current
    }
    #[cfg(not(unix))]
    None
}

/// How many connections may be open at one time: as configured, or fewer where the limit of open files is lower. `later` are
/// the descriptors that the database may take in addition to those that are open now.
///
/// # Errors
/// When hardly any would be left.
pub fn places(configured: usize, limit: Option<u64>, later: u64) -> Result<usize, TooFew> {
    let Some(limit) = limit else { return Ok(configured) };
    let reserve = open().saturating_add(later).saturating_add(SPARE);
    let left = limit.saturating_sub(reserve);
    if left < FEWEST {
        return Err(TooFew {
            limit,
            needed: reserve + FEWEST,
        });
    }
    Ok(configured.min(usize::try_from(left).unwrap_or(usize::MAX)))
}

/// The descriptors that are open now; many, where the system does not say.
fn open() -> u64 {
    ["/proc/self/fd", "/dev/fd"]
        .iter()
        .find_map(|directory| std::fs::read_dir(directory).ok())
        .map_or(64, |entries| entries.count() as u64)
}
