//! `/`: an empty object, by which programs see that a registry is here.

use crate::answer::Answer;

/// `GET /` and `POST /`.
pub async fn get() -> Answer {
    Answer::text("{}", false)
}
