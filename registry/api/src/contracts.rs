//! Contracts: `PUT /api/v1/contracts/{application}` takes a [`treaty_contracts::PublishedContract`].

use serde::{Deserialize, Serialize};

/// What publishing a contract did.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Outcome {
    /// The application had published none.
    Created,
    /// It takes the place of another one.
    Replaced,
    /// The same one was published already.
    Unchanged,
}

/// A contract that was published.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct ContractPublished {
    /// The application.
    pub application: String,
    /// What publishing it did.
    pub outcome: Outcome,
    /// SHA-256, in hexadecimal, of all that was published.
    pub hash: String,
}
