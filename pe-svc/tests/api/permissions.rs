//! Who may call what: the 49 permissions and the two beside them, every role, every endpoint. Written a second time by hand.

use rstest::rstest;
use serde_json::json;
use shared_model::access::{self, Access};
use shared_model::permission::{Permission, RolePermissions};
use shared_model::role::Role::{self, Operator, PeAdmin, User};
use test_kit::TestDatabase::{self, Postgres, Sqlite};
use test_kit::TestUser;

use crate::support::World;

const ANY_AUDIT: &[&str] = &[
    "PE_PeType_Audit",
    "PE_PublicEntity_Audit",
    "PE_PeMember_Audit",
    "PE_AuthticationType_Audit",
    "PE_AuthticationStatus_Audit",
    "PE_PeAuthentication_Audit",
];

const ANY_WRITE: &[&str] = &[
    "PE_PeType_AddAndUpdate",
    "PE_PublicEntity_AddAndUpdate",
    "PE_PeMember_AddAndUpdate",
    "PE_AuthticationType_AddAndUpdate",
    "PE_AuthticationStatus_AddAndUpdate",
    "PE_PeAuthentication_AddAndUpdate",
];

/// Method, path, the permissions of which any opens it, the roles it is open to beside PLATFORM_ADMIN.
#[rustfmt::skip]
const TABLE: &[(&str, &str, &[&str], &[Role])] = &[
    ("GET", "/pe/pe-types", &["PE_PeType_ReadAll"], &[Operator, PeAdmin, User]),
    ("GET", "/pe/pe-types/mine", &["PE_PeType_ReadByToken"], &[PeAdmin, User]),
    ("GET", "/pe/pe-types/{id}", &["PE_PeType_ReadById"], &[Operator, PeAdmin, User]),
    ("PUT", "/pe/pe-types", &["PE_PeType_AddAndUpdate"], &[Operator]),
    ("DELETE", "/pe/pe-types/mine/{id}", &["PE_PeType_DeleteByTokenAndId"], &[]),
    ("DELETE", "/pe/pe-types/{id}", &["PE_PeType_DeleteById"], &[Operator]),
    ("DELETE", "/pe/pe-types", &["PE_PeType_DeleteAll"], &[]),
    ("POST", "/pe/pe-types/{id}/audit", &["PE_PeType_Audit"], &[Operator]),
    ("POST", "/pe/pe-types/{id}/claim", &["PE_PeType_Audit"], &[Operator]),
    ("POST", "/pe/pe-types/{id}/release", &["PE_PeType_Audit"], &[Operator]),
    ("GET", "/pe/public-entities", &["PE_PublicEntity_ReadAll"], &[Operator]),
    ("GET", "/pe/public-entities/mine", &["PE_PublicEntity_ReadByToken"], &[PeAdmin]),
    ("GET", "/pe/public-entities/{id}", &["PE_PublicEntity_ReadById"], &[Operator, PeAdmin, User]),
    ("PUT", "/pe/public-entities", &["PE_PublicEntity_AddAndUpdate"], &[PeAdmin]),
    ("DELETE", "/pe/public-entities/mine/{id}", &["PE_PublicEntity_DeleteByTokenAndId"], &[PeAdmin]),
    ("DELETE", "/pe/public-entities/{id}", &["PE_PublicEntity_DeleteById"], &[]),
    ("DELETE", "/pe/public-entities", &["PE_PublicEntity_DeleteAll"], &[]),
    ("POST", "/pe/public-entities/{id}/audit", &["PE_PublicEntity_Audit"], &[Operator]),
    ("POST", "/pe/public-entities/{id}/claim", &["PE_PublicEntity_Audit"], &[Operator]),
    ("POST", "/pe/public-entities/{id}/release", &["PE_PublicEntity_Audit"], &[Operator]),
    ("GET", "/pe/pe-members", &["PE_PeMember_ReadAll"], &[Operator]),
    ("GET", "/pe/pe-members/mine", &["PE_PeMember_ReadByToken"], &[PeAdmin, User]),
    ("GET", "/pe/pe-members/{id}", &["PE_PeMember_ReadById"], &[Operator, PeAdmin]),
    ("PUT", "/pe/pe-members", &["PE_PeMember_AddAndUpdate"], &[PeAdmin]),
    ("DELETE", "/pe/pe-members/mine/{id}", &["PE_PeMember_DeleteByTokenAndId"], &[PeAdmin]),
    ("DELETE", "/pe/pe-members/{id}", &["PE_PeMember_DeleteById"], &[]),
    ("DELETE", "/pe/pe-members", &["PE_PeMember_DeleteAll"], &[]),
    ("POST", "/pe/pe-members/{id}/audit", &["PE_PeMember_Audit"], &[Operator]),
    ("POST", "/pe/pe-members/{id}/claim", &["PE_PeMember_Audit"], &[Operator]),
    ("POST", "/pe/pe-members/{id}/release", &["PE_PeMember_Audit"], &[Operator]),
    ("GET", "/pe/authentication-types", &["PE_AuthticationType_ReadAll"], &[Operator, PeAdmin, User]),
    ("GET", "/pe/authentication-types/mine", &["PE_AuthticationType_ReadByToken"], &[PeAdmin, User]),
    ("GET", "/pe/authentication-types/{id}", &["PE_AuthticationType_ReadById"], &[Operator, PeAdmin, User]),
    ("PUT", "/pe/authentication-types", &["PE_AuthticationType_AddAndUpdate"], &[Operator]),
    ("DELETE", "/pe/authentication-types/mine/{id}", &["PE_AuthticationType_DeleteByTokenAndId"], &[]),
    ("DELETE", "/pe/authentication-types/{id}", &["PE_AuthticationType_DeleteById"], &[Operator]),
    ("DELETE", "/pe/authentication-types", &["PE_AuthticationType_DeleteAll"], &[]),
    ("POST", "/pe/authentication-types/{id}/audit", &["PE_AuthticationType_Audit"], &[Operator]),
    ("POST", "/pe/authentication-types/{id}/claim", &["PE_AuthticationType_Audit"], &[Operator]),
    ("POST", "/pe/authentication-types/{id}/release", &["PE_AuthticationType_Audit"], &[Operator]),
    ("GET", "/pe/authentication-statuses", &["PE_AuthticationStatus_ReadAll"], &[Operator, PeAdmin, User]),
    ("GET", "/pe/authentication-statuses/mine", &["PE_AuthticationStatus_ReadByToken"], &[PeAdmin, User]),
    ("GET", "/pe/authentication-statuses/{id}", &["PE_AuthticationStatus_ReadById"], &[Operator, PeAdmin, User]),
    ("PUT", "/pe/authentication-statuses", &["PE_AuthticationStatus_AddAndUpdate"], &[Operator]),
    ("DELETE", "/pe/authentication-statuses/mine/{id}", &["PE_AuthticationStatus_DeleteByTokenAndId"], &[]),
    ("DELETE", "/pe/authentication-statuses/{id}", &["PE_AuthticationStatus_DeleteById"], &[Operator]),
    ("DELETE", "/pe/authentication-statuses", &["PE_AuthticationStatus_DeleteAll"], &[]),
    ("POST", "/pe/authentication-statuses/{id}/audit", &["PE_AuthticationStatus_Audit"], &[Operator]),
    ("POST", "/pe/authentication-statuses/{id}/claim", &["PE_AuthticationStatus_Audit"], &[Operator]),
    ("POST", "/pe/authentication-statuses/{id}/release", &["PE_AuthticationStatus_Audit"], &[Operator]),
    ("GET", "/pe/pe-authentications", &["PE_PeAuthentication_ReadAll"], &[Operator]),
    ("GET", "/pe/pe-authentications/mine", &["PE_PeAuthentication_ReadByToken"], &[PeAdmin]),
    ("GET", "/pe/pe-authentications/{id}", &["PE_PeAuthentication_ReadById"], &[Operator, PeAdmin]),
    ("PUT", "/pe/pe-authentications", &["PE_PeAuthentication_AddAndUpdate"], &[PeAdmin]),
    ("DELETE", "/pe/pe-authentications/mine/{id}", &["PE_PeAuthentication_DeleteByTokenAndId"], &[PeAdmin]),
    ("DELETE", "/pe/pe-authentications/{id}", &["PE_PeAuthentication_DeleteById"], &[]),
    ("DELETE", "/pe/pe-authentications", &["PE_PeAuthentication_DeleteAll"], &[]),
    ("POST", "/pe/pe-authentications/{id}/audit", &["PE_PeAuthentication_Audit"], &[Operator]),
    ("POST", "/pe/pe-authentications/{id}/claim", &["PE_PeAuthentication_Audit"], &[Operator]),
    ("POST", "/pe/pe-authentications/{id}/release", &["PE_PeAuthentication_Audit"], &[Operator]),
    ("POST", "/pe/pe-authentications/{id}/submit", &["PE_PeAuthentication_AddAndUpdate"], &[PeAdmin]),
    ("POST", "/pe/pe-authentications/{id}/renew", &["PE_PeAuthentication_AddAndUpdate"], &[PeAdmin]),
    ("GET", "/pe/pe-authentications/{id}/replies", &["PE_PeAuthentication_ReadById"], &[Operator, PeAdmin]),
    ("POST", "/pe/pe-authentications/{id}/replies", &["PE_PeAuthentication_AddAndUpdate", "PE_PeAuthentication_Audit"], &[Operator, PeAdmin]),
    ("GET", "/pe/review-queue", ANY_AUDIT, &[Operator]),
    ("GET", "/pe/reminders", &["PE_PeAuthentication_ReadByToken"], &[PeAdmin]),
    ("POST", "/pe/files", ANY_WRITE, &[Operator, PeAdmin]),
    ("GET", "/pe/audit-log", &["PE_AuditLog_Read"], &[Operator]),
    ("POST", "/pe/setup/initial", &["PE_SetUp_Initial"], &[]),
];

