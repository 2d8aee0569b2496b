//! `GET /subjects/{subject}/versions`.

use axum::http::Uri;
use axum::response::{IntoResponse, Response};
use treaty_api::subject::Subject;
use treaty_store::{Show, VersionEntry};

use crate::answer::Answer;
use crate::call::Call;
use crate::http::key;
use crate::listing::{self, Elements, Turned};
use crate::params::{Query, SubjectPath, cut};
use crate::problem::Problem;

/// Versions of a page: their numbers are all that is answered.
const VERSIONS: u32 = 4096;

/// Where the list goes on.
struct Place {
    subject: Subject,
    show: Show,
    /// Whether the soft-deleted ones are negative numbers.
    negative: bool,
    after: i32,
    offset: u32,
    left: Option<u32>,
}

/// The numbers of the versions, ascending; with `deletedAsNegative` the soft-deleted ones as negative numbers among them.
pub async fn list(call: Call, SubjectPath(subject): SubjectPath, query: Query, uri: Uri) -> Result<Response, Problem> {
    if let Some(answer) = call.answers.get(key(&uri)) {
        return Ok(answer.into_response());
    }
    let page = query.page()?;
    let mark = call.generations.mark(&subject);
    let negative = query.is("deletedAsNegative");
    let place = Place {
        show: if negative {
            Show::All
        } else {
            query.show_or_deleted_only()
        },
        subject,
        negative,
        after: 0,
        offset: page.offset,
        left: page.limit,
    };
    let versions = place.versions(&call).await?;
    if versions.is_empty() {
        let Subject { context, name } = &place.subject;
        // A subject of which no version is deleted is there all the same.
        if place.show == Show::Deleted && call.store.head(context, name).await?.last_version > 0 {
            return Ok(Answer::changing(&[(); 0])?.into_response());
        }
        return Err(Problem::SubjectNotFound(place.subject.to_string()));
    }
    if versions.len() < VERSIONS as usize {
        let numbers = versions.iter().map(|entry| place.number(entry));
        let answer = Answer::changing(&cut(numbers.collect(), page))?;
        call.answers.keep(key(&uri), mark, &answer);
        return Ok(answer.into_response());
    }
    listing::answer(&call, place, turn).await
}

impl Place {
    async fn versions(&self, call: &Call) -> Result<Vec<VersionEntry>, Problem> {
        let versions = call.store.versions_after(
            &self.subject.context,
            &self.subject.name,
            self.show,
            self.after,
            Some(VERSIONS),
        );
        Ok(versions.await?)
    }

    fn number(&self, entry: &VersionEntry) -> i32 {
        match entry.deleted && self.negative {
            true => -entry.version,
            false => entry.version,
        }
    }
}

async fn turn(call: Call, mut place: Place) -> Result<Turned<Place>, Problem> {
    let versions = place.versions(&call).await?;
    let mut ended = versions.len() < VERSIONS as usize;
    let mut elements = Elements::default();
    for entry in &versions {
        if place.offset > 0 {
            place.offset -= 1;
            continue;
        }
        if place.left == Some(0) {
            ended = true;
            break;
        }
        place.left = place.left.map(|left| left - 1);
        elements.push(&place.number(entry))?;
    }
    place.after = versions.last().map_or(place.after, |last| last.version);
    Ok((elements, (!ended).then_some(place)))
}
