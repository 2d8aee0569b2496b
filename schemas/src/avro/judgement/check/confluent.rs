//! Confluent's list of differences: that of Java's `SchemaCompatibility`, in its order and with its paths.

use rustc_hash::FxHashSet;

use super::describe::field_name;
use super::mismatch::Mismatch;
use super::pairs::{Edge, Edges, Pairs, Step};
use crate::avro::language::schema::{Kind, Schema};
use crate::budget::{Budget, Exhausted};
use crate::text::shown::Line;
use crate::to_line;
use crate::verdict::{Difference, Shape};

/// A segment of a path and the one before it, so that long paths share their beginnings.
type Segments = Vec<(u32, String)>;

/// Of a longer path only the end is reported: thousands of differences down a chain of thousands of types would otherwise
/// fill the memory. Documents written by people stay far below.
const MAX_SEGMENTS: usize = 256;

/// What a difference costs, in steps; and how many bytes of its texts cost one.
const DIFFERENCE: usize = 16;
const BYTES: usize = 16;

/// No segment: the root.
const ROOT: u32 = u32::MAX;

/// Adds what Confluent's registry would list to `found`.
///
/// # Errors
/// When the budget ends.
pub(super) fn differences(
    reader: &Schema,
    writer: &Schema,
    pairs: &Pairs,
    budget: &Budget,
    found: &mut Vec<Difference>,
) -> Result<(), Exhausted> {
    // Every pair and every edge is looked at; what they cost was spent when they were made.
    budget.spend(pairs.pairs.len())?;
    let refused = pairs.refused_by_confluent();
    let mut walk = Walk {
        reader,
        writer,
        pairs,
        refused: &refused,
        segments: Vec::new(),
        budget,
        found,
    };
    let mut seen = FxHashSet::default();
    let mut todo = vec![(0u32, ROOT)];
    while let Some((index, at)) = todo.pop() {
        if !refused.get(index as usize).copied().unwrap_or(false) {
            continue;
        }
        let is_record = matches!(writer.get(pairs.pairs[index as usize].writer).kind, Kind::Record(_));
        if is_record && !seen.insert(index) {
            continue;
        }
        let before = todo.len();
        walk.pair(index, at, &mut todo)?;
        todo[before..].reverse();
    }
    Ok(())
}

struct Walk<'a> {
    reader: &'a Schema,
    writer: &'a Schema,
    pairs: &'a Pairs,
    refused: &'a [bool],
    segments: Segments,
    budget: &'a Budget,
    found: &'a mut Vec<Difference>,
}

