//! Which branch of a reader's union takes a writer's type: decided by the schemas alone, before any data is read.

use crate::avro::language::java_names::JavaNames;
use crate::avro::language::schema::{Kind, Schema, TypeId};

/// The number of the reader's branch that a writer's type (no union) goes to.
///
/// First a branch of the same kind which, if it is named, has the writer's full name or an alias that is; then a named
/// one of the same kind whose name without its namespace is the same; then the first that the writer's type promotes to.
pub(super) fn choose(reader: &Schema, branches: &[TypeId], writer: &Schema, written: TypeId) -> Option<u32> {
    let written = &writer.get(written).kind;
    let first = |accepts: &dyn Fn(&Kind) -> bool| {
        (0u32..)
            .zip(branches)
            .find(|(_, branch)| accepts(&reader.get(**branch).kind))
            .map(|(number, _)| number)
    };
    first(&|branch| is_same(branch, written))
        .or_else(|| first(&|branch| has_same_simple_name(branch, written)))
        .or_else(|| first(&|branch| promotes(written, branch)))
}

/// The number of the branch that Avro Java takes: named types go by their full names, and a record that has none of them goes to
/// the last one whose name without its namespace is the same, or to any that is made alike. Of these the specification's is taken.
pub(super) fn choose_as_java(
    reader: &Schema,
    branches: &[TypeId],
    writer: &Schema,
    written: TypeId,
    java: &JavaNames<'_>,
) -> Option<u32> {
    let by_specification = || choose(reader, branches, writer, written);
    let written = &writer.get(written).kind;
    let Some(named) = written.named() else {
        return by_specification();
    };
    let name = java.of_type(&named.name);
    let of_kind = (0u32..).zip(branches).filter_map(|(number, branch)| {
        let kind = &reader.get(*branch).kind;
        same_kind(kind, written).then_some((number, &kind.named()?.name))
    });
    let mut chosen = None;
    for (number, branch) in of_kind {
        if branch.full() == name.full() {
            return Some(number);
        }
        if written.record().is_some() && branch.simple() == name.simple() {
            chosen = Some(number);
        }
    }
    match written {
        Kind::Record(_) => chosen.or_else(by_specification),
        _ => chosen,
    }
}

fn is_same(branch: &Kind, written: &Kind) -> bool {
    same_kind(branch, written)
        && match (branch.named(), written.named()) {
            (Some(branch), Some(written)) => {
                let full = written.name.full();
                branch.name.full() == full || branch.aliases.iter().any(|alias| alias.full() == full)
            }
            _ => true,
        }
}

fn has_same_simple_name(branch: &Kind, written: &Kind) -> bool {
    same_kind(branch, written)
        && match (branch.named(), written.named()) {
            (Some(branch), Some(written)) => branch.name.simple() == written.name.simple(),
            _ => false,
        }
}

pub(super) fn same_kind(one: &Kind, other: &Kind) -> bool {
    std::mem::discriminant(one) == std::mem::discriminant(other)
}

fn promotes(written: &Kind, wanted: &Kind) -> bool {
    matches!(
        (written, wanted),
        (Kind::Int, Kind::Long | Kind::Float | Kind::Double)
            | (Kind::Long, Kind::Float | Kind::Double)
            | (Kind::Float, Kind::Double)
            | (Kind::String, Kind::Bytes)
            | (Kind::Bytes, Kind::String)
    )
}

/// The message for a writer's type that no branch takes.
pub(super) fn no_branch(reader: &Schema, branches: &[TypeId], writer: &Schema, written: TypeId) -> String {
    const SHOWN: usize = 8;
    let all = branches.len();
    let branches: Vec<TypeId> = reader.written_branches(branches).collect();
    let names: Vec<_> = branches
        .iter()
        .take(SHOWN)
        .map(|branch| with_kind(reader, *branch))
        .collect();
    if let [only] = names.as_slice()
        && branches.len() < all
    {
        return format!(
            "the reader wants `{only}`, the writer wrote `{}`",
            with_kind(writer, written)
        );
    }
    let more = if branches.len() > SHOWN { ", …" } else { "" };
    format!(
        "the reader's union [{}{more}] has no branch for `{}`, which the writer wrote",
        names.join(", "),
        with_kind(writer, written)
    )
}

/// The kind, and the name where there is one: two types of one name may still be of different kinds.
pub(super) fn with_kind(schema: &Schema, ty: TypeId) -> String {
    let kind = &schema.get(ty).kind;
    match kind.named() {
        Some(named) => format!("{} {}", kind.name(), named.name.full()),
        None => kind.name().into(),
    }
}
