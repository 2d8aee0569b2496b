//! `GET /subjects/{subject}/metadata`: the newest version that has certain properties.

use crate::answer::Answer;
use crate::call::Call;
use crate::ops;
use crate::ops::present;
use crate::params::{Query, SubjectPath};
use crate::problem::Problem;

/// Finds by pairs of `key` and `value`, which may be repeated.
pub async fn find(call: Call, SubjectPath(subject): SubjectPath, query: Query) -> Result<Answer, Problem> {
    let wanted: Vec<(&str, &str)> = query.all("key").zip(query.all("value")).collect();
    let found = ops::find::by_properties(&call, &subject, &wanted, query.is("deleted")).await?;
    let text = present::text(&call, &found.schema, query.get("format")).await?;
    Answer::changing(&present::version(found, text)?)
}