/// Open to everybody, or to everybody who is logged in.
const WITHOUT_PERMISSION: [&str; 2] = ["/pe/badge/{badgeId}", "/pe/files/{id}"];

#[test]
fn every_endpoint_is_opened_by_its_permissions_and_by_no_other() {
    for row in access::pe::ENDPOINTS.iter().filter(|row| row.path.starts_with("/pe/")) {
        if WITHOUT_PERMISSION.contains(&row.path) {
            assert!(matches!(row.access, Access::Public | Access::AnyUser), "{}", row.path);
            continue;
        }
        let expected = TABLE.iter().find(|(method, path, ..)| *method == row.method.name() && *path == row.path);
        let (_, _, opening, _) = expected.unwrap_or_else(|| panic!("{} {}", row.method.name(), row.path));
        for permission in Permission::ALL {
            let table = [("USER".to_owned(), vec![permission.code().to_owned()])].into();
            let held = RolePermissions::from_codes(&table).unwrap();
            let open = row.access.missing(&held, &[User]).is_none();
            assert_eq!(
                open,
                opening.contains(&permission.code()),
                "{} {} {}",
                row.path,
                row.method.name(),
                permission.code()
            );
        }
    }
    let pe = access::pe::ENDPOINTS.iter().filter(|row| row.path.starts_with("/pe/")).count();
    assert_eq!(pe, TABLE.len() + WITHOUT_PERMISSION.len());
}

