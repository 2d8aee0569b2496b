//! Treaty's contracts: they *judge who is affected* by a change.
//!
//! A consumer says which schema it was built against and what it reads of it. The part of that schema which it
//! reads is a reader's schema in its own right, so the engine answers for each consumer alone what registries
//! answer for a whole subject.
//!
//! Invariants: this crate is pure. It does no I/O, reads no clock, and no document makes it panic or run without
//! bound. What could not be decided is never reported as compatible.

pub mod assessment;
pub mod contract;
mod hash;
mod project;
pub mod published;
pub mod requirement;
pub mod rules;
pub mod standing;
mod translate;

pub use assessment::{Assessment, ReadFinding, assess, assess_all, verify};
pub use contract::Contract;
pub use published::PublishedContract;
pub use requirement::{Need, Pinned, Requirement};
pub use standing::Standing;
