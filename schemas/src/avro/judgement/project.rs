//! The part of a schema that a reader asks for, as a schema in its own right.
//!
//! An Avro reader may leave out whatever it does not need, so what is left of a schema is a valid reader of all data
//! that the schema describes. Each *occurrence* of a type is cut by its own reads: two fields of type `Address` may
//! become two different records of that name, which no text could say but an arena can.
//!
//! Invariants: fields keep their numbers and types their places, so that findings point at the text that the schema
//! was parsed from. A union keeps all its branches in their order: data of any of them must be taken, whichever is
//! read. A path ends where it ends: a record that holds itself is cut only as deep as the reads go. Recursion follows
//! the paths, whose steps are bounded, and the anonymous types of the text, whose depth is. What is copied is bounded too:
//! it counts as steps.

use rustc_hash::FxHashMap;

use crate::avro::data::default;
use crate::avro::data::limits::Limits;
use crate::avro::language::named::{Enum, Field, Named, Record};
use crate::avro::language::parse::seal;
use crate::avro::language::schema::{Kind, Schema, Type, TypeId};
use crate::budget::Budget;
use crate::data_path::DataStep;
use crate::reads::{Misreads, ProjectError, Read};
use crate::text::json;
use crate::text::source::Span;

mod tree;

use tree::{FEWER_STEPS, Node, Tree, branch_step};

