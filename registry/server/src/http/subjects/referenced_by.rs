//! `GET /subjects/{subject}/versions/{version}/referencedby`.

use axum::extract::State;
use treaty_store::DEFAULT_CONTEXT;

use crate::answer::Answer;
use crate::app::App;
use crate::http::subjects::version::find;
use crate::params::{Query, VersionPath, cut};
use crate::problem::Problem;

/// The ids of the schemas that refer to this version, ascending. The version may be soft-deleted.
pub async fn list(
    State(app): State<App>,
    VersionPath(subject, version): VersionPath,
    query: Query,
) -> Result<Answer, Problem> {
    let page = query.page()?;
    let target = find(&app, &subject, version, true).await?;
    let referrers = app
        .store
        .referenced_by(DEFAULT_CONTEXT, &subject, target.version, query.show())
        .await?;
    let mut ids: Vec<i32> = referrers.into_iter().map(|referrer| referrer.id).collect();
    ids.dedup();
    Answer::changing(&cut(ids, page))
}
