//! What one connection is doing: written down by the connection, read by whoever has to choose which one is closed.
//!
//! Invariant: noting something takes an atomic store and a look at the clock, never a lock: it happens for every request.

use std::io::{self, IoSlice};
use std::pin::Pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::task::{Context, Poll, ready};
use std::time::{Duration, Instant};

use axum::body::{Body, Bytes, HttpBody};
use hyper::body::{Frame, Incoming, SizeHint};
use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio::net::TcpStream;

/// What a connection waits for its client to do.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Awaits {
    /// The next request, or the first.
    Request,
    /// The rest of a request's line and headers.
    Head,
    /// The rest of a request's body.
    Body,
    /// That more of an answer is taken.
    Reading,
}

/// A connection's notes. Times are milliseconds since `clock`, from 1; 0 is "not so".
pub struct Activity {
    clock: Instant,
    /// When bytes arrived or left for the last time.
    moved: AtomicU64,
    /// Since when a head arrives that has not come to its end.
    head: AtomicU64,
    /// Since when a request is being answered.
    request: AtomicU64,
    /// Whether the request's handler waits for its body.
    body: AtomicBool,
    /// Since when the client takes nothing of the answer.
    blocked: AtomicU64,
}

impl Activity {
    /// A new connection.
    pub fn new(clock: Instant) -> Activity {
        let activity = Activity {
            clock,
            moved: AtomicU64::new(0),
            head: AtomicU64::new(0),
            request: AtomicU64::new(0),
            body: AtomicBool::new(false),
            blocked: AtomicU64::new(0),
        };
        activity.moved.store(activity.now(), Ordering::Relaxed);
        activity
    }

    /// What it waits for, and since when; `None` while the server works on a request.
    pub fn awaits(&self) -> Option<(Awaits, u64)> {
        let blocked = self.blocked.load(Ordering::Relaxed);
        if blocked != 0 {
            return Some((Awaits::Reading, blocked));
        }
        let request = self.request.load(Ordering::Relaxed);
        if request != 0 {
            return self.body.load(Ordering::Relaxed).then_some((Awaits::Body, request));
        }
        Some(match self.head.load(Ordering::Relaxed) {
            0 => (Awaits::Request, self.moved.load(Ordering::Relaxed)),
            head => (Awaits::Head, head),
        })
    }

    /// The time since a moment that [`Activity::awaits`] answered.
    pub fn since(&self, moment: u64) -> Duration {
        Duration::from_millis(self.now().saturating_sub(moment))
    }

    /// How long a head has been arriving that has not come to its end.
    pub fn head_for(&self) -> Duration {
        match self.head.load(Ordering::Relaxed) {
            0 => Duration::ZERO,
            head => self.since(head),
        }
    }

    fn now(&self) -> u64 {
        u64::try_from(self.clock.elapsed().as_millis()).unwrap_or(u64::MAX - 1) + 1
    }

    fn began(&self) {
        // The head has just been read, so the clock need not be looked at again.
        self.request
            .store(self.moved.load(Ordering::Relaxed), Ordering::Relaxed);
        self.head.store(0, Ordering::Relaxed);
    }

    fn ended(&self) {
        self.moved.store(self.now(), Ordering::Relaxed);
        self.request.store(0, Ordering::Relaxed);
    }

    fn read(&self) {
        let now = self.now();
        self.moved.store(now, Ordering::Relaxed);
        if self.request.load(Ordering::Relaxed) == 0 && self.head.load(Ordering::Relaxed) == 0 {
            self.head.store(now, Ordering::Relaxed);
        }
    }

    fn written(&self) {
        self.moved.store(self.now(), Ordering::Relaxed);
        self.blocked.store(0, Ordering::Relaxed);
    }

    fn not_written(&self) {
        if self.blocked.load(Ordering::Relaxed) == 0 {
            self.blocked.store(self.now(), Ordering::Relaxed);
        }
    }
}

/// A request in progress: from its head to the end of its answer.
pub struct InProgress(Arc<Activity>);

impl InProgress {
    /// Its head has been read.
    pub fn begin(activity: &Arc<Activity>) -> InProgress {
        activity.began();
        InProgress(Arc::clone(activity))
    }

    /// The body of its answer, which ends the request where it ends itself. One that is whole in memory has nothing more to
    /// do: what is left is only to be sent.
    pub fn answer(self, body: Body) -> Body {
        if body.size_hint().exact().is_some() {
            return body;
        }
        Body::new(Streamed { body, _request: self })
    }
}

impl Drop for InProgress {
    fn drop(&mut self) {
        self.0.ended();
    }
}

