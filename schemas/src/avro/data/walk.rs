//! Validation without values: a schema is compiled into a flat program that runs over the bytes.
//!
//! It checks all that [`decode`](super::decode::decode) checks but the depth: its stack is on the heap and grows with
//! the payload, at most by some twenty bytes for each byte. A type that takes no bytes costs nothing, and an array of
//! items of one size is checked in one step.

use super::cursor::{Block, Cursor};
use super::limits::Limits;
use crate::avro::language::schema::Schema;
use crate::data_place::{Segment, path_text};
use crate::decode_error::{DecodeError, DecodeErrorKind, Decoded};
use crate::text::shown::Line;

mod program;
mod skip;

use program::{Checked, Op, Program, Scalar, Step};

/// Validates a payload that holds exactly one value. Compile a [`Walker`] to validate more than one.
///
/// # Errors
/// As [`decode`](super::decode::decode), but for the depth.
pub fn walk(schema: &Schema, bytes: &[u8], limits: &Limits) -> Result<(), DecodeError> {
    Walker::new(schema).walk(bytes, limits)
}

/// A schema compiled for validation. Independent of the schema that it was made from; cheap to share between threads.
#[derive(Debug)]
pub struct Walker {
    program: Program,
}

/// Tail calls beyond this many frames replace their frame: a list of any length then takes constant memory. Paths show
/// fewer steps than this, so that they stay right.
const KEPT_FRAMES: usize = 64;

/// Work in progress of a walk; may be used again for the next one, which saves its allocation.
#[derive(Debug, Default)]
pub(crate) struct Stack {
    frames: Vec<Frame>,
    /// The first value of the last walk that its logical type does not allow. It can be read all the same.
    pub misfit: Option<Box<DecodeError>>,
}

/// A call, or an array or a map within which the walk is. Offsets are 32 bits wide, as longer payloads are refused.
#[derive(Debug, Clone, Copy)]
struct Frame {
    /// The operation that opened it.
    op: u32,
    /// Where the next item begins, or where a call goes on.
    body: u32,
    /// Items of the block that are left, the current one included; 0 for a call.
    left: u32,
    /// Items of this and earlier blocks.
    seen: u32,
    /// Where the block ends; [`NO_END`] if the writer did not say.
    end: u32,
    /// Where the current key is; [`NO_KEY`] before it is read.
    key: u32,
}

const NO_KEY: u32 = u32::MAX;
const NO_END: u32 = u32::MAX;

impl Walker {
    /// Compiles a schema, in time linear in its size.
    pub fn new(schema: &Schema) -> Self {
        Walker {
            program: Program::new(schema, false),
        }
    }

    /// One that also asks whether the values of logical types are such: uuids, decimals within their precision, times of a day.
    pub fn with_logical_types(schema: &Schema) -> Self {
        Walker {
            program: Program::new(schema, true),
        }
    }

    /// Validates a payload that holds exactly one value.
    ///
    /// # Errors
    /// As [`decode`](super::decode::decode), but for the depth.
    pub fn walk(&self, bytes: &[u8], limits: &Limits) -> Result<(), DecodeError> {
        let mut stack = Stack::default();
        let end = self.walk_one(bytes, 0, limits, &mut stack)?;
        Cursor::new(bytes, end).finish().map_err(|error| *error)?;
        stack.misfit.map_or(Ok(()), |misfit| Err(*misfit))
    }

    /// Where the value ends that begins at `start`, and the first of its values that is none of its logical type.
    ///
    /// # Errors
    /// As [`Walker::walk`], but for what follows the value.
    pub(crate) fn end(
        &self,
        bytes: &[u8],
        start: usize,
        limits: &Limits,
    ) -> Result<(usize, Option<DecodeError>), DecodeError> {
        let mut stack = Stack::default();
        let end = self.walk_one(bytes, start, limits, &mut stack)?;
        Ok((end, stack.misfit.map(|misfit| *misfit)))
    }

    /// Validates the value that begins at `start`, and says where it ends. What is wrong with a value of a logical type is left in
    /// `stack`.
    pub(crate) fn walk_one(
        &self,
        bytes: &[u8],
        start: usize,
        limits: &Limits,
        stack: &mut Stack,
    ) -> Result<usize, DecodeError> {
        if u32::try_from(bytes.len()).map_or(true, |length| length == NO_END) {
            return Err(*DecodeError::new(
                DecodeErrorKind::Limit,
                start,
                format!("a payload of {} bytes; less than 4 GiB are allowed", bytes.len()),
            ));
        }
        stack.frames.clear();
        stack.misfit = None;
        let mut run = Run {
            program: &self.program,
            stack: &mut stack.frames,
            misfit: &mut stack.misfit,
            items: limits.items.saturating_add(bytes.len() as u64),
        };
        match run.run(bytes, start) {
            Ok(end) => Ok(end),
            Err((at, mut error)) => {
                error.path = run.path(bytes, at);
                Err(*error)
            }
        }
    }

