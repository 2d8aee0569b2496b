//! The program that a walk runs, and its compiler.
//!
//! Parts that are mentioned once, and small ones, are written in place; others are written once and called, so that
//! the program is linear in the schema. Recursion of the compiler is bounded: what lies deeper is called too.

use rustc_hash::FxHashMap;

use crate::avro::data::logical::Check;
use crate::avro::language::schema::{Kind, Schema, TypeId};

/// One operation. After it the next one runs, unless it says otherwise.
#[derive(Debug, Clone, Copy)]
pub(super) enum Op {
    Boolean,
    Int,
    Long,
    /// So many bytes of any content.
    Skip(u32),
    Bytes,
    String,
    /// A value of the logical type at this index.
    Logical(u32),
    /// One of so many symbols.
    Enum(u32),
    /// Goes on at `branches[first + number]`.
    Union {
        first: u32,
        count: u32,
    },
    Jump(u32),
    /// Runs a part up to its `End`. If it is the last of its own part, its frame need not be kept.
    Call {
        target: u32,
        last: bool,
    },
    /// Runs `body` up to its `End` for each item, then goes on at `exit`.
    Array {
        body: u32,
        exit: u32,
    },
    /// The same for the entries of a map; the body begins with [`Op::Key`].
    Map {
        body: u32,
        exit: u32,
    },
    /// The key of an entry.
    Key,
    /// An array whose items all take so many bytes of any content.
    Bulk(u32),
    /// A value that cannot be.
    Never,
    /// The end of the program, of a body or of a part that is called.
    End,
}

/// A value of a logical type.
#[derive(Debug, Clone, Copy)]
pub(super) struct Checked {
    pub check: Check,
    pub of: Scalar,
}

/// The underlying types of logical types of whose values something is asked.
#[derive(Debug, Clone, Copy)]
pub(super) enum Scalar {
    Int,
    Long,
    Bytes,
    String,
    Fixed(u32),
}

/// A step from a part's beginning down to an operation.
#[derive(Debug)]
pub(super) enum Step {
    Field(Box<str>),
    Branch(Box<str>),
}

/// No place: the beginning of a part.
const NOWHERE: u32 = u32::MAX;

#[derive(Debug, Default)]
pub(super) struct Program {
    pub ops: Vec<Op>,
    /// What is asked of values of logical types.
    pub checks: Vec<Checked>,
    /// Where the branches of all unions begin.
    pub branches: Vec<u32>,
    /// For each operation an index into `places`, or beyond it for a part's beginning.
    pub places_of_ops: Vec<u32>,
    /// Parent and last step.
    pub places: Vec<(u32, Step)>,
}

impl Program {
    /// `logical`: values of logical types are checked, and not only those of their underlying types.
    pub fn new(schema: &Schema, logical: bool) -> Self {
        let mut compiler = Compiler {
            schema,
            logical,
            sizes: sizes(schema),
            mentions: mentions(schema),
            program: Program::default(),
            parts: FxHashMap::default(),
            wanted: Vec::new(),
            calls: Vec::new(),
        };
        compiler.part(schema.root());
        while let Some(part) = compiler.wanted.pop() {
            compiler.part(part);
        }
        let Compiler {
            mut program,
            parts,
            calls,
            ..
        } = compiler;
        for (op, part) in calls {
            let begin = parts.get(&part).copied().unwrap_or_default();
            match &mut program.ops[op] {
                Op::Call { target, .. } => *target = begin,
                Op::Array { body, .. } => *body = begin,
                _ => {}
            }
        }
        program
    }
}

/// How many bytes the values of a type take.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Size {
    /// None at all.
    Zero,
    /// At least one.
    Some,
    /// There is no value: a record that contains itself.
    Never,
}

/// Parts that cost no more operations than this are written in place wherever they are mentioned.
const SMALL: usize = 12;
/// What lies deeper than this is called.
const MAX_INLINE_DEPTH: usize = 64;

struct Compiler<'s> {
    schema: &'s Schema,
    logical: bool,
    sizes: Vec<Size>,
    mentions: Vec<u32>,
    program: Program,
    /// Where the parts begin that are written.
    parts: FxHashMap<TypeId, u32>,
    /// Parts that are called, but not written yet.
    wanted: Vec<TypeId>,
    /// Operations whose target is a part.
    calls: Vec<(usize, TypeId)>,
}

