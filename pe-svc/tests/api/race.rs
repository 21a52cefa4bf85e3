//! Many at once: one winner each, and no answer that is anybody's fault but the losers'.

use std::collections::BTreeMap;
use std::future::IntoFuture;

use futures_util::future::join_all;
use rstest::rstest;
use serde_json::{Value, json};
use test_kit::Reply;
use test_kit::TestDatabase::{self, Postgres, Sqlite};

use crate::support::{CERTIFICATIONS, ENTITIES, World};

const AT_ONCE: usize = 50;

fn tally(replies: &[Reply]) -> BTreeMap<(u16, String), usize> {
    let mut tally = BTreeMap::new();
    for reply in replies {
        let code = reply["code"].as_str().unwrap_or_default().to_owned();
        *tally.entry((reply.status, if reply.status < 300 { String::new() } else { code })).or_default() += 1;
    }
    tally
}

#[rstest]
#[case::sqlite(Sqlite)]
#[case::postgres(Postgres)]
#[tokio::test(flavor = "multi_thread")]
async fn fifty_registrations_of_one_name_have_one_winner(#[case] on: TestDatabase) {
    let world = World::new(on).await;
    let body = world.entity_body().await;
    let bodies: Vec<Value> = (0..AT_ONCE)
        .map(|n| {
            let mut body = body.clone();
            body["registrationNumber"] = json!(format!("R-{n}"));
            body
        })
        .collect();
    let requests = bodies.iter().map(|body| world.owner().put(ENTITIES).json(body).into_future());
    let tally = tally(&join_all(requests).await);
    let expected = BTreeMap::from([((201, String::new()), 1), ((409, "entity.name_taken".to_owned()), AT_ONCE - 1)]);
    assert_eq!(tally, expected);
    assert_eq!(world.total("public-entities").await, 1);
}

#[rstest]
#[case::sqlite(Sqlite)]
#[case::postgres(Postgres)]
#[tokio::test(flavor = "multi_thread")]
async fn fifty_certifications_of_one_type_have_one_winner(#[case] on: TestDatabase) {
    let world = World::new(on).await;
    let entity = world.approved_entity().await;
    let body = json!({ "peId": entity, "typeId": world.id_of("authentication-types", "gold").await });
    let requests = (0..AT_ONCE).map(|_| world.owner().put(CERTIFICATIONS).json(&body).into_future());
    let tally = tally(&join_all(requests).await);
    let expected =
        BTreeMap::from([((201, String::new()), 1), ((409, "authentication.exists".to_owned()), AT_ONCE - 1)]);
    assert_eq!(tally, expected);
    assert_eq!(world.total("pe-authentications").await, 1);
}

#[rstest]
#[case::sqlite(Sqlite)]
#[case::postgres(Postgres)]
#[tokio::test(flavor = "multi_thread")]
async fn of_many_verdicts_one_counts(#[case] on: TestDatabase) {
    let world = World::new(on).await;
    let entity = world.approved_entity().await;
    let id = world.submitted(entity, "gold").await;
    let requests = (0..20).map(|n| {
        let verdict = json!({ "approved": n % 2 == 0, "remark": "结论" });
        world.operator().post(&format!("{CERTIFICATIONS}/{id}/audit")).json(&verdict).into_future()
    });
    let replies = join_all(requests).await;
    assert_eq!(replies.iter().filter(|reply| reply.status == 200).count(), 1, "{:?}", tally(&replies));
    assert!(replies.iter().all(|reply| matches!(reply.status, 200 | 409)), "{:?}", tally(&replies));
    assert_eq!(world.certification(id).await["replies"].as_array().unwrap().len(), 1);
}

#[rstest]
#[case::sqlite(Sqlite)]
#[case::postgres(Postgres)]
#[tokio::test(flavor = "multi_thread")]
async fn a_type_that_is_deleted_while_entities_register_leaves_none_without_a_type(#[case] on: TestDatabase) {
    let world = World::new(on).await;
    let kind = world.id_of("pe-types", "individual").await;
    let mut bodies = Vec::new();
    for _ in 0..20 {
        bodies.push(world.entity_body().await);
    }
    let registered = bodies.iter().map(|body| world.owner().put(ENTITIES).json(body).into_future());
    let deleted = world.operator().delete(&format!("/pe/pe-types/{kind}")).into_future();
    let (replies, deleted) = futures_util::future::join(join_all(registered), deleted).await;
    assert!(replies.iter().all(|reply| matches!(reply.status, 201 | 422)), "{:?}", tally(&replies));
    let made = replies.iter().any(|reply| reply.status == 201);
    assert_eq!(deleted.status, if made { 409 } else { 204 }, "{}", deleted.text());
}

#[rstest]
#[case::sqlite(Sqlite)]
#[case::postgres(Postgres)]
#[tokio::test(flavor = "multi_thread")]
async fn of_many_claims_one_holds(#[case] on: TestDatabase) {
    let world = World::new(on).await;
    let entity = world.pending_entity().await;
    let claim = format!("{ENTITIES}/{}/claim", entity["id"]);
    let operators = [world.operator(), world.operator2()];
    let requests = (0..20).map(|n| operators[n % 2].post(&claim).into_future());
    let replies = join_all(requests).await;
    let holders: std::collections::BTreeSet<String> =
        replies.iter().filter(|r| r.status == 200).map(|r| r["claimedBy"].to_string()).collect();
    assert_eq!(holders.len(), 1, "{:?}", tally(&replies));
    assert!(replies.iter().all(|reply| matches!(reply.status, 200 | 409)), "{:?}", tally(&replies));
}

#[rstest]
#[case::sqlite(Sqlite)]
#[case::postgres(Postgres)]
#[tokio::test(flavor = "multi_thread")]
async fn simultaneous_changes_leave_an_unbroken_chain(#[case] on: TestDatabase) {
    let world = World::new(on).await;
    let mut bodies = Vec::new();
    for _ in 0..30 {
        bodies.push(world.entity_body().await);
    }
    let requests = bodies.iter().map(|body| world.owner().put(ENTITIES).json(body).into_future());
    let replies = join_all(requests).await;
    assert!(replies.iter().all(|reply| reply.status == 201), "{:?}", tally(&replies));
    let altered = world
        .db
        .read(|conn| pe_svc::audit_log::first_altered(conn).map_err(shared_model::server::database::StoreError::from))
        .await
        .unwrap();
    assert_eq!(altered, None);
}
