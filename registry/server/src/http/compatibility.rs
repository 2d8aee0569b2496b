//! `/compatibility/subjects/{subject}/versions`: could this schema be registered?

use axum::body::Body;
use axum::http::Request;
use treaty_api::subject::Subject;

use crate::answer::Answer;
use crate::body;
use crate::call::Call;
use crate::ops::check::{self, Against};
use crate::params::{Query, SubjectPath, VersionPath};
use crate::problem::Problem;

/// `POST …/versions`: against every version that the level asks for.
pub async fn with_all(
    call: Call,
    SubjectPath(subject): SubjectPath,
    query: Query,
    request: Request<Body>,
) -> Result<Answer, Problem> {
    answer(&call, &subject, Against::Level, &query, request).await
}

/// `POST …/versions/{version}`: against that version.
pub async fn with_one(
    call: Call,
    VersionPath(subject, version): VersionPath,
    query: Query,
    request: Request<Body>,
) -> Result<Answer, Problem> {
    answer(&call, &subject, Against::Version(version), &query, request).await
}

async fn answer(
    call: &Call,
    subject: &Subject,
    against: Against,
    query: &Query,
    request: Request<Body>,
) -> Result<Answer, Problem> {
    let bytes = body::read(call, request).await?;
    let (schema, room) = body::admit(call, &bytes).await?;
    let verbose = query.is("verbose");
    let check = check::check(call, subject, against, schema, query.is("normalize"), verbose).await?;
    call.metrics.checked(if check.is_compatible {
        "compatible"
    } else {
        "incompatible"
    });
    Ok(Answer::changing(&check)?.holding(Some(room)))
}
