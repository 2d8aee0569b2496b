//! Confluent's list of differences: that of Java's `SchemaCompatibility`, in its order and with its paths.
//!
//! Java remembers what it found in a pair of types, and where it meets the pair again it lists the same again, with the paths of
//! the first time. Whether a branch of a union fits it finds out with paths that begin at the branch.

use rustc_hash::{FxHashMap, FxHashSet};

use super::describe::field_name;
use super::mismatch::Mismatch;
use super::pairs::{Edge, Edges, Pairs, Step};
use crate::avro::language::schema::{Kind, Schema, TypeId};
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

/// So many differences, and lists of them, are reported again where types are met again: each level of types that are used
/// twice would double them otherwise.
const REPEATED: usize = 1_000;

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
    if !refused.first().copied().unwrap_or(false) {
        return Ok(());
    }
    let touched = pairs.leading_to(&refused);
    for probes in [true, false] {
        let mut walk = Walk {
            reader,
            writer,
            pairs,
            refused: &refused,
            touched: &touched,
            probes,
            segments: Vec::new(),
            lists: Vec::new(),
            known: FxHashMap::default(),
            compatible: FxHashSet::default(),
            budget,
        };
        let root = walk.root()?;
        walk.report(root, found)?;
        // Where Java is content with a pair because it was still looking at it, nothing may be left to report.
        if !found.is_empty() {
            break;
        }
    }
    Ok(())
}

/// One entry of what was found in a pair.
enum Entry {
    Difference {
        kind: &'static str,
        at: u32,
        info: String,
        template: String,
    },
    /// What was found in another pair.
    List(usize),
}

/// What is known of a pair of named types.
enum Known {
    /// It is being looked at.
    Begun,
    /// What was found there.
    Done(usize),
}

/// What becomes of what is found in a pair.
#[derive(Clone, Copy)]
enum Use {
    /// It is part of what was found in the pair above.
    Merged,
    /// Two unions: what is wrong inside this branch of the writer's is not told, only that it is lacking.
    WriterBranch(u32),
    /// It decides whether this branch of the reader's union fits.
    ReaderBranch,
}

/// A part of a pair, in the order in which Java looks at them.
#[derive(Clone, Copy)]
enum Part<'a> {
    Mismatch(&'a Mismatch),
    Edge(&'a Edge),
}

/// A pair that is being looked at.
struct Frame<'a> {
    index: u32,
    at: u32,
    parts: std::vec::IntoIter<Part<'a>>,
    found: Vec<Entry>,
    /// No branch of the reader's union fits, as far as they were looked at.
    is_lacking: bool,
    use_: Use,
}

struct Walk<'a> {
    reader: &'a Schema,
    writer: &'a Schema,
    pairs: &'a Pairs,
    refused: &'a [bool],
    /// The pairs that are refused or lead to one that is.
    touched: &'a [bool],
    /// Whether branches of unions are looked into as well. What is found there is reported where the same types meet elsewhere.
    probes: bool,
    segments: Segments,
    /// What was found in each pair of named types.
    lists: Vec<Vec<Entry>>,
    /// A pair of named types is looked at once, wherever it is met.
    known: FxHashMap<(TypeId, TypeId), Known>,
    /// Other pairs in which nothing is to be found, and that were looked at.
    compatible: FxHashSet<u32>,
    budget: &'a Budget,
}

impl<'a> Walk<'a> {
    /// Looks at everything; the number of the list of the root.
    fn root(&mut self) -> Result<usize, Exhausted> {
        // A stack of our own: types may refer to one another as deep as there are many.
        let mut stack = vec![self.frame(0, ROOT, Use::Merged)?];
        loop {
            let Some(frame) = stack.last_mut() else {
                return Ok(self.lists.len() - 1);
            };
            match frame.parts.next() {
                Some(Part::Mismatch(mismatch)) => {
                    let (index, at) = (frame.index, frame.at);
                    self.mismatch(mismatch, index, at, &mut frame.found)?;
                }
                Some(Part::Edge(edge)) => {
                    let (at, use_) = self.way(frame, edge.step);
                    match self.known.get(&self.key(edge.to)) {
                        _ if !self.probes && !matches!(use_, Use::Merged) => {
                            let is_refused = self.refused[edge.to as usize];
                            self.use_(frame, use_, None, is_refused);
                        }
                        Some(Known::Begun) => self.use_(frame, use_, None, false),
                        Some(&Known::Done(list)) => {
                            let differs = !self.lists[list].is_empty();
                            self.use_(frame, use_, Some(list), differs);
                        }
                        None => stack.push(self.frame(edge.to, at, use_)?),
                    }
                }
                None => {
                    let Some(done) = stack.pop() else { continue };
                    self.finish(done, stack.last_mut());
                }
            }
        }
    }

