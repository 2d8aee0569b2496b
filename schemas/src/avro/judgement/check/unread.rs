//! What a writer sends and a reader does not know.

use std::collections::VecDeque;

use rustc_hash::FxHashSet;

use super::label::key;
use super::pairs::{Edges, Pairs};
use super::paths::{Parents, Paths};
use crate::avro::language::named::Record;
use crate::avro::language::schema::{Kind, Schema};
use crate::budget::{Budget, Exhausted};
use crate::reads::{KnownBy, Unread};
use crate::text::source::Step;

/// The fields of the writer that no field of the reader takes, each by the shortest way to it.
///
/// # Errors
/// When the budget ends.
pub(crate) fn unread_fields(
    reader: &Schema,
    writer: &Schema,
    known_by: KnownBy,
    budget: &Budget,
) -> Result<Vec<Unread>, Exhausted> {
    let pairs = Pairs::explore(reader, writer, false, budget)?;
    let mut paths = Paths::default();
    let mut found = Vec::new();
    let mut seen = FxHashSet::default();
    let mut todo = VecDeque::from([(0, None)]);
    while let Some((index, node)) = todo.pop_front() {
        let Some(pair) = pairs.pairs.get(index as usize).filter(|_| seen.insert(index)) else {
            continue;
        };
        budget.spend(1)?;
        if let (Kind::Record(known), Kind::Record(sent)) =
            (&reader.get(pair.reader).kind, &writer.get(pair.writer).kind)
        {
            budget.spend(known.fields().len() + sent.fields().len())?;
            for field in unknown(known, sent, known_by) {
                let name = &sent.fields()[field].name;
                let at = [key("fields"), Step::Index(field), key("name")];
                let path = paths.reader_path(reader, node, Some(name));
                budget.spend(path.steps().len())?;
                found.push(Unread {
                    path,
                    reader: reader.label_of(&known.named, &[key("name")], ""),
                    writer: writer.label_of(&sent.named, &at, ""),
                });
            }
        }
        let edges = match &pair.edges {
            Edges::All(edges) => edges.iter(),
            Edges::OneOf { chosen, .. } => chosen.as_slice().iter(),
        };
        for edge in edges {
            let parents = Parents {
                reader: pair.reader,
                writer: pair.writer,
            };
            todo.push_back((edge.to, Some(paths.step(node, (edge.step, parents)))));
        }
    }
    Ok(found)
}

/// The numbers of the fields that were sent and are not known.
fn unknown(known: &Record, sent: &Record, known_by: KnownBy) -> Vec<usize> {
    let fields = known.fields().iter();
    let names: FxHashSet<&str> = fields
        .flat_map(|field| {
            let aliases = field.aliases.iter().filter(|_| known_by == KnownBy::NameOrAlias);
            std::iter::once(&*field.name).chain(aliases.map(|alias| &**alias))
        })
        .collect();
    let sent = sent.fields().iter().enumerate();
    sent.filter(|(_, field)| !names.contains(&*field.name))
        .map(|(index, _)| index)
        .collect()
}
