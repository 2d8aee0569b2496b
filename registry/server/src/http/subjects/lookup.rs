//! `POST /subjects/{subject}`: is this schema registered here, and as what?

use axum::body::Body;
use axum::http::{Request, Uri};

use treaty_api::subjects::NewSchema;

use crate::answer::Answer;
use crate::body;
use crate::cache::key_of_post;
use crate::call::Call;
use crate::ops::{self, present};
use crate::params::{Query, SubjectPath};
use crate::problem::Problem;
use crate::workers;

/// Finds the version of the subject that has this schema.
pub async fn lookup(
    call: Call,
    SubjectPath(subject): SubjectPath,
    query: Query,
    uri: Uri,
    request: Request<Body>,
) -> Result<Answer, Problem> {
    let bytes = body::read(&call, request).await?;
    let key = key_of_post(uri.path_and_query().map_or("", |whole| whole.as_str()), &bytes);
    if let Some(answer) = call.answers.get(&key) {
        return answer.admitted(&call).await;
    }
    let mark = call.generations.mark(&subject);
    let (schema, room): (NewSchema, _) = body::admit(&call, &bytes).await?;
    // What the latest version of another subject is changes with that one.
    let mark = mark.filter(|_| !ops::references::name_latest(schema.references.as_deref()));
    let found = ops::find::by_schema(&call, &subject, schema, query.is("normalize"), query.show()).await?;
    let text = present::text(&call, &found.schema, query.get("format")).await?;
    let answer = workers::json(found.schema.bytes(), move || {
        Answer::changing(&present::version(found, text)?)
    })
    .await?;
    call.answers.keep(&key, mark, &answer);
    Ok(answer.holding(Some(room)))
}
