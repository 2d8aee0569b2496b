//! Reads as a tree over a message: paths that begin alike share their beginning.
//!
//! Invariant: no list of fields or values is scanned for each read; what was looked up in once is indexed.

use rustc_hash::{FxHashMap, FxHashSet};

use crate::budget::{Budget, Exhausted};
use crate::data_path::{DataPath, DataStep};
use crate::protobuf::language::schema::{Cardinality, EnumId, FileSet, Kind, MessageId};
use crate::reads::{MAX_STEPS, Misread, Misreads, ProjectError, Read};
use crate::text::source::Span;

/// How to ask for fewer steps.
pub(super) const FEWER_STEPS: &str = "read whole fields instead of what they hold";

/// All the reads of one projection, as a tree over the message.
pub(super) struct Tree<'b> {
    pub nodes: Vec<Node>,
    /// Of [`MAX_STEPS`].
    pub steps_left: usize,
    budget: &'b Budget,
}

/// A place that reads lead to or through.
#[derive(Default)]
pub(super) struct Node {
    pub children: FxHashMap<DataStep, usize>,
    /// Some read ends here: everything below is read.
    pub whole: bool,
    /// The values of an enum that the reader knows.
    pub symbols: Option<Vec<String>>,
    /// The first read that leads here or through here.
    pub first: usize,
    /// The first read that says which values of the enum at this place are handled.
    handled_by: Option<usize>,
}

/// What a path leads to.
#[derive(Clone, Copy)]
enum Place {
    Message(MessageId),
    /// All items of a field, of which each is what the kind says.
    Items(Kind),
    Enum(EnumId),
    Scalar,
}

/// Why a read does not fit, not yet described.
enum Unfit {
    /// What the step of this number names is not at this place.
    Stranded(Place, usize),
    /// Values are handled, and this is no enum.
    NoEnum,
    /// Others are ignored, and there is neither an enum nor a oneof.
    NoChoice,
    /// The read of this number handles other values at the same place.
    HandledTwice(usize),
    /// The enum has no value of the name with this number among those that are handled.
    NoValue(EnumId, usize),
    /// All reads together take too many steps.
    TooManySteps,
    /// The budget has ended.
    Exhausted(Exhausted),
}

/// The fields and values of what was come by, by their names.
struct Index<'s> {
    set: &'s FileSet,
    fields: FxHashMap<MessageId, FxHashMap<&'s str, usize>>,
    values: FxHashMap<EnumId, FxHashSet<&'s str>>,
}

impl<'s> Index<'s> {
    fn field(&mut self, id: MessageId, name: &str) -> Option<usize> {
        let fields = &self.set.message(id).fields;
        // Of two that have one name the first counts.
        let names = || {
            fields
                .iter()
                .enumerate()
                .rev()
                .map(|(index, field)| (&*field.name, index))
        };
        let by_name = self.fields.entry(id).or_insert_with(|| names().collect());
        by_name.get(name).copied()
    }

    fn has_value(&mut self, id: EnumId, name: &str) -> bool {
        let values = &self.set.enumeration(id).values;
        let names = || values.iter().map(|value| &*value.name);
        let by_name = self.values.entry(id).or_insert_with(|| names().collect());
        by_name.contains(name)
    }
}

impl<'b> Tree<'b> {
    /// The place of the whole message.
    pub const ROOT: usize = 0;

