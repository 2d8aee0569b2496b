//! `GET /schemas`: versions with their schemas, of many subjects.

use std::collections::{HashMap, VecDeque};
use std::sync::Arc;

use axum::response::{IntoResponse, Response};
use treaty_store::{Listed, ListedVersion, Page, Show, StoredSchema, SubjectVersion};

use crate::answer::Answer;
use crate::call::Call;
use crate::listing::{self, ENTRIES, Elements, PAGE, Turned};
use crate::ops::documents::Documents;
use crate::ops::present;
use crate::ops::read::COPIES;
use crate::params::Query;
use crate::problem::Problem;
use crate::workers;

/// The most versions of one answer, as in Confluent's registry; `offset` leads to the rest.
const MOST: u32 = 1000;

/// What is listed.
struct Requested {
    prefix: String,
    show: Show,
    latest: bool,
    /// The executor that one of the rules has to have.
    rule_type: Option<String>,
}

/// Where the list goes on.
struct Place {
    /// The last version that was listed.
    after: Option<SubjectVersion>,
    /// How many to leave out, and the most that follow.
    offset: u32,
    left: u32,
    /// Listed, and to be read.
    listed: VecDeque<ListedVersion>,
    /// More may follow those.
    more: bool,
}

/// By subject and version; with `latestOnly` the newest of each subject, with `ruleType` those that have such a rule.
pub async fn list(call: Call, query: Query) -> Result<Response, Problem> {
    let page = query.page()?;
    let Some(prefix) = query.prefix(&call.context) else {
        return Ok(Answer::changing(&[(); 0])?.into_response());
    };
    let wanted = Arc::new(Requested {
        prefix,
        show: query.show(),
        latest: query.is("latestOnly"),
        rule_type: query.get("ruleType").filter(|name| !name.is_empty()).map(str::to_owned),
    });
    let first = Place {
        after: None,
        offset: page.offset,
        left: page.limit.filter(|&limit| limit <= MOST).unwrap_or(MOST),
        listed: VecDeque::new(),
        more: true,
    };
    listing::answer(&call, first, move |call, place| turn(call, Arc::clone(&wanted), place)).await
}

async fn turn(call: Call, wanted: Arc<Requested>, mut place: Place) -> Result<Turned<Place>, Problem> {
    if place.listed.is_empty() {
        // Where rules decide, it is seen later which versions count.
        let page = match wanted.rule_type {
            Some(_) => Page {
                offset: 0,
                limit: Some(ENTRIES),
            },
            None => Page {
                offset: std::mem::take(&mut place.offset),
                limit: Some(place.left.min(ENTRIES)),
            },
        };
        let which = Listed {
            latest: wanted.latest,
            with_rules: wanted.rule_type.is_some(),
        };
        let listed = call.store.versions_listed(
            &call.context,
            &wanted.prefix,
            wanted.show,
            which,
            place.after.as_ref(),
            page,
        );
        place.listed = listed.await?.into();
        // Fewer than were asked for are the last.
        place.more = u32::try_from(place.listed.len()).ok() == page.limit;
        place.after = place.listed.back().map(|last| SubjectVersion {
            subject: last.subject.clone(),
            version: last.version,
        });
    }
    let (mut some, mut bytes) = (Vec::new(), 0);
    while let Some(next) = place.listed.front()
        && (some.is_empty() || bytes + next.bytes() <= PAGE)
        && let Some(next) = place.listed.pop_front()
    {
        bytes += next.bytes();
        some.push(next);
    }
    let elements = read(&call, some, bytes, wanted.rule_type.as_deref(), &mut place).await?;
    let ended = place.left == 0 || place.listed.is_empty() && !place.more;
    Ok((elements, (!ended).then_some(place)))
}

/// Reads these versions, which are so large together, as many as are left to answer.
async fn read(
    call: &Call,
    versions: Vec<ListedVersion>,
    bytes: usize,
    rule_type: Option<&str>,
    place: &mut Place,
) -> Result<Elements, Problem> {
    let mut elements = Elements::default();
    if bytes > PAGE {
        elements.hold(call.rooms.answers.take(bytes.saturating_mul(COPIES)).await?);
    }
    let mut ids: Vec<i32> = versions.iter().map(|version| version.id).collect();
    ids.sort_unstable();
    ids.dedup();
    let schemas = call.store.schemas(&call.context, &ids).await?;
    let mut schemas: HashMap<i32, StoredSchema> = schemas.into_iter().map(|schema| (schema.id, schema)).collect();
    let alone = versions.len() == 1;
    for version in versions {
        if let (Some(rule_type), Some(schema)) = (rule_type, schemas.get(&version.id)) {
            if !Documents::read(None, schema.rule_set.as_deref())?.have_rule_of(rule_type) {
                continue;
            }
            if place.offset > 0 {
                place.offset -= 1;
                continue;
            }
        }
        let Some(left) = place.left.checked_sub(1) else { break };
        place.left = left;
        let schema = match alone {
            true => schemas.remove(&version.id),
            false => schemas.get(&version.id).cloned(),
        };
        // One that was permanently deleted since is not there any more.
        let Some(schema) = schema else { continue };
        let add = move || {
            elements.push(&present::version(version.with(schema), None)?)?;
            Ok(elements)
        };
        elements = workers::json(bytes, add).await?;
    }
    Ok(elements)
}
