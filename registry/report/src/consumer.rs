//! What a change does to one published consumer.

use std::collections::HashMap;

use serde::{Deserialize, Serialize};
use treaty_contracts::contract::Decode;
use treaty_contracts::{Assessment, Standing};
use treaty_schemas::text::shown::FINDINGS;
use treaty_schemas::{Line, Verdict, to_line};

use crate::place::is_empty;
use crate::{Breaks, Finding, FindingBuilder, Omitted, Scope, Texts};

/// What a change does to one published consumer.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Consumer {
    /// The application.
    pub application: Line,
    /// Who owns it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub owner: Option<Line>,
    /// The event that it receives.
    #[serde(default)]
    pub event: Line,
    /// The consumer group, where its contract names one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub group: Option<Line>,
    /// The entry of its contract: `treaty.yaml:13`. Empty where that is not known.
    #[serde(default, skip_serializing_if = "is_empty")]
    pub entry: Line,
    /// With which schema it decodes, where its contract says what it reads.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub decode: Option<Decode>,
    /// Whether it can go on reading.
    pub verdict: Standing,
    /// What was found, each with its place in the consumer's contract.
    pub findings: Vec<Finding>,
    /// Why it is undecided, where it is.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub undecided: Option<Line>,
    /// What was left out of its findings.
    #[serde(default, skip_serializing_if = "Omitted::is_empty")]
    pub omitted: Omitted,
}

impl Consumer {
    /// Of an assessment: the consumer reads with an earlier schema what the proposed one writes.
    pub fn new(assessment: &Assessment) -> Consumer {
        Consumer::first(assessment, &mut Texts::default(), FINDINGS)
    }

    fn first(assessment: &Assessment, texts: &mut Texts, most: usize) -> Consumer {
        let scope = Scope {
            subject: &assessment.subject,
            application: &assessment.application,
            event: &assessment.event,
            group: assessment.group.as_deref().unwrap_or_default(),
            ordinal: assessment.ordinal,
        };
        // They are in order, the worst first.
        let findings = assessment.findings.iter().take(most).map(|found| {
            FindingBuilder::new(scope, Breaks::OldConsumers, &found.finding)
                .contract(&found.contract)
                .build(texts)
        });
        Consumer {
            application: (&assessment.application).into(),
            owner: assessment.owner.as_ref().map(Line::from),
            event: (&assessment.event).into(),
            group: assessment.group.as_ref().map(Line::from),
            entry: assessment.entry.clone(),
            decode: assessment.decode,
            verdict: assessment.standing,
            findings: findings.collect(),
            undecided: assessment.undecided.clone(),
            omitted: Omitted {
                findings: assessment.findings.len().saturating_sub(most) as u64,
                ..Omitted::default()
            },
        }
    }

    /// What this consumer's standing means for the verdict over the change. A silent default counts as a break:
    /// the contract would say `onMissing: default` if the consumer could live with it. A consumer that does not say what
    /// it reads stops nobody: it is reported, and whoever runs the registry may want [`Consumer::treat_undeclared_as_unknown`].
    pub fn as_verdict(&self) -> Verdict {
        match self.verdict {
            Standing::Compatible | Standing::Undeclared => Verdict::Compatible,
            Standing::Unknown => Verdict::Undecided,
            Standing::Silent | Standing::Incompatible => Verdict::Incompatible,
        }
    }

    /// Takes a consumer that does not say what it reads for one that is unknown.
    pub fn treat_undeclared_as_unknown(&mut self) {
        if self.verdict == Standing::Undeclared {
            self.verdict = Standing::Unknown;
            self.undecided = Some("its contract does not say what it reads".into());
        }
    }

    /// The application with its owner: `billing (team-money)`.
    pub fn title(&self) -> Line {
        match &self.owner {
            Some(owner) => to_line!("{} ({owner})", self.application),
            None => self.application.clone(),
        }
    }
}

/// What consumers are called side by side: those of one application by their entries in its contract, `billing (team-money) at
/// treaty.yaml:13`.
pub fn titles(consumers: &[Consumer]) -> Vec<Line> {
    let mut entries: HashMap<&Line, usize> = HashMap::new();
    for consumer in consumers {
        *entries.entry(&consumer.application).or_default() += 1;
    }
    let title = |consumer: &Consumer| match entries[&consumer.application] > 1 && !consumer.entry.is_empty() {
        true => to_line!("{} at {}", consumer.title(), consumer.entry),
        false => consumer.title(),
    };
    consumers.iter().map(title).collect()
}

/// The assessments of one candidate, reported one by one, so that none of them is kept longer than it takes. Its text is read once.
#[derive(Default)]
pub struct Consumers {
    consumers: Vec<Consumer>,
    texts: Texts,
    findings: usize,
}

/// Findings that are reported of each consumer beyond those that all of them together may have.
const OF_EACH: usize = 10;

impl Consumers {
    /// Adds the next one.
    pub fn add(&mut self, assessment: &Assessment) {
        let most = FINDINGS.saturating_sub(self.findings).max(OF_EACH);
        let consumer = Consumer::first(assessment, &mut self.texts, most);
        self.findings += consumer.findings.len();
        self.consumers.push(consumer);
    }

    /// All of them: those that break first, then by name.
    pub fn finish(mut self) -> Vec<Consumer> {
        sort_consumers(&mut self.consumers);
        self.consumers
    }
}

/// Those that break first, then by name.
pub fn sort_consumers(consumers: &mut [Consumer]) {
    consumers.sort_by(|a, b| {
        let by_name = || (&a.application, &a.event, &a.group).cmp(&(&b.application, &b.event, &b.group));
        b.verdict.cmp(&a.verdict).then_with(by_name)
    });
}
