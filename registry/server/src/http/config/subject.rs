//! `/config/{subject}`: the settings of one subject, which need not exist.

use axum::body::Body;
use axum::http::Request;
use axum::response::Response;
use treaty_api::config::ConfigStored;

use crate::answer::Answer;
use crate::body;
use crate::call::Call;
use crate::ops::settings;
use crate::params::{Query, SubjectPath};
use crate::problem::Problem;

/// `GET`: what is set for the subject itself. Only with `defaultToGlobal` anything else.
pub async fn get(call: Call, SubjectPath(subject): SubjectPath, query: Query) -> Result<Answer, Problem> {
    Answer::changing(&settings::of_subject(&call, &subject, query.is("defaultToGlobal")).await?)
}

/// `PUT`: changes what the body names.
pub async fn put(call: Call, SubjectPath(subject): SubjectPath, request: Request<Body>) -> Result<Response, Problem> {
    let bytes = body::read(&call, request).await?;
    settings::admit(&bytes)?;
    let (now, warning) = settings::change(&call, Some(&subject), body::understand(&call, &bytes).await?).await?;
    Ok(Answer::changing(&ConfigStored::from(now))?.warning(warning.as_deref()))
}

/// `DELETE`: the settings of the registry apply again. Answers what was set.
pub async fn delete(call: Call, SubjectPath(subject): SubjectPath) -> Result<Answer, Problem> {
    match settings::clear(&call, Some(&subject)).await? {
        // As `GET` answered it.
        Some(before) => Answer::changing(&settings::with_level(&call, before)),
        None => Err(Problem::SubjectNotFound(subject.to_string())),
    }
}
