//! The part of a schema that a reader asks for, as a schema in its own right.
//!
//! An Avro reader may leave out whatever it does not need, so what is left of a schema is a valid reader of all data
//! that the schema describes. Each *occurrence* of a type is cut by its own reads: two fields of type `Address` may
//! become two different records of that name, which no text could say but an arena can.
//!
//! Invariants: fields keep their numbers and types their places, so that findings point at the text that the schema
//! was parsed from. A union keeps all its branches in their order: data of any of them must be taken, whichever is
//! read. A path ends where it ends: a record that holds itself is cut only as deep as the reads go. Recursion follows
//! the paths, whose steps are bounded, and the anonymous types of the text, whose depth is.

use rustc_hash::FxHashMap;

use super::default;
use super::limits::Limits;
use super::named::{Enum, Field, Record};
use super::parse::seal;
use super::schema::{Kind, Schema, Type, TypeId};
use crate::data_path::{DataPath, DataStep, write_steps};
use crate::json;
use crate::source::Span;

mod tree;

use tree::{Node, Tree};

/// A projection of more types than this is refused: only reads made to be slow come near it.
const MAX_TYPES: usize = 200_000;

/// One thing that is read.
#[derive(Debug, Clone, Copy)]
pub struct Read<'a> {
    /// Where it is in the data.
    pub path: &'a DataPath,
    /// The symbols of an enum that the reader knows; `None` for all of them.
    pub symbols: Option<&'a [&'a str]>,
    /// It does without symbols that it does not know. They are read as the enum's default, or the first symbol.
    pub other_symbols: bool,
    /// It takes null for a value that is null or not there.
    pub null: bool,
}

/// A path leads nowhere, or what is asked of its end cannot be.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Misread {
    /// Which of the reads.
    pub read: usize,
    /// The bytes of the wrong step in the path's text.
    pub span: Span,
    /// What is wrong, as a fragment in lower case.
    pub message: String,
    /// What to write instead: the names that are there.
    pub known: Vec<String>,
    /// How to mend it.
    pub help: String,
}

/// Cuts `schema` down to what is read.
///
/// # Errors
/// Every read that does not fit the schema.
pub fn project(schema: &Schema, reads: &[Read<'_>]) -> Result<Schema, Vec<Misread>> {
    let tree = Tree::of(reads);
    let mut projector = Projector {
        types: schema.types.clone(),
        tree: &tree,
        reads,
        done: FxHashMap::default(),
        branches: FxHashMap::default(),
        unread: FxHashMap::default(),
        faults: Vec::new(),
        too_many: false,
    };
    let root = projector.cut(schema.root, Tree::ROOT);
    let mut faults = projector.faults;
    if !faults.is_empty() {
        faults.sort_by_key(|fault| (fault.read, fault.span.start));
        faults.dedup();
        return Err(faults);
    }
    let kept = schema.types.len();
    let mut projected = seal(schema.sources.clone(), projector.types, root);
    drop_unfit_defaults(&mut projected, kept);
    Ok(projected)
}

/// A default that the cut type cannot take is none: that of an enum which lost its symbol, for instance.
fn drop_unfit_defaults(schema: &mut Schema, from: usize) {
    for index in from..schema.types.len() {
        let Kind::Record(record) = &schema.types[index].kind else {
            continue;
        };
        let fits: Vec<bool> = record
            .fields()
            .iter()
            .map(|field| {
                field
                    .default
                    .as_deref()
                    .is_none_or(|node| default::fits(schema, field.ty, node, &Limits::default()))
            })
            .collect();
        if let Kind::Record(record) = &mut schema.types[index].kind {
            for (field, _) in record.fields_mut().iter_mut().zip(fits).filter(|(_, fits)| !fits) {
                field.default = None;
            }
        }
    }
}

struct Projector<'a> {
    /// Those of the schema, then those that were made.
    types: Vec<Type>,
    tree: &'a Tree,
    reads: &'a [Read<'a>],
    done: FxHashMap<(TypeId, usize), TypeId>,
    /// The same of the branches of a union that is read at this place.
    branches: FxHashMap<(TypeId, usize), TypeId>,
    /// Types of which nothing is read.
    unread: FxHashMap<TypeId, TypeId>,
    faults: Vec<Misread>,
    too_many: bool,
}

