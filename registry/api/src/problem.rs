//! The body of every answer that is not a success.

use serde::{Deserialize, Serialize};

/// Confluent's error body. Clients look at the code first: it is always there and always a number.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Problem {
    /// The HTTP status, or five digits that begin with it.
    pub error_code: u32,
    /// What is wrong, where, and how to mend it.
    pub message: String,
}
