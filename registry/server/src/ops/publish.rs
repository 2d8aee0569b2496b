//! Publishing a contract: the one place that decides whether an application's word is taken.
//!
//! Invariants: what is kept can be read again, holds for the schemas that it says it was built against, and those are what
//! the registry has under the versions that it names.

use std::collections::HashSet;

use treaty_api::contracts::{ContractPublished, Outcome};
use treaty_api::report::Consumer;
use treaty_contracts::contract::Pin;
use treaty_contracts::published::{PinnedSchema, ReferencedText, Wanted};
use treaty_contracts::{Contract, PublishedContract, Requirement, Standing, verify};
use treaty_schemas::{Budget, Format, Options, Schema, Source, Strictness, json};
use treaty_store::{DEFAULT_CONTEXT, Published, Role, Which};

use crate::app::App;
use crate::ops::register::now;
use crate::ops::{references, work, write};
use crate::params::valid_subject;
use crate::problem::Problem;

/// The version of contracts whose applications do not record theirs.
pub const VERSION: &str = "";

/// Publishes a contract. Schemas that it names by version and does not bring are taken from the registry.
///
/// # Errors
/// 422 when it cannot be read, names a version that is not there or is another text, or does not hold for what it was built
/// against: then with every finding.
pub async fn publish(app: &App, application: &str, sent: PublishedContract) -> Result<ContractPublished, Problem> {
    let source = Source::new(sent.file.name.as_str(), sent.file.text.as_str());
    let contract = Contract::read(&source).map_err(|error| Problem::BadContract(error.to_string(), Vec::new()))?;
    if contract.application.value != application {
        return Err(Problem::BadContract(
            format!(
                "the contract is that of `{}`, it was sent for `{application}`",
                contract.application.value
            ),
            Vec::new(),
        ));
    }
    let subjects = subjects(app, &contract)?;
    let published = complete(app, &contract, sent).await?;
    let document = serde_json::to_string(&published).map_err(|error| Problem::internal(error.to_string()))?;
    let hash = published.hash();
    let held = work::compare(app, move |budget| hold(&published, budget)).await?;
    let requirements = held.whole(app)??;
    tracing::debug!(application, requirements = requirements.len(), "contract holds");
    let stored = treaty_store::Contract {
        application: application.to_owned(),
        version: VERSION.to_owned(),
        owner: contract.owner.map(|owner| owner.value).unwrap_or_default(),
        document,
        hash: hash.clone(),
        published_at: now(),
    };
    let store = app.store.clone();
    let work = async move { store.publish_contract(DEFAULT_CONTEXT, &stored, &subjects).await };
    let outcome = write::to_its_end(work).await?;
    Ok(ContractPublished {
        application: application.to_owned(),
        outcome: match outcome {
            Published::Created => Outcome::Created,
            Published::Replaced => Outcome::Replaced,
            Published::Unchanged => Outcome::Unchanged,
        },
        hash,
    })
}

/// Reads the contract with its schemas and holds it against what it was built against.
fn hold(published: &PublishedContract, budget: &Budget) -> Result<Vec<Requirement>, Problem> {
    let (_, requirements) = published
        .open(budget)
        .map_err(|error| Problem::BadContract(error.to_string(), Vec::new()))?;
    let broken: Vec<Consumer> = requirements
        .iter()
        .filter_map(|requirement| verify(requirement, budget))
        .filter(|assessment| matches!(assessment.standing, Standing::Incompatible | Standing::Silent))
        .map(|assessment| Consumer::new(&assessment))
        .collect();
    if broken.is_empty() {
        return Ok(requirements);
    }
    let first = broken.iter().flat_map(|consumer| &consumer.findings).next();
    let why = first.map_or(String::new(), |finding| format!(": {}", finding.message));
    let message = format!("the contract does not hold for the schemas that it says it was built against{why}");
    Err(Problem::BadContract(message, broken))
}

/// The subjects that the contract names, each of which could be one.
fn subjects(app: &App, contract: &Contract) -> Result<Vec<(Role, String)>, Problem> {
    let sends = contract.sends.iter().map(|entry| (Role::Sends, &entry.subject.value));
    let receives = contract
        .receives
        .iter()
        .map(|entry| (Role::Receives, &entry.subject.value));
    let mut subjects = Vec::new();
    for (role, subject) in sends.chain(receives) {
        valid_subject(subject, app.config.max_subject_length)?;
        subjects.push((role, subject.clone()));
    }
    Ok(subjects)
}

/// Adds the schemas that the contract names by version and did not bring, and compares those that it brought.
async fn complete(app: &App, contract: &Contract, mut sent: PublishedContract) -> Result<PublishedContract, Problem> {
    let brought: HashSet<_> = sent.schemas.iter().map(|schema| (schema.entry, schema.role)).collect();
    for wanted in contract.wanted() {
        let Pin::Version(version) = wanted.pin else { continue };
        let registered = registered(app, &wanted, version).await?;
        if !brought.contains(&(wanted.entry, wanted.role)) {
            sent.schemas.push(registered);
            continue;
        }
        let same = |schema: &&mut PinnedSchema| (schema.entry, schema.role) == (wanted.entry, wanted.role);
        for schema in sent.schemas.iter_mut().filter(same) {
            if meaning(app, schema)? != meaning(app, &registered)? {
                return Err(Problem::BadContract(
                    format!(
                        "the schema `{}` that came with the contract is not version {version} of subject `{}`",
                        schema.name, wanted.receives.subject.value
                    ),
                    Vec::new(),
                ));
            }
            // One spelling, so that the same contract has one hash whoever brings the schema.
            *schema = registered.clone();
        }
    }
    sent.schemas.sort_by_key(|schema| {
        (
            schema.entry,
            schema.role != treaty_contracts::published::Role::BuiltAgainst,
        )
    });
    Ok(sent)
}

async fn registered(app: &App, wanted: &Wanted<'_>, version: u32) -> Result<PinnedSchema, Problem> {
    let subject = &wanted.receives.subject.value;
    let number = i32::try_from(version).unwrap_or(0);
    let stored = app.store.version(DEFAULT_CONTEXT, subject, Which::Any(number)).await?;
    let stored = stored.ok_or_else(|| {
        Problem::BadContract(
            format!("`builtAgainst` names version {version} of subject `{subject}`, which does not exist"),
            Vec::new(),
        )
    })?;
    let format: Format = stored
        .schema
        .format
        .parse()
        .map_err(|_| Problem::internal("an unknown format is stored"))?;
    let references = references::sources(app, format, &stored.schema.references).await?;
    let texts = references
        .iter()
        .map(|reference| ReferencedText::new(format, reference));
    Ok(PinnedSchema {
        entry: wanted.entry,
        role: wanted.role,
        name: format!("{subject}@{version}"),
        schema_type: format,
        schema: stored.schema.text,
        references: texts.collect(),
    })
}

/// The normalised text, by which registering finds what is there already: equal for schemas that differ in spelling only,
/// however the registry was told to keep them.
fn meaning(app: &App, schema: &PinnedSchema) -> Result<String, Problem> {
    let source = Source::new(schema.name.as_str(), schema.schema.as_str());
    let options = Options {
        limits: json::Limits {
            bytes: app.config.max_body_bytes,
            depth: app.config.max_schema_depth,
        },
        strictness: Strictness::Stored,
    };
    let parsed = Schema::parse(schema.schema_type, &source, &schema.references(), &options);
    Ok(parsed
        .map_err(|error| Problem::BadContract(error.to_string(), Vec::new()))?
        .normalized())
}