#[rstest]
#[case::sqlite(Sqlite)]
#[case::postgres(Postgres)]
#[tokio::test(flavor = "multi_thread")]
async fn every_role_gets_through_where_the_table_says_and_nowhere_else(#[case] on: TestDatabase) {
    let world = World::new(on).await;
    for role in Role::ALL {
        let client = world.by(&TestUser::new(role));
        for (method, path, permissions, roles) in TABLE {
            let open = role == Role::PlatformAdmin || roles.contains(&role);
            // An id of nothing: whoever gets through finds nothing there.
            let request = client.request(method, &path.replace("{id}", "987654321"));
            let sends_body = matches!(*method, "PUT") || path.ends_with("/audit") || path.ends_with("/replies");
            let request = if sends_body && *method != "GET" { request.json(&json!({})) } else { request };
            let answer = request.await;
            assert_eq!(answer.status != 403, open, "{role:?} {method} {path}: {}", answer.text());
            assert_ne!(answer.status, 401, "{role:?} {method} {path}");
            if !open {
                assert_eq!(answer["code"], "auth.forbidden");
                let named = answer["detail"].as_str().unwrap();
                assert!(permissions.iter().any(|code| named.contains(code)), "{named}");
            }
        }
    }
}

#[rstest]
#[case::sqlite(Sqlite)]
#[case::postgres(Postgres)]
#[tokio::test(flavor = "multi_thread")]
async fn without_a_token_only_badges_answer(#[case] on: TestDatabase) {
    let world = World::new(on).await;
    let nobody = world.api().as_nobody();
    for (method, path, ..) in TABLE {
        let answer = nobody.request(method, &path.replace("{id}", "1")).await.expect_problem(401, "auth.token_invalid");
        assert_eq!(answer.header("www-authenticate"), Some("Bearer"));
    }
    nobody.get("/pe/badge/unknown").await.expect_problem(404, "not_found");
    nobody.get("/pe/files/unknown").await.expect_problem(401, "auth.token_invalid");
    world.user().get("/pe/nothing").await.expect_problem(404, "not_found");
    world.user().request("PATCH", "/pe/pe-types").await.expect_problem(405, "method_not_allowed");
}
