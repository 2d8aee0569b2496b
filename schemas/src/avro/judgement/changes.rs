//! What is different between two Avro schemas, edit by edit.
//!
//! Invariants: every pair of named types is compared once, where they are defined, so recursive types end; types without names
//! are compared wherever they stand. No more than [`MAX_CHANGES`] are reported. Two schemas of different canonical texts have
//! changes.

use rustc_hash::{FxHashMap, FxHashSet};

mod attributes;
mod branches;

use super::check::label::{key, label, place, root, words};
use crate::avro::language::named::{Enum, Field, Record};
use crate::avro::language::schema::{Kind, Place, Schema, TypeId};
use crate::budget::{Budget, Exhausted};
use crate::change::{Attribution, Change, ChangeKind, MAX_CHANGES};
use crate::finding::Label;
use crate::text::shorten::beginning;
use crate::text::shown::Line;
use crate::text::source::Step;
use crate::to_line;

/// What a type costs beside its place and its parts, in steps; and a change.
const VISIT: usize = 4;
const CHANGE: usize = 16;

/// Everything that differs, in the order of the texts.
///
/// # Errors
/// When the budget ends.
pub fn changes(old: &Schema, new: &Schema, budget: &Budget) -> Result<Vec<Change>, Exhausted> {
    let mut walk = Walk {
        old,
        new,
        seen: FxHashSet::default(),
        todo: vec![Visit {
            old: (old.root(), root(old)),
            new: (new.root(), root(new)),
            data_path: Line::default(),
        }],
        changes: Vec::new(),
    };
    while let Some(visit) = walk.todo.pop() {
        if walk.changes.len() >= MAX_CHANGES {
            break;
        }
        if walk.is_new(&visit) {
            let (before, reported) = (walk.todo.len(), walk.changes.len());
            budget.spend(cost(&visit, old, new))?;
            walk.compare(&visit);
            // Every change tells its place again.
            let places = visit.old.1.path.steps().len() + visit.new.1.path.steps().len() + visit.data_path.len() / 16;
            budget.spend((walk.changes.len() - reported) * (CHANGE + places))?;
            // What was found first is looked at first.
            walk.todo[before..].reverse();
        }
    }
    if walk.changes.is_empty() && old.canonical() != new.canonical() {
        let places = [root(old), root(new)];
        walk.record(
            ChangeKind::Changed,
            Line::default(),
            "the same, written otherwise",
            Some(label(old, &places[0], &[], "")),
            Some(label(new, &places[1], &[], "")),
        );
    }
    Ok(walk.changes)
}

/// What it costs to compare two types, in steps.
fn cost(visit: &Visit, old: &Schema, new: &Schema) -> usize {
    let parts = |schema: &Schema, ty: TypeId| match &schema.get(ty).kind {
        Kind::Record(record) => record.fields().len(),
        Kind::Enum(symbols) => symbols.symbols().len(),
        Kind::Union(branches) => branches.len(),
        _ => 1,
    };
    let steps = visit.old.1.path.steps().len() + visit.new.1.path.steps().len();
    let parts = parts(old, visit.old.0) + parts(new, visit.new.0);
    // The place and the path of each part start here.
    VISIT + parts * (1 + (steps + visit.data_path.len()) / 16)
}

/// A type with the place at which it stands.
type Placed = (TypeId, Place);

/// Two types that stand for each other.
struct Visit {
    old: Placed,
    new: Placed,
    data_path: Line,
}

struct Walk<'s> {
    old: &'s Schema,
    new: &'s Schema,
    seen: FxHashSet<(TypeId, TypeId)>,
    todo: Vec<Visit>,
    changes: Vec<Change>,
}