impl Compiler<'_> {
    fn part(&mut self, ty: TypeId) {
        if self.parts.contains_key(&ty) {
            return;
        }
        let begin = self.here();
        self.parts.insert(ty, begin);
        self.write(ty, NOWHERE, true, 0);
    }

    fn here(&self) -> u32 {
        self.program.ops.len() as u32
    }

    fn emit(&mut self, op: Op, place: u32) -> usize {
        self.program.ops.push(op);
        self.program.places_of_ops.push(place);
        self.program.ops.len() - 1
    }

    fn place(&mut self, parent: u32, step: Step) -> u32 {
        self.program.places.push((parent, step));
        self.program.places.len() as u32 - 1
    }

    /// Whether a part is to be called rather than written in place.
    fn is_called(&self, ty: TypeId, depth: usize) -> bool {
        let is_nested = matches!(
            self.schema.get(ty).kind,
            Kind::Array(_) | Kind::Map(_) | Kind::Union(_) | Kind::Record(_)
        );
        is_nested
            && self.sizes[ty.index()] == Size::Some
            && (depth >= MAX_INLINE_DEPTH || (self.mentions[ty.index()] > 1 && self.cost(ty, SMALL).is_none()))
    }

    /// What is left of `room` operations after a type is written in place, if there is any.
    fn cost(&self, ty: TypeId, room: usize) -> Option<usize> {
        let room = room.checked_sub(1)?;
        match &self.schema.get(ty).kind {
            Kind::Array(inner) | Kind::Map(inner) => self.cost(*inner, room),
            Kind::Union(branches) => branches.iter().try_fold(room, |room, branch| self.cost(*branch, room)),
            Kind::Record(record) => record
                .fields()
                .iter()
                .try_fold(room, |room, field| self.cost(field.ty, room)),
            _ => Some(room),
        }
    }

    /// Writes the code of a type; with `last` it ends in an `End`.
    fn write(&mut self, ty: TypeId, place: u32, last: bool, depth: usize) {
        let schema = self.schema;
        match self.sizes[ty.index()] {
            Size::Zero => {}
            Size::Never => {
                self.emit(Op::Never, place);
            }
            Size::Some => {
                // A part itself, at depth 0, is what others call.
                if depth > 0 && self.is_called(ty, depth) {
                    let op = self.emit(Op::Call { target: 0, last }, place);
                    self.call(op, ty);
                } else {
                    match &schema.get(ty).kind {
                        Kind::Array(item) => self.array(*item, place, depth),
                        Kind::Map(value) => self.items(Op::Map { body: 0, exit: 0 }, *value, place, depth),
                        Kind::Union(branches) => return self.union(branches, place, last, depth),
                        Kind::Record(record) => {
                            // A field that takes no bytes writes no code, so that the last one must be found.
                            let fields = record.fields();
                            let end = fields
                                .iter()
                                .rposition(|field| self.sizes[field.ty.index()] != Size::Zero);
                            for (index, field) in fields.iter().enumerate() {
                                let place = self.place(place, Step::Field(field.name.clone()));
                                self.write(field.ty, place, last && end == Some(index), depth + 1);
                            }
                            return;
                        }
                        kind => {
                            if let Some(op) = self.checked(ty).or_else(|| scalar(kind)) {
                                self.emit(op, place);
                            }
                        }
                    }
                }
            }
        }
        if last {
            self.emit(Op::End, place);
        }
    }

    /// The operation for a type whose logical type is checked.
    fn checked(&mut self, ty: TypeId) -> Option<Op> {
        let ty = self.schema.get(ty);
        let check = Check::of(ty).filter(|_| self.logical)?;
        let of = match &ty.kind {
            Kind::Int => Scalar::Int,
            Kind::Long => Scalar::Long,
            Kind::Bytes => Scalar::Bytes,
            Kind::String => Scalar::String,
            Kind::Fixed(fixed) => Scalar::Fixed(fixed.size),
            _ => return None,
        };
        self.program.checks.push(Checked { check, of });
        Some(Op::Logical(self.program.checks.len() as u32 - 1))
    }

    fn call(&mut self, op: usize, part: TypeId) {
        self.calls.push((op, part));
        self.wanted.push(part);
    }

    fn array(&mut self, item: TypeId, place: u32, depth: usize) {
        let is_checked = self.logical && Check::of(self.schema.get(item)).is_some();
        let bulk = match &self.schema.get(item).kind {
            _ if is_checked => None,
            _ if self.sizes[item.index()] == Size::Zero => Some(0),
            Kind::Float => Some(4),
            Kind::Double => Some(8),
            Kind::Fixed(fixed) => Some(fixed.size),
            _ => None,
        };
        match bulk {
            Some(size) => {
                self.emit(Op::Bulk(size), place);
            }
            None => self.items(Op::Array { body: 0, exit: 0 }, item, place, depth),
        }
    }

    /// An array or a map, and the code for its items.
    fn items(&mut self, op: Op, item: TypeId, place: u32, depth: usize) {
        let is_array = matches!(op, Op::Array { .. });
        let op = self.emit(op, place);
        if is_array && self.is_called(item, depth + 1) {
            self.call(op, item);
        } else {
            let begin = self.here();
            if !is_array {
                self.emit(Op::Key, NOWHERE);
            }
            self.write(item, NOWHERE, true, depth + 1);
            if let Op::Array { body, .. } | Op::Map { body, .. } = &mut self.program.ops[op] {
                *body = begin;
            }
        }
        let end = self.here();
        if let Op::Array { exit, .. } | Op::Map { exit, .. } = &mut self.program.ops[op] {
            *exit = end;
        }
    }

    fn union(&mut self, branches: &[TypeId], place: u32, last: bool, depth: usize) {
        let first = self.program.branches.len();
        self.emit(
            Op::Union {
                first: first as u32,
                count: branches.len() as u32,
            },
            place,
        );
        self.program.branches.resize(first + branches.len(), 0);
        // Branches without code go straight on behind the union, and so does the last one with code.
        let mut jumps = Vec::new();
        let mut empty = Vec::new();
        let with_code = branches
            .iter()
            .rposition(|branch| self.sizes[branch.index()] != Size::Zero);
        for (number, branch) in branches.iter().enumerate() {
            if self.sizes[branch.index()] == Size::Zero {
                empty.push(first + number);
                continue;
            }
            self.program.branches[first + number] = self.here();
            let place = self.place(place, Step::Branch(self.schema.name_of(*branch).into()));
            self.write(*branch, place, last, depth + 1);
            if !last && with_code != Some(number) {
                jumps.push(self.emit(Op::Jump(0), place));
            }
        }
        let behind = self.here();
        for jump in jumps {
            self.program.ops[jump] = Op::Jump(behind);
        }
        if last && !empty.is_empty() {
            self.emit(Op::End, place);
        }
        for branch in empty {
            self.program.branches[branch] = behind;
        }
    }
}

