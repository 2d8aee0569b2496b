//! Object container files: a schema, then blocks of objects.
//!
//! A container is read one block at a time, in memory that is bounded by [`Limits::block_bytes`] whatever its size and
//! whatever it announces. Objects are found by walking over them; values are only built by whoever asks for them.

use std::io::Read;
use std::ops::ControlFlow;
use std::sync::Arc;

use md5::{Digest, Md5};

use super::encode::{encode, put_long};
use super::limits::Limits;
use super::value::Value;
use super::walk::{Stack, Walker};
use crate::avro::language::parse::parse;
use crate::avro::language::schema::Schema;
use crate::decode_error::DecodeError;
use crate::encode_error::EncodeError;
use crate::options::Options;
use crate::text::source::Source;

mod codec;
mod defect;
mod header;
mod input;

pub use codec::Codec;
pub use defect::{ContainerError, Defect};
pub use header::MAGIC;

use codec::Decompressor;
use header::Header;
use input::Input;

/// A container that is being read.
pub struct Reader<R> {
    input: Input<R>,
    header: Header,
    schema: Arc<Schema>,
    walker: Walker,
    limits: Limits,
    decompressor: Decompressor,
    raw: Vec<u8>,
    stack: Stack,
    /// Blocks begun and objects announced so far.
    blocks: u64,
    objects: u64,
    /// Nothing more can be read.
    ended: bool,
}

/// One object of a container: a value of the container's schema in Avro's binary encoding.
#[derive(Debug, Clone)]
pub struct Object<'a> {
    /// The number of the object in the file, from 1.
    pub number: u64,
    /// The number of its block, from 1.
    pub block: u64,
    /// The object.
    pub bytes: &'a [u8],
    /// The first of its values that is none of its logical type, where that is asked for.
    pub misfit: Option<DecodeError>,
}

impl<R: Read> Reader<R> {
    /// Reads the header. `options` are those for parsing the schema in it.
    ///
    /// # Errors
    /// A file that is no container, whose codec is not supported, or whose schema cannot be parsed.
    pub fn open(input: R, options: &Options, limits: &Limits) -> Result<Self, ContainerError> {
        let mut input = Input::new(input);
        let opened = Header::read(&mut input).and_then(|header| {
            let source = Source::new("avro.schema", header.schema.as_str());
            let schema = parse(&source, &[], options).map_err(Defect::Schema)?;
            Ok((header, schema))
        });
        match opened {
            Ok((header, schema)) => Ok(Reader {
                input,
                walker: Walker::new(&schema),
                schema: Arc::new(schema),
                limits: *limits,
                decompressor: Decompressor::new(header.codec, limits.block_bytes),
                header,
                raw: Vec::new(),
                stack: Stack::default(),
                blocks: 0,
                objects: 0,
                ended: false,
            }),
            Err(defect) => Err(ContainerError {
                // The header's own framing fails in the words of a block.
                defect: match defect {
                    Defect::Block(message) => Defect::Header(message),
                    other => other,
                },
                offset: input.offset,
                block: None,
                object: None,
            }),
        }
    }

    /// Also asks whether the values of logical types are such.
    #[must_use]
    pub fn with_logical_types(mut self) -> Self {
        self.walker = Walker::with_logical_types(&self.schema);
        self
    }

    /// The schema that the objects were written with.
    pub fn schema(&self) -> &Arc<Schema> {
        &self.schema
    }

    /// The codec.
    pub fn codec(&self) -> Codec {
        self.header.codec
    }

    /// The metadata, in the order of the file, `avro.schema` and `avro.codec` among it.
    pub fn metadata(&self) -> &[(String, Vec<u8>)] {
        &self.header.metadata
    }

    /// Bytes of the file that were read so far.
    pub fn offset(&self) -> u64 {
        self.input.offset
    }

    /// Blocks that were begun so far.
    pub fn blocks(&self) -> u64 {
        self.blocks
    }

