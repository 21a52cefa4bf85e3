//! Uploads that no record names are removed after a day: first their rows, all at once, then whatever the store keeps
//! without a row. Safe to repeat, and to run in several replicas.

use std::collections::HashSet;

use shared_model::server::attachment::{spool, sweep};

use super::repo;
use crate::desk::Desk;
use crate::error::ServiceError;

/// One look; gives how many files were removed. `unused_for`: how long an upload may wait for its record.
pub async fn remove(desk: &Desk, unused_for: chrono::Duration) -> Result<usize, ServiceError> {
    let before = desk.clock.now() - unused_for;
    desk.db.write(move |conn| Ok::<_, ServiceError>(repo::delete_unused(conn, before.naive_utc())?)).await?;
    spool::tidy(&desk.spool, before).await?;
    sweep::sweep(desk.files.as_ref(), before, |ids| {
        let db = desk.db.clone();
        Box::pin(async move {
            let known = db.read(move |conn| Ok::<_, ServiceError>(repo::list_known(conn, &ids)?)).await?;
            Ok(known.into_iter().collect::<HashSet<_>>())
        })
    })
    .await
}
