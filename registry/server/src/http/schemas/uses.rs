//! `/schemas/ids/{id}/subjects` and `/versions`: where a schema is used.

use axum::extract::State;
use treaty_api::schemas::SubjectVersion;
use treaty_store::DEFAULT_CONTEXT;

use crate::answer::Answer;
use crate::app::App;
use crate::params::{IdPath, Query, cut};
use crate::problem::Problem;

/// `GET …/subjects`: the subjects, sorted.
pub async fn subjects(State(app): State<App>, IdPath(id): IdPath, query: Query) -> Result<Answer, Problem> {
    let page = query.page()?;
    let mut subjects: Vec<String> = uses(&app, id, &query)
        .await?
        .into_iter()
        .map(|each| each.subject)
        .collect();
    subjects.dedup();
    Answer::changing(&cut(subjects, page))
}

/// `GET …/versions`: the versions, by subject and number.
pub async fn versions(State(app): State<App>, IdPath(id): IdPath, query: Query) -> Result<Answer, Problem> {
    let page = query.page()?;
    Answer::changing(&cut(uses(&app, id, &query).await?, page))
}

async fn uses(app: &App, id: i32, query: &Query) -> Result<Vec<SubjectVersion>, Problem> {
    let uses = app.store.versions_of_schema(DEFAULT_CONTEXT, id, query.show()).await?;
    if uses.is_empty() && app.store.schema(DEFAULT_CONTEXT, id).await?.is_none() {
        return Err(Problem::SchemaNotFound(None));
    }
    let wanted = query.get("subject").filter(|subject| !subject.is_empty());
    Ok(uses
        .into_iter()
        .filter(|each| wanted.is_none_or(|wanted| each.subject == wanted))
        .map(|each| SubjectVersion {
            subject: each.subject,
            version: each.version,
        })
        .collect())
}