    /// Whether values take no bytes at all.
    pub(crate) fn takes_no_bytes(&self) -> bool {
        matches!(self.program.ops.first(), Some(Op::End))
    }
}

struct Run<'p, 's> {
    program: &'p Program,
    stack: &'s mut Vec<Frame>,
    misfit: &'s mut Option<Box<DecodeError>>,
    /// Items without bytes that are still allowed.
    items: u64,
}

impl Run<'_, '_> {
    /// Runs to the end of the value that begins at `place`, and says where that is; or which operation failed, and why.
    fn run(&mut self, bytes: &[u8], mut place: usize) -> Result<usize, (u32, Box<DecodeError>)> {
        let ops = &self.program.ops[..];
        let mut next = 0u32;
        loop {
            let at = next;
            next += 1;
            let end = match ops[at as usize] {
                Op::Boolean => skip::boolean(bytes, place),
                Op::Int => skip::int(bytes, place),
                Op::Long => skip::long(bytes, place),
                Op::Skip(size) => skip::fixed(bytes, place, size as usize),
                Op::Bytes => skip::bytes(bytes, place),
                Op::String => skip::string(bytes, place),
                Op::Logical(index) => self.logical(bytes, place, at, index),
                Op::Enum(count) => skip::number(bytes, place, count, "symbol").map(|(_, end)| end),
                Op::Union { first, count } => match skip::number(bytes, place, count, "branch") {
                    Ok((branch, end)) => {
                        next = self.program.branches[(first + branch) as usize];
                        Ok(end)
                    }
                    Err(error) => Err(error),
                },
                Op::Jump(target) => {
                    next = target;
                    Ok(place)
                }
                Op::Call { target, last } => {
                    if !(last && self.stack.len() >= KEPT_FRAMES) {
                        self.stack.push(Frame {
                            op: at,
                            body: next,
                            left: 0,
                            seen: 0,
                            end: NO_END,
                            key: NO_KEY,
                        });
                    }
                    next = target;
                    Ok(place)
                }
                Op::Array { body, exit } | Op::Map { body, exit } => {
                    let level = self.stack.len();
                    let end = self.open(bytes, place, at, body);
                    next = if self.stack.len() > level { body } else { exit };
                    end
                }
                Op::Key => self.key(bytes, place),
                Op::Bulk(size) => self.bulk(Cursor::new(bytes, place), size.into()),
                Op::Never => Err(Cursor::new(bytes, place)
                    .malformed("no value of this record can ever end, since it contains itself")),
                Op::End => match self.stack.last_mut() {
                    None => return Ok(place),
                    Some(frame) if frame.left > 1 => {
                        frame.left -= 1;
                        next = frame.body;
                        Ok(place)
                    }
                    Some(Frame { left: 0, body, .. }) => {
                        next = *body;
                        self.stack.pop();
                        Ok(place)
                    }
                    Some(&mut frame) => {
                        let level = self.stack.len();
                        // From here on errors concern the array or map, not an item.
                        let end = self
                            .next_block(bytes, place, frame)
                            .map_err(|error| (frame.op, error))?;
                        next = match ops[frame.op as usize] {
                            Op::Array { exit, .. } | Op::Map { exit, .. } if self.stack.len() < level => exit,
                            _ => frame.body,
                        };
                        Ok(end)
                    }
                },
            };
            match end {
                Ok(end) => place = end,
                Err(error) => return Err((at, error)),
            }
        }
    }

    /// A value of a logical type.
    fn logical(&mut self, bytes: &[u8], place: usize, at: u32, index: u32) -> Decoded<usize> {
        let Checked { check, of } = self.program.checks[index as usize];
        let end = match of {
            Scalar::Int => skip::int(bytes, place),
            Scalar::Long => skip::long(bytes, place),
            Scalar::Bytes => skip::bytes(bytes, place),
            Scalar::String => skip::string(bytes, place),
            Scalar::Fixed(size) => skip::fixed(bytes, place, size as usize),
        }?;
        if self.misfit.is_none()
            && let Err(message) = check.encoded(&bytes[place..end], matches!(of, Scalar::Fixed(_)))
        {
            let mut misfit = DecodeError::new(DecodeErrorKind::Malformed, place, message);
            misfit.path = self.path(bytes, at);
            *self.misfit = Some(misfit);
        }
        Ok(end)
    }

