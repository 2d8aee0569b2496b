//! Whether anything can be written: remembered from the last write, and tried again when somebody asks.
//!
//! A registry that is only read would never notice that its disk is full, and one that nobody writes to after a failure would
//! never notice that there is room again. So whoever asks makes it try, but only where there is doubt, and seldom: a node that
//! is well and at rest writes nothing because it is asked.

use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use tokio::time::{Instant, timeout};

use crate::both::{End, tx, within};
use crate::context::lock;
use crate::outage::{Outage, OutageKind};
use crate::{Database, Store, StoreError};

/// The shortest time between two tries.
const EVERY: Duration = Duration::from_secs(1);

/// The longest that one takes.
const LONGEST: Duration = Duration::from_secs(2);

/// What the last write learnt of the database.
#[derive(Default)]
pub(crate) struct Writability {
    failure: Mutex<Option<Outage>>,
    tried: tokio::sync::Mutex<Option<Instant>>,
}

impl Writability {
    /// Notes what came of a transaction (with whether it was committed); reports the change, once.
    pub(crate) fn learn<T>(&self, outcome: Result<(T, bool), StoreError>) -> Result<T, StoreError> {
        match &outcome {
            Ok((_, true)) if self.failure().take().is_some() => {
                tracing::info!("the database can be written again");
            }
            Err(StoreError::Unavailable(outage)) => {
                let before = self.failure().replace(outage.clone());
                if before.is_none_or(|before| before.kind() != outage.kind()) {
                    let cause = std::error::Error::source(outage).map(ToString::to_string);
                    tracing::error!(
                        cause = cause.unwrap_or_default(),
                        "the database cannot be written: {}",
                        outage.kind().describe()
                    );
                }
            }
            _ => {}
        }
        outcome.map(|(value, _)| value)
    }

    fn failure(&self) -> MutexGuard<'_, Option<Outage>> {
        self.failure.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn verdict(&self) -> Result<(), StoreError> {
        match &*self.failure() {
            Some(outage) => Err(StoreError::Unavailable(outage.clone())),
            None => Ok(()),
        }
    }
}

impl Store {
    /// Whether the database can be read and written. Costs a read; where the last write failed or the disk looks full, also a
    /// write, at most once a second.
    ///
    /// # Errors
    /// `Unavailable`, with the kind of outage.
    pub async fn ready(&self) -> Result<(), StoreError> {
        let doubt = match self.database() {
            Database::Sqlite(sqlite) => {
                self.ping().await?;
                sqlite.check_file()?;
                sqlite.is_short_of_room()
            }
            Database::Postgres(postgres) => {
                within(self.deadline(), postgres.takes_writes()).await?;
                false
            }
        };
        if doubt || self.writability().failure().is_some() {
            return self.try_to_write().await;
        }
        Ok(())
    }

    async fn try_to_write(&self) -> Result<(), StoreError> {
        let writability = self.writability();
        // Whoever asks while somebody tries gets what is known, and does not wait.
        let Ok(mut tried) = writability.tried.try_lock() else {
            return writability.verdict();
        };
        if tried.is_some_and(|last| last.elapsed() < EVERY) {
            return writability.verdict();
        }
        let longest = self.deadline().min(LONGEST);
        let outcome = match timeout(longest, self.write_something()).await {
            Ok(outcome) => outcome,
            Err(_) => writability.learn(Err(StoreError::late(longest))),
        };
        *tried = Some(Instant::now());
        outcome
    }

    /// The smallest write that there is: a number of the change sequence of the default context is used up.
    async fn write_something(&self) -> Result<(), StoreError> {
        let full = self.writability().failure().as_ref().map(Outage::kind) == Some(OutageKind::Full);
        if let (true, Database::Postgres(postgres)) = (full, self.database()) {
            // There a row can be rewritten where it lies long after there is no room for a new one.
            postgres.has_room().await?;
        }
        tx!(self, |tx| {
            let _ = lock!(tx, ".", 0, 1);
            Ok(End::Commit(()))
        })
    }
}
