//! Could this schema be registered? Confluent's question, answered without writing anything.

use treaty_api::compatibility::CompatibilityCheck;
use treaty_api::subject::Subject;
use treaty_api::subjects::NewSchema;
use treaty_schemas::{Line, Strictness};

use crate::call::Call;
use crate::ops::draft::Draft;
use crate::ops::enforce;
use crate::ops::history::History;
use crate::ops::judge;
use crate::params::Version;
use crate::problem::Problem;

/// What a schema is compared with.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Against {
    /// As registering would: with the versions that the level asks for.
    Level,
    /// One version, whatever else there is.
    Version(Version),
}

/// Checks a schema. With `verbose` the reasons are reported, and an invalid schema is a reason rather than an error.
///
/// # Errors
/// 40402 for a version that is not there, 42201 for an invalid schema.
pub async fn check(
    call: &Call,
    subject: &Subject,
    against: Against,
    new: NewSchema,
    normalize: bool,
    verbose: bool,
) -> Result<CompatibilityCheck, Problem> {
    let history = History::read(call, subject).await?;
    let normalize = normalize || history.settings.other.normalize == Some(true);
    let draft = match Draft::parse(call, new, normalize, Strictness::New).await {
        Err(Problem::InvalidSchema(why)) if verbose => {
            return Ok(CompatibilityCheck {
                is_compatible: false,
                messages: Some(vec![Line::from(why).into()]),
            });
        }
        draft => draft?,
    };
    let mut judged = match against {
        Against::Level => judge::against_level(call, &history, &draft).await?,
        Against::Version(Version::Latest) => {
            judge::against(call, &history, &draft, history.versions.last().copied()).await?
        }
        Against::Version(Version::Number(number)) => {
            let one = history.versions.iter().find(|entry| entry.version == number);
            let one = *one.ok_or_else(|| Problem::VersionNotFound(number.to_string()))?;
            judge::against(call, &history, &draft, Some(one)).await?
        }
    };
    if judged.messages.is_empty() {
        judged.messages = enforce::messages(call, subject, &history, &draft).await?;
    }
    Ok(CompatibilityCheck {
        is_compatible: judged.messages.is_empty(),
        messages: verbose.then_some(judged.messages),
    })
}
