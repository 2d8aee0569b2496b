//! What is remembered, and for how long it is true.
//!
//! Invariants: every cache is bounded in bytes. What an id names stays true until a permanent delete; what can change is
//! remembered only while this process is the only one that can change it (SQLite), and is dropped by each write that it
//! depends on. On PostgreSQL, where other nodes write too, what can change is never answered from memory, and what an id names
//! is forgotten when another node removed something for good: see `purges` for how soon.

mod answers;
mod contracts;
mod generations;
mod outlines;
pub mod purges;
mod schemas;

pub use answers::{Answers, key_of_post};
pub use contracts::{Contracts, Opened};
pub use generations::{Change, Generations, Mark};
pub use outlines::{Outlines, SubjectState};
pub use schemas::{ParsedSchema, Schemas};
