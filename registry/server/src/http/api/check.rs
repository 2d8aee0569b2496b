//! `POST /api/v1/subjects/{subject}/check`: the whole truth about a change, and whom it affects.

use axum::body::Body;
use axum::http::Request;

use crate::answer::Answer;
use crate::body;
use crate::call::Call;
use crate::ops::report;
use crate::params::SubjectPath;
use crate::problem::Problem;

/// Answers with the report that `treaty check --format json` prints. A change that breaks somebody is no error here.
pub async fn check(call: Call, SubjectPath(subject): SubjectPath, request: Request<Body>) -> Result<Answer, Problem> {
    let bytes = body::read(&call, request).await?;
    let (proposed, room) = body::admit(&call, &bytes).await?;
    let report = report::report(&call, &subject, proposed).await?;
    call.metrics.checked(report.verdict.name());
    Ok(Answer::changing(&report)?.holding(Some(room)))
}
