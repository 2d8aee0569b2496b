//! What happens to data between two trees of files, put beside what buf's rules find.
//!
//! The rules find what somebody relies on; here is asked whether a payload shows it. Both directions are looked at: the
//! current tree reads what the previous one wrote, and the other way round. Every message that both trees have is an event of
//! its own, so that a witness is no larger than its message; what a field holds is looked into there only where it is another
//! message by name. Messages are paired by full name; where a file has another package, by the name within.
//!
//! A message that is new is no finding: a tree does not say where it is sent, and nobody waits for it yet.
//!
//! Invariants: what is put beside an annotation is about the very thing that the annotation is about
//! ([`Element`](crate::protobuf::judgement::breaking::Element)), and of the sort that its rule guards
//! ([`Concern`]). The cost is linear in the size of the trees, for each field that both have and
//! whose messages are called otherwise in that of those messages, and limited.

mod index;
mod matching;
mod missing;
mod narrowed;
mod side;

use rustc_hash::FxHashSet;

use crate::budget::{Budget, Exhausted};
use crate::finding::Evidence;
use crate::mode::Direction;
use crate::protobuf::judgement::breaking::{Annotation, Concern, Element, rules};
use crate::protobuf::judgement::side::{Current, Files, Of, Previous};
use crate::protobuf::language::schema::FileId;
use crate::text::shown::Line;
use crate::text::source::Source;
use crate::tree::Consequence;
use crate::verdict::Verdict;
use index::Index;
use side::Side;

const NOT_REACHED: &str = "the work that is allowed was done before it was looked at";

const SHADOWED: &str = "another change of the same thing affects data before this one could";

const CUT: &str = "of an enum whose numbers change no more than the first hundred are looked at";

/// More candidates than these are not tried for one annotation and one direction.
const MAX_TRIED: usize = 8;

/// What data shows of two trees.
#[derive(Debug, Default)]
pub struct DataVerdicts {
    /// For each annotation in its order, what data shows of it.
    pub of: Vec<DataVerdict>,
    /// What becomes of data though no annotation says so.
    pub unannotated: Vec<Consequence>,
    /// Why there may be more, where that is so.
    pub undecided: Option<Line>,
}

