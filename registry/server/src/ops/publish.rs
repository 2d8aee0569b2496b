//! Publishing a contract: the one place that decides whether an application's word is taken.
//!
//! Invariants: what is kept can be read again, holds for the schemas that it says it was built against, and those are what
//! the registry has under the versions that it names. A version that many entries name is read once, and its text is kept
//! once.

use std::collections::HashMap;
use std::ops::ControlFlow;

use sha2::{Digest, Sha256};
use treaty_api::contracts::{ContractPublished, Outcome};
use treaty_api::subject::Subject;
use treaty_contracts::contract::Pin;
use treaty_contracts::published::{Content, MAX_ALL_REFERENCES, PinnedSchema, ReferencedText, Role as Use, Shared};
use treaty_contracts::{Contract, PublishedContract, Requirement, Standing, verify};
use treaty_report::{Consumer, fit_consumers};
use treaty_schemas::{Budget, Format, Options, ParseError, Schema, Severity, Source, Strictness};
use treaty_store::{Published, Role, Which};

use crate::call::Call;
use crate::ops::{draft, references, write};
use crate::params::valid_subject;
use crate::problem::Problem;

/// The version of contracts whose applications do not record theirs.
pub const VERSION: &str = "";

/// Bytes of all texts that a contract is kept with, each counted once.
const TEXT_BYTES: usize = 32 << 20;

/// Versions that one contract may name.
const VERSIONS: usize = 1000;

/// Entries that do not hold of which the findings are reported; those beyond are counted.
const SHOWN: usize = 20;

