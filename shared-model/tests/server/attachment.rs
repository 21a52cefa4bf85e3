//! The bucket store against a real server that speaks S3: `FRONT_DESK_TEST_S3` is its URL, with a bucket `front-desk`.

use std::collections::HashSet;

use bytes::Bytes;
use chrono::{TimeDelta, Utc};
use futures_util::{FutureExt, TryStreamExt};
use shared_model::ids::FileId;
use shared_model::server::attachment::spool::{Spool, new_file_id};
use shared_model::server::attachment::store::Kept;
use shared_model::server::attachment::sweep::sweep;
use shared_model::server::attachment::{ObjectStore, open_store};
use test_kit::s3;

async fn put(store: &dyn ObjectStore, folder: &std::path::Path, content: &[u8]) -> FileId {
    let mut spool = Spool::create(folder).await.unwrap();
    spool.write(content).await.unwrap();
    spool.finish().await.unwrap();
    let id = new_file_id().unwrap();
    store.keep(&id, spool.path()).await.unwrap();
    id
}

async fn read(store: &dyn ObjectStore, id: &FileId) -> std::io::Result<Vec<u8>> {
    let pieces: Vec<Bytes> = store.open(id).await?.try_collect().await?;
    Ok(pieces.concat())
}

#[tokio::test(flavor = "multi_thread")]
async fn files_large_and_small_are_kept_read_listed_and_removed_in_a_bucket() {
    let folder = tempfile::tempdir().unwrap();
    let Some(settings) = s3::settings(folder.path(), "shared-model") else { return };
    let store = open_store(&settings).unwrap();
    assert_eq!(store.check().await, Ok(()));
    let large: Vec<u8> = (0..20_000_000_u32).map(|n| n.to_le_bytes()[0] ^ n.to_le_bytes()[2]).collect();
    let small = put(store.as_ref(), &settings.spool(), b"hello").await;
    let big = put(store.as_ref(), &settings.spool(), &large).await;
    assert_eq!(std::fs::read_dir(settings.spool()).unwrap().count(), 0);
    assert_eq!(read(store.as_ref(), &small).await.unwrap(), b"hello");
    assert!(read(store.as_ref(), &big).await.unwrap() == large);
    let listed: Vec<Vec<Kept>> = store.list().try_collect().await.unwrap();
    let listed: Vec<FileId> = listed.concat().into_iter().map(|kept| kept.id).collect();
    assert!(listed.contains(&small) && listed.contains(&big), "{listed:?}");
    // What a table knows stays, and what is young.
    let knows_big = |ids: Vec<FileId>| {
        let known = ids.into_iter().filter(|id| *id == big).collect::<HashSet<_>>();
        async move { Ok::<_, std::io::Error>(known) }.boxed()
    };
    let (hour_ago, in_an_hour) = (Utc::now() - TimeDelta::hours(1), Utc::now() + TimeDelta::hours(1));
    assert_eq!(sweep(store.as_ref(), hour_ago, knows_big).await.unwrap(), 0);
    assert_eq!(sweep(store.as_ref(), in_an_hour, knows_big).await.unwrap(), 1);
    let gone = read(store.as_ref(), &small).await.unwrap_err();
    assert_eq!(gone.kind(), std::io::ErrorKind::NotFound);
    store.remove(&big).await.unwrap();
    store.remove(&big).await.unwrap();
    assert!(read(store.as_ref(), &big).await.is_err());
}

#[tokio::test]
async fn a_bucket_that_is_not_there_is_not_ready() {
    let folder = tempfile::tempdir().unwrap();
    let Some(mut settings) = s3::settings(folder.path(), "x") else { return };
    settings.url = "s3://no-such-bucket/x".to_owned();
    let store = open_store(&settings).unwrap();
    assert!(read(store.as_ref(), &new_file_id().unwrap()).await.is_err());
    settings.url = "https://example.com/x".to_owned();
    assert!(open_store(&settings).is_err());
}
