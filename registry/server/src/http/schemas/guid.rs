//! `/schemas/guids/{guid}`: schemas by the identity of their content.

use axum::extract::State;
use axum::http::Uri;
use axum::response::Response;
use treaty_api::schemas::ContextId;
use treaty_store::{DEFAULT_CONTEXT, Guid};

use crate::answer::{Answer, IfNoneMatch};
use crate::app::App;
use crate::http::key;
use crate::ops::present;
use crate::params::{Query, Segment};
use crate::problem::Problem;

/// `GET`: what the guid names. A guid that is none names nothing.
pub async fn get(
    State(app): State<App>,
    Segment(guid): Segment,
    query: Query,
    uri: Uri,
    has: IfNoneMatch,
) -> Result<Response, Problem> {
    if let Some(answer) = app.answers.get(key(&uri)) {
        return Ok(answer.respond(&has));
    }
    let mark = app.generations.mark_lasting();
    let unknown = || Problem::SchemaNotFound(Some(guid.chars().take(64).collect()));
    let parsed: Guid = guid.parse().map_err(|_| unknown())?;
    let stored = app
        .store
        .schema_by_guid(DEFAULT_CONTEXT, parsed)
        .await?
        .ok_or_else(unknown)?;
    let text = present::text(&app, &stored, query.get("format")).await?;
    let answer = Answer::lasting(&present::schema(stored, text)?)?;
    app.answers.keep(key(&uri), mark, &answer);
    Ok(answer.respond(&has))
}

/// `GET …/ids`: its id in each context; none when it is unknown.
pub async fn ids(State(app): State<App>, Segment(guid): Segment) -> Result<Answer, Problem> {
    let ids = match guid.parse::<Guid>() {
        Ok(guid) => app.store.ids_of_guid(guid).await?,
        Err(_) => Vec::new(),
    };
    let ids: Vec<ContextId> = ids.into_iter().map(|(context, id)| ContextId { context, id }).collect();
    Answer::changing(&ids)
}
