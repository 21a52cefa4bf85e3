//! An answer's body on its way to the client: read from the service as fast as the client takes it, and no faster.

use std::io;
use std::pin::Pin;
use std::task::{Context, Poll};
use std::time::Duration;

use actix_web::body::{BodySize, MessageBody};
use bytes::Bytes;
use futures_util::future::LocalBoxFuture;
use http_body::Body;
use hyper::body::Incoming;
use tokio::sync::watch;
use tokio::time::{Instant, Sleep};

use super::hop::Lease;

/// The body that actix sends.
pub struct Download {
    body: Incoming,
    size: BodySize,
    /// Kept while the body lasts, then given back to the pool.
    lease: Option<Lease>,
    idle: Duration,
    silence: Option<Pin<Box<Sleep>>>,
    /// Ends an answer that has no end of its own.
    ending: Option<LocalBoxFuture<'static, ()>>,
    cut: bool,
}

impl Download {
    /// `idle` is how long the service may be silent in the middle of it.
    pub fn new(body: Incoming, lease: Lease, idle: Duration) -> Self {
        let size = body.size_hint().exact().map_or(BodySize::Stream, BodySize::Sized);
        let mut download = Self { body, size, lease: Some(lease), idle, silence: None, ending: None, cut: false };
        if download.body.is_end_stream() {
            download.finish();
        }
        download
    }

    /// An answer to HEAD has no body, but the length that GET's would have; none where nobody knows it before.
    pub fn head_only(mut self, length: Option<u64>) -> Self {
        self.size = length.map_or(BodySize::Stream, BodySize::Sized);
        self
    }

    /// Events come for as long as somebody listens: they are cut off when the gateway stops.
    pub fn until(mut self, mut stopping: watch::Receiver<bool>) -> Self {
        self.ending = Some(Box::pin(async move { drop(stopping.wait_for(|stopping| *stopping).await) }));
        self
    }

    /// 304 has none, whatever length it names.
    pub fn unchanged(mut self) -> Self {
        self.size = BodySize::None;
        self
    }

    fn finish(&mut self) {
        if let Some(lease) = self.lease.take() {
            lease.give_back();
        }
    }

    /// Whether the service has been silent for too long.
    fn is_stalled(&mut self, cx: &mut Context<'_>) -> bool {
        let idle = self.idle;
        let silence = self.silence.get_or_insert_with(|| Box::pin(tokio::time::sleep(idle)));
        silence.as_mut().poll(cx).is_ready()
    }
}

impl MessageBody for Download {
    type Error = io::Error;

    fn size(&self) -> BodySize {
        self.size
    }

    fn poll_next(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<Result<Bytes, io::Error>>> {
        let this = self.get_mut();
        if this.ending.as_mut().is_some_and(|ending| ending.as_mut().poll(cx).is_ready()) {
            // The lease goes with the body: the service sees that nobody listens any more.
            this.ending = None;
            this.cut = true;
        }
        if this.cut {
            return Poll::Ready(None);
        }
        loop {
            match Pin::new(&mut this.body).poll_frame(cx) {
                Poll::Pending if this.is_stalled(cx) => {
                    return Poll::Ready(Some(Err(io::Error::new(io::ErrorKind::TimedOut, "the service fell silent"))));
                }
                Poll::Pending => return Poll::Pending,
                Poll::Ready(None) => {
                    this.finish();
                    return Poll::Ready(None);
                }
                Poll::Ready(Some(Err(error))) => return Poll::Ready(Some(Err(io::Error::other(error)))),
                Poll::Ready(Some(Ok(frame))) => {
                    if let Some(silence) = &mut this.silence {
                        silence.as_mut().reset(Instant::now() + this.idle);
                    }
                    // Trailers end here: no client of ours asks for them.
                    if let Ok(chunk) = frame.into_data()
                        && !chunk.is_empty()
                    {
                        return Poll::Ready(Some(Ok(chunk)));
                    }
                }
            }
        }
    }
}
