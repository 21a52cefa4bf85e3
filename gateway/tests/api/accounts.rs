//! Accounts: made, changed, disabled, looked at.

use diesel::prelude::*;
use gateway::schema::identity_audit;
use rstest::rstest;
use serde_json::{Value, json};
use test_kit::{Reply, TestDatabase};

use crate::support::{Desk, PASSWORD, bearer};

fn newcomer() -> Value {
    json!({"username": "new.person", "name": "新人", "mobile": "13911112222", "email": "new@example.com",
        "company": "技术部", "province": 33, "roles": ["SA"], "initialPassword": PASSWORD})
}

async fn audit_of(desk: &Desk, id: &str) -> Vec<String> {
    let id = id.to_owned();
    let read = desk.identity.db.read(move |conn| {
        identity_audit::table
            .filter(identity_audit::account_id.eq(id))
            .order(identity_audit::id)
            .select(identity_audit::action)
            .load::<String>(conn)
            .map_err(shared_model::server::database::StoreError::from)
    });
    read.await.unwrap()
}

fn text<'a>(reply: &'a Reply, name: &str) -> &'a str {
    reply[name].as_str().unwrap()
}

#[rstest]
#[case::sqlite(TestDatabase::Sqlite)]
#[case::postgres(TestDatabase::Postgres)]
#[tokio::test]
async fn an_account_is_made_changed_and_disabled_and_its_record_stays(#[case] database: TestDatabase) {
    let desk = Desk::start(database).await;
    let admin = desk.as_user("platform.admin").await;
    let made = admin.put("/auth/accounts").json(&newcomer()).await.expect(201);
    let id = text(&made, "id").to_owned();
    assert_eq!((made.header("etag"), id.as_str()), (Some("\"1\""), "100014"));
    let login = desk.try_login("new.person", PASSWORD).await.expect(200);
    let person = desk.api.with_bearer(&bearer(&login));
    person.get("/auth/me").await.expect(200);

    let mut changed = newcomer();
    changed["id"] = id.clone().into();
    changed["name"] = "旧人".into();
    changed.as_object_mut().unwrap().remove("initialPassword");
    changed.as_object_mut().unwrap().remove("province");
    let saved = admin.put("/auth/accounts").if_match(1).json(&changed).await.expect(200);
    assert_eq!((text(&saved, "name"), saved.body.get("province")), ("旧人", None));
    admin.put("/auth/accounts").if_match(1).json(&changed).await.expect_problem(412, "stale");

    for _ in 0..2 {
        admin.delete(&format!("/auth/accounts/{id}")).await.expect(204);
    }
    person.get("/auth/me").await.expect_problem(401, "auth.token_invalid");
    person.get("/workorder/reference").await.expect_problem(401, "auth.token_invalid");
    desk.refresh(&login).await.expect_problem(401, "auth.token_invalid");
    desk.try_login("new.person", PASSWORD).await.expect_problem(401, "auth.bad_credentials");
    let kept = admin.get(&format!("/auth/accounts/{id}")).await.expect(200);
    assert_eq!(kept["enabled"], false);
    let actions = audit_of(&desk, &id).await;
    assert_eq!(actions, ["account.created", "login.succeeded", "account.updated", "account.disabled", "login.refused"]);

    changed["enabled"] = true.into();
    changed["resetPassword"] = "Back-Again-2026".into();
    admin.put("/auth/accounts").json(&changed).await.expect(200);
    desk.try_login("new.person", "Back-Again-2026").await.expect(200);
}

#[rstest]
#[case::sqlite(TestDatabase::Sqlite)]
#[case::postgres(TestDatabase::Postgres)]
#[tokio::test]
async fn one_user_name_is_one_person_also_when_asked_for_at_once(#[case] database: TestDatabase) {
    let desk = Desk::start(database).await;
    let admin = desk.as_user("platform.admin").await;
    let names = ["new.person", "New.Person", "NEW.PERSON", "new.person"];
    let attempts = names.map(|name| {
        let mut body = newcomer();
        body["username"] = name.into();
        let request = admin.put("/auth/accounts").json(&body);
        async move { request.await }
    });
    let replies = futures_util::future::join_all(attempts).await;
    assert_eq!(replies.iter().filter(|reply| reply.status == 201).count(), 1);
    for reply in replies.into_iter().filter(|reply| reply.status != 201) {
        reply.expect_problem(409, "account.username_taken");
    }
}

#[rstest]
#[case::sqlite(TestDatabase::Sqlite)]
#[case::postgres(TestDatabase::Postgres)]
#[tokio::test]
async fn the_same_key_makes_one_account(#[case] database: TestDatabase) {
    let desk = Desk::start(database).await;
    let admin = desk.as_user("platform.admin").await;
    let save = |body: &Value| admin.put("/auth/accounts").idempotency_key("make-new-person").json(body);
    let first = save(&newcomer()).await.expect(201);
    let again = save(&newcomer()).await.expect(201);
    assert_eq!((&first.body, again.header("idempotency-replayed")), (&again.body, Some("true")));
    let mut other = newcomer();
    other["name"] = "另一人".into();
    save(&other).await.expect_problem(422, "idempotency.mismatch");
}

