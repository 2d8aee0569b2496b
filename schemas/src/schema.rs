//! A parsed schema of any format, and what every format can do with one.

use std::sync::Arc;

use base64::Engine;
use base64::prelude::BASE64_STANDARD;

use crate::as_written::shape::{Described, Root};
use crate::avro;
use crate::budget::{Budget, Exhausted};
use crate::change::Change;
use crate::data_path::DataPath;
use crate::event_name::EventName;
use crate::finding::{Finding, Rule};
use crate::format::Format;
use crate::mode::Direction;
#[cfg(feature = "second-opinion")]
use crate::opinion::{APACHE_AVRO, Library, PROST_REFLECT, Quirk};
use crate::options::Options;
use crate::protobuf;
use crate::reads::{Fallback, KnownBy, ProjectError, Read, Unread};
use crate::reference::Reference;
use crate::text::shown::Line;
use crate::text::source::{ParseError, Problem, Source};
use crate::verdict::{Comparison, Difference, Scope, Shape};

/// Asks a schema of whichever format it is: each format answers for itself.
macro_rules! ask {
    ($schema:expr, $question:ident($($argument:expr),*)) => {
        match $schema {
            Schema::Avro(schema) => schema.$question($($argument),*),
            Schema::Protobuf(schema) => schema.$question($($argument),*),
        }
    };
}

/// A parsed schema. Cheap to clone.
#[derive(Debug, Clone)]
pub enum Schema {
    /// Of Avro.
    Avro(Arc<avro::Schema>),
    /// Of Protobuf.
    Protobuf(Arc<protobuf::Schema>),
}

impl Schema {
    /// Parses a text. `references` are the texts whose types it may use, each after those that it uses itself.
    ///
    /// # Errors
    /// Everything that is wrong with the text, each at its place.
    pub fn parse(
        format: Format,
        source: &Source,
        references: &[Reference],
        options: &Options,
    ) -> Result<Self, ParseError> {
        match format {
            Format::Avro => avro::parse(source, references, options).map(|schema| Schema::Avro(Arc::new(schema))),
            // A text is known to others by the path by which they import it; its own name will do for itself.
            Format::Protobuf => {
                let printed = from_descriptor(source, references)?;
                let source = printed.as_ref().unwrap_or(source);
                protobuf::compile(source, &own_path(source, references), references, options)
                    .map(|schema| Schema::Protobuf(Arc::new(schema)))
            }
        }
    }

    /// The schema language.
    pub fn format(&self) -> Format {
        match self {
            Schema::Avro(_) => Format::Avro,
            Schema::Protobuf(_) => Format::Protobuf,
        }
    }

    /// Whether both are one schema in memory, as clones are.
    pub fn is_same(&self, other: &Schema) -> bool {
        match (self, other) {
            (Schema::Avro(one), Schema::Avro(other)) => Arc::ptr_eq(one, other),
            (Schema::Protobuf(one), Schema::Protobuf(other)) => Arc::ptr_eq(one, other),
            (Schema::Avro(_) | Schema::Protobuf(_), _) => false,
        }
    }

    /// The text that this schema was parsed from.
    pub fn source(&self) -> &Source {
        ask!(self, source())
    }

    /// What is taken in the text and may surprise: what some decoders refuse, and what says nothing where it stands.
    pub fn warnings(&self) -> &[Problem] {
        match self {
            Schema::Avro(schema) => schema.warnings(),
            Schema::Protobuf(schema) => &schema.warnings,
        }
    }

