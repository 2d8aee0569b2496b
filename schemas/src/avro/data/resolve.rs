//! From a writer's bytes to a value of the reader: Avro's schema resolution, strictly.
//!
//! This is the second opinion on every verdict of the checker, so it shares no code with it. What only depends on the
//! schemas still is an error only when such data is met: a record that lacks a field fails when a record is read, not
//! when an empty array of them is.
//!
//! Two named types match where their names without namespaces are equal, or where the writer's full name is an alias of the
//! reader's type. Avro Java takes names otherwise, which [`resolve_as_java`] does. Logical types do not change the bytes and
//! are ignored. Field defaults are converted when they are first needed.

use std::rc::Rc;

use rustc_hash::FxHashMap;

use super::cursor::{Block, Budget, Cursor};
use super::decode::{more, read};
use super::limits::Limits;
use super::value::Value;
use crate::avro::language::java_names::JavaNames;
use crate::avro::language::named::{Enum, Field, Named};
use crate::avro::language::schema::{Kind, Schema, TypeId};
use crate::budget::{Budget as Steps, Exhausted};
use crate::data_place::{Segment, joined, path_text};
use crate::decode_error::{DecodeError, DecodeErrorKind, Decoded};
use crate::text::shorten::shortened;

mod part;
mod record;
mod union;

pub(in crate::avro) use part::ReaderPart;
use record::Plan;

/// Decodes a payload of the writer's schema into a value of the reader's schema.
///
/// # Errors
/// [`DecodeErrorKind::Unreadable`] where the reader cannot take what the writer wrote; else as
/// [`decode`](super::decode::decode). The path is a place in the writer's data.
pub fn resolve(reader: &Schema, writer: &Schema, bytes: &[u8], limits: &Limits) -> Result<Value, DecodeError> {
    resolve_within(
        reader,
        writer,
        bytes,
        limits,
        Rules::default(),
        &mut Plans::default(),
        &Steps::unlimited(),
    )
}

/// As [`resolve`], with the names of Avro Java 1.12 (see [`JavaNames`]): an enum or a fixed goes to a branch of the reader's
/// union only by its full name, and the names of records are not compared.
///
/// It answers whether Java refuses what the specification allows. It is no port of Java: where a record's branch in a union is
/// chosen by its structure, and where Java refuses a pair of schemas before it reads any data, this decoder may still read.
///
/// # Errors
/// As [`resolve`].
pub fn resolve_as_java(reader: &Schema, writer: &Schema, bytes: &[u8], limits: &Limits) -> Result<Value, DecodeError> {
    let names = JavaNames::new(reader, writer);
    let rules = Rules {
        java: Some(&names),
        part: None,
    };
    resolve_within(
        reader,
        writer,
        bytes,
        limits,
        rules,
        &mut Plans::default(),
        &Steps::unlimited(),
    )
}

/// By which rules is read, where not by the specification's for the whole reader.
#[derive(Clone, Copy, Default)]
pub(in crate::avro) struct Rules<'r> {
    /// Names are those of Avro Java.
    pub java: Option<&'r JavaNames<'r>>,
    /// Only this part of the reader is there.
    pub part: Option<&'r ReaderPart>,
}

/// As [`resolve`], by `rules`, with the plans of earlier payloads of these two schemas by the same rules, and within a budget of
/// steps: a payload of a few bytes may be one of a record with as many fields as a text holds. Where the budget ends, so does
/// the decoding.
pub(in crate::avro) fn resolve_within(
    reader: &Schema,
    writer: &Schema,
    bytes: &[u8],
    limits: &Limits,
    rules: Rules<'_>,
    plans: &mut Plans,
    steps: &Steps,
) -> Result<Value, DecodeError> {
    let mut resolver = Resolver {
        reader,
        writer,
        cursor: Cursor::new(bytes, 0),
        budget: Budget::new(limits, bytes.len()),
        depth: limits.depth(),
        rules,
        plans,
        steps,
        stack: Vec::new(),
    };
    resolver
        .run(reader.root(), writer.root())
        .and_then(|value| resolver.cursor.finish().map(|()| value))
        .map_err(|mut error| {
            let segments: Vec<_> = resolver.stack.iter().filter_map(Frame::segment).collect();
            error.path = joined(&path_text(&segments), &error.path);
            *error
        })
}