/// What data shows of one annotation.
#[derive(Debug)]
pub enum DataVerdict {
    /// What becomes of data, for one direction or both; what weighs more is first.
    Affected(Vec<Consequence>),
    /// No payload shows it; why.
    Unaffected(&'static str),
    /// Nothing is shown; why.
    Unknown(&'static str),
}

impl DataVerdicts {
    /// The verdict over these directions.
    pub fn verdict(&self, directions: &[Direction]) -> Verdict {
        let consequences = self.of.iter().flat_map(|verdict| match verdict {
            DataVerdict::Affected(consequences) => consequences.as_slice(),
            DataVerdict::Unaffected(_) | DataVerdict::Unknown(_) => &[],
        });
        let is_affected =
            |consequence: &Consequence| consequence.is_error() && directions.contains(&consequence.direction);
        if consequences.chain(&self.unannotated).any(is_affected) {
            Verdict::Incompatible
        } else if self.undecided.is_some() && !directions.is_empty() {
            Verdict::Undecided
        } else {
            Verdict::Compatible
        }
    }
}

/// Two trees, and what is to be said of them.
#[derive(Debug, Clone, Copy)]
pub struct Trees<'s> {
    /// The proposed tree.
    pub current: Files<'s, Current>,
    /// The earlier tree.
    pub previous: Files<'s, Previous>,
    /// What stands in the place of a file that the current tree does not have.
    pub missing_source: &'s Source,
}

/// Puts what data shows beside annotations, and records what it shows besides in files that `judges` says yes to: given a
/// file of the current tree, of the previous one, or both. Where the budget ends, nothing is shown of what was not looked at
/// until then, and the verdict is open.
pub fn judge_data(
    trees: Trees<'_>,
    annotations: &[Annotation],
    judges: impl Fn(Option<Of<Current, FileId>>, Option<Of<Previous, FileId>>) -> bool,
    budget: &Budget,
) -> DataVerdicts {
    let mut verdicts = DataVerdicts::default();
    if let Err(why) = fill(&mut verdicts, trees, annotations, judges, budget) {
        verdicts
            .of
            .resize_with(annotations.len(), || DataVerdict::Unknown(NOT_REACHED));
        verdicts.undecided = Some(Line::new(why));
    }
    verdicts
}

fn fill(
    verdicts: &mut DataVerdicts,
    trees: Trees<'_>,
    annotations: &[Annotation],
    judges: impl Fn(Option<Of<Current, FileId>>, Option<Of<Previous, FileId>>) -> bool,
    budget: &Budget,
) -> Result<(), Exhausted> {
    let calls: FxHashSet<_> = annotations.iter().filter_map(|found| call(found.element)).collect();
    let side = |direction| -> Result<(Side<'_>, Index), Exhausted> {
        let side = Side::new(direction, trees, &calls, budget)?;
        let index = Index::new(&side);
        Ok((side, index))
    };
    let mut sides = [side(Direction::Backward)?, side(Direction::Forward)?];
    for annotation in annotations {
        let verdict = verdict(annotation, &mut sides)?;
        verdicts.of.push(verdict);
    }
    for (side, _) in &mut sides {
        side.unannotated(&judges, &mut verdicts.unannotated)?;
        if let Some(doubt) = side.doubt.take() {
            verdicts.undecided.get_or_insert(doubt);
        }
    }
    Ok(())
}

/// The messages of a call, previous before current.
fn call(element: Element) -> Option<index::Call> {
    match element {
        Element::Call { previous, current } => Some((previous, current)),
        Element::File(_)
        | Element::Package(_)
        | Element::Message(_)
        | Element::Field(..)
        | Element::Oneof(..)
        | Element::Enum(_)
        | Element::Value(..)
        | Element::Service => None,
    }
}

fn verdict(annotation: &Annotation, sides: &mut [(Side<'_>, Index); 2]) -> Result<DataVerdict, Exhausted> {
    let concern = rules::concern(annotation.rule);
    if concern == Concern::Java {
        return Ok(DataVerdict::Unknown(concern.unaffected()));
    }
    if !concern.shows_in_data() {
        return Ok(DataVerdict::Unaffected(concern.unaffected()));
    }
    let mut consequences = Vec::new();
    let mut is_spent = false;
    let mut is_shadowed = false;
    let mut is_cut = false;
    let is_unfinished = sides.iter().any(|(side, _)| side.is_unfinished());
    for (side, index) in sides {
        if let Some(missing) = side.missing(annotation.element)? {
            consequences.push(missing);
            continue;
        }
        let element = annotation.element;
        let (candidates, others): (Vec<usize>, Vec<usize>) = index
            .of(element, side)
            .partition(|&place| accepts(concern, element, side.found(place)));
        is_cut |= index.is_cut(element, side);
        is_spent |= side.is_spent() && !candidates.is_empty();
        is_shadowed |= others.into_iter().any(|place| side.found(place).mismatch.is_error());
        consequences.extend(side.best(&candidates, element)?);
    }
    let weight = |consequence: &Consequence| {
        (
            consequence.finding.severity,
            matches!(consequence.finding.evidence, Evidence::Witness(_)),
        )
    };
    consequences.sort_by_key(|consequence| std::cmp::Reverse(weight(consequence)));
    Ok(match consequences.as_slice() {
        [] if is_spent => DataVerdict::Unknown(super::witness::SPENT),
        [] if is_unfinished => DataVerdict::Unknown(super::UNFINISHED),
        [] if is_cut => DataVerdict::Unknown(CUT),
        [] if is_shadowed => DataVerdict::Unknown(SHADOWED),
        [] => DataVerdict::Unaffected(concern.unaffected()),
        _ => DataVerdict::Affected(consequences),
    })
}

/// Whether a mismatch is of the sort that a rule guards.
fn accepts(concern: Concern, element: Element, found: &super::walk::Found<'_>) -> bool {
    let is_deep = found.node.is_some();
    let is_guarded = || found.mismatch.facts().concerns.contains(&concern);
    match concern {
        Concern::Message => matches!(element, Element::Field(..)),
        Concern::Call => true,
        // What another message holds is a matter of the type.
        Concern::Type => is_deep || is_guarded(),
        Concern::Values => is_guarded(),
        Concern::Deletion
        | Concern::Name
        | Concern::Cardinality
        | Concern::Default
        | Concern::Oneof
        | Concern::Text
        | Concern::Required => !is_deep && is_guarded(),
        Concern::Package
        | Concern::Syntax
        | Concern::Java
        | Concern::Service
        | Concern::Future
        | Concern::Promise
        | Concern::Code => false,
    }
}
