//! `treaty register`: brings schemas into the registry, and shows what a refused one would break.

use std::collections::HashMap;
use std::path::PathBuf;

use clap::Args;
use reqwest::{Method, StatusCode};
use serde::{Deserialize, Serialize};
use treaty_api::schemas::Reference;
use treaty_report::render::text;
use treaty_report::{Consumer, Report, Subject, plain};
use treaty_schemas::Verdict;

use crate::client::{Client, Refusal};
use crate::exit::{Exit, Failure};
use crate::global::{Format, Global};
use crate::opinions;
use crate::proposal::{self, Proposal};
use crate::proposals::Proposals;
use crate::terminal::Terminal;
use crate::workspace::Workspace;

/// What `treaty register` takes.
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  treaty register                                   what treaty.yaml sends
  treaty register order.avsc --subject orders.placed-value --references com.acme.Money=com.acme.Money:2")]
pub struct Arguments {
    /// The schema; what treaty.yaml sends when it is left out
    #[arg(requires = "subject")]
    pub file: Option<PathBuf>,
    /// The subject
    #[arg(long, value_name = "SUBJECT", requires = "file")]
    pub subject: Option<String>,
    /// What the schema refers to: NAME=SUBJECT:VERSION
    #[arg(long, value_name = "REFERENCE", requires = "file", num_args = 1.., value_parser = proposal::reference)]
    pub references: Vec<Reference>,
    /// Register the normalised text, in which spelling and order that mean nothing are gone
    #[arg(long)]
    pub normalize: bool,
    /// Say what would happen, and change nothing
    #[arg(long)]
    pub dry_run: bool,
}

/// The whole answer as JSON.
#[derive(Serialize)]
struct All<'a> {
    version: u32,
    schemas: &'a [Done],
}

/// What became of one schema.
#[derive(Serialize)]
struct Done {
    subject: String,
    file: String,
    outcome: Outcome,
    #[serde(skip_serializing_if = "Option::is_none")]
    id: Option<u32>,
    #[serde(skip_serializing_if = "Option::is_none")]
    version: Option<u32>,
    #[serde(skip_serializing_if = "Option::is_none")]
    message: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    report: Option<Report>,
}

#[derive(Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
enum Outcome {
    Registered,
    Unchanged,
    WouldRegister,
    Refused,
    Undecided,
}

/// The part of the registry's answers that every registry gives.
#[derive(Deserialize)]
struct Answer {
    id: u32,
    version: Option<u32>,
}

/// Does it, for each schema after those that it refers to, also after one was refused.
///
/// # Errors
/// A schema cannot be read or understood, or the registry cannot be asked.
pub fn run(arguments: &Arguments, global: &Global, terminal: &mut Terminal) -> Result<Exit, Failure> {
    let proposals = match (&arguments.file, &arguments.subject) {
        (Some(file), Some(subject)) => vec![Proposal::file(file, subject, arguments.references.clone(), global)?],
        _ => Proposal::sent(&Workspace::find(global)?, global)?,
    };
    let mut run = Run {
        arguments,
        global,
        client: Client::new(global)?,
        all: Proposals::new(&proposals),
        new: HashMap::new(),
    };
    let mut all = Vec::with_capacity(proposals.len());
    for proposal in run.all.ordered(&proposals) {
        let done = run.one(proposal, terminal)?;
        run.new.insert(&proposal.subject, done.outcome);
        if global.format == Format::Text {
            terminal.print(&reported(&done))?;
        }
        all.push(done);
    }
    if global.format == Format::Json {
        terminal.json(&All {
            version: 1,
            schemas: &all,
        })?;
    }
    let exits = all.iter().map(|done| match done.outcome {
        Outcome::Refused => Exit::Findings,
        Outcome::Undecided => Exit::Unknown,
        Outcome::Registered | Outcome::Unchanged | Outcome::WouldRegister => Exit::Fine,
    });
    // What is known to be wrong weighs more than what is not known.
    let worst = exits.max_by_key(|exit| (*exit == Exit::Findings, *exit));
    Ok(worst.unwrap_or(Exit::Fine))
}

/// Registering, or saying what it would come to.
struct Run<'p> {
    arguments: &'p Arguments,
    global: &'p Global,
    client: Client,
    all: Proposals<'p>,
    /// What became of the schemas before.
    new: HashMap<&'p str, Outcome>,
}