    /// The part of this schema that is read, as a reader of all data that this schema describes; `None` reads all of it.
    /// A Protobuf file has many messages, of which the one that is called `event` is meant, or else the first.
    ///
    /// # Errors
    /// Every read that does not fit the schema; or why the budget has ended.
    pub fn project(&self, event: &str, reads: Option<&[Read<'_>]>, budget: &Budget) -> Result<Schema, ProjectError> {
        match (self, reads) {
            (Schema::Avro(_), None) => Ok(self.clone()),
            (Schema::Avro(schema), Some(reads)) => {
                avro::project(schema, reads, budget).map(|projected| Schema::Avro(Arc::new(projected)))
            }
            (Schema::Protobuf(schema), reads) => {
                protobuf::project(schema, event, reads, budget).map(|projected| Schema::Protobuf(Arc::new(projected)))
            }
        }
    }

    /// What this schema uses again of what the latest of `history` (oldest first) has set aside for good. A comparison of two
    /// schemas cannot tell it from what the later of them sets aside.
    ///
    /// # Errors
    /// Why the budget has ended.
    pub(crate) fn reused(
        &self,
        history: &[Schema],
        direction: Direction,
        budget: &Budget,
    ) -> Result<Vec<Finding>, Exhausted> {
        let Schema::Protobuf(new) = self else {
            return Ok(Vec::new());
        };
        // Those of another language have set nothing aside.
        let of_language = history.iter().filter_map(|schema| match schema {
            Schema::Protobuf(schema) => Some(&**schema),
            Schema::Avro(_) => None,
        });
        let history: Vec<&protobuf::Schema> = of_language.collect();
        protobuf::judgement::reused::reused(new, &history, direction, budget)
    }

    /// What this schema uses again of what the next older one of a history has set aside; see [`Self::reused`].
    ///
    /// # Errors
    /// Why the budget has ended.
    pub(crate) fn reused_of_one(
        &self,
        earlier: &Schema,
        walked: &mut protobuf::judgement::reused::Walked,
        direction: Direction,
        budget: &Budget,
    ) -> Result<Vec<Finding>, Exhausted> {
        match (self, earlier) {
            (Schema::Protobuf(new), Schema::Protobuf(earlier)) => {
                protobuf::judgement::reused::reused_of_one(new, earlier, walked, direction, budget)
            }
            (Schema::Avro(_) | Schema::Protobuf(_), _) => Ok(Vec::new()),
        }
    }

    /// The text that decides whether two schemas are the same, spelt as Confluent's registry spells it.
    pub fn canonical(&self) -> String {
        ask!(self, canonical())
    }

    /// The canonical text after `normalize=true`: differences of spelling and order that mean nothing are gone.
    pub fn normalized(&self) -> String {
        ask!(self, normalized())
    }

    /// What a registry keeps and shows where the canonical or normalised text, which is the schema's identity, leaves
    /// something out that people want to read: the same text with its comments.
    pub fn kept(&self, normalize: bool) -> Option<String> {
        ask!(self, kept_form(normalize))
    }

    /// Another form of the text, by the name that Confluent's API has for it; none where the language has no such form.
    pub fn in_form(&self, form: &str) -> Option<String> {
        ask!(self, in_form(form))
    }

    /// The canonical text with the types of referenced texts written out: complete by itself.
    pub fn resolved(&self) -> String {
        ask!(self, resolved())
    }

    /// Bytes that this schema holds in memory, by estimate on the safe side: the texts that it was read from, those of its
    /// references included, and what was read from them.
    pub fn held(&self) -> usize {
        ask!(self, held())
    }

    /// Whether the schema itself, and no type in it, has a field of this name: as Confluent's registry asks for names that are
    /// reserved. Of a Protobuf file that is its first message, and of an Avro union each record of it.
    pub fn has_top_level_field(&self, name: &str) -> bool {
        ask!(self, has_top_level_field(name))
    }

    /// Everything that decides how a reader of this schema reads an event of this name, and nothing else: two schemas that
    /// read alike have equal forms.
    pub fn reader_form(&self, event: &str) -> serde_json::Value {
        ask!(self, reader_form(event))
    }

    /// Whether a type stands in more than one place of an event of this name. A comparison reports what it finds in such a type
    /// once, at the first of them.
    pub fn repeats_types(&self, event: &str) -> bool {
        ask!(self, repeats_types(event))
    }

    /// What stands in for what is read at this path, where data does not have it.
    pub fn fallback(&self, path: &DataPath) -> Fallback {
        ask!(self, fallback(path))
    }

    /// How this schema takes the name of an event.
    pub fn event_name(&self, name: &str) -> EventName {
        ask!(self, event_name(name))
    }

    /// How many steps of the path lead to the place at which something else may come that an application can pass over once the
    /// event is decoded: the member of the oneof that is nearest to the end of the path, or the end itself if that is an enum. None
    /// where there is no such place.
    pub fn choice(&self, event: &str, path: &DataPath) -> Option<usize> {
        ask!(self, choice(event, path))
    }

    /// The fields that a writer sends of an event and that a reader of this schema does not know.
    ///
    /// # Errors
    /// Why the budget has ended.
    pub fn unread_fields(
        &self,
        writer: &Schema,
        event: &str,
        known_by: KnownBy,
        budget: &Budget,
    ) -> Result<Vec<Unread>, Exhausted> {
        match (self, writer) {
            (Schema::Avro(reader), Schema::Avro(writer)) => {
                avro::judgement::check::unread_fields(reader, writer, known_by, budget)
            }
            (Schema::Protobuf(reader), Schema::Protobuf(writer)) => {
                protobuf::judgement::check::unread_fields(reader, writer, event, budget)
            }
            (Schema::Avro(_) | Schema::Protobuf(_), _) => Ok(Vec::new()),
        }
    }

    /// What an application sees of an event that was decoded with this schema.
    ///
    /// # Errors
    /// When the budget ends.
    pub(crate) fn described(&self, root: Root<'_>, budget: &Budget) -> Result<Described<'_>, Exhausted> {
        ask!(self, described(root, budget))
    }

    /// The paths to what is never set together with what is read at this path: the other members of each oneof on the way.
    ///
    /// # Errors
    /// Why the budget has ended.
    pub fn alternatives(&self, event: &str, path: &DataPath, budget: &Budget) -> Result<Vec<DataPath>, Exhausted> {
        ask!(self, alternatives(event, path, budget))
    }
}

/// A path for a text that nobody imports: the end of its name, which may be any path of the user's, and none of its
/// references'.
fn own_path(source: &Source, references: &[Reference]) -> String {
    let mut path = match source.name().rsplit(['/', '\\']).next() {
        None | Some("" | "." | "..") => "schema.proto".to_owned(),
        Some(name) => name.to_owned(),
    };
    while references.iter().any(|reference| *reference.import == *path) {
        path.insert(0, '_');
    }
    path
}

/// Some clients register a Protobuf schema as a descriptor: the bytes of google.protobuf.FileDescriptorProto, in base64.
/// Its text takes the place of the descriptor, so that everything that is said of it has a line and a column.
fn from_descriptor(source: &Source, references: &[Reference]) -> Result<Option<Source>, ParseError> {
    let text = source.text().trim();
    // A declaration ends with `;` or `}`, so no text that declares something is base64.
    let is_base64 = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'+' | b'/' | b'=');
    if text.is_empty() || !text.bytes().all(is_base64) {
        return Ok(None);
    }
    let Ok(bytes) = BASE64_STANDARD.decode(text) else {
        return Ok(None);
    };
    let file = protobuf::language::descriptor::read(source, &bytes, references)?;
    Ok(Some(Source::new(
        source.name(),
        protobuf::language::print::canonical(&file),
    )))
}

/// Data in one schema language says nothing to a reader of another.
fn of_different_formats() -> Comparison {
    Comparison {
        undecided: Some("the two schemas are written in different schema languages".into()),
        differences: vec![Difference {
            kind: "SCHEMA_TYPE_CHANGED",
            path: "/".into(),
            info: Line::default(),
            template: "Incompatible because of different schema type".into(),
            shape: Shape::Plain,
        }],
        ..Comparison::default()
    }
}

/// Can `reader` take everything that `writer` may write? All that was found, never only the first.
///
/// Where the budget ends, the comparison is undecided and holds nothing of what was found until then.
pub fn check(reader: &Schema, writer: &Schema, budget: &Budget) -> Comparison {
    compare(reader, writer, Scope::All, budget)
}

/// The libraries that are asked for a second opinion, each with its quirks.
#[cfg(feature = "second-opinion")]
pub fn libraries() -> [(&'static Library, &'static [Quirk]); 2] {
    [
        (&APACHE_AVRO, avro::judgement::check::QUIRKS),
        (&PROST_REFLECT, protobuf::judgement::check::QUIRKS),
    ]
}

/// Like [`check`], and also notes where the reader takes a default for what the writer does not have.
pub fn check_with_notes(reader: &Schema, writer: &Schema, budget: &Budget) -> Comparison {
    compare(reader, writer, Scope::WithNotes, budget)
}

/// Like [`check`], as far as a registration asks: findings are only collected where Confluent's rules have nothing against
/// the pair. Where they have, the registration is refused for their differences, and witnesses are what takes long.
pub fn check_for_registration(reader: &Schema, writer: &Schema, budget: &Budget) -> Comparison {
    compare(reader, writer, Scope::Registration, budget)
}

fn compare(reader: &Schema, writer: &Schema, scope: Scope, budget: &Budget) -> Comparison {
    match (reader, writer) {
        (Schema::Avro(reader), Schema::Avro(writer)) => avro::judgement::check::compare(reader, writer, scope, budget),
        (Schema::Protobuf(reader), Schema::Protobuf(writer)) => {
            protobuf::judgement::check::compare(reader, writer, scope, budget)
        }
        (Schema::Avro(_) | Schema::Protobuf(_), _) => of_different_formats(),
    }
}

/// What is different in `new`, place by place, whether it matters to anybody or not.
///
/// # Errors
/// Why the budget has ended.
pub fn changes(old: &Schema, new: &Schema, budget: &Budget) -> Result<Vec<Change>, Exhausted> {
    match (old, new) {
        (Schema::Avro(old), Schema::Avro(new)) => avro::changes(old, new, budget),
        (Schema::Protobuf(old), Schema::Protobuf(new)) => protobuf::changes(old, new, budget),
        (Schema::Avro(_) | Schema::Protobuf(_), _) => Ok(Vec::new()),
    }
}

/// Every rule of every format.
pub fn rules() -> impl Iterator<Item = &'static Rule> {
    let protobuf = protobuf::judgement::rules::ALL
        .iter()
        .chain(protobuf::judgement::breaking::rules::ALL);
    avro::judgement::rules::ALL.iter().chain(protobuf).copied()
}
