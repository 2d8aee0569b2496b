//! The database file of SQLite: who may use it, and whether it is still the one that was opened.
//!
//! SQLite keeps writing into a file that was deleted or replaced, and all of it is lost with the last descriptor. So the file
//! is compared with its path before a transaction and after its commit, and nothing is acknowledged that the path does not
//! lead to. The same holds for the write-ahead log and its index beside it.
//!
//! Invariants: one process has the file open, whatever names it has (the lock is on the file itself, and beside it for systems
//! where it cannot be); nothing but SQLite opens and closes the file, apart from the one descriptor that holds the lock,
//! because closing any descriptor of a file drops the POSIX locks that SQLite has on it; no connection makes the file anew.

use std::fs::{File, Metadata, TryLockError};
use std::io;
use std::path::{Path, PathBuf};
use std::sync::{Mutex, MutexGuard, OnceLock, PoisonError};

use crate::OpenError;
use crate::outage::{Outage, OutageKind};

/// The database file, locked for as long as this lives.
pub(crate) struct DatabaseFile {
    path: PathBuf,
    log: PathBuf,
    index: PathBuf,
    /// Locked beside the database, as every version of the program has done it.
    beside: File,
    /// The file itself. None once it was let go of.
    file: Mutex<Option<File>>,
    /// The log and its index as SQLite made them; the connections that are open keep it from removing them.
    opened: OnceLock<[Identity; 2]>,
}

/// What distinguishes two files of one path.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Identity(u64, u64);

impl Identity {
    #[cfg(unix)]
    fn of(file: &Metadata) -> Identity {
        use std::os::unix::fs::MetadataExt;
        Identity(file.dev(), file.ino())
    }

    /// Elsewhere an open file cannot be replaced.
    #[cfg(not(unix))]
    fn of(_: &Metadata) -> Identity {
        Identity(0, 0)
    }
}

impl DatabaseFile {
    /// Makes the file when it is missing, and locks it.
    pub(crate) fn open(path: &Path) -> Result<DatabaseFile, OpenError> {
        let path = absolute(path)?;
        let beside = lock_beside(&path)?;
        let failed = |source| OpenError::File {
            path: path.clone(),
            source,
        };
        let mut options = File::options();
        options.create(true).truncate(false).read(true).write(true);
        // As SQLite makes it.
        #[cfg(unix)]
        std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o644);
        let file = options.open(&path).map_err(failed)?;
        if !file.metadata().map_err(failed)?.is_file() {
            return Err(failed(io::Error::other("it is no regular file")));
        }
        if let Err(refused) = lock(&file) {
            // Never closed: another part of this process may have SQLite's locks on the same file, by another of its names.
            std::mem::forget(file);
            return Err(match refused {
                TryLockError::WouldBlock => OpenError::InUse { path },
                TryLockError::Error(source) => OpenError::File { path, source },
            });
        }
        Ok(DatabaseFile {
            log: with_suffix(&path, "-wal"),
            index: with_suffix(&path, "-shm"),
            path,
            beside,
            file: Mutex::new(Some(file)),
            opened: OnceLock::new(),
        })
    }

    /// The one path that is used for it.
    pub(crate) fn path(&self) -> &Path {
        &self.path
    }

    /// From here on the log and its index have to stay the files that they are now. Called once SQLite has opened them.
    pub(crate) fn log_is_open(&self) -> Result<(), Outage> {
        let identities = [identity(&self.log)?, identity(&self.index)?];
        let _ = self.opened.set(identities);
        Ok(())
    }

    /// Whether the paths still lead to what was opened; answers the size of the log in bytes. Three calls of `stat`.
    pub(crate) fn check(&self) -> Result<u64, Outage> {
        if let Some(file) = &*self.file() {
            let opened = file.metadata().map_err(|error| unreadable(&self.path, error))?;
            if identity(&self.path)? != Identity::of(&opened) {
                return Err(moved(&self.path, "is another file"));
            }
        }
        let log = metadata(&self.log);
        if let Some([opened_log, opened_index]) = self.opened.get() {
            let log = log.as_ref().map_err(Clone::clone)?;
            if Identity::of(log) != *opened_log {
                return Err(moved(&self.log, "is another file"));
            }
            if identity(&self.index)? != *opened_index {
                return Err(moved(&self.index, "is another file"));
            }
        }
        Ok(log.map_or(0, |log| log.len()))
    }

    /// Whether the file system has so little room, or is mounted so, that writing may fail. A hint, never a verdict: a quota
    /// does not show here, and the log may have room of its own.
    #[cfg(unix)]
    pub(crate) fn is_short_of_room(&self) -> bool {
        use rustix::fs::{StatVfsMountFlags, statvfs};
        /// Bytes.
        const SHORT: u64 = 1 << 20;
        statvfs(&self.path).is_ok_and(|system| {
            system.f_bavail.saturating_mul(system.f_frsize) < SHORT || system.f_flag.contains(StatVfsMountFlags::RDONLY)
        })
    }

    #[cfg(not(unix))]
    pub(crate) fn is_short_of_room(&self) -> bool {
        false
    }

    /// Lets others have the file. Called when SQLite has closed all its connections, so that the descriptor can be closed too.
    pub(crate) fn release(&self) {
        drop(self.file().take());
        // The file beside stays when its lock is released: removing it would let two processes lock two files.
        if let Err(error) = self.beside.unlock() {
            tracing::warn!(%error, "the database's lock stays until the process ends");
        }
    }

    fn file(&self) -> MutexGuard<'_, Option<File>> {
        self.file.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Drop for DatabaseFile {
    fn drop(&mut self) {
        if let Some(file) = self.file().take() {
            // Connections may still be closing: the lock is given back, and the descriptor stays until the process ends.
            let _ = file.unlock();
            std::mem::forget(file);
        }
    }
}

