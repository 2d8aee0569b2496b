//! `/health/{live,ready,startup}`: what orchestrators ask. Never behind a token.

use axum::extract::State;

use crate::answer::Answer;
use crate::app::App;
use crate::problem::Problem;

const UP: &str = r#"{"status":"up"}"#;

/// `GET /health/live`: the process answers. Looks at nothing else, so that an outage of the database restarts nobody.
pub async fn live() -> Answer {
    Answer::text(UP, false)
}

/// `GET /health/ready`: the database answers too, so requests may be sent here.
pub async fn ready(State(app): State<App>) -> Result<Answer, Problem> {
    app.store.ping().await?;
    Ok(Answer::text(UP, false))
}

/// `GET /health/startup`: the database was opened and its tables brought up to date; before that nobody listens.
pub async fn startup() -> Answer {
    Answer::text(UP, false)
}
