//! From the graph of pairs to findings: each with its places, its help and its witness.

use std::collections::VecDeque;

use rustc_hash::FxHashSet;

use super::describe::{Meeting, Met, at_field, field_name};
use super::label::{key, label, place, root};
use super::mismatch::{Facts, Mismatch, Shown};
use super::pairs::{Edge, Edges, Pair, Pairs, Step};
use super::paths::{Parents, Paths};
use super::witness::{Built, Found, WitnessBuilder};
use crate::avro::data::minimal::Minimal;
use crate::avro::language::schema::{Kind, Place, Schema, TypeId};
use crate::budget::{Budget, Exhausted};
use crate::effect::{Effect, Outcome};
use crate::finding::{Evidence, Finding, Label};
use crate::path_tree::PathNode;
use crate::text::shown::Line;
use crate::text::source;
use crate::to_line;
use crate::verdict::Comparison;

const NO_VALUE: &str = "the writer's type has no values at all, so no payload can fail";

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
        builder: WitnessBuilder::new(reader, writer, &minimal, budget),
        paths: Paths::default(),
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
    node: Option<PathNode>,
    reader_at: Place,
    writer_at: Place,
    /// Where the writer's type is mentioned, if that is not where it is defined.
    mentioned: Option<Place>,
    /// Some payload gets here.
    possible: bool,
}

struct Walk<'s> {
    reader: &'s Schema,
    writer: &'s Schema,
    budget: &'s Budget,
    builder: WitnessBuilder<'s>,
    paths: Paths,
    contradiction: Option<Line>,
    findings: Vec<Finding>,
}

