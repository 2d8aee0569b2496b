//! Tags and properties of a schema, as Confluent's data contracts have them.

use std::collections::{BTreeMap, BTreeSet};

use serde::{Deserialize, Serialize};

use crate::text_map;

/// Metadata. Maps and sets are sorted, as Confluent's registry sorts them.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Metadata {
    /// Tags of places in the schema.
    #[serde(default, skip_serializing_if = "empty_map")]
    pub tags: Option<BTreeMap<String, BTreeSet<String>>>,
    /// Properties of the schema.
    #[serde(default, deserialize_with = "text_map::maybe", skip_serializing_if = "empty_map")]
    pub properties: Option<BTreeMap<String, String>>,
    /// Names of properties whose values are not for everybody's eyes.
    #[serde(default, skip_serializing_if = "empty_set")]
    pub sensitive: Option<BTreeSet<String>>,
}

pub(crate) fn empty_map<V>(map: &Option<BTreeMap<String, V>>) -> bool {
    map.as_ref().is_none_or(BTreeMap::is_empty)
}

pub(crate) fn empty_set(set: &Option<BTreeSet<String>>) -> bool {
    set.as_ref().is_none_or(BTreeSet::is_empty)
}
