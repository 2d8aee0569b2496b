//! Settings that Confluent's API does not have, of a subject or of the whole registry: `/api/v1/settings`.

use serde::{Deserialize, Deserializer, Serialize};

/// What registering a schema that hurts a published consumer comes to.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Contracts {
    /// The schema is refused, as one that is incompatible with an earlier version.
    Enforce,
    /// The schema is registered; checks and `treaty register` tell who is hurt.
    #[default]
    Warn,
    /// Nobody is asked who reads the subject.
    Ignore,
}

impl Contracts {
    /// The word of the API.
    pub fn name(self) -> &'static str {
        match self {
            Contracts::Enforce => "enforce",
            Contracts::Warn => "warn",
            Contracts::Ignore => "ignore",
        }
    }
}

/// The settings: as they are stored, what is set; as they are answered, what applies.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Settings {
    /// What a schema comes to that hurts a consumer.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub contracts: Option<Contracts>,
}

/// A change of settings. A member that is missing keeps what is set, `null` clears it, a value sets it.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Deserialize)]
#[serde(default, deny_unknown_fields, expecting = "an object")]
pub struct SettingsChange {
    /// See [`Settings::contracts`].
    #[serde(deserialize_with = "given")]
    pub contracts: Option<Option<Contracts>>,
}

/// Tells a member that is `null` from one that is missing.
fn given<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<Option<Contracts>>, D::Error> {
    Option::<Contracts>::deserialize(deserializer).map(Some)
}
