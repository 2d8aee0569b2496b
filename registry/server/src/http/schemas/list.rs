//! `GET /schemas`: versions with their schemas, of many subjects.

use axum::extract::State;
use treaty_store::{DEFAULT_CONTEXT, Page};

use crate::answer::Answer;
use crate::app::App;
use crate::ops::present;
use crate::params::{Query, default_context};
use crate::problem::Problem;

/// The most versions of one answer, as in Confluent's registry; `offset` leads to the rest.
const MOST: u32 = 1000;

/// By subject and version; with `latestOnly` the newest of each subject.
pub async fn list(State(app): State<App>, query: Query) -> Result<Answer, Problem> {
    let asked = query.page()?;
    let page = Page {
        limit: Some(asked.limit.filter(|&limit| limit <= MOST).unwrap_or(MOST)),
        ..asked
    };
    let Some(prefix) = default_context(query.get("subjectPrefix").unwrap_or_default()) else {
        return Answer::changing(&[(); 0]);
    };
    let latest = query.is("latestOnly");
    let listed = app
        .store
        .versions_listed(DEFAULT_CONTEXT, prefix, query.show(), latest, page)
        .await?;
    let listed: Result<Vec<_>, Problem> = listed
        .into_iter()
        .map(|version| present::version(version, None))
        .collect();
    Answer::changing(&listed?)
}