    /// The tree of these reads; of all of the message, where there are none.
    pub fn of(
        set: &FileSet,
        root: MessageId,
        reads: Option<&[Read<'_>]>,
        budget: &'b Budget,
    ) -> Result<Self, ProjectError> {
        let mut tree = Tree {
            nodes: vec![Node {
                whole: reads.is_none(),
                ..Node::default()
            }],
            steps_left: MAX_STEPS,
            budget,
        };
        let reads = reads.unwrap_or_default();
        let mut index = Index {
            set,
            fields: FxHashMap::default(),
            values: FxHashMap::default(),
        };
        let mut faults = Misreads::default();
        for (number, read) in reads.iter().enumerate() {
            match tree.add(&mut index, root, number, reads) {
                Ok(()) => {}
                Err(Unfit::TooManySteps) => return Err(Misreads::too_many_steps(number, reads, FEWER_STEPS).into()),
                Err(Unfit::Exhausted(why)) => return Err(why.into()),
                Err(Unfit::HandledTwice(first)) => faults.add(|| Misread::handled_twice(number, first, reads)),
                Err(unfit) => faults.add(|| describe(set, unfit, number, read)),
            }
        }
        if faults.is_empty() {
            Ok(tree)
        } else {
            Err(faults.into())
        }
    }

    fn add(&mut self, index: &mut Index<'_>, root: MessageId, number: usize, reads: &[Read<'_>]) -> Result<(), Unfit> {
        let read = &reads[number];
        let (mut at, mut place) = (Tree::ROOT, Place::Message(root));
        let mut is_in_oneof = false;
        for (count, step) in read.path.steps().iter().enumerate() {
            self.spend(1)?;
            is_in_oneof |= is_member(index, place, step);
            place = below(index, place, step).ok_or(Unfit::Stranded(place, count))?;
            at = self.child(at, step, number);
        }
        self.nodes[at].whole = true;
        let is_plain = read.symbols.is_none() && !read.other_symbols;
        if let (Place::Items(kind), false) = (place, is_plain)
            && let Place::Enum(_) = item(kind)
        {
            // What is said of a list's or a map's enum is said of its items.
            let step = match kind {
                Kind::Map { .. } => DataStep::Entry,
                _ => DataStep::Item,
            };
            place = item(kind);
            at = self.child(at, &step, number);
        }
        match place {
            Place::Enum(id) => self.handle(index, (at, id), number, reads),
            _ if read.symbols.is_some() => Err(Unfit::NoEnum),
            _ if read.other_symbols && !is_in_oneof => Err(Unfit::NoChoice),
            _ => Ok(()),
        }
    }

