//! A request, as the operations see it: the app that answers it, its context, who sent it, its id and its time.
//!
//! Invariant: the clock is read here alone, once for each request, so that everything that one request writes has one time.

use std::convert::Infallible;
use std::fmt;
use std::ops::Deref;
use std::time::{SystemTime, UNIX_EPOCH};

use axum::extract::FromRequestParts;
use axum::http::HeaderValue;
use axum::http::request::Parts;
use treaty_api::subject::Context;
use treaty_schemas::Line;

use crate::app::App;
use crate::observe::REQUEST_ID;

/// Who sends a request.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Actor {
    /// Anybody: no request is asked who sends it.
    Anonymous,
}

/// One request. Cheap to clone.
#[derive(Clone)]
pub struct Call {
    /// What all requests share.
    pub app: App,
    /// The context of ids, and of subjects that name none.
    pub context: Context,
    /// Who sent it.
    pub actor: Actor,
    /// Its id, as the answer and the log have it.
    pub request_id: HeaderValue,
    /// When it arrived, in milliseconds since 1970 (UTC).
    pub now: i64,
}

impl Call {
    /// Notes a change in the log, with who asked for it.
    pub fn changed(&self, what: &'static str, name: impl fmt::Display) {
        tracing::debug!(
            request_id = self.request_id.to_str().unwrap_or_default(),
            actor = ?self.actor,
            name = %Line::new(name),
            "{what}"
        );
    }
}

impl Deref for Call {
    type Target = App;

    fn deref(&self) -> &App {
        &self.app
    }
}

impl FromRequestParts<App> for Call {
    type Rejection = Infallible;

    async fn from_request_parts(parts: &mut Parts, app: &App) -> Result<Call, Infallible> {
        let id = parts.headers.get(REQUEST_ID);
        Ok(Call {
            app: app.clone(),
            context: Context::DEFAULT,
            actor: Actor::Anonymous,
            // The layer around every endpoint gives each request an id.
            request_id: id.cloned().unwrap_or(HeaderValue::from_static("-")),
            now: now(),
        })
    }
}

/// A clock before 1970 is taken for 1970.
fn now() -> i64 {
    let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
    i64::try_from(since.as_millis()).unwrap_or(i64::MAX)
}
