//! The public proof of a certification.

use aws_lc_rs::signature::{ED25519, UnparsedPublicKey};
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use rstest::rstest;
use serde_json::{Value, json};
use test_kit::Reply;
use test_kit::TestDatabase::{self, Postgres, Sqlite};

use crate::support::{CERTIFICATIONS, ENTITIES, World};

#[rstest]
#[case::sqlite(Sqlite)]
#[case::postgres(Postgres)]
#[tokio::test(flavor = "multi_thread")]
async fn anybody_can_check_a_badge_offline_and_it_says_what_became_of_it(#[case] on: TestDatabase) {
    let world = World::new(on).await;
    let entity = world.approved_entity().await;
    let id = world.submitted(entity, "gold").await;
    assert_eq!(world.certification(id).await["badgeId"], Value::Null);
    world.audit("pe-authentications", id, true, "").await.expect(200);
    let badge = format!("/pe/badge/{}", world.certification(id).await["badgeId"].as_str().unwrap());
    let ask = || async { world.api().as_nobody().get(&badge).await.expect(200) };
    let valid = ask().await;
    assert_eq!((&valid["status"], &valid["certification"]["typeName"]), (&json!("valid"), &json!("金牌")));
    assert_eq!(verified(&world, &valid)["status"], "valid");
    // Its entity is looked at again.
    let mut body = world.owner().get(&format!("{ENTITIES}/{entity}")).await.expect(200).body;
    body["name"] = json!("新名称");
    world.owner().put(ENTITIES).json(&body).await.expect(200);
    assert_eq!(verified(&world, &ask().await)["status"], "suspended");
    world.audit("public-entities", entity, true, "").await.expect(200);
    assert_eq!(ask().await["status"], "valid");
    world.days_pass(731);
    assert_eq!(ask().await["status"], "expired");
    let verdict = json!({ "approved": false, "remark": "资料造假" });
    world.platform().post(&format!("{CERTIFICATIONS}/{id}/audit")).json(&verdict).await.expect(200);
    let revoked = ask().await;
    assert_eq!(revoked["status"], "revoked");
    assert!(verified(&world, &revoked)["revokedAt"].is_string());
    world.api().as_nobody().get("/pe/badge/0123456789abcdefghijklmno").await.expect_problem(404, "not_found");
}

/// The payload of the badge's JWS, once its signature holds under the published key.
fn verified(world: &World, badge: &Reply) -> Value {
    let published = std::fs::read_to_string(world.own.folder().join("keys/badge.pub")).unwrap();
    let jwk: Value = serde_json::from_str(&published).unwrap();
    let decode = |text: &str| URL_SAFE_NO_PAD.decode(text).unwrap();
    let jws = badge["jws"].as_str().unwrap();
    let (signed, signature) = jws.rsplit_once('.').unwrap();
    let (header, payload) = signed.split_once('.').unwrap();
    let header: Value = serde_json::from_slice(&decode(header)).unwrap();
    assert_eq!((&header["alg"], &header["kid"]), (&json!("EdDSA"), &jwk["kid"]));
    // So no verifier of log-in tokens takes a badge's key for one of theirs.
    assert!(jwk["kid"].as_str().unwrap().starts_with("badge-"), "{jwk}");
    let key = UnparsedPublicKey::new(&ED25519, decode(jwk["x"].as_str().unwrap()));
    key.verify(signed.as_bytes(), &decode(signature)).unwrap();
    let altered = signed.replacen('A', "B", 1);
    assert!(altered == signed || key.verify(altered.as_bytes(), &decode(signature)).is_err());
    serde_json::from_slice(&decode(payload)).unwrap()
}
