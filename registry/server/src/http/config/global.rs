//! `/config`: the settings of all subjects that have none of their own.

use axum::body::Body;
use axum::extract::State;
use axum::http::Request;
use treaty_api::config::ConfigStored;
use treaty_store::{DEFAULT_CONTEXT, Scope};

use crate::answer::Answer;
use crate::app::App;
use crate::body;
use crate::ops::settings;
use crate::problem::Problem;

/// `GET`: what applies, whether it was set or not.
pub async fn get(State(app): State<App>) -> Result<Answer, Problem> {
    let stored = app.store.config(DEFAULT_CONTEXT, Scope::Global).await?;
    Answer::changing(&settings::or_default(&app, settings::read(stored.as_deref())?))
}

/// `PUT`: changes what the body names.
pub async fn put(State(app): State<App>, request: Request<Body>) -> Result<Answer, Problem> {
    let bytes = body::read(&app, request).await?;
    settings::admit(&bytes)?;
    let now = settings::change(&app, None, body::understand(&app, &bytes).await?).await?;
    Answer::changing(&ConfigStored::from(now))
}

/// `DELETE`: back to what the server was started with. Answers what was set.
pub async fn delete(State(app): State<App>) -> Result<Answer, Problem> {
    let before = settings::clear(&app, None).await?;
    Answer::changing(&settings::or_default(&app, before))
}
