//! `POST /subjects/{subject}`: is this schema registered here, and as what?

use axum::body::Body;
use axum::extract::State;
use axum::http::{Request, Uri};

use treaty_api::subjects::NewSchema;

use crate::answer::Answer;
use crate::app::App;
use crate::body;
use crate::cache::key_of_post;
use crate::ops::{self, present, work};
use crate::params::{Query, SubjectPath};
use crate::problem::Problem;

/// Finds the version of the subject that has this schema.
pub async fn lookup(
    State(app): State<App>,
    SubjectPath(subject): SubjectPath,
    query: Query,
    uri: Uri,
    request: Request<Body>,
) -> Result<Answer, Problem> {
    let bytes = body::read(&app, request).await?;
    let key = key_of_post(uri.path_and_query().map_or("", |whole| whole.as_str()), &bytes);
    if let Some(answer) = app.answers.get(&key) {
        return answer.admitted(&app).await;
    }
    let mark = app.generations.mark(&subject);
    let (schema, room): (NewSchema, _) = body::admit(&app, &bytes).await?;
    // What the latest version of another subject is changes with that one.
    let mark = mark.filter(|_| !ops::references::name_latest(schema.references.as_deref()));
    let found = ops::find::by_schema(&app, &subject, schema, query.is("normalize"), query.show()).await?;
    let text = present::text(&app, &found.schema, query.get("format")).await?;
    let answer = work::json(found.schema.bytes(), move || {
        Answer::changing(&present::version(found, text)?)
    })
    .await?;
    app.answers.keep(&key, mark, &answer);
    Ok(answer.holding(Some(room)))
}
