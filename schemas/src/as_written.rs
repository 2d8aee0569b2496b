//! What becomes of an application that decodes with the *writer's* schema alone, as generic records, dynamic messages and most
//! dynamic languages do.
//!
//! Nothing stands between such an application and what was written: no default, no alias, no promotion. Each place that it reads
//! must exist in the writer's schema, under the same name, and every value that may come there must be one that the schema of the
//! application, the *pinned* one, has at that place. What it does not read does not matter.
//!
//! Each format describes what an application sees of a decoded event as a [`shape`]; one walk compares the shapes of all formats.
//! The walk keeps its own list of work, and every node and field that it looks at is a step of the budget.

mod findings;
mod numbers;
mod places;
pub(crate) mod shape;
mod tree;
mod walk;

use crate::budget::{Budget, Exhausted};
use crate::reads::Read;
use crate::schema::Schema;
use crate::text::shown::Line;
use crate::verdict::Comparison;

use shape::{Described, Root};
use tree::Tree;
use walk::Walk;

/// Can an application that was written for events of the schema `pinned`, and that decodes with the writer's schema, go on reading
/// what it `reads`, once `writer` is that schema? `None` reads everything that the pinned schema has.
///
/// [`Read::null`] takes null, or nothing, where everything that is read at or below a place says so. [`Read::other_symbols`] passes
/// over symbols and types that the pinned schema does not have.
///
/// The comparison has findings only: Confluent's rules do not speak of such applications. Where the budget ends, it is undecided
/// and holds nothing of what was found until then.
pub fn as_written(
    pinned: &Schema,
    writer: &Schema,
    event: &str,
    reads: Option<&[Read<'_>]>,
    budget: &Budget,
) -> Comparison {
    if pinned.format() != writer.format() {
        return undecided("the two schemas are written in different schema languages");
    }
    compare(pinned, writer, event, reads, budget).unwrap_or_else(undecided)
}

fn undecided(why: impl std::fmt::Display) -> Comparison {
    Comparison {
        undecided: Some(Line::new(why)),
        ..Comparison::default()
    }
}

fn compare(
    pinned: &Schema,
    writer: &Schema,
    event: &str,
    reads: Option<&[Read<'_>]>,
    budget: &Budget,
) -> Result<Comparison, Exhausted> {
    let pinned = match pinned.described(Root::Event(event), budget)? {
        Described::Shape(pinned) => pinned,
        Described::NoEvent(_) => return Ok(undecided("the application's schema has no message")),
    };
    let shape = pinned.shape();
    let like = Root::Like {
        name: shape.node(shape.root).name,
        package: shape.package,
    };
    let writer = match writer.described(like, budget)? {
        Described::Shape(writer) => writer,
        Described::NoEvent(place) => return Ok(findings::no_event(&*pinned, place)),
    };
    let tree = match Tree::of(pinned.shape(), reads, budget)? {
        Ok(tree) => tree,
        Err(why) => return Ok(undecided(why)),
    };
    let mut walk = Walk::new(&*pinned, &*writer, &tree, reads.unwrap_or_default(), budget);
    walk.all()?;
    let mut findings = walk.findings;
    findings.sort_by_key(|finding| std::cmp::Reverse(finding.severity));
    Ok(Comparison {
        findings,
        ..Comparison::default()
    })
}
