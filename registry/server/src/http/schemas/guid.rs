//! `/schemas/guids/{guid}`: schemas by Confluent's name of their content. Several may have the same.

use axum::extract::State;
use axum::http::Uri;
use axum::response::Response;
use treaty_api::schemas::ContextId;
use treaty_store::{DEFAULT_CONTEXT, Guid};

use crate::answer::{Answer, IfNoneMatch};
use crate::app::App;
use crate::http::key;
use crate::ops::read::{self, Read};
use crate::ops::{present, work};
use crate::params::{Query, Segment};
use crate::problem::Problem;

/// `GET`: the schema with this guid that has the lowest id. A guid that is none names nothing.
///
/// Which one that is changes when it is removed for good, so others may not keep the answer without asking.
pub async fn get(
    State(app): State<App>,
    Segment(guid): Segment,
    query: Query,
    uri: Uri,
    has: IfNoneMatch,
) -> Result<Response, Problem> {
    if let Some(answer) = app.answers.get(key(&uri)) {
        return Ok(answer.admitted(&app).await?.respond(&has));
    }
    let mark = app.generations.mark_lasting();
    let unknown = || Problem::SchemaNotFound(Some(guid.chars().take(64).collect()));
    let parsed: Guid = guid.parse().map_err(|_| unknown())?;
    let ids = app.store.ids_of_guid(parsed).await?;
    let id = ids.iter().find(|(context, _)| context == DEFAULT_CONTEXT);
    let Some(&(_, id)) = id else { return Err(unknown()) };
    let Read { value: stored, room } = read::schema(&app, id).await?.ok_or_else(unknown)?;
    let bytes = stored.bytes();
    let text = present::text(&app, &stored, query.get("format")).await?;
    let write = move || Answer::changing(&present::schema(stored, text)?);
    let answer = work::json(bytes, write).await?;
    app.answers.keep(key(&uri), mark, &answer);
    Ok(answer.holding(room).respond(&has))
}

/// `GET …/ids`: all ids, by context; none when it is unknown.
pub async fn ids(State(app): State<App>, Segment(guid): Segment) -> Result<Answer, Problem> {
    let ids = match guid.parse::<Guid>() {
        Ok(guid) => app.store.ids_of_guid(guid).await?,
        Err(_) => Vec::new(),
    };
    let ids: Vec<ContextId> = ids.into_iter().map(|(context, id)| ContextId { context, id }).collect();
    Answer::changing(&ids)
}
