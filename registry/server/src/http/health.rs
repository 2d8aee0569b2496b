//! `/health/{live,ready,startup}`: what orchestrators ask. Never behind a token.

use axum::extract::State;
use treaty_store::StoreError;

use crate::answer::Answer;
use crate::app::App;
use crate::problem::Problem;

const UP: &str = r#"{"status":"up"}"#;

/// `GET /health/live`: the process answers. Looks at nothing else, so that an outage of the database restarts nobody.
pub async fn live() -> Answer {
    Answer::text(UP, false)
}

/// `GET /health/ready`: the database can be read and written, so requests may be sent here. If not, the message says why.
pub async fn ready(State(app): State<App>) -> Result<Answer, Problem> {
    match app.store.ready().await {
        Ok(()) => Ok(Answer::text(UP, false)),
        Err(StoreError::Unavailable(outage)) => Err(Problem::NotReady(outage)),
        Err(error) => Err(error.into()),
    }
}

/// `GET /health/startup`: the database was opened and its tables brought up to date; before that nobody listens.
pub async fn startup() -> Answer {
    Answer::text(UP, false)
}
