//! The one layer around every endpoint: request id, media type, metrics and log.
//!
//! It is one layer because layers are what costs: each adds a future, a box and a poll to every request.

use std::future::Future;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};
use std::time::{Duration, Instant};

use axum::body::Body;
use axum::http::header::{CONTENT_TYPE, ETAG, VARY};
use axum::http::{HeaderName, HeaderValue, Method, Request};
use axum::response::{IntoResponse, Response};
use tower::{Layer, Service};
use treaty_schemas::Line;
use uuid::Uuid;

use crate::answer;
use crate::app::App;
use crate::media;
use crate::metrics::Route;
use crate::problem::{self, CauseForLog, Problem};

/// The header that names a request in logs, here and elsewhere.
pub const REQUEST_ID: HeaderName = HeaderName::from_static("x-request-id");

/// What a cache has to compare before it gives an answer to another client: the media type is chosen by it.
const BY_ACCEPT: HeaderValue = HeaderValue::from_static("accept");

/// The longest path in the access log, in bytes: with all that is escaped no line is then longer than 1 KB.
const LONGEST_PATH: usize = 288;

/// The longest request id that is taken over from a client.
const LONGEST_ID: usize = 128;

/// Whether an endpoint's answer has the media type that the client prefers, or one of its own.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Answers {
    /// One of Confluent's, as negotiated.
    Negotiated,
    /// What the endpoint says (health, metrics): the client is not asked.
    Fixed,
}

/// The layer of one route.
#[derive(Clone)]
pub struct Observe {
    app: App,
    route: Arc<Route>,
    answers: Answers,
}

impl Observe {
    /// For the route with these counters.
    pub fn new(app: App, route: Route, answers: Answers) -> Observe {
        Observe {
            app,
            route: Arc::new(route),
            answers,
        }
    }
}

impl<S> Layer<S> for Observe {
    type Service = Observed<S>;

    fn layer(&self, inner: S) -> Observed<S> {
        Observed {
            inner,
            observe: self.clone(),
        }
    }
}

/// An endpoint inside the layer.
#[derive(Clone)]
pub struct Observed<S> {
    inner: S,
    observe: Observe,
}

impl<S, E> Service<Request<Body>> for Observed<S>
where
    S: Service<Request<Body>, Error = E>,
    S::Response: IntoResponse,
    S::Future: Send + 'static,
    E: Send + 'static,
{
    type Response = Response;
    type Error = E;
    type Future = Pin<Box<dyn Future<Output = Result<Response, E>> + Send>>;

    fn poll_ready(&mut self, context: &mut Context<'_>) -> Poll<Result<(), E>> {
        self.inner.poll_ready(context)
    }

    fn call(&mut self, mut request: Request<Body>) -> Self::Future {
        let begun = Instant::now();
        let observe = self.observe.clone();
        let id = request_id(&request);
        // The endpoint sees the same id as the client and the log.
        request.headers_mut().insert(REQUEST_ID, id.clone());
        let method = request.method().clone();
        let media = match observe.answers {
            Answers::Negotiated => media::negotiate(request.headers()),
            Answers::Fixed => Some(media::DEFAULT),
        };
        let path = observe.app.config.access_log.then(|| shown(request.uri().path()));
        observe.app.metrics.in_flight.inc();
        let in_flight = InFlight(observe.app.clone());
        let answer = media.as_ref().map(|_| self.inner.call(request));
        Box::pin(async move {
            let mut response = match answer {
                Some(answer) => match caught(answer).await {
                    Ok(answer) => answer?.into_response(),
                    Err(panic) => panic.into_response(),
                },
                None => Problem::NotAcceptable.into_response(),
            };
            let headers = response.headers_mut();
            if observe.answers == Answers::Negotiated {
                headers.insert(VARY, BY_ACCEPT);
            }
            if let Some(media) = media
                && media != media::DEFAULT
            {
                if let Some(tag) = headers.get(ETAG).and_then(|tag| answer::tag_in(tag, &media)) {
                    headers.insert(ETAG, tag);
                }
                if headers.get(CONTENT_TYPE) == Some(&media::DEFAULT) {
                    headers.insert(CONTENT_TYPE, media);
                }
            }
            headers.insert(REQUEST_ID, id);
            drop(in_flight);
            observe.done(&method, path.as_deref(), &response, begun);
            Ok(response)
        })
    }
}

