//! `/api/v1/contracts`: what applications promise and need.

use axum::body::Body;
use axum::http::Request;
use axum::response::Response;
use treaty_api::contracts::{ContractEntry, Role, SubjectContract};
use treaty_api::subject::Subject;
use treaty_store::After;

use crate::answer::Answer;
use crate::body;
use crate::call::Call;
use crate::listing::{self, ENTRIES, Elements, Turned};
use crate::ops::publish;
use crate::params::{Segment, SubjectPath};
use crate::problem::Problem;

/// `GET /api/v1/contracts`: who published one, by application.
pub async fn list(call: Call) -> Result<Response, Problem> {
    listing::answer(&call, After::default(), |call, after| async move {
        let page = call.store.contracts(&call.context, &after, ENTRIES).await?;
        let next = full(&page).map(|last| After::new(&last.application, &last.version));
        let mut elements = Elements::default();
        for entry in page {
            elements.push(&ContractEntry {
                application: entry.application,
                owner: Some(entry.owner).filter(|owner| !owner.is_empty()),
                hash: entry.hash,
                published_at: entry.published_at,
            })?;
        }
        Ok((elements, next))
    })
    .await
}

/// `GET /api/v1/contracts/{application}`: the contract as it was published.
pub async fn get(call: Call, Segment(application): Segment) -> Result<Answer, Problem> {
    let found = call
        .store
        .contract(&call.context, &application, publish::VERSION)
        .await?;
    let found = found.ok_or(Problem::ContractNotFound(application))?;
    Ok(Answer::text(found.document, false))
}

/// `PUT /api/v1/contracts/{application}`: publishes a contract, once it was found to hold.
pub async fn put(call: Call, Segment(application): Segment, request: Request<Body>) -> Result<Answer, Problem> {
    let bytes = body::read(&call, request).await?;
    Answer::changing(&publish::publish(&call, &application, body::understand(&call, &bytes).await?).await?)
}

/// `DELETE /api/v1/contracts/{application}`: withdraws it. Answers the application.
pub async fn delete(call: Call, Segment(application): Segment) -> Result<Answer, Problem> {
    if !call
        .store
        .delete_contract(&call.context, &application, publish::VERSION)
        .await?
    {
        return Err(Problem::ContractNotFound(application));
    }
    call.changed("a contract was withdrawn", &application);
    Answer::changing(&application)
}

/// `GET /api/v1/subjects/{subject}/contracts`: who sends and who receives its events.
pub async fn of_subject(call: Call, SubjectPath(subject): SubjectPath) -> Result<Response, Problem> {
    let first = (Role::Sends, After::default());
    listing::answer(&call, first, move |call, place| turn(call, subject.clone(), place)).await
}

/// A page of a subject's contracts: those who send, and after them those who receive.
async fn turn(
    call: Call,
    subject: Subject,
    (mut role, mut after): (Role, After),
) -> Result<Turned<(Role, After)>, Problem> {
    let mut elements = Elements::default();
    loop {
        let stored = match role {
            Role::Sends => treaty_store::Role::Sends,
            Role::Receives => treaty_store::Role::Receives,
        };
        let page = call
            .store
            .contracts_of_subject(&subject.context, &subject.name, stored, &after, ENTRIES);
        let page = page.await?;
        let next = full(&page).map(|last| After::new(&last.application, &last.version));
        for contract in page {
            elements.push(&SubjectContract {
                application: contract.application,
                owner: Some(contract.owner).filter(|owner| !owner.is_empty()),
                role,
            })?;
        }
        match (next, role) {
            (Some(next), _) => return Ok((elements, Some((role, next)))),
            (None, Role::Sends) => (role, after) = (Role::Receives, After::default()),
            (None, Role::Receives) => return Ok((elements, None)),
        }
    }
}

/// The last of a page after which others may follow.
fn full<T>(page: &[T]) -> Option<&T> {
    page.last().filter(|_| page.len() >= ENTRIES as usize)
}
