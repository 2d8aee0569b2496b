//! The schema languages that Treaty knows.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

use crate::protobuf::judgement::trees;
use crate::text::source::Source;
use crate::tree::{Directory, JudgedTree, Notes, Tree, TreeError, TreeOptions};

/// A schema language, spelt on the wire as Confluent's `schemaType`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum Format {
    /// Apache Avro 1.12.
    #[serde(rename = "AVRO")]
    Avro,
    /// Protocol Buffers: proto2, proto3 and editions.
    #[serde(rename = "PROTOBUF")]
    Protobuf,
}

impl Format {
    /// Every format, in the order in which they are listed to people.
    pub const ALL: [Format; 2] = [Format::Avro, Format::Protobuf];

    /// The language where nothing names one: Confluent's API leaves `schemaType` out for it.
    pub const DEFAULT: Format = Format::Avro;

    /// The language of a schema in a file: what the name of its text says, else how the text begins, else the default.
    pub fn of_source(source: &Source) -> Format {
        let named = Format::named_by(source.name());
        let begins = || Format::ALL.into_iter().find(|format| format.begins(source.text()));
        named.or_else(begins).unwrap_or(Format::DEFAULT)
    }

    /// The language of a file, by the end of its name; the default where that says nothing.
    pub fn of_file(name: &str) -> Format {
        Format::named_by(name).unwrap_or(Format::DEFAULT)
    }

    fn named_by(file: &str) -> Option<Format> {
        let extension = file.rsplit_once('.').map_or("", |(_, extension)| extension);
        let has = |format: &Format| {
            let mut known = format.extensions().iter();
            known.any(|known| extension.eq_ignore_ascii_case(known))
        };
        Format::ALL.into_iter().find(has)
    }

    /// Whether a text begins as texts in this language do.
    fn begins(self, text: &str) -> bool {
        let text = text.trim_start_matches('\u{feff}').trim_start();
        match self {
            Format::Avro => crate::avro::language::parse::begins(text),
            Format::Protobuf => crate::protobuf::language::parse::begins(text),
        }
    }

    /// How the names of its files end, without the dot.
    pub fn extensions(self) -> &'static [&'static str] {
        match self {
            Format::Avro => &["avsc"],
            Format::Protobuf => &["proto"],
        }
    }

    /// A schema in this language, in a sentence: `an Avro schema`.
    pub fn schema_in_words(self) -> &'static str {
        match self {
            Format::Avro => "an Avro schema",
            Format::Protobuf => "a Protobuf schema",
        }
    }

    /// Whether a text names the texts that it uses, by paths. Otherwise it names types, and does not care which text has them.
    pub fn imports_by_path(self) -> bool {
        match self {
            Format::Avro => false,
            Format::Protobuf => true,
        }
    }

    /// Whether the files of a directory are judged together, as one tree, by [`Format::judge_trees`]. Otherwise each is compared
    /// with its namesake.
    pub fn is_judged_as_tree(self) -> bool {
        match self {
            Format::Avro => false,
            Format::Protobuf => true,
        }
    }

    /// Judges the files of a directory against earlier ones, module by module; those of a language whose files are not judged
    /// together are no tree. What is odd about their configurations is added to `notes`.
    ///
    /// # Errors
    /// A file cannot be read or understood, or is in two modules.
    pub fn judge_trees<D: Directory>(
        self,
        current: Tree<'_, D>,
        previous: Tree<'_, D>,
        options: &TreeOptions<'_>,
        notes: &mut Notes,
    ) -> Result<Vec<JudgedTree>, TreeError<D::Error>> {
        match self {
            Format::Avro => Ok(Vec::new()),
            Format::Protobuf => trees::judge(current, previous, options, notes),
        }
    }

    /// Whether a consumer decodes all of an event, however little of it it reads: generated code does, where a reader's schema
    /// would skip the rest.
    pub fn decodes_unread(self) -> bool {
        match self {
            Format::Avro => false,
            Format::Protobuf => true,
        }
    }

    /// Whether a text has another form of this name (the parameter `format` of Confluent's API) than the text itself: what has
    /// no references is resolved as it is.
    pub fn has_form(self, form: &str, has_references: bool) -> bool {
        match self {
            Format::Avro => form == "resolved" && has_references,
            Format::Protobuf => matches!(form, "serialized" | "ignore_extensions"),
        }
    }

    /// The `schemaType` of Confluent's API.
    pub fn name(self) -> &'static str {
        match self {
            Format::Avro => "AVRO",
            Format::Protobuf => "PROTOBUF",
        }
    }
}

impl fmt::Display for Format {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

/// The name given is no `schemaType` that this build knows.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("unknown schema type `{0}`; known are {known}", known = Format::ALL.map(Format::name).join(", "))]
pub struct UnknownFormat(pub String);

impl FromStr for Format {
    type Err = UnknownFormat;

    fn from_str(name: &str) -> Result<Self, Self::Err> {
        Format::ALL
            .into_iter()
            .find(|format| format.name() == name)
            .ok_or_else(|| UnknownFormat(name.to_owned()))
    }
}

#[cfg(test)]
mod tests {
    use super::Format;
    use crate::text::source::Source;

    #[test]
    fn a_name_says_more_than_a_text() {
        let of = |name, text| Format::of_source(&Source::new(name, text));
        assert_eq!(of("order.avsc", "syntax = \"proto3\";"), Format::Avro);
        assert_eq!(of("order.PROTO", "{}"), Format::Protobuf);
        assert_eq!(of("order", "\u{feff} {\"type\": \"string\"}"), Format::Avro);
        assert_eq!(of("-", "\n// Orders.\nsyntax = \"proto3\";"), Format::Protobuf);
        assert_eq!(of("order.txt", "message Order {}"), Format::Protobuf);
        assert_eq!(of("order.txt", "messages"), Format::DEFAULT);
        assert_eq!(of("", ""), Format::DEFAULT);
    }
}
