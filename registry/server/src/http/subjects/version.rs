//! `/subjects/{subject}/versions/{version}`.

use axum::extract::State;
use axum::http::Uri;
use treaty_store::{DEFAULT_CONTEXT, Show, StoredVersion, Which};

use crate::answer::Answer;
use crate::app::App;
use crate::http::key;
use crate::ops::read::{self, Read};
use crate::ops::{self, present, work};
use crate::params::{Query, Version, VersionPath};
use crate::problem::Problem;

/// `GET`: the version with its schema.
pub async fn get(
    State(app): State<App>,
    VersionPath(subject, version): VersionPath,
    query: Query,
    uri: Uri,
) -> Result<Answer, Problem> {
    if let Some(answer) = app.answers.get(key(&uri)) {
        return answer.admitted(&app).await;
    }
    let mark = app.generations.mark(&subject);
    let Read { value, room } = find(&app, &subject, version, query.is("deleted")).await?;
    let text = present::text(&app, &value.schema, query.get("format")).await?;
    let answer = work::json(value.schema.bytes(), move || {
        Answer::changing(&present::version(value, text)?)
    })
    .await?;
    app.answers.keep(key(&uri), mark, &answer);
    Ok(answer.holding(room))
}

/// `GET …/schema`: its text and nothing else.
pub async fn text(
    State(app): State<App>,
    VersionPath(subject, version): VersionPath,
    query: Query,
) -> Result<Answer, Problem> {
    let Read { value, room } = find(&app, &subject, version, query.is("deleted")).await?;
    let text = present::text(&app, &value.schema, query.get("format")).await?;
    Ok(Answer::text(text.unwrap_or(value.schema.text), false).holding(room))
}

/// `DELETE`: hides the version, or with `permanent` removes one that is hidden.
pub async fn delete(
    State(app): State<App>,
    VersionPath(subject, version): VersionPath,
    query: Query,
) -> Result<Answer, Problem> {
    Answer::changing(&ops::delete::version(&app, &subject, version, query.is("permanent")).await?)
}

/// The version, or why there is none: no such subject, or no such version of it.
async fn find(app: &App, subject: &str, version: Version, deleted: bool) -> Result<Read<StoredVersion>, Problem> {
    let which = match version {
        Version::Latest => Which::Latest,
        Version::Number(number) if deleted => Which::Any(number),
        Version::Number(number) => Which::Live(number),
    };
    match read::version(app, subject, which).await? {
        Some(read) => Ok(read),
        None => Err(missing(app, subject, version, deleted).await?),
    }
}

/// The number of a version, which may be soft-deleted.
///
/// # Errors
/// 40401, 40402.
pub async fn number(app: &App, subject: &str, version: Version) -> Result<i32, Problem> {
    let found = match version {
        Version::Latest => app.store.head(DEFAULT_CONTEXT, subject).await?.latest_version,
        Version::Number(number) => {
            let next = app
                .store
                .versions_after(DEFAULT_CONTEXT, subject, Show::All, number - 1, Some(1));
            let next = next.await?.first().map_or(0, |entry| entry.version);
            if next == number { number } else { 0 }
        }
    };
    match found {
        0 => Err(missing(app, subject, version, true).await?),
        number => Ok(number),
    }
}

/// Why there is no such version.
async fn missing(app: &App, subject: &str, version: Version, deleted: bool) -> Result<Problem, Problem> {
    let head = app.store.head(DEFAULT_CONTEXT, subject).await?;
    let newest = if deleted {
        head.last_version
    } else {
        head.latest_version
    };
    Ok(match version {
        Version::Number(number) if newest > 0 => Problem::VersionNotFound(number.to_string()),
        _ => Problem::SubjectNotFound(subject.to_owned()),
    })
}
