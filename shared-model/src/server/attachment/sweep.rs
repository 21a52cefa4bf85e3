//! Removes from a store what no record knows: uploads whose record was removed, and those whose request died between the
//! two. Safe to repeat, and to run beside others of its kind.

use std::collections::HashSet;
use std::io;

use chrono::{DateTime, Utc};
use futures_util::future::BoxFuture;
use futures_util::{StreamExt, TryStreamExt};

use super::store::{Kept, ObjectStore};
use crate::ids::FileId;

/// Files that a table is asked about at a time.
const ASKED: usize = 500;

/// Looks at everything kept since before `before` (records are written right after the file, so a younger one may be
/// waiting for its record); `known` says which of some ids have a record. Gives how many were removed.
pub async fn sweep<E: From<io::Error>>(
    store: &dyn ObjectStore,
    before: DateTime<Utc>,
    known: impl Fn(Vec<FileId>) -> BoxFuture<'static, Result<HashSet<FileId>, E>> + Send,
) -> Result<usize, E> {
    let mut removed = 0;
    let mut listed = store.list().boxed();
    while let Some(some) = listed.try_next().await? {
        let old = some.into_iter().filter(|kept| kept.since < before).map(|Kept { id, .. }| id);
        let old: Vec<FileId> = old.collect();
        for asked in old.chunks(ASKED) {
            let known = known(asked.to_vec()).await?;
            for orphan in asked.iter().filter(|id| !known.contains(id)) {
                store.remove(orphan).await?;
                removed += 1;
            }
        }
    }
    Ok(removed)
}
