//! The listening socket: accepts connections, and ends them when the server is told to stop.

use std::convert::Infallible;
use std::io;
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::{Duration, Instant};

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
use tokio_util::sync::CancellationToken;
use tower::Service;

use crate::activity::{Activity, Arriving, InProgress, Observed};
use crate::app::App;
use crate::config::Listen;
use crate::connections::Connections;
use crate::observe::Malformed;
use crate::routes;

/// The most bytes of a request's head (its line and headers): twice what Confluent's registry takes. Every connection may
/// hold as many.
const HEAD_BYTES: usize = 16 << 10;

/// The rest after the system could give no connection (too many open files), so that the loop does not spin.
const REST: Duration = Duration::from_millis(20);

/// A log line about connections that could not be accepted is written at most this often.
const QUIET: Duration = Duration::from_secs(60);

/// Opens the socket.
///
/// # Errors
/// When the address is not known or taken.
pub async fn bind(listen: &Listen) -> io::Result<TcpListener> {
    TcpListener::bind(listen.resolve()?.as_slice()).await
}

/// Serves until `stop` is cancelled, then waits for what is in flight, and at the longest as configured. `places` is the number
/// of connections that may be open at one time.
pub async fn serve(listener: TcpListener, app: App, places: usize, stop: CancellationToken) {
    let connections = Connections::new(places, app.config.request_timeout, Arc::clone(&app.metrics));
    let looking = {
        let connections = Arc::clone(&connections);
        tokio::spawn(async move { connections.close_the_idle().await })
    };
    let graceful = GracefulShutdown::new();
    let router = routes::router(&app);
    let malformed = Malformed::new(&app);
    let accepting = async {
        let mut said: Option<Instant> = None;
        loop {
            let stream = match listener.accept().await {
                Ok((stream, _)) => stream,
                Err(error) if is_of_the_client(&error) => continue,
                Err(error) => {
                    if said.is_none_or(|said| said.elapsed() > QUIET) {
                        tracing::warn!(%error, "no connection could be accepted");
                        said = Some(Instant::now());
                    }
                    tokio::time::sleep(REST).await;
                    continue;
                }
            };
            let place = connections.place().await;
            // It fails where the client has left already, which the first read will find.
            let _ = stream.set_nodelay(true);
            connections.start(place, |activity| {
                converse(stream, activity, router.clone(), malformed.clone(), graceful.watcher())
            });
        }
    };
    tokio::select! {
        biased;
        () = stop.cancelled() => {}
        () = accepting => {}
    }
    drop(listener);
    connections.close_the_resting();
    let finished = tokio::time::timeout(app.config.shutdown_timeout, graceful.shutdown());
    if finished.await.is_err() {
        let open = connections.close_all();
        tracing::warn!(open, "connections were cut: they took longer than --shutdown-timeout");
    }
    looking.abort();
}

/// Whether a connection was not accepted because its client left before.
fn is_of_the_client(error: &io::Error) -> bool {
    matches!(
        error.kind(),
        io::ErrorKind::ConnectionAborted | io::ErrorKind::ConnectionReset | io::ErrorKind::Interrupted
    )
}

async fn converse(stream: TcpStream, activity: Arc<Activity>, router: Router, malformed: Malformed, watcher: Watcher) {
    let noted = Arc::clone(&activity);
    let service = service_fn(move |request: Request<Incoming>| {
        let (mut router, activity) = (router.clone(), Arc::clone(&noted));
        async move {
            let in_progress = InProgress::begin(&activity);
            let response = answer(&mut router, request, &activity).await?;
            Ok::<_, Infallible>(response.map(|body| in_progress.answer(body)))
        }
    });
    let connection = http1::Builder::new()
        .max_buf_size(HEAD_BYTES)
        .serve_connection(TokioIo::new(Observed::new(stream, &activity)), service);
    if let Err(error) = watcher.watch(connection).await {
        malformed.note(&error, activity.head_for());
        // A client that leaves in the middle is no fault of ours.
        tracing::debug!(%error, "connection ended");
    }
}

async fn answer(
    router: &mut Router,
    request: Request<Incoming>,
    activity: &Arc<Activity>,
) -> Result<Response<Body>, Infallible> {
    let mut request = request.map(|body| Body::new(Arriving::new(body, activity)));
    if let Some(uri) = without_trailing_slash(request.uri()) {
        *request.uri_mut() = uri;
    }
    router.call(request).await
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
