//! Validation without values: a schema is compiled into a flat program that runs over the bytes.
//!
//! It checks all that [`decode`](super::decode::decode) checks but the depth: its stack is on the heap and grows with
//! the payload, at most by some twenty bytes for each byte. A type that takes no bytes costs nothing, and an array of
//! items of one size is checked in one step.

use super::cursor::{Block, Cursor, Decoded};
use super::fault::{DecodeError, DecodeErrorKind, Segment, path_text};
use super::limits::Limits;
use super::schema::Schema;

mod program;

use program::{Op, Program, Step};

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
pub(crate) struct Stack(Vec<Frame>);

/// A call, or an array or a map within which the walk is. Offsets are 32 bits wide, as longer payloads are refused.
#[derive(Debug, Clone, Copy)]
struct Frame {
    /// The operation that opened it.
    op: u32,
    /// Items of the block that are left, the current one included.
    left: u32,
    /// Items of this and earlier blocks.
    seen: u32,
    /// Where the block ends; [`NO_END`] if the writer did not say.
    end: u32,
    /// Where the current key is.
    key: u32,
}

const NO_END: u32 = u32::MAX;

impl Walker {
    /// Compiles a schema, in time linear in its size.
    pub fn new(schema: &Schema) -> Self {
        Walker {
            program: Program::new(schema),
        }
    }

    /// Validates a payload that holds exactly one value.
    ///
    /// # Errors
    /// As [`decode`](super::decode::decode), but for the depth.
    pub fn walk(&self, bytes: &[u8], limits: &Limits) -> Result<(), DecodeError> {
        let end = self.walk_one(bytes, 0, limits, &mut Stack::default())?;
        Cursor::new(bytes, end).finish().map_err(|error| *error)
    }

