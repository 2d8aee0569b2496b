//! What a change does to one published consumer.

use serde::{Deserialize, Serialize};
use treaty_contracts::{Assessment, Standing};
use treaty_schemas::Verdict;

use super::{Breaks, Finding, Place, Texts};

/// What a change does to one published consumer.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Consumer {
    /// The application.
    pub application: String,
    /// Who owns it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub owner: Option<String>,
    /// The event that it receives.
    #[serde(default)]
    pub event: String,
    /// Whether it can go on reading.
    pub verdict: Standing,
    /// What was found, each with its place in the consumer's contract.
    pub findings: Vec<Finding>,
    /// Why nobody can tell, where that is so.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub undecided: Option<String>,
}

impl Consumer {
    /// Tells an assessment: the consumer reads with an earlier schema what the proposed one writes.
    pub fn new(assessment: &Assessment) -> Consumer {
        Consumer::told(assessment, &mut Texts::default())
    }

    /// Tells all assessments of one candidate; its text is read once.
    pub fn all(assessments: &[Assessment]) -> Vec<Consumer> {
        let mut texts = Texts::default();
        let told = assessments
            .iter()
            .map(|assessment| Consumer::told(assessment, &mut texts));
        told.collect()
    }

    fn told(assessment: &Assessment, texts: &mut Texts) -> Consumer {
        let whose = [assessment.subject.as_str(), assessment.application.as_str()];
        let findings = assessment.findings.iter().map(|found| Finding {
            contract: Some(Place::new(&found.contract, texts)),
            ..Finding::new(&whose, Breaks::OldConsumers, &found.finding, None, texts)
        });
        Consumer {
            application: assessment.application.clone(),
            owner: assessment.owner.clone(),
            event: assessment.event.clone(),
            verdict: assessment.standing,
            findings: findings.collect(),
            undecided: assessment.undecided.clone(),
        }
    }

    /// What this consumer's standing means for the verdict over the change. A silent default counts as a break:
    /// the contract would say `onMissing: default` if the consumer could live with it. A consumer that does not say what
    /// it reads stops nobody: it is told, and whoever runs the registry may want [`Consumer::insist`].
    pub fn weight(&self) -> Verdict {
        match self.verdict {
            Standing::Compatible | Standing::Undeclared => Verdict::Compatible,
            Standing::Unknown => Verdict::Undecided,
            Standing::Silent | Standing::Incompatible => Verdict::Incompatible,
        }
    }

    /// Takes a consumer that does not say what it reads for one that nobody can tell of.
    pub fn insist(&mut self) {
        if self.verdict == Standing::Undeclared {
            self.verdict = Standing::Unknown;
            self.undecided = Some("its contract does not say what it reads".to_owned());
        }
    }

    /// The application with its owner: `billing (team-money)`.
    pub fn title(&self) -> String {
        match &self.owner {
            Some(owner) => format!("{} ({owner})", self.application),
            None => self.application.clone(),
        }
    }
}
