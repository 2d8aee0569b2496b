//! `GET /subjects`.

use axum::response::{IntoResponse, Response};
use treaty_store::{Page, Show};

use crate::answer::Answer;
use crate::call::Call;
use crate::listing::{self, ENTRIES, Elements, Turned};
use crate::params::Query;
use crate::problem::Problem;

/// Where the list goes on.
struct Place {
    prefix: String,
    show: Show,
    after: Option<String>,
    offset: u32,
    left: Option<u32>,
}

/// The names of the subjects, sorted by their bytes: all of them, unless a prefix or a page is asked for.
pub async fn list(call: Call, query: Query) -> Result<Response, Problem> {
    let page = query.page()?;
    let Some(prefix) = query.prefix(&call.context) else {
        return Ok(Answer::changing(&[(); 0])?.into_response());
    };
    let first = Place {
        prefix,
        show: query.show_or_deleted_only(),
        after: None,
        offset: page.offset,
        left: page.limit,
    };
    listing::answer(&call, first, turn).await
}

async fn turn(call: Call, mut place: Place) -> Result<Turned<Place>, Problem> {
    let asked = place.left.map_or(ENTRIES, |left| left.min(ENTRIES));
    let page = Page {
        offset: place.offset,
        limit: Some(asked),
    };
    let subjects = call
        .store
        .subjects_after(&call.context, &place.prefix, place.after.as_deref(), place.show, page)
        .await?;
    let mut elements = Elements::default();
    for subject in &subjects {
        elements.push(subject)?;
    }
    let ended = subjects.len() < asked as usize || place.left == Some(asked);
    place.offset = 0;
    place.left = place.left.map(|left| left - asked);
    place.after = subjects.into_iter().next_back();
    Ok((elements, (!ended).then_some(place)))
}
