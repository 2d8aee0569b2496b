//! Other forms of a schema's text, and what of it only other formats have.

use super::schema::{Kind, Schema};
use crate::budget::{Budget, Exhausted};
use crate::data_path::DataPath;

#[allow(clippy::unused_self, reason = "asked of a schema of any format")]
impl Schema {
    /// The canonical text leaves out nothing that people want to read.
    pub(crate) fn kept_form(&self, _normalize: bool) -> Option<String> {
        None
    }

    /// Another form of the text, by the name that Confluent's API has for it.
    pub(crate) fn in_form(&self, form: &str) -> Option<String> {
        (form == "resolved").then(|| self.resolved())
    }

    /// Whether the root is a record that has a field of this name, or a union of which one is.
    pub(crate) fn has_top_level_field(&self, name: &str) -> bool {
        let root = &self.get(self.root()).kind;
        let has = |kind: &Kind| kind.record().is_some_and(|record| record.field(name).is_some());
        has(root) || root.branches().iter().any(|branch| has(&self.get(*branch).kind))
    }

    /// All fields of a record are there together.
    pub(crate) fn alternatives(
        &self,
        _event: &str,
        _path: &DataPath,
        _budget: &Budget,
    ) -> Result<Vec<DataPath>, Exhausted> {
        Ok(Vec::new())
    }
}