impl Walk<'_> {
    /// Everything that the graph shows, in the order in which it is met.
    fn all(&mut self, pairs: &Pairs, minimal: &Minimal<'_>) -> Result<(), Exhausted> {
        let mut seen = FxHashSet::default();
        // Breadth first: a place is reported by the shortest path to it, which also makes for the smallest witness.
        let mut todo = VecDeque::from([Visit {
            pair: 0,
            node: None,
            reader_at: root(self.reader),
            writer_at: root(self.writer),
            mentioned: None,
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
            for mismatch in &pair.mismatches {
                self.mismatch(pair, mismatch, &visit, possible)?;
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
        let field = |kind: &Kind, index: u32| {
            let field = kind.record()?.fields().get(index as usize)?;
            Some((field.ty, at_field(kind, index, "type")))
        };
        let inner = |kind: &Kind, part: &str| Some((kind.element()?, vec![key(part)]));
        let branch = |kind: &Kind, index: u32| {
            let branch = kind.branches().get(index as usize).copied()?;
            Some((branch, vec![source::Step::Index(index as usize)]))
        };
        let (reader_below, writer_below) = match edge.step {
            Step::Field {
                reader: index,
                writer: other,
            } => (field(reader, index), field(writer, other)),
            Step::Item => (inner(reader, "items"), inner(writer, "items")),
            Step::Entry => (inner(reader, "values"), inner(writer, "values")),
            Step::WriterBranch(index) => (None, branch(writer, index)),
            Step::ReaderBranch(index) => (branch(reader, index), None),
        };
        let mentioned = match &writer_below {
            Some((ty, steps)) if self.writer.get(*ty).kind.named().is_some() => {
                let mut at = visit.writer_at.clone();
                steps.iter().for_each(|step| at.path.push(step.clone()));
                Some(at)
            }
            _ => None,
        };
        let below = |schema: &Schema, at: &Place, to: Option<(TypeId, Vec<source::Step>)>| match to {
            Some((ty, steps)) => place(schema, ty, at, &steps),
            None => at.clone(),
        };
        Visit {
            pair: edge.to,
            node: Some(self.paths.step(
                visit.node,
                (
                    edge.step,
                    Parents {
                        reader: pair.reader,
                        writer: pair.writer,
                    },
                ),
            )),
            reader_at: below(self.reader, &visit.reader_at, reader_below),
            writer_at: below(self.writer, &visit.writer_at, writer_below),
            mentioned,
            possible,
        }
    }

    fn mismatch(&mut self, pair: &Pair, mismatch: &Mismatch, visit: &Visit, possible: bool) -> Result<(), Exhausted> {
        self.budget.spend(FINDING)?;
        let facts = mismatch.facts();
        let meeting = Meeting {
            reader: Met {
                schema: self.reader,
                ty: pair.reader,
                at: &visit.reader_at,
            },
            writer: Met {
                schema: self.writer,
                ty: pair.writer,
                at: &visit.writer_at,
            },
        };
        let words = (facts.words)(&meeting, mismatch);
        let last = mismatch
            .reader_field()
            .map(|index| field_name(&self.reader.get(pair.reader).kind, index));
        let evidence = if !possible {
            // Only what Confluent's rules forbid is worth telling where no data can ever come.
            if facts.confluent.is_none() {
                return Ok(());
            }
            Evidence::Policy(NO_VALUE)
        } else if facts.shown == Shown::Nothing {
            Evidence::None
        } else {
            let found = Found {
                node: visit.node,
                reader: pair.reader,
                writer: pair.writer,
                mismatch,
            };
            match self.builder.make(&self.paths, found)? {
                Built::Evidence(evidence) => evidence,
                Built::Contradicted(why) => {
                    self.contradiction = Some(to_line!("{}: {why}", words.message));
                    Evidence::Omitted(why.into())
                }
            }
        };
        self.findings.push(Finding {
            rule: facts.rule,
            effect: self.effect(&facts, pair, visit.node),
            outcome: match facts.shown {
                Shown::Nothing => Outcome::Same,
                Shown::Smallest
                | Shown::Field
                | Shown::Symbol
                | Shown::NotUtf8
                | Shown::Meaning
                | Shown::ManyDigits => facts.rule.outcome.shown_by(&evidence),
            },
            severity: facts.severity,
            message: words.message,
            reader: words.reader,
            writer: words.writer,
            help: words.help,
            evidence,
            also: self.also(&meeting, mismatch, visit)?,
            never_written: mismatch.is_unwritten(),
            data_path: self.paths.data_path(self.writer, visit.node),
            reader_path: self.paths.reader_path(self.reader, visit.node, last.as_deref()),
        });
        Ok(())
    }

    /// Of a branch that is missing: where it is mentioned, and the branch that had its name before.
    fn also(
        &self,
        meeting: &Meeting<'_>,
        mismatch: &Mismatch,
        visit: &Visit,
    ) -> Result<Vec<(Label, Label)>, Exhausted> {
        if *mismatch != Mismatch::MissingBranch {
            return Ok(Vec::new());
        }
        let mentioned = visit.mentioned.iter();
        let mut also: Vec<(Label, Label)> = mentioned
            .map(|at| {
                (
                    label(self.reader, &visit.reader_at, &[], ""),
                    label(self.writer, at, &[], ""),
                )
            })
            .collect();
        let (branches, named) = meeting.branches_and_name();
        if let Some(named) = named.filter(|named| !named.aliases.is_empty()) {
            self.budget.spend(branches.len())?;
            let branches = branches
                .iter()
                .filter_map(|branch| self.reader.get(*branch).kind.named())
                .filter(|branch| named.accepts(&branch.name));
            also.extend(branches.map(|branch| {
                (
                    self.reader.label_of(branch, &[key("name")], ""),
                    self.writer.label_of(named, &[key("name")], ""),
                )
            }));
        }
        Ok(also)
    }

    /// What a mismatch does to a reader: the usual, unless the writer's type came as a branch of a union, or is null.
    fn effect(&self, facts: &Facts, pair: &Pair, node: Option<PathNode>) -> Effect {
        let is_null = |id: TypeId| matches!(self.writer.get(id).kind, Kind::Null);
        if !facts.depends_on_branch {
            return facts.rule.effect;
        }
        if is_null(pair.writer) {
            return Effect::Null;
        }
        let mut above = self.paths.upwards(node);
        let last = above.find(|(step, _)| !matches!(step, Step::ReaderBranch(_)));
        let is_one_of_several = last.is_some_and(|(step, parents)| {
            let branches = self.writer.get(parents.writer).kind.branches().iter();
            matches!(step, Step::WriterBranch(_)) && branches.filter(|id| !is_null(**id)).count() > 1
        });
        match is_one_of_several {
            true => Effect::OtherBranch,
            false => facts.rule.effect,
        }
    }
}
