//! How a verdict is reported: what people and programs are given to read, and nothing that decides.
//!
//! [`Report`] is what the command line prints as JSON and what the web API answers. It is an interface:
//! `registry/report/report.schema.json` describes it, [`Report::VERSION`] counts its breaking changes, and members are only ever
//! added within a version. A report stands alone: it carries excerpts of the texts that it talks about, so that whoever receives
//! it can show both places without having the texts. [`render`] has a file for each form in which it is written.
//!
//! Invariant: nothing is decided here. Verdicts come from the engine and from the contracts; this is how they are shown.

mod consequence;
mod consumer;
mod declaration;
mod difference;
mod evidence;
mod finding;
mod fingerprint;
mod merge;
mod modes;
mod omitted;
mod place;
pub mod plain;
mod referrer;
pub mod render;
mod subject;
mod summary;
mod texts;
mod tree;
mod validation;

use serde::{Deserialize, Serialize};
pub use treaty_contracts::Standing;
use treaty_schemas::Verdict;

pub use consequence::Consequence;
pub use consumer::{Consumer, Consumers, sort_consumers};
pub use difference::{Broken, Counts, Difference, Edit};
pub use evidence::{EvidenceKind, Outcome, Says, SecondOpinion, Witness};
pub use finding::{Breaks, Finding, FindingBuilder, Scope};
pub use modes::Modes;
pub use omitted::{Omitted, fit_consumers, keep_worst_findings};
pub use place::{Excerpt, Place};
pub use plain::plain;
pub use referrer::Referrer;
pub use subject::{Judging, RuleSets, Subject};
pub use texts::Texts;
pub use treaty_schemas::ChangeKind;
pub use tree::TreeReport;
pub use validation::{FileDefect, Validation, Validity};

/// The report of one check.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Report {
    /// [`Report::VERSION`].
    pub version: u32,
    /// The worst verdict of all subjects.
    pub verdict: Verdict,
    /// What was judged, in the order in which it was given.
    pub subjects: Vec<Subject>,
    /// How many subjects were left out so that the report stays within its bounds.
    #[serde(default, skip_serializing_if = "Omitted::is_empty")]
    pub omitted: Omitted,
    /// Only [`Report::new`] makes one.
    #[serde(skip)]
    _small: Small,
}

/// What only this module has.
#[derive(Debug, Clone, Copy, Default)]
struct Small;

impl Report {
    /// The version of the report's form.
    pub const VERSION: u32 = 1;

    /// The report over these subjects; of none it is compatible. What is too much for a report is left out, never the
    /// verdict.
    pub fn new(mut subjects: Vec<Subject>) -> Report {
        let verdict = subjects.iter().map(|subject| subject.verdict).max();
        fingerprint::number(subjects.iter_mut().flat_map(Subject::all_findings));
        let omitted = omitted::fit(&mut subjects);
        Report {
            version: Report::VERSION,
            verdict: verdict.unwrap_or(Verdict::Compatible),
            subjects,
            omitted,
            _small: Small,
        }
    }
}