impl Projector<'_> {
    /// The type cut by what the tree reads of it.
    fn cut(&mut self, id: TypeId, at: usize) -> TypeId {
        let tree = self.tree;
        let node = &tree.nodes[at];
        if node.is_plain() || self.too_many {
            return id;
        }
        if let Some(done) = self.done.get(&(id, at)) {
            return *done;
        }
        let cut = self.cut_kind(id, at, node);
        let cut = if node.null { self.or_null(cut) } else { cut };
        self.done.insert((id, at), cut);
        cut
    }

    fn cut_kind(&mut self, id: TypeId, at: usize, node: &Node) -> TypeId {
        let ty = self.types[id.index()].clone();
        match &ty.kind {
            Kind::Union(branches) => self.cut_union(&ty, branches, at, node),
            Kind::Record(record) => {
                self.refuse_unfit(node, &ty.kind, |step| matches!(step, DataStep::Field(_)), false);
                self.cut_record(&ty, record, node)
            }
            Kind::Array(items) => {
                self.refuse_unfit(node, &ty.kind, |step| *step == DataStep::Item, false);
                let items = match node.child(&DataStep::Item) {
                    Some(below) => self.cut(*items, below),
                    None => *items,
                };
                self.add(&ty, Kind::Array(items))
            }
            Kind::Map(values) => {
                self.refuse_unfit(node, &ty.kind, |step| *step == DataStep::Entry, false);
                let values = match node.child(&DataStep::Entry) {
                    Some(below) => self.cut(*values, below),
                    None => *values,
                };
                self.add(&ty, Kind::Map(values))
            }
            Kind::Enum(symbols) => {
                self.refuse_unfit(node, &ty.kind, |_| false, true);
                let cut = cut_enum(symbols, node);
                self.add(&ty, Kind::Enum(Box::new(cut)))
            }
            kind => {
                self.refuse_unfit(node, kind, |_| false, false);
                id
            }
        }
    }

    fn cut_record(&mut self, ty: &Type, record: &Record, node: &Node) -> TypeId {
        let mut fields = Vec::new();
        for field in record.fields() {
            let below = node.child(&DataStep::Field(field.name.clone()));
            match below {
                Some(below) => fields.push(self.cut_field(field, below)),
                None if node.whole => fields.push(field.clone()),
                None => {}
            }
        }
        for (step, below) in &node.children {
            let DataStep::Field(name) = step else { continue };
            if record.field(name).is_none() {
                let known: Vec<String> = record.fields().iter().map(|field| field.name.to_string()).collect();
                let type_name = record.named.name.full();
                let renamed = record.fields().iter().find(|field| field.aliases.contains(name));
                let help = match renamed {
                    Some(field) => format!("it is called `{}` now", field.name),
                    None if known.is_empty() => format!("`{type_name}` has no fields"),
                    None => String::new(),
                };
                self.fault(*below, format!("`{type_name}` has no field `{name}`"), known, help);
            }
        }
        let cut = Record::of_numbered(record.named.clone(), record.is_error, fields);
        self.add(ty, Kind::Record(Box::new(cut)))
    }

    fn cut_field(&mut self, field: &Field, below: usize) -> Field {
        let mut cut = field.clone();
        cut.ty = self.cut(field.ty, below);
        if self.tree.nodes[below].null {
            cut.default = Some(Box::new(json::Node {
                value: json::Value::Null,
                span: Span::default(),
            }));
        }
        cut
    }

    /// Steps apply to the branches that they fit; of the others nothing is read.
    fn cut_union(&mut self, ty: &Type, branches: &[TypeId], at: usize, node: &Node) -> TypeId {
        let mut used = vec![false; node.children.len()];
        let mut handled = node.symbols.is_none() && !node.other_symbols;
        let mut null = false;
        let mut cut = Vec::with_capacity(branches.len());
        for &branch in branches {
            let kind = &self.types[branch.index()].kind;
            let name = kind.named().map_or(kind.name(), |named| named.name.full());
            let simple = kind.named().map_or(kind.name(), |named| named.name.simple());
            let by_name = [name, simple]
                .into_iter()
                .find_map(|name| node.number(&DataStep::Branch(name.into())));
            if let Some(by_name) = by_name {
                used[by_name] = true;
                let below = node.children[by_name].1;
                let tree = self.tree;
                // Null cannot stand for a branch, but beside it.
                null |= tree.nodes[below].null;
                let view = Node {
                    null: false,
                    ..tree.nodes[below].clone()
                };
                cut.push(if view.is_plain() {
                    branch
                } else {
                    self.cut_branch(branch, below, view)
                });
                continue;
            }
            let fitting = fitting(kind, node);
            let is_enum = matches!(kind, Kind::Enum(_)) && !handled;
            if fitting.is_empty() && !is_enum {
                cut.push(if node.whole { branch } else { self.nothing(branch) });
                continue;
            }
            fitting.iter().for_each(|&child| used[child] = true);
            handled |= is_enum;
            let branch_view = self.tree.fitting(at, &fitting, is_enum);
            cut.push(self.cut_branch(branch, at, branch_view));
        }
        let missing: Vec<(DataStep, usize)> = node
            .children
            .iter()
            .zip(&used)
            .filter(|(_, used)| !**used)
            .map(|(child, _)| child.clone())
            .collect();
        if !missing.is_empty() || !handled {
            self.refuse_in_union(branches, &missing, node, handled);
        }
        let cut = self.add(ty, Kind::Union(cut.into()));
        if null { self.or_null(cut) } else { cut }
    }

    fn cut_branch(&mut self, branch: TypeId, at: usize, view: Node) -> TypeId {
        if let Some(done) = self.branches.get(&(branch, at)) {
            return *done;
        }
        let cut = self.cut_kind(branch, at, &view);
        self.branches.insert((branch, at), cut);
        cut
    }

    /// The type as one that is taken and not looked at.
    fn nothing(&mut self, id: TypeId) -> TypeId {
        if let Some(known) = self.unread.get(&id) {
            return *known;
        }
        let ty = self.types[id.index()].clone();
        let cut = match &ty.kind {
            Kind::Record(record) => {
                let empty = Record::of_numbered(record.named.clone(), record.is_error, Vec::new());
                self.add(&ty, Kind::Record(Box::new(empty)))
            }
            Kind::Enum(symbols) => {
                let any = Node {
                    other_symbols: true,
                    ..Node::default()
                };
                let cut = cut_enum(symbols, &any);
                self.add(&ty, Kind::Enum(Box::new(cut)))
            }
            Kind::Array(items) => {
                let items = self.nothing(*items);
                self.add(&ty, Kind::Array(items))
            }
            Kind::Map(values) => {
                let values = self.nothing(*values);
                self.add(&ty, Kind::Map(values))
            }
            Kind::Union(branches) => {
                let branches = branches.iter().map(|branch| self.nothing(*branch)).collect();
                self.add(&ty, Kind::Union(branches))
            }
            _ => id,
        };
        self.unread.insert(id, cut);
        cut
    }

    /// The type, or null. Null comes last, so that the branches of a union keep their numbers.
    fn or_null(&mut self, id: TypeId) -> TypeId {
        let mut branches = match &self.types[id.index()].kind {
            Kind::Null => return id,
            Kind::Union(branches) => branches.to_vec(),
            _ => vec![id],
        };
        if branches
            .iter()
            .any(|branch| matches!(self.types[branch.index()].kind, Kind::Null))
        {
            return id;
        }
        let plain = Type {
            kind: Kind::Null,
            logical: None,
            props: Box::default(),
            shape: 0,
            reads_itself: true,
        };
        branches.push(self.add(&plain, Kind::Null));
        self.add(&plain, Kind::Union(branches.into()))
    }

    fn add(&mut self, like: &Type, kind: Kind) -> TypeId {
        if self.types.len() >= MAX_TYPES {
            if !self.too_many {
                self.too_many = true;
                self.fault(
                    Tree::ROOT,
                    format!("the reads cut the schema into more than {MAX_TYPES} types"),
                    Vec::new(),
                    "read fewer fields, or whole ones".into(),
                );
            }
            return TypeId(0);
        }
        let id = TypeId(u32::try_from(self.types.len()).unwrap_or(u32::MAX));
        self.types.push(Type {
            kind,
            logical: like.logical,
            props: like.props.clone(),
            shape: 0,
            reads_itself: true,
        });
        id
    }

    /// Tells every step below `node` that `kind` does not have, and symbols of what is no enum.
    fn refuse_unfit(&mut self, node: &Node, kind: &Kind, fits: impl Fn(&DataStep) -> bool, is_enum: bool) {
        let what = words(kind);
        for (step, below) in &node.children {
            if fits(step) {
                continue;
            }
            let help = match (kind, step) {
                (Kind::Array(_), DataStep::Field(_)) => "write `[]` for its items, then `.` and the field".into(),
                (Kind::Map(_), DataStep::Field(_)) => "write `{}` for its values, then `.` and the field".into(),
                (_, DataStep::Branch(_)) => "leave the type in parentheses out: this is no union".into(),
                _ => String::new(),
            };
            let mut shown = String::new();
            // Writing to a string cannot fail.
            let _ = write_steps(&mut shown, std::slice::from_ref(step));
            self.fault(
                *below,
                format!("`{shown}` leads nowhere: this is {what}"),
                Vec::new(),
                help,
            );
        }
        if !is_enum && (node.symbols.is_some() || node.other_symbols) {
            self.no_enum(node, &what);
        }
    }

    fn no_enum(&mut self, node: &Node, what: &str) {
        let Some(read) = node.end else { return };
        self.faults.push(Misread {
            read,
            span: self.reads[read].path.span_of(usize::MAX),
            message: format!("symbols are handled of an enum, but this is {what}"),
            known: Vec::new(),
            help: "leave `handles` and `otherwise` out".into(),
        });
    }

    fn refuse_in_union(&mut self, branches: &[TypeId], missing: &[(DataStep, usize)], node: &Node, handled: bool) {
        let names: Vec<String> = branches
            .iter()
            .map(|branch| {
                let kind = &self.types[branch.index()].kind;
                kind.named().map_or(kind.name(), |named| named.name.full()).to_owned()
            })
            .collect();
        let fields: Vec<String> = branches
            .iter()
            .filter_map(|branch| match &self.types[branch.index()].kind {
                Kind::Record(record) => Some(record.fields().iter().map(|field| field.name.to_string())),
                _ => None,
            })
            .flatten()
            .collect();
        let union = names.join(", ");
        for (step, below) in missing {
            let (message, known) = match step {
                DataStep::Branch(name) => (format!("the union [{union}] has no branch `{name}`"), names.clone()),
                DataStep::Field(name) => (
                    format!("no branch of the union [{union}] has a field `{name}`"),
                    fields.clone(),
                ),
                DataStep::Item => (format!("no branch of the union [{union}] is an array"), Vec::new()),
                DataStep::Entry => (format!("no branch of the union [{union}] is a map"), Vec::new()),
            };
            self.fault(*below, message, known, String::new());
        }
        if !handled {
            self.no_enum(node, &format!("the union [{union}]"));
        }
    }

    fn fault(&mut self, at: usize, message: String, known: Vec<String>, help: String) {
        let node = &self.tree.nodes[at];
        for &read in &node.through {
            self.faults.push(Misread {
                read,
                span: self.reads[read].path.span_of(node.depth.wrapping_sub(1)),
                message: message.clone(),
                known: known.clone(),
                help: help.clone(),
            });
        }
    }
}

