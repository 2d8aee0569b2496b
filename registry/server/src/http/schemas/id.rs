//! `/schemas/ids/{id}`: the request that every consumer makes.

use axum::http::Uri;
use axum::response::Response;
use treaty_store::{Show, StoredSchema};

use crate::answer::{Answer, IfNoneMatch};
use crate::call::Call;
use crate::http::key;
use crate::ops::present;
use crate::ops::read::{self, Read};
use crate::params::{IdPath, Query};
use crate::problem::Problem;
use crate::workers;

/// `GET`: what the id names. With `subject` the answer also says which version of it that is.
pub async fn get(
    call: Call,
    IdPath(id): IdPath,
    query: Query,
    uri: Uri,
    has: IfNoneMatch,
) -> Result<Response, Problem> {
    if let Some(answer) = call.answers.get(key(&uri)) {
        return Ok(answer.admitted(&call).await?.respond(&has));
    }
    let subject = query.subject();
    let mark = match &subject {
        None => call.generations.mark_lasting(),
        Some(subject) => call.generations.mark(subject),
    };
    let Read { value: stored, room } = find(&call, id).await?;
    let text = present::text(&call, &stored, query.get("format")).await?;
    let bytes = stored.bytes();
    let mut schema = workers::json(bytes, move || present::schema(stored, text)).await?;
    let lasts = subject.is_none();
    if let Some(subject) = subject {
        let used = call
            .store
            .version_of_schema(&subject.context, &subject.name, id, Show::All)
            .await?;
        schema.version = used.map(|used| used.version);
        schema.subject = used.map(|_| subject.to_string());
    }
    if query.is("fetchMaxId") {
        let last = call.store.last_schema_id(&call.context).await?;
        schema.max_id = i32::try_from(last).ok();
        let answer = workers::json(bytes, move || Answer::changing(&schema)).await?;
        return Ok(answer.holding(room).respond(&has));
    }
    let write = move || match lasts {
        true => Answer::lasting(&schema),
        false => Answer::changing(&schema),
    };
    let answer = workers::json(bytes, write).await?;
    call.answers.keep(key(&uri), mark, &answer);
    Ok(answer.holding(room).respond(&has))
}

/// `GET …/schema`: its text and nothing else.
pub async fn text(
    call: Call,
    IdPath(id): IdPath,
    query: Query,
    uri: Uri,
    has: IfNoneMatch,
) -> Result<Response, Problem> {
    if let Some(answer) = call.answers.get(key(&uri)) {
        return Ok(answer.admitted(&call).await?.respond(&has));
    }
    let mark = call.generations.mark_lasting();
    let Read { value: stored, room } = find(&call, id).await?;
    let text = present::text(&call, &stored, query.get("format")).await?;
    let text = text.unwrap_or(stored.text);
    let answer = workers::json(text.len(), move || Ok(Answer::text(text, true))).await?;
    call.answers.keep(key(&uri), mark, &answer);
    Ok(answer.holding(room).respond(&has))
}

async fn find(call: &Call, id: i32) -> Result<Read<StoredSchema>, Problem> {
    let read = read::schema(call, id).await?;
    read.ok_or_else(|| Problem::SchemaNotFound(Some(id.to_string())))
}
