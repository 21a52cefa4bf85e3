//! A request's body on its way to a service: handed on piece by piece as the service takes it, bounded while it streams.

use std::cell::Cell;
use std::io;
use std::pin::Pin;
use std::rc::Rc;
use std::task::{Context, Poll};
use std::time::Instant;

use actix_web::dev::Payload;
use bytes::Bytes;
use futures_util::Stream;
use http_body::{Body, Frame, SizeHint};

/// Why a body came to a stop.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum UploadFault {
    TooLarge,
    /// The client left, or sent what is no body.
    Broken,
}

/// How a body is getting on, seen from beside it.
pub struct Progress {
    fault: Cell<Option<UploadFault>>,
    moved: Cell<Instant>,
    waiting_for_client: Cell<bool>,
    finished: Cell<bool>,
    touched: Cell<bool>,
}

impl Progress {
    fn new(finished: bool) -> Rc<Self> {
        Rc::new(Self {
            fault: Cell::new(None),
            moved: Cell::new(Instant::now()),
            waiting_for_client: Cell::new(false),
            finished: Cell::new(finished),
            touched: Cell::new(false),
        })
    }

    pub fn fault(&self) -> Option<UploadFault> {
        self.fault.get()
    }

    /// When the last piece went on.
    pub fn moved(&self) -> Instant {
        self.moved.get()
    }

    /// The service would take more, but the client sends nothing.
    pub fn waits_for_client(&self) -> bool {
        !self.finished.get() && self.waiting_for_client.get()
    }

    /// Whether any piece was taken from the client: then nobody else can be sent the body any more.
    pub fn is_touched(&self) -> bool {
        self.touched.get()
    }
}

/// The body that hyper sends.
pub struct Upload {
    payload: Payload,
    /// Bytes that may still come.
    allowance: u64,
    /// Bytes that will come, when the client said so.
    declared: Option<u64>,
    progress: Rc<Progress>,
}

impl Upload {
    /// `declared` is the client's `Content-Length`; without a body use [`Upload::none`].
    pub fn new(payload: Payload, declared: Option<u64>, limit: u64) -> Self {
        Self { payload, allowance: limit, declared, progress: Progress::new(false) }
    }

    pub fn none() -> Self {
        Self { payload: Payload::None, allowance: 0, declared: Some(0), progress: Progress::new(true) }
    }

    pub fn progress(&self) -> Rc<Progress> {
        self.progress.clone()
    }

    fn stop(&self, fault: UploadFault) -> io::Error {
        self.progress.fault.set(Some(fault));
        io::Error::other(match fault {
            UploadFault::TooLarge => "the upload is too large",
            UploadFault::Broken => "the client broke the upload off",
        })
    }
}

impl Body for Upload {
    type Data = Bytes;
    type Error = io::Error;

    fn poll_frame(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<Result<Frame<Bytes>, io::Error>>> {
        let this = self.get_mut();
        if this.progress.finished.get() {
            return Poll::Ready(None);
        }
        let polled = Pin::new(&mut this.payload).poll_next(cx);
        this.progress.waiting_for_client.set(polled.is_pending());
        if polled.is_ready() {
            this.progress.moved.set(Instant::now());
            this.progress.touched.set(true);
        }
        match polled {
            Poll::Pending => Poll::Pending,
            Poll::Ready(None) => {
                this.progress.finished.set(true);
                Poll::Ready(None)
            }
            Poll::Ready(Some(Err(_))) => Poll::Ready(Some(Err(this.stop(UploadFault::Broken)))),
            Poll::Ready(Some(Ok(chunk))) => {
                let length = chunk.len() as u64;
                let Some(allowance) = this.allowance.checked_sub(length) else {
                    return Poll::Ready(Some(Err(this.stop(UploadFault::TooLarge))));
                };
                this.allowance = allowance;
                this.declared = this.declared.map(|left| left.saturating_sub(length));
                Poll::Ready(Some(Ok(Frame::data(chunk))))
            }
        }
    }

    fn is_end_stream(&self) -> bool {
        self.progress.finished.get()
    }

    fn size_hint(&self) -> SizeHint {
        self.declared.map_or_else(SizeHint::default, SizeHint::with_exact)
    }
}
