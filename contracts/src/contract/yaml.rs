//! The document as YAML spells it, before anything is made of it.

use serde::Deserialize;
use serde::de::{self, Deserializer, MapAccess, SeqAccess, Visitor, value::MapAccessDeserializer};
use serde_saphyr::Spanned;
use treaty_schemas::text::yaml;
use treaty_schemas::{ParseError, Problem, Source, Span, to_line};

use super::{MAX_BYTES, MAX_ENTRIES, fault};

#[derive(Deserialize)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
pub(super) struct RawContract {
    pub contract: Spanned<u64>,
    pub application: Spanned<String>,
    pub owner: Option<Spanned<String>>,
    pub decode: Option<Spanned<String>>,
    #[serde(default)]
    pub sends: Vec<Spanned<RawSends>>,
    #[serde(default)]
    pub receives: Vec<Spanned<RawReceives>>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
pub(super) struct RawSends {
    pub event: Spanned<String>,
    pub subject: Option<Spanned<String>>,
    pub channel: Option<Spanned<String>>,
    pub schema: Option<Spanned<String>>,
    #[serde(default)]
    pub references: Vec<Spanned<RawReference>>,
    pub retention: Option<Spanned<String>>,
    #[serde(default)]
    pub examples: Vec<Spanned<String>>,
    pub mode: Option<Spanned<String>>,
    pub key: Option<serde_json::Value>,
    pub envelope: Option<serde_json::Value>,
    pub headers: Option<serde_json::Value>,
    pub deprecated: Option<serde_json::Value>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
pub(super) struct RawReceives {
    pub event: Spanned<String>,
    pub subject: Option<Spanned<String>>,
    pub channel: Option<Spanned<String>>,
    pub built_against: Option<Spanned<RawPin>>,
    pub reader: Option<Spanned<String>>,
    #[serde(default)]
    pub references: Vec<Spanned<RawReference>>,
    pub from: Option<Spanned<String>>,
    pub group: Option<Spanned<String>>,
    pub decode: Option<Spanned<String>>,
    pub on_loss: Option<Spanned<String>>,
    pub reads: Option<Spanned<RawReads>>,
    pub unknown_fields: Option<Spanned<String>>,
    pub key: Option<serde_json::Value>,
    pub envelope: Option<serde_json::Value>,
    pub headers: Option<serde_json::Value>,
}

pub(super) enum RawPin {
    Number(u64),
    Text(String),
}

pub(super) enum RawReference {
    File(String),
    Registered(RawRegistered),
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
pub(super) struct RawRegistered {
    pub name: Spanned<String>,
    pub subject: Spanned<String>,
    pub version: Spanned<u32>,
}

pub(super) enum RawReads {
    Text(String),
    List(Vec<Spanned<RawRead>>),
}

pub(super) enum RawRead {
    Path(String),
    Entry(Box<RawReadEntry>),
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
pub(super) struct RawReadEntry {
    pub path: Spanned<String>,
    pub handles: Option<Vec<Spanned<String>>>,
    pub otherwise: Option<Spanned<String>>,
    pub on_loss: Option<Spanned<String>>,
    #[serde(default, deserialize_with = "present")]
    pub on_missing: Option<Spanned<Missing>>,
}

/// `onMissing: null` is null in YAML, not the word.
pub(super) struct Missing(pub String);

/// A key that is there, even if its value is null.
fn present<'de, T: Deserialize<'de>, D: Deserializer<'de>>(deserializer: D) -> Result<Option<T>, D::Error> {
    T::deserialize(deserializer).map(Some)
}

/// Reads the text into its raw shape.
pub(super) fn read(source: &Source) -> Result<RawContract, ParseError> {
    let text = source.text();
    if text.len() > MAX_BYTES {
        return Err(ParseError::from(Problem {
            message: to_line!(
                "the contract has {} bytes, more than the {MAX_BYTES} that are allowed",
                text.len()
            ),
            source: source.clone(),
            span: Span::default(),
            help: Some("let one application have one contract".into()),
        }));
    }
    serde_saphyr::from_str_with_options(text, yaml::bounds(MAX_BYTES, 20 * MAX_ENTRIES))
        .map_err(|error| ParseError::from(fault::problem(source, &error)))
}

/// A value that YAML may write as a scalar or as something else.
macro_rules! either {
    ($name:ident, $expecting:literal, { $($visit:item)* }) => {
        impl<'de> Deserialize<'de> for $name {
            fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                struct Seen;
                impl<'de> Visitor<'de> for Seen {
                    type Value = $name;

                    fn expecting(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                        f.write_str($expecting)
                    }

                    $($visit)*
                }
                deserializer.deserialize_any(Seen)
            }
        }
    };
}

either!(RawPin, "a version's number or a file", {
    fn visit_u64<E: de::Error>(self, number: u64) -> Result<Self::Value, E> {
        Ok(RawPin::Number(number))
    }
    fn visit_str<E: de::Error>(self, text: &str) -> Result<Self::Value, E> {
        Ok(RawPin::Text(text.to_owned()))
    }
});

either!(RawReference, "a file, or `name`, `subject` and `version`", {
    fn visit_str<E: de::Error>(self, text: &str) -> Result<Self::Value, E> {
        Ok(RawReference::File(text.to_owned()))
    }
    fn visit_map<A: MapAccess<'de>>(self, map: A) -> Result<Self::Value, A::Error> {
        RawRegistered::deserialize(MapAccessDeserializer::new(map)).map(RawReference::Registered)
    }
});

either!(
    RawReads,
    "a list of fields, `all`, or fields with commas between them",
    {
        fn visit_str<E: de::Error>(self, text: &str) -> Result<Self::Value, E> {
            Ok(RawReads::Text(text.to_owned()))
        }
        fn visit_seq<A: SeqAccess<'de>>(self, mut seq: A) -> Result<Self::Value, A::Error> {
            let mut reads = Vec::new();
            while let Some(read) = seq.next_element()? {
                reads.push(read);
            }
            Ok(RawReads::List(reads))
        }
    }
);

either!(RawRead, "a field, or `path` with what is taken for it", {
    fn visit_str<E: de::Error>(self, text: &str) -> Result<Self::Value, E> {
        Ok(RawRead::Path(text.to_owned()))
    }
    fn visit_map<A: MapAccess<'de>>(self, map: A) -> Result<Self::Value, A::Error> {
        RawReadEntry::deserialize(MapAccessDeserializer::new(map)).map(|entry| RawRead::Entry(Box::new(entry)))
    }
});

either!(Missing, "`fail`, `default` or `null`", {
    fn visit_str<E: de::Error>(self, text: &str) -> Result<Self::Value, E> {
        Ok(Missing(text.to_owned()))
    }
    fn visit_unit<E: de::Error>(self) -> Result<Self::Value, E> {
        Ok(Missing("null".into()))
    }
});
