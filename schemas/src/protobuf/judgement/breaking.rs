//! What breaks between two trees of `.proto` files by buf's breaking rules (`https://buf.build/docs/breaking/rules/`).
//!
//! The rules are policy over names, numbers, options and places: they say what people who generate code, read the wire or
//! read JSON rely on, and not whether a payload really fails; that is what [`crate::check`] is for. Messages, enums,
//! services and extensions are paired over the whole trees, so that moving one between files hides nothing; files are
//! paired by their paths. What a tree imports belongs to it, also the files that come with the compiler.
//!
//! Invariants: a rule's outcome depends on the two trees alone, and every rule is always worked out: the [`Selection`] only
//! decides which annotations are kept. No work is quadratic in the size of the trees; things are found through maps.
//! Deliberately absent: rules that plugins bring, and comments that silence a rule (buf has none for breaking changes).

// A kind that is added must be thought of in every place that judges.
#![deny(clippy::wildcard_enum_match_arm, clippy::match_wildcard_for_single_variants)]

mod annotation;
mod category;
mod column;
mod concern;
mod default;
mod deletions;
mod element;
mod enums;
mod features;
mod fields;
mod files;
mod help;
mod messages;
mod pairing;
mod quote;
mod ranges;
pub mod rules;
mod selection;
mod services;
mod stability;
mod strings;
mod tree;
mod types;

pub use annotation::{Annotation, Extent, Place};
pub use category::{Category, Version};
pub use column::{Position, Positions};
pub use concern::Concern;
pub use element::Element;
pub use help::help;
pub use selection::{Selection, UnknownRule};

use crate::protobuf::language::schema::FileSet;
use annotation::Annotations;
use tree::Tree;

/// Everything by which `current` breaks with `previous`, in the order of the current files, each once.
///
/// Annotations without a place in the current tree come first.
pub fn check(current: &FileSet, previous: &FileSet, selection: &Selection) -> Vec<Annotation> {
    let (current, previous) = (Tree::new(current), Tree::new(previous));
    let mut found = Annotations::new(&current, &previous, selection);
    files::check(&mut found);
    deletions::check(&mut found);
    for (now, before) in pairing::messages(&current, &previous) {
        messages::check(&mut found, now, before);
        for (now, before) in pairing::fields(now, before) {
            fields::check(&mut found, now, before);
        }
    }
    for (now, before) in pairing::extensions(&current, &previous) {
        fields::check(&mut found, now, before);
    }
    for (now, before) in pairing::enums(&current, &previous) {
        enums::check(&mut found, now, before);
    }
    for (now, before) in pairing::services(&current, &previous) {
        services::check(&mut found, now, before);
    }
    found.sorted()
}
