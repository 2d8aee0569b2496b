//! `treaty register`: brings schemas into the registry, and shows what a refused one would break.

use std::path::PathBuf;

use clap::Args;
use reqwest::{Method, StatusCode};
use serde::{Deserialize, Serialize};
use treaty_api::schemas::Reference;
use treaty_report::render::text;
use treaty_report::{Report, Subject, plain};
use treaty_schemas::Verdict;

use crate::client::{Client, Refusal};
use crate::exit::{Exit, Failure};
use crate::global::{Format, Global};
use crate::proposal::{self, Proposal};
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

/// Does it, for each schema in turn, also after one was refused.
///
/// # Errors
/// A schema cannot be read or understood, or the registry cannot be asked.
pub fn run(arguments: &Arguments, global: &Global, terminal: &mut Terminal) -> Result<Exit, Failure> {
    let proposals = match (&arguments.file, &arguments.subject) {
        (Some(file), Some(subject)) => vec![Proposal::file(file, subject, arguments.references.clone(), global)?],
        _ => Proposal::sent(&Workspace::find(global)?, global)?,
    };
    let client = Client::new(global)?;
    let mut all = Vec::with_capacity(proposals.len());
    for proposal in &proposals {
        proposal.parse(&client, global)?;
        let done = one(proposal, arguments, &client)?;
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
        _ => Exit::Fine,
    });
    // What is known to be wrong weighs more than what is not known.
    let worst = exits.max_by_key(|exit| (*exit == Exit::Findings, *exit));
    Ok(worst.unwrap_or(Exit::Fine))
}

fn one(proposal: &Proposal, arguments: &Arguments, client: &Client) -> Result<Done, Failure> {
    let done = |outcome, answer: Option<Answer>| Done {
        subject: proposal.subject.clone(),
        file: proposal.source.name().to_owned(),
        outcome,
        id: answer.as_ref().map(|answer| answer.id),
        version: answer.and_then(|answer| answer.version),
        message: None,
        report: None,
    };
    let normalize = [("normalize", if arguments.normalize { "true" } else { "false" })];
    let subject = ["subjects", proposal.subject.as_str()];
    let known: Result<Answer, Refusal> = client.send_json(Method::POST, &subject, &normalize, &proposal.body())?;
    match known {
        Ok(answer) => return Ok(done(Outcome::Unchanged, Some(answer))),
        Err(refusal) if refusal.status == StatusCode::NOT_FOUND => {}
        Err(refusal) => return Err(client.failure(&refusal)),
    }
    if arguments.dry_run {
        let report = proposal.check(client)?.map_err(|refusal| client.failure(&refusal))?;
        let confluent = |subject: &Subject| subject.rule_sets.confluent.unwrap_or(Verdict::Undecided);
        let outcome = match report.subjects.iter().map(confluent).max() {
            None | Some(Verdict::Compatible) => Outcome::WouldRegister,
            Some(Verdict::Undecided) => Outcome::Undecided,
            Some(Verdict::Incompatible) => Outcome::Refused,
        };
        return Ok(Done {
            report: Some(report),
            ..done(outcome, None)
        });
    }
    let versions = ["subjects", proposal.subject.as_str(), "versions"];
    match client.send_json::<Answer>(Method::POST, &versions, &normalize, &proposal.body())? {
        Ok(answer) => Ok(done(Outcome::Registered, Some(answer))),
        Err(refusal) if refusal.status == StatusCode::CONFLICT => Ok(Done {
            // A registry of another make has no such check; its own words have to do then.
            report: proposal.check(client)?.ok(),
            message: Some(refusal.message),
            ..done(Outcome::Refused, None)
        }),
        Err(refusal) => Err(client.failure(&refusal)),
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
        Outcome::Refused => "refused".to_owned(),
    };
    let line = format!("{}: {outcome}\n", plain(&done.subject));
    match (&done.report, &done.message) {
        (Some(report), _) => text::render(report) + &line,
        (None, Some(message)) => format!("{}\n{line}", plain(message)),
        (None, None) => line,
    }
}
