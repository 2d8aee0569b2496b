//! `/schemas/ids/{id}/subjects` and `/versions`: where a schema is used.

use axum::response::Response;
use treaty_api::subject::Subject;
use treaty_store::{Page, Show};

use crate::call::Call;
use crate::listing::{self, ENTRIES, Elements, Turned};
use crate::params::{IdPath, Query};
use crate::problem::Problem;

/// Where the list goes on.
struct Place {
    id: i32,
    /// Only the versions of this subject.
    subject: Option<Subject>,
    show: Show,
    /// Whether each subject is named once, without its versions.
    once: bool,
    after: Option<treaty_store::SubjectVersion>,
    offset: u32,
    left: Option<u32>,
}

/// `GET …/subjects`: the subjects, sorted.
pub async fn subjects(call: Call, IdPath(id): IdPath, query: Query) -> Result<Response, Problem> {
    uses(&call, id, &query, true).await
}

/// `GET …/versions`: the versions, by subject and number.
pub async fn versions(call: Call, IdPath(id): IdPath, query: Query) -> Result<Response, Problem> {
    uses(&call, id, &query, false).await
}

async fn uses(call: &Call, id: i32, query: &Query, once: bool) -> Result<Response, Problem> {
    let page = query.page()?;
    let first = Place {
        id,
        subject: query.subject(),
        show: query.show(),
        once,
        after: None,
        offset: page.offset,
        left: page.limit,
    };
    listing::answer(call, first, turn).await
}

async fn turn(call: Call, mut place: Place) -> Result<Turned<Place>, Problem> {
    let page = Page {
        offset: 0,
        limit: Some(ENTRIES),
    };
    let uses = call
        .store
        .versions_of_schema(&call.context, place.id, place.show, place.after.as_ref(), page)
        .await?;
    if uses.is_empty() && place.after.is_none() && !call.store.has_schema(&call.context, place.id).await? {
        return Err(Problem::SchemaNotFound(None));
    }
    let mut ended = uses.len() < ENTRIES as usize;
    let mut elements = Elements::default();
    for used in uses {
        let other = place.after.as_ref().is_none_or(|last| last.subject != used.subject);
        let wanted = place
            .subject
            .as_ref()
            .is_none_or(|subject| subject.context == call.context && subject.name == used.subject);
        if wanted && (other || !place.once) {
            if place.offset > 0 {
                place.offset -= 1;
            } else if place.left == Some(0) {
                ended = true;
                break;
            } else {
                place.left = place.left.map(|left| left - 1);
                match place.once {
                    true => elements.push(&used.subject)?,
                    false => elements.push(&treaty_api::schemas::SubjectVersion {
                        subject: used.subject.clone(),
                        version: used.version,
                    })?,
                }
            }
        }
        place.after = Some(used);
    }
    Ok((elements, (!ended).then_some(place)))
}