    /// Validates the value that begins at `start`, and says where it ends.
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
        stack.0.clear();
        let mut run = Run {
            program: &self.program,
            cursor: Cursor::new(bytes, start),
            stack: &mut stack.0,
            items: limits.items.saturating_add(bytes.len() as u64),
        };
        let mut at = 0u32;
        match run.run(&mut at) {
            Ok(()) => Ok(run.cursor.at()),
            Err(mut error) => {
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

struct Run<'p, 'b, 's> {
    program: &'p Program,
    cursor: Cursor<'b>,
    stack: &'s mut Vec<Frame>,
    /// Items without bytes that are still allowed.
    items: u64,
}

impl Run<'_, '_, '_> {
    /// Runs to the end of one value. `at` is left at the operation that failed.
    fn run(&mut self, at: &mut u32) -> Decoded<()> {
        let ops = &self.program.ops[..];
        let mut next = 0u32;
        loop {
            *at = next;
            next += 1;
            match ops[*at as usize] {
                Op::Boolean => {
                    self.cursor.boolean()?;
                }
                Op::Int => {
                    self.cursor.int()?;
                }
                Op::Long => {
                    self.cursor.long()?;
                }
                Op::Skip(size) => {
                    self.cursor.fixed(size as usize)?;
                }
                Op::Bytes => {
                    self.cursor.bytes()?;
                }
                Op::String => {
                    self.cursor.string()?;
                }
                Op::Enum(count) => {
                    self.cursor.number(count as usize, "symbol")?;
                }
                Op::Union { first, count } => {
                    let branch = self.cursor.number(count as usize, "branch")?;
                    next = self.program.branches[(first + branch) as usize];
                }
                Op::Jump(target) => next = target,
                Op::Call { target, last } => {
                    if !(last && self.stack.len() >= KEPT_FRAMES) {
                        self.stack.push(Frame {
                            op: *at,
                            left: 0,
                            seen: 0,
                            end: NO_END,
                            key: 0,
                        });
                    }
                    next = target;
                }
                Op::Array { body, exit } => next = if self.open(*at)? { body } else { exit },
                Op::Map { body, exit } => {
                    next = if self.open(*at)? {
                        self.key(*at, at)?;
                        body
                    } else {
                        exit
                    }
                }
                Op::Bulk(size) => self.bulk(size.into())?,
                Op::Never => {
                    return Err(self
                        .cursor
                        .malformed("no value of this record can ever end, since it contains itself"));
                }
                Op::End => match self.end(at)? {
                    Some(target) => next = target,
                    None => return Ok(()),
                },
            }
        }
    }

    /// A body or a called part is complete: goes on with the next item or after the call. None at the very end.
    fn end(&mut self, at: &mut u32) -> Decoded<Option<u32>> {
        let Some(frame) = self.stack.last_mut() else {
            return Ok(None);
        };
        let opened = frame.op;
        let (body, exit, is_map) = match self.program.ops[opened as usize] {
            Op::Array { body, exit } => (body, exit, false),
            Op::Map { body, exit } => (body, exit, true),
            _ => {
                self.stack.pop();
                return Ok(Some(opened + 1));
            }
        };
        frame.left = frame.left.saturating_sub(1);
        if frame.left == 0 {
            // Errors from here on concern the array or map, not an item.
            *at = opened;
            let (seen, end) = (frame.seen, frame.end);
            self.stack.pop();
            self.cursor.close((end != NO_END).then_some(end as usize))?;
            if !self.open(opened)? {
                return Ok(Some(exit));
            }
            if let Some(frame) = self.stack.last_mut() {
                frame.seen = frame.seen.saturating_add(seen);
            }
        }
        if is_map {
            self.key(opened, at)?;
        }
        Ok(Some(body))
    }

    /// Reads the head of a block of the array or map at `op`, and opens it unless it is the last, empty one.
    fn open(&mut self, op: u32) -> Decoded<bool> {
        let Block { items, end } = self.cursor.block()?;
        if items == 0 {
            self.cursor.close(end)?;
            return Ok(false);
        }
        // Each item takes at least one byte: arrays of items that take none are checked in bulk.
        let left = end.unwrap_or(self.cursor.at() + self.cursor.left()) - self.cursor.at();
        match u32::try_from(items) {
            Ok(items) if items as usize <= left => {
                self.stack.push(Frame {
                    op,
                    left: items,
                    seen: items,
                    end: end.map_or(NO_END, |end| end as u32),
                    key: 0,
                });
                Ok(true)
            }
            _ => Err(self.too_many(items, left)),
        }
    }

    #[cold]
    fn too_many(&self, items: u64, left: usize) -> Box<DecodeError> {
        self.cursor.fault(
            DecodeErrorKind::Truncated,
            format!("a block of {items} items was announced, but only {left} bytes are left for them"),
        )
    }

    /// The key of an entry of the map at `op`; an error concerns the map, not an entry.
    fn key(&mut self, op: u32, at: &mut u32) -> Decoded<()> {
        if let Some(frame) = self.stack.last_mut() {
            frame.key = self.cursor.at() as u32;
        }
        self.cursor.string().map(|_| ()).inspect_err(|_| {
            *at = op;
            self.stack.pop();
        })
    }

    /// An array of items that all take `size` bytes.
    fn bulk(&mut self, size: u64) -> Decoded<()> {
        loop {
            let Block { items, end } = self.cursor.block()?;
            if size == 0 {
                self.items = self.items.checked_sub(items).ok_or_else(|| {
                    self.cursor.fault(
                        DecodeErrorKind::Limit,
                        "the array has more items that take no bytes than are allowed",
                    )
                })?;
            }
            let bytes = items.checked_mul(size).and_then(|bytes| usize::try_from(bytes).ok());
            match bytes {
                Some(bytes) if bytes <= self.cursor.left() => self.cursor.fixed(bytes)?,
                _ => return Err(self.too_many(items, self.cursor.left())),
            };
            self.cursor.close(end)?;
            if items == 0 {
                return Ok(());
            }
        }
    }

    /// Where in the data operation `at` is.
    fn path(&self, bytes: &[u8], at: u32) -> String {
        let mut segments = Vec::new();
        for frame in &*self.stack {
            self.steps(frame.op, &mut segments);
            match self.program.ops[frame.op as usize] {
                Op::Array { .. } => segments.push(Segment::Index(frame.seen.saturating_sub(frame.left).into())),
                Op::Map { .. } => {
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
