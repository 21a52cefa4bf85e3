//! The way to a service: raw HTTP/1.1 connections, pooled per worker without a lock, last in first out, so that the
//! warm ones are used and the rest go.

use std::cell::RefCell;
use std::collections::HashMap;
use std::rc::Rc;
use std::time::{Duration, Instant};

use futures_util::future::LocalBoxFuture;
use http::{Request, Response};
use hyper::body::Incoming;
use hyper::client::conn::http1::{self, SendRequest};
use hyper_util::rt::TokioIo;
use tokio::net::TcpStream;

use super::upload::Upload;
use super::upstream::Address;
use crate::settings::TimeoutSettings;

/// The largest head a service may answer with, in bytes.
const ANSWER_HEAD: usize = 64 << 10;

/// Why a request got no answer.
pub enum HopFault {
    /// No byte of it was sent: anybody else may be asked. It comes back whole.
    NotSent { request: Box<Request<Upload>>, reused: bool, why: String },
    /// The connection ended before a byte of the answer came; the service may have acted on it.
    Broken { reused: bool, why: String },
    /// What came back was no HTTP.
    Unusable(String),
}

/// Sends one request to one address. The one thing an edge on another client would replace.
pub trait Hop {
    /// `fresh` asks for a new connection.
    fn send<'a>(
        &'a self,
        address: &'a Address,
        request: Request<Upload>,
        fresh: bool,
    ) -> LocalBoxFuture<'a, Result<(Response<Incoming>, Lease), HopFault>>;
}

struct Idle {
    sender: SendRequest<Upload>,
    since: Instant,
}

type Shelf = Rc<RefCell<HashMap<usize, Vec<Idle>>>>;

/// Pooled connections of one worker.
pub struct PooledHop {
    shelf: Shelf,
    connect: Duration,
    keep: Duration,
}

/// A connection in use. Given back when its answer was read to the end; dropped before that, it is closed, which tells
/// the service that nobody waits any more.
pub struct Lease {
    sender: SendRequest<Upload>,
    shelf: Shelf,
    index: usize,
}

impl Lease {
    /// The answer is complete: the connection may serve another request.
    pub fn give_back(self) {
        let Self { mut sender, shelf, index } = self;
        if sender.is_ready() {
            put(&shelf, index, sender);
            return;
        }
        // hyper notices the end of the exchange when its task next runs.
        actix_web::rt::spawn(async move {
            if sender.ready().await.is_ok() {
                put(&shelf, index, sender);
            }
        });
    }
}

fn put(shelf: &Shelf, index: usize, sender: SendRequest<Upload>) {
    shelf.borrow_mut().entry(index).or_default().push(Idle { sender, since: Instant::now() });
}

impl PooledHop {
    pub fn new(timeouts: &TimeoutSettings) -> Self {
        Self { shelf: Shelf::default(), connect: timeouts.connect(), keep: timeouts.pool() }
    }

    /// The connection that was used last, if it is still good. Those that were idle too long go.
    fn take(&self, index: usize) -> Option<SendRequest<Upload>> {
        let mut shelf = self.shelf.borrow_mut();
        let idle = shelf.get_mut(&index)?;
        while let Some(Idle { sender, since }) = idle.pop() {
            if since.elapsed() > self.keep {
                // All below it have waited longer still.
                idle.clear();
                return None;
            }
            if sender.is_ready() {
                return Some(sender);
            }
        }
        None
    }

    async fn open(&self, address: &Address) -> Result<SendRequest<Upload>, String> {
        let connecting = TcpStream::connect((address.host.as_str(), address.port));
        let stream = match tokio::time::timeout(self.connect, connecting).await {
            Ok(Ok(stream)) => stream,
            Ok(Err(error)) => return Err(error.to_string()),
            Err(_) => return Err("connecting took too long".to_owned()),
        };
        stream.set_nodelay(true).map_err(|error| error.to_string())?;
        let (sender, connection) = http1::Builder::new()
            .max_header_size(ANSWER_HEAD)
            .handshake(TokioIo::new(stream))
            .await
            .map_err(|error| error.to_string())?;
        actix_web::rt::spawn(async move {
            if let Err(error) = connection.await {
                tracing::debug!(%error, "a connection to a service ended");
            }
        });
        Ok(sender)
    }
}

impl Hop for PooledHop {
    fn send<'a>(
        &'a self,
        address: &'a Address,
        request: Request<Upload>,
        fresh: bool,
    ) -> LocalBoxFuture<'a, Result<(Response<Incoming>, Lease), HopFault>> {
        Box::pin(async move {
            let kept = if fresh { None } else { self.take(address.index) };
            let reused = kept.is_some();
            let mut sender = match kept {
                Some(sender) => sender,
                None => match self.open(address).await {
                    Ok(sender) => sender,
                    Err(why) => return Err(HopFault::NotSent { request: Box::new(request), reused, why }),
                },
            };
            match sender.try_send_request(request).await {
                Ok(response) => {
                    let lease = Lease { sender, shelf: self.shelf.clone(), index: address.index };
                    Ok((response, lease))
                }
                Err(mut refused) => {
                    let why = refused.error().to_string();
                    Err(match refused.take_message() {
                        Some(request) => HopFault::NotSent { request: Box::new(request), reused, why },
                        None if refused.error().is_parse() => HopFault::Unusable(why),
                        None => HopFault::Broken { reused, why },
                    })
                }
            }
        })
    }
}