/// The body of an answer that is made while it is sent.
struct Streamed {
    body: Body,
    _request: InProgress,
}

impl HttpBody for Streamed {
    type Data = Bytes;
    type Error = axum::Error;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, axum::Error>>> {
        Pin::new(&mut self.body).poll_frame(context)
    }

    fn is_end_stream(&self) -> bool {
        self.body.is_end_stream()
    }

    fn size_hint(&self) -> SizeHint {
        self.body.size_hint()
    }
}

/// The body of a request, which notes when it is waited for.
pub struct Arriving {
    body: Incoming,
    activity: Arc<Activity>,
}

impl Arriving {
    /// The body of a request on this connection.
    pub fn new(body: Incoming, activity: &Arc<Activity>) -> Arriving {
        Arriving {
            body,
            activity: Arc::clone(activity),
        }
    }
}

impl HttpBody for Arriving {
    type Data = Bytes;
    type Error = hyper::Error;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, hyper::Error>>> {
        let polled = Pin::new(&mut self.body).poll_frame(context);
        self.activity.body.store(polled.is_pending(), Ordering::Relaxed);
        polled
    }

    fn is_end_stream(&self) -> bool {
        self.body.is_end_stream()
    }

    fn size_hint(&self) -> SizeHint {
        self.body.size_hint()
    }
}

impl Drop for Arriving {
    fn drop(&mut self) {
        self.activity.body.store(false, Ordering::Relaxed);
    }
}

/// A socket that notes when bytes arrive and leave.
pub struct Observed {
    stream: TcpStream,
    activity: Arc<Activity>,
}

impl Observed {
    /// The socket of this connection.
    pub fn new(stream: TcpStream, activity: &Arc<Activity>) -> Observed {
        Observed {
            stream,
            activity: Arc::clone(activity),
        }
    }

    fn note(&self, written: &Poll<io::Result<usize>>) {
        match written {
            Poll::Ready(Ok(1..)) => self.activity.written(),
            Poll::Ready(_) => {}
            Poll::Pending => self.activity.not_written(),
        }
    }
}

impl AsyncRead for Observed {
    fn poll_read(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        buffer: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        let before = buffer.filled().len();
        ready!(Pin::new(&mut self.stream).poll_read(context, buffer))?;
        if buffer.filled().len() > before {
            self.activity.read();
        }
        Poll::Ready(Ok(()))
    }
}

impl AsyncWrite for Observed {
    fn poll_write(mut self: Pin<&mut Self>, context: &mut Context<'_>, bytes: &[u8]) -> Poll<io::Result<usize>> {
        let written = Pin::new(&mut self.stream).poll_write(context, bytes);
        self.note(&written);
        written
    }

    fn poll_write_vectored(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        slices: &[IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        let written = Pin::new(&mut self.stream).poll_write_vectored(context, slices);
        self.note(&written);
        written
    }

    fn is_write_vectored(&self) -> bool {
        self.stream.is_write_vectored()
    }

    fn poll_flush(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_flush(context)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_shutdown(context)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_awaited() {
        let activity = Arc::new(Activity::new(Instant::now()));
        let awaits = || activity.awaits().map(|(awaits, _)| awaits);
        assert_eq!(awaits(), Some(Awaits::Request));
        activity.read();
        assert_eq!(awaits(), Some(Awaits::Head));
        let request = InProgress::begin(&activity);
        assert_eq!(awaits(), None, "the server works");
        activity.body.store(true, Ordering::Relaxed);
        assert_eq!(awaits(), Some(Awaits::Body));
        activity.body.store(false, Ordering::Relaxed);
        let body = request.answer(Body::from("whole"));
        assert_eq!(awaits(), Some(Awaits::Request), "the rest is only to be sent");
        activity.not_written();
        assert_eq!(awaits(), Some(Awaits::Reading));
        activity.written();
        assert_eq!(awaits(), Some(Awaits::Request));
        drop(body);
    }

    #[test]
    fn an_answer_that_is_made_while_it_is_sent_is_not_over() {
        struct Endless;
        impl HttpBody for Endless {
            type Data = Bytes;
            type Error = std::convert::Infallible;

            fn poll_frame(
                self: Pin<&mut Self>,
                _: &mut Context<'_>,
            ) -> Poll<Option<Result<Frame<Bytes>, std::convert::Infallible>>> {
                Poll::Pending
            }
        }
        let activity = Arc::new(Activity::new(Instant::now()));
        let body = InProgress::begin(&activity).answer(Body::new(Endless));
        assert_eq!(activity.awaits(), None);
        drop(body);
        assert_eq!(activity.awaits().map(|(awaits, _)| awaits), Some(Awaits::Request));
    }
}
