//! Whether a consumer can go on reading.

use std::fmt;

use serde::{Deserialize, Serialize};

/// What a writer's schema means for one consumer. Ordered by how bad it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Standing {
    /// It reads everything that the schema allows.
    Compatible,
    /// Its contract says that it receives the event, and not what it reads of it. Nothing was judged for it: what protects
    /// it is the mode of the subject, as it protects those that publish no contract.
    Undeclared,
    /// The engine cannot decide. Never to be taken for a yes.
    Unknown,
    /// Decoding does not fail, but it gets a default instead of data, which its contract does not allow.
    Silent,
    /// It breaks.
    Incompatible,
}

impl Standing {
    /// The word that reports use.
    pub fn name(self) -> &'static str {
        match self {
            Standing::Compatible => "compatible",
            Standing::Undeclared => "undeclared",
            Standing::Unknown => "unknown",
            Standing::Silent => "silent",
            Standing::Incompatible => "incompatible",
        }
    }
}

impl fmt::Display for Standing {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}
