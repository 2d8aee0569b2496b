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

/// A published contract in a list.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct ContractEntry {
    /// The application.
    pub application: String,
    /// Whom to talk to.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub owner: Option<String>,
    /// SHA-256, in hexadecimal, of all that was published.
    pub hash: String,
    /// When it was published, in milliseconds since 1970 (UTC).
    pub published_at: i64,
}

/// What an application does with a subject.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Role {
    /// It owns the schema and writes events.
    Sends,
    /// It reads events.
    Receives,
}

/// An application that names a subject in its contract.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct SubjectContract {
    /// The application.
    pub application: String,
    /// Whom to talk to.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub owner: Option<String>,
    /// What it does with the subject.
    pub role: Role,
}
