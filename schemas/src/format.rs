//! The schema languages that Treaty knows.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

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

    /// The language of a file, by the end of its name: `.proto` is Protobuf, and everything else Avro.
    pub fn of_file(name: &str) -> Format {
        let extension = name.rsplit_once('.').map_or("", |(_, extension)| extension);
        match extension.eq_ignore_ascii_case("proto") {
            true => Format::Protobuf,
            false => Format::Avro,
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
