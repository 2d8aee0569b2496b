//! Against the registry, which knows the history and who has published a contract.

use std::collections::HashMap;

use reqwest::{Method, StatusCode};
use serde::Deserialize;
use treaty_report::Subject;
use treaty_schemas::to_line;

use crate::client::Client;
use crate::exit::Failure;
use crate::global::Global;
use crate::proposal::Proposal;
use crate::proposals::Proposals;
use crate::terminal::Terminal;
use crate::workspace::Workspace;
use crate::{gathered, opinions, received};

/// Has the registry judge each proposal. All of them are one change: what refers to another one is judged with the proposed text.
pub(super) fn judge(
    proposals: &[Proposal],
    client: &Client,
    global: &Global,
    terminal: &mut Terminal,
) -> Result<Vec<Subject>, Failure> {
    let all = Proposals::new(proposals);
    let mut registered = HashMap::new();
    let mut subjects = Vec::with_capacity(proposals.len());
    for proposal in proposals {
        let together = all.referred(proposal);
        let schema = proposal.parse(&together, client, global)?;
        terminal.warn(schema.warnings());
        let mut report = match proposal.check(&together, client)? {
            Ok(report) => report,
            Err(refusal) if refusal.status == StatusCode::NOT_FOUND && refusal.code == 404 => {
                return Err(Failure::unknown(format!(
                    "the registry at {} has no check that tells who breaks",
                    client.shown()
                ))
                .help(
                    "it takes a Treaty registry; any other can be compared with by `treaty check NEW --against OLD`",
                ));
            }
            Err(refusal) => return Err(client.failure(&refusal)),
        };
        opinions::add(&mut report, &schema, client, global);
        for subject in &mut report.subjects {
            // Those that are proposed as well are judged themselves.
            subject.referrers.retain(|referrer| !all.has(&referrer.subject));
            for (target, version) in all.direct(proposal) {
                if is_version(target, client, &mut registered)? != Some(version) {
                    subject.notes.push(to_line!(
                        "it still names version {version} of {}, and is judged with {}",
                        target.subject,
                        target.source.name()
                    ));
                }
            }
        }
        subjects.extend(report.subjects);
    }
    Ok(subjects)
}

/// Part of what a registry answers for a schema that it knows.
#[derive(Deserialize)]
struct Known {
    version: Option<i32>,
}

/// The version that a proposal is already, if it is one.
fn is_version<'p>(
    proposal: &'p Proposal,
    client: &Client,
    known: &mut HashMap<&'p str, Option<i32>>,
) -> Result<Option<i32>, Failure> {
    if let Some(version) = known.get(proposal.subject.as_str()) {
        return Ok(*version);
    }
    let path = ["subjects", proposal.subject.as_str()];
    let found = client.send_json::<Known>(Method::POST, &path, &[], &proposal.body())?;
    let version = found.ok().and_then(|found| found.version);
    known.insert(&proposal.subject, version);
    Ok(version)
}

/// Everything that a service says in its file: what it sends as a proposal, and whether it understands what it receives.
pub(super) fn of_service(
    workspace: &Workspace,
    global: &Global,
    terminal: &mut Terminal,
) -> Result<Vec<Subject>, Failure> {
    let client = Client::new(global)?;
    let mut subjects = Vec::new();
    let has_schemas = workspace.contract.sends.iter().any(|sends| sends.schema.is_some());
    if has_schemas || workspace.contract.receives.is_empty() {
        subjects = judge(&Proposal::sent(workspace, global)?, &client, global, terminal)?;
    }
    if !workspace.contract.receives.is_empty() {
        let published = gathered::gather(workspace, &client, global)?;
        let budget = global.budget_of_report();
        let opened = published.requirements(&workspace.contract, &budget);
        // What ends with the budget is no fault of the contract's.
        budget.exhausted().map_or(Ok(()), |why| Err(Failure::from(why)))?;
        let received = received::judge(&workspace.contract, &opened?, &client, &budget)?;
        subjects.extend(received.into_iter().map(received::Received::report));
    }
    Ok(subjects)
}
