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
    /// Others are ignored, and there is neither an enum nor a union.
    NoChoice(TypeId),
    /// The read of this number handles other symbols at the same place.
    HandledTwice(usize),
    /// All reads together take too many steps.
    TooManySteps,
    /// The budget has ended.
    Exhausted(Exhausted),
}

/// How to ask for fewer steps.
pub(super) const FEWER_STEPS: &str = "name the branches of unions, `(Type)`, or read whole fields";

/// A place that a read may lead through: not kept until it is known that the path goes on from here to its end.
struct Hop {
    /// Where it comes from, by its number; itself for the first.
    from: usize,
    step: Option<DataStep>,
    ty: TypeId,
}

/// Where a read may meet what it does not know.
#[derive(Default)]
struct Choices {
    /// The places of enums.
    enums: Vec<usize>,
    has_union: bool,
}

/// A place that reads lead to or through.
#[derive(Debug, Clone, Default)]
pub(super) struct Node {
    children: FxHashMap<DataStep, usize>,
    /// Some read ends here: everything below is read.
    pub whole: bool,
    /// Which reads have a path that leads here or through here.
    through: Vec<usize>,
    /// The first read for which there is this place.
    pub first: usize,
    /// The first read that says which symbols are handled here.
    handled_by: Option<usize>,
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
            match tree.add(schema, number, reads) {
                Ok(()) => {}
                Err(Unfit::TooManySteps) => return Err(Misreads::too_many_steps(number, reads, FEWER_STEPS).into()),
                Err(Unfit::Exhausted(why)) => return Err(why.into()),
                Err(Unfit::Stranded(ty, step)) => faults.add(|| stranded(schema, ty, number, read, step)),
                Err(Unfit::NoEnum(ty)) => faults.add(|| no_enum(schema, ty, number, read)),
                Err(Unfit::NoChoice(ty)) => faults.add(|| no_choice(schema, ty, number, read)),
                Err(Unfit::HandledTwice(first)) => faults.add(|| Misread::handled_twice(number, first, reads)),
            }
        }
        for node in tree.nodes.iter_mut().skip(1) {
            node.null = !node.through.is_empty() && node.through.iter().all(|&read| reads[read].null);
        }
        if faults.is_empty() {
            Ok(tree)
        } else {
            Err(faults.into())
        }
    }

    fn add(&mut self, schema: &Schema, number: usize, reads: &[Read<'_>]) -> Result<(), Unfit> {
        let read = &reads[number];
        let mut hops = vec![Hop {
            from: 0,
            step: None,
            ty: schema.root,
        }];
        // A path that leaves branches out may lead to several places.
        let mut ends = vec![0];
        for (index, step) in read.path.steps().iter().enumerate() {
            let mut next = Vec::new();
            for &end in &ends {
                self.step(schema, end, step, &mut hops, &mut next)?;
            }
            if next.is_empty() {
                let ty = ends.first().map_or(schema.root, |end| hops[*end].ty);
                return Err(Unfit::Stranded(ty, index));
            }
            ends = next;
        }
        let places = self.keep(&hops, &ends, number);
        let mut choices = Choices::default();
        for &end in &ends {
            let (place, ty) = (places[end], hops[end].ty);
            self.nodes[place].whole = true;
            if read.symbols.is_some() || read.other_symbols {
                self.choices(schema, (place, ty), number, &mut choices)?;
            } else if matches!(schema.get(ty).kind, Kind::Enum(_)) {
                // All of its symbols are handled.
                choices.enums.push(place);
            }
        }
        for &place in &choices.enums {
            self.handle(place, number, reads)?;
        }
        let ty = ends.first().map_or(schema.root, |end| hops[*end].ty);
        let is_in_union = hops.iter().any(|hop| matches!(hop.step, Some(DataStep::Branch(_))));
        let has_none = choices.enums.is_empty();
        match has_none {
            true if read.symbols.is_some() => Err(Unfit::NoEnum(ty)),
            true if read.other_symbols && !choices.has_union && !is_in_union => Err(Unfit::NoChoice(ty)),
            _ => Ok(()),
        }
    }

    /// Keeps the hops that lead to the ends. Answers the places of all hops, by their numbers.
    fn keep(&mut self, hops: &[Hop], ends: &[usize], read: usize) -> Vec<usize> {
        let mut is_kept = vec![false; hops.len()];
        for &end in ends {
            let mut at = end;
            while !std::mem::replace(&mut is_kept[at], true) {
                at = hops[at].from;
            }
        }
        let mut places = vec![Tree::ROOT; hops.len()];
        for (index, hop) in hops.iter().enumerate() {
            if let (true, Some(step)) = (is_kept[index], &hop.step) {
                let place = self.below(places[hop.from], step.clone(), read);
                self.nodes[place].through.push(read);
                places[index] = place;
            }
        }
        places
    }

    /// What a read handles of the enum at a place.
    fn handle(&mut self, place: usize, number: usize, reads: &[Read<'_>]) -> Result<(), Unfit> {
        let read = &reads[number];
        self.spend(read.symbols.map_or(0, <[&str]>::len))?;
        let node = &mut self.nodes[place];
        if let Some(first) = node.handled_by
            && !read.handles_like(&reads[first])
        {
            return Err(Unfit::HandledTwice(first));
        }
        node.handled_by = Some(number);
        let symbols = read
            .symbols
            .map(|symbols| symbols.iter().map(|symbol| (*symbol).to_owned()));
        node.symbols = symbols.map(Iterator::collect);
        node.other_symbols = read.other_symbols;
        Ok(())
    }

    fn spend(&mut self, steps: usize) -> Result<(), Unfit> {
        self.steps_left = self.steps_left.checked_sub(steps).ok_or(Unfit::TooManySteps)?;
        self.budget.spend(steps).map_err(Unfit::Exhausted)
    }

    /// Goes one step on, into every branch of a union that has it.
    fn step(
        &mut self,
        schema: &Schema,
        from: usize,
        step: &DataStep,
        hops: &mut Vec<Hop>,
        next: &mut Vec<usize>,
    ) -> Result<(), Unfit> {
        self.spend(1)?;
        let ty = hops[from].ty;
        let mut hop = |from, step, ty| {
            hops.push(Hop {
                from,
                step: Some(step),
                ty,
            });
            hops.len() - 1
        };
        match (&schema.get(ty).kind, step) {
            (Kind::Union(branches), DataStep::Branch(name)) => {
                self.spend(branches.len())?;
                for &branch in branches {
                    if name_of(schema, branch) == &**name || simple_name_of(schema, branch) == &**name {
                        next.push(hop(from, branch_step(schema, branch), branch));
                    }
                }
            }
            (Kind::Union(branches), _) => {
                self.spend(branches.len())?;
                for &branch in branches {
                    if let Some(inside) = inside(schema, branch, step) {
                        self.spend(1)?;
                        let branch = hop(from, branch_step(schema, branch), branch);
                        next.push(hop(branch, step.clone(), inside));
                    }
                }
            }
            _ => next.extend(inside(schema, ty, step).map(|inside| hop(from, step.clone(), inside))),
        }
        Ok(())
    }

    /// The enums and unions at a place: the type itself, branches of a union, and what a list or a map of these holds.
    fn choices(
        &mut self,
        schema: &Schema,
        (place, ty): (usize, TypeId),
        read: usize,
        found: &mut Choices,
    ) -> Result<(), Unfit> {
        self.spend(1)?;
        let parts: Vec<(DataStep, TypeId)> = match &schema.get(ty).kind {
            Kind::Enum(_) => {
                found.enums.push(place);
                Vec::new()
            }
            Kind::Union(branches) => {
                self.spend(branches.len())?;
                found.has_union = true;
                let is_part = |branch: &&TypeId| {
                    let kind = &schema.get(**branch).kind;
                    matches!(kind, Kind::Enum(_) | Kind::Array(_) | Kind::Map(_))
                };
                let parts = branches.iter().filter(is_part);
                parts.map(|branch| (branch_step(schema, *branch), *branch)).collect()
            }
            Kind::Array(items) => vec![(DataStep::Item, *items)],
            Kind::Map(values) => vec![(DataStep::Entry, *values)],
            _ => Vec::new(),
        };
        for (step, part) in parts {
            let below = self.below(place, step, read);
            self.nodes[below].whole = true;
            self.choices(schema, (below, part), read, found)?;
        }
        Ok(())
    }

    fn below(&mut self, place: usize, step: DataStep, read: usize) -> usize {
        let next = self.nodes.len();
        let below = *self.nodes[place].children.entry(step).or_insert(next);
        if below == next {
            self.nodes.push(Node {
                first: read,
                ..Node::default()
            });
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

/// There is nothing else that could come.
fn no_choice(schema: &Schema, ty: TypeId, number: usize, read: &Read<'_>) -> Misread {
    Misread {
        read: number,
        span: read.path.span_of(usize::MAX),
        message: crate::to_line!(
            "other symbols or types are ignored of an enum or a union, but this is {}",
            words(schema, ty)
        ),
        known: Vec::new(),
        help: "leave `otherwise` out".into(),
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
