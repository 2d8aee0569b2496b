//! The report of a change: both sets of rules, every finding with its places and witness, and what each consumer makes of it.

use treaty_api::check::ProposedSchema;
use treaty_api::report::{Consumer, Place, Report, Subject};
use treaty_contracts::{PublishedContract, Requirement, assess_all};
use treaty_schemas::{Budget, Schema, Strictness, judge};
use treaty_store::{Contract, DEFAULT_CONTEXT, Role};

use crate::app::App;
use crate::config::UndeclaredReads;
use crate::ops::draft::Draft;
use crate::ops::history::{self, History, Live};
use crate::ops::work::{self, Compared};
use crate::problem::Problem;

/// What the proposed text is called where the request does not say.
const PROPOSED: &str = "proposed";

/// Judges a proposed schema against its subject's history and for each published consumer. Writes nothing.
///
/// # Errors
/// 42201 for an invalid schema.
pub async fn report(app: &App, subject: &str, proposed: ProposedSchema) -> Result<Report, Problem> {
    let history = History::read(app, subject).await?;
    let mode = proposed.mode.unwrap_or(history.settings.level);
    let normalize = history.settings.other.normalize == Some(true);
    let name = proposed.file.unwrap_or_else(|| PROPOSED.to_owned());
    let draft = Draft::named(app, &name, proposed.schema, normalize, Strictness::New).await?;
    let earlier = history.comparable(&draft.documents)?;
    let requirements = requirements(app, subject).await?;
    let (schema, subject) = (draft.schema, subject.to_owned());
    let undeclared = app.config.undeclared_reads;
    let schemas: Vec<Schema> = earlier.iter().map(|live| live.known.schema.clone()).collect();
    let versions: Vec<u32> = earlier.iter().map(|live| live.version.unsigned_abs()).collect();
    let report = work::compare(app, move |budget| {
        let judgement = judge(mode, &schema, &schemas, budget);
        let consumers = assess_all(&requirements, &schema, budget);
        let mut consumers = Consumer::all(&consumers);
        if undeclared == UndeclaredReads::Undecided {
            consumers.iter_mut().for_each(Consumer::insist);
        }
        let mut told = Subject::new(&subject, &judgement, &versions, Some(consumers));
        name_versions(&mut told, &subject, &earlier);
        Report::new(vec![told])
    })
    .await?;
    // A report says by itself what could not be decided, and why.
    Ok(match report {
        Compared::Whole(report) | Compared::Cut(report) => report,
    })
}

/// What every published consumer of a subject needs.
async fn requirements(app: &App, subject: &str) -> Result<Vec<Requirement>, Problem> {
    let contracts = app
        .store
        .contracts_of_subject(DEFAULT_CONTEXT, subject, Role::Receives)
        .await?;
    let mut requirements = Vec::new();
    for contract in &contracts {
        requirements.extend(
            open(contract)?
                .into_iter()
                .filter(|requirement| requirement.subject == subject),
        );
    }
    Ok(requirements)
}

fn open(contract: &Contract) -> Result<Vec<Requirement>, Problem> {
    let broken = |why: String| {
        Problem::internal(format!(
            "the stored contract of {} cannot be read: {why}",
            contract.application
        ))
    };
    let published: PublishedContract =
        serde_json::from_str(&contract.document).map_err(|error| broken(error.to_string()))?;
    published
        .open(&Budget::unlimited())
        .map(|(_, requirements)| requirements)
        .map_err(|error| broken(error.to_string()))
}

/// Parsed schemas are shared by all versions that use them, so their texts are named by their ids; a report names versions.
fn name_versions(told: &mut Subject, subject: &str, earlier: &[Live]) {
    let rename = |place: &mut Place| {
        let version = earlier
            .iter()
            .find(|live| place.file == history::name(live.known.stored.id));
        if let Some(live) = version {
            place.file = format!("{subject}@{}", live.version);
        }
    };
    let consumers = told
        .consumers
        .iter_mut()
        .flatten()
        .flat_map(|consumer| &mut consumer.findings);
    for finding in told.findings.iter_mut().chain(consumers) {
        rename(&mut finding.reader);
        rename(&mut finding.writer);
    }
}
