//! Other forms of a schema's text, and what of it only other formats have.

use super::schema::Schema;
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
