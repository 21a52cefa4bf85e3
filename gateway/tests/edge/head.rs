//! Heads: what is let in, what crosses in either direction.

use std::net::IpAddr;

use crate::support::{Edge, localhost};
use crate::upstream::Upstream;

fn echo() -> impl std::future::Future<Output = Upstream> {
    Upstream::start(|connection, _, _| Box::pin(connection.say("ok")))
}

#[tokio::test]
async fn paths_that_two_parsers_read_differently_reach_nobody() {
    let upstream = echo().await;
    let edge = Edge::before(&upstream).await;
    let paths = [
        "//bpm/tasks",
        "/bpm//tasks",
        "/bpm/../internal/accounts",
        "/bpm/./tasks",
        "/bpm/%2e%2e/internal/accounts",
        "/bpm/.%2e/internal",
        "/bpm%2ftasks",
        "/bpm/tasks%5c..",
        "/bpm/tasks\\..",
        "/%62pm/tasks",
        "/bpm/tasks/%00",
        "/bpm/..;/internal/accounts",
        "http://desk//bpm/tasks",
    ];
    for path in paths {
        let answer = edge.ask(&format!("GET {path}"), "", "").await;
        assert_eq!(answer.status, 400, "{path}: {}", answer.text());
    }
    for path in ["/internal/accounts", "/metrics", "/bpm/internal", "/BPM/tasks", "/bpm/tasks/", "/bpmx/tasks"] {
        assert_eq!(edge.ask(&format!("GET {path}"), "", "").await.status, 404, "{path}");
    }
    assert!(upstream.heads().is_empty(), "{:?}", upstream.heads());
}

#[tokio::test]
async fn heads_that_could_smuggle_a_second_request_are_refused() {
    let upstream = echo().await;
    let edge = Edge::before(&upstream).await;
    let bad = [
        "content-length: 5\r\ntransfer-encoding: chunked\r\n",
        "content-length: 5\r\ncontent-length: 6\r\n",
        "content-length: 5, 6\r\n",
        "content-length: +5\r\n",
        "content-length: -1\r\n",
        "transfer-encoding: chunked, gzip\r\n",
        "transfer-encoding: xchunked\r\n",
        "transfer-encoding: identity\r\n",
        "transfer-encoding: chunked\r\ntransfer-encoding: chunked\r\n",
        "bad name: x\r\n",
        "host: other\r\n",
    ];
    for more in bad {
        let mut raw = edge.raw().await;
        raw.send(edge.request("POST /bpm/callbacks/close", more)).await;
        raw.send("0\r\n\r\nGET /bpm/tasks HTTP/1.1\r\nhost: desk\r\n\r\n").await;
        let answer = raw.answer().await;
        assert_eq!(answer.status, 400, "{more}");
        assert!(raw.is_closed().await, "{more}");
    }
    let foreign = edge.ask("GET http://elsewhere/bpm/tasks", "", "").await;
    assert_eq!(foreign.status, 400);
    assert!(upstream.heads().is_empty(), "{:?}", upstream.heads());
    assert_eq!(edge.ask("GET http://desk/bpm/tasks", "", "").await.status, 200);
    assert!(upstream.heads()[0].starts_with("GET /bpm/tasks HTTP/1.1\r\n"), "{:?}", upstream.heads());
}

