//! Writing to the store so that nothing remembered stays true for longer than it is.
//!
//! Invariants: a write runs to its end even when the client leaves; while it runs, and until its outcome is known, what it
//! touches is not answered from memory.

use std::future::Future;
use std::time::Duration;

use treaty_store::StoreError;

use crate::app::App;
use crate::cache::Change;

/// The first wait before a write whose outcome is unknown is asked about, and the longest.
const FIRST_WAIT: Duration = Duration::from_millis(100);
const LONGEST_WAIT: Duration = Duration::from_secs(5);

/// Runs a write of something that is never answered from memory.
///
/// # Errors
/// Those of the store.
pub async fn to_its_end<T: Send + 'static>(
    work: impl Future<Output = Result<T, StoreError>> + Send + 'static,
) -> Result<T, StoreError> {
    tokio::spawn(work).await.unwrap_or(Err(StoreError::Closed))
}

/// Runs a write that `change` announces.
///
/// # Errors
/// Those of the store.
pub async fn write<T: Send + 'static>(
    app: &App,
    change: Change,
    work: impl Future<Output = Result<T, StoreError>> + Send + 'static,
) -> Result<T, StoreError> {
    let task = tokio::spawn(async move {
        let outcome = work.await;
        match &outcome {
            Err(StoreError::Unavailable(_) | StoreError::Corrupt(_) | StoreError::Closed) => drop(change),
            _ => change.end(),
        }
        outcome
    });
    let outcome = task.await.unwrap_or(Err(StoreError::Closed));
    if outcome.is_err() {
        settle(app);
    }
    outcome
}

/// Sees to it that writes of unknown outcome end once they are surely over; one task does it for all of them.
fn settle(app: &App) {
    if !app.generations.settles() {
        return;
    }
    let (store, generations) = (app.store.clone(), app.generations.clone());
    tokio::spawn(async move {
        while let Some(unsettled) = generations.unsettled() {
            let mut wait = FIRST_WAIT;
            loop {
                match store.settle().await {
                    Ok(()) => break unsettled.end(),
                    Err(StoreError::Closed) => return,
                    Err(_) => tokio::time::sleep(wait).await,
                }
                wait = (wait * 2).min(LONGEST_WAIT);
            }
        }
    });
}