    /// What a read handles of the enum at a place.
    fn handle(
        &mut self,
        index: &mut Index<'_>,
        (at, id): (usize, EnumId),
        number: usize,
        reads: &[Read<'_>],
    ) -> Result<(), Unfit> {
        let read = &reads[number];
        let symbols = read.symbols.unwrap_or_default();
        self.spend(symbols.len())?;
        if let Some(wrong) = symbols.iter().position(|symbol| !index.has_value(id, symbol)) {
            return Err(Unfit::NoValue(id, wrong));
        }
        let node = &mut self.nodes[at];
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
        Ok(())
    }

    fn spend(&mut self, steps: usize) -> Result<(), Unfit> {
        self.steps_left = self.steps_left.checked_sub(steps).ok_or(Unfit::TooManySteps)?;
        self.budget.spend(steps).map_err(Unfit::Exhausted)
    }

    fn child(&mut self, at: usize, step: &DataStep, read: usize) -> usize {
        let next = self.nodes.len();
        let child = *self.nodes[at].children.entry(step.clone()).or_insert(next);
        if child == next {
            self.nodes.push(Node {
                first: read,
                ..Node::default()
            });
        }
        child
    }
}

/// Where one more step leads; none where what it names is not there.
fn below(index: &mut Index<'_>, place: Place, step: &DataStep) -> Option<Place> {
    match (place, step) {
        (Place::Message(id), DataStep::Field(name)) => {
            let field = &index.set.message(id).fields[index.field(id, name)?];
            Some(match field.cardinality {
                Cardinality::Repeated | Cardinality::Map => Place::Items(field.kind),
                _ => item(field.kind),
            })
        }
        (Place::Items(kind @ Kind::Map { .. }), DataStep::Entry) => Some(item(kind)),
        (Place::Items(Kind::Map { .. }), _) => None,
        (Place::Items(kind), DataStep::Item) => Some(item(kind)),
        _ => None,
    }
}

/// Whether a step leads to a member of a oneof.
fn is_member(index: &mut Index<'_>, place: Place, step: &DataStep) -> bool {
    let (Place::Message(id), DataStep::Field(name)) = (place, step) else {
        return false;
    };
    let field = index.field(id, name);
    field.is_some_and(|field| index.set.message(id).fields[field].oneof.is_some())
}

/// What one item of a field is.
fn item(kind: Kind) -> Place {
    match (kind.message(), kind.enumeration()) {
        (Some(id), _) => Place::Message(id),
        (None, Some(id)) => Place::Enum(id),
        (None, None) => Place::Scalar,
    }
}

/// What is wrong with a read. Goes through everything that could have been meant.
fn describe(set: &FileSet, unfit: Unfit, number: usize, read: &Read<'_>) -> Misread {
    let wrong = |span: Span, message: String, known: Vec<String>, help: &str| Misread {
        read: number,
        span,
        message: message.into(),
        known,
        help: help.into(),
    };
    let end = read.path.span_of(usize::MAX);
    match unfit {
        Unfit::Stranded(place, count) => {
            let (message, known, help) = stranded(set, place, read.path, count);
            wrong(read.path.span_of(count), message, known, &help)
        }
        Unfit::NoEnum => wrong(
            end,
            "values are handled of an enum, and this is none".into(),
            Vec::new(),
            "leave `handles` and `otherwise` out",
        ),
        Unfit::NoChoice => wrong(
            end,
            "other values or fields are ignored of an enum or a oneof, and this is neither".into(),
            Vec::new(),
            "leave `otherwise` out",
        ),
        Unfit::NoValue(id, symbol) => {
            let of = set.enumeration(id);
            let symbol = read
                .symbols
                .and_then(|symbols| symbols.get(symbol))
                .copied()
                .unwrap_or_default();
            wrong(
                end,
                format!("the enum `{}` has no value `{symbol}`", of.name),
                of.values.iter().map(|value| value.name.to_string()).collect(),
                "handle values that the enum has",
            )
        }
        Unfit::HandledTwice(_) | Unfit::TooManySteps | Unfit::Exhausted(_) => {
            wrong(end, String::new(), Vec::new(), FEWER_STEPS)
        }
    }
}

/// A step to what is not there: what is wrong, what there is, and what to write instead.
fn stranded(set: &FileSet, place: Place, path: &DataPath, index: usize) -> (String, Vec<String>, String) {
    let what = match index {
        0 => "the event".to_owned(),
        _ => format!("`{}`", path.until(index)),
    };
    let inserted = |step| format!("write `{}`", path.with(index, step));
    match (place, &path.steps()[index]) {
        (_, DataStep::Branch(_)) => (
            "a Protobuf message has no branches by type".into(),
            Vec::new(),
            "name the member of the oneof like any other field".into(),
        ),
        (Place::Message(id), DataStep::Field(name)) => {
            let message = set.message(id);
            (
                format!("`{}` has no field `{name}`", message.simple_name()),
                message.fields.iter().map(|field| field.name.to_string()).collect(),
                String::new(),
            )
        }
        (Place::Message(id), _) => (
            format!("{what} is one message, `{}`", set.message(id).simple_name()),
            Vec::new(),
            "name a field of it".into(),
        ),
        (Place::Items(Kind::Map { .. }), DataStep::Field(_)) => {
            (format!("{what} is a map"), Vec::new(), inserted(DataStep::Entry))
        }
        (Place::Items(Kind::Map { .. }), _) => (
            format!("{what} is a map"),
            Vec::new(),
            format!("write `{}{{}}` for its values", path.until(index)),
        ),
        (Place::Items(_), DataStep::Field(_)) => (
            format!("{what} is a repeated field"),
            Vec::new(),
            inserted(DataStep::Item),
        ),
        (Place::Items(_), _) => (
            format!("{what} is a repeated field"),
            Vec::new(),
            format!("write `{}[]` for its items", path.until(index)),
        ),
        (Place::Enum(_) | Place::Scalar, _) => {
            (format!("{what} has no fields"), Vec::new(), "end the path here".into())
        }
    }
}
