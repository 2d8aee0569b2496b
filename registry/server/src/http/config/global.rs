//! `/config`: the settings of all subjects that have none of their own.

use axum::body::Body;
use axum::http::Request;
use axum::response::Response;
use treaty_api::config::ConfigStored;
use treaty_store::Scope;

use crate::answer::Answer;
use crate::body;
use crate::call::Call;
use crate::ops::settings;
use crate::problem::Problem;

/// `GET`: what applies, whether it was set or not.
pub async fn get(call: Call) -> Result<Answer, Problem> {
    let stored = call.store.config(&call.context, Scope::Global).await?;
    Answer::changing(&settings::or_default(&call, settings::read(stored.as_deref())?))
}

/// `PUT`: changes what the body names.
pub async fn put(call: Call, request: Request<Body>) -> Result<Response, Problem> {
    let bytes = body::read(&call, request).await?;
    settings::admit(&bytes)?;
    let (now, warning) = settings::change(&call, None, body::understand(&call, &bytes).await?).await?;
    Ok(Answer::changing(&ConfigStored::from(now))?.warning(warning.as_deref()))
}

/// `DELETE`: back to what the server was started with. Answers what was set.
pub async fn delete(call: Call) -> Result<Answer, Problem> {
    let before = settings::clear(&call, None).await?;
    Answer::changing(&settings::or_default(&call, before))
}
