//! Writing to the store so that nothing remembered stays true for longer than it is.
//!
//! Invariants: a write runs to its end even when the client leaves; while it runs, and until its outcome is known, what it
//! touches is not answered from memory.

use std::future::Future;
use std::time::Duration;

use treaty_store::{Append, DEFAULT_CONTEXT, Guid, HeadRevision, StoreError};
use uuid::Uuid;

use crate::app::App;
use crate::cache::Change;

/// The first wait before a write whose outcome is unknown is asked about, and the longest.
const FIRST_WAIT: Duration = Duration::from_millis(100);
const LONGEST_WAIT: Duration = Duration::from_secs(30);

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
    let app = app.clone();
    let task = tokio::spawn(async move {
        let outcome = work.await;
        match &outcome {
            Err(StoreError::Unavailable(_) | StoreError::Corrupt(_) | StoreError::Closed) => {
                tokio::spawn(settle(app, change));
            }
            _ => change.end(),
        }
        outcome
    });
    task.await.unwrap_or(Err(StoreError::Closed))
}

/// Waits until a write of unknown outcome is surely over: the store decides writes in their order, so it is once a later
/// one was answered. That later one is an append that is refused by the head that it expects, and writes nothing.
async fn settle(app: App, change: Change) {
    let mut wait = FIRST_WAIT;
    loop {
        tokio::time::sleep(wait).await;
        let never = HeadRevision {
            subject: -1,
            settings: -1,
        };
        let probe = Append {
            context: DEFAULT_CONTEXT.to_owned(),
            subject: "probe".to_owned(),
            expected: never,
            guid: Guid(*Uuid::new_v4().as_bytes()),
            format: "AVRO".to_owned(),
            text: "\"null\"".to_owned(),
            metadata: None,
            rule_set: None,
            references: Vec::new(),
            now: 0,
        };
        match app.store.append(probe).await {
            Err(StoreError::Unavailable(_) | StoreError::Corrupt(_)) => wait = (wait * 2).min(LONGEST_WAIT),
            Err(StoreError::Closed) => return,
            _ => return change.end(),
        }
    }
}
