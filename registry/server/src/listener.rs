//! The listening socket: accepts connections, and ends them when the server is told to stop.

use std::convert::Infallible;
use std::io;
use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use axum::Router;
use axum::body::Body;
use axum::http::uri::PathAndQuery;
use axum::http::{Request, Response, Uri};
use hyper::body::Incoming;
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper_util::rt::TokioIo;
use hyper_util::server::graceful::{GracefulShutdown, Watcher};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::{OwnedSemaphorePermit, Semaphore, watch};
use tower::Service;

use crate::app::App;
use crate::config::{Config, Listen};

/// The most bytes of a request's head (its line and headers).
const HEAD_BYTES: usize = 64 << 10;

/// How long a connection may go without a request, be it that it rests or that a head does not come to its end; up to twice as
/// long, as nobody looks more often.
const PATIENCE: Duration = Duration::from_secs(120);

/// The rest after the system could give no connection (too many open files), so that the loop does not spin.
const REST: Duration = Duration::from_millis(20);

/// Opens the socket.
///
/// # Errors
/// When the address is not known or taken.
pub async fn bind(listen: &Listen) -> io::Result<TcpListener> {
    TcpListener::bind(listen.resolve()?.as_slice()).await
}

/// Serves until `stop` says so, then waits for what is in flight, and at the longest as configured.
pub async fn serve(listener: TcpListener, app: App, mut stop: watch::Receiver<bool>) {
    let router = app.router();
    let places = Arc::new(Semaphore::new(app.config.max_connections));
    let graceful = GracefulShutdown::new();
    loop {
        let accepted = tokio::select! {
            biased;
            _ = stop.wait_for(|&stop| stop) => break,
            accepted = accept(&listener, &places) => accepted,
        };
        match accepted {
            Ok((stream, place)) => {
                app.metrics.connections.inc();
                let connection = converse(stream, router.clone(), graceful.watcher());
                let app = app.clone();
                tokio::spawn(async move {
                    connection.await;
                    app.metrics.connections.dec();
                    drop(place);
                });
            }
            Err(error) => {
                tracing::warn!(%error, "no connection could be accepted");
                tokio::time::sleep(REST).await;
            }
        }
    }
    drop(listener);
    finish(graceful, &app.config).await;
}

async fn accept(listener: &TcpListener, places: &Arc<Semaphore>) -> io::Result<(TcpStream, OwnedSemaphorePermit)> {
    let place = Arc::clone(places).acquire_owned().await.map_err(io::Error::other)?;
    let (stream, _) = listener.accept().await?;
    stream.set_nodelay(true)?;
    Ok((stream, place))
}

async fn converse(stream: TcpStream, router: Router, watcher: Watcher) {
    let activity = Arc::new(Activity::default());
    let seen = Arc::clone(&activity);
    let service = service_fn(move |request: Request<Incoming>| {
        let (mut router, activity) = (router.clone(), Arc::clone(&seen));
        async move {
            activity.begun.fetch_add(1, Ordering::Relaxed);
            let answer = answer(&mut router, request).await;
            activity.ended.fetch_add(1, Ordering::Relaxed);
            answer
        }
    });
    let connection = http1::Builder::new()
        .max_buf_size(HEAD_BYTES)
        .serve_connection(TokioIo::new(stream), service);
    let mut connection = std::pin::pin!(watcher.watch(connection));
    // One timer for the connection: hyper's own would be set anew for every request.
    let mut rests = tokio::time::interval(PATIENCE);
    let mut before = None;
    loop {
        tokio::select! {
            biased;
            ended = &mut connection => {
                if let Err(error) = ended {
                    // A client that leaves in the middle is no fault of ours.
                    tracing::debug!(%error, "connection ended");
                }
                return;
            }
            _ = rests.tick() => {
                let now = activity.resting();
                if now.is_some() && now == before {
                    return;
                }
                before = now;
            }
        }
    }
}

/// What a connection does: how many requests have begun on it and how many were answered.
#[derive(Default)]
struct Activity {
    begun: AtomicU64,
    ended: AtomicU64,
}

impl Activity {
    /// The number of requests so far, if none is being answered.
    fn resting(&self) -> Option<u64> {
        let ended = self.ended.load(Ordering::Relaxed);
        (self.begun.load(Ordering::Relaxed) == ended).then_some(ended)
    }
}

async fn answer(router: &mut Router, request: Request<Incoming>) -> Result<Response<Body>, Infallible> {
    let mut request = request.map(Body::new);
    if let Some(uri) = without_trailing_slash(request.uri()) {
        *request.uri_mut() = uri;
    }
    router.call(request).await
}

async fn finish(graceful: GracefulShutdown, config: &Config) {
    let open = graceful.count();
    if tokio::time::timeout(config.shutdown_timeout, graceful.shutdown())
        .await
        .is_err()
    {
        tracing::warn!(open, "connections were cut: they took longer than --shutdown-timeout");
    }
}

/// A slash at the end of a path means nothing: clients add it to `/config` and to `/compatibility/…/versions`.
fn without_trailing_slash(uri: &Uri) -> Option<Uri> {
    let path = uri.path().strip_suffix('/').filter(|path| !path.is_empty())?;
    let shorter: PathAndQuery = match uri.query() {
        Some(query) => format!("{path}?{query}").parse().ok()?,
        None => path.parse().ok()?,
    };
    Some(Uri::from(shorter))
}

/// The address that was bound, which tells the port when any was asked for.
///
/// # Errors
/// None on an open socket.
pub fn address(listener: &TcpListener) -> io::Result<SocketAddr> {
    listener.local_addr()
}
