//! What people are told, through the gateway: pushed as it happens, taken up again where it broke off.

use std::time::{Duration, Instant};

use rstest::rstest;
use test_kit::{TestDatabase, fixtures};

use crate::stack::{How, Stack, approve, submit, until_status};

#[rstest]
#[case::sqlite(TestDatabase::Sqlite, false)]
#[case::postgres_in_processes(TestDatabase::Postgres, true)]
#[tokio::test]
async fn an_approver_is_told_through_the_gateway_while_it_happens(#[case] kind: TestDatabase, #[case] processes: bool) {
    let mut stack = Stack::start(kind, How { processes, ..How::default() }).await;
    let (manager, admin) = (stack.log_in("ec.manager").await, stack.log_in("group.admin").await);
    let mut stream = admin.get("/workorder/notices/stream").open().await;
    assert_eq!(stream.header("content-type"), Some("text/event-stream"));
    let first = submit(&manager, &fixtures::domain_request_for("told-one.example.cn")).await;
    let told = stream.next_named("notice").await;
    assert_eq!(
        (&told.data["notice"]["kind"], &told.data["notice"]["orderId"]),
        (&"waitingForYou".into(), &first.into())
    );
    // The connection breaks; what comes meanwhile is not lost.
    drop(stream);
    let second = submit(&manager, &fixtures::domain_request_for("told-two.example.cn")).await;
    until_status(&manager, second, "approving").await;
    let again = admin.get("/workorder/notices/stream").header("last-event-id", told.id.as_deref().unwrap());
    let mut again = again.open().await;
    assert_eq!(again.next_named("notice").await.data["notice"]["orderId"], second);
    approve(&admin, first).await;
    let approved = manager.get("/workorder/notices?unread=true&kind=orderApproved").await.expect(200);
    assert_eq!((&approved["data"][0]["orderId"], &approved["total"]), (&first.into(), &1.into()));
    let stopping = Instant::now();
    assert!(stack.stop().success(), "{}", stack.log());
    assert!(stopping.elapsed() < Duration::from_secs(15), "an open stream keeps nobody from stopping");
    while again.next().await.is_some() {}
}
