//! Services that fail, each in its own way, and which of those failures a client ever sees.

use std::sync::Arc;
use std::time::Duration;

use test_kit::eventually;
use tokio::sync::Notify;

use crate::support::Edge;
use crate::upstream::Upstream;

const CALLBACK: &str = "POST /bpm/callbacks/close";

/// Answers the first request, reads the second on the same connection and hangs up; answers on a new one.
async fn hangs_up_on_the_second() -> Upstream {
    Upstream::start(|connection, _, number| {
        Box::pin(async move { if number == 2 { None } else { connection.say(&format!("answer {number}")).await } })
    })
    .await
}

#[tokio::test]
async fn a_get_on_a_connection_that_dies_under_it_is_asked_again() {
    let upstream = hangs_up_on_the_second().await;
    let edge = Edge::before(&upstream).await;
    assert_eq!(edge.ask("GET /bpm/tasks", "", "").await.text(), "answer 1");
    assert_eq!(edge.ask("GET /bpm/tasks", "", "").await.text(), "answer 3");
    assert_eq!(upstream.connections(), 2);
}

#[tokio::test]
async fn a_post_that_a_service_may_have_acted_on_is_never_sent_twice() {
    let upstream = hangs_up_on_the_second().await;
    let edge = Edge::before(&upstream).await;
    let post = || edge.ask(CALLBACK, "content-length: 2\r\n", "{}");
    assert_eq!(post().await.status, 200);
    let broken = post().await;
    assert_eq!((broken.status, broken.text().contains("upstream.failed")), (502, true), "{}", broken.text());
    assert_eq!(upstream.heads().len(), 2);
}

#[tokio::test]
async fn a_get_is_asked_again_once_and_no_more() {
    let upstream = Upstream::start(|_, _, _| Box::pin(async { None })).await;
    let edge = Edge::before(&upstream).await;
    let broken = edge.ask("GET /bpm/tasks", "", "").await;
    assert_eq!(broken.status, 502, "{}", broken.text());
    assert_eq!(upstream.heads().len(), 2);
}

#[tokio::test]
async fn an_idle_connection_that_was_closed_meanwhile_costs_no_request() {
    let upstream = Upstream::start(|connection, _, number| {
        Box::pin(async move {
            let kept = connection.say(&format!("answer {number}")).await;
            // Closes after its first answer, without having said so.
            kept.filter(|_| number > 1)
        })
    })
    .await;
    let edge = Edge::before(&upstream).await;
    let post = || edge.ask(CALLBACK, "content-length: 2\r\n", "{}");
    assert_eq!(post().await.text(), "answer 1");
    edge.take_a_turn().await;
    assert_eq!(post().await.text(), "answer 2");
}

#[tokio::test]
async fn a_service_that_is_not_there_is_named() {
    let edge = Edge::start(&["http://127.0.0.1:9".to_owned()], |_| ()).await;
    let answer = edge.ask("GET /bpm/tasks", "", "").await;
    assert_eq!((answer.status, answer.header("retry-after")), (503, Some("1")));
    assert!(
        answer.text().contains("bpm-adapter") && answer.text().contains("service.unavailable"),
        "{}",
        answer.text()
    );
}

#[tokio::test]
async fn a_service_that_takes_too_long_is_a_504_and_slows_nobody_else() {
    let upstream = Upstream::start(|mut connection, head, _| {
        Box::pin(async move {
            if head.contains("/bpm/bills") {
                return connection.say("bills").await;
            }
            while connection.more().await > 0 {}
            None
        })
    })
    .await;
    let edge = Edge::start(&[upstream.uri()], |settings| settings.timeouts.first_byte = 400).await;
    let slow = edge.ask("GET /bpm/tasks", "", "");
    let quick = async {
        for _ in 0..20 {
            assert_eq!(edge.ask("GET /bpm/bills", "", "").await.text(), "bills");
        }
        "all answered"
    };
    tokio::pin!(slow);
    tokio::select! {
        biased;
        answer = &mut slow => panic!("the slow one came first: {answer:?}"),
        done = quick => assert_eq!(done, "all answered"),
    }
    let answer = slow.await;
    assert_eq!((answer.status, answer.text().contains("upstream.timeout")), (504, true), "{}", answer.text());
    assert!(answer.text().contains("bpm-adapter"));
}

