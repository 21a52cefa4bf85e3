//! Bodies in both directions: framing kept, streamed, bounded, cancelled.

use std::sync::Arc;
use std::time::Duration;

use test_kit::eventually;
use tokio::io::AsyncWriteExt;
use tokio::sync::Notify;

use crate::support::Edge;
use crate::upstream::Upstream;

const CALLBACK: &str = "POST /bpm/callbacks/close";
/// An upload far larger than all buffers on its way.
const WHOLE: usize = 48 << 20;

#[tokio::test]
async fn answers_without_a_body_keep_their_framing() {
    let upstream = Upstream::start(|connection, head, _| {
        Box::pin(async move {
            let answer = match head.split(' ').nth(1).unwrap() {
                "/bpm/tasks/204" => "HTTP/1.1 204 No Content\r\n\r\n",
                "/bpm/tasks/304" => "HTTP/1.1 304 Not Modified\r\netag: \"1\"\r\ncontent-length: 11\r\n\r\n",
                _ => "HTTP/1.1 200 OK\r\ncontent-length: 11\r\n\r\n",
            };
            connection.write(answer).await
        })
    })
    .await;
    let edge = Edge::before(&upstream).await;
    let mut raw = edge.raw().await;
    for _ in 0..2 {
        raw.send(edge.request("HEAD /bpm/tasks", "")).await;
        let head = raw.head().await;
        assert!(head.starts_with("http/1.1 200") && head.contains("content-length: 11\r\n"), "{head}");
        raw.send(edge.request("GET /bpm/tasks/204", "")).await;
        let none = raw.answer().await;
        assert_eq!((none.status, none.header("transfer-encoding")), (204, None));
        raw.send(edge.request("GET /bpm/tasks/304", "")).await;
        let unchanged = raw.answer().await;
        let named = (unchanged.header("etag"), unchanged.header("content-length"));
        assert_eq!((unchanged.status, named), (304, (Some("\"1\""), Some("11"))));
    }
    assert_eq!(upstream.connections(), 1, "the same connection served all of them");
    assert!(upstream.heads()[0].starts_with("HEAD "));
}

#[tokio::test]
async fn interim_answers_are_passed_over_and_trailers_end_at_the_edge() {
    let upstream = Upstream::start(|connection, _, _| {
        Box::pin(connection.write(
            "HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 103 Early Hints\r\nlink: </x>\r\n\r\n\
             HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\ntrailer: x-sum\r\n\r\n5\r\nhello\r\n0\r\nx-sum: 1\r\n\r\n",
        ))
    })
    .await;
    let edge = Edge::before(&upstream).await;
    let reply = edge.api.with_bearer(&edge.bearer).get("/bpm/tasks").await.expect(200);
    assert_eq!((reply.text().as_str(), reply.header("trailer")), ("hello", None));
    edge.api.with_bearer(&edge.bearer).get("/bpm/tasks").await.expect(200);
    assert_eq!(upstream.connections(), 1);
}

#[tokio::test]
async fn an_http_1_0_client_gets_no_chunks() {
    let upstream = Upstream::start(|connection, _, _| {
        Box::pin(connection.write("HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n5\r\nhello\r\n0\r\n\r\n"))
    })
    .await;
    let edge = Edge::before(&upstream).await;
    let mut raw = edge.raw().await;
    raw.send(format!("GET /bpm/tasks HTTP/1.0\r\nauthorization: {}\r\n\r\n", edge.bearer)).await;
    let answer = raw.answer().await;
    assert_eq!((answer.status, answer.text().as_str()), (200, "hello"));
    assert_eq!(answer.header("transfer-encoding"), None);
}

#[tokio::test]
async fn a_body_arrives_as_it_was_framed() {
    let upstream = Upstream::start(|mut connection, head, _| {
        Box::pin(async move {
            let chunked = head.contains("transfer-encoding: chunked");
            connection.until(if chunked { b"0\r\n\r\n" } else { b"hello" }).await;
            connection.say(if chunked { "chunked" } else { "sized" }).await
        })
    })
    .await;
    let edge = Edge::before(&upstream).await;
    let sized = edge.ask(CALLBACK, "content-length: 5\r\n", "hello").await;
    assert_eq!(sized.text(), "sized");
    let chunked = edge.ask(CALLBACK, "transfer-encoding: chunked\r\n", "5\r\nhello\r\n0\r\n\r\n").await;
    assert_eq!(chunked.text(), "chunked");
    assert!(upstream.heads()[0].contains("content-length: 5\r\n"));
}

#[tokio::test]
async fn a_body_beyond_the_limit_is_refused_when_declared_and_cut_off_when_not() {
    let upstream = Upstream::start(|mut connection, _, _| {
        Box::pin(async move {
            while connection.more().await > 0 {}
            None
        })
    })
    .await;
    let edge = Edge::start(&[upstream.uri()], |settings| settings.server.json_limit_bytes = 64 << 10).await;
    let declared = edge.ask(CALLBACK, "content-length: 70000\r\n", "").await;
    assert_eq!((declared.status, declared.text().contains("request.too_large")), (413, true));
    assert!(upstream.heads().is_empty());
    let mut raw = edge.raw().await;
    raw.send(edge.request(CALLBACK, "transfer-encoding: chunked\r\n")).await;
    let chunk = format!("4000\r\n{}\r\n", "x".repeat(0x4000));
    for _ in 0..5 {
        raw.send(&chunk).await;
    }
    let cut = raw.answer().await;
    assert_eq!((cut.status, cut.header("connection")), (413, Some("close")), "{}", cut.text());
    let upload = "content-type: multipart/form-data; boundary=x\r\ncontent-length: 70000\r\n";
    let mut raw = edge.raw().await;
    raw.send(edge.request(CALLBACK, upload)).await;
    eventually("an upload may be larger", || async {
        upstream.heads().iter().any(|head| head.contains("multipart/form-data")).then_some(())
    })
    .await;
}

