//! Options, normalised: names in full, each custom option set as a whole, sorted by name.

use std::collections::VecDeque;

use rustc_hash::{FxHashMap, FxHashSet};

use crate::protobuf::language::schema::{FileId, FileSet};
use crate::protobuf::language::syntax::{AggregateField, OptionEntry, OptionNamePart, OptionValue};

/// Whole numbers up to this size are the same as floats.
const EXACT: f64 = 9_007_199_254_740_992.0;

/// A name of more parts than this is left in pieces: nothing real is nested so deep, and what is built here is recursed over.
const MAX_PARTS: usize = 32;

/// The extensions that options may be.
pub(super) struct Extensions<'s> {
    names: FxHashSet<&'s str>,
}

impl<'s> Extensions<'s> {
    /// Those that the main file sees: others may have the same short names.
    pub(super) fn of(set: &'s FileSet) -> Self {
        Extensions {
            names: set.extensions_seen_by(FileId(0)).into_keys().collect(),
        }
    }

    /// Options whose names are looked for in this scope.
    pub(super) fn options(&self, scope: &str, options: &[OptionEntry]) -> Vec<OptionEntry> {
        let named: Vec<OptionEntry> = options
            .iter()
            .map(|option| OptionEntry {
                name: option.name.iter().map(|part| self.part(scope, part)).collect(),
                value: self.value(scope, &option.value),
                ..option.clone()
            })
            .collect();
        let mut whole = merged(named);
        // Without parentheses, as Confluent's registry sorts them.
        whole.sort_by_cached_key(|option| {
            let parts: Vec<&str> = option.name.iter().map(|part| &*part.name).collect();
            parts.join(".")
        });
        whole
    }

    fn part(&self, scope: &str, part: &OptionNamePart) -> OptionNamePart {
        OptionNamePart {
            name: match part.is_extension {
                true => self.in_full(scope, &part.name),
                false => part.name.clone(),
            },
            is_extension: part.is_extension,
        }
    }

    /// The extension that a name means: the innermost scope that has it.
    fn in_full(&self, scope: &str, written: &str) -> Box<str> {
        if let Some(absolute) = written.strip_prefix('.') {
            return absolute.into();
        }
        let mut scope = scope;
        loop {
            let full = match scope {
                "" => written.to_owned(),
                scope => format!("{scope}.{written}"),
            };
            if self.names.contains(&*full) {
                return full.into();
            }
            match scope.rsplit_once('.') {
                Some((outer, _)) => scope = outer,
                None if !scope.is_empty() => scope = "",
                None => return written.into(),
            }
        }
    }

    fn value(&self, scope: &str, value: &OptionValue) -> OptionValue {
        match value {
            OptionValue::Float(number) if number.fract() == 0.0 && number.abs() < EXACT => whole(*number),
            OptionValue::Aggregate(fields) => {
                let fields = fields.iter().map(|field| AggregateField {
                    name: match field.is_bracketed && !field.name.contains('/') {
                        true => self.in_full(scope, &field.name),
                        false => field.name.clone(),
                    },
                    is_bracketed: field.is_bracketed,
                    value: self.value(scope, &field.value),
                });
                OptionValue::Aggregate(collected(fields.collect()))
            }
            OptionValue::List(values) => {
                OptionValue::List(values.iter().map(|value| self.value(scope, value)).collect())
            }
            value => value.clone(),
        }
    }
}

fn whole(number: f64) -> OptionValue {
    // Below 2^53 nothing is cut off.
    match number {
        0.0 if number.is_sign_negative() => OptionValue::Float(number),
        number if number < 0.0 => OptionValue::Negative(number as i64),
        number => OptionValue::Unsigned(number as u64),
    }
}

