//! A service that does exactly what a test says, on every connection.

use std::future::Future;
use std::net::SocketAddr;
use std::pin::Pin;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};

pub type Step = Pin<Box<dyn Future<Output = Option<Connection>> + Send>>;

/// One connection to the service, with what was read of it too far.
pub struct Connection {
    pub stream: TcpStream,
    buffer: Vec<u8>,
}

impl Connection {
    /// A request's head; None when the edge closed the connection.
    pub async fn head(&mut self) -> Option<String> {
        loop {
            if let Some(end) = self.buffer.windows(4).position(|four| four == b"\r\n\r\n") {
                let rest = self.buffer.split_off(end + 4);
                let head = std::mem::replace(&mut self.buffer, rest);
                return Some(String::from_utf8(head).unwrap());
            }
            if self.more().await == 0 {
                return None;
            }
        }
    }

    /// Reads on; the number of bytes, zero at the end.
    pub async fn more(&mut self) -> usize {
        let mut piece = vec![0; 64 << 10];
        let read = self.stream.read(&mut piece).await.unwrap_or(0);
        self.buffer.extend_from_slice(&piece[..read]);
        read
    }

    /// Everything until `end` was read.
    pub async fn until(&mut self, end: &[u8]) -> Vec<u8> {
        while !self.buffer.windows(end.len()).any(|part| part == end) {
            assert!(self.more().await > 0, "the edge left early");
        }
        std::mem::take(&mut self.buffer)
    }

    /// Reads so many bytes of a body and keeps none.
    pub async fn count(&mut self, bytes: usize) {
        let mut left = bytes.saturating_sub(std::mem::take(&mut self.buffer).len());
        while left > 0 {
            let read = self.more().await;
            assert!(read > 0, "the edge left early");
            self.buffer.clear();
            left = left.saturating_sub(read);
        }
    }

    pub async fn write(mut self, answer: impl AsRef<[u8]>) -> Option<Self> {
        self.stream.write_all(answer.as_ref()).await.ok()?;
        Some(self)
    }

    pub async fn say(self, body: &str) -> Option<Self> {
        self.write(format!("HTTP/1.1 200 OK\r\ncontent-length: {}\r\n\r\n{body}", body.len())).await
    }
}

/// A scripted service.
pub struct Upstream {
    pub address: SocketAddr,
    heads: Arc<Mutex<Vec<String>>>,
    connections: Arc<AtomicUsize>,
}

impl Upstream {
    /// `script` gets each request's connection, head and number; it gives the connection back to go on with it.
    /// Health checks and what the gateway asks for itself are answered besides.
    pub async fn start(script: impl Fn(Connection, String, usize) -> Step + Send + Sync + 'static) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let (heads, connections) = (Arc::new(Mutex::new(Vec::new())), Arc::new(AtomicUsize::new(0)));
        let (script, seen, counted) = (Arc::new(script), heads.clone(), connections.clone());
        tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                let (script, seen, counted) = (script.clone(), seen.clone(), counted.clone());
                tokio::spawn(serve(Connection { stream, buffer: Vec::new() }, script, seen, counted));
            }
        });
        Self { address, heads, connections }
    }

    pub fn uri(&self) -> String {
        format!("http://{}", self.address)
    }

    /// The heads of all requests that were passed on.
    pub fn heads(&self) -> Vec<String> {
        self.heads.lock().unwrap().clone()
    }

    /// Connections on which something was passed on.
    pub fn connections(&self) -> usize {
        self.connections.load(Ordering::SeqCst)
    }
}

async fn serve(
    mut connection: Connection,
    script: Arc<impl Fn(Connection, String, usize) -> Step>,
    seen: Arc<Mutex<Vec<String>>>,
    counted: Arc<AtomicUsize>,
) {
    let mut fresh = true;
    while let Some(head) = connection.head().await {
        let path = head.split(' ').nth(1).unwrap_or_default();
        let next = if path == "/healthz" || path == "/readyz" || path.starts_with("/internal/") {
            let _ = connection.write("HTTP/1.1 204 No Content\r\nconnection: close\r\n\r\n").await;
            None
        } else {
            if std::mem::take(&mut fresh) {
                counted.fetch_add(1, Ordering::SeqCst);
            }
            let number = {
                let mut seen = seen.lock().unwrap();
                seen.push(head.clone());
                seen.len()
            };
            script(connection, head, number).await
        };
        match next {
            Some(kept) => connection = kept,
            None => return,
        }
    }
}