    /// Where a step leads, and what for.
    fn way(&mut self, frame: &Frame<'_>, step: Step) -> (u32, Use) {
        match (step, self.kinds(frame.index)) {
            (Step::WriterBranch(branch), (Kind::Union(_), Kind::Union(_))) => (ROOT, Use::WriterBranch(branch)),
            (Step::ReaderBranch(_), _) => (ROOT, Use::ReaderBranch),
            (Step::WriterBranch(branch), _) => (self.below(frame.at, branch.to_string()), Use::Merged),
            (Step::Field { reader: field, .. }, _) => {
                (self.below(frame.at, format!("fields/{field}/type")), Use::Merged)
            }
            (Step::Item, _) => (self.below(frame.at, "items".into()), Use::Merged),
            (Step::Entry, _) => (self.below(frame.at, "values".into()), Use::Merged),
        }
    }

    /// Does with the list of a pair below what it is there for.
    fn use_(&mut self, frame: &mut Frame<'_>, use_: Use, list: Option<usize>, differs: bool) {
        match use_ {
            Use::Merged => frame.found.extend(list.filter(|_| differs).map(Entry::List)),
            Use::WriterBranch(branch) if differs => {
                let (_, writer) = self.kinds(frame.index);
                if let Some(kind) = writer.branches().get(branch as usize) {
                    let at = self.below(frame.at, branch.to_string());
                    frame.found.push(lacking(&self.writer.get(*kind).kind, at));
                }
            }
            Use::ReaderBranch if !differs => {
                // Java ends at the first that fits.
                frame.is_lacking = false;
                frame.parts = Vec::new().into_iter();
            }
            Use::WriterBranch(_) | Use::ReaderBranch => {}
        }
    }

    /// Notes what was found in a pair, and adds it to the one above.
    fn finish(&mut self, mut done: Frame<'a>, above: Option<&mut Frame<'a>>) {
        if !self.refused[done.index as usize] {
            self.compatible.insert(done.index);
        } else if done.is_lacking {
            let (_, writer) = self.kinds(done.index);
            done.found.push(lacking(writer, done.at));
        }
        let list = self.lists.len();
        let key = self.key(done.index);
        if let Some(known) = self.known.get_mut(&key) {
            *known = Known::Done(list);
        }
        let differs = !done.found.is_empty();
        self.lists.push(done.found);
        if let Some(above) = above {
            self.use_(above, done.use_, Some(list), differs);
        }
    }

    fn kinds(&self, index: u32) -> (&'a Kind, &'a Kind) {
        let pair = &self.pairs.pairs[index as usize];
        (&self.reader.get(pair.reader).kind, &self.writer.get(pair.writer).kind)
    }

    /// The types of a pair.
    fn key(&self, index: u32) -> (TypeId, TypeId) {
        let pair = &self.pairs.pairs[index as usize];
        (pair.reader, pair.writer)
    }

