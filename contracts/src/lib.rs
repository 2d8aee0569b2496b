//! Treaty's contracts: they *judge who is affected* by a change.
//!
//! A consumer says which schema it was built against and what it reads of it. The part of that schema which it
//! reads is a reader's schema in its own right, so the engine answers for each consumer alone what registries
//! answer for a whole subject.
//!
//! ```
//! use treaty_contracts::{Contract, PublishedContract, Standing, assess, published};
//! use treaty_schemas::{Budget, Format, Options, ParseError, Schema, Source};
//!
//! let text = "contract: 1
//! application: billing
//! receives:
//!   - event: Order
//!     subject: orders-value
//!     builtAgainst: 1
//!     reads: [total]
//! ";
//! let contract = Contract::read(&Source::new("treaty.yaml", text))?;
//! let built = r#"{"type": "record", "name": "Order", "fields": [{"name": "total", "type": "long"}]}"#;
//! let schemas = contract.schema_requests().into_iter().map(|request| published::PinnedSchema {
//!     entry: request.entry,
//!     role: request.role,
//!     name: "orders-value@1".into(),
//!     schema_type: Format::DEFAULT,
//!     schema: built.into(),
//!     references: Vec::new(),
//! });
//! let published = PublishedContract {
//!     schemas: schemas.collect(),
//!     file: published::Text { name: "treaty.yaml".into(), text: text.into() },
//! };
//! let (_, requirements) = published.open(&Budget::unlimited())?;
//!
//! let proposed = Source::new("v2.avsc", r#"{"type": "record", "name": "Order", "fields": [{"name": "id", "type": "long"}]}"#);
//! let proposed = Schema::parse(Format::DEFAULT, &proposed, &[], &Options::default())?;
//! let assessment = assess(&requirements[0], &proposed, &Budget::unlimited());
//! assert_eq!(assessment.standing, Standing::Incompatible);
//! assert_eq!(assessment.findings[0].finding.rule.id, "contract/read-field-removed");
//! # Ok::<(), ParseError>(())
//! ```
//!
//! Invariants: this crate is pure. It does no I/O, reads no clock, and no document makes it panic or run without
//! bound. What could not be decided is never reported as compatible.

pub mod assessment;
pub mod contract;
mod decoding;
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