#[tokio::test]
async fn what_is_about_one_connection_or_claims_an_identity_does_not_cross() {
    let upstream = Upstream::start(|connection, _, _| {
        Box::pin(connection.write(
            "HTTP/1.1 200 OK\r\ncontent-length: 2\r\nconnection: x-hop\r\nx-hop: 1\r\nkeep-alive: timeout=9\r\n\
             set-cookie: a=1\r\nset-cookie: b=2\r\netag: \"7\"\r\nx-request-id: theirs-is-not-ours\r\n\r\nok",
        ))
    })
    .await;
    let edge = Edge::start(&[upstream.uri()], |settings| settings.proxies.trusted = vec![localhost()]).await;
    let more = "connection: x-mine, keep-alive\r\nx-mine: 1\r\nte: trailers\r\nX-User-Id: 1\r\nx_user_id: 1\r\n\
        X-Internal-Key: k\r\nForwarded: for=9.9.9.9\r\nX-Forwarded-For: 203.0.113.9\r\nX-Forwarded-Host: evil\r\n\
        x-request-id: client-chosen.1\r\ntraceparent: 00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01\r\n\
        accept-language: en\r\nif-match: \"3\"\r\n";
    let answer = edge.ask("GET /bpm/tasks?state=a%20b&x=%2F", more, "").await;
    let head = upstream.heads()[0].to_ascii_lowercase();
    assert!(head.starts_with("get /bpm/tasks?state=a%20b&x=%2f http/1.1\r\n"), "{head}");
    for gone in ["x-mine", "\r\nte:", "x-user", "x_user", "x-internal", "\r\nforwarded", "evil", "keep-alive"] {
        assert!(!head.contains(gone), "{gone} in {head}");
    }
    let kept = [
        "x-request-id: client-chosen.1\r\n",
        "accept-language: en\r\n",
        "if-match: \"3\"\r\n",
        "authorization: bearer ",
        "x-forwarded-for: 203.0.113.9\r\n",
        "x-forwarded-host: desk\r\n",
        "traceparent: 00-4bf92f3577b34da6a3ce929d0e0e4736-",
    ];
    for there in kept {
        assert!(head.contains(there), "{there} not in {head}");
    }
    assert!(head.contains(&format!("host: {}\r\n", upstream.address)));
    assert!(!answer.head.contains("x-hop") && !answer.head.contains("timeout=9"), "{}", answer.head);
    assert_eq!(answer.head.matches("set-cookie: ").count(), 2);
    assert_eq!((answer.header("etag"), answer.header("x-request-id")), (Some("\"7\""), Some("client-chosen.1")));
    assert_eq!(answer.head.matches("x-request-id").count(), 1);
}

#[tokio::test]
async fn a_forwarded_address_is_believed_from_listed_proxies_only() {
    let upstream = echo().await;
    let proxies = vec![IpAddr::from([10, 9, 9, 9])];
    let edge = Edge::start(&[upstream.uri()], |settings| settings.proxies.trusted = proxies).await;
    edge.ask("GET /bpm/tasks", "x-forwarded-for: 203.0.113.9\r\n", "").await;
    assert!(upstream.heads()[0].contains("x-forwarded-for: 127.0.0.1\r\n"), "{:?}", upstream.heads());
}

#[tokio::test]
async fn a_head_beyond_the_limit_is_refused_and_a_websocket_is_not_dropped_in_silence() {
    let upstream = echo().await;
    let edge = Edge::before(&upstream).await;
    let large = format!("x-large: {}\r\n", "x".repeat(16 << 10));
    let answer = edge.ask("GET /bpm/tasks", &large, "").await;
    assert_eq!(answer.status, 431, "{}", answer.text());
    let mut raw = edge.raw().await;
    raw.send(edge.request("GET /bpm/tasks", &format!("x-huge: {}\r\n", "x".repeat(200 << 10)))).await;
    assert_eq!(raw.answer().await.status, 431);
    let upgrade = "connection: upgrade\r\nupgrade: websocket\r\nsec-websocket-key: x\r\nsec-websocket-version: 13\r\n";
    let answer = edge.ask("GET /bpm/tasks", upgrade, "").await;
    assert_eq!((answer.status, answer.text().contains("upgrade_unsupported")), (501, true));
    assert!(upstream.heads().is_empty());
}

#[tokio::test]
async fn a_page_of_another_origin_may_call_only_when_configured() {
    let upstream = echo().await;
    let closed = Edge::before(&upstream).await;
    let answer = closed.ask("GET /bpm/tasks", "origin: https://desk.example.com\r\n", "").await;
    assert_eq!(answer.header("access-control-allow-origin"), None);
    let open = Edge::start(&[upstream.uri()], |settings| {
        settings.cors.origins = vec!["https://desk.example.com".to_owned()];
    })
    .await;
    let preflight = "origin: https://desk.example.com\r\naccess-control-request-method: PUT\r\n";
    let answer = open.ask("OPTIONS /bpm/tasks", preflight, "").await;
    assert_eq!(answer.status, 204);
    assert_eq!(answer.header("access-control-allow-origin"), Some("https://desk.example.com"));
    let foreign = open.ask("GET /bpm/tasks", "origin: https://evil.example.com\r\n", "").await;
    assert_eq!(foreign.header("access-control-allow-origin"), None);
}
