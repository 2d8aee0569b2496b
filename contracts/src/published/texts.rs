//! Texts that stand more than once in a contract, kept and written once.
//!
//! As JSON a text is a string where it stands once. One that stands more often is an element of `texts`, and its number in
//! there, from 0, stands in its places. Readers take either form of any text.

use std::collections::{HashMap, HashSet};
use std::fmt;
use std::sync::Arc;

use serde::de::{self, Deserializer, Visitor};
use serde::{Deserialize, Serialize, Serializer};
use treaty_schemas::Format;

use super::{PinnedSchema, PublishedContract, ReferencedText, Role, Text};

/// Texts of which one is kept, however often they come.
#[derive(Debug, Default)]
pub struct Shared {
    texts: HashSet<Arc<str>>,
    bytes: usize,
}

impl Shared {
    /// The texts of a contract.
    pub fn of(contract: &PublishedContract) -> Shared {
        let mut shared = Shared::default();
        let mut seen = HashSet::new();
        for text in contract.texts().filter(|text| seen.insert(text.as_ptr())) {
            if shared.texts.insert(Arc::clone(text)) {
                shared.bytes += text.len();
            }
        }
        shared
    }

    /// The text; the one that is kept already, where there is one.
    pub fn one(&mut self, text: &str) -> Arc<str> {
        if let Some(known) = self.texts.get(text) {
            return Arc::clone(known);
        }
        let text: Arc<str> = text.into();
        self.bytes += text.len();
        self.texts.insert(Arc::clone(&text));
        text
    }

    /// Bytes of all texts.
    pub fn bytes(&self) -> usize {
        self.bytes
    }
}

impl PublishedContract {
    /// Every text of its schemas in each of its places.
    fn texts(&self) -> impl Iterator<Item = &Arc<str>> {
        self.schemas.iter().flat_map(|schema| {
            let references = schema.references.iter().map(|reference| &reference.text);
            std::iter::once(&schema.schema).chain(references)
        })
    }
}

/// Numbers for the texts that stand in a contract more than once.
///
/// Invariant: a text is looked at as often as it is in memory, which may be far less often than it is named.
struct Numbered<'c> {
    /// Which text lies at an address.
    by_address: HashMap<*const u8, usize>,
    /// The number of each text, where it has one.
    numbers: Vec<Option<usize>>,
    repeated: Vec<&'c str>,
}

impl<'c> Numbered<'c> {
    fn of(contract: &'c PublishedContract) -> Numbered<'c> {
        let mut by_address = HashMap::new();
        let mut by_content: HashMap<&str, usize> = HashMap::new();
        let mut texts: Vec<(&str, usize)> = Vec::new();
        for text in contract.texts() {
            let index = *by_address.entry(text.as_ptr()).or_insert_with(|| {
                *by_content.entry(text).or_insert_with(|| {
                    texts.push((text, 0));
                    texts.len() - 1
                })
            });
            texts[index].1 += 1;
        }
        let mut repeated = Vec::new();
        let number = |(text, count)| {
            (count > 1).then(|| {
                repeated.push(text);
                repeated.len() - 1
            })
        };
        Numbered {
            by_address,
            numbers: texts.into_iter().map(number).collect(),
            repeated,
        }
    }

    fn written(&self, text: &'c Arc<str>) -> WrittenText<'c> {
        let number = self
            .by_address
            .get(&text.as_ptr())
            .and_then(|index| self.numbers[*index]);
        number.map_or(WrittenText::Whole(text), WrittenText::Number)
    }
}

/// As JSON, members in the order of their names: so they were written when the first contracts were published, and the hash of
/// a contract is that of its JSON.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct WrittenContract<'c> {
    file: &'c Text,
    schemas: Vec<WrittenSchema<'c>>,
    #[serde(skip_serializing_if = "<[&str]>::is_empty")]
    texts: &'c [&'c str],
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct WrittenSchema<'c> {
    entry: usize,
    name: &'c str,
    references: Vec<WrittenReference<'c>>,
    role: Role,
    schema: WrittenText<'c>,
    schema_type: Format,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct WrittenReference<'c> {
    #[serde(skip_serializing_if = "Option::is_none")]
    import: Option<&'c str>,
    name: &'c str,
    text: WrittenText<'c>,
}