impl Walk<'_> {
    fn pair(&mut self, index: u32, at: u32, todo: &mut Vec<(u32, u32)>) -> Result<(), Exhausted> {
        let pair = &self.pairs.pairs[index as usize];
        let (reader, writer) = (&self.reader.get(pair.reader).kind, &self.writer.get(pair.writer).kind);
        for mismatch in &pair.mismatches {
            self.mismatch(mismatch, reader, writer, at)?;
        }
        let edges = match &pair.edges {
            Edges::OneOf { .. } => return self.lacking(writer, at),
            Edges::All(edges) => edges,
        };
        self.budget.spend(edges.len())?;
        for edge in edges {
            // Java ends at such a field.
            let is_ambiguous = |mismatch: &Mismatch| match (mismatch, edge.step) {
                (
                    Mismatch::SiblingAlias { field, .. } | Mismatch::SiblingAliasInJava { field, .. },
                    Step::Field { reader, .. },
                ) => *field == reader,
                _ => false,
            };
            if !pair.mismatches.iter().any(is_ambiguous) {
                self.edge(edge, reader, writer, at, todo)?;
            }
        }
        Ok(())
    }

    fn edge(
        &mut self,
        edge: &Edge,
        reader: &Kind,
        writer: &Kind,
        at: u32,
        todo: &mut Vec<(u32, u32)>,
    ) -> Result<(), Exhausted> {
        if !self.refused.get(edge.to as usize).copied().unwrap_or(false) {
            return Ok(());
        }
        match (edge.step, reader, writer) {
            // Two unions: what is wrong inside a branch is not told, only that the branch is lacking.
            (Step::WriterBranch(branch), Kind::Union(_), Kind::Union(branches)) => {
                let below = self.below(at, branch.to_string());
                let kind = &self.writer.get(branches[branch as usize]).kind;
                self.lacking(kind, below)?;
            }
            (Step::WriterBranch(branch), ..) => todo.push((edge.to, self.below(at, branch.to_string()))),
            (Step::Field { reader: field, .. }, ..) => {
                todo.push((edge.to, self.below(at, format!("fields/{field}/type"))))
            }
            (Step::Item, ..) => todo.push((edge.to, self.below(at, "items".into()))),
            (Step::Entry, ..) => todo.push((edge.to, self.below(at, "values".into()))),
            (Step::ReaderBranch(_), ..) => {}
        }
        Ok(())
    }

    fn mismatch(&mut self, mismatch: &Mismatch, reader: &Kind, writer: &Kind, at: u32) -> Result<(), Exhausted> {
        let Some(kind) = mismatch.facts().confluent else {
            return Ok(());
        };
        let (below, info, template) = match mismatch {
            Mismatch::Type => (
                String::new(),
                format!(
                    "reader type: {} not compatible with writer type: {}",
                    word(reader),
                    word(writer)
                ),
                "The type at path '{path}' in the {reader} schema cannot take that of the {writer} schema".to_owned(),
            ),
            Mismatch::Name => (
                "name".into(),
                format!("expected: {}", writer.named().map_or("", |named| named.name.full())),
                "The name at path '{path}' is not the same in the {reader} schema as in the {writer} schema".to_owned(),
            ),
            Mismatch::Size => (
                "size".into(),
                match (reader, writer) {
                    (Kind::Fixed(reader), Kind::Fixed(writer)) => {
                        format!("expected: {}, found: {}", writer.size, reader.size)
                    }
                    _ => String::new(),
                },
                "The fixed at path '{path}' has another size in the {reader} schema than in the {writer} schema"
                    .to_owned(),
            ),
            Mismatch::UnknownSymbols(numbers) => {
                self.budget.spend(numbers.len())?;
                let symbols = if let Kind::Enum(symbols) = writer {
                    let mut names: Vec<&str> = numbers
                        .iter()
                        .map(|&number| &*symbols.symbols()[number as usize])
                        .collect();
                    names.sort_unstable();
                    format!("[{}]", names.join(", "))
                } else {
                    String::new()
                };
                let template = format!(
                    "The enum at path '{{path}}' in the {{reader}} schema lacks symbols {symbols} of the {{writer}} schema"
                );
                ("symbols".into(), symbols, template)
            }
            Mismatch::MissingField(field) => {
                let name = field_name(reader, *field);
                let template = format!(
                    "The field '{name}' at path '{{path}}' in the {{reader}} schema has no default and is not in the {{writer}} schema"
                );
                (format!("fields/{field}"), name, template)
            }
            Mismatch::TwoMatches { field, .. }
            | Mismatch::SiblingAlias { field, .. }
            | Mismatch::SiblingAliasInJava { field, .. } => {
                let name = field_name(reader, *field);
                let template = format!(
                    "The field '{name}' at path '{{path}}' in the {{reader}} schema matches two fields of the {{writer}} schema"
                );
                (format!("fields/{field}"), name, template)
            }
            Mismatch::MissingBranch => return self.lacking(writer, at),
            Mismatch::TwoClaims { .. }
            | Mismatch::JavaName
            | Mismatch::JavaBranch
            | Mismatch::JavaUnion(_)
            | Mismatch::JavaField { .. }
            | Mismatch::WrongDefault(_)
            | Mismatch::BytesAsString
            | Mismatch::Meaning(_)
            | Mismatch::Lossy
            | Mismatch::DefaultField(_)
            | Mismatch::DefaultSymbols(_) => return Ok(()),
        };
        let place = if below.is_empty() { at } else { self.below(at, below) };
        self.push(kind, place, info, &template)
    }

    fn lacking(&mut self, writer: &Kind, at: u32) -> Result<(), Exhausted> {
        let info = format!("reader union lacking writer type: {}", word(writer));
        self.push(
            "MISSING_UNION_BRANCH",
            at,
            info,
            "The union at path '{path}' in the {reader} schema has no branch for a type of the {writer} schema",
        )
    }

    fn push(&mut self, kind: &'static str, at: u32, info: String, template: &str) -> Result<(), Exhausted> {
        let path = self.path(at);
        self.budget
            .spend(DIFFERENCE + (path.len() + info.len() + template.len()) / BYTES)?;
        self.found.push(Difference {
            kind,
            template: template.replace("{path}", &path).into(),
            path,
            info: info.into(),
            shape: Shape::Avro,
        });
        Ok(())
    }

    fn below(&mut self, at: u32, segment: String) -> u32 {
        self.segments.push((at, segment));
        u32::try_from(self.segments.len() - 1).unwrap_or(ROOT)
    }

    fn path(&self, at: u32) -> Line {
        let mut segments = Vec::new();
        let mut next = at;
        while let Some((up, segment)) = self.segments.get(next as usize) {
            if segments.len() == MAX_SEGMENTS {
                segments.push("…");
                break;
            }
            segments.push(segment.as_str());
            next = *up;
        }
        segments.reverse();
        to_line!("/{}", segments.join("/"))
    }
}

/// Java's word for a kind: upper case, and an error is a record.
fn word(kind: &Kind) -> String {
    match kind.record() {
        Some(_) => "RECORD".into(),
        None => kind.name().to_uppercase(),
    }
}
