//! `POST /subjects/{subject}/versions`.

use axum::body::Body;
use axum::http::{Request, Uri};
use axum::response::{IntoResponse, Response};

use treaty_api::subjects::NewSchema;

use crate::answer::Answer;
use crate::body;
use crate::cache::key_of_post;
use crate::call::Call;
use crate::ops::{self, present};
use crate::params::{Query, SubjectPath};
use crate::problem::Problem;
use crate::workers;

/// Registers a schema, or finds that it is registered already.
pub async fn register(
    call: Call,
    SubjectPath(subject): SubjectPath,
    query: Query,
    uri: Uri,
    request: Request<Body>,
) -> Result<Response, Problem> {
    let bytes = body::read(&call, request).await?;
    let key = key_of_post(uri.path_and_query().map_or("", |whole| whole.as_str()), &bytes);
    if let Some(answer) = call.answers.get(&key) {
        call.metrics.registered("known");
        return Ok(answer.admitted(&call).await?.into_response());
    }
    let mark = call.generations.mark(&subject);
    let (schema, room): (NewSchema, _) = body::admit(&call, &bytes).await?;
    // What the latest version of another subject is changes with that one.
    let mark = mark.filter(|_| !ops::references::name_latest(schema.references.as_deref()));
    let has_tags = schema.schema_tags_to_add || schema.schema_tags_to_remove;
    let outcome = ops::register::register(&call, &subject, schema, query.is("normalize")).await;
    call.metrics.registered(match &outcome {
        Ok(registered) if registered.already => "known",
        Ok(_) => "new",
        Err(Problem::Incompatible { .. }) => "incompatible",
        Err(_) => "refused",
    });
    let registered = outcome?;
    let already = registered.already;
    let of_tags = has_tags.then_some("schemaTagsToAdd and schemaTagsToRemove have no effect here");
    let warnings: Vec<&str> = registered.warning.as_deref().into_iter().chain(of_tags).collect();
    let warning = (!warnings.is_empty()).then(|| warnings.join("; "));
    let write = move || Answer::changing(&present::registered(registered)?);
    let answer = workers::json(bytes.len(), write).await?;
    if already {
        call.answers.keep(&key, mark, &answer);
    }
    Ok(answer.holding(Some(room)).warning(warning.as_deref()))
}
