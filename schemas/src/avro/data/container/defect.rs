//! Why a container cannot be read, and where.

use std::{fmt, io};

use crate::decode_error::DecodeError;
use crate::text::source::ParseError;

/// A container cannot be read.
#[derive(Debug)]
pub struct ContainerError {
    /// What is wrong.
    pub defect: Defect,
    /// The offset in the file, in bytes. Of a compressed block, where the block begins.
    pub offset: u64,
    /// The number of the block, from 1; none in the header.
    pub block: Option<u64>,
    /// The number of the object in the file, from 1.
    pub object: Option<u64>,
}

/// What is wrong with a container.
#[derive(Debug)]
pub enum Defect {
    /// Reading the file failed.
    Io(io::Error),
    /// The header is no header, or asks for what is not supported.
    Header(String),
    /// The data is compressed in a way that is not known, so nothing can be said of it.
    Codec(String),
    /// The schema in the header is no schema.
    Schema(ParseError),
    /// A block is damaged, too large or cut off; what follows it cannot be found, or is not to be trusted.
    Block(String),
    /// A block's data cannot be decompressed; the next block can still be read.
    Data(String),
    /// An object is not what the schema describes; the rest of its block cannot be read, the next block can.
    Object(DecodeError),
}

impl ContainerError {
    /// Whether the next block can still be read.
    pub fn is_recoverable(&self) -> bool {
        matches!(self.defect, Defect::Object(_) | Defect::Data(_))
    }
}

impl fmt::Display for ContainerError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.block {
            Some(block) => write!(f, "block {block}, ")?,
            None => f.write_str("header, ")?,
        }
        if let Some(object) = self.object {
            write!(f, "object {object}, ")?;
        }
        write!(f, "byte {}: ", self.offset)?;
        match &self.defect {
            Defect::Io(error) => write!(f, "{error}"),
            Defect::Header(message) | Defect::Codec(message) | Defect::Block(message) | Defect::Data(message) => {
                f.write_str(message)
            }
            Defect::Schema(error) => write!(f, "the schema in it cannot be used: {error}"),
            Defect::Object(error) if error.path.is_empty() => f.write_str(&error.message),
            Defect::Object(error) => write!(f, "{}: {}", error.path, error.message),
        }
    }
}

impl std::error::Error for ContainerError {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        match &self.defect {
            Defect::Io(error) => Some(error),
            Defect::Schema(error) => Some(error),
            Defect::Object(error) => Some(error),
            Defect::Header(_) | Defect::Codec(_) | Defect::Block(_) | Defect::Data(_) => None,
        }
    }
}
