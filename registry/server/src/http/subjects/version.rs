//! `/subjects/{subject}/versions/{version}`.

use axum::http::Uri;
use treaty_api::subject::Subject;
use treaty_store::{Show, StoredVersion, Which};

use crate::answer::Answer;
use crate::call::Call;
use crate::http::key;
use crate::ops::read::{self, Read};
use crate::ops::{self, present};
use crate::params::{Query, Version, VersionPath};
use crate::problem::Problem;
use crate::workers;

/// `GET`: the version with its schema.
pub async fn get(
    call: Call,
    VersionPath(subject, version): VersionPath,
    query: Query,
    uri: Uri,
) -> Result<Answer, Problem> {
    if let Some(answer) = call.answers.get(key(&uri)) {
        return answer.admitted(&call).await;
    }
    let mark = call.generations.mark(&subject);
    let Read { value, room } = find(&call, &subject, version, query.is("deleted")).await?;
    let text = present::text(&call, &value.schema, query.get("format")).await?;
    let answer = workers::json(value.schema.bytes(), move || {
        Answer::changing(&present::version(value, text)?)
    })
    .await?;
    call.answers.keep(key(&uri), mark, &answer);
    Ok(answer.holding(room))
}

/// `GET …/schema`: its text and nothing else.
pub async fn text(call: Call, VersionPath(subject, version): VersionPath, query: Query) -> Result<Answer, Problem> {
    let Read { value, room } = find(&call, &subject, version, query.is("deleted")).await?;
    let text = present::text(&call, &value.schema, query.get("format")).await?;
    Ok(Answer::text(text.unwrap_or(value.schema.text), false).holding(room))
}

/// `DELETE`: hides the version, or with `permanent` removes one that is hidden.
pub async fn delete(call: Call, VersionPath(subject, version): VersionPath, query: Query) -> Result<Answer, Problem> {
    Answer::changing(&ops::delete::version(&call, &subject, version, query.is("permanent")).await?)
}

/// The version, or why there is none: no such subject, or no such version of it.
async fn find(call: &Call, subject: &Subject, version: Version, deleted: bool) -> Result<Read<StoredVersion>, Problem> {
    let which = match version {
        Version::Latest => Which::Latest,
        Version::Number(number) if deleted => Which::Any(number),
        Version::Number(number) => Which::Live(number),
    };
    match read::version(call, subject, which).await? {
        Some(read) => Ok(read),
        None => Err(missing(call, subject, version, deleted).await?),
    }
}

/// The number of a version, which may be soft-deleted.
///
/// # Errors
/// 40401, 40402.
pub async fn number(call: &Call, subject: &Subject, version: Version) -> Result<i32, Problem> {
    let found = match version {
        Version::Latest => call.store.head(&subject.context, &subject.name).await?.latest_version,
        Version::Number(number) => {
            let next = call
                .store
                .versions_after(&subject.context, &subject.name, Show::All, number - 1, Some(1));
            let next = next.await?.first().map_or(0, |entry| entry.version);
            if next == number { number } else { 0 }
        }
    };
    match found {
        0 => Err(missing(call, subject, version, true).await?),
        number => Ok(number),
    }
}

/// Why there is no such version.
async fn missing(call: &Call, subject: &Subject, version: Version, deleted: bool) -> Result<Problem, Problem> {
    let head = call.store.head(&subject.context, &subject.name).await?;
    let newest = if deleted {
        head.last_version
    } else {
        head.latest_version
    };
    Ok(match version {
        Version::Number(number) if newest > 0 => Problem::VersionNotFound(number.to_string()),
        _ => Problem::SubjectNotFound(subject.to_string()),
    })
}
