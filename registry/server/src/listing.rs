//! Lists of any length: read from the store and sent a page at a time, as fast as the client takes them.
//!
//! Invariants: of a list no more than a page is in memory for a client; a list that breaks off does not end like one that is
//! whole: its connection is closed before the end of the body was sent.

use std::io;

use axum::body::{Body, Bytes};
use axum::response::{IntoResponse, Response};
use futures_util::stream;
use serde::Serialize;

use crate::answer::{Answer, Held};
use crate::call::Call;
use crate::problem::Problem;
use crate::rooms::Taken;

/// Bytes of a page, about: as much as is worth a query and can be there for each client.
pub const PAGE: usize = 64 << 10;

/// Entries of a page, where they are small.
pub const ENTRIES: u32 = 512;

/// Some elements of a list, as JSON.
#[derive(Default)]
pub struct Elements {
    json: Vec<u8>,
    room: Option<Taken>,
}

impl Elements {
    /// Adds an element.
    ///
    /// # Errors
    /// None that the types of the API can have.
    pub fn push(&mut self, element: &impl Serialize) -> Result<(), Problem> {
        if !self.json.is_empty() {
            self.json.push(b',');
        }
        serde_json::to_writer(&mut self.json, element)
            .map_err(|error| Problem::internal(format!("an answer cannot be written: {error}")))
    }

    /// Keeps the room that they take until they are sent.
    pub fn hold(&mut self, room: Taken) {
        self.room = Some(room);
    }

    /// Their bytes, between these.
    fn between(self, before: &[u8], after: &[u8]) -> Bytes {
        let mut json = self.json;
        json.splice(0..0, before.iter().copied());
        json.extend_from_slice(after);
        match self.room {
            Some(room) => Held::bytes(json.into(), std::sync::Arc::new(room)),
            None => json.into(),
        }
    }
}

/// A page: its elements, and from where the list goes on; none at its end.
pub type Turned<S> = (Elements, Option<S>);

/// Answers with a list. `page` reads the page that begins at a place. A list of one page is answered as any other answer is.
///
/// # Errors
/// Those of the first page.
pub async fn answer<S, F>(
    call: &Call,
    first: S,
    page: impl Fn(Call, S) -> F + Send + 'static,
) -> Result<Response, Problem>
where
    S: Send + 'static,
    F: Future<Output = Result<Turned<S>, Problem>> + Send + 'static,
{
    let (mut elements, mut next) = page(call.clone(), first).await?;
    while elements.json.is_empty()
        && let Some(place) = next
    {
        (elements, next) = page(call.clone(), place).await?;
    }
    let Some(next) = next else {
        return Ok(Answer::text(elements.between(b"[", b"]"), false).into_response());
    };
    let call = call.clone();
    let rest = stream::try_unfold(Some((Some(elements), next)), move |place| {
        let turned = place.map(|(begun, next)| match begun {
            Some(elements) => Err((elements, next)),
            None => Ok(page(call.clone(), next)),
        });
        let call = call.clone();
        async move {
            match turned {
                None => Ok::<_, io::Error>(None),
                Some(Err((elements, next))) => Ok(Some((elements.between(b"[", b""), Some((None, next))))),
                Some(Ok(page)) => {
                    let (elements, next) = page.await.map_err(|problem| broken(&call, &problem))?;
                    let before: &[u8] = if elements.json.is_empty() { b"" } else { b"," };
                    let after: &[u8] = if next.is_none() { b"]" } else { b"" };
                    Ok(Some((elements.between(before, after), next.map(|next| (None, next)))))
                }
            }
        }
    });
    let mut response = Answer::text(Bytes::new(), false).into_response();
    *response.body_mut() = Body::from_stream(rest);
    Ok(response)
}

/// The answer has begun, so all that the client can learn is that it was cut.
fn broken(call: &Call, problem: &Problem) -> io::Error {
    if matches!(problem, Problem::Unavailable(_)) {
        call.metrics.outages.inc();
    }
    let request_id = call.request_id.to_str().unwrap_or_default();
    tracing::error!(request_id, ?problem, "a list broke off");
    io::Error::other("the list broke off")
}
