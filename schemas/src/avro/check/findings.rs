//! From the graph of pairs to findings: each with its places, its help and its witness.

use std::collections::VecDeque;

use rustc_hash::FxHashSet;

use super::label::{key, label, place, root, words};
use super::pairs::{Edge, Edges, Pair, Pairs, Step, Stop};
use super::trail::{Crumb, Parents, Trail};
use super::witness::{Made, Maker};
use crate::avro::meaning::Conflict;
use crate::avro::minimal::Minimal;
use crate::avro::rules;
use crate::avro::schema::{Kind, Place, Schema, TypeId};
use crate::budget::{Budget, Exhausted};
use crate::effect::Effect;
use crate::finding::{Evidence, Finding, Label, Rule, Severity};
use crate::shown::Line;
use crate::source;
use crate::to_line;
use crate::verdict::Comparison;

const NO_VALUE: &str = "the writer's type has no values at all, so no payload can fail";
const READABLE: &str = "the bytes can be read; only the rule forbids it";

/// What a visit of a pair costs beside its places, and a finding beside its witness, in steps.
const VISIT: usize = 4;
const FINDING: usize = 64;

/// Adds what the graph shows to `comparison`.
///
/// # Errors
/// When the budget ends.
pub(super) fn collect(
    reader: &Schema,
    writer: &Schema,
    pairs: &Pairs,
    budget: &Budget,
    comparison: &mut Comparison,
) -> Result<(), Exhausted> {
    budget.spend(writer.types.len())?;
    let minimal = Minimal::new(writer);
    let mut walk = Walk {
        reader,
        writer,
        budget,
        maker: Maker::new(reader, writer, &minimal, budget),
        trail: Trail::default(),
        contradiction: None,
        findings: Vec::new(),
    };
    let ended = walk.all(pairs, &minimal);
    let mut findings = walk.findings;
    without_impossible_twins(&mut findings);
    findings.sort_by_key(|finding| std::cmp::Reverse(finding.severity));
    comparison.undecided = comparison.undecided.take().or(walk.contradiction);
    comparison.findings = findings;
    ended
}

/// A place may have been met twice, by a way on which no payload can get there and by one on which payloads can.
fn without_impossible_twins(findings: &mut Vec<Finding>) {
    if findings
        .iter()
        .all(|finding| finding.evidence != Evidence::Policy(NO_VALUE))
    {
        return;
    }
    let real: FxHashSet<(&str, String, String)> = findings
        .iter()
        .filter(|finding| finding.evidence != Evidence::Policy(NO_VALUE))
        .map(twin)
        .collect();
    let keep: Vec<bool> = findings
        .iter()
        .map(|finding| finding.evidence != Evidence::Policy(NO_VALUE) || !real.contains(&twin(finding)))
        .collect();
    let mut keep = keep.into_iter();
    findings.retain(|_| keep.next().unwrap_or(true));
}

fn twin(finding: &Finding) -> (&'static str, String, String) {
    let at = |label: &Label| format!("{}{:?}", label.source.name(), label.at);
    (finding.rule.id, at(&finding.reader), at(&finding.writer))
}

/// A pair on the way, and the way there.
struct Visit {
    pair: u32,
    crumb: Option<Crumb>,
    reader_at: Place,
    writer_at: Place,
    /// Some payload gets here.
    possible: bool,
}

struct Walk<'s> {
    reader: &'s Schema,
    writer: &'s Schema,
    budget: &'s Budget,
    maker: Maker<'s>,
    trail: Trail,
    contradiction: Option<Line>,
    findings: Vec<Finding>,
}

/// What a stop is called and how it is told.
struct Told {
    rule: &'static Rule,
    severity: Severity,
    message: Line,
    reader: Label,
    writer: Label,
    help: Line,
}

