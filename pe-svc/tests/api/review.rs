//! The reviewers' queue and their claims.

use chrono::Duration;
use rstest::rstest;
use serde_json::{Value, json};
use test_kit::TestDatabase::{self, Postgres, Sqlite};
use test_kit::TestUser;

use crate::support::{CERTIFICATIONS, World};

#[rstest]
#[case::sqlite(Sqlite)]
#[case::postgres(Postgres)]
#[tokio::test(flavor = "multi_thread")]
async fn what_waits_longest_comes_first_and_leaves_when_it_is_decided(#[case] on: TestDatabase) {
    let world = World::new(on).await;
    let entity = world.approved_entity().await;
    let certification = world.submitted(entity, "gold").await;
    world.clock.advance(Duration::minutes(5));
    let pending = world.pending_entity().await;
    let queue = world.operator().get("/pe/review-queue").await.expect(200);
    let waiting: Vec<(Value, Value)> =
        queue["data"].as_array().unwrap().iter().map(|item| (item["resource"].clone(), item["id"].clone())).collect();
    let expected =
        [(json!("pe-authentications"), json!(certification)), (json!("public-entities"), pending["id"].clone())];
    assert_eq!(waiting, expected);
    assert_eq!(queue["data"][0]["subtitle"], "金牌");
    let only = world.operator().get("/pe/review-queue").query("resource", "public-entities").await.expect(200);
    assert_eq!((&only["total"], &only["data"][0]["title"]), (&json!(1), &pending["name"]));
    world.audit("pe-authentications", certification, true, "").await.expect(200);
    assert_eq!(world.operator().get("/pe/review-queue").await.expect(200)["total"], 1);
    world.owner().get("/pe/review-queue").await.expect_problem(403, "auth.forbidden");
    world.operator().get("/pe/review-queue").query("resource", "x").await.expect_problem(400, "request.invalid");
}

#[rstest]
#[case::sqlite(Sqlite)]
#[case::postgres(Postgres)]
#[tokio::test(flavor = "multi_thread")]
async fn a_claim_keeps_other_reviewers_out_for_half_an_hour(#[case] on: TestDatabase) {
    let world = World::new(on).await;
    let entity = world.approved_entity().await;
    let id = world.submitted(entity, "gold").await;
    let (claim, release) = (format!("{CERTIFICATIONS}/{id}/claim"), format!("{CERTIFICATIONS}/{id}/release"));
    let audit = format!("{CERTIFICATIONS}/{id}/audit");
    let claimed = world.operator().post(&claim).await.expect(200);
    assert_eq!(claimed["claimedBy"], json!(TestUser::operator().id()));
    world.operator().post(&claim).await.expect(200);
    world.operator2().post(&claim).await.expect_problem(409, "review.claimed");
    world.operator2().post(&release).await.expect_problem(409, "review.claimed");
    let verdict = json!({ "approved": true });
    world.operator2().post(&audit).json(&verdict).await.expect_problem(409, "review.claimed");
    let mine = world.operator().get("/pe/review-queue").query("mine", "true").await.expect(200);
    assert_eq!((&mine["total"], &mine["data"][0]["claim"]["claimedByName"]), (&json!(1), &json!("运营甲")));
    assert_eq!(world.operator2().get("/pe/review-queue").query("mine", "true").await.expect(200)["total"], 0);
    world.operator().post(&release).await.expect(204);
    world.operator2().post(&claim).await.expect(200);
    world.operator().post(&claim).await.expect_problem(409, "review.claimed");
    world.clock.advance(Duration::minutes(31));
    world.operator().post(&claim).await.expect(200);
    world.operator().post(&audit).json(&verdict).await.expect(200);
    // What is decided cannot be claimed.
    world.operator().post(&claim).await.expect_problem(409, "audit.not_pending");
}

#[rstest]
#[case::sqlite(Sqlite)]
#[case::postgres(Postgres)]
#[tokio::test(flavor = "multi_thread")]
async fn a_verdict_on_an_older_version_is_refused(#[case] on: TestDatabase) {
    let world = World::new(on).await;
    let entity = world.pending_entity().await;
    world.owner().put("/pe/public-entities").json(&entity.body).await.expect(200);
    let audit = format!("/pe/public-entities/{}/audit", entity["id"]);
    let old = json!({ "approved": true, "version": 1 });
    world.operator().post(&audit).json(&old).await.expect_problem(412, "stale");
    world.operator().post(&audit).if_match(1).json(&json!({ "approved": true })).await.expect_problem(412, "stale");
    let unknown = json!({ "approved": true, "owner": 1 });
    assert_eq!(world.operator().post(&audit).json(&unknown).await.status, 400);
    world.operator().post(&audit).json(&json!({ "approved": true, "version": 2 })).await.expect(200);
}

#[rstest]
#[case::sqlite(Sqlite)]
#[case::postgres(Postgres)]
#[tokio::test(flavor = "multi_thread")]
async fn control_characters_are_taken_neither_in_remarks_nor_in_replies(#[case] on: TestDatabase) {
    let world = World::new(on).await;
    let entity = world.approved_entity().await;
    let id = world.submitted(entity, "gold").await;
    let replies = format!("/pe/pe-authentications/{id}/replies");
    let lines = "第一行\n\t第二行";
    for odd in ["a\u{1b}[2J", "a\u{7f}"] {
        let refused = world.audit("pe-authentications", id, false, odd).await.expect_problem(422, "field.invalid");
        assert_eq!(refused.faults(), ["/remark field.invalid"]);
        let refused = world.owner().post(&replies).json(&json!({ "content": odd })).await;
        assert_eq!(refused.expect_problem(422, "field.invalid").faults(), ["/content field.invalid"]);
    }
    let said = world.owner().post(&replies).json(&json!({ "content": lines })).await.expect(201);
    assert_eq!(said["content"], lines);
    let returned = world.audit("pe-authentications", id, false, lines).await.expect(200);
    assert_eq!(returned["replies"][1]["content"], lines);
}
