//! Reads as a tree over a schema: paths that begin alike share their beginning, and every branch of a union that a
//! path goes through is named, also where the path leaves it out.

use rustc_hash::FxHashMap;

use crate::avro::language::schema::{Kind, Schema, TypeId};
use crate::budget::{Budget, Exhausted};
use crate::data_path::DataStep;
use crate::reads::{MAX_STEPS, Misread, Misreads, ProjectError, Read};

/// All the reads of one projection.
pub(super) struct Tree<'b> {
    pub nodes: Vec<Node>,
    /// Of [`MAX_STEPS`].
    pub steps_left: usize,
    budget: &'b Budget,
}

/// Why a read does not fit, not yet described.
enum Unfit {
    /// What the step of this number names is not in this type.
    Stranded(TypeId, usize),
    /// Symbols are handled, and this type is no enum.
    NoEnum(TypeId),
    /// All reads together take too many steps.
    TooManySteps,
    /// The budget has ended.
    Exhausted(Exhausted),
}

/// How to ask for fewer steps.
pub(super) const FEWER_STEPS: &str = "name the branches of unions, `(Type)`, or read whole fields";

/// A place that reads lead to or through.
#[derive(Debug, Clone, Default)]
pub(super) struct Node {
    children: FxHashMap<DataStep, usize>,
    /// Some read ends here: everything below is read.
    pub whole: bool,
    /// Which reads lead here or through here.
    pub through: Vec<usize>,
    /// See [`Read::symbols`].
    pub symbols: Option<Vec<String>>,
    /// See [`Read::other_symbols`].
    pub other_symbols: bool,
    /// Null is taken here: everything that is read here or below takes it. See [`Read::null`].
    pub null: bool,
}

impl Node {
    /// Something below is read otherwise than as it is.
    pub fn cuts(&self) -> bool {
        !self.children.is_empty() || self.symbols.is_some() || self.other_symbols
    }

    /// The place after one more step.
    pub fn child(&self, step: &DataStep) -> Option<usize> {
        self.children.get(step).copied()
    }

    /// The steps that lead on, with the places after them.
    pub fn children(&self) -> impl Iterator<Item = (&DataStep, usize)> {
        self.children.iter().map(|(step, place)| (step, *place))
    }
}

impl<'b> Tree<'b> {
    /// The place of the whole value.
    pub const ROOT: usize = 0;