impl<'p> Run<'p> {
    fn one(&self, proposal: &'p Proposal, terminal: &mut Terminal) -> Result<Done, Failure> {
        let done = |outcome, answer: Option<Answer>| Done {
            subject: proposal.subject.clone(),
            file: proposal.source.name().to_owned(),
            outcome,
            id: answer.as_ref().map(|answer| answer.id),
            version: answer.and_then(|answer| answer.version),
            message: None,
            report: None,
        };
        let mut together = Vec::new();
        for (target, version) in self.all.direct(proposal) {
            if self.is_registered(target, version)? {
                continue;
            }
            match self.new.get(target.subject.as_str()) {
                Some(Outcome::WouldRegister) if self.next_version(target)? == version => together.push(target),
                Some(outcome @ (Outcome::Refused | Outcome::Undecided)) => {
                    let message = format!(
                        "it refers to version {version} of {}, which is not registered",
                        target.subject
                    );
                    return Ok(Done {
                        message: Some(message),
                        ..done(*outcome, None)
                    });
                }
                // What is not there is told at its place.
                _ => {}
            }
        }
        let schema = proposal.parse(&together, &self.client, self.global)?;
        terminal.warn(schema.warnings());
        let normalize = [("normalize", if self.arguments.normalize { "true" } else { "false" })];
        let subject = ["subjects", proposal.subject.as_str()];
        // A registry cannot look up what refers to a version that is not there.
        if together.is_empty() {
            let known: Result<Answer, Refusal> =
                self.client
                    .send_json(Method::POST, &subject, &normalize, &proposal.body())?;
            match known {
                Ok(answer) => return Ok(done(Outcome::Unchanged, Some(answer))),
                Err(refusal) if refusal.status == StatusCode::NOT_FOUND => {}
                Err(refusal) => return Err(self.client.failure(&refusal)),
            }
        }
        // A registry of another make has no such check; its own words have to do then.
        let report = match proposal.check(&together, &self.client)? {
            Ok(mut report) => {
                opinions::add(&mut report, &schema, &self.client, self.global);
                Some(report)
            }
            Err(refusal) if refusal.status == StatusCode::NOT_FOUND && !self.arguments.dry_run => None,
            Err(refusal) => return Err(self.client.failure(&refusal)),
        };
        let outcome = report.as_ref().map_or(Outcome::WouldRegister, outcome);
        if self.arguments.dry_run || outcome != Outcome::WouldRegister {
            return Ok(Done {
                report,
                ..done(outcome, None)
            });
        }
        let versions = ["subjects", proposal.subject.as_str(), "versions"];
        match self
            .client
            .send_json::<Answer>(Method::POST, &versions, &normalize, &proposal.body())?
        {
            Ok(answer) => Ok(Done {
                report,
                ..done(Outcome::Registered, Some(answer))
            }),
            Err(refusal) if refusal.status == StatusCode::CONFLICT => Ok(Done {
                report,
                message: Some(refusal.message),
                ..done(Outcome::Refused, None)
            }),
            Err(refusal) => Err(self.client.failure(&refusal)),
        }
    }

    fn is_registered(&self, target: &Proposal, version: i32) -> Result<bool, Failure> {
        let version = match version {
            -1 => "latest".to_owned(),
            version => version.to_string(),
        };
        let path = ["subjects", &target.subject, "versions", &version];
        match self.client.try_get::<serde_json::Value>(&path, &[])? {
            Ok(_) => Ok(true),
            Err(refusal) if refusal.status == StatusCode::NOT_FOUND => Ok(false),
            Err(refusal) => Err(self.client.failure(&refusal)),
        }
    }

    /// The version that a proposal becomes.
    fn next_version(&self, target: &Proposal) -> Result<i32, Failure> {
        let path = ["subjects", &target.subject, "versions"];
        match self.client.try_get::<Vec<i32>>(&path, &[("deleted", "true")])? {
            Ok(versions) => Ok(versions.into_iter().max().unwrap_or(0).saturating_add(1)),
            Err(refusal) if refusal.status == StatusCode::NOT_FOUND => Ok(1),
            Err(refusal) => Err(self.client.failure(&refusal)),
        }
    }
}

/// What registering comes to, by the report of its check: Confluent's rules decide under the level, and the consumers where the
/// registry enforces their contracts.
fn outcome(report: &Report) -> Outcome {
    let verdict = |subject: &Subject| {
        let confluent = subject.rule_sets.confluent.unwrap_or(Verdict::Undecided);
        let enforces = subject.contracts.as_deref() == Some("enforce");
        let consumers = subject.consumers.iter().flatten().filter(|_| enforces);
        consumers.map(Consumer::as_verdict).fold(confluent, Verdict::max)
    };
    match report.subjects.iter().map(verdict).max() {
        None | Some(Verdict::Compatible) => Outcome::WouldRegister,
        Some(Verdict::Undecided) => Outcome::Undecided,
        Some(Verdict::Incompatible) => Outcome::Refused,
    }
}

fn reported(done: &Done) -> String {
    let number = |version: Option<u32>| version.map_or(String::new(), |version| format!(" as version {version}"));
    let id = |id: Option<u32>| id.map_or(String::new(), |id| format!(" (id {id})"));
    let outcome = match done.outcome {
        Outcome::Registered => format!("registered{}{}", number(done.version), id(done.id)),
        Outcome::Unchanged => format!("already there{}{}", number(done.version), id(done.id)),
        Outcome::WouldRegister => "would be registered".to_owned(),
        Outcome::Undecided => "could not be decided".to_owned(),
        Outcome::Refused if done.report.as_ref().is_some_and(is_enforced) => {
            "refused: its settings say `contracts: enforce`".to_owned()
        }
        Outcome::Refused => "refused".to_owned(),
    };
    let mut line = format!("{}: {outcome}\n", plain(&done.subject));
    let report = done.report.as_ref().filter(|report| {
        let is_new = matches!(done.outcome, Outcome::Registered);
        !is_new || report.subjects.iter().any(has_something_to_tell)
    });
    if let (Some(report), Outcome::Registered) = (report, done.outcome)
        && report.verdict == Verdict::Incompatible
    {
        line += &format!("warning: {}: it is registered all the same\n", plain(&done.subject));
    }
    match (report, &done.message) {
        (Some(report), _) => text::render(report) + &line,
        (None, Some(message)) => format!("{}\n{line}", plain(message)),
        (None, None) => line,
    }
}

/// Whether the consumers alone are why it is refused.
fn is_enforced(report: &Report) -> bool {
    let is_allowed = |subject: &Subject| subject.rule_sets.confluent == Some(Verdict::Compatible);
    report.subjects.iter().all(is_allowed)
}

fn has_something_to_tell(subject: &Subject) -> bool {
    let consumers = subject.consumers.iter().flatten();
    let is_hurt = |consumer: &Consumer| consumer.as_verdict() != Verdict::Compatible || !consumer.findings.is_empty();
    !subject.findings.is_empty() || !subject.referrers.is_empty() || consumers.into_iter().any(is_hurt)
}
