//! The token and the permission come before the hop, and before the body.

use crate::support::Edge;
use crate::upstream::Upstream;

async fn echo() -> Upstream {
    Upstream::start(|mut connection, head, _| {
        Box::pin(async move {
            if head.contains("content-length: 5") {
                connection.until(b"hello").await;
            }
            connection.say("ok").await
        })
    })
    .await
}

#[tokio::test]
async fn nothing_is_asked_of_a_service_for_whoever_may_not() {
    let upstream = echo().await;
    let edge = Edge::before(&upstream).await;
    let mut raw = edge.raw().await;
    raw.send("GET /bpm/tasks HTTP/1.1\r\nhost: desk\r\n\r\n").await;
    let answer = raw.answer().await;
    assert_eq!((answer.status, answer.header("www-authenticate")), (401, Some("bearer")));
    let forbidden = edge.ask("POST /bpm/tasks/7/close", "content-length: 2\r\n", "{}").await;
    assert_eq!((forbidden.status, forbidden.text().contains("BPM_Task_Handle")), (403, true), "{}", forbidden.text());
    assert!(upstream.heads().is_empty());
}

#[tokio::test]
async fn a_service_that_logs_its_refusals_hears_of_whoever_may_not_but_never_of_nobody() {
    let upstream = echo().await;
    let edge = Edge::start(&[upstream.uri()], |settings| {
        let addresses = settings.services["bpm-adapter"].addresses.clone();
        if let Some(pe) = settings.services.get_mut("pe-svc") {
            pe.addresses = addresses;
        }
    })
    .await;
    let mut raw = edge.raw().await;
    raw.send("DELETE /pe/pe-types HTTP/1.1\r\nhost: desk\r\n\r\n").await;
    assert_eq!(raw.answer().await.status, 401);
    assert!(upstream.heads().iter().all(|head| !head.contains("/pe/")));
    edge.ask("DELETE /pe/pe-types", "", "").await;
    assert!(upstream.heads().iter().any(|head| head.starts_with("DELETE /pe/pe-types")));
}

#[tokio::test]
async fn go_on_is_said_only_to_whoever_may() {
    let upstream = echo().await;
    let edge = Edge::before(&upstream).await;
    let mut raw = edge.raw().await;
    let expecting = "content-length: 5\r\nexpect: 100-continue\r\n";
    raw.send(format!("POST /bpm/tasks/7/close HTTP/1.1\r\nhost: desk\r\naccept-language: en\r\n{expecting}\r\n")).await;
    let refused = raw.answer().await;
    assert_eq!((refused.status, refused.header("www-authenticate")), (401, Some("bearer")), "{}", refused.head);
    assert!(refused.text().contains("auth.token_invalid") && refused.header("x-request-id").is_some());
    let too_large = "content-length: 99999999\r\nexpect: 100-continue\r\n";
    assert_eq!(edge.ask("POST /bpm/callbacks/close", too_large, "").await.status, 413);
    assert!(upstream.heads().is_empty());

    let mut raw = edge.raw().await;
    raw.send(edge.request("POST /bpm/callbacks/close", expecting)).await;
    assert_eq!(raw.answer().await.status, 100);
    raw.send("hello").await;
    assert_eq!(raw.answer().await.text(), "ok");
    assert!(!upstream.heads()[0].contains("expect:"));
}

#[tokio::test]
async fn a_remembered_token_is_forgotten_when_its_account_is_disabled() {
    let upstream = echo().await;
    let edge = Edge::before(&upstream).await;
    for _ in 0..3 {
        assert_eq!(edge.ask("GET /bpm/tasks", "", "").await.status, 200);
    }
    let admin = edge.admin().await;
    let found = admin.get("/auth/accounts").query("keyword", "operator").await.expect(200);
    let id = found["data"][0]["id"].as_str().unwrap();
    admin.delete(&format!("/auth/accounts/{id}")).await.expect(204);
    assert_eq!(edge.ask("GET /bpm/tasks", "", "").await.status, 401);
    assert_eq!(upstream.heads().len(), 3);
}

#[tokio::test]
async fn a_person_is_limited_wherever_they_call_from_and_nobody_else_is() {
    let upstream = echo().await;
    let edge = Edge::start(&[upstream.uri()], |settings| settings.limits.caller_per_second = 5).await;
    let mut statuses = Vec::new();
    for _ in 0..40 {
        statuses.push(edge.ask("GET /bpm/tasks", "", "").await);
    }
    let limited = statuses.iter().find(|answer| answer.status == 429).expect("the rate is bounded");
    assert!(limited.text().contains("rate_limited") && limited.header("retry-after").is_some());
    let admin = edge.admin().await;
    admin.get("/bpm/tasks").await.expect(200);
}

#[tokio::test]
async fn an_address_without_a_token_is_limited() {
    let upstream = echo().await;
    let edge = Edge::start(&[upstream.uri()], |settings| settings.limits.address_per_second = 5).await;
    let replies = futures_util::future::join_all((0..40).map(|_| edge.api.get("/nothing").into_future())).await;
    assert!(replies.iter().any(|reply| reply.status == 429));
    assert!(replies.iter().all(|reply| matches!(reply.status, 404 | 429)));
}
