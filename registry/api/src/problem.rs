//! The body of every answer that is not a success.

use serde::{Deserialize, Serialize};
use treaty_report::Consumer;

/// Confluent's error body. Clients look at the code first: it is always there and always a number.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Problem {
    /// The HTTP status, or five digits that begin with it.
    pub error_code: u32,
    /// What is wrong, where, and how to mend it.
    pub message: String,
    /// Where a contract was refused because it does not hold: what was found. An addition of ours.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub consumers: Vec<Consumer>,
}
