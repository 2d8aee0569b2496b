//! Against the registry, which knows the history and who has published a contract.

use reqwest::StatusCode;
use treaty_report::Subject;

use crate::client::Client;
use crate::exit::Failure;
use crate::global::Global;
use crate::proposal::Proposal;

/// Has the registry judge each proposal.
pub(super) fn judge(proposals: &[Proposal], global: &Global) -> Result<Vec<Subject>, Failure> {
    let client = Client::new(global)?;
    let mut subjects = Vec::with_capacity(proposals.len());
    for proposal in proposals {
        proposal.parse(&client, global)?;
        match proposal.check(&client)? {
            Ok(report) => subjects.extend(report.subjects),
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
        }
    }
    Ok(subjects)
}