/// What a future answers; if it panics, which is a fault of ours, a problem instead of a connection that breaks.
async fn caught<F: Future>(future: F) -> Result<F::Output, Problem> {
    let mut future = std::pin::pin!(future);
    std::future::poll_fn(|context| {
        // What the panic leaves half done is dropped with the future; what it shares is built to be left at any point.
        let polled = catch_unwind(AssertUnwindSafe(|| future.as_mut().poll(context)));
        match polled {
            Ok(polled) => polled.map(Ok),
            Err(panic) => {
                let text = panic.downcast_ref::<&str>().copied();
                let text = text.or_else(|| panic.downcast_ref::<String>().map(String::as_str));
                Poll::Ready(Err(Problem::internal(format!(
                    "panicked: {}",
                    text.unwrap_or("for no reason given")
                ))))
            }
        }
    })
    .await
}

impl Observe {
    fn done(&self, method: &Method, path: Option<&str>, response: &Response, begun: Instant) {
        let seconds = begun.elapsed().as_secs_f64();
        let status = response.status();
        self.route.answered(method.as_str(), problem::class(status), seconds);
        let id = || {
            response
                .headers()
                .get(REQUEST_ID)
                .and_then(|id| id.to_str().ok())
                .unwrap_or_default()
        };
        if let Some(CauseForLog { error, outage }) = response.extensions().get() {
            if *outage {
                self.app.metrics.outages.inc();
            }
            tracing::error!(
                request_id = id(),
                method = method.as_str(),
                route = self.route.template(),
                status = status.as_u16(),
                cause = %Line::new(Chain(error.as_ref())),
                "request failed"
            );
        }
        if let Some(path) = path {
            tracing::info!(
                target: "treaty::access",
                request_id = id(),
                method = method.as_str(),
                path,
                route = self.route.template(),
                status = status.as_u16(),
                micros = (seconds * 1e6) as u64,
                "request"
            );
        }
    }
}

/// Counts and logs requests that are no HTTP: hyper answers them, and none of our layers sees them.
#[derive(Clone)]
pub struct Malformed {
    route: Arc<Route>,
    access_log: bool,
}

impl Malformed {
    /// For the connections of this app.
    pub fn new(app: &App) -> Malformed {
        Malformed {
            route: Arc::new(app.metrics.route("malformed")),
            access_log: app.config.access_log,
        }
    }

    /// Notes how a connection ended, if it did by such a request. Its head has been arriving for `took`.
    pub fn note(&self, error: &hyper::Error, took: Duration) {
        let Some(status) = problem::malformed(error) else {
            return;
        };
        self.route.answered("other", problem::class(status), took.as_secs_f64());
        if self.access_log {
            tracing::info!(
                target: "treaty::access",
                request_id = "-",
                method = "-",
                path = "-",
                route = self.route.template(),
                status = status.as_u16(),
                micros = took.as_micros() as u64,
                why = %Line::new(error),
                "request"
            );
        }
    }
}

/// A path as the access log shows it.
fn shown(path: &str) -> String {
    let mut line = String::from(Line::from(path));
    if line.len() > LONGEST_PATH {
        line.truncate(line.floor_char_boundary(LONGEST_PATH - '…'.len_utf8()));
        line.push('…');
    }
    line
}

/// An error and everything that led to it, in one line.
struct Chain<'e>(&'e dyn std::error::Error);

impl std::fmt::Display for Chain<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{}", self.0)?;
        let mut next = self.0.source();
        while let Some(error) = next {
            write!(f, ": {error}")?;
            next = error.source();
        }
        Ok(())
    }
}

/// Counts down also when the client leaves and the future is dropped.
struct InFlight(App);

impl Drop for InFlight {
    fn drop(&mut self) {
        self.0.metrics.in_flight.dec();
    }
}

/// The client's own id if it has a sensible one, else a new one.
fn request_id(request: &Request<Body>) -> HeaderValue {
    let sensible =
        |id: &&HeaderValue| !id.is_empty() && id.len() <= LONGEST_ID && id.as_bytes().iter().all(u8::is_ascii_graphic);
    if let Some(id) = request.headers().get(REQUEST_ID).filter(sensible) {
        return id.clone();
    }
    let mut buffer = Uuid::encode_buffer();
    let id = Uuid::new_v4().hyphenated().encode_lower(&mut buffer);
    HeaderValue::from_str(id).unwrap_or(HeaderValue::from_static("-"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn a_panic_becomes_a_problem() {
        assert_eq!(caught(async { 7 }).await.ok(), Some(7));
        let problem: Result<(), Problem> = caught(async { panic!("a fault of ours") }).await;
        let Err(Problem::Internal(cause)) = problem else {
            panic!("no problem");
        };
        assert_eq!(cause.to_string(), "panicked: a fault of ours");
    }
}