impl Walk<'_> {
    /// Whether two types are to be compared: named ones stand in one place, however often they are mentioned.
    fn is_new(&mut self, visit: &Visit) -> bool {
        let (old, new) = (visit.old.0, visit.new.0);
        let are_named = self.old.get(old).kind.named().is_some() && self.new.get(new).kind.named().is_some();
        !are_named || self.seen.insert((old, new))
    }

    fn compare(&mut self, visit: &Visit) {
        let (schema_old, schema_new) = (self.old, self.new);
        let (old, new) = (schema_old.get(visit.old.0), schema_new.get(visit.new.0));
        match (&old.kind, &new.kind) {
            (Kind::Record(before), Kind::Record(after)) => {
                self.named(visit);
                if before.is_error != after.is_error {
                    let message = to_line!("{} becomes {}", old.kind.name(), new.kind.name());
                    self.edited(visit, &[key("type")], message);
                }
                self.fields(visit, before, after);
            }
            (Kind::Enum(before), Kind::Enum(after)) => {
                self.named(visit);
                self.symbols(visit, before, after);
            }
            (Kind::Fixed(before), Kind::Fixed(after)) => {
                self.named(visit);
                if before.size != after.size {
                    let message = to_line!("{} bytes become {}", before.size, after.size);
                    self.changed(visit, &[], message);
                }
            }
            (Kind::Array(before), Kind::Array(after)) => self.below(visit, "[]", &[key("items")], *before, *after),
            (Kind::Map(before), Kind::Map(after)) => self.below(visit, "{}", &[key("values")], *before, *after),
            (Kind::Union(before), Kind::Union(after)) => self.branches(visit, before, after),
            (before, after) if std::mem::discriminant(before) == std::mem::discriminant(after) => {}
            _ => {
                let message = to_line!(
                    "{} becomes {}",
                    words(self.old, visit.old.0),
                    words(self.new, visit.new.0)
                );
                self.changed(visit, &[], message);
                return;
            }
        }
        self.attributes(visit, old, new);
        if old.logical != new.logical {
            let name = |logical: Option<crate::avro::language::schema::Logical>| match logical {
                Some(crate::avro::language::schema::Logical::Decimal { precision, scale }) => {
                    to_line!("decimal of {precision} digits, {scale} after the point")
                }
                Some(logical) => logical.name().into(),
                None => "no logical type".into(),
            };
            self.changed(
                visit,
                &[],
                to_line!("{} becomes {}", name(old.logical), name(new.logical)),
            );
        }
    }

    fn named(&mut self, visit: &Visit) {
        let (old, new) = (self.old, self.new);
        let (Some(before), Some(after)) = (old.get(visit.old.0).kind.named(), new.get(visit.new.0).kind.named()) else {
            return;
        };
        if before.name != after.name {
            let message = to_line!("`{}` is now called `{}`", before.name.full(), after.name.full());
            self.changed(visit, &[key("name")], message);
        }
        if before.aliases != after.aliases {
            self.changed(
                visit,
                &[key("aliases")],
                to_line!("other aliases of `{}`", after.name.simple()),
            );
        }
        if before.doc != after.doc {
            self.changed(
                visit,
                &[key("doc")],
                to_line!("other documentation of `{}`", after.name.simple()),
            );
        }
    }

    fn fields(&mut self, visit: &Visit, before: &Record, after: &Record) {
        let mut common = Vec::new();
        let aliases: FxHashMap<&str, &str> = after
            .fields()
            .iter()
            .filter(|field| before.field(&field.name).is_none())
            .flat_map(|field| field.aliases.iter().map(|alias| (&**alias, &*field.name)))
            .collect();
        for (at, field) in before.fields().iter().enumerate() {
            match after.field(&field.name) {
                Some(now) => common.push((at, now)),
                None => {
                    let message = match aliases.get(&*field.name) {
                        Some(other) => to_line!("field removed; `{other}` has its name as an alias"),
                        None => to_line!("field removed ({})", words(self.old, field.ty)),
                    };
                    let old = self.old_label(visit, &at_field(at));
                    self.record(
                        ChangeKind::Removed,
                        join(&visit.data_path, &field.name),
                        message,
                        Some(old),
                        None,
                    );
                }
            }
        }
        for (at, field) in after.fields().iter().enumerate() {
            if before.field(&field.name).is_none() {
                let default = match &field.default {
                    Some(default) => to_line!("default {}", short(&default.to_string())),
                    None => "no default".into(),
                };
                let message = to_line!("field added ({}, {default})", words(self.new, field.ty));
                let new = self.new_label(visit, &at_field(at));
                self.record(
                    ChangeKind::Added,
                    join(&visit.data_path, &field.name),
                    message,
                    None,
                    Some(new),
                );
            }
        }
        if common.windows(2).any(|pair| pair[0].1 > pair[1].1) {
            self.changed(visit, &[key("name")], "fields in another order".to_owned());
        }
        for (at, now) in common {
            if let (Some(old), Some(new)) = (before.fields().get(at), after.fields().get(now)) {
                self.field(visit, (at, old), (now, new));
            }
        }
    }

    fn field(&mut self, visit: &Visit, (at, before): (usize, &Field), (now, after): (usize, &Field)) {
        let data_path = join(&visit.data_path, &after.name);
        let text = |default: &Option<Box<crate::text::json::Node>>| default.as_ref().map(ToString::to_string);
        let mut differences: Vec<Line> = Vec::new();
        match (text(&before.default), text(&after.default)) {
            (None, Some(default)) => differences.push(to_line!("default {} added", short(&default))),
            (Some(default), None) => differences.push(to_line!("default {} removed", short(&default))),
            (Some(old), Some(new)) if old != new => {
                differences.push(to_line!("default {} becomes {}", short(&old), short(&new)));
            }
            _ => {}
        }
        if before.aliases != after.aliases {
            differences.push("other aliases".into());
        }
        if before.order != after.order {
            differences.push(to_line!("order {} becomes {}", before.order.name(), after.order.name()));
        }
        if before.doc != after.doc {
            differences.push("other documentation".into());
        }
        differences.extend(attributes::differences(&before.props, &after.props, true));
        for message in differences {
            // The field's own members: what lies in its type has changes of its own.
            let (old, new) = (
                self.old_label(visit, &[at_field(at).as_slice(), &[key("name")]].concat()),
                self.new_label(visit, &[at_field(now).as_slice(), &[key("name")]].concat()),
            );
            self.record(ChangeKind::Changed, data_path.clone(), message, Some(old), Some(new));
        }
        let steps = |index: usize| [at_field(index).as_slice(), &[key("type")]].concat();
        let (old, new) = (
            place(self.old, before.ty, &visit.old.1, &steps(at)),
            place(self.new, after.ty, &visit.new.1, &steps(now)),
        );
        self.todo.push(Visit {
            old: (before.ty, old),
            new: (after.ty, new),
            data_path,
        });
    }

    fn symbols(&mut self, visit: &Visit, before: &Enum, after: &Enum) {
        for (index, symbol) in before.symbols().iter().enumerate() {
            if after.number(symbol).is_none() {
                let old = self.old_label(visit, &[key("symbols"), Step::Index(index)]);
                let message = to_line!("symbol `{symbol}` removed");
                self.record(ChangeKind::Removed, visit.data_path.clone(), message, Some(old), None);
            }
        }
        for (index, symbol) in after.symbols().iter().enumerate() {
            if before.number(symbol).is_none() {
                let new = self.new_label(visit, &[key("symbols"), Step::Index(index)]);
                let message = to_line!("symbol `{symbol}` added");
                self.record(ChangeKind::Added, visit.data_path.clone(), message, None, Some(new));
            }
        }
        let common = before.symbols().iter().filter_map(|symbol| after.number(symbol));
        if !common.is_sorted() {
            self.edited(visit, &[key("symbols")], "symbols in another order");
        }
        if before.default != after.default {
            let word = |default: &Option<Box<str>>| {
                default
                    .as_ref()
                    .map_or("nothing".into(), |symbol| to_line!("`{symbol}`"))
            };
            let message = to_line!("default {} becomes {}", word(&before.default), word(&after.default));
            self.changed(visit, &[key("default")], message);
        }
    }

    fn below(&mut self, visit: &Visit, suffix: &str, steps: &[Step], old: TypeId, new: TypeId) {
        self.todo.push(Visit {
            old: (old, place(self.old, old, &visit.old.1, steps)),
            new: (new, place(self.new, new, &visit.new.1, steps)),
            data_path: to_line!("{}{suffix}", visit.data_path),
        });
    }

    fn changed(&mut self, visit: &Visit, steps: &[Step], message: impl Into<Line>) {
        let (old, new) = (self.old_label(visit, steps), self.new_label(visit, steps));
        self.record(
            ChangeKind::Changed,
            visit.data_path.clone(),
            message,
            Some(old),
            Some(new),
        );
    }

    /// Like [`Self::changed`], of what affects no reader.
    fn edited(&mut self, visit: &Visit, steps: &[Step], message: impl Into<Line>) {
        self.changed(visit, steps, message);
        if let Some(last) = self.changes.last_mut() {
            last.explains = Attribution::NOTHING;
        }
    }

    fn record(
        &mut self,
        kind: ChangeKind,
        data_path: Line,
        message: impl Into<Line>,
        old: Option<Label>,
        new: Option<Label>,
    ) {
        self.changes.push(Change {
            kind,
            data_path,
            message: message.into(),
            old,
            new,
            explains: Attribution::Everything,
        });
    }

    fn old_label(&self, visit: &Visit, steps: &[Step]) -> Label {
        label(self.old, &visit.old.1, steps, "")
    }

    fn new_label(&self, visit: &Visit, steps: &[Step]) -> Label {
        label(self.new, &visit.new.1, steps, "")
    }
}

fn at_field(index: usize) -> [Step; 2] {
    [key("fields"), Step::Index(index)]
}

fn join(path: &str, field: &str) -> Line {
    match path {
        "" => field.into(),
        path => to_line!("{path}.{field}"),
    }
}

/// The beginning of a default, which may be a whole document.
fn short(text: &str) -> Line {
    (&*beginning(text, 40)).into()
}
