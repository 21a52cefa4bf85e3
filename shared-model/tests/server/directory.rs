//! The pushed directory is the truth about people: who is where, who is in, who is out.

use chrono::{Duration, Utc};
use rstest::rstest;
use shared_model::account::{Account, Directory};
use shared_model::role::Role;
use shared_model::server::database::{SHARED_MIGRATIONS, StoreError};
use shared_model::server::directory::{StaffDirectory, find, find_by_mobile, list_by_role, list_by_roles};
use test_kit::{TestDatabase, TestUser};

fn directory(accounts: Vec<Account>, minutes: i64) -> Directory {
    Directory { accounts, taken_at: Utc::now() + Duration::minutes(minutes) }
}

#[rstest]
#[case::sqlite(TestDatabase::Sqlite)]
#[case::postgres(TestDatabase::Postgres)]
#[tokio::test(flavor = "multi_thread")]
async fn a_newer_directory_replaces_an_older_and_never_the_reverse(#[case] database: TestDatabase) {
    let (_own, db) = database.migrated(&[&SHARED_MIGRATIONS]);
    let staff = StaffDirectory::new(db.clone());
    assert!(staff.received().await.is_err());
    let (sa, manager) = (TestUser::sa().account, TestUser::ec_manager().account);
    staff.put(directory(vec![sa.clone(), manager.clone()], 0)).await.unwrap();
    staff.received().await.unwrap();

    let gone = Account { enabled: false, ..sa.clone() };
    staff.put(directory(vec![gone], 1)).await.unwrap();
    assert!(staff.is_disabled(&sa.id), "told so");
    assert!(staff.is_disabled(&manager.id), "no longer named");
    staff.put(directory(vec![sa.clone(), manager.clone()], 0)).await.unwrap();
    assert!(staff.is_disabled(&sa.id), "an older push changes nothing");

    staff.put(directory(vec![sa.clone(), manager.clone()], 2)).await.unwrap();
    assert!(!staff.is_disabled(&sa.id));
    let (id, mobile) = (sa.id.clone(), manager.mobile.clone());
    let (found, by_role, by_mobile) = db
        .read(move |conn| {
            Ok::<_, StoreError>((find(conn, &id)?, list_by_role(conn, Role::Sa)?, find_by_mobile(conn, &mobile)?))
        })
        .await
        .unwrap();
    assert_eq!((found, by_role, by_mobile), (Some(sa.clone()), vec![sa.clone()], Some(manager)));

    // Of several roles at once, whoever has both of them once; the disabled with none of them.
    let admin = TestUser::platform_admin().account;
    let both = Account { roles: vec![Role::Sa, Role::PlatformAdmin], ..sa };
    let away = Account { enabled: false, ..TestUser::province_sa().account };
    let everybody = vec![both.clone(), TestUser::ec_manager().account, admin.clone(), away];
    staff.put(directory(everybody, 3)).await.unwrap();
    let wanted = [Role::PlatformAdmin, Role::Sa, Role::ProvinceSa];
    let (mut found, none) = db
        .read(move |conn| Ok::<_, StoreError>((list_by_roles(conn, &wanted)?, list_by_roles(conn, &[])?)))
        .await
        .unwrap();
    found.sort_by(|left, right| left.username.cmp(&right.username));
    let mut wanted = vec![both, admin];
    wanted.sort_by(|left, right| left.username.cmp(&right.username));
    assert_eq!((found, none), (wanted, Vec::new()));
}