impl Walk<'_> {
    /// Everything that the graph shows, in the order in which it is met.
    fn all(&mut self, pairs: &Pairs, minimal: &Minimal<'_>) -> Result<(), Exhausted> {
        let mut seen = FxHashSet::default();
        // Breadth first: a place is told by the shortest way to it, which also makes for the smallest witness.
        let mut todo = VecDeque::from([Visit {
            pair: 0,
            crumb: None,
            reader_at: root(self.reader),
            writer_at: root(self.writer),
            possible: true,
        }]);
        while let Some(visit) = todo.pop_front() {
            let Some(pair) = pairs.pairs.get(visit.pair as usize) else {
                continue;
            };
            self.budget
                .spend(VISIT + visit.reader_at.path.steps().len() + visit.writer_at.path.steps().len())?;
            let is_record = matches!(self.writer.get(pair.writer).kind, Kind::Record(_));
            let possible = visit.possible && minimal.exists(pair.writer);
            // A record is looked at once, and once more if it is first met where no payload can ever get.
            if is_record && !seen.insert((visit.pair, possible)) {
                continue;
            }
            for stop in &pair.stops {
                self.stop(pair, stop, &visit, possible)?;
            }
            match &pair.edges {
                Edges::All(edges) => todo.extend(edges.iter().map(|edge| self.down(pair, edge, &visit, possible))),
                Edges::OneOf { chosen, .. } => {
                    todo.extend(chosen.iter().map(|edge| self.down(pair, edge, &visit, possible)));
                }
            }
        }
        Ok(())
    }

    fn down(&mut self, pair: &Pair, edge: &Edge, visit: &Visit, possible: bool) -> Visit {
        let (reader, writer) = (&self.reader.get(pair.reader).kind, &self.writer.get(pair.writer).kind);
        let field = |kind: &Kind, index: u32| match kind {
            Kind::Record(record) => Some(record.fields()[index as usize].ty),
            _ => None,
        };
        let inner = |kind: &Kind| match kind {
            Kind::Array(ty) | Kind::Map(ty) => Some(*ty),
            _ => None,
        };
        let branch = |kind: &Kind, index: u32| match kind {
            Kind::Union(branches) => branches.get(index as usize).copied(),
            _ => None,
        };
        let at_field = |kind: &Kind, index: u32| at_field(kind, index, "type");
        let (reader_below, writer_below) = match edge.step {
            Step::Field {
                reader: index,
                writer: other,
            } => (
                field(reader, index).map(|ty| (ty, at_field(reader, index))),
                field(writer, other).map(|ty| (ty, at_field(writer, other))),
            ),
            Step::Item => (
                inner(reader).map(|ty| (ty, vec![key("items")])),
                inner(writer).map(|ty| (ty, vec![key("items")])),
            ),
            Step::Entry => (
                inner(reader).map(|ty| (ty, vec![key("values")])),
                inner(writer).map(|ty| (ty, vec![key("values")])),
            ),
            Step::WriterBranch(index) => (
                None,
                branch(writer, index).map(|ty| (ty, vec![source::Step::Index(index as usize)])),
            ),
            Step::ReaderBranch(index) => (
                branch(reader, index).map(|ty| (ty, vec![source::Step::Index(index as usize)])),
                None,
            ),
        };
        let below = |schema: &Schema, at: &Place, to: Option<(TypeId, Vec<source::Step>)>| match to {
            Some((ty, steps)) => place(schema, ty, at, &steps),
            None => at.clone(),
        };
        Visit {
            pair: edge.to,
            crumb: Some(self.trail.step(
                visit.crumb,
                edge.step,
                Parents {
                    reader: pair.reader,
                    writer: pair.writer,
                },
            )),
            reader_at: below(self.reader, &visit.reader_at, reader_below),
            writer_at: below(self.writer, &visit.writer_at, writer_below),
            possible,
        }
    }

    fn stop(&mut self, pair: &Pair, stop: &Stop, visit: &Visit, possible: bool) -> Result<(), Exhausted> {
        self.budget.spend(FINDING)?;
        let told = self.tell(pair, stop, visit);
        let last = stop
            .reader_field()
            .map(|index| field_name(&self.reader.get(pair.reader).kind, index));
        let evidence = if !possible {
            // Only what Confluent's rules forbid is worth telling where no data can ever come.
            if !stop.counts_for_confluent() {
                return Ok(());
            }
            Evidence::Policy(NO_VALUE)
        } else if matches!(stop, Stop::Name) {
            Evidence::Policy(READABLE)
        } else {
            match self
                .maker
                .make(&self.trail, visit.crumb, pair.writer, pair.reader, stop)?
            {
                Made::Evidence(evidence) => evidence,
                Made::Contradicted(why) => {
                    self.contradiction = Some(to_line!("{}: {why}", told.message));
                    Evidence::Omitted(why.into())
                }
            }
        };
        self.findings.push(Finding {
            rule: told.rule,
            effect: self.effect(told.rule, pair, stop, visit.crumb),
            outcome: told.rule.outcome.shown_by(&evidence),
            severity: told.severity,
            message: told.message,
            reader: told.reader,
            writer: told.writer,
            help: told.help,
            evidence,
            also: Vec::new(),
            never_written: matches!(stop, Stop::Missing(_) | Stop::DefaultField(_)),
            data_path: self.trail.data_path(self.writer, visit.crumb),
            reader_path: self.trail.reader_path(self.reader, visit.crumb, last.as_deref()),
        });
        Ok(())
    }

    /// What a stop does to a reader: the usual, unless the writer's type came as a branch of a union, or is null.
    fn effect(&self, rule: &Rule, pair: &Pair, stop: &Stop, crumb: Option<Crumb>) -> Effect {
        let is_null = |id: TypeId| matches!(self.writer.get(id).kind, Kind::Null);
        if !matches!(stop, Stop::Type | Stop::Branch) {
            return rule.effect;
        }
        if is_null(pair.writer) {
            return Effect::Null;
        }
        let mut above = self.trail.upwards(crumb);
        let last = above.find(|(step, _)| !matches!(step, Step::ReaderBranch(_)));
        match last.map(|(step, parents)| (step, &self.writer.get(parents.writer).kind)) {
            Some((Step::WriterBranch(_), Kind::Union(branches)))
                if branches.iter().filter(|id| !is_null(**id)).count() > 1 =>
            {
                Effect::OtherBranch
            }
            _ => rule.effect,
        }
    }

    #[allow(clippy::too_many_lines)] // One arm for each way to stop; they read best side by side.
    fn tell(&self, pair: &Pair, stop: &Stop, visit: &Visit) -> Told {
        let (reader_words, writer_words) = (words(self.reader, pair.reader), words(self.writer, pair.writer));
        let (reader, writer) = (&self.reader.get(pair.reader).kind, &self.writer.get(pair.writer).kind);
        let on_reader = |steps: &[source::Step], note: Line| label(self.reader, &visit.reader_at, steps, note);
        let on_writer = |steps: &[source::Step], note: Line| label(self.writer, &visit.writer_at, steps, note);
        let name_of = |kind: &Kind| {
            kind.named()
                .map(|named| named.name.full().to_owned())
                .unwrap_or_default()
        };
        let name_step = |kind: &Kind| match kind.named() {
            Some(_) => vec![key("name")],
            None => Vec::new(),
        };
        let reader_field = |index: u32| field_name(reader, index);
        let writer_field = |index: u32| field_name(writer, index);
        let at_name = |kind: &Kind, index: u32| at_field(kind, index, "name");
        let error = |rule: &'static Rule, message: Line, reader: Label, writer: Label, help: Line| Told {
            rule,
            severity: Severity::Error,
            message,
            reader,
            writer,
            help,
        };
        match stop {
            Stop::Type => error(
                &rules::TYPE_MISMATCH,
                to_line!("the reader takes {reader_words}, the writer sends {writer_words}"),
                on_reader(&name_step(reader), to_line!("takes {reader_words}")),
                on_writer(&name_step(writer), to_line!("sends {writer_words}")),
                to_line!(
                    "keep {writer_words}, or add a field of the new type beside the old one; a reader may widen int → long → float → double and exchange string and bytes"
                ),
            ),
            Stop::Name => error(
                &rules::NAME_MISMATCH,
                to_line!(
                    "the reader's `{}` is called `{}` by the writer",
                    name_of(reader),
                    name_of(writer)
                ),
                on_reader(&[key("name")], to_line!("`{}` here", name_of(reader))),
                on_writer(&[key("name")], to_line!("`{}` here", name_of(writer))),
                to_line!("give the reader's type the alias `{}`", name_of(writer)),
            ),
            Stop::Size => error(
                &rules::FIXED_SIZE_MISMATCH,
                to_line!("the reader takes {reader_words}, the writer sends {writer_words}"),
                on_reader(&[key("size")], "another size".into()),
                on_writer(&[key("size")], "the size that is sent".into()),
                "keep the size; for another one define a fixed of another name in a field of its own".into(),
            ),
            Stop::Symbols(numbers) => {
                let (list, first) = symbols(writer, numbers);
                error(
                    &rules::SYMBOL_UNKNOWN,
                    to_line!(
                        "the reader's `{}` does not know {list} and has no default",
                        name_of(reader)
                    ),
                    on_reader(&[key("symbols")], to_line!("no {list}, and no `default`")),
                    on_writer(
                        &[key("symbols"), source::Step::Index(first)],
                        "the writer may send this".into(),
                    ),
                    "add the symbols to the reader first, or give the reader's enum a `default`".into(),
                )
            }
            Stop::Missing(index) => {
                let name = reader_field(*index);
                error(
                    &rules::FIELD_WITHOUT_DEFAULT,
                    to_line!("the reader needs `{name}`, which the writer never wrote"),
                    on_reader(&at_name(reader, *index), to_line!("`{name}` has no default")),
                    on_writer(&name_step(writer), to_line!("no `{name}` in here")),
                    to_line!("give `{name}` a default, or an alias if the writer has it under another name"),
                )
            }
            Stop::TwoMatches { field, matches } => {
                let name = reader_field(*field);
                let [first, second] = matches.map(writer_field);
                error(
                    &rules::AMBIGUOUS_ALIAS,
                    to_line!("the reader's `{name}` matches both `{first}` and `{second}` of the writer"),
                    on_reader(
                        &at_name(reader, *field),
                        to_line!("by name or alias: `{first}` and `{second}`"),
                    ),
                    on_writer(&at_name(writer, matches[1]), "matched a second time".into()),
                    "drop the alias that names a field which still exists".into(),
                )
            }
            Stop::TwoClaims { fields, claimed } => {
                let [first, second] = fields.map(reader_field);
                let name = writer_field(*claimed);
                error(
                    &rules::AMBIGUOUS_ALIAS,
                    to_line!("the reader's `{first}` and `{second}` both claim the writer's `{name}`"),
                    on_reader(&at_name(reader, fields[1]), "claims it a second time".into()),
                    on_writer(&at_name(writer, *claimed), "claimed twice".into()),
                    "let only one field have this name or alias; decoders disagree on which of the two gets the data"
                        .into(),
                )
            }
            Stop::Branch => error(
                &rules::UNION_BRANCH_MISSING,
                to_line!("the reader's union {reader_words} has no branch for {writer_words}"),
                on_reader(&[], to_line!("no {writer_words} in here")),
                on_writer(&name_step(writer), "the writer may send this".into()),
                to_line!("add {writer_words} to the reader's union before any writer sends it"),
            ),
            Stop::Text => error(
                &rules::BYTES_NOT_TEXT,
                "the reader takes for text what the writer may fill with any bytes".into(),
                on_reader(&[], "must be UTF-8".into()),
                on_writer(&[], "may be any bytes".into()),
                "keep bytes in the reader; decoders differ: some refuse what is not UTF-8, others put � in its place"
                    .into(),
            ),
            Stop::Meaning(conflict) => {
                let (rule, message, help): (&'static Rule, Line, Line) = match conflict {
                    Conflict::Scale { reader, writer } => (
                        &rules::DECIMAL_CHANGED,
                        to_line!("the reader puts the decimal point after {reader} digits, the writer after {writer}"),
                        "keep the scale, or send the new amount in a field of its own; decoders do not convert".into(),
                    ),
                    Conflict::Precision { reader, writer } => (
                        &rules::DECIMAL_CHANGED,
                        to_line!("the reader allows {reader} digits, the writer sends up to {writer}"),
                        "let the reader's precision be at least the writer's".into(),
                    ),
                    Conflict::Kind { reader, writer } => (
                        &rules::LOGICAL_TYPE_CHANGED,
                        to_line!(
                            "the reader takes for {} what the writer means as {}",
                            reader.name(),
                            writer.name()
                        ),
                        "keep the logical type, or send the new meaning in a field of its own; decoders do not convert"
                            .into(),
                    ),
                };
                error(
                    rule,
                    message,
                    on_reader(&[], to_line!("read as {reader_words}")),
                    on_writer(&[], to_line!("meant as {writer_words}")),
                    help,
                )
            }
            Stop::Lossy => Told {
                rule: &rules::LOSSY_PROMOTION,
                severity: Severity::Warning,
                message: to_line!("the reader's {reader_words} cannot hold every {writer_words} exactly"),
                reader: on_reader(&[], to_line!("rounds to {reader_words}")),
                writer: on_writer(&[], to_line!("sends {writer_words}")),
                help: "fine for measurements; keep the integer type for ids, counts and money".into(),
            },
            Stop::DefaultField(index) => {
                let name = reader_field(*index);
                Told {
                    rule: &rules::FIELD_READ_AS_DEFAULT,
                    severity: Severity::Note,
                    message: to_line!("the reader sees its default for `{name}`, which the writer does not have"),
                    reader: on_reader(&at_name(reader, *index), "read as its default".into()),
                    writer: on_writer(&name_step(writer), to_line!("no `{name}` in here")),
                    help: to_line!("nothing to do, unless somebody takes the default of `{name}` for data"),
                }
            }
            Stop::DefaultSymbols(numbers) => {
                let (list, first) = symbols(writer, numbers);
                Told {
                    rule: &rules::SYMBOL_READ_AS_DEFAULT,
                    severity: Severity::Note,
                    message: to_line!("the reader sees its default for {list}"),
                    reader: on_reader(&[key("default")], "read as this".into()),
                    writer: on_writer(
                        &[key("symbols"), source::Step::Index(first)],
                        "the writer may send this".into(),
                    ),
                    help: "nothing to do, unless somebody takes the default for data".into(),
                }
            }
        }
    }
}

/// The steps from a record's place to a part of one of its fields.
fn at_field(kind: &Kind, index: u32, part: &str) -> Vec<source::Step> {
    let number = match kind {
        Kind::Record(record) => record.fields()[index as usize].number,
        _ => index,
    };
    vec![key("fields"), source::Step::Index(number as usize), key(part)]
}

fn field_name(kind: &Kind, index: u32) -> String {
    match kind {
        Kind::Record(record) => record.fields()[index as usize].name.to_string(),
        _ => String::new(),
    }
}

/// Symbols by number, quoted, at most five by name; and the number of the first.
fn symbols(kind: &Kind, numbers: &[u32]) -> (String, usize) {
    let Kind::Enum(symbols) = kind else {
        return (String::new(), 0);
    };
    let mut list: Vec<String> = numbers
        .iter()
        .take(5)
        .map(|&number| format!("`{}`", symbols.symbols()[number as usize]))
        .collect();
    if numbers.len() > list.len() {
        list.push(format!("{} more", numbers.len() - list.len()));
    }
    (list.join(", "), numbers.first().map_or(0, |&number| number as usize))
}