    fn frame(&mut self, index: u32, at: u32, use_: Use) -> Result<Frame<'a>, Exhausted> {
        let pair = &self.pairs.pairs[index as usize];
        let (reader, writer) = self.kinds(index);
        if reader.named().is_some() && writer.named().is_some() {
            self.known.insert(self.key(index), Known::Begun);
        }
        let (edges, is_lacking) = match &pair.edges {
            Edges::All(edges) => (edges.as_slice(), false),
            Edges::OneOf { candidates, .. } => {
                let fits = |edge: &Edge| !self.refused.get(edge.to as usize).copied().unwrap_or(false);
                let looked_at = candidates
                    .iter()
                    .position(fits)
                    .map_or(candidates.len(), |first| first + 1);
                (&candidates[..looked_at], true)
            }
        };
        self.budget.spend(1 + edges.len())?;
        let mut parts: Vec<Part<'a>> = pair.mismatches.iter().map(Part::Mismatch).collect();
        // Java ends at such a field.
        let ambiguous: FxHashSet<u32> = pair
            .mismatches
            .iter()
            .filter(|mismatch| {
                matches!(
                    mismatch,
                    Mismatch::SiblingAlias { .. } | Mismatch::SiblingAliasInJava { .. }
                )
            })
            .filter_map(Mismatch::reader_field)
            .collect();
        let follows = |edge: &&Edge| {
            let is_ambiguous = matches!(edge.step, Step::Field { reader, .. } if ambiguous.contains(&reader));
            !is_ambiguous
                && self.touched.get(edge.to as usize).copied().unwrap_or(false)
                && !self.compatible.contains(&edge.to)
        };
        parts.extend(edges.iter().filter(follows).map(Part::Edge));
        // The name of a record comes before its fields, and these in their order, whatever is wrong with each.
        parts.sort_by_key(|part| match part {
            Part::Mismatch(mismatch) => mismatch.reader_field().map_or(0, |field| field + 1),
            Part::Edge(Edge {
                step: Step::Field { reader, .. },
                ..
            }) => reader + 1,
            Part::Edge(_) => 1,
        });
        Ok(Frame {
            index,
            at,
            parts: parts.into_iter(),
            found: Vec::new(),
            is_lacking,
            use_,
        })
    }

    /// Reports a list, with the lists in it: each where it stands, and again where it stands again.
    fn report(&mut self, list: usize, found: &mut Vec<Difference>) -> Result<(), Exhausted> {
        let lists = std::mem::take(&mut self.lists);
        let mut reported = vec![false; lists.len()];
        let mut again = REPEATED;
        let mut stack = vec![(list, 0, false)];
        while let Some((list, at, is_again)) = stack.pop() {
            let Some(entry) = lists[list].get(at) else {
                reported[list] = true;
                continue;
            };
            if is_again {
                self.budget.spend(1)?;
                match again.checked_sub(1) {
                    Some(left) => again = left,
                    None => continue,
                }
            }
            stack.push((list, at + 1, is_again));
            match entry {
                Entry::List(below) => stack.push((*below, 0, is_again || reported[*below])),
                Entry::Difference {
                    kind,
                    at,
                    info,
                    template,
                } => self.push(kind, *at, info, template, found)?,
            }
        }
        Ok(())
    }

    fn mismatch(&mut self, mismatch: &Mismatch, index: u32, at: u32, found: &mut Vec<Entry>) -> Result<(), Exhausted> {
        let Some(mut kind) = mismatch.facts().confluent else {
            return Ok(());
        };
        let (reader, writer) = self.kinds(index);
        let (below, info, template) = match mismatch {
            Mismatch::Type => (String::new(), not_compatible(reader, writer), OTHER_TYPE.to_owned()),
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
            // Java looks for the default of the enum, and does so in the record around the field.
            Mismatch::MissingField(field) if let Some(symbols) = self.enum_with_default(reader, *field) => {
                kind = "TYPE_MISMATCH";
                (
                    format!("fields/{field}/type"),
                    not_compatible(symbols, writer),
                    OTHER_TYPE.to_owned(),
                )
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
            Mismatch::MissingBranch => {
                found.push(lacking(writer, at));
                return Ok(());
            }
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
        let at = if below.is_empty() { at } else { self.below(at, below) };
        found.push(Entry::Difference {
            kind,
            at,
            info,
            template,
        });
        Ok(())
    }

    /// The enum of a field of a record, where it has a default.
    fn enum_with_default(&self, record: &Kind, field: u32) -> Option<&'a Kind> {
        let kind = &self.reader.get(record.record()?.fields().get(field as usize)?.ty).kind;
        matches!(kind, Kind::Enum(symbols) if symbols.default_number().is_some()).then_some(kind)
    }

    fn push(
        &mut self,
        kind: &'static str,
        at: u32,
        info: &str,
        template: &str,
        found: &mut Vec<Difference>,
    ) -> Result<(), Exhausted> {
        let path = self.path(at);
        self.budget
            .spend(DIFFERENCE + (path.len() + info.len() + template.len()) / BYTES)?;
        found.push(Difference {
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

const OTHER_TYPE: &str = "The type at path '{path}' in the {reader} schema cannot take that of the {writer} schema";

fn not_compatible(reader: &Kind, writer: &Kind) -> String {
    format!(
        "reader type: {} not compatible with writer type: {}",
        word(reader),
        word(writer)
    )
}

fn lacking(writer: &Kind, at: u32) -> Entry {
    Entry::Difference {
        kind: "MISSING_UNION_BRANCH",
        at,
        info: format!("reader union lacking writer type: {}", word(writer)),
        template: "The union at path '{path}' in the {reader} schema has no branch for a type of the {writer} schema"
            .to_owned(),
    }
}

/// Java's word for a kind: upper case, and an error is a record.
fn word(kind: &Kind) -> String {
    match kind.record() {
        Some(_) => "RECORD".into(),
        None => kind.name().to_uppercase(),
    }
}
