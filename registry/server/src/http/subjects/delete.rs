//! `DELETE /subjects/{subject}`.

use crate::answer::Answer;
use crate::call::Call;
use crate::ops;
use crate::params::{Query, SubjectPath};
use crate::problem::Problem;

/// Hides the subject, or with `permanent` removes one that is hidden. Answers the versions that were deleted.
pub async fn delete(call: Call, SubjectPath(subject): SubjectPath, query: Query) -> Result<Answer, Problem> {
    Answer::changing(&ops::delete::subject(&call, &subject, query.is("permanent")).await?)
}
