//! The words that the registry and its command line exchange.
pub mod report;
