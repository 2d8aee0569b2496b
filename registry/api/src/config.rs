//! Settings of a subject or of the whole registry.

use std::collections::{BTreeMap, BTreeSet};

use serde::de::IgnoredAny;
use serde::{Deserialize, Deserializer, Serialize};
use serde_json::Value;
use treaty_schemas::Mode;

use crate::metadata::Metadata;
use crate::object;
use crate::rule_set::RuleSet;

/// The settings as they are stored, and as `GET` and `DELETE` answer them. What is not set is left out.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Config {
    /// Which of the new and the earlier schemas must read which.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub compatibility_level: Option<Mode>,
    /// Everything else.
    #[serde(flatten)]
    pub other: Other,
}

/// The settings as `PUT` answers them: the level is called `compatibility` there.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct ConfigStored {
    /// See [`Config::compatibility_level`].
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub compatibility: Option<Mode>,
    /// Everything else.
    #[serde(flatten)]
    pub other: Other,
}

/// The settings besides the level.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Other {
    /// Whether schemas are normalised when they are registered or looked up.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub normalize: Option<bool>,
    /// Whether the fields that a version reserves in its metadata (`confluent:reserved`) are kept free.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub validate_fields: Option<bool>,
    /// `false`: a new schema may have what only a stored one may have otherwise, names that Avro Java refuses for instance.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub validate_new_schemas: Option<bool>,
    /// Kept for clients: rule sets are always validated.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub validate_rules: Option<bool>,
    /// `STRICT` or `LENIENT`: it makes a difference to JSON Schema only.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub compatibility_policy: Option<String>,
    /// The name of a metadata property: only versions that have the same value there are compared.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub compatibility_group: Option<String>,
    /// Metadata that a new version gets where it says nothing itself.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub default_metadata: Option<Metadata>,
    /// Metadata that a new version gets whatever it says itself.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub override_metadata: Option<Metadata>,
    /// Rules that a new version gets where it says nothing itself.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub default_rule_set: Option<RuleSet>,
    /// Rules that a new version gets whatever it says itself.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub override_rule_set: Option<RuleSet>,
}

impl From<Config> for ConfigStored {
    fn from(config: Config) -> ConfigStored {
        ConfigStored {
            compatibility: config.compatibility_level,
            other: config.other,
        }
    }
}

/// A change of settings. A member that is missing keeps what is set, `null` clears it, a value sets it.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "camelCase", default, expecting = "an object")]
pub struct ConfigChange {
    /// The name of a level, in any case.
    #[serde(deserialize_with = "given")]
    pub compatibility: Option<Option<String>>,
    /// The same, as `GET` calls it; it counts where the other is missing.
    #[serde(deserialize_with = "given")]
    pub compatibility_level: Option<Option<String>>,
    /// See [`Other::normalize`].
    #[serde(deserialize_with = "given")]
    pub normalize: Option<Option<bool>>,
    /// See [`Other::validate_fields`].
    #[serde(deserialize_with = "given")]
    pub validate_fields: Option<Option<bool>>,
    /// See [`Other::validate_new_schemas`].
    #[serde(deserialize_with = "given")]
    pub validate_new_schemas: Option<Option<bool>>,
    /// See [`Other::validate_rules`].
    #[serde(deserialize_with = "given")]
    pub validate_rules: Option<Option<bool>>,
    /// See [`Other::compatibility_policy`].
    #[serde(deserialize_with = "given")]
    pub compatibility_policy: Option<Option<String>>,
    /// See [`Other::compatibility_group`].
    #[serde(deserialize_with = "given")]
    pub compatibility_group: Option<Option<String>>,
    /// See [`Other::default_metadata`].
    #[serde(deserialize_with = "object::given")]
    pub default_metadata: Option<Option<Metadata>>,
    /// See [`Other::override_metadata`].
    #[serde(deserialize_with = "object::given")]
    pub override_metadata: Option<Option<Metadata>>,
    /// See [`Other::default_rule_set`].
    #[serde(deserialize_with = "object::given")]
    pub default_rule_set: Option<Option<RuleSet>>,
    /// See [`Other::override_rule_set`].
    #[serde(deserialize_with = "object::given")]
    pub override_rule_set: Option<Option<RuleSet>>,
    /// Not offered; read so that a request which relies on it is refused rather than half done.
    #[serde(deserialize_with = "given")]
    pub alias: Option<Option<Value>>,
    /// The names of other members: nothing is known of them.
    #[serde(flatten, deserialize_with = "names")]
    pub unknown: BTreeSet<String>,
}

/// The names of members whose values nobody reads.
fn names<'de, D: Deserializer<'de>>(deserializer: D) -> Result<BTreeSet<String>, D::Error> {
    let members = BTreeMap::<String, IgnoredAny>::deserialize(deserializer)?;
    Ok(members.into_keys().collect())
}

/// Tells a member that is `null` from one that is missing.
fn given<'de, T, D>(deserializer: D) -> Result<Option<Option<T>>, D::Error>
where
    T: Deserialize<'de>,
    D: Deserializer<'de>,
{
    Option::<T>::deserialize(deserializer).map(Some)
}
