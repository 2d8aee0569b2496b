//! `GET /subjects/{subject}/versions/{version}/referencedby`.

use axum::response::Response;

use crate::call::Call;
use crate::http::subjects::version::number;
use crate::listing::{self, Elements, Turned};
use crate::params::{Query, VersionPath, cut};
use crate::problem::Problem;

/// Ids of a page.
const IDS: usize = 4096;

/// The ids of the schemas that refer to this version, ascending. The version may be soft-deleted.
pub async fn list(call: Call, VersionPath(subject, version): VersionPath, query: Query) -> Result<Response, Problem> {
    let page = query.page()?;
    let target = number(&call, &subject, version).await?;
    let ids = call
        .store
        .referring_ids(&subject.context, &subject.name, target, query.show())
        .await?;
    listing::answer(&call, cut(ids, page).into_iter(), turn).await
}

/// They are a few bytes each, so all of them are read at once; what is written of them is not made at once.
async fn turn(_: Call, mut ids: std::vec::IntoIter<i32>) -> Result<Turned<std::vec::IntoIter<i32>>, Problem> {
    let mut elements = Elements::default();
    for id in ids.by_ref().take(IDS) {
        elements.push(&id)?;
    }
    let ended = ids.as_slice().is_empty();
    Ok((elements, (!ended).then_some(ids)))
}
