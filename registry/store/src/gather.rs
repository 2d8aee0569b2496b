//! Reads that are waited for at the same time share one query, as appends share one commit.
//!
//! What a small read costs is the way to the database and back. A task takes every read that is waiting and answers them all
//! by one query; what arrives meanwhile waits for the next one.
//! Invariant: the query begins after each of its reads was asked for, so a read sees every write that was acknowledged before.

use std::collections::HashMap;
use std::hash::Hash;

use tokio::sync::{mpsc, oneshot};
use tokio::task::yield_now;

use crate::StoreError;

/// The most reads that one query answers.
const TOGETHER: usize = 64;

/// Reads that may wait before those who bring more are held up.
const QUEUE: usize = 1024;

/// The way to the task that reads one kind of thing.
pub(crate) struct Gatherer<K, V> {
    queue: mpsc::Sender<Asked<K, V>>,
}

type Asked<K, V> = (K, oneshot::Sender<Result<Option<V>, StoreError>>);

impl<K, V> Gatherer<K, V>
where
    K: Clone + Eq + Hash + Send + Sync + 'static,
    V: Clone + Send + 'static,
{
    /// Starts the task; it ends with the last handle. `read` answers with those of the keys that there are.
    pub(crate) fn start<F, R>(read: F) -> Gatherer<K, V>
    where
        F: Fn(Vec<K>) -> R + Send + 'static,
        R: Future<Output = Result<HashMap<K, V>, StoreError>> + Send + 'static,
    {
        let (queue, waiting) = mpsc::channel(QUEUE);
        tokio::spawn(run(waiting, read));
        Gatherer { queue }
    }

    /// What `key` names.
    pub(crate) async fn get(&self, key: K) -> Result<Option<V>, StoreError> {
        let (answer, answered) = oneshot::channel();
        self.queue.send((key, answer)).await.map_err(|_| StoreError::Closed)?;
        answered.await.map_err(|_| StoreError::Closed)?
    }
}

async fn run<K, V, F, R>(mut waiting: mpsc::Receiver<Asked<K, V>>, read: F)
where
    K: Clone + Eq + Hash,
    V: Clone,
    F: Fn(Vec<K>) -> R,
    R: Future<Output = Result<HashMap<K, V>, StoreError>>,
{
    let mut batch = Vec::with_capacity(TOGETHER);
    while waiting.recv_many(&mut batch, TOGETHER).await > 0 {
        // Requests that are ready to run come along; without this the first of them would have a query to itself.
        yield_now().await;
        while batch.len() < TOGETHER
            && let Ok(asked) = waiting.try_recv()
        {
            batch.push(asked);
        }
        let keys = batch.iter().map(|(key, _)| key.clone()).collect();
        let found = read(keys).await;
        for (key, answer) in batch.drain(..) {
            // Cloned, not taken: several may wait for the same. Whoever no longer waits is not answered.
            let _ = answer.send(match &found {
                Ok(found) => Ok(found.get(&key).cloned()),
                Err(error) => Err(error.clone()),
            });
        }
    }
}

/// Keys that are read by one query: those of one context.
pub(crate) fn by_context<T>(keys: Vec<(String, T)>) -> HashMap<String, Vec<T>> {
    let mut contexts: HashMap<String, Vec<T>> = HashMap::new();
    for (context, key) in keys {
        contexts.entry(context).or_default().push(key);
    }
    contexts
}

/// The items of a list in a statement, filled up with nulls, which name nothing, to a power of two: so there are few different
/// statements, and each is prepared once.
pub(crate) fn filled<T: Clone>(items: &[T]) -> impl Iterator<Item = Option<T>> {
    (0..items.len().next_power_of_two()).map(|place| items.get(place).cloned())
}