#[tokio::test]
async fn requests_go_round_and_an_address_that_refuses_leaves_and_comes_back() {
    let one = Upstream::start(|connection, _, _| Box::pin(connection.say("one"))).await;
    let gone = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = gone.local_addr().unwrap();
    drop(gone);
    let edge = Edge::start(&[one.uri(), format!("http://{address}")], |settings| settings.timeouts.health = 20).await;
    for _ in 0..6 {
        assert_eq!(edge.ask(CALLBACK, "content-length: 2\r\n", "{}").await.text(), "one");
    }
    let listener = std::net::TcpListener::bind(address).unwrap();
    listener.set_nonblocking(true).unwrap();
    let listener = tokio::net::TcpListener::from_std(listener).unwrap();
    tokio::spawn(async move {
        use tokio::io::{AsyncReadExt, AsyncWriteExt};
        while let Ok((mut stream, _)) = listener.accept().await {
            tokio::spawn(async move {
                let mut bytes = [0; 4096];
                if stream.read(&mut bytes).await.is_ok_and(|read| read > 0) {
                    let answer = b"HTTP/1.1 200 OK\r\ncontent-length: 3\r\nconnection: close\r\n\r\ntwo";
                    drop(stream.write_all(answer).await);
                }
            });
        }
    });
    eventually("the second address takes part again", || async {
        (edge.ask("GET /bpm/tasks", "", "").await.text() == "two").then_some(())
    })
    .await;
    assert_eq!(edge.ask("GET /bpm/tasks", "", "").await.text(), "one");
}

#[tokio::test]
async fn a_services_own_refusal_passes_as_it_is() {
    let upstream = Upstream::start(|connection, head, _| {
        Box::pin(async move {
            let answer = if head.contains("/bpm/bills") {
                "HTTP/1.1 401 Unauthorized\r\nwww-authenticate: Custom\r\ncontent-length: 4\r\n\r\nmine"
            } else {
                "HTTP/1.1 500 Oops\r\ncontent-type: application/problem+json\r\ncontent-length: 2\r\n\r\n{}"
            };
            connection.write(answer).await
        })
    })
    .await;
    let edge = Edge::before(&upstream).await;
    let refused = edge.ask("GET /bpm/bills", "", "").await;
    assert_eq!((refused.status, refused.text().as_str()), (401, "mine"));
    assert_eq!(refused.header("www-authenticate"), Some("custom"));
    assert_eq!((edge.ask("GET /bpm/tasks", "", "").await.text()).as_str(), "{}");
}

#[tokio::test]
async fn an_answer_that_is_no_http_is_a_502() {
    let upstream = Upstream::start(|connection, _, _| Box::pin(connection.write("SSH-2.0-OpenSSH_9\r\n\r\n"))).await;
    let edge = Edge::before(&upstream).await;
    let answer = edge.ask("GET /bpm/tasks", "", "").await;
    assert_eq!((answer.status, answer.text().contains("SSH")), (502, false), "{}", answer.text());
}

#[tokio::test]
async fn a_running_request_finishes_when_the_gateway_stops() {
    let (arrived, finish) = (Arc::new(Notify::new()), Arc::new(Notify::new()));
    let (tell, wait) = (arrived.clone(), finish.clone());
    let upstream = Upstream::start(move |connection, _, _| {
        let (tell, wait) = (tell.clone(), wait.clone());
        Box::pin(async move {
            tell.notify_one();
            wait.notified().await;
            connection.say("finished").await
        })
    })
    .await;
    let edge = Edge::before(&upstream).await;
    let mut raw = edge.raw().await;
    raw.send(edge.request("GET /bpm/tasks", "")).await;
    arrived.notified().await;
    let stopper = edge.stopper.clone();
    let stopping = tokio::spawn(async move { stopper.stop().await });
    eventually("nobody new is let in", || async {
        let connected = tokio::net::TcpStream::connect(edge.address).await;
        connected.is_err().then_some(())
    })
    .await;
    finish.notify_one();
    assert_eq!(raw.answer().await.text(), "finished");
    tokio::time::timeout(Duration::from_secs(10), stopping).await.expect("it stops").unwrap();
}
