//! Rules that clients execute on the data of a schema. The registry validates, keeps and returns them; it executes none.

use std::collections::{BTreeMap, BTreeSet};

use serde::{Deserialize, Deserializer, Serialize};

use crate::metadata::{empty_map, empty_set};
use crate::{nothing, object, text_map};

/// The rules of a schema.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct RuleSet {
    /// Rules between versions.
    #[serde(default, deserialize_with = "object::list", skip_serializing_if = "nothing")]
    pub migration_rules: Option<Vec<Rule>>,
    /// Rules on values.
    #[serde(default, deserialize_with = "object::list", skip_serializing_if = "nothing")]
    pub domain_rules: Option<Vec<Rule>>,
    /// Rules on bytes.
    #[serde(default, deserialize_with = "object::list", skip_serializing_if = "nothing")]
    pub encoding_rules: Option<Vec<Rule>>,
    /// Where the rules are executed: `ALL`, `CLIENT`, `GATEWAY`, `SERVER` or `NONE`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub enable_at: Option<String>,
}

/// One rule.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Rule {
    /// Unique within the rule set.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
    /// What it is for.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub doc: Option<String>,
    /// Whether it changes or judges.
    #[serde(default, deserialize_with = "or_default")]
    pub kind: RuleKind,
    /// When it is executed.
    #[serde(default, deserialize_with = "or_default")]
    pub mode: RuleMode,
    /// The executor: `CEL`, `JSONATA`, `ENCRYPT` and so on.
    #[serde(default, rename = "type", skip_serializing_if = "Option::is_none")]
    pub executor: Option<String>,
    /// The tags that it applies to.
    #[serde(default, skip_serializing_if = "empty_set")]
    pub tags: Option<BTreeSet<String>>,
    /// Parameters of the executor.
    #[serde(default, deserialize_with = "text_map::maybe", skip_serializing_if = "empty_map")]
    pub params: Option<BTreeMap<String, String>>,
    /// What the executor evaluates.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub expr: Option<String>,
    /// What happens when it holds.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub on_success: Option<String>,
    /// What happens when it does not.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub on_failure: Option<String>,
    /// Whether it is switched off.
    #[serde(default, deserialize_with = "or_default")]
    pub disabled: bool,
}

/// Whether a rule changes or judges.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "UPPERCASE")]
pub enum RuleKind {
    /// It changes the message.
    #[default]
    Transform,
    /// It judges the message.
    Condition,
}

impl RuleKind {
    /// The word on the wire.
    pub fn name(self) -> &'static str {
        match self {
            RuleKind::Transform => "TRANSFORM",
            RuleKind::Condition => "CONDITION",
        }
    }
}

/// When a rule is executed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "UPPERCASE")]
pub enum RuleMode {
    /// From an older version to a newer one.
    Upgrade,
    /// From a newer version to an older one.
    Downgrade,
    /// Both of these.
    Updown,
    /// When a message is written.
    Write,
    /// When a message is read.
    Read,
    /// Both of these.
    #[default]
    Writeread,
}

impl RuleMode {
    /// The word on the wire.
    pub fn name(self) -> &'static str {
        match self {
            RuleMode::Upgrade => "UPGRADE",
            RuleMode::Downgrade => "DOWNGRADE",
            RuleMode::Updown => "UPDOWN",
            RuleMode::Write => "WRITE",
            RuleMode::Read => "READ",
            RuleMode::Writeread => "WRITEREAD",
        }
    }

    /// Whether it is about going from one version to another.
    pub fn is_migration(self) -> bool {
        matches!(self, RuleMode::Upgrade | RuleMode::Downgrade | RuleMode::Updown)
    }

    /// Whether it covers two moments, so that an action may be given for each.
    pub fn is_pair(self) -> bool {
        matches!(self, RuleMode::Updown | RuleMode::Writeread)
    }
}

/// Clients write `null` for what they leave to the registry.
fn or_default<'de, T, D>(deserializer: D) -> Result<T, D::Error>
where
    T: Deserialize<'de> + Default,
    D: Deserializer<'de>,
{
    Ok(Option::<T>::deserialize(deserializer)?.unwrap_or_default())
}
