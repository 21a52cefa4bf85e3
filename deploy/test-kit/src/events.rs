//! Server-sent events as a client reads them, one after another.

use std::time::Duration;

use serde_json::Value;

/// How long a test waits for the next event.
const DEADLINE: Duration = Duration::from_secs(10);

/// One event, or a comment (then without a name).
#[derive(Clone, Debug, Default, PartialEq)]
pub struct ServerEvent {
    pub name: String,
    pub id: Option<String>,
    /// Null when there is none.
    pub data: Value,
    pub comment: Option<String>,
}

/// An open stream of events.
#[derive(Debug)]
pub struct EventStream {
    response: reqwest::Response,
    read: Vec<u8>,
}

impl EventStream {
    pub(crate) fn new(response: reqwest::Response) -> Self {
        Self { response, read: Vec::new() }
    }

    pub fn header(&self, name: &str) -> Option<&str> {
        self.response.headers().get(name).and_then(|value| value.to_str().ok())
    }

    /// The next event or comment; None at the end of the stream. What only sets the time to come back is passed over.
    pub async fn next(&mut self) -> Option<ServerEvent> {
        loop {
            if let Some(end) = self.read.windows(2).position(|two| two == b"\n\n") {
                let block: Vec<u8> = self.read.drain(..end + 2).collect();
                let event = parsed(&String::from_utf8(block).expect("events are UTF-8"));
                if event != ServerEvent::default() {
                    return Some(event);
                }
                continue;
            }
            let chunk = tokio::time::timeout(DEADLINE, self.response.chunk()).await.expect("an event comes in time");
            match chunk.expect("the stream goes on") {
                Some(chunk) => self.read.extend_from_slice(&chunk),
                None => return None,
            }
        }
    }

    /// The next event of this name; others and comments are passed over.
    pub async fn next_named(&mut self, name: &str) -> ServerEvent {
        loop {
            let event = self.next().await.expect("the stream goes on");
            if event.name == name {
                return event;
            }
        }
    }
}

fn parsed(block: &str) -> ServerEvent {
    let mut event = ServerEvent::default();
    for line in block.lines() {
        match line.split_once(':') {
            Some(("", comment)) => event.comment = Some(comment.trim().to_owned()),
            Some(("event", name)) => event.name = name.trim().to_owned(),
            Some(("id", id)) => event.id = Some(id.trim().to_owned()),
            Some(("data", data)) => event.data = serde_json::from_str(data.trim()).expect("data is JSON"),
            _ => {}
        }
    }
    event
}
