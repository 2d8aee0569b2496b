//! A mode over a history: every pair that the mode asks for, and the verdict over all of them.

use crate::budget::{Budget, Exhausted};
use crate::finding::Finding;
use crate::mode::{Direction, Mode};
use crate::protobuf::judgement::reused;
use crate::schema::{Schema, check};
use crate::verdict::{Comparison, RuleSet, Verdict};

/// One pair that was checked.
#[derive(Debug, Clone)]
pub struct Checked {
    /// The index of the earlier schema in the history.
    pub earlier: usize,
    /// Who read whom.
    pub direction: Direction,
    /// What was found.
    pub comparison: Comparison,
}

/// What a mode says of a proposed schema.
#[derive(Debug, Clone)]
pub struct Judgement {
    /// The mode.
    pub mode: Mode,
    /// The pairs, the newest of the history first; for each version in the order of [`Mode::directions`].
    pub checked: Vec<Checked>,
}

impl Judgement {
    /// The verdict of one set of rules over all pairs.
    pub fn verdict(&self, rules: RuleSet) -> Verdict {
        self.checked
            .iter()
            .map(|checked| checked.comparison.verdict(rules))
            .max()
            .unwrap_or(Verdict::Compatible)
    }

    /// The worse of both verdicts.
    pub fn worst(&self) -> Verdict {
        self.verdict(RuleSet::Confluent).max(self.verdict(RuleSet::Semantic))
    }
}

/// Judges `proposed` against `history` (oldest first) under `mode`. An empty history is always compatible.
///
/// Where the budget ends, the pair under way and those after it are undecided.
pub fn judge(mode: Mode, proposed: &Schema, history: &[Schema], budget: &Budget) -> Judgement {
    Judgement {
        mode,
        checked: pairs(mode, proposed, history, budget).collect(),
    }
}

/// The pairs of [`Judgement::checked`], each checked when it is asked for: whoever reads a long history a few versions at a
/// time need not have all of it in memory.
pub fn pairs<'s>(
    mode: Mode,
    proposed: &'s Schema,
    history: &'s [Schema],
    budget: &'s Budget,
) -> impl Iterator<Item = Checked> + 's {
    let compared = if mode.is_transitive() { history.len() } else { 1 };
    let newest_first = history.iter().enumerate().rev().take(compared);
    newest_first.flat_map(move |(earlier, schema)| {
        mode.directions().iter().map(move |&direction| {
            let (reader, writer) = direction.reader_and_writer(proposed, schema);
            let mut comparison = check(reader, writer, budget);
            // What was reserved is reported once: of the latest version, and where both directions are asked for, of new readers.
            if earlier + 1 == history.len() && Some(&direction) == mode.directions().last() {
                add_reused(&mut comparison, proposed, history, direction, budget);
            }
            Checked {
                earlier,
                direction,
                comparison,
            }
        })
    })
}

/// What is remembered of a history whose versions are compared one by one, the newest first: with [`pairs`] each of them would be the
/// latest, and what is said of a history would be said again of each.
#[derive(Debug, Clone, Default)]
pub struct Walked(reused::Walked);

impl Walked {
    /// The pairs of the next older version.
    pub fn pairs(&mut self, mode: Mode, proposed: &Schema, earlier: &Schema, budget: &Budget) -> Vec<Checked> {
        let mut checked = Vec::with_capacity(mode.directions().len());
        for &direction in mode.directions() {
            let (reader, writer) = direction.reader_and_writer(proposed, earlier);
            let mut comparison = check(reader, writer, budget);
            if Some(&direction) == mode.directions().last() {
                add(&mut comparison, || {
                    proposed.reused_of_one(earlier, &mut self.0, direction, budget)
                });
            }
            checked.push(Checked {
                earlier: 0,
                direction,
                comparison,
            });
        }
        checked
    }
}

/// Adds what the latest version of a history reserves and the proposed schema uses again, after the errors.
fn add_reused(
    comparison: &mut Comparison,
    proposed: &Schema,
    history: &[Schema],
    direction: Direction,
    budget: &Budget,
) {
    add(comparison, || proposed.reused(history, direction, budget));
}

fn add(comparison: &mut Comparison, found: impl FnOnce() -> Result<Vec<Finding>, Exhausted>) {
    // Of a pair whose budget ended nothing else is reported.
    if comparison.undecided.is_some() && comparison.findings.is_empty() {
        return;
    }
    if let Ok(found) = found() {
        comparison.findings.extend(found);
        comparison
            .findings
            .sort_by_key(|finding| std::cmp::Reverse(finding.severity));
    }
}
