//! `GET /subjects`.

use axum::extract::State;
use treaty_store::DEFAULT_CONTEXT;

use crate::answer::Answer;
use crate::app::App;
use crate::params::Query;
use crate::problem::Problem;

/// The names of the subjects, sorted by their bytes: all of them, unless a prefix or a page is asked for.
pub async fn list(State(app): State<App>, query: Query) -> Result<Answer, Problem> {
    let page = query.page()?;
    let prefix = match query.get("subjectPrefix") {
        None => "",
        // `:*:` stands for every context, `:.:` for the default one; there is no other yet.
        Some(prefix) => match prefix.strip_prefix(":*:").or_else(|| prefix.strip_prefix(":.:")) {
            Some(rest) => rest,
            None if prefix.starts_with(":.") => return Answer::changing(&[(); 0]),
            None => prefix,
        },
    };
    let subjects = app.store.subjects(DEFAULT_CONTEXT, prefix, query.show(), page).await?;
    Answer::changing(&subjects)
}
