//! Ranges of numbers: those that are reserved, and those that extensions may take.

use rustc_hash::FxHashSet;

use super::annotation::{Annotations, Place};
use super::element::Element;
use super::quote::quoted;
use crate::finding::Rule;
use crate::protobuf::language::schema::{NumberRange, Reserved};
use crate::text::source::Span;

/// The message or enum whose ranges are compared.
pub(super) struct Holder<'a> {
    /// `message` or `enum`.
    pub word: &'static str,
    /// Its simple name.
    pub name: &'a str,
    /// What it is in the previous tree.
    pub element: Element,
    /// Its places in the current and the previous tree.
    pub places: (Place, Place),
}

impl Holder<'_> {
    /// The number that texts call `max`.
    fn max(&self) -> i64 {
        match self.word {
            "enum" => i64::from(i32::MAX),
            _ => 536_870_911,
        }
    }

    fn shown(&self, (start, end): (i64, i64)) -> String {
        match end {
            end if end == start => format!("[{start}]"),
            end if end == self.max() => format!("[{start},max]"),
            end => format!("[{start},{end}]"),
        }
    }
}

/// Numbers, as ranges that are apart from each other.
#[derive(Default)]
pub(super) struct Numbers(Vec<(i64, i64)>);

impl Numbers {
    pub fn new(ranges: &[(NumberRange, Span)]) -> Numbers {
        let mut sorted: Vec<(i64, i64)> = ranges.iter().map(|(range, _)| ends(*range)).collect();
        sorted.sort_unstable();
        let mut apart: Vec<(i64, i64)> = Vec::with_capacity(sorted.len());
        for (start, end) in sorted {
            match apart.last_mut() {
                Some(last) if start <= last.1 + 1 => last.1 = last.1.max(end),
                _ => apart.push((start, end)),
            }
        }
        Numbers(apart)
    }

    pub fn hold(&self, number: i32) -> bool {
        let number = i64::from(number);
        let after = self.0.partition_point(|(_, end)| *end < number);
        self.0.get(after).is_some_and(|(start, _)| *start <= number)
    }

    /// The parts of a range that are not among these.
    fn missing(&self, (mut start, end): (i64, i64)) -> Vec<(i64, i64)> {
        let mut missing = Vec::new();
        let first = self.0.partition_point(|(_, end)| *end < start);
        for &(held_start, held_end) in self.0[first..].iter().take_while(|(held, _)| *held <= end) {
            if start < held_start {
                missing.push((start, held_start - 1));
            }
            start = held_end + 1;
        }
        if start <= end {
            missing.push((start, end));
        }
        missing
    }
}

fn ends(range: NumberRange) -> (i64, i64) {
    (i64::from(range.start), i64::from(range.end))
}

/// Ranges as a text has them.
type Ranges = [(NumberRange, Span)];

/// Tells the previous ranges that are not wholly in the current ones.
pub(super) fn check(
    found: &mut Annotations<'_>,
    rule: &'static Rule,
    sort: &str,
    holder: &Holder<'_>,
    (now, before): (&Ranges, &Ranges),
) {
    if before.is_empty() {
        return;
    }
    let numbers = Numbers::new(now);
    for (range, _) in before {
        let missing = numbers.missing(ends(*range));
        if missing.is_empty() {
            continue;
        }
        found.add(
            rule,
            holder.element,
            Some(holder.places.0),
            Some(holder.places.1),
            || {
                let parts: Vec<String> = missing.iter().map(|part| holder.shown(*part)).collect();
                format!(
                    "Previously present {sort} range \"{}\" on {} \"{}\" is missing values: {} were removed.",
                    holder.shown(ends(*range)),
                    holder.word,
                    holder.name,
                    parts.join(", ")
                )
            },
        );
    }
}

/// Tells the numbers and names that are no longer reserved.
pub(super) fn check_reserved(
    found: &mut Annotations<'_>,
    rule: &'static Rule,
    holder: &Holder<'_>,
    now: &Reserved,
    before: &Reserved,
) {
    check(found, rule, "reserved", holder, (&now.ranges, &before.ranges));
    if before.names.is_empty() {
        return;
    }
    let names: FxHashSet<&str> = now.names.iter().map(|(name, _)| &**name).collect();
    for (name, _) in before.names.iter().filter(|(name, _)| !names.contains(&**name)) {
        found.add(
            rule,
            holder.element,
            Some(holder.places.0),
            Some(holder.places.1),
            || {
                format!(
                    "Previously present reserved name {} on {} \"{}\" was deleted.",
                    quoted(name),
                    holder.word,
                    holder.name
                )
            },
        );
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn numbers(ranges: &[(i32, i32)]) -> Numbers {
        let ranges: Vec<_> = ranges
            .iter()
            .map(|&(start, end)| (NumberRange { start, end }, Span::default()))
            .collect();
        Numbers::new(&ranges)
    }

    #[test]
    fn what_is_missing_is_exact() {
        let held = numbers(&[
            (20, 30),
            (1, 5),
            (6, 9),
            (25, 40),
            (i32::MAX, i32::MAX),
            (i32::MIN, -10),
        ]);
        for (range, missing) in [
            ((1, 9), vec![]),
            ((0, 10), vec![(0, 0), (10, 10)]),
            ((10, 19), vec![(10, 19)]),
            ((9, 50), vec![(10, 19), (41, 50)]),
            ((-20, 0), vec![(-9, 0)]),
            ((41, i64::from(i32::MAX)), vec![(41, i64::from(i32::MAX) - 1)]),
        ] {
            assert_eq!(held.missing(range), missing, "{range:?}");
        }
        for number in [1, 9, 20, 40, i32::MAX, i32::MIN, -10] {
            assert!(held.hold(number), "{number}");
        }
        for number in [0, 10, 19, 41, -9] {
            assert!(!held.hold(number), "{number}");
        }
        assert!(!Numbers::default().hold(1));
    }
}
