//! A client that sends what no proper client would, and sees the answer as it came.

use std::net::SocketAddr;

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

pub struct Raw {
    pub stream: TcpStream,
    pub buffer: Vec<u8>,
}

/// An answer: its status, its head in lower case, its body as framed.
#[derive(Debug)]
pub struct Answer {
    pub status: u16,
    pub head: String,
    pub body: Vec<u8>,
}

impl Answer {
    pub fn text(&self) -> String {
        String::from_utf8_lossy(&self.body).into_owned()
    }

    pub fn header(&self, name: &str) -> Option<&str> {
        let start = format!("{name}: ");
        self.head.lines().find_map(|line| line.strip_prefix(start.as_str()))
    }
}

impl Raw {
    pub async fn connect(address: SocketAddr) -> Self {
        Self { stream: TcpStream::connect(address).await.unwrap(), buffer: Vec::new() }
    }

    pub async fn send(&mut self, bytes: impl AsRef<[u8]>) {
        self.stream.write_all(bytes.as_ref()).await.unwrap();
    }

    async fn more(&mut self) -> usize {
        let mut piece = vec![0; 16 << 10];
        let read = self.stream.read(&mut piece).await.unwrap_or(0);
        self.buffer.extend_from_slice(&piece[..read]);
        read
    }

    pub async fn head(&mut self) -> String {
        loop {
            if let Some(end) = self.buffer.windows(4).position(|four| four == b"\r\n\r\n") {
                let rest = self.buffer.split_off(end + 4);
                let head = std::mem::replace(&mut self.buffer, rest);
                return String::from_utf8(head).unwrap().to_ascii_lowercase();
            }
            assert!(self.more().await > 0, "closed before a whole head: {}", String::from_utf8_lossy(&self.buffer));
        }
    }

    /// The next answer, with as much body as its length says; without a length, all until the end.
    pub async fn answer(&mut self) -> Answer {
        let head = self.head().await;
        let status = head.split(' ').nth(1).unwrap().parse().unwrap();
        let mut answer = Answer { status, head, body: Vec::new() };
        let length = answer.header("content-length").map(|length| length.parse::<usize>().unwrap());
        let bare = matches!(status, 100..=199 | 204 | 304);
        match length {
            _ if bare => {}
            Some(length) => {
                while self.buffer.len() < length && self.more().await > 0 {}
                let rest = self.buffer.split_off(length.min(self.buffer.len()));
                answer.body = std::mem::replace(&mut self.buffer, rest);
            }
            None => {
                while self.more().await > 0 {}
                answer.body = std::mem::take(&mut self.buffer);
            }
        }
        answer
    }

    /// Whether the edge closes the connection now, having sent nothing more.
    pub async fn is_closed(&mut self) -> bool {
        self.buffer.is_empty() && self.more().await == 0
    }
}
