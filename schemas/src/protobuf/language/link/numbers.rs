//! Numbers: which are allowed, reserved, or left to extensions.

use std::ops::RangeInclusive;

use rustc_hash::FxHashMap;

use super::Linker;
use crate::protobuf::language::schema::{FileId, NumberRange, Reserved};
use crate::protobuf::language::syntax::{self, ExtensionRanges, WrittenRange};
use crate::text::source::Span;

/// The largest number of a field: 2^29 − 1.
pub(super) const LAST: i32 = 536_870_911;

/// Numbers that implementations of Protobuf keep for themselves.
pub(super) const KEPT: RangeInclusive<i64> = 19_000..=19_999;

/// Ranges by their first number, so that the one with a number in it is found without looking at all.
pub(super) struct Sorted {
    ranges: Vec<(NumberRange, Span)>,
}

impl Sorted {
    pub fn new(ranges: &[(NumberRange, Span)]) -> Self {
        let mut ranges = ranges.to_vec();
        ranges.sort_by_key(|(range, span)| (*range, span.start));
        Sorted { ranges }
    }

    /// The place of the range that a number is in. Ranges that overlap have been reported; one of them is found.
    pub fn find(&self, number: i32) -> Option<Span> {
        let after = self.ranges.partition_point(|(range, _)| range.start <= number);
        let (range, span) = self.ranges.get(after.checked_sub(1)?)?;
        (range.end >= number).then_some(*span)
    }

    /// The place of a range that has a number in common with this one.
    pub fn overlap(&self, range: NumberRange) -> Option<Span> {
        let after = self.ranges.partition_point(|(known, _)| known.start <= range.end);
        let (known, span) = self.ranges.get(after.checked_sub(1)?)?;
        (known.end >= range.start).then_some(*span)
    }

    /// Each range that begins within another, with that one's place.
    pub fn overlaps(&self) -> Vec<(NumberRange, Span, Span)> {
        let mut found = Vec::new();
        let mut furthest: Option<(NumberRange, Span)> = None;
        for (range, span) in &self.ranges {
            if let Some((earlier, place)) = furthest
                && earlier.end >= range.start
            {
                // The later one in the text is the one that is wrong.
                let (first, second) = if place.start <= span.start {
                    (place, *span)
                } else {
                    (*span, place)
                };
                found.push((*range, second, first));
                if earlier.end >= range.end {
                    continue;
                }
            }
            furthest = Some((*range, *span));
        }
        found
    }
}

impl Linker {
    /// What is reserved in a message or an enum. `max` is `last`; of a message more may be reserved than it can have.
    pub(super) fn reserved(
        &mut self,
        file: FileId,
        written: &[syntax::Reserved],
        allowed: RangeInclusive<i32>,
        last: i32,
    ) -> Reserved {
        let mut reserved = Reserved::default();
        let mut taken: FxHashMap<&str, Span> = FxHashMap::default();
        for statement in written {
            for range in &statement.ranges {
                reserved.ranges.extend(self.range(file, range, &allowed, last));
            }
            for name in &statement.names {
                if let Some(earlier) = taken.insert(&name.value, name.span) {
                    let message = format!("`{}` is reserved twice", name.value);
                    let help = format!("it is reserved at {} too", self.place(file, earlier));
                    self.problem(file, name.span, message, help);
                }
                reserved.names.push((name.value.clone(), name.span));
            }
        }
        self.check_overlaps(file, &reserved.ranges, "is reserved twice");
        reserved
    }

    pub(super) fn extension_ranges(
        &mut self,
        file: FileId,
        written: &[ExtensionRanges],
        last: i32,
    ) -> Vec<(NumberRange, Span)> {
        let mut ranges = Vec::new();
        for statement in written {
            for range in &statement.ranges {
                ranges.extend(self.range(file, range, &(1..=last), last));
            }
        }
        self.check_overlaps(file, &ranges, "is given to extensions twice");
        ranges
    }

    fn range(
        &mut self,
        file: FileId,
        range: &WrittenRange,
        allowed: &RangeInclusive<i32>,
        last: i32,
    ) -> Option<(NumberRange, Span)> {
        let start = range.start.value;
        let end = range.end.unwrap_or(i64::from(last));
        let (start, end) = match (i32::try_from(start), i32::try_from(end)) {
            (Ok(start), Ok(end)) if start >= *allowed.start() && end <= *allowed.end() => (start, end),
            _ => {
                let message = "the range goes beyond the numbers that are allowed";
                let help = format!("they go from {} to {}", allowed.start(), allowed.end());
                self.problem(file, range.span, message, help);
                return None;
            }
        };
        if start > end {
            let message = format!("the range ends before it begins: {start} to {end}");
            self.problem(file, range.span, message, None);
            return None;
        }
        Some((NumberRange { start, end }, range.span))
    }

    fn check_overlaps(&mut self, file: FileId, ranges: &[(NumberRange, Span)], what: &str) {
        for (range, span, first) in Sorted::new(ranges).overlaps() {
            let message = format!("the number {} {what}", range.start);
            let help = format!("see {} too", self.place(file, first));
            self.problem(file, span, message, help);
        }
    }

    /// Whether a field may have this number at all.
    pub(super) fn field_number(&mut self, file: FileId, number: &syntax::Spanned<i64>, last: i32) -> Option<i32> {
        let help = match number.value {
            value if KEPT.contains(&value) => {
                let message = format!("the number {value} is kept for implementations of Protobuf");
                let help = format!("{} to {} cannot be used", KEPT.start(), KEPT.end());
                self.problem(file, number.span, message, help);
                return None;
            }
            value if value < 1 => "the first number is 1",
            value if value > i64::from(last) => "the last number is 536870911",
            value => return i32::try_from(value).ok(),
        };
        let message = format!("a field cannot have the number {}", number.value);
        self.problem(file, number.span, message, help.to_owned());
        None
    }
}
