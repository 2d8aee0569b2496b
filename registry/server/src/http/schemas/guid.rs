//! `/schemas/guids/{guid}`: schemas by Confluent's name of their content. Several may have the same.

use axum::http::Uri;
use axum::response::Response;
use treaty_api::schemas::ContextId;
use treaty_store::Guid;

use crate::answer::{Answer, IfNoneMatch};
use crate::call::Call;
use crate::http::key;
use crate::ops::present;
use crate::ops::read::{self, Read};
use crate::params::{Query, Segment};
use crate::problem::Problem;
use crate::workers;

/// `GET`: the schema with this guid that has the lowest id. A guid that is none names nothing.
///
/// Which one that is changes when it is removed for good, so others may not keep the answer without asking.
pub async fn get(
    call: Call,
    Segment(guid): Segment,
    query: Query,
    uri: Uri,
    has: IfNoneMatch,
) -> Result<Response, Problem> {
    if let Some(answer) = call.answers.get(key(&uri)) {
        return Ok(answer.admitted(&call).await?.respond(&has));
    }
    let mark = call.generations.mark_lasting();
    let unknown = || Problem::SchemaNotFound(Some(guid.chars().take(64).collect()));
    let parsed: Guid = guid.parse().map_err(|_| unknown())?;
    let ids = call.store.ids_of_guid(parsed).await?;
    let id = ids.iter().find(|(context, _)| **context == *call.context);
    let Some(&(_, id)) = id else { return Err(unknown()) };
    let Read { value: stored, room } = read::schema(&call, id).await?.ok_or_else(unknown)?;
    let bytes = stored.bytes();
    let text = present::text(&call, &stored, query.get("format")).await?;
    let write = move || Answer::changing(&present::schema(stored, text)?);
    let answer = workers::json(bytes, write).await?;
    call.answers.keep(key(&uri), mark, &answer);
    Ok(answer.holding(room).respond(&has))
}

/// `GET …/ids`: all ids, by context; none when it is unknown.
pub async fn ids(call: Call, Segment(guid): Segment) -> Result<Answer, Problem> {
    let ids = match guid.parse::<Guid>() {
        Ok(guid) => call.store.ids_of_guid(guid).await?,
        Err(_) => Vec::new(),
    };
    let ids: Vec<ContextId> = ids.into_iter().map(|(context, id)| ContextId { context, id }).collect();
    Answer::changing(&ids)
}
