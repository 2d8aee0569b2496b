//! `GET /subjects`.

use axum::extract::State;
use treaty_store::DEFAULT_CONTEXT;

use crate::answer::Answer;
use crate::app::App;
use crate::params::{Query, default_context};
use crate::problem::Problem;

/// The names of the subjects, sorted by their bytes: all of them, unless a prefix or a page is asked for.
pub async fn list(State(app): State<App>, query: Query) -> Result<Answer, Problem> {
    let page = query.page()?;
    let Some(prefix) = default_context(query.get("subjectPrefix").unwrap_or_default()) else {
        return Answer::changing(&[(); 0]);
    };
    let subjects = app.store.subjects(DEFAULT_CONTEXT, prefix, query.show(), page).await?;
    Answer::changing(&subjects)
}
