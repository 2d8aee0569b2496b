//! `GET /subjects/{subject}/versions`.

use axum::extract::State;
use axum::http::Uri;
use treaty_store::{DEFAULT_CONTEXT, Show};

use crate::answer::Answer;
use crate::app::App;
use crate::http::key;
use crate::params::{Query, SubjectPath, cut};
use crate::problem::Problem;

/// The numbers of the versions, ascending; with `deletedAsNegative` the soft-deleted ones as negative numbers among them.
pub async fn list(
    State(app): State<App>,
    SubjectPath(subject): SubjectPath,
    query: Query,
    uri: Uri,
) -> Result<Answer, Problem> {
    if let Some(answer) = app.answers.get(key(&uri)) {
        return Ok(answer);
    }
    let page = query.page()?;
    let mark = app.generations.mark(&subject);
    let negative = query.is("deletedAsNegative");
    let show = if negative { Show::All } else { query.show() };
    let versions = app.store.versions(DEFAULT_CONTEXT, &subject, show).await?;
    if versions.is_empty() {
        return Err(Problem::SubjectNotFound(subject));
    }
    let numbers = versions.into_iter().map(|entry| match entry.deleted && negative {
        true => -entry.version,
        false => entry.version,
    });
    let answer = Answer::changing(&cut(numbers.collect(), page))?;
    app.answers.keep(key(&uri), mark, &answer);
    Ok(answer)
}
