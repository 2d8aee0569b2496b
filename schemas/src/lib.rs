//! Treaty's engine: it *understands* event schemas.
//!
//! It parses them, answers whether a reader can take everything that a writer may write, proves what it says
//! with a witness, and validates payloads. It knows no old and new: only [`mode`] knows that BACKWARD means
//! *the proposed schema reads the latest one*.
//!
//! ```
//! use treaty_schemas::{Budget, Format, Options, ParseError, Schema, Source, check};
//!
//! fn parse(name: &str, text: &str) -> Result<Schema, ParseError> {
//!     Schema::parse(Format::Avro, &Source::new(name, text), &[], &Options::default())
//! }
//!
//! let writer = parse("v1.avsc", r#"{"type": "record", "name": "Order", "fields": [{"name": "id", "type": "long"}]}"#)?;
//! let reader = parse("v2.avsc", r#"{"type": "record", "name": "Order", "fields": [{"name": "total", "type": "long"}]}"#)?;
//!
//! let comparison = check(&reader, &writer, &Budget::unlimited());
//! let finding = &comparison.findings[0];
//! assert_eq!(finding.rule.id, "avro/field-without-default");
//! assert_eq!(&*finding.message, "the reader needs `total`, which the writer never wrote");
//! # Ok::<(), ParseError>(())
//! ```
//!
//! Invariants: this crate is pure. It does no I/O, is not async, reads no clock and draws no randomness but
//! from a seed that it is given. No input makes it panic, overflow the stack or run without bound; what is not linear in its
//! input takes the [`Budget`] of whoever asks.

pub mod as_written;
pub mod avro;
pub mod budget;
pub mod change;
pub mod data_path;
mod data_place;
pub mod decode_error;
pub mod effect;
pub mod encode_error;
mod event_name;
pub mod finding;
pub mod format;
pub mod guid;
pub mod judgement;
pub mod mode;
pub mod opinion;
pub mod options;
mod path_tree;
pub mod protobuf;
mod random;
pub mod reads;
pub mod reference;
pub mod sample;
pub mod schema;
pub mod symbols;
pub mod text;
pub mod tree;
pub mod validate;
pub mod verdict;
pub mod wire;

pub use as_written::as_written;
pub use budget::{Budget, Exhausted};
pub use change::{Attribution, Change, ChangeIndex, ChangeKind, MAX_CHANGES};
pub use data_path::{DataPath, DataStep};
pub use decode_error::{DecodeError, DecodeErrorKind};
pub use effect::{Effect, Outcome};
pub use encode_error::EncodeError;
pub use event_name::EventName;
pub use finding::{At, Evidence, Finding, Label, Observed, Rule, Severity, Witness};
pub use format::Format;
pub use judgement::{Checked, Judgement, Walked, judge, pairs};
pub use mode::{Direction, Mode};
pub use opinion::{Library, Opinion, Quirk, Saying};
pub use options::{Options, Origin, Strictness};
pub use reads::{Fallback, ProjectError};
pub use reference::{Reference, ReferencePool};
#[cfg(feature = "second-opinion")]
pub use schema::libraries;
pub use schema::{Schema, changes, check, check_for_registration, check_with_notes, rules};
pub use symbols::{EnumPair, Enums};
pub use text::shown::Line;
pub use text::source::{ParseError, Path, Point, Problem, Source, Span, Step};
pub use text::weight::Weight;
pub use verdict::{Comparison, Difference, RuleSet, Shape, Verdict};