    /// The tree of these reads.
    pub fn of(schema: &Schema, reads: &[Read<'_>], budget: &'b Budget) -> Result<Self, ProjectError> {
        let mut tree = Tree {
            nodes: vec![Node::default()],
            steps_left: MAX_STEPS,
            budget,
        };
        let mut faults = Misreads::default();
        for (number, read) in reads.iter().enumerate() {
            match tree.add(schema, number, read) {
                Ok(()) => {}
                Err(Unfit::TooManySteps) => return Err(Misreads::too_many_steps(number, reads, FEWER_STEPS).into()),
                Err(Unfit::Exhausted(why)) => return Err(why.into()),
                Err(Unfit::Stranded(ty, step)) => faults.add(|| stranded(schema, ty, number, read, step)),
                Err(Unfit::NoEnum(ty)) => faults.add(|| no_enum(schema, ty, number, read)),
            }
        }
        for node in tree.nodes.iter_mut().skip(1) {
            node.null = node.through.iter().all(|&read| reads[read].null);
        }
        if faults.is_empty() {
            Ok(tree)
        } else {
            Err(faults.into())
        }
    }

    fn add(&mut self, schema: &Schema, number: usize, read: &Read<'_>) -> Result<(), Unfit> {
        // A path that leaves branches out may lead to several places.
        let mut ends = vec![(Tree::ROOT, schema.root)];
        for (index, step) in read.path.steps().iter().enumerate() {
            let mut next = Vec::new();
            for &(place, ty) in &ends {
                self.step(schema, (place, ty), step, number, &mut next)?;
            }
            if next.is_empty() {
                let ty = ends.first().map_or(schema.root, |(_, ty)| *ty);
                return Err(Unfit::Stranded(ty, index));
            }
            ends = next;
        }
        let mut handled = read.symbols.is_none() && !read.other_symbols;
        for &(place, ty) in &ends {
            self.nodes[place].whole = true;
            for (place, _) in self.enums(schema, (place, ty), number, handled)? {
                self.spend(read.symbols.map_or(0, <[&str]>::len))?;
                let node = &mut self.nodes[place];
                node.whole = true;
                node.symbols = read
                    .symbols
                    .map(|symbols| symbols.iter().map(|symbol| (*symbol).to_owned()).collect());
                node.other_symbols = read.other_symbols;
                handled = true;
            }
        }
        if handled {
            return Ok(());
        }
        let ty = ends.first().map_or(schema.root, |(_, ty)| *ty);
        Err(Unfit::NoEnum(ty))
    }

    fn spend(&mut self, steps: usize) -> Result<(), Unfit> {
        self.steps_left = self.steps_left.checked_sub(steps).ok_or(Unfit::TooManySteps)?;
        self.budget.spend(steps).map_err(Unfit::Exhausted)
    }

    /// Goes one step on, into every branch of a union that has it.
    fn step(
        &mut self,
        schema: &Schema,
        (place, ty): (usize, TypeId),
        step: &DataStep,
        read: usize,
        next: &mut Vec<(usize, TypeId)>,
    ) -> Result<(), Unfit> {
        self.spend(1)?;
        match (&schema.get(ty).kind, step) {
            (Kind::Union(branches), DataStep::Branch(name)) => {
                self.spend(branches.len())?;
                for &branch in branches {
                    if name_of(schema, branch) == &**name || simple_name_of(schema, branch) == &**name {
                        next.push((self.below(place, branch_step(schema, branch), read), branch));
                    }
                }
            }
            (Kind::Union(branches), _) => {
                self.spend(branches.len())?;
                for &branch in branches {
                    if inside(schema, branch, step).is_some() {
                        let place = self.below(place, branch_step(schema, branch), read);
                        self.step(schema, (place, branch), step, read, next)?;
                    }
                }
            }
            _ => {
                if let Some(inside) = inside(schema, ty, step) {
                    next.push((self.below(place, step.clone(), read), inside));
                }
            }
        }
        Ok(())
    }

    /// The enums at a place: the type itself, or branches of a union.
    fn enums(
        &mut self,
        schema: &Schema,
        (place, ty): (usize, TypeId),
        read: usize,
        none: bool,
    ) -> Result<Vec<(usize, TypeId)>, Unfit> {
        Ok(match &schema.get(ty).kind {
            _ if none => Vec::new(),
            Kind::Enum(_) => vec![(place, ty)],
            Kind::Union(branches) => {
                self.spend(branches.len())?;
                branches
                    .iter()
                    .filter(|branch| matches!(schema.get(**branch).kind, Kind::Enum(_)))
                    .map(|&branch| (self.below(place, branch_step(schema, branch), read), branch))
                    .collect()
            }
            _ => Vec::new(),
        })
    }

    fn below(&mut self, place: usize, step: DataStep, read: usize) -> usize {
        let next = self.nodes.len();
        let below = *self.nodes[place].children.entry(step).or_insert(next);
        if below == next {
            self.nodes.push(Node::default());
        }
        let through = &mut self.nodes[below].through;
        if through.last() != Some(&read) {
            through.push(read);
        }
        below
    }
}

/// The type that a step leads to, out of one that is no union.
fn inside(schema: &Schema, ty: TypeId, step: &DataStep) -> Option<TypeId> {
    match (&schema.get(ty).kind, step) {
        (Kind::Record(record), DataStep::Field(name)) => record.field(name).map(|index| record.fields()[index].ty),
        (Kind::Array(inner), DataStep::Item) | (Kind::Map(inner), DataStep::Entry) => Some(*inner),
        _ => None,
    }
}

/// The step into a branch of a union, by the full name of its type.
pub(super) fn branch_step(schema: &Schema, branch: TypeId) -> DataStep {
    DataStep::Branch(name_of(schema, branch).into())
}

fn name_of(schema: &Schema, ty: TypeId) -> &str {
    let kind = &schema.get(ty).kind;
    kind.named().map_or(kind.name(), |named| named.name.full())
}

fn simple_name_of(schema: &Schema, ty: TypeId) -> &str {
    let kind = &schema.get(ty).kind;
    kind.named().map_or(kind.name(), |named| named.name.simple())
}

/// A step to what is not there: what is there instead.
fn stranded(schema: &Schema, ty: TypeId, number: usize, read: &Read<'_>, index: usize) -> Misread {
    let step = &read.path.steps()[index];
    let fields = |ty: TypeId| match &schema.get(ty).kind {
        Kind::Record(record) => record.fields().iter().map(|field| field.name.to_string()).collect(),
        _ => Vec::new(),
    };
    let (message, known, help) = match (&schema.get(ty).kind, step) {
        (Kind::Record(record), DataStep::Field(name)) => {
            let full = record.named.name.full();
            let renamed = record.fields().iter().find(|field| field.aliases.contains(name));
            let help = match renamed {
                Some(field) => format!("it is called `{}` now", field.name),
                None if record.fields().is_empty() => format!("`{full}` has no fields"),
                None => String::new(),
            };
            let known = if renamed.is_some() { Vec::new() } else { fields(ty) };
            (format!("`{full}` has no field `{name}`"), known, help)
        }
        (Kind::Union(branches), _) => {
            let names: Vec<String> = branches
                .iter()
                .map(|branch| name_of(schema, *branch).to_owned())
                .collect();
            let union = words(schema, ty);
            match step {
                DataStep::Branch(name) => (format!("{union} has no branch `{name}`"), names, String::new()),
                DataStep::Field(name) => (
                    format!("no branch of {union} has a field `{name}`"),
                    branches.iter().flat_map(|branch| fields(*branch)).collect(),
                    String::new(),
                ),
                DataStep::Item => (format!("no branch of {union} is an array"), Vec::new(), String::new()),
                DataStep::Entry => (format!("no branch of {union} is a map"), Vec::new(), String::new()),
            }
        }
        (kind, step) => {
            let help = match (kind, step) {
                (Kind::Array(_), DataStep::Field(_)) => format!("write `{}`", read.path.with(index, DataStep::Item)),
                (Kind::Map(_), DataStep::Field(_)) => format!("write `{}`", read.path.with(index, DataStep::Entry)),
                (_, DataStep::Branch(_)) if read.path.steps().len() > 1 => {
                    format!("this is no union: write `{}`", read.path.without(index))
                }
                (_, DataStep::Branch(_)) => "this is no union: leave the type in parentheses out".to_owned(),
                _ => "end the path here".to_owned(),
            };
            let message = match index {
                0 => format!("the event is {}", words(schema, ty)),
                _ => format!("`{}` is {}", read.path.until(index), words(schema, ty)),
            };
            (message, Vec::new(), help)
        }
    };
    Misread {
        read: number,
        span: read.path.span_of(index),
        message: message.into(),
        known,
        help: help.into(),
    }
}

/// What is handled is no enum.
fn no_enum(schema: &Schema, ty: TypeId, number: usize, read: &Read<'_>) -> Misread {
    Misread {
        read: number,
        span: read.path.span_of(usize::MAX),
        message: crate::to_line!("symbols are handled of an enum, but this is {}", words(schema, ty)),
        known: Vec::new(),
        help: "leave `handles` and `otherwise` out".into(),
    }
}

/// A type with its article: `an int`, `a record (com.acme.Order)`, `the union [null, string]`.
fn words(schema: &Schema, ty: TypeId) -> String {
    let kind = &schema.get(ty).kind;
    if let Kind::Union(branches) = kind {
        let names: Vec<&str> = branches.iter().take(6).map(|branch| name_of(schema, *branch)).collect();
        let more = if branches.len() > names.len() { ", …" } else { "" };
        return format!("the union [{}{more}]", names.join(", "));
    }
    let article = if kind.name().starts_with(['a', 'e', 'i']) {
        "an"
    } else {
        "a"
    };
    match kind.named() {
        Some(named) => format!("{article} {} ({})", kind.name(), named.name.full()),
        None => format!("{article} {}", kind.name()),
    }
}
