//! The names under which Avro Java 1.12 sees what a writer wrote.
//!
//! Java rewrites the writer's schema before it resolves (`Schema.applyAliases`): every type whose full name is an alias of some
//! type of the reader gets that type's name, wherever it stands, and the fields of a record get the names for which they are
//! aliases in the reader's record of the same full name. The specification asks for the same at each place by itself, and
//! ignores namespaces; here are the names alone, and each decoder and the check decide what follows.
//!
//! Java's reader rewrites twice, the second time what the first has made, unless that is equal to the reader's schema by then.

use rustc_hash::{FxHashMap, FxHashSet};

use super::named::{Field, FullName};
use super::schema::{Kind, Props, Schema, TypeId};

/// What Java's rewriting does, for one reader and one writer. No names where the schemas are equal: it then rewrites nothing.
#[derive(Debug, Default)]
pub(in crate::avro) struct JavaNames<'s> {
    /// The reader's full names by their aliases. Of two types with one alias the later one has it.
    types: FxHashMap<&'s str, &'s FullName>,
    /// By the full names of the reader's records and their aliases: the fields' names by their aliases.
    fields: FxHashMap<&'s str, FxHashMap<&'s str, &'s str>>,
    /// An alias takes a name away from a type or a field of the reader that has this very name.
    pub is_contested: bool,
    /// The schemas are the same to Java.
    pub is_equal: bool,
    /// They are the same once they were rewritten.
    is_equal_once: bool,
}

impl<'s> JavaNames<'s> {
    /// Of these two schemas.
    pub fn new(reader: &'s Schema, writer: &Schema) -> Self {
        let mut names = JavaNames::default();
        // Most schemas have none, and then there is nothing to know.
        if !reader.has_aliases {
            return names;
        }
        if names.are_equal(reader, writer) {
            names.is_equal = true;
            return names;
        }
        names.collect(reader);
        names.is_equal_once = true;
        names.is_equal_once = names.are_equal(reader, writer);
        let taken = |name: &&str| reader.named(name).is_some() && writer.named(name).is_some();
        names.is_contested |= names.types.keys().any(taken);
        names
    }

    fn collect(&mut self, reader: &'s Schema) {
        let mut seen = FxHashSet::default();
        let mut todo = vec![reader.root()];
        let mut record_aliases = Vec::new();
        while let Some(id) = todo.pop() {
            if !seen.insert(id) {
                continue;
            }
            let kind = &reader.get(id).kind;
            if let Some(named) = kind.named() {
                self.types
                    .extend(named.aliases.iter().map(|alias| (alias.full(), &named.name)));
            }
            let before = todo.len();
            match kind {
                Kind::Record(record) => {
                    for field in record.fields() {
                        for alias in &field.aliases {
                            let of_record = self.fields.entry(record.named.name.full()).or_default();
                            of_record.insert(&**alias, &*field.name);
                            self.is_contested |= record.field(alias).is_some();
                        }
                        todo.push(field.ty);
                    }
                    if !record.named.aliases.is_empty() {
                        record_aliases.push(&record.named);
                    }
                }
                Kind::Union(branches) => todo.extend(branches.iter().copied()),
                Kind::Array(element) | Kind::Map(element) => todo.push(*element),
                _ => {}
            }
            todo[before..].reverse();
        }
        for named in record_aliases {
            let Some(fields) = self.fields.get(named.name.full()).cloned() else {
                continue;
            };
            for alias in &named.aliases {
                self.fields.insert(alias.full(), fields.clone());
            }
        }
    }

