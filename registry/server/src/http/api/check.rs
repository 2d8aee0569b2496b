//! `POST /api/v1/subjects/{subject}/check`: the whole truth about a change, and whom it hurts.

use axum::body::Body;
use axum::extract::State;
use axum::http::Request;

use crate::answer::Answer;
use crate::app::App;
use crate::body;
use crate::ops::report;
use crate::params::SubjectPath;
use crate::problem::Problem;

/// Answers with the report that `treaty check --format json` prints. A change that breaks somebody is no error here.
pub async fn check(
    State(app): State<App>,
    SubjectPath(subject): SubjectPath,
    request: Request<Body>,
) -> Result<Answer, Problem> {
    let bytes = body::read(&app, request).await?;
    let (proposed, room) = body::admit(&app, &bytes).await?;
    let report = report::report(&app, &subject, proposed).await?;
    app.metrics.checked(report.verdict.name());
    Ok(Answer::changing(&report)?.holding(Some(room)))
}