#[tokio::test]
async fn a_service_that_reads_slowly_holds_the_client_back() {
    let go_on = Arc::new(Notify::new());
    let waiting = go_on.clone();
    let upstream = Upstream::start(move |mut connection, _, _| {
        let go_on = waiting.clone();
        Box::pin(async move {
            go_on.notified().await;
            connection.count(WHOLE + 7).await;
            connection.say("all of it").await
        })
    })
    .await;
    let edge = Edge::before(&upstream).await;
    let mut raw = edge.raw().await;
    let more = format!("content-type: multipart/form-data; boundary=x\r\ncontent-length: {}\r\n", WHOLE + 7);
    raw.send(edge.request(CALLBACK, &more)).await;
    let piece = vec![b'x'; 256 << 10];
    let mut sent = 0;
    // Taken as held back when nothing goes on for a while.
    while let Ok(written) = tokio::time::timeout(Duration::from_millis(300), raw.stream.write(&piece)).await {
        sent += written.unwrap();
        assert!(sent < WHOLE / 2, "the edge swallowed {sent} bytes that nobody reads");
    }
    go_on.notify_one();
    while sent < WHOLE {
        sent += raw.stream.write(&piece[..piece.len().min(WHOLE - sent)]).await.unwrap();
    }
    raw.send("the end").await;
    assert_eq!(raw.answer().await.text(), "all of it");
}

#[tokio::test]
async fn a_client_that_leaves_cancels_what_was_asked_for_it() {
    let left = Arc::new(Notify::new());
    let seen = left.clone();
    let upstream = Upstream::start(move |mut connection, _, _| {
        let seen = seen.clone();
        Box::pin(async move {
            while connection.more().await > 0 {}
            seen.notify_one();
            None
        })
    })
    .await;
    let edge = Edge::before(&upstream).await;
    let mut raw = edge.raw().await;
    raw.send(edge.request("GET /bpm/tasks", "")).await;
    eventually("the request arrives", || async { (upstream.heads().len() == 1).then_some(()) }).await;
    drop(raw);
    tokio::time::timeout(Duration::from_secs(5), left.notified()).await.expect("the service's connection is closed");
}

#[tokio::test]
async fn an_answer_cut_short_is_seen_to_be_cut_short() {
    let upstream = Upstream::start(|connection, _, number| {
        Box::pin(async move {
            let part = match number {
                1 => "HTTP/1.1 200 OK\r\ncontent-length: 10\r\n\r\nhalf",
                _ => "HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n4\r\nhalf\r\n",
            };
            drop(connection.write(part).await);
            None
        })
    })
    .await;
    let edge = Edge::before(&upstream).await;
    let sized = edge.ask("GET /bpm/tasks", "", "").await;
    assert_eq!((sized.header("content-length"), sized.body.len() < 10), (Some("10"), true));
    let chunked = edge.ask("GET /bpm/tasks", "", "").await;
    assert!(!chunked.text().contains("\r\n0\r\n"), "{}", chunked.text());
}

#[tokio::test]
async fn a_service_silent_in_the_middle_of_an_answer_is_given_up() {
    let upstream = Upstream::start(|connection, _, _| {
        Box::pin(async move {
            let mut kept = connection.write("HTTP/1.1 200 OK\r\ncontent-length: 10\r\n\r\nhalf").await?;
            while kept.more().await > 0 {}
            None
        })
    })
    .await;
    let edge = Edge::start(&[upstream.uri()], |settings| settings.timeouts.idle = 100).await;
    let answer = edge.ask("GET /bpm/tasks", "", "").await;
    assert_eq!((answer.status, answer.text().as_str()), (200, "half"));
}

#[tokio::test]
async fn a_stream_of_events_keeps_nobody_from_stopping() {
    let upstream = Upstream::start(|connection, _, _| {
        Box::pin(async move {
            let head = "HTTP/1.1 200 OK\r\ncontent-type: text/event-stream\r\ntransfer-encoding: chunked\r\n\r\n";
            let event = "event: here\ndata: 1\n\n";
            let mut kept = connection.write(&format!("{head}{:x}\r\n{event}\r\n", event.len())).await?;
            while kept.more().await > 0 {}
            None
        })
    })
    .await;
    let edge = Edge::start(&[upstream.uri()], |settings| settings.server.shutdown_seconds = 60).await;
    let mut stream = edge.api.with_bearer(&edge.bearer).get("/bpm/tasks").open().await;
    assert_eq!(stream.next().await.unwrap().name, "here");
    let (begun, stopping) = (std::time::Instant::now(), edge.stopper.clone());
    let stopped = tokio::spawn(async move { stopping.stop().await });
    assert!(stream.next().await.is_none());
    stopped.await.unwrap();
    assert!(begun.elapsed().as_secs() < 10);
}
