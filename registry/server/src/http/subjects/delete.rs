//! `DELETE /subjects/{subject}`.

use axum::extract::State;

use crate::answer::Answer;
use crate::app::App;
use crate::ops;
use crate::params::{Query, SubjectPath};
use crate::problem::Problem;

/// Hides the subject, or with `permanent` removes one that is hidden. Answers the versions that were deleted.
pub async fn delete(
    State(app): State<App>,
    SubjectPath(subject): SubjectPath,
    query: Query,
) -> Result<Answer, Problem> {
    Answer::changing(&ops::delete::subject(&app, &subject, query.is("permanent")).await?)
}
