//! The kit itself, tried: what every other test stands on.

use std::sync::atomic::{AtomicU32, Ordering};

use diesel::connection::SimpleConnection;
use rstest::rstest;
use shared_model::role::Role;
use shared_model::server::database::{Backend, SHARED_MIGRATIONS, StoreError};
use shared_model::server::token::{ServiceName, Verifier};
use test_kit::{TestDatabase, TestUser, eventually, internal_settings, issuer, service_bearer, service_keys};

#[rstest]
#[case::sqlite(TestDatabase::Sqlite)]
#[case::postgres(TestDatabase::Postgres)]
#[tokio::test]
async fn each_test_has_a_database_of_its_own(#[case] kind: TestDatabase) {
    let (_one, first) = kind.migrated(&[&SHARED_MIGRATIONS]);
    let (_two, second) = kind.migrated(&[&SHARED_MIGRATIONS]);
    for database in [&first, &second] {
        let write = database.write(|conn| {
            conn.batch_execute("INSERT INTO staff_sync (id, taken_at) VALUES (1, '2026-01-01 00:00:00')")?;
            Ok::<_, StoreError>(())
        });
        write.await.expect("nobody else has written there");
    }
    assert_eq!(first.backend() == Backend::Postgres, kind == TestDatabase::Postgres);
}

#[rstest]
#[case::sqlite(TestDatabase::Sqlite)]
#[case::postgres(TestDatabase::Postgres)]
fn an_empty_database_takes_its_migrations_and_goes_with_the_test(#[case] kind: TestDatabase) {
    let own = kind.create();
    let database = own.connect();
    assert!(!database.migrate(&[&SHARED_MIGRATIONS]).unwrap().is_empty());
    let folder = own.folder().to_owned();
    drop((database, own));
    assert!(!folder.exists());
}

#[tokio::test]
async fn tokens_of_people_pass_by_the_issuers_keys_fetched_or_at_hand() {
    let manager = TestUser::ec_manager();
    let bearer = manager.bearer();
    let token = bearer.strip_prefix("Bearer ").unwrap();
    for verifier in [Verifier::remote(&issuer().settings()).unwrap(), issuer().verifier()] {
        let claims = verifier.verify(token).await.unwrap();
        assert_eq!((claims.sub, claims.roles), (manager.id().clone(), vec![Role::EcManager]));
    }
}

#[test]
fn service_tokens_pass_by_the_internal_key_of_the_settings() {
    let bearer = service_bearer(ServiceName::Gateway, ServiceName::PeSvc);
    let token = bearer.strip_prefix("Bearer ").unwrap();
    let keys = shared_model::server::token::ServiceKeys::load(&internal_settings()).unwrap();
    assert!(keys.verify(token, ServiceName::PeSvc).is_ok());
    assert!(service_keys().verify(token, ServiceName::BpmAdapter).is_err());
}

#[test]
fn everybody_has_an_id_of_their_own_and_every_role_has_somebody() {
    let everybody = TestUser::everybody();
    let ids: std::collections::BTreeSet<_> = everybody.iter().map(|user| user.id().clone()).collect();
    assert_eq!(ids.len(), everybody.len());
    for role in Role::ALL {
        assert_eq!(TestUser::new(role).role(), role);
    }
    assert_ne!(TestUser::new(Role::Sa).numbered(77).account, TestUser::sa().account);
}

#[tokio::test]
async fn waiting_ends_as_soon_as_the_condition_holds() {
    let asked = AtomicU32::new(0);
    let third = eventually("the third time", || async {
        let times = asked.fetch_add(1, Ordering::SeqCst) + 1;
        (times == 3).then_some(times)
    });
    assert_eq!(third.await, 3);
}
