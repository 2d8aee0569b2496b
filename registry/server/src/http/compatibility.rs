//! `/compatibility/subjects/{subject}/versions`: could this schema be registered?

use axum::body::Body;
use axum::extract::State;
use axum::http::Request;

use crate::answer::Answer;
use crate::app::App;
use crate::body;
use crate::ops::check::{self, Against};
use crate::params::{Query, SubjectPath, VersionPath};
use crate::problem::Problem;

/// `POST …/versions`: against every version that the level asks for.
pub async fn with_all(
    State(app): State<App>,
    SubjectPath(subject): SubjectPath,
    query: Query,
    request: Request<Body>,
) -> Result<Answer, Problem> {
    answer(&app, &subject, Against::Level, &query, request).await
}

/// `POST …/versions/{version}`: against that version.
pub async fn with_one(
    State(app): State<App>,
    VersionPath(subject, version): VersionPath,
    query: Query,
    request: Request<Body>,
) -> Result<Answer, Problem> {
    answer(&app, &subject, Against::Version(version), &query, request).await
}

async fn answer(
    app: &App,
    subject: &str,
    against: Against,
    query: &Query,
    request: Request<Body>,
) -> Result<Answer, Problem> {
    let bytes = body::read(app, request).await?;
    let (schema, room) = body::admit(app, &bytes).await?;
    let verbose = query.is("verbose");
    let check = check::check(app, subject, against, schema, query.is("normalize"), verbose).await?;
    app.metrics.checked(if check.is_compatible {
        "compatible"
    } else {
        "incompatible"
    });
    Ok(Answer::changing(&check)?.holding(Some(room)))
}
