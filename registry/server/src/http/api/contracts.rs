//! `/api/v1/contracts`: what applications promise and need.

use axum::body::Body;
use axum::extract::State;
use axum::http::Request;
use treaty_api::contracts::{ContractEntry, Role, SubjectContract};
use treaty_store::{After, DEFAULT_CONTEXT};

use crate::answer::Answer;
use crate::app::App;
use crate::body;
use crate::ops::publish;
use crate::params::{Segment, SubjectPath};
use crate::problem::Problem;

/// Contracts of a list that are read at a time.
const PAGE: u32 = 1000;

/// `GET /api/v1/contracts`: who published one, by application.
pub async fn list(State(app): State<App>) -> Result<Answer, Problem> {
    let mut list = Vec::new();
    let mut after = After::default();
    loop {
        let page = app.store.contracts(DEFAULT_CONTEXT, &after, PAGE).await?;
        let Some(last) = page.last() else { break };
        after = After::new(&last.application, &last.version);
        list.extend(page.into_iter().map(|entry| ContractEntry {
            application: entry.application,
            owner: Some(entry.owner).filter(|owner| !owner.is_empty()),
            hash: entry.hash,
            published_at: entry.published_at,
        }));
    }
    Answer::changing(&list)
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
pub async fn of_subject(State(app): State<App>, SubjectPath(subject): SubjectPath) -> Result<Answer, Problem> {
    let mut named = Vec::new();
    for (stored, role) in [
        (treaty_store::Role::Sends, Role::Sends),
        (treaty_store::Role::Receives, Role::Receives),
    ] {
        let mut after = After::default();
        loop {
            let page = app
                .store
                .subject_contracts(DEFAULT_CONTEXT, &subject, stored, &after, PAGE)
                .await?;
            let Some(last) = page.last() else { break };
            after = After::new(&last.application, &last.version);
            named.extend(page.into_iter().map(|contract| SubjectContract {
                application: contract.application,
                owner: Some(contract.owner).filter(|owner| !owner.is_empty()),
                role,
            }));
        }
    }
    Answer::changing(&named)
}