/// The operation for a type that has no parts and takes at least one byte.
fn scalar(kind: &Kind) -> Option<Op> {
    match kind {
        Kind::Boolean => Some(Op::Boolean),
        Kind::Int => Some(Op::Int),
        Kind::Long => Some(Op::Long),
        Kind::Float => Some(Op::Skip(4)),
        Kind::Double => Some(Op::Skip(8)),
        Kind::Bytes => Some(Op::Bytes),
        Kind::String => Some(Op::String),
        Kind::Fixed(fixed) => Some(Op::Skip(fixed.size)),
        Kind::Enum(symbols) => Some(Op::Enum(symbols.symbols().len() as u32)),
        Kind::Null | Kind::Array(_) | Kind::Map(_) | Kind::Union(_) | Kind::Record(_) => None,
    }
}

/// How often each type is mentioned by another, the root once more.
fn mentions(schema: &Schema) -> Vec<u32> {
    let mut mentions = vec![0u32; schema.types.len()];
    let mut count = |ty: TypeId| mentions[ty.index()] = mentions[ty.index()].saturating_add(1);
    count(schema.root());
    for ty in &schema.types {
        match &ty.kind {
            Kind::Array(inner) | Kind::Map(inner) => count(*inner),
            Kind::Union(branches) => branches.iter().copied().for_each(&mut count),
            Kind::Record(record) => record.fields().iter().for_each(|field| count(field.ty)),
            _ => {}
        }
    }
    mentions
}

/// The sizes of all types. Only records can be without end: a union, an array and a map take a byte of their own.
fn sizes(schema: &Schema) -> Vec<Size> {
    let mut sizes: Vec<Option<Size>> = schema
        .types
        .iter()
        .map(|ty| match &ty.kind {
            Kind::Null => Some(Size::Zero),
            Kind::Fixed(fixed) if fixed.size == 0 => Some(Size::Zero),
            Kind::Record(_) => None,
            _ => Some(Size::Some),
        })
        .collect();
    let mut open = vec![false; sizes.len()];
    // Depth first over records in records, with the index of the field that comes next and what is known so far.
    let mut stack: Vec<(usize, usize, Size)> = Vec::new();
    for start in 0..sizes.len() {
        if sizes[start].is_none() {
            stack.push((start, 0, Size::Zero));
            open[start] = true;
        }
        while let Some((ty, next, so_far)) = stack.last_mut() {
            let field = match &schema.types[*ty].kind {
                Kind::Record(record) => record.fields().get(*next),
                _ => None,
            };
            let Some(field) = field else {
                sizes[*ty] = Some(*so_far);
                open[*ty] = false;
                stack.pop();
                continue;
            };
            let part = field.ty.index();
            match sizes[part] {
                None if !open[part] => {
                    open[part] = true;
                    stack.push((part, 0, Size::Zero));
                    continue;
                }
                None | Some(Size::Never) => *so_far = Size::Never,
                Some(Size::Some) if *so_far == Size::Zero => *so_far = Size::Some,
                Some(_) => {}
            }
            *next += 1;
        }
    }
    sizes.into_iter().map(|size| size.unwrap_or(Size::Some)).collect()
}
