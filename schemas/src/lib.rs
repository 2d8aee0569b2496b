//! Treaty's engine: it *understands* event schemas.
//!
//! It parses them, answers whether a reader can take everything that a writer may write, proves what it says
//! with a witness, and validates payloads. It knows no old and new: only [`mode`] knows that BACKWARD means
//! *the proposed schema reads the latest one*.
//!
//! Invariants: this crate is pure. It does no I/O, is not async, reads no clock and draws no randomness but
//! from a seed that it is given. No input makes it panic, overflow the stack or run without bound.

pub mod avro;
pub mod finding;
pub mod format;
pub mod guid;
pub mod json;
pub mod source;

pub use finding::{Evidence, Finding, Label, Rule, Severity, Witness};
pub use format::Format;
pub use source::{ParseError, Path, Point, Problem, Source, Span, Step};