/// Of each pair of a reader's and a writer's record: what goes where, or why it cannot.
pub(crate) type Plans = FxHashMap<(TypeId, TypeId), Rc<Decoded<Plan>>>;

struct Resolver<'s, 'b> {
    reader: &'s Schema,
    writer: &'s Schema,
    cursor: Cursor<'b>,
    budget: Budget,
    depth: usize,
    rules: Rules<'b>,
    plans: &'b mut Plans,
    steps: &'b Steps,
    stack: Vec<Frame<'s>>,
}

/// A value of the reader that is being put together. `open` is true while one of its parts is read.
enum Frame<'s> {
    Record {
        /// The writer's fields, and how many of them are read.
        fields: &'s [Field],
        read: usize,
        plan: Rc<Decoded<Plan>>,
        /// By the reader's fields.
        values: Vec<Option<Value>>,
        open: bool,
    },
    Array {
        reader: TypeId,
        writer: TypeId,
        block: Block,
        values: Vec<Value>,
        open: bool,
    },
    Map {
        reader: TypeId,
        writer: TypeId,
        block: Block,
        key: Option<String>,
        values: Vec<(String, Value)>,
    },
    /// A union on one side or on both: the name of the writer's branch, the number of the reader's.
    Branch {
        written: Option<&'s str>,
        chosen: Option<u32>,
    },
}

enum Next {
    /// Read a value for this type of the reader, written as that type of the writer.
    Read(TypeId, TypeId),
    /// A value of the reader is complete.
    Done(Value),
    /// Go on with the topmost frame.
    Advance,
}

impl Frame<'_> {
    fn segment(&self) -> Option<Segment<'_>> {
        match self {
            Frame::Record {
                fields,
                read,
                open: true,
                ..
            } => fields.get(*read).map(|field| Segment::Field(&field.name)),
            Frame::Array { values, open: true, .. } => Some(Segment::Index(values.len() as u64)),
            Frame::Map { key, .. } => key.as_deref().map(Segment::Key),
            Frame::Branch { written, .. } => written.map(Segment::Branch),
            Frame::Record { .. } | Frame::Array { .. } => None,
        }
    }
}

