//! `/subjects/{subject}/versions/{version}`.

use axum::extract::State;
use axum::http::Uri;
use treaty_store::{DEFAULT_CONTEXT, StoredVersion, Which};

use crate::answer::Answer;
use crate::app::App;
use crate::http::key;
use crate::ops::{self, present};
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
        return Ok(answer);
    }
    let mark = app.generations.mark(&subject);
    let stored = find(&app, &subject, version, query.is("deleted")).await?;
    let text = present::text(&app, &stored.schema, query.get("format")).await?;
    let answer = Answer::changing(&present::version(stored, text)?)?;
    app.answers.keep(key(&uri), mark, &answer);
    Ok(answer)
}

/// `GET …/schema`: its text and nothing else.
pub async fn text(
    State(app): State<App>,
    VersionPath(subject, version): VersionPath,
    query: Query,
) -> Result<Answer, Problem> {
    let stored = find(&app, &subject, version, query.is("deleted")).await?;
    let text = present::text(&app, &stored.schema, query.get("format")).await?;
    Ok(Answer::text(text.unwrap_or(stored.schema.text), false))
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
pub async fn find(app: &App, subject: &str, version: Version, deleted: bool) -> Result<StoredVersion, Problem> {
    let which = match version {
        Version::Latest => Which::Latest,
        Version::Number(number) if deleted => Which::Any(number),
        Version::Number(number) => Which::Live(number),
    };
    if let Some(stored) = app.store.version(DEFAULT_CONTEXT, subject, which).await? {
        return Ok(stored);
    }
    let head = app.store.head(DEFAULT_CONTEXT, subject).await?;
    let newest = if deleted {
        head.last_version
    } else {
        head.latest_version
    };
    Err(match version {
        Version::Number(number) if newest > 0 => Problem::VersionNotFound(number.to_string()),
        _ => Problem::SubjectNotFound(subject.to_owned()),
    })
}
