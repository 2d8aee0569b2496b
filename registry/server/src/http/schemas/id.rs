//! `/schemas/ids/{id}`: the request that every consumer makes.

use axum::extract::State;
use axum::http::Uri;
use axum::response::Response;
use treaty_store::{DEFAULT_CONTEXT, Show, StoredSchema};

use crate::answer::{Answer, IfNoneMatch};
use crate::app::App;
use crate::http::key;
use crate::ops::read::{self, Read};
use crate::ops::{present, work};
use crate::params::{IdPath, Query};
use crate::problem::Problem;

/// `GET`: what the id names. With `subject` the answer also says which version of it that is.
pub async fn get(
    State(app): State<App>,
    IdPath(id): IdPath,
    query: Query,
    uri: Uri,
    has: IfNoneMatch,
) -> Result<Response, Problem> {
    if let Some(answer) = app.answers.get(key(&uri)) {
        return Ok(answer.admitted(&app).await?.respond(&has));
    }
    let subject = query.get("subject").filter(|subject| !subject.is_empty());
    let mark = match subject {
        None => app.generations.mark_lasting(),
        Some(subject) => app.generations.mark(subject),
    };
    let Read { value: stored, room } = find(&app, id).await?;
    let text = present::text(&app, &stored, query.get("format")).await?;
    let bytes = stored.bytes();
    let mut schema = work::json(bytes, move || present::schema(stored, text)).await?;
    if let Some(subject) = subject {
        let used = app
            .store
            .version_of_schema(DEFAULT_CONTEXT, subject, id, Show::All)
            .await?;
        schema.version = used.map(|used| used.version);
        schema.subject = used.map(|_| subject.to_owned());
    }
    if query.is("fetchMaxId") {
        let last = app.store.last_schema_id(DEFAULT_CONTEXT).await?;
        schema.max_id = i32::try_from(last).ok();
        let answer = work::json(bytes, move || Answer::changing(&schema)).await?;
        return Ok(answer.holding(room).respond(&has));
    }
    let lasts = subject.is_none();
    let write = move || match lasts {
        true => Answer::lasting(&schema),
        false => Answer::changing(&schema),
    };
    let answer = work::json(bytes, write).await?;
    app.answers.keep(key(&uri), mark, &answer);
    Ok(answer.holding(room).respond(&has))
}

/// `GET …/schema`: its text and nothing else.
pub async fn text(
    State(app): State<App>,
    IdPath(id): IdPath,
    query: Query,
    uri: Uri,
    has: IfNoneMatch,
) -> Result<Response, Problem> {
    if let Some(answer) = app.answers.get(key(&uri)) {
        return Ok(answer.admitted(&app).await?.respond(&has));
    }
    let mark = app.generations.mark_lasting();
    let Read { value: stored, room } = find(&app, id).await?;
    let text = present::text(&app, &stored, query.get("format")).await?;
    let text = text.unwrap_or(stored.text);
    let answer = work::json(text.len(), move || Ok(Answer::text(text, true))).await?;
    app.answers.keep(key(&uri), mark, &answer);
    Ok(answer.holding(room).respond(&has))
}

async fn find(app: &App, id: i32) -> Result<Read<StoredSchema>, Problem> {
    let read = read::schema(app, id).await?;
    read.ok_or_else(|| Problem::SchemaNotFound(Some(id.to_string())))
}