impl<'s> Resolver<'s, '_> {
    fn run(&mut self, reader: TypeId, writer: TypeId) -> Decoded<Value> {
        let mut next = Next::Read(reader, writer);
        loop {
            next = match next {
                Next::Read(reader, writer) => self.begin(reader, writer)?,
                Next::Advance => self.advance()?,
                Next::Done(value) => {
                    if self.stack.is_empty() {
                        return Ok(value);
                    }
                    self.put(value)
                }
            }
        }
    }

    /// Puts a complete part into the topmost frame.
    fn put(&mut self, value: Value) -> Next {
        match self.stack.last_mut() {
            None => return Next::Done(value),
            Some(Frame::Record {
                read,
                plan,
                values,
                open,
                ..
            }) => {
                if let Ok(plan) = &**plan
                    && let Some(Some(target)) = plan.targets.get(*read)
                    && let Some(slot) = values.get_mut(target.field)
                {
                    *slot = Some(value);
                }
                *read += 1;
                *open = false;
            }
            Some(Frame::Array { values, open, .. }) => {
                values.push(value);
                *open = false;
            }
            Some(Frame::Map { key, values, .. }) => values.push((key.take().unwrap_or_default(), value)),
            Some(Frame::Branch { chosen, .. }) => {
                let value = match chosen {
                    Some(branch) => Value::Union(*branch, Box::new(value)),
                    None => value,
                };
                self.stack.pop();
                return Next::Done(value);
            }
        }
        Next::Advance
    }

    fn begin(&mut self, reader: TypeId, writer: TypeId) -> Decoded<Next> {
        let written = &self.writer.get(writer).kind;
        let wanted = &self.reader.get(reader).kind;
        if let Kind::Union(branches) = written {
            self.match_branches(reader, writer, branches)?;
            let number = self.cursor.number(branches.len(), "branch")?;
            let branch = branches[number as usize];
            let name = self.writer.name_of(branch);
            self.push(Frame::Branch {
                written: Some(name),
                chosen: None,
            })?;
            let Kind::Union(wanted) = wanted else {
                return Ok(Next::Read(reader, branch));
            };
            let number = match self.same_number(reader, writer, number)? {
                Some(same) => same,
                None => self.choose(wanted, branch)?,
            };
            if let Some(Frame::Branch { chosen, .. }) = self.stack.last_mut() {
                *chosen = Some(number);
            }
            return Ok(Next::Read(wanted[number as usize], branch));
        }
        if let Kind::Union(wanted) = wanted {
            let number = self.choose(wanted, writer)?;
            self.push(Frame::Branch {
                written: None,
                chosen: Some(number),
            })?;
            return Ok(Next::Read(wanted[number as usize], writer));
        }
        self.begin_plain(reader, writer)
    }

    /// Fails where Avro Java gives two branches of the writer's union one name.
    fn match_branches(&self, reader: TypeId, writer: TypeId, branches: &[TypeId]) -> Decoded<()> {
        let Some(java) = self.rules.java else { return Ok(()) };
        if self.rules.part.is_some_and(|part| !part.compares_names(reader, writer)) {
            return Ok(());
        }
        self.spend(branches.len())?;
        match java.repeated_branch(self.writer, branches) {
            None => Ok(()),
            Some(index) => {
                let named = self.writer.get(branches[index as usize]).kind.named();
                let name = named.map_or("", |named| java.of_type(&named.name).full());
                Err(self.unreadable(format!("Duplicate in union: {}", shortened(name))))
            }
        }
    }

    /// The reader's branch of the number that was written, where Avro Java goes by it.
    fn same_number(&self, reader: TypeId, writer: TypeId, number: u32) -> Decoded<Option<u32>> {
        let Some(java) = self.rules.java else { return Ok(None) };
        let (are_equal, steps) = java.are_equal_unions((self.reader, reader), (self.writer, writer));
        self.spend(steps)?;
        Ok(are_equal.then_some(number))
    }

    /// The reader's branch for a type of the writer.
    fn choose(&self, wanted: &[TypeId], writer: TypeId) -> Decoded<u32> {
        self.spend(wanted.len())?;
        let chosen = match self.rules.java {
            Some(java) => union::choose_as_java(self.reader, wanted, self.writer, writer, java),
            None => union::choose(self.reader, wanted, self.writer, writer),
        };
        chosen.ok_or_else(|| self.unreadable(union::no_branch(self.reader, wanted, self.writer, writer)))
    }

    /// Neither type is a union.
    fn begin_plain(&mut self, reader: TypeId, writer: TypeId) -> Decoded<Next> {
        let written = &self.writer.get(writer).kind;
        let wanted = &self.reader.get(reader).kind;
        if let (Some(wanted), Some(written)) = (wanted.named(), written.named())
            && union::same_kind(&self.reader.get(reader).kind, &self.writer.get(writer).kind)
            && self.rules.part.is_none_or(|part| part.compares_names(reader, writer))
        {
            self.match_names(wanted, written, self.reader.get(reader).kind.record().is_some())?;
        }
        let cursor = &mut self.cursor;
        let value = match (wanted, written) {
            (Kind::Null, Kind::Null) => {
                self.budget.spend(1, cursor.at())?;
                Value::Null
            }
            (Kind::Boolean, Kind::Boolean) => Value::Boolean(cursor.boolean()?),
            (Kind::Int, Kind::Int) => Value::Int(cursor.int()?),
            (Kind::Long, Kind::Int) => Value::Long(cursor.int()?.into()),
            (Kind::Float, Kind::Int) => Value::Float(cursor.int()? as f32),
            (Kind::Double, Kind::Int) => Value::Double(cursor.int()?.into()),
            (Kind::Long, Kind::Long) => Value::Long(cursor.long()?),
            (Kind::Float, Kind::Long) => Value::Float(cursor.long()? as f32),
            (Kind::Double, Kind::Long) => Value::Double(cursor.long()? as f64),
            (Kind::Float, Kind::Float) => Value::Float(cursor.float()?),
            (Kind::Double, Kind::Float) => Value::Double(cursor.float()?.into()),
            (Kind::Double, Kind::Double) => Value::Double(cursor.double()?),
            (Kind::Bytes, Kind::Bytes) => Value::Bytes(cursor.bytes()?.to_vec()),
            (Kind::Bytes, Kind::String) => Value::Bytes(cursor.string()?.as_bytes().to_vec()),
            (Kind::String, Kind::String) => Value::String(cursor.string()?.to_owned()),
            (Kind::String, Kind::Bytes) => {
                let start = cursor.at();
                let bytes = cursor.bytes()?;
                let text = std::str::from_utf8(bytes).map_err(|error| {
                    let good = error.valid_up_to();
                    DecodeError::new(
                        DecodeErrorKind::Unreadable,
                        start,
                        format!("the reader wants `string`, and the writer's `bytes` are not UTF-8: byte {good} begins no character"),
                    )
                })?;
                Value::String(text.to_owned())
            }
            (Kind::Fixed(wanted), Kind::Fixed(written)) => {
                if wanted.size != written.size {
                    let (wanted, written) = (wanted.size, written.size);
                    return Err(self.unreadable(format!(
                        "the reader's fixed has {wanted} bytes, the writer's has {written}"
                    )));
                }
                if written.size == 0 {
                    self.budget.spend(1, cursor.at())?;
                }
                Value::Fixed(cursor.fixed(written.size as usize)?.to_vec())
            }
            (Kind::Enum(wanted), Kind::Enum(written)) => Value::Enum(self.symbol(wanted, written)?),
            (Kind::Array(reader), Kind::Array(writer)) => {
                return self.push(Frame::Array {
                    reader: *reader,
                    writer: *writer,
                    block: Block::default(),
                    values: Vec::new(),
                    open: false,
                });
            }
            (Kind::Map(reader), Kind::Map(writer)) => {
                return self.push(Frame::Map {
                    reader: *reader,
                    writer: *writer,
                    block: Block::default(),
                    key: None,
                    values: Vec::new(),
                });
            }
            (Kind::Record(_), Kind::Record(written)) => return self.begin_record(reader, writer, written.fields()),
            _ => {
                return Err(self.unreadable(format!(
                    "the reader wants `{}`, the writer wrote `{}`",
                    union::with_kind(self.reader, reader),
                    union::with_kind(self.writer, writer)
                )));
            }
        };
        Ok(Next::Done(value))
    }

    /// Fails where two types of one kind do not match by their names.
    fn match_names(&self, wanted: &Named, written: &Named, is_record: bool) -> Decoded<()> {
        let matches = match self.rules.java {
            Some(_) if is_record => true,
            Some(java) => java.of_type(&written.name).simple() == wanted.name.simple(),
            None => {
                let is_alias = |alias: &crate::avro::language::named::FullName| *alias == written.name;
                wanted.name.simple() == written.name.simple() || wanted.aliases.iter().any(is_alias)
            }
        };
        if matches {
            return Ok(());
        }
        let (wanted, written) = (&wanted.name, &written.name);
        Err(self.unreadable(match self.rules.java.map(|java| java.of_type(written)) {
            None => format!(
                "the reader wants `{}`, the writer wrote `{}`, and no alias of the reader says that they are the same",
                shortened(wanted.full()),
                shortened(written.full())
            ),
            Some(seen) => format!(
                "Found {}, expecting {}",
                shortened(seen.full()),
                shortened(wanted.full())
            ),
        }))
    }

    fn symbol(&mut self, wanted: &Enum, written: &Enum) -> Decoded<u32> {
        let start = self.cursor.at();
        let number = self.cursor.number(written.symbols().len(), "symbol")?;
        let symbol = &*written.symbols()[number as usize];
        let found = wanted.number(symbol).or_else(|| wanted.default_number());
        found.and_then(|number| u32::try_from(number).ok()).ok_or_else(|| {
            DecodeError::new(
                DecodeErrorKind::Unreadable,
                start,
                format!("the reader has no symbol `{}` and no default", shortened(symbol)),
            )
        })
    }

    fn begin_record(&mut self, reader: TypeId, writer: TypeId, fields: &'s [Field]) -> Decoded<Next> {
        let plan = match self.plans.get(&(reader, writer)) {
            Some(plan) => Rc::clone(plan),
            None => {
                let before = self.budget.left();
                let kept = self.rules.part.and_then(|part| part.fields(reader, writer));
                let pair = record::Pair {
                    reader: self.reader,
                    wanted: reader,
                    writer: self.writer,
                    written: writer,
                    java: self.rules.java,
                    compares_names: self.rules.part.is_none_or(|part| part.compares_names(reader, writer)),
                };
                let plan = Plan::new(pair, kept, &mut self.budget, self.depth);
                let defaults = usize::try_from(before - self.budget.left()).unwrap_or(usize::MAX);
                let fields = |schema: &Schema, ty: TypeId| match &schema.get(ty).kind {
                    Kind::Record(record) => record.fields().len(),
                    _ => 0,
                };
                let wanted = kept.map_or_else(|| fields(self.reader, reader), <[u32]>::len);
                let both = wanted + fields(self.writer, writer);
                self.spend(both.saturating_add(defaults))?;
                let plan = Rc::new(plan);
                self.plans.insert((reader, writer), Rc::clone(&plan));
                plan
            }
        };
        let width = match &*plan {
            Ok(plan) => plan.width,
            Err(error) => {
                let mut error = error.clone();
                error.offset = self.cursor.at();
                return Err(error);
            }
        };
        // The values that are put together, and the fields that are read for them.
        self.spend(width + fields.len())?;
        if width == 0 {
            self.budget.spend(1, self.cursor.at())?;
        }
        self.push(Frame::Record {
            fields,
            read: 0,
            plan,
            values: vec![None; width],
            open: false,
        })
    }

    fn push(&mut self, frame: Frame<'s>) -> Decoded<Next> {
        if self.stack.len() >= self.depth {
            return Err(self.cursor.fault(
                DecodeErrorKind::Limit,
                format!("nested deeper than the {} levels that are allowed", self.depth),
            ));
        }
        self.stack.push(frame);
        Ok(Next::Advance)
    }

    /// Asks the topmost frame for its next part, or completes it.
    fn advance(&mut self) -> Decoded<Next> {
        let cursor = &mut self.cursor;
        let room = self.depth.saturating_sub(self.stack.len());
        let value = match self.stack.last_mut() {
            // A union is read and completed at once, and never advanced.
            None | Some(Frame::Branch { .. }) => return Err(cursor.malformed("there is no value to go on with")),
            Some(Frame::Record {
                fields,
                read: done,
                plan,
                values,
                open,
            }) => {
                let plan = plan.as_ref().as_ref().map_err(Clone::clone)?;
                while let Some(field) = fields.get(*done) {
                    *open = true;
                    if let Some(Some(target)) = plan.targets.get(*done) {
                        return Ok(Next::Read(target.ty, field.ty));
                    }
                    // The reader does not ask for it, but what follows can only be found by reading it.
                    read(self.writer, field.ty, cursor, &mut self.budget, room)?;
                    *done += 1;
                    *open = false;
                }
                Value::Record(plan.complete(std::mem::take(values), cursor, &mut self.budget, room)?)
            }
            Some(Frame::Array {
                reader,
                writer,
                block,
                values,
                open,
            }) => {
                if more(cursor, block)? {
                    *open = true;
                    return Ok(Next::Read(*reader, *writer));
                }
                Value::Array(std::mem::take(values))
            }
            Some(Frame::Map {
                reader,
                writer,
                block,
                key,
                values,
            }) => {
                if more(cursor, block)? {
                    *key = Some(cursor.string()?.to_owned());
                    return Ok(Next::Read(*reader, *writer));
                }
                Value::Map(std::mem::take(values))
            }
        };
        self.stack.pop();
        Ok(Next::Done(value))
    }

    fn spend(&self, steps: usize) -> Decoded<()> {
        self.steps
            .spend(steps)
            .map_err(|why: Exhausted| self.cursor.fault(DecodeErrorKind::Limit, why.to_string()))
    }

    fn unreadable(&self, message: String) -> Box<DecodeError> {
        self.cursor.fault(DecodeErrorKind::Unreadable, message)
    }
}