/// Publishes a contract. Schemas that it names by version and does not bring are taken from the registry.
///
/// # Errors
/// 422 when it cannot be read, names a version that is not there or is another text, or does not hold for what it was built
/// against: then with every finding.
pub async fn publish(call: &Call, application: &str, sent: PublishedContract) -> Result<ContractPublished, Problem> {
    let bytes = sent.file.text.len();
    let read = move || sent.contract().map(|contract| (contract, Shared::of(&sent), sent));
    let (contract, mut shared, sent) = call.workers.linear(bytes, read).await?.map_err(refused_for)?;
    if contract.application.value != application {
        return Err(refused(format!(
            "the contract is that of `{}`, it was sent for `{application}`",
            contract.application.value
        )));
    }
    let subjects = subjects(call, &contract)?;
    let registered = registered(call, &contract, &mut shared).await?;
    let options = draft::options(call, Strictness::Stored);
    let bytes = shared.bytes();
    drop(shared);
    let prepare = move || {
        let published = complete(&contract, sent, &registered, &options)?;
        let document = serde_json::to_string(&published).map_err(|error| Problem::internal(error.to_string()))?;
        let hash = published.hash();
        Ok::<_, Problem>((contract, published, document, hash))
    };
    let (contract, published, document, hash) = call.workers.linear(bytes, prepare).await??;
    let owner = contract.owner.as_ref().map(|owner| owner.value.clone());
    let held = call
        .workers
        .compare(move |budget| hold(&contract, &published, budget))
        .await?;
    let requirements = held.whole(&call.workers)??;
    tracing::debug!(application, requirements, "contract holds");
    let stored = treaty_store::Contract {
        application: application.to_owned(),
        version: VERSION.to_owned(),
        owner: owner.unwrap_or_default(),
        document,
        hash: hash.clone(),
        published_at: call.now,
    };
    let store = call.store.clone();
    let context = call.context.clone();
    let work = async move { store.publish_contract(&context, &stored, &subjects).await };
    let outcome = write::to_its_end(work).await?;
    call.changed("a contract was published", application);
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

fn refused(why: String) -> Problem {
    Problem::BadContract(why, Vec::new())
}

fn refused_for(error: ParseError) -> Problem {
    refused(error.to_string())
}

/// The subjects that the contract names, each of which could be one.
fn subjects(call: &Call, contract: &Contract) -> Result<Vec<(Role, String)>, Problem> {
    let sends = contract.sends.iter().map(|entry| (Role::Sends, &entry.subject.value));
    let receives = contract
        .receives
        .iter()
        .map(|entry| (Role::Receives, &entry.subject.value));
    let mut subjects = Vec::new();
    for (role, subject) in sends.chain(receives) {
        let parsed = Subject::parse(subject);
        valid_subject(&parsed, call.config.max_subject_length)?;
        if parsed.name != *subject {
            return Err(refused(format!(
                "the contract names the subject `{subject}` with its context; write `{}`",
                parsed.name
            )));
        }
        subjects.push((role, parsed.name));
    }
    Ok(subjects)
}

/// A version of a subject.
type Named = (String, u32);

/// The schemas that the contract names by version, each read once.
async fn registered(
    call: &Call,
    contract: &Contract,
    shared: &mut Shared,
) -> Result<HashMap<Named, PinnedSchema>, Problem> {
    let mut registered = HashMap::new();
    for wanted in contract.schema_requests() {
        let Pin::Version(version) = wanted.pin else { continue };
        let named = (wanted.receives.subject.value.clone(), version);
        if registered.contains_key(&named) {
            continue;
        }
        if registered.len() == VERSIONS {
            return Err(refused(format!(
                "the contract names more than the {VERSIONS} versions that are allowed"
            )));
        }
        let schema = version_of(call, &named.0, version, shared).await?;
        if shared.bytes() > TEXT_BYTES {
            return Err(refused(format!(
                "the schemas of the contract have more than the {TEXT_BYTES} bytes that are allowed"
            )));
        }
        registered.insert(named, schema);
    }
    Ok(registered)
}

/// A version, as some entry names it.
async fn version_of(call: &Call, subject: &str, version: u32, shared: &mut Shared) -> Result<PinnedSchema, Problem> {
    let number = i32::try_from(version).unwrap_or(0);
    let stored = call.store.version(&call.context, subject, Which::Any(number)).await?;
    let stored = stored.ok_or_else(|| {
        refused(format!(
            "`builtAgainst` names version {version} of subject `{subject}`, which does not exist"
        ))
    })?;
    let format: Format = stored
        .schema
        .format
        .parse()
        .map_err(|_| Problem::internal("an unknown format is stored"))?;
    let references = references::sources(call, format, &stored.schema.references).await?;
    let texts = references
        .iter()
        .map(|reference| ReferencedText::new(format, reference, shared));
    Ok(PinnedSchema {
        entry: 0,
        role: Use::BuiltAgainst,
        name: format!("{subject}@{version}"),
        schema_type: format,
        references: texts.collect(),
        schema: shared.one(&stored.schema.text),
    })
}

/// Adds the schemas that the contract names by version and did not bring, and compares those that it brought.
fn complete(
    contract: &Contract,
    mut sent: PublishedContract,
    registered: &HashMap<Named, PinnedSchema>,
    options: &Options,
) -> Result<PublishedContract, Problem> {
    let wanted: Vec<_> = contract.schema_requests();
    let names = wanted.iter().filter_map(|wanted| match wanted.pin {
        Pin::Version(version) => Some((wanted, (wanted.receives.subject.value.clone(), version))),
        Pin::File(_) => None,
    });
    let named: Vec<_> = names
        .filter_map(|(wanted, named)| Some((wanted, registered.get(&named)?)))
        .collect();
    let references: usize = named.iter().map(|(_, schema)| schema.references.len()).sum();
    if references > MAX_ALL_REFERENCES {
        return Err(refused(format!(
            "the schemas that the contract names refer to {references} texts, more than the {MAX_ALL_REFERENCES} that are allowed"
        )));
    }
    let brought: HashMap<_, _> = (0..)
        .zip(&sent.schemas)
        .map(|(index, schema): (usize, _)| ((schema.entry, schema.role), index))
        .collect();
    let mut meanings = HashMap::new();
    let mut added = Vec::new();
    let mut known = Vec::new();
    for (wanted, registered) in named {
        // One spelling, so that the same contract has one hash whoever brings the schema.
        let schema = PinnedSchema {
            entry: wanted.entry,
            role: wanted.role,
            ..registered.clone()
        };
        let Some(&index) = brought.get(&(wanted.entry, wanted.role)) else {
            added.push(schema);
            continue;
        };
        let theirs = &sent.schemas[index];
        if !is_text_of(theirs, registered)
            && meaning(theirs, options, &mut meanings)? != meaning(registered, options, &mut meanings)?
        {
            return Err(refused(format!(
                "the schema `{}` that came with the contract is not version {} of subject `{}`",
                theirs.name, wanted.pin, wanted.receives.subject.value
            )));
        }
        known.push((index, schema));
    }
    for (index, schema) in known {
        sent.schemas[index] = schema;
    }
    sent.schemas.append(&mut added);
    sent.schemas.sort_by_key(|schema| (schema.entry, schema.role));
    Ok(sent)
}

/// Whether a schema came as the registry has it, to the letter. Equal texts are one text here.
fn is_text_of(sent: &PinnedSchema, registered: &PinnedSchema) -> bool {
    let texts = |schema: &PinnedSchema| -> Vec<*const u8> {
        let references = schema.references.iter().map(|reference| reference.text.as_ptr());
        std::iter::once(schema.schema.as_ptr()).chain(references).collect()
    };
    let imports = |schema: &PinnedSchema| -> Vec<Option<String>> {
        schema
            .references
            .iter()
            .map(|reference| reference.import.clone())
            .collect()
    };
    sent.schema_type == registered.schema_type
        && texts(sent) == texts(registered)
        && imports(sent) == imports(registered)
}

/// The digest of the normalised text, by which registering finds what is there already: equal for schemas that differ in
/// spelling only, whatever the registry does to texts that it stores.
fn meaning<'s>(
    schema: &'s PinnedSchema,
    options: &Options,
    known: &mut HashMap<Content<'s>, [u8; 32]>,
) -> Result<[u8; 32], Problem> {
    let content = schema.content();
    if let Some(digest) = known.get(&content) {
        return Ok(*digest);
    }
    let source = Source::new(schema.name.as_str(), std::sync::Arc::clone(&schema.schema));
    let parsed = Schema::parse(schema.schema_type, &source, &schema.references(), options).map_err(refused_for)?;
    let digest = Sha256::digest(parsed.normalized()).into();
    known.insert(content, digest);
    Ok(digest)
}