#[derive(Serialize)]
#[serde(untagged)]
enum WrittenText<'c> {
    Number(usize),
    Whole(&'c str),
}

impl Serialize for PublishedContract {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let numbered = Numbered::of(self);
        let schemas = self.schemas.iter().map(|schema| WrittenSchema {
            entry: schema.entry,
            name: &schema.name,
            references: schema
                .references
                .iter()
                .map(|reference| WrittenReference {
                    import: reference.import.as_deref(),
                    name: &reference.name,
                    text: numbered.written(&reference.text),
                })
                .collect(),
            role: schema.role,
            schema: numbered.written(&schema.schema),
            schema_type: schema.schema_type,
        });
        WrittenContract {
            file: &self.file,
            schemas: schemas.collect(),
            texts: &numbered.repeated,
        }
        .serialize(serializer)
    }
}

/// As it is read.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(super) struct ReadContract {
    file: Text,
    #[serde(default)]
    schemas: Vec<ReadSchema>,
    #[serde(default)]
    texts: Vec<String>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
struct ReadSchema {
    entry: usize,
    role: Role,
    name: String,
    #[serde(default = "default_format")]
    schema_type: Format,
    schema: ReadText,
    #[serde(default)]
    references: Vec<ReadReference>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
struct ReadReference {
    name: String,
    #[serde(default)]
    import: Option<String>,
    text: ReadText,
}

enum ReadText {
    Number(usize),
    Whole(String),
}

fn default_format() -> Format {
    Format::DEFAULT
}

impl<'de> Deserialize<'de> for ReadText {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Seen;
        impl Visitor<'_> for Seen {
            type Value = ReadText;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a text, or its number in `texts`")
            }

            fn visit_u64<E: de::Error>(self, number: u64) -> Result<ReadText, E> {
                Ok(ReadText::Number(usize::try_from(number).unwrap_or(usize::MAX)))
            }

            fn visit_str<E: de::Error>(self, text: &str) -> Result<ReadText, E> {
                Ok(ReadText::Whole(text.to_owned()))
            }

            fn visit_string<E: de::Error>(self, text: String) -> Result<ReadText, E> {
                Ok(ReadText::Whole(text))
            }
        }
        deserializer.deserialize_any(Seen)
    }
}

/// A place names a text that is not there.
#[derive(Debug, thiserror::Error)]
#[error("text {number} is named, and `texts` has {count}; they are counted from 0")]
pub(super) struct NoSuchText {
    number: usize,
    count: usize,
}

impl TryFrom<ReadContract> for PublishedContract {
    type Error = NoSuchText;

    fn try_from(read: ReadContract) -> Result<Self, NoSuchText> {
        let mut shared = Shared::default();
        let texts: Vec<Arc<str>> = read.texts.into_iter().map(|text| shared.one(&text)).collect();
        let mut one = |text: ReadText| match text {
            ReadText::Whole(text) => Ok(shared.one(&text)),
            ReadText::Number(number) => texts.get(number).map(Arc::clone).ok_or(NoSuchText {
                number,
                count: texts.len(),
            }),
        };
        let mut schemas = Vec::with_capacity(read.schemas.len());
        for schema in read.schemas {
            let mut references = Vec::with_capacity(schema.references.len());
            for reference in schema.references {
                references.push(ReferencedText {
                    name: reference.name,
                    import: reference.import,
                    text: one(reference.text)?,
                });
            }
            schemas.push(PinnedSchema {
                entry: schema.entry,
                role: schema.role,
                name: schema.name,
                schema_type: schema.schema_type,
                schema: one(schema.schema)?,
                references,
            });
        }
        Ok(PublishedContract {
            file: read.file,
            schemas,
        })
    }
}
