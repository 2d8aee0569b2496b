//! What was found for one subject, put together pair by pair.

use serde::{Deserialize, Serialize};
use treaty_schemas::{Checked, Judgement, Line, Mode, RuleSet, Verdict, to_line};

use crate::merge::Merged;
use crate::{Consumer, Finding, Modes, Omitted, Referrer, Scope, summary};

/// What was found for one subject.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Subject {
    /// The subject; for files that are compared without a registry, the name of the proposed file.
    pub subject: Line,
    /// The compatibility level that was applied. Left out of a tree that was judged by buf's rules alone.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub mode: Option<Mode>,
    /// The level that the sender wants as well, where that is another one: both have to allow the change.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub wanted: Option<Mode>,
    /// The worst of both rule sets and of the consumers; of a tree that of buf's rules, and of what can happen to data where
    /// a mode was asked for.
    pub verdict: Verdict,
    /// The verdict over all pairs of each set of rules.
    pub rule_sets: RuleSets,
    /// The verdict in one sentence: what the mode says of the change, and whom it affects.
    pub summary: Line,
    /// The versions that the proposal was compared with, newest first. Empty for files.
    #[serde(default)]
    pub against: Vec<u32>,
    /// What was found, the worst first.
    pub findings: Vec<Finding>,
    /// Why a verdict could not be reached, where it could not.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub undecided: Vec<Line>,
    /// Every published consumer of the subject, those that break first. Left out where no registry was asked.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub consumers: Option<Vec<Consumer>>,
    /// What the registry does about a schema that hurts a consumer: `enforce`, `warn` or `ignore`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub contracts: Option<Line>,
    /// Subjects outside of the change whose schemas refer to this one, if somebody is hurt when they take the proposed version.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub referrers: Vec<Referrer>,
    /// What else there is to say about how it was judged.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub notes: Vec<Line>,
    /// What was left out so that the report stays within its bounds.
    #[serde(default, skip_serializing_if = "Omitted::is_empty")]
    pub omitted: Omitted,
}

impl Subject {
    /// A setting of the registry refuses the change, whatever the level says: why is in the notes.
    pub fn refused_by(&mut self, setting: &str) {
        self.summary = match self.verdict {
            Verdict::Incompatible => to_line!("{}; {setting} forbids it too", self.summary),
            Verdict::Compatible | Verdict::Undecided => to_line!("{setting} forbids this"),
        };
        self.verdict = Verdict::Incompatible;
        self.rule_sets.confluent = Some(Verdict::Incompatible);
    }
}

/// The verdict of each set of rules.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct RuleSets {
    /// The verdict that Confluent's registry gives. Left out where buf's rules alone were asked for; of a tree with a mode it is
    /// undecided, since that registry knows no trees.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub confluent: Option<Verdict>,
    /// What can really happen to data.
    pub semantic: Verdict,
    /// The verdict of buf's breaking rules, where a tree of `.proto` files was judged.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub buf: Option<Verdict>,
}

impl RuleSets {
    /// The worse of both.
    pub fn worst(self) -> Verdict {
        self.confluent
            .map_or(self.semantic, |confluent| confluent.max(self.semantic))
    }
}

/// A subject whose pairs are reported one by one, so that none of them is kept longer than it takes.
pub struct Judging {
    name: String,
    /// The subject of a registry; none where files are compared.
    subject: Option<String>,
    modes: Modes,
    confluent: Verdict,
    semantic: Verdict,
    against: Vec<u32>,
    undecided: Vec<Line>,
    merged: Merged,
}

/// Reasons why a verdict could not be reached that are reported.
const MAX_UNDECIDED: usize = 100;

impl Judging {
    /// Of a subject that is judged by these levels; nothing was compared yet.
    pub fn new(subject: &str, modes: Modes) -> Judging {
        Judging::named(subject, Some(subject), modes)
    }

    fn named(name: &str, subject: Option<&str>, modes: Modes) -> Judging {
        Judging {
            name: name.to_owned(),
            subject: subject.map(str::to_owned),
            modes,
            confluent: Verdict::Compatible,
            semantic: Verdict::Compatible,
            against: Vec::new(),
            undecided: Vec::new(),
            merged: Merged::default(),
        }
    }

    /// Adds what was found in one pair. `version` names the earlier schema, where it has one; the newest is added first.
    pub fn add(&mut self, checked: &Checked, version: Option<u32>) {
        self.confluent = self.confluent.max(checked.comparison.verdict(RuleSet::Confluent));
        self.semantic = self.semantic.max(checked.comparison.verdict(RuleSet::Semantic));
        if let Some(version) = version.filter(|version| !self.against.contains(version)) {
            self.against.push(version);
        }
        if let Some(reason) = &checked.comparison.undecided
            && self.undecided.len() < MAX_UNDECIDED
            && !self.undecided.contains(reason)
        {
            self.undecided.push(reason.clone());
        }
        let scope = Scope {
            subject: self.subject.as_deref().unwrap_or_default(),
            ..Scope::default()
        };
        self.merged.add(scope, checked, version);
    }

    /// The subject. `consumers` is `None` where nobody could be asked who reads it.
    pub fn finish(self, consumers: Option<Vec<Consumer>>) -> Subject {
        let rule_sets = RuleSets {
            confluent: Some(self.confluent),
            semantic: self.semantic,
            buf: None,
        };
        let consumers = consumers.map(|mut consumers| {
            consumers.sort_by_key(|consumer| std::cmp::Reverse(consumer.verdict));
            consumers
        });
        let affected = consumers.iter().flatten().map(Consumer::as_verdict).max();
        let (findings, omitted) = self.merged.finish();
        Subject {
            subject: self.name.into(),
            mode: Some(self.modes.level),
            wanted: self.modes.wanted,
            verdict: rule_sets.worst().max(affected.unwrap_or(Verdict::Compatible)),
            rule_sets,
            summary: summary::of(self.modes, rule_sets, consumers.as_deref()),
            against: self.against,
            findings,
            undecided: self.undecided,
            consumers,
            contracts: None,
            referrers: Vec::new(),
            notes: Vec::new(),
            omitted: Omitted {
                findings: omitted,
                ..Omitted::default()
            },
        }
    }
}

impl Subject {
    /// Its findings and those of its consumers, in this order.
    pub fn all_findings(&mut self) -> impl Iterator<Item = &mut Finding> {
        let of_referrers = self.referrers.iter_mut().flat_map(|referrer| &mut referrer.consumers);
        let consumers = self.consumers.iter_mut().flatten().chain(of_referrers);
        self.findings
            .iter_mut()
            .chain(consumers.flat_map(|consumer| &mut consumer.findings))
    }

    /// The report of a judgement over files. `name` is what they are called; `subject` the subject that they are for, if any is
    /// named: a file's own name is no part of what a finding is known by.
    pub fn of_files(name: &str, subject: Option<&str>, judgement: &Judgement) -> Subject {
        let mut judging = Judging::named(name, subject, judgement.mode.into());
        for checked in &judgement.checked {
            judging.add(checked, None);
        }
        judging.finish(None)
    }
}
