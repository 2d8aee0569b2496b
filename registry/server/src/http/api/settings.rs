//! `/api/v1/settings` and `/api/v1/subjects/{subject}/settings`: what Confluent's API has no setting for. Each answers what applies.

use axum::body::Body;
use axum::http::Request;

use crate::answer::Answer;
use crate::body;
use crate::call::Call;
use crate::ops::settings::{self, own};
use crate::params::SubjectPath;
use crate::problem::Problem;

/// `GET`: what applies to subjects that have no settings of their own.
pub async fn get(call: Call) -> Result<Answer, Problem> {
    Answer::changing(&own::of(&call, None).await?)
}

/// `PUT`: changes what the body names.
pub async fn put(call: Call, request: Request<Body>) -> Result<Answer, Problem> {
    let bytes = body::read(&call, request).await?;
    settings::admit(&bytes)?;
    Answer::changing(&own::change(&call, None, body::understand(&call, &bytes).await?).await?)
}

/// `DELETE`: back to the defaults.
pub async fn delete(call: Call) -> Result<Answer, Problem> {
    Answer::changing(&own::clear(&call, None).await?)
}

/// `GET`: what applies to the subject, which need not exist.
pub async fn of_subject(call: Call, SubjectPath(subject): SubjectPath) -> Result<Answer, Problem> {
    Answer::changing(&own::of(&call, Some(&subject)).await?)
}

/// `PUT`: changes what the body names for the subject.
pub async fn put_of_subject(
    call: Call,
    SubjectPath(subject): SubjectPath,
    request: Request<Body>,
) -> Result<Answer, Problem> {
    let bytes = body::read(&call, request).await?;
    settings::admit(&bytes)?;
    Answer::changing(&own::change(&call, Some(&subject), body::understand(&call, &bytes).await?).await?)
}

/// `DELETE`: the settings of the registry apply to the subject again.
pub async fn delete_of_subject(call: Call, SubjectPath(subject): SubjectPath) -> Result<Answer, Problem> {
    Answer::changing(&own::clear(&call, Some(&subject)).await?)
}