/// Holds the contract against what it was built against, one entry after the other; says how many there are.
fn hold(contract: &Contract, published: &PublishedContract, budget: &Budget) -> Result<usize, Problem> {
    let mut held = 0;
    let mut broken: Vec<(usize, Consumer)> = Vec::new();
    let mut more = 0;
    let mut wrong_event = None;
    let take = |entry, requirement: Requirement| {
        held += 1;
        if let Some((Severity::Error, problem)) = requirement.wrong_event() {
            wrong_event = Some(problem);
            return ControlFlow::Break(());
        }
        let assessment = verify(&requirement, budget)
            .filter(|assessment| matches!(assessment.standing, Standing::Incompatible | Standing::Silent));
        match assessment {
            Some(assessment) if broken.len() < SHOWN => broken.push((entry, Consumer::new(&assessment))),
            Some(_) => more += 1,
            None => {}
        }
        ControlFlow::Continue(())
    };
    published.each(contract, |_| true, budget, take).map_err(refused_for)?;
    if let Some(problem) = wrong_event {
        return Err(refused_for(problem.into()));
    }
    broken.sort_by_key(|(entry, _)| *entry);
    let Some((_, first)) = broken.first() else {
        return Ok(held);
    };
    let why = first
        .findings
        .first()
        .map_or(String::new(), |finding| format!(": {}", finding.message));
    let more = match more {
        0 => String::new(),
        more => format!("; {more} more entries do not hold"),
    };
    let message = format!("the contract does not hold for the schemas that it says it was built against{why}{more}");
    let mut consumers = broken.into_iter().map(|(_, consumer)| consumer).collect();
    fit_consumers(&mut consumers);
    Err(Problem::BadContract(message, consumers))
}