/// Each field once with all its values, sorted by name, those in brackets first; an empty list is nothing.
fn collected(fields: Vec<AggregateField>) -> Vec<AggregateField> {
    let mut places: FxHashMap<(Box<str>, bool), usize> = FxHashMap::default();
    let mut lists: Vec<(AggregateField, Vec<OptionValue>)> = Vec::new();
    for field in fields {
        let key = (field.name.clone(), field.is_bracketed);
        let place = *places.entry(key).or_insert(lists.len());
        let (name, is_bracketed) = (field.name, field.is_bracketed);
        let values = match field.value {
            OptionValue::List(values) => values,
            value => vec![value],
        };
        match lists.get_mut(place) {
            Some((_, earlier)) => earlier.extend(values),
            None => {
                let field = AggregateField {
                    name,
                    is_bracketed,
                    value: OptionValue::List(Vec::new()),
                };
                lists.push((field, values));
            }
        }
    }
    let mut collected: Vec<AggregateField> = lists
        .into_iter()
        .filter_map(|(field, mut values)| {
            let value = match values.len() {
                0 => return None,
                1 => values.pop()?,
                _ => OptionValue::List(values),
            };
            Some(AggregateField { value, ..field })
        })
        .collect();
    collected.sort_by(|a, b| (!a.is_bracketed, &a.name).cmp(&(!b.is_bracketed, &b.name)));
    collected
}

/// A custom option that is set piece by piece is set as a whole; all else stays as it is.
fn merged(options: Vec<OptionEntry>) -> Vec<OptionEntry> {
    let mut in_pieces: FxHashSet<Box<str>> = FxHashSet::default();
    let mut as_they_are: FxHashSet<Box<str>> = FxHashSet::default();
    for option in &options {
        let Some(first) = option.name.first().filter(|part| part.is_extension) else {
            continue;
        };
        let is_odd = option.name.len() == 1 && !matches!(option.value, OptionValue::Aggregate(_));
        if is_odd || option.name.len() > MAX_PARTS {
            as_they_are.insert(first.name.clone());
        } else if option.name.len() > 1 {
            in_pieces.insert(first.name.clone());
        }
    }
    let mut places: FxHashMap<Box<str>, usize> = FxHashMap::default();
    let mut pieces: Vec<(usize, Vec<Piece>)> = Vec::new();
    let mut whole: Vec<OptionEntry> = Vec::new();
    for option in options {
        let first = option.name.first().filter(|part| part.is_extension).cloned();
        let first = first.filter(|part| in_pieces.contains(&part.name) && !as_they_are.contains(&part.name));
        let Some(first) = first else {
            whole.push(option);
            continue;
        };
        let piece = Piece {
            rest: option.name[1..].iter().cloned().collect(),
            value: option.value.clone(),
        };
        match places.get(&first.name).and_then(|place| pieces.get_mut(*place)) {
            Some((_, pieces)) => pieces.push(piece),
            None => {
                places.insert(first.name.clone(), pieces.len());
                pieces.push((whole.len(), vec![piece]));
                whole.push(OptionEntry {
                    name: vec![first],
                    ..option
                });
            }
        }
    }
    for (place, pieces) in pieces {
        if let Some(option) = whole.get_mut(place) {
            option.value = OptionValue::Aggregate(aggregate(pieces));
        }
    }
    whole
}

/// A value that is set below an option.
struct Piece {
    /// The name from there on.
    rest: VecDeque<OptionNamePart>,
    value: OptionValue,
}

/// Pieces as one message: `a.b = 1` and `a.c = 2` are `a: { b: 1, c: 2 }`.
fn aggregate(pieces: Vec<Piece>) -> Vec<AggregateField> {
    let mut fields = Vec::new();
    let mut places: FxHashMap<(Box<str>, bool), usize> = FxHashMap::default();
    let mut below: Vec<(OptionNamePart, Vec<Piece>)> = Vec::new();
    for mut piece in pieces {
        let Some(part) = piece.rest.pop_front() else {
            if let OptionValue::Aggregate(whole) = piece.value {
                fields.extend(whole);
            }
            continue;
        };
        if piece.rest.is_empty() {
            fields.push(AggregateField {
                name: part.name,
                is_bracketed: part.is_extension,
                value: piece.value,
            });
            continue;
        }
        let key = (part.name.clone(), part.is_extension);
        let place = *places.entry(key).or_insert(below.len());
        match below.get_mut(place) {
            Some((_, pieces)) => pieces.push(piece),
            None => below.push((part, vec![piece])),
        }
    }
    fields.extend(below.into_iter().map(|(part, pieces)| AggregateField {
        name: part.name,
        is_bracketed: part.is_extension,
        value: OptionValue::Aggregate(aggregate(pieces)),
    }));
    collected(fields)
}
