//! Edits of enums, value by value.

use rustc_hash::{FxHashMap, FxHashSet};

use super::{MEMBER, Walk};
use crate::budget::Exhausted;
use crate::change::{Attribution, ChangeKind};
use crate::protobuf::judgement::check::label::label;
use crate::protobuf::judgement::rules;
use crate::protobuf::language::schema::{Enum, EnumId};
use crate::text::source::Span;

/// What another name of a number does.
const OF_NAME: Attribution = Attribution::Only(&[&rules::ENUM_RENUMBERED]);

impl Walk<'_> {
    /// Tells what differs between two enums, once.
    ///
    /// # Errors
    /// When the budget ends.
    pub(super) fn enumeration(&mut self, old: EnumId, new: EnumId, path: &str) -> Result<(), Exhausted> {
        if !self.enums.insert((old, new)) {
            return Ok(());
        }
        let (before, after) = (self.old.enumeration(old), self.new.enumeration(new));
        let values = before.values.len() + after.values.len();
        self.budget.spend(values * (MEMBER + path.len() / 16))?;
        let names = |of: &Enum| -> FxHashMap<i32, Vec<Box<str>>> {
            let mut names: FxHashMap<i32, Vec<Box<str>>> = FxHashMap::default();
            for value in &of.values {
                names.entry(value.number).or_default().push(value.name.clone());
            }
            names
        };
        let (was, is) = (names(before), names(after));
        // In turn, so that of several names the first counts.
        let now: FxHashMap<i32, Span> = after
            .values
            .iter()
            .rev()
            .map(|value| (value.number, value.span))
            .collect();
        let mut reported = FxHashSet::default();
        for value in &before.values {
            let at = label(self.old, before.file, value.span, "");
            match is.get(&value.number) {
                None => {
                    let message = format!("value `{}` = {} removed", value.name, value.number);
                    self.record(ChangeKind::Removed, path, message, Some(at), None);
                }
                Some(names) if reported.insert(value.number) && was.get(&value.number) != Some(names) => {
                    let list = |names: Option<&Vec<Box<str>>>| {
                        let names = names.into_iter().flatten().map(|name| format!("`{name}`"));
                        names.collect::<Vec<_>>().join(", ")
                    };
                    let message = format!(
                        "value {}: {} becomes {}",
                        value.number,
                        list(was.get(&value.number)),
                        list(Some(names))
                    );
                    let now = now.get(&value.number).copied().unwrap_or(after.name_span);
                    let places = (at, label(self.new, after.file, now, ""));
                    self.record_changed(path, message, places, OF_NAME);
                }
                Some(_) => {}
            }
        }
        for value in after.values.iter().filter(|value| !was.contains_key(&value.number)) {
            let message = format!("value `{}` = {} added", value.name, value.number);
            let at = label(self.new, after.file, value.span, "");
            self.record(ChangeKind::Added, path, message, None, Some(at));
        }
        if before.reserved.sorted() != after.reserved.sorted() {
            let places = (
                label(self.old, before.file, before.name_span, ""),
                label(self.new, after.file, after.name_span, ""),
            );
            let message = "other reserved numbers or names".to_owned();
            self.record_changed(path, message, places, Attribution::NOTHING);
        }
        if before.is_open != after.is_open {
            let word = |of: &Enum| if of.is_open { "open" } else { "closed" };
            let message = format!("{} enum becomes {}", word(before), word(after));
            let places = (
                label(self.old, before.file, before.name_span, ""),
                label(self.new, after.file, after.name_span, ""),
            );
            self.record_changed(path, message, places, Attribution::NOTHING);
        }
        Ok(())
    }
}
