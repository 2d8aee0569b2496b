//! Other forms of a schema's text, and what a schema takes in memory.

use base64::Engine;
use base64::prelude::BASE64_STANDARD;

use super::descriptor;
use super::schema::Schema;
use crate::text::weight::Weight;

impl Schema {
    /// The canonical or the normalised text with the comments of the original.
    pub(crate) fn kept_form(&self, normalize: bool) -> Option<String> {
        Some(self.kept(normalize))
    }

    /// Another form of the text, by the name that Confluent's API has for it.
    pub(crate) fn in_form(&self, form: &str) -> Option<String> {
        match form {
            "serialized" => Some(BASE64_STANDARD.encode(descriptor::encode(self))),
            "ignore_extensions" => Some(self.without_extensions()),
            _ => None,
        }
    }

    /// Whether the first message has a field of this name.
    pub(crate) fn has_top_level_field(&self, name: &str) -> bool {
        let first = self.main().messages.first().map(|id| self.set.message(*id));
        first.is_some_and(|message| message.fields.iter().any(|field| *field.name == *name))
    }

    /// Imports are not written out: Confluent's registry knows no such form either.
    pub(crate) fn resolved(&self) -> String {
        self.canonical()
    }

    /// Bytes that this schema holds, by estimate on the safe side: its texts and everything that was read from them.
    pub(crate) fn held(&self) -> usize {
        let files = self.set.files.iter();
        files.map(|file| Weight::of_protobuf(file.source.text()).held).sum()
    }
}
