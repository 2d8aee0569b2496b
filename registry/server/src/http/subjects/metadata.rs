//! `GET /subjects/{subject}/metadata`: the newest version that has certain properties.

use axum::extract::State;

use crate::answer::Answer;
use crate::app::App;
use crate::ops;
use crate::ops::present;
use crate::params::{Query, SubjectPath};
use crate::problem::Problem;

/// Finds by pairs of `key` and `value`, which may be repeated.
pub async fn find(State(app): State<App>, SubjectPath(subject): SubjectPath, query: Query) -> Result<Answer, Problem> {
    let wanted: Vec<(&str, &str)> = query.all("key").zip(query.all("value")).collect();
    let found = ops::find::by_properties(&app, &subject, &wanted, query.is("deleted")).await?;
    let text = present::text(&app, &found.schema, query.get("format")).await?;
    Answer::changing(&present::version(found, text)?)
}