/// The children whose steps can be taken out of a type that is a branch of a union, in order.
fn fitting(kind: &Kind, node: &Node) -> Vec<usize> {
    let mut fitting: Vec<usize> = match kind {
        Kind::Record(record) => record
            .fields()
            .iter()
            .filter_map(|field| node.number(&DataStep::Field(field.name.clone())))
            .collect(),
        Kind::Array(_) => node.number(&DataStep::Item).into_iter().collect(),
        Kind::Map(_) => node.number(&DataStep::Entry).into_iter().collect(),
        _ => Vec::new(),
    };
    fitting.sort_unstable();
    fitting
}

/// The enum of the symbols that are handled; where others are ignored they are read as its default.
fn cut_enum(symbols: &Enum, node: &Node) -> Enum {
    let kept: Vec<Box<str>> = match &node.symbols {
        // Symbols that the schema does not have yet are kept: a reader may be ahead.
        Some(handled) => handled.iter().map(|symbol| symbol.as_str().into()).collect(),
        None => symbols.symbols().to_vec(),
    };
    let own = symbols.default.clone().filter(|symbol| kept.contains(symbol));
    let default = match own {
        Some(own) if node.symbols.is_none() || node.other_symbols => Some(own),
        _ if node.other_symbols => kept.first().cloned(),
        _ => None,
    };
    Enum::new(symbols.named.clone(), kept, default)
}

fn words(kind: &Kind) -> String {
    let article = if matches!(kind.name().as_bytes()[0], b'a' | b'e' | b'i') {
        "an"
    } else {
        "a"
    };
    match kind.named() {
        Some(named) => format!("{article} {} ({})", kind.name(), named.name.full()),
        None => format!("{article} {}", kind.name()),
    }
}
