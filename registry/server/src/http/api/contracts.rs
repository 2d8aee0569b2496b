//! `/api/v1/contracts`: what applications promise and need.

use axum::body::Body;
use axum::extract::State;
use axum::http::Request;
use axum::response::Response;
use treaty_api::contracts::{ContractEntry, Role, SubjectContract};
use treaty_store::{After, DEFAULT_CONTEXT};

use crate::answer::Answer;
use crate::app::App;
use crate::body;
use crate::listing::{self, ENTRIES, Elements, Turned};
use crate::ops::publish;
use crate::params::{Segment, SubjectPath};
use crate::problem::Problem;

/// `GET /api/v1/contracts`: who published one, by application.
pub async fn list(State(app): State<App>) -> Result<Response, Problem> {
    listing::answer(&app, After::default(), |app, after| async move {
        let page = app.store.contracts(DEFAULT_CONTEXT, &after, ENTRIES).await?;
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
pub async fn get(State(app): State<App>, Segment(application): Segment) -> Result<Answer, Problem> {
    let found = app
        .store
        .contract(DEFAULT_CONTEXT, &application, publish::VERSION)
        .await?;
    let found = found.ok_or(Problem::ContractNotFound(application))?;
    Ok(Answer::text(found.document, false))
}

/// `PUT /api/v1/contracts/{application}`: publishes a contract, once it was found to hold.
pub async fn put(
    State(app): State<App>,
    Segment(application): Segment,
    request: Request<Body>,
) -> Result<Answer, Problem> {
    let bytes = body::read(&app, request).await?;
    Answer::changing(&publish::publish(&app, &application, body::understand(&app, &bytes).await?).await?)
}

/// `DELETE /api/v1/contracts/{application}`: withdraws it. Answers the application.
pub async fn delete(State(app): State<App>, Segment(application): Segment) -> Result<Answer, Problem> {
    if !app
        .store
        .delete_contract(DEFAULT_CONTEXT, &application, publish::VERSION)
        .await?
    {
        return Err(Problem::ContractNotFound(application));
    }
    Answer::changing(&application)
}

/// `GET /api/v1/subjects/{subject}/contracts`: who sends and who receives its events.
pub async fn of_subject(State(app): State<App>, SubjectPath(subject): SubjectPath) -> Result<Response, Problem> {
    let first = (Role::Sends, After::default());
    listing::answer(&app, first, move |app, place| turn(app, subject.clone(), place)).await
}

/// A page of a subject's contracts: those who send, and after them those who receive.
async fn turn(
    app: App,
    subject: String,
    (mut role, mut after): (Role, After),
) -> Result<Turned<(Role, After)>, Problem> {
    let mut elements = Elements::default();
    loop {
        let stored = match role {
            Role::Sends => treaty_store::Role::Sends,
            Role::Receives => treaty_store::Role::Receives,
        };
        let page = app
            .store
            .subject_contracts(DEFAULT_CONTEXT, &subject, stored, &after, ENTRIES);
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