    /// A writer's type by its name.
    pub fn of_type<'n>(&self, written: &'n FullName) -> &'n FullName
    where
        's: 'n,
    {
        let once = self.rewritten(written);
        if self.is_equal_once { once } else { self.rewritten(once) }
    }

    /// A field of a writer's record.
    pub fn of_field<'n>(&self, record: &FullName, field: &'n str) -> &'n str
    where
        's: 'n,
    {
        let record = self.rewritten(record);
        let once = self.rewritten_field(record, field);
        if self.is_equal_once {
            return once;
        }
        self.rewritten_field(self.rewritten(record), once)
    }

    fn rewritten<'n>(&self, name: &'n FullName) -> &'n FullName
    where
        's: 'n,
    {
        self.types.get(name.full()).copied().unwrap_or(name)
    }

    fn rewritten_field<'n>(&self, record: &FullName, field: &'n str) -> &'n str
    where
        's: 'n,
    {
        let fields = self.fields.get(record.full());
        fields.and_then(|fields| fields.get(field)).copied().unwrap_or(field)
    }

    /// The branch of a writer's union that gets the name of one before it: Java makes no union of these.
    pub fn repeated_branch(&self, writer: &Schema, branches: &[TypeId]) -> Option<u32> {
        if self.types.is_empty() {
            return None;
        }
        let mut seen = FxHashSet::default();
        let name = |branch: &TypeId| Some(self.of_type(&writer.get(*branch).kind.named()?.name).full());
        let named = (0u32..)
            .zip(branches)
            .filter_map(|(index, branch)| Some((index, name(branch)?)));
        let mut repeated = named.filter(|(_, name)| !seen.insert(*name));
        repeated.next().map(|(index, _)| index)
    }

    /// Whether two unions have equal branches in equal order. Java then goes by the number of the branch and not by its name.
    /// Also says how many types were looked at.
    pub fn are_equal_unions(&self, reader: (&Schema, TypeId), writer: (&Schema, TypeId)) -> (bool, usize) {
        let mut seen = FxHashSet::default();
        let mut todo = vec![(reader.1, writer.1)];
        let mut steps = 0;
        while let Some((wanted, written)) = todo.pop() {
            steps += 1;
            let (wanted_kind, written_kind) = (&reader.0.get(wanted).kind, &writer.0.get(written).kind);
            if let (Some(wanted), Some(written)) = (wanted_kind.named(), written_kind.named())
                && wanted.name.simple() != self.of_type(&written.name).simple()
            {
                return (false, steps);
            }
            let same = match (wanted_kind, written_kind) {
                (Kind::Array(wanted), Kind::Array(written)) | (Kind::Map(wanted), Kind::Map(written)) => {
                    todo.push((*wanted, *written));
                    true
                }
                (Kind::Fixed(wanted), Kind::Fixed(written)) => wanted.size == written.size,
                (Kind::Enum(wanted), Kind::Enum(written)) => {
                    steps += wanted.symbols().len();
                    wanted.symbols() == written.symbols()
                }
                (Kind::Union(wanted), Kind::Union(written)) => {
                    todo.extend(wanted.iter().copied().zip(written.iter().copied()));
                    wanted.len() == written.len()
                }
                (Kind::Record(wanted_record), Kind::Record(written_record)) => {
                    if !seen.insert((wanted, written)) {
                        continue;
                    }
                    let pairs = wanted_record.fields().iter().zip(written_record.fields());
                    todo.extend(pairs.clone().map(|(wanted, written)| (wanted.ty, written.ty)));
                    let name = &written_record.named.name;
                    wanted_record.fields().len() == written_record.fields().len()
                        && pairs
                            .into_iter()
                            .all(|(wanted, written)| *wanted.name == *self.of_field(name, &written.name))
                }
                (wanted, written) => std::mem::discriminant(wanted) == std::mem::discriminant(written),
            };
            if !same {
                return (false, steps);
            }
        }
        (true, steps)
    }

    /// Whether Java's `Schema.equals` holds for the reader's schema and the rewritten writer's: everything but documentation and
    /// aliases is the same.
    fn are_equal(&self, reader: &Schema, writer: &Schema) -> bool {
        let mut seen = FxHashSet::default();
        let mut todo = vec![(reader.root(), writer.root())];
        while let Some((left_id, right_id)) = todo.pop() {
            if !seen.insert((left_id, right_id)) {
                continue;
            }
            let (left, right) = (reader.get(left_id), writer.get(right_id));
            let names = (left.kind.named(), right.kind.named());
            let same_names = match names {
                (Some(left), Some(right)) => left.name == *self.of_type(&right.name),
                (left, right) => left.is_none() && right.is_none(),
            };
            if !same_names || !are_equal_props(&left.props, &right.props) {
                return false;
            }
            let same = match (&left.kind, &right.kind) {
                (Kind::Array(left), Kind::Array(right)) | (Kind::Map(left), Kind::Map(right)) => {
                    todo.push((*left, *right));
                    true
                }
                (Kind::Union(left), Kind::Union(right)) => {
                    todo.extend(left.iter().copied().zip(right.iter().copied()));
                    left.len() == right.len()
                }
                (Kind::Fixed(left), Kind::Fixed(right)) => left.size == right.size,
                (Kind::Enum(left), Kind::Enum(right)) => left.symbols() == right.symbols(),
                (Kind::Record(left), Kind::Record(right)) => {
                    let pairs = left.fields().iter().zip(right.fields());
                    todo.extend(pairs.clone().map(|(left, right)| (left.ty, right.ty)));
                    let record = &right.named.name;
                    let same = |(left, right): (&Field, &Field)| {
                        *left.name == *self.of_field(record, &right.name)
                            && left.order == right.order
                            && left.default.as_ref().map(ToString::to_string)
                                == right.default.as_ref().map(ToString::to_string)
                            && are_equal_props(&left.props, &right.props)
                    };
                    left.fields().len() == right.fields().len() && pairs.into_iter().all(same)
                }
                (left, right) => std::mem::discriminant(left) == std::mem::discriminant(right),
            };
            if !same {
                return false;
            }
        }
        true
    }
}

/// Whether two types or fields have the same attributes, in whatever order.
pub(super) fn are_equal_props(left: &Props, right: &Props) -> bool {
    let sorted = |props: &Props| {
        let mut props: Vec<String> = props.iter().map(|(name, value)| format!("{name}:{value}")).collect();
        props.sort_unstable();
        props
    };
    left.len() == right.len() && (left.is_empty() || sorted(left) == sorted(right))
}
