//! What other nodes removed for good is forgotten here too.
//!
//! Each node asks the database once a second for the last change that removed something. Bound: a schema that another node
//! removed is answered from memory for at most one second and the time that the database takes to answer. Where it does not
//! answer, that is its time-out (`--database-timeout`): after it nothing is answered from memory until it does.

use std::time::{Duration, Instant};

use tokio::time::{MissedTickBehavior, interval};
use tokio_util::sync::CancellationToken;
use treaty_api::subject::Context;
use treaty_store::{Store, StoreError};

use crate::cache::Generations;
use crate::config::Config;

/// How often the database is asked.
const EVERY: Duration = Duration::from_secs(1);

/// How long after the database was asked what an id names is answered from memory.
pub fn bound(config: &Config) -> Duration {
    EVERY + config.database_timeout
}

/// Asks once.
///
/// # Errors
/// When the store does not answer.
pub async fn ask(store: &Store, generations: &Generations) -> Result<(), StoreError> {
    let at = Instant::now();
    let last_purge = store.last_purge(&Context::DEFAULT).await?;
    generations.asked(at, last_purge);
    Ok(())
}

/// Asks until the server stops.
pub async fn watch(store: Store, generations: Generations, stopped: CancellationToken) {
    let mut ticks = interval(EVERY);
    ticks.set_missed_tick_behavior(MissedTickBehavior::Delay);
    let mut away = false;
    loop {
        tokio::select! {
            _ = ticks.tick() => {}
            () = stopped.cancelled() => return,
        }
        let asked = ask(&store, &generations).await;
        if let Err(error) = &asked
            && !away
        {
            tracing::warn!(%error, "what other nodes remove is not known; soon nothing is answered from memory");
        }
        away = asked.is_err();
    }
}