    /// Reads the head of the first block of the array or map at `op`, and opens it unless it is empty.
    #[inline]
    fn open(&mut self, bytes: &[u8], at: usize, op: u32, body: u32) -> Decoded<usize> {
        match bytes.get(at) {
            Some(0) => Ok(at + 1),
            _ => self.open_block(bytes, at, op, body, 0),
        }
    }

    /// A block is used up, and its frame is the topmost: goes on to the next block, or closes the frame.
    #[inline]
    fn next_block(&mut self, bytes: &[u8], at: usize, frame: Frame) -> Decoded<usize> {
        self.stack.pop();
        match bytes.get(at) {
            Some(0) if frame.end == NO_END => Ok(at + 1),
            _ => {
                Cursor::new(bytes, at).close((frame.end != NO_END).then_some(frame.end as usize))?;
                self.open_block(bytes, at, frame.op, frame.body, frame.seen)
            }
        }
    }

    /// Opens the block whose head is at `at`, unless it is the last, empty one. `seen` items came before it.
    fn open_block(&mut self, bytes: &[u8], at: usize, op: u32, body: u32, seen: u32) -> Decoded<usize> {
        let mut cursor = Cursor::new(bytes, at);
        let Block { items, end } = cursor.block()?;
        if items == 0 {
            cursor.close(end)?;
            return Ok(cursor.at());
        }
        // Each item takes at least one byte: arrays of items that take none are checked in bulk.
        let left = end.map_or(cursor.left(), |end| end - cursor.at());
        match u32::try_from(items) {
            Ok(items) if items as usize <= left => {
                self.stack.push(Frame {
                    op,
                    body,
                    left: items,
                    seen: seen.saturating_add(items),
                    end: end.map_or(NO_END, |end| end as u32),
                    key: NO_KEY,
                });
                Ok(cursor.at())
            }
            _ => Err(too_many(cursor, items, left)),
        }
    }

    /// The key of a map's entry.
    #[inline]
    fn key(&mut self, bytes: &[u8], at: usize) -> Decoded<usize> {
        let Some(frame) = self.stack.last_mut() else {
            return skip::string(bytes, at);
        };
        frame.key = NO_KEY;
        let end = skip::string(bytes, at)?;
        frame.key = at as u32;
        Ok(end)
    }

    /// An array of items that all take `size` bytes.
    fn bulk(&mut self, mut cursor: Cursor<'_>, size: u64) -> Decoded<usize> {
        loop {
            let Block { items, end } = cursor.block()?;
            if size == 0 {
                self.items = self.items.checked_sub(items).ok_or_else(|| {
                    cursor.fault(
                        DecodeErrorKind::Limit,
                        "the array has more items that take no bytes than are allowed",
                    )
                })?;
            }
            let bytes = items.checked_mul(size).and_then(|bytes| usize::try_from(bytes).ok());
            match bytes {
                Some(bytes) if bytes <= cursor.left() => cursor.fixed(bytes)?,
                _ => return Err(too_many(cursor, items, cursor.left())),
            };
            cursor.close(end)?;
            if items == 0 {
                return Ok(cursor.at());
            }
        }
    }

    /// Where in the data operation `at` is.
    fn path(&self, bytes: &[u8], at: u32) -> Line {
        let mut segments = Vec::new();
        for frame in &*self.stack {
            self.steps(frame.op, &mut segments);
            match self.program.ops[frame.op as usize] {
                Op::Array { .. } => segments.push(Segment::Index(frame.seen.saturating_sub(frame.left).into())),
                Op::Map { .. } if frame.key != NO_KEY => {
                    if let Ok(key) = Cursor::new(bytes, frame.key as usize).string() {
                        segments.push(Segment::Key(key));
                    }
                }
                _ => {}
            }
        }
        self.steps(at, &mut segments);
        path_text(&segments)
    }

    /// The steps from the beginning of the code that an operation belongs to, down to the operation.
    fn steps<'a>(&'a self, op: u32, segments: &mut Vec<Segment<'a>>) {
        let begin = segments.len();
        let mut place = self.program.places_of_ops[op as usize];
        while let Some((parent, step)) = self.program.places.get(place as usize) {
            segments.push(match step {
                Step::Field(name) => Segment::Field(name),
                Step::Branch(name) => Segment::Branch(name),
            });
            place = *parent;
        }
        segments[begin..].reverse();
    }
}

#[cold]
fn too_many(cursor: Cursor<'_>, items: impl std::fmt::Display, left: usize) -> Box<DecodeError> {
    cursor.fault(
        DecodeErrorKind::Truncated,
        format!("a block of {items} items was announced, but only {left} bytes are left for them"),
    )
}
