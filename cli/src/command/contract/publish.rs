//! `treaty contract publish`: the contract travels with the schemas that it names, after it has been held against them.

use std::path::PathBuf;

use clap::Args;
use reqwest::Method;
use treaty_api::contracts::{ContractPublished, Outcome};
use treaty_contracts::contract::{Pin, Reference, ReferenceTarget};
use treaty_contracts::published::{PinnedSchema, ReferencedText, SchemaRequest, Shared, Text as NamedText};
use treaty_contracts::{Contract, PublishedContract, Requirement, Standing, verify};
use treaty_report::plain;
use treaty_schemas::{Budget, Format as SchemaFormat, Reference as Text, Source};

use crate::client::Client;
use crate::exit::{Exit, Failure};
use crate::global::{Format, Global};
use crate::registered;
use crate::terminal::Terminal;
use crate::workspace::Workspace;

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
    let published = gather(&workspace, &client, global)?;
    let budget = global.budget();
    let contract = &workspace.contract;
    let opened = published.requirements(contract, &budget);
    // What ends with the budget is no fault of the contract's.
    budget.exhausted().map_or(Ok(()), |why| Err(Failure::from(why)))?;
    for requirement in &opened? {
        holds(requirement, &budget)?;
        if requirement.need.is_none() {
            terminal.say(&undeclared(requirement));
        }
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

/// The contract with every schema that it names.
fn gather(workspace: &Workspace, client: &Client, global: &Global) -> Result<PublishedContract, Failure> {
    let source = &workspace.contract.source;
    let mut schemas = Vec::new();
    let mut shared = Shared::default();
    for wanted in workspace.contract.schema_requests() {
        schemas.push(pinned(&wanted, workspace, client, global, &mut shared)?);
    }
    Ok(PublishedContract {
        file: text(source),
        schemas,
    })
}

fn pinned(
    wanted: &SchemaRequest<'_>,
    workspace: &Workspace,
    client: &Client,
    global: &Global,
    shared: &mut Shared,
) -> Result<PinnedSchema, Failure> {
    let (source, format, references) = match &wanted.pin {
        Pin::Version(version) => {
            let registered = registered::version(client, &wanted.receives.subject.value, &version.to_string());
            let registered = registered.map_err(|failure| workspace.placed(failure, wanted.span))?;
            (registered.source, registered.format, registered.references)
        }
        Pin::File(file) => {
            let source = workspace.text(file, global.max_schema_bytes);
            let source = source.map_err(|failure| workspace.placed(failure, wanted.span))?;
            let references = beside(&wanted.receives.references, workspace, client, global)?;
            let format = SchemaFormat::of_source(&source);
            (source, format, references)
        }
    };
    Ok(PinnedSchema {
        entry: wanted.entry,
        role: wanted.role,
        name: source.name().to_owned(),
        schema_type: format,
        schema: shared.one(source.text()),
        references: references
            .iter()
            .map(|reference| ReferencedText::new(format, reference, shared))
            .collect(),
    })
}

/// What a schema in a file refers to: other files, and registered versions with what those refer to.
fn beside(
    references: &[Reference],
    workspace: &Workspace,
    client: &Client,
    global: &Global,
) -> Result<Vec<Text>, Failure> {
    let mut texts: Vec<Text> = Vec::new();
    for reference in references {
        let found = match &reference.target {
            ReferenceTarget::File(file) => vec![Text {
                import: file.as_str().into(),
                source: workspace.text(file, global.max_schema_bytes)?,
            }],
            ReferenceTarget::Registered { name, subject, version } => {
                let registered = registered::version(client, subject, &version.to_string())?;
                let mut found = registered.references;
                found.push(Text {
                    import: name.as_str().into(),
                    source: registered.source,
                });
                found
            }
        };
        for text in found {
            if !texts.contains(&text) {
                texts.push(text);
            }
        }
    }
    Ok(texts)
}

fn text(source: &Source) -> NamedText {
    NamedText {
        name: source.name().to_owned(),
        text: source.text().to_owned(),
    }
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
    let found: Vec<String> = assessment
        .findings
        .iter()
        .take(FOUND)
        .map(ToString::to_string)
        .collect();
    let why = assessment
        .undecided
        .map(String::from)
        .into_iter()
        .chain(found)
        .collect::<Vec<_>>()
        .join("; ");
    Err(Failure::usage(format!(
        "this contract already fails for `{}` against the schema of its `builtAgainst`: {why}",
        requirement.event
    ))
    .help("correct what it reads, or `builtAgainst`"))
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
