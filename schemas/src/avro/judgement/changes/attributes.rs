//! Attributes that Avro does not define, and logical types that it does not know: they decide nothing, and make a new version
//! all the same.

use rustc_hash::FxHashMap;

use super::{Visit, Walk, short};
use crate::avro::language::schema::{Props, Type};
use crate::text::shown::Line;
use crate::to_line;

/// The attributes that make up a logical type.
const LOGICAL: [&str; 3] = ["logicalType", "precision", "scale"];

impl Walk<'_> {
    /// The attributes of two types.
    pub(super) fn attributes(&mut self, visit: &Visit, old: &Type, new: &Type) {
        for message in differences(&old.props, &new.props, old.logical == new.logical) {
            self.edited(visit, &[], message);
        }
    }
}

/// What differs in the attributes of two types or fields. The attributes of a logical type are left out where it has a change
/// of its own.
pub(super) fn differences(old: &Props, new: &Props, with_logical: bool) -> Vec<Line> {
    let by_name = |props: &'_ Props| -> FxHashMap<String, String> {
        let each = props.iter().map(|(name, value)| (name.to_string(), value.to_string()));
        each.collect()
    };
    let (before, after) = (by_name(old), by_name(new));
    let mut names: Vec<&str> = old.iter().map(|(name, _)| &**name).collect();
    names.extend(
        new.iter()
            .map(|(name, _)| &**name)
            .filter(|name| !before.contains_key(*name)),
    );
    let names = names.into_iter().filter(|name| with_logical || !LOGICAL.contains(name));
    let message = |name: &str| match (before.get(name), after.get(name)) {
        (None, Some(value)) => Some(to_line!("attribute `{name}` added: {}", short(value))),
        (Some(value), None) => Some(to_line!("attribute `{name}` removed: {}", short(value))),
        (Some(old), Some(new)) if old != new => {
            Some(to_line!("attribute `{name}`: {} becomes {}", short(old), short(new)))
        }
        _ => None,
    };
    names.filter_map(message).collect()
}
