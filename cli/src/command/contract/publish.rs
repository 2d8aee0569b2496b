//! `treaty contract publish`: the contract travels with the schemas that it names, after it has been held against them.

use std::path::PathBuf;

use clap::Args;
use reqwest::Method;
use treaty_api::contracts::{ContractPublished, Outcome};
use treaty_contracts::{Contract, Requirement, Standing, verify};
use treaty_report::render::text;
use treaty_report::{Consumer, plain};
use treaty_schemas::{Budget, Severity};

use crate::client::Client;
use crate::exit::{Exit, Failure};
use crate::gathered;
use crate::global::{Format, Global};
use crate::received;
use crate::terminal::Terminal;
use crate::workspace::Workspace;

mod warnings;

/// What `treaty contract publish` takes.
#[derive(Debug, Args)]
pub struct Arguments {
    /// The contract; treaty.yaml here or in a directory above when it is left out
    pub file: Option<PathBuf>,
    /// Say what would happen, and change nothing
    #[arg(long)]
    pub dry_run: bool,
}

/// Does it.
///
/// # Errors
/// The contract is wrong, does not hold against what it was built against, or the registry cannot be asked.
pub fn run(arguments: &Arguments, global: &Global, terminal: &mut Terminal) -> Result<Exit, Failure> {
    let workspace = match &arguments.file {
        Some(file) => Workspace::read(file, global)?,
        None => Workspace::find(global)?,
    };
    let client = Client::new(global)?;
    let published = gathered::gather(&workspace, &client, global)?;
    let budget = global.budget_of_report();
    let contract = &workspace.contract;
    let opened = published.requirements(contract, &budget);
    // What ends with the budget is no fault of the contract's.
    budget.exhausted().map_or(Ok(()), |why| Err(Failure::from(why)))?;
    let requirements = opened?;
    for requirement in &requirements {
        match requirement.wrong_event() {
            Some((Severity::Error, problem)) => return Err(problem.into()),
            Some((_, problem)) => terminal.say(&warnings::line(&problem)),
            None => {}
        }
        holds(requirement, &budget)?;
        if requirement.need.is_none() {
            terminal.say(&undeclared(requirement));
        }
    }
    let received = received::judge(contract, &requirements, &client, &budget)?;
    let misunderstood = received.iter().flat_map(warnings::misunderstood);
    for warning in warnings::of(&workspace, &published, &client)?
        .into_iter()
        .chain(misunderstood)
    {
        terminal.say(&warning);
    }
    let answer = match arguments.dry_run {
        true => None,
        false => {
            let path = ["api", "v1", "contracts", contract.application.value.as_str()];
            let answer = client.send_json::<ContractPublished>(Method::PUT, &path, &[], &published)?;
            Some(answer.map_err(|refusal| client.failure(&refusal))?)
        }
    };
    match global.format {
        Format::Text => terminal.print(&reported(contract, answer.as_ref()))?,
        Format::Json => terminal.json(&serde_json::json!({
            "version": 1,
            "application": contract.application.value,
            "outcome": answer.as_ref().map(|answer| answer.outcome),
            "hash": published.hash(),
            "sends": contract.sends.len(),
            "receives": contract.receives.len(),
        }))?,
    }
    Ok(Exit::Fine)
}

/// So many of the reasons why a contract does not hold are reported.
const FOUND: usize = 20;

/// A contract that does not hold against what it was built against has never held.
fn holds(requirement: &Requirement, budget: &Budget) -> Result<(), Failure> {
    let Some(assessment) = verify(requirement, budget) else {
        return Ok(());
    };
    budget.exhausted().map_or(Ok(()), |why| Err(Failure::from(why)))?;
    if assessment.standing == Standing::Compatible {
        return Ok(());
    }
    let mut consumer = Consumer::new(&assessment);
    consumer.findings.truncate(FOUND);
    let why = assessment.undecided.map_or(String::new(), |why| format!(": {why}"));
    let failure = Failure::usage(format!(
        "this contract already fails for `{}` against the schema of its `builtAgainst`{why}",
        requirement.event
    ));
    Err(Failure {
        findings: text::findings(&consumer),
        ..failure.help("correct what it reads, or `builtAgainst`")
    })
}

/// Nobody can be warned of what affects a consumer that does not say what it reads.
fn undeclared(requirement: &Requirement) -> String {
    let place = requirement.contract.point(requirement.span.start);
    plain(&format!(
        "warning: {}:{place}: `{}` says neither `reads` nor `reader`, so no change is judged for it; \
         `reads: all` with `builtAgainst` is a good first step",
        requirement.contract.name(),
        requirement.event
    ))
    .into_owned()
}

fn reported(contract: &Contract, answer: Option<&ContractPublished>) -> String {
    let outcome = match answer.map(|answer| answer.outcome) {
        None => "would be published",
        Some(Outcome::Created) => "published",
        Some(Outcome::Replaced) => "published in place of the one before",
        Some(Outcome::Unchanged) => "already published",
    };
    let owner = contract
        .owner
        .as_ref()
        .map_or(String::new(), |owner| format!(" ({})", owner.value));
    let count = |number: usize| match number {
        1 => "1 event".to_owned(),
        _ => format!("{number} events"),
    };
    format!(
        "{}: {outcome}; it sends {} and receives {}\n",
        plain(&format!("{}{owner}", contract.application.value)),
        count(contract.sends.len()),
        count(contract.receives.len())
    )
}