#[rstest]
#[case::sqlite(TestDatabase::Sqlite)]
#[case::postgres(TestDatabase::Postgres)]
#[tokio::test]
async fn the_list_is_narrowed_and_paged(#[case] database: TestDatabase) {
    let desk = Desk::start(database).await;
    let admin = desk.as_user("platform.admin").await;
    let names = |reply: &Reply| {
        let rows = reply["data"].as_array().unwrap().clone();
        rows.iter().map(|row| row["username"].as_str().unwrap().to_owned()).collect::<Vec<_>>()
    };
    let list = || admin.get("/auth/accounts");
    assert_eq!(names(&list().query("role", "EC_MANAGER").await.expect(200)), ["ec.manager", "ec.manager2"]);
    assert_eq!(names(&list().query("role", "SA").await.expect(200)), ["sa"]);
    let there = list().query("province", "33").query("role", "PROVINCE_SA").await.expect(200);
    assert_eq!(names(&there), ["province.sa"]);
    for keyword in ["EC.MANAGER2", "政企经理乙", "13800000002", "ec.manager2@example.com"] {
        assert_eq!(names(&list().query("keyword", keyword).await.expect(200)), ["ec.manager2"], "{keyword}");
    }
    for literal in ["%", "_", "!"] {
        assert_eq!(list().query("keyword", literal).await.expect(200)["total"], 0, "{literal}");
    }
    let page = list().query("pageNum", "2").query("pageSize", "5").await.expect(200);
    assert_eq!((page["total"].as_i64(), names(&page).len(), names(&page)[0].as_str()), (Some(13), 5, "sa"));
    list().query("pageSize", "0").await.expect_problem(400, "request.invalid");
    list().query("role", "BOSS").await.expect_problem(400, "request.invalid");
    list().query("colour", "blue").await.expect_problem(400, "request.invalid");
}

#[tokio::test]
async fn numbers_are_masked_unless_personal_data_may_be_read_and_asking_is_on_record() {
    let desk = Desk::start_with(TestDatabase::Sqlite.create(), |settings| {
        let roles = &mut settings.permissions.roles;
        roles.insert("OPERATOR".to_owned(), vec!["AUTH_Account_Read".to_owned(), "AUTH_Account_Write".to_owned()]);
    })
    .await;
    let id = desk.id_of("ec.manager").await;
    let path = format!("/auth/accounts/{id}");
    let operator = desk.as_user("operator").await;
    let masked = operator.get(&path).await.expect(200);
    assert_eq!(masked["mobile"], "138****0001");
    let own = operator.get("/auth/accounts").query("keyword", "operator").await.expect(200);
    assert_eq!(own["data"][0]["mobile"], "13800000009");
    let refused = operator.get(&format!("{path}/mobile")).await.expect_problem(403, "auth.forbidden");
    assert!(refused["detail"].as_str().unwrap().contains("AUTH_Pii_Read"));
    // The mask that comes back with a change of something else is not taken for the number.
    let body =
        json!({"id": id, "username": "ec.manager", "name": "改名", "mobile": "138****0001", "roles": ["EC_MANAGER"]});
    operator.put("/auth/accounts").json(&body).await.expect(200);

    let admin = desk.as_user("platform.admin").await;
    let shown = admin.get(&format!("{path}/mobile")).await.expect(200);
    assert_eq!(shown.body, json!({"mobile": "13800000001"}));
    assert_eq!(audit_of(&desk, &id).await.last().unwrap(), "mobile.revealed");
}

#[tokio::test]
async fn one_enabled_administrator_always_remains() {
    let desk = Desk::start(TestDatabase::Sqlite).await;
    let (admin, id) = (desk.as_user("platform.admin").await, desk.id_of("platform.admin").await);
    admin.delete(&format!("/auth/accounts/{id}")).await.expect_problem(409, "conflict");
    let demoted = json!({"id": id, "username": "platform.admin", "name": "平台管理员", "roles": ["USER"]});
    admin.put("/auth/accounts").json(&demoted).await.expect_problem(409, "conflict");
    let mut second = newcomer();
    second["roles"] = json!(["PLATFORM_ADMIN"]);
    admin.put("/auth/accounts").json(&second).await.expect(201);
    admin.delete(&format!("/auth/accounts/{id}")).await.expect(204);
}

#[tokio::test]
async fn faults_are_told_together_and_an_unknown_id_before_them() {
    let desk = Desk::start(TestDatabase::Sqlite).await;
    let admin = desk.as_user("platform.admin").await;
    let wrong = json!({"username": "x y", "roles": ["BOSS"], "province": 99, "initialPassword": "weak"});
    let reply = admin.put("/auth/accounts").json(&wrong).await.expect_problem(422, "validation_failed");
    assert!(reply.faults().len() >= 5, "{:?}", reply.faults());
    let unknown = json!({"id": "999", "roles": []});
    admin.put("/auth/accounts").json(&unknown).await.expect_problem(404, "not_found");
    admin.put("/auth/accounts").json(&json!({"colour": 1})).await.expect_problem(400, "request.malformed");
}