    /// Reads the next block, checks all its objects against the schema and shows each to `visit`, until that breaks.
    /// None at the end of the file.
    ///
    /// # Errors
    /// The first defect of the block. If it [is recoverable](ContainerError::is_recoverable) the next call reads the
    /// next block; else the next call finds the end.
    pub fn visit_block<B>(
        &mut self,
        visit: &mut dyn FnMut(Object<'_>) -> ControlFlow<B>,
    ) -> Result<Option<ControlFlow<B>>, ContainerError> {
        if self.ended {
            return Ok(None);
        }
        let offset = self.input.offset;
        let first = self.objects;
        let (start, count) = match self.frame() {
            Ok(Some(framed)) => framed,
            Ok(None) => {
                self.ended = true;
                return Ok(None);
            }
            Err(defect) => {
                self.ended = true;
                return Err(error(defect, self.blocks, offset, None));
            }
        };
        self.objects = first.saturating_add(count);
        let block = self.blocks;
        if count == 0 && self.raw.is_empty() {
            // Some writers end a file like this; no codec makes nothing of nothing.
            return Ok(Some(ControlFlow::Continue(())));
        }
        let is_plain = self.header.codec == Codec::Null;
        let mut objects = Objects {
            data: match self.decompressor.data(&self.raw) {
                Ok(data) => data,
                Err(message) => return Err(error(Defect::Data(message), block, offset, None)),
            },
            walker: &self.walker,
            limits: &self.limits,
            stack: &mut self.stack,
            at: 0,
        };
        if self.walker.takes_no_bytes() && count > self.limits.items {
            let message = format!(
                "it announces {count} objects that take no bytes; {} are allowed",
                self.limits.items
            );
            return Err(error(Defect::Data(message), block, offset, None));
        }
        for number in first + 1..=first.saturating_add(count) {
            let (bytes, misfit) = match objects.next() {
                Ok(object) => object,
                Err(error) => {
                    let offset = if is_plain { start + error.offset as u64 } else { offset };
                    return Err(self::error(Defect::Object(error), block, offset, Some(number)));
                }
            };
            if let ControlFlow::Break(value) = visit(Object {
                number,
                block,
                bytes,
                misfit,
            }) {
                return Ok(Some(ControlFlow::Break(value)));
            }
        }
        match objects.data.len() - objects.at {
            0 => Ok(Some(ControlFlow::Continue(()))),
            left => {
                let message = format!("{left} bytes follow the objects that it announced ({count})");
                Err(error(Defect::Data(message), block, offset, None))
            }
        }
    }

    /// [`visit_block`](Self::visit_block) for all blocks, up to the first defect.
    ///
    /// # Errors
    /// The first defect of the file.
    pub fn visit<B>(
        &mut self,
        mut visit: impl FnMut(Object<'_>) -> ControlFlow<B>,
    ) -> Result<ControlFlow<B>, ContainerError> {
        while let Some(flow) = self.visit_block(&mut visit)? {
            if flow.is_break() {
                return Ok(flow);
            }
        }
        Ok(ControlFlow::Continue(()))
    }

    /// Reads the next block as it is stored: where its data begins, and how many objects it has.
    fn frame(&mut self) -> Result<Option<(u64, u64)>, Defect> {
        if self.input.is_at_end()? {
            return Ok(None);
        }
        self.blocks += 1;
        let count = self.input.long("a block's number of objects")?;
        let count =
            u64::try_from(count).map_err(|_| Defect::Block(format!("its number of objects is negative: {count}")))?;
        let size = self.input.long("a block's size")?;
        let size = usize::try_from(size).map_err(|_| Defect::Block(format!("its size is negative: {size}")))?;
        if size > self.limits.block_bytes {
            return Err(Defect::Block(format!(
                "it has {size} bytes, more than the {} that are allowed",
                self.limits.block_bytes
            )));
        }
        let start = self.input.offset;
        self.input.bytes(size, &mut self.raw, "a block")?;
        if self.input.array::<16>("a block's sync marker")? != self.header.sync {
            return Err(Defect::Block(
                "its sync marker is not that of the file: the file is damaged here or before".into(),
            ));
        }
        Ok(Some((start, count)))
    }
}

fn error(defect: Defect, block: u64, offset: u64, object: Option<u64>) -> ContainerError {
    ContainerError {
        defect,
        offset,
        block: Some(block),
        object,
    }
}

/// The objects of a block.
struct Objects<'a> {
    data: &'a [u8],
    walker: &'a Walker,
    limits: &'a Limits,
    stack: &'a mut Stack,
    at: usize,
}

impl<'a> Objects<'a> {
    fn next(&mut self) -> Result<(&'a [u8], Option<DecodeError>), DecodeError> {
        let end = self.walker.walk_one(self.data, self.at, self.limits, self.stack)?;
        let bytes = &self.data[self.at..end];
        self.at = end;
        Ok((bytes, self.stack.misfit.take().map(|misfit| *misfit)))
    }
}

/// A container file in memory, for tests and samples. The sync marker is a digest of the contents, so that the same
/// values make the same file.
///
/// # Errors
/// The first value that is not of the schema's type.
pub fn write(schema: &Schema, codec: Codec, values: &[Value], values_per_block: usize) -> Result<Vec<u8>, EncodeError> {
    let payloads = values
        .iter()
        .map(|value| encode(schema, value))
        .collect::<Result<Vec<_>, _>>()?;
    let payloads: Vec<&[u8]> = payloads.iter().map(Vec::as_slice).collect();
    write_encoded(schema, codec, &payloads, values_per_block)
}

/// The same of values that were encoded with this schema.
pub(crate) fn write_encoded(
    schema: &Schema,
    codec: Codec,
    payloads: &[&[u8]],
    payloads_per_block: usize,
) -> Result<Vec<u8>, EncodeError> {
    let text = schema.resolved();
    let mut digest = Md5::new_with_prefix(&text);
    let mut blocks = Vec::new();
    for payloads in payloads.chunks(payloads_per_block.max(1)) {
        let data = payloads.concat();
        digest.update(&data);
        let raw = codec.compress(&data).map_err(|error| EncodeError {
            message: error.to_string().into(),
            path: crate::text::shown::Line::default(),
        })?;
        blocks.push((payloads.len(), raw));
    }
    let header = Header {
        codec,
        metadata: vec![
            ("avro.schema".into(), text.clone().into_bytes()),
            ("avro.codec".into(), codec.name().into()),
        ],
        schema: text,
        sync: digest.finalize().into(),
    };
    let mut out = Vec::new();
    header.write(&mut out);
    for (count, raw) in blocks {
        put_long(&mut out, count as i64);
        put_long(&mut out, raw.len() as i64);
        out.extend_from_slice(&raw);
        out.extend_from_slice(&header.sync);
    }
    Ok(out)
}
