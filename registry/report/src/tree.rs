//! The report over two trees: what the rules forbid, each with what data shows of it, and then what data shows besides.

use std::collections::HashSet;

use treaty_schemas::tree::{Consequence as DataConsequence, Forbidden, JudgedTree};
use treaty_schemas::{Mode, Verdict};

use crate::{Breaks, Consequence, Finding, FindingBuilder, Omitted, RuleSets, Scope, Subject, Texts};

/// A module of a tree that was judged against an earlier one.
pub struct TreeReport<'a> {
    /// The subject that the tree is for, if one is named.
    pub subject: Option<&'a str>,
    /// The mode, where data decides too.
    pub mode: Option<Mode>,
    /// The verdict.
    pub judged: &'a JudgedTree,
}

impl TreeReport<'_> {
    /// The report.
    pub fn report(&self, name: &str) -> Subject {
        let judged = self.judged;
        let mut texts = Texts::default();
        let files: HashSet<&str> = judged.forbidden.iter().map(|forbidden| &*forbidden.file).collect();
        let is_affecting = |forbidden: &&Forbidden| {
            forbidden
                .consequences
                .iter()
                .any(|consequence| self.counts(consequence))
        };
        let affecting = judged.forbidden.iter().filter(is_affecting).count();
        let forbidden = judged.forbidden.iter();
        let mut findings: Vec<Finding> = forbidden.map(|forbidden| self.finding(forbidden, &mut texts)).collect();
        let ruled = match (findings.is_empty(), judged.unread.is_empty()) {
            (true, true) => Verdict::Compatible,
            (true, false) => Verdict::Undecided,
            (false, _) => Verdict::Incompatible,
        };
        let places = findings.len();
        for consequence in judged.unannotated.iter().filter(|consequence| self.counts(consequence)) {
            let breaks = consequence.direction.into();
            findings.push(FindingBuilder::new(self.scope(), breaks, &consequence.finding).build(&mut texts));
        }
        let rule_sets = RuleSets {
            confluent: self.mode.map(|_| Verdict::Undecided),
            semantic: judged.data.unwrap_or(Verdict::Undecided),
            buf: Some(ruled),
        };
        Subject {
            subject: name.into(),
            mode: self.mode,
            wanted: None,
            verdict: match (self.mode, judged.data) {
                (Some(_), Some(data)) => ruled.max(data),
                (Some(_), None) | (None, _) => ruled,
            },
            rule_sets,
            summary: self
                .summary([places, files.len()], judged.data, [affecting, findings.len() - places])
                .into(),
            against: Vec::new(),
            findings,
            undecided: judged.unread.iter().chain(&judged.undecided).cloned().collect(),
            consumers: None,
            contracts: None,
            referrers: Vec::new(),
            notes: Vec::new(),
            omitted: Omitted::default(),
        }
    }

    fn scope(&self) -> Scope<'_> {
        Scope {
            subject: self.subject.unwrap_or_default(),
            ..Scope::default()
        }
    }

    /// Whether somebody is affected in a direction that is asked for.
    fn counts(&self, consequence: &DataConsequence) -> bool {
        consequence.is_error() && self.judged.directions.contains(&consequence.direction)
    }

    fn finding(&self, forbidden: &Forbidden, texts: &mut Texts) -> Finding {
        let found = forbidden.consequences.iter();
        let consequences =
            found.map(|consequence| Consequence::new(Breaks::from(consequence.direction), &consequence.finding));
        FindingBuilder::new(self.scope(), forbidden.direction.into(), &forbidden.finding)
            .consequences(consequences.collect())
            .about(forbidden.about.clone())
            .build(texts)
    }

    /// For instance `buf's rules forbid this in 3 places of one file; data is affected in 2 of them`.
    fn summary(
        &self,
        [places, files]: [usize; 2],
        semantic: Option<Verdict>,
        [affecting, besides]: [usize; 2],
    ) -> String {
        let rules = &self.judged.rules;
        let ruled = match (places, files) {
            (0, _) if !self.judged.unread.is_empty() => format!("{rules} allow this as far as they could be read"),
            (0, _) => format!("{rules} allow this"),
            (1, _) => format!("{rules} forbid this in one place"),
            (places, 1) => format!("{rules} forbid this in {places} places of one file"),
            (places, files) => format!("{rules} forbid this in {places} places of {files} files"),
        };
        let more = match besides {
            1 => "one place".to_owned(),
            more => format!("{more} places"),
        };
        let number = |number: usize| match number {
            1 => "one".to_owned(),
            number => number.to_string(),
        };
        let reported = match (semantic, places, affecting, besides) {
            (None, ..) => return ruled,
            (Some(Verdict::Compatible), ..) => "no data is affected".to_owned(),
            (Some(Verdict::Undecided), ..) => "whether data is affected could not be decided".to_owned(),
            (_, 0, ..) => return format!("{ruled}, but data is affected in {more}"),
            (_, _, 0, _) => format!("data is affected in {more} that they allow"),
            (_, 1, _, 0) => "data is affected there".to_owned(),
            (_, _, all, 0) if all == places => "data is affected in all of them".to_owned(),
            (_, _, some, 0) => format!("data is affected in {} of them", number(some)),
            (_, 1, ..) => format!("data is affected there, and in {more} that they allow"),
            (_, _, some, _) => format!(
                "data is affected in {} of them, and in {more} that they allow",
                number(some)
            ),
        };
        format!("{ruled}; {reported}")
    }
}
