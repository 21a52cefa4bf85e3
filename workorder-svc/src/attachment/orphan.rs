//! Uploads that no order names are removed after a day: first their rows, all at once, then whatever the store keeps
//! without a row. Safe to repeat, and to run in several replicas.

use std::collections::HashSet;

use shared_model::server::attachment::{spool, sweep};

use crate::attachment::repo;
use crate::desk::Desk;
use crate::error::ServiceError;

/// One look; gives how many files were removed.
pub async fn remove(desk: &Desk) -> Result<usize, ServiceError> {
    let before = desk.clock.now() - desk.policy.unused_for;
    desk.db.write(move |conn| Ok::<_, ServiceError>(repo::delete_unused(conn, before)?)).await?;
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