/// Cuts `schema` down to what is read.
///
/// # Errors
/// Every read that does not fit the schema; reads that take too many steps; or why the budget has ended.
pub fn project(schema: &Schema, reads: &[Read<'_>], budget: &Budget) -> Result<Schema, ProjectError> {
    let tree = Tree::of(schema, reads, budget)?;
    // Types are copied, and sealed once more.
    budget.spend(schema.types.len() + tree.nodes.len())?;
    let mut projector = Projector {
        schema,
        tree: &tree,
        types: schema.types.clone(),
        done: FxHashMap::default(),
        unread: FxHashMap::default(),
        open_enums: FxHashMap::default(),
        steps_left: tree.steps_left,
        too_many_at: None,
        budget,
    };
    let root = projector.cut(schema.root, Tree::ROOT);
    if let Some(why) = budget.exhausted() {
        return Err(why.into());
    }
    if let Some(read) = projector.too_many_at {
        return Err(Misreads::too_many_steps(read, reads, FEWER_STEPS).into());
    }
    let mut projected = seal(schema.sources.clone(), projector.types, root);
    drop_unfit_defaults(&mut projected, schema.types.len());
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
    schema: &'a Schema,
    tree: &'a Tree<'a>,
    /// Those of the schema, then those that were made.
    types: Vec<Type>,
    done: FxHashMap<usize, TypeId>,
    /// Types of which nothing is read.
    unread: FxHashMap<TypeId, TypeId>,
    /// Enums with all their symbols, which take others for their default.
    open_enums: FxHashMap<TypeId, TypeId>,
    /// Of [`crate::reads::MAX_STEPS`].
    steps_left: usize,
    /// The read whose place took more than were left.
    too_many_at: Option<usize>,
    budget: &'a Budget,
}

impl<'a> Projector<'a> {
    /// The type at a place of the tree, cut by what the tree reads of it. A place has one type.
    fn cut(&mut self, id: TypeId, at: usize) -> TypeId {
        let tree: &'a Tree<'a> = self.tree;
        let node = &tree.nodes[at];
        let cut = self.cut_kind(id, at, node);
        if node.null { self.or_null(cut) } else { cut }
    }

    fn cut_kind(&mut self, id: TypeId, at: usize, node: &Node) -> TypeId {
        if node.whole && !node.cuts() {
            return id;
        }
        if let Some(done) = self.done.get(&at) {
            return *done;
        }
        let schema: &'a Schema = self.schema;
        let ty = schema.get(id);
        if !self.spend(steps_of(&ty.kind, node), node) {
            return id;
        }
        let cut = match &ty.kind {
            Kind::Union(branches) => {
                let branches = branches.iter().map(|branch| self.cut_branch(*branch, node)).collect();
                self.add(ty, Kind::Union(branches))
            }
            Kind::Record(record) => {
                let fields = match node.whole {
                    true => record
                        .fields()
                        .iter()
                        .map(|field| self.cut_field(field, node))
                        .collect(),
                    false => {
                        let fields = fields_read(record, node).into_iter();
                        fields.map(|field| self.cut_field(field, node)).collect()
                    }
                };
                let cut = Record::of_numbered(without_doc(&record.named), record.is_error, fields);
                self.add(ty, Kind::Record(Box::new(cut)))
            }
            Kind::Array(items) => {
                let items = node
                    .child(&DataStep::Item)
                    .map_or(*items, |below| self.cut(*items, below));
                self.add(ty, Kind::Array(items))
            }
            Kind::Map(values) => {
                let values = node
                    .child(&DataStep::Entry)
                    .map_or(*values, |below| self.cut(*values, below));
                self.add(ty, Kind::Map(values))
            }
            // Where all symbols stay, one copy of the enum does for all its places.
            Kind::Enum(_) if node.symbols.is_none() => self.open_enum(id),
            Kind::Enum(symbols) => {
                let cut = cut_enum(symbols, node.symbols.as_deref(), node.other_symbols);
                self.add(ty, Kind::Enum(Box::new(cut)))
            }
            _ => id,
        };
        self.done.insert(at, cut);
        cut
    }

    /// Takes steps for what a place of the tree copies; says whether there were enough.
    fn spend(&mut self, steps: usize, node: &Node) -> bool {
        match self.steps_left.checked_sub(steps) {
            Some(left) => self.steps_left = left,
            None => {
                self.steps_left = 0;
                self.too_many_at.get_or_insert(node.first);
            }
        }
        self.budget.spend(steps).is_ok() && self.too_many_at.is_none()
    }

    /// The enum with all its symbols, which reads others as its default.
    fn open_enum(&mut self, id: TypeId) -> TypeId {
        if let Some(known) = self.open_enums.get(&id) {
            return *known;
        }
        let schema: &'a Schema = self.schema;
        let ty = schema.get(id);
        let Kind::Enum(symbols) = &ty.kind else { return id };
        let cut = cut_enum(symbols, None, true);
        let cut = self.add(ty, Kind::Enum(Box::new(cut)));
        self.open_enums.insert(id, cut);
        cut
    }

    /// A field that is read, or of which something is.
    fn cut_field(&mut self, field: &Field, node: &Node) -> Field {
        let mut cut = Field {
            doc: None,
            props: Box::default(),
            ..field.clone()
        };
        let Some(below) = node.child(&DataStep::Field(field.name.clone())) else {
            return cut;
        };
        cut.ty = self.cut(field.ty, below);
        if self.tree.nodes[below].null {
            cut.default = Some(Box::new(json::Node {
                value: json::Value::Null,
                span: Span::default(),
            }));
        }
        cut
    }

    /// Null cannot stand in a branch's place: whether it may stand beside it, the union's own place says.
    fn cut_branch(&mut self, branch: TypeId, node: &Node) -> TypeId {
        let tree: &'a Tree<'a> = self.tree;
        match node.child(&branch_step(self.schema, branch)) {
            Some(below) => self.cut_kind(branch, below, &tree.nodes[below]),
            None if node.whole => branch,
            None => self.nothing(branch),
        }
    }

    /// The type as one that is taken and not looked at.
    fn nothing(&mut self, id: TypeId) -> TypeId {
        if let Some(known) = self.unread.get(&id) {
            return *known;
        }
        let schema: &'a Schema = self.schema;
        let ty = schema.get(id);
        let cut = match &ty.kind {
            Kind::Record(record) => {
                let empty = Record::of_numbered(without_doc(&record.named), record.is_error, Vec::new());
                self.add(ty, Kind::Record(Box::new(empty)))
            }
            Kind::Enum(_) => self.open_enum(id),
            Kind::Array(items) => {
                let items = self.nothing(*items);
                self.add(ty, Kind::Array(items))
            }
            Kind::Map(values) => {
                let values = self.nothing(*values);
                self.add(ty, Kind::Map(values))
            }
            Kind::Union(branches) => {
                let branches = branches.iter().map(|branch| self.nothing(*branch)).collect();
                self.add(ty, Kind::Union(branches))
            }
            _ => id,
        };
        self.unread.insert(id, cut);
        cut
    }

    /// The type, or null. Null comes last, so that the branches of a union keep their numbers.
    fn or_null(&mut self, id: TypeId) -> TypeId {
        let is_null = |id: &TypeId| matches!(self.types[id.index()].kind, Kind::Null);
        let mut branches = match &self.types[id.index()].kind {
            Kind::Null => return id,
            Kind::Union(branches) if branches.iter().any(is_null) => return id,
            Kind::Union(branches) => branches.to_vec(),
            _ => vec![id],
        };
        let plain = Type {
            kind: Kind::Null,
            logical: None,
            props: Box::default(),
            shape: 0,
            reads_itself: true,
            is_added: false,
        };
        let null = self.add(&plain, Kind::Null);
        self.types[null.index()].is_added = true;
        branches.push(null);
        self.add(&plain, Kind::Union(branches.into()))
    }

    fn add(&mut self, like: &Type, kind: Kind) -> TypeId {
        let id = TypeId(u32::try_from(self.types.len()).unwrap_or(u32::MAX));
        self.types.push(Type {
            kind,
            logical: like.logical,
            props: Box::default(),
            shape: 0,
            reads_itself: true,
            is_added: false,
        });
        id
    }
}

/// Steps that a copy of a type takes: a part of it that is copied is one, or as many as it is large.
fn steps_of(kind: &Kind, node: &Node) -> usize {
    match kind {
        // A union may get one more branch, for null.
        Kind::Union(branches) => 2 * branches.len(),
        Kind::Record(record) => {
            let fields: usize = match node.whole {
                true => record.fields().iter().map(steps_of_field).sum(),
                false => fields_read(record, node).into_iter().map(steps_of_field).sum(),
            };
            steps_of_name(&record.named) + fields
        }
        Kind::Enum(symbols) => steps_of_name(&symbols.named) + node.symbols.as_ref().map_or(0, Vec::len),
        _ => 1,
    }
}

/// A copied field takes as much memory as four types in a union, and its default several times its text.
fn steps_of_field(field: &Field) -> usize {
    let default = field
        .default
        .as_ref()
        .map_or(0, |node| node.span.end.saturating_sub(node.span.start));
    let aliases: usize = field.aliases.iter().map(|alias| 1 + alias.len() / 16).sum();
    4 + field.name.len() / 16 + aliases + default
}

fn steps_of_name(named: &Named) -> usize {
    let names = std::iter::once(&named.name).chain(&named.aliases);
    let names: usize = names.map(|name| 1 + name.full().len() / 16).sum();
    names + named.place.path.steps().len()
}

/// The fields of which something is read, in the order of the text.
fn fields_read<'r>(record: &'r Record, node: &Node) -> Vec<&'r Field> {
    let names = node.children().filter_map(|(step, _)| match step {
        DataStep::Field(name) => record.field(name),
        _ => None,
    });
    let mut indexes: Vec<usize> = names.collect();
    indexes.sort_unstable();
    indexes.into_iter().map(|index| &record.fields()[index]).collect()
}

/// What is read of a type needs no documentation, which may be long.
fn without_doc(named: &Named) -> Named {
    Named {
        doc: None,
        name: named.name.clone(),
        aliases: named.aliases.clone(),
        place: named.place.clone(),
    }
}

/// The enum of the symbols that are known; where others may come they are read as its default.
fn cut_enum(symbols: &Enum, known: Option<&[String]>, others: bool) -> Enum {
    let kept: Vec<Box<str>> = match known {
        // Symbols that the schema does not have yet are kept: a reader may be ahead.
        Some(known) => known.iter().map(|symbol| symbol.as_str().into()).collect(),
        None => symbols.symbols().to_vec(),
    };
    let own = symbols.default.clone().filter(|symbol| kept.contains(symbol));
    let default = match own {
        Some(own) if known.is_none() || others => Some(own),
        _ if others => kept.first().cloned(),
        _ => None,
    };
    Enum::new(without_doc(&symbols.named), kept, default)
}