/// Locks the file itself. Linux keeps this kind of lock (`flock`) apart from those of SQLite (`fcntl`); elsewhere the two can
/// exclude each other, and the file beside has to do.
fn lock(file: &File) -> Result<(), TryLockError> {
    if cfg!(target_os = "linux") {
        match file.try_lock() {
            // A file system without such locks: the file beside has to do there too.
            Err(TryLockError::Error(error)) if error.kind() == io::ErrorKind::Unsupported => Ok(()),
            outcome => outcome,
        }
    } else {
        Ok(())
    }
}

fn lock_beside(path: &Path) -> Result<File, OpenError> {
    let name = with_suffix(path, "-lock");
    let failed = |source| OpenError::File {
        path: name.clone(),
        source,
    };
    let file = File::options()
        .create(true)
        .truncate(false)
        .write(true)
        .open(&name)
        .map_err(failed)?;
    match file.try_lock() {
        Ok(()) => Ok(file),
        Err(TryLockError::WouldBlock) => Err(OpenError::InUse { path: path.to_owned() }),
        Err(TryLockError::Error(source)) => Err(failed(source)),
    }
}

fn with_suffix(path: &Path, suffix: &str) -> PathBuf {
    let mut name = path.as_os_str().to_owned();
    name.push(suffix);
    PathBuf::from(name)
}

/// The one name of the file, so that two spellings of a path (or a link to it) meet at the same files beside it.
fn absolute(path: &Path) -> Result<PathBuf, OpenError> {
    let failed = |source| OpenError::File {
        path: path.to_owned(),
        source,
    };
    let mut path = path.to_owned();
    // A link may lead to where the file is going to be.
    if !path.exists()
        && let Ok(target) = path.read_link()
    {
        path = path.parent().unwrap_or(Path::new("")).join(target);
        if path.is_symlink() {
            return Err(failed(io::Error::other("it is a link to a link that leads to no file")));
        }
    }
    let name = path.file_name().ok_or_else(|| OpenError::Url {
        why: "the path of the SQLite database names no file".to_owned(),
    })?;
    let whole = if path.exists() {
        path.canonicalize()
    } else {
        match path.parent().filter(|parent| *parent != Path::new("")) {
            Some(parent) => parent.canonicalize(),
            None => std::env::current_dir(),
        }
        .map(|directory| directory.join(name))
    };
    whole.map_err(failed)
}

fn identity(path: &Path) -> Result<Identity, Outage> {
    metadata(path).map(|file| Identity::of(&file))
}

fn metadata(path: &Path) -> Result<Metadata, Outage> {
    std::fs::metadata(path).map_err(|error| match error.kind() {
        io::ErrorKind::NotFound | io::ErrorKind::NotADirectory => moved(path, "is not there any more"),
        _ => unreadable(path, error),
    })
}

fn moved(path: &Path, what: &str) -> Outage {
    Outage::new(OutageKind::Moved, format!("{} {what}", path.display()))
}

fn unreadable(path: &Path, error: io::Error) -> Outage {
    Outage::new(OutageKind::Away, format!("{}: {error}", path.display()))
}
