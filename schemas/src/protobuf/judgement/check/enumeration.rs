//! Two enums, number by number.

use rustc_hash::{FxHashMap, FxHashSet};

use crate::protobuf::language::schema::Enum;

/// No more numbers than these are reported of one pair; what is reported says that there are more.
pub(super) const MAX_NUMBERS: usize = 100;

/// What becomes of a writer's numbers in a reader's enum.
#[derive(Debug, Default)]
pub(super) struct Numbers {
    /// Those that the reader does not name, and whose names it does not know either.
    pub unknown: Vec<i32>,
    /// Those that the reader does not name, though it knows one of their names under another number.
    pub moved: Vec<i32>,
    /// Those that mean something else: the reader knows one of their names under another number, or has a name for them that
    /// the writer has for another number.
    pub renumbered: Vec<i32>,
    /// Those that only have another name.
    pub renamed: Vec<i32>,
    /// Whether both name zero.
    pub share_zero: bool,
    /// Whether both name any other number.
    pub share_more: bool,
}

/// Compares a writer's enum with a reader's.
pub(super) fn compare(writer: &Enum, reader: &Enum) -> Numbers {
    let (written, read) = (Index::of(writer), Index::of(reader));
    let mut numbers = Numbers::default();
    let mut seen = FxHashSet::default();
    for value in &writer.values {
        if !seen.insert(value.number) {
            continue;
        }
        let ours = &written.names[&value.number];
        let is_elsewhere = |name: &&str| read.numbers.get(*name).is_some_and(|number| *number != value.number);
        // A name that has moved means another number to the reader, whatever other names the old number still has.
        let is_moved = ours.iter().any(is_elsewhere);
        let Some(theirs) = read.names.get(&value.number) else {
            let not_named = if is_moved {
                &mut numbers.moved
            } else {
                &mut numbers.unknown
            };
            push(not_named, value.number);
            continue;
        };
        match value.number {
            0 => numbers.share_zero = true,
            _ => numbers.share_more = true,
        }
        let is_known = |name: &&str| read.numbers.get(*name) == Some(&value.number);
        let is_shared = ours.iter().any(is_known);
        let is_taken = theirs.iter().any(|name| written.numbers.contains_key(name));
        if is_moved || (!is_shared && is_taken) {
            push(&mut numbers.renumbered, value.number);
        } else if !ours.first().is_some_and(is_known) {
            // Of several names ProtoJSON writes the first.
            push(&mut numbers.renamed, value.number);
        }
    }
    numbers
}

/// A number from `from` on that the enum does not name.
pub(super) fn unnamed(of: &Enum, from: i32) -> i32 {
    let known: FxHashSet<i32> = of.values.iter().map(|value| value.number).collect();
    (from..i32::MAX)
        .find(|number| !known.contains(number))
        .unwrap_or(i32::MAX)
}

/// A name of a number that another enum has under another number, and that number; `None` where no name has moved.
pub(super) fn moved<'e>(of: &'e Enum, number: i32, other: &Enum) -> Option<(&'e str, i32)> {
    let names = of.values.iter().filter(|value| value.number == number);
    let elsewhere = |name: &str| {
        other
            .values
            .iter()
            .find(|value| *value.name == *name && value.number != number)
    };
    names
        .map(|value| &*value.name)
        .find_map(|name| Some((name, elsewhere(name)?.number)))
}

/// The first name of a number.
pub(super) fn name(of: &Enum, number: i32) -> Option<&str> {
    let value = of.values.iter().find(|value| value.number == number)?;
    Some(&value.name)
}

fn push(numbers: &mut Vec<i32>, number: i32) {
    if numbers.len() < MAX_NUMBERS {
        numbers.push(number);
    }
}

struct Index<'e> {
    names: FxHashMap<i32, Vec<&'e str>>,
    numbers: FxHashMap<&'e str, i32>,
}

impl<'e> Index<'e> {
    fn of(of: &'e Enum) -> Self {
        let mut index = Index {
            names: FxHashMap::default(),
            numbers: FxHashMap::default(),
        };
        for value in &of.values {
            index.names.entry(value.number).or_default().push(&value.name);
            index.numbers.insert(&value.name, value.number);
        }
        index
    }
}
