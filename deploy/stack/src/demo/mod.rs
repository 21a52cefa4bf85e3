//! The demo data of a local stack: people, enterprises with their products, ICP filings, two files, and the reference
//! data of public entities. Laid at the first start only; what was changed or deleted since stays so.

mod account;
mod enterprise;
mod file;

pub use account::accounts;

use std::path::PathBuf;

use chrono::{DateTime, Utc};
use shared_model::account::Account;
use shared_model::server::database::Database;
use workorder_svc::desk::Policy;

use crate::error::StackError;
use crate::layout::Layout;
use crate::service;

/// The password of every demo account.
pub const PASSWORD: &str = "Front-Desk-2026";

/// The accounts, if this is the first start (or one that was interrupted): none otherwise. A stack that has any account
/// is not at its first start, so that nobody gets demo accounts beside real ones.
pub async fn lay_accounts(
    gateway: &Database,
    layout: &Layout,
    now: DateTime<Utc>,
) -> Result<Option<Vec<Account>>, StackError> {
    let mark = unfinished_mark(layout);
    if !mark.exists() {
        if account::any(gateway).await? {
            return Ok(None);
        }
        std::fs::write(&mark, "")?;
    }
    account::lay(gateway, now).await.map(Some)
}

/// Everything the order service has, in one transaction; the contents of the files before it.
pub async fn lay_orders(
    orders: &Database,
    layout: &Layout,
    accounts: &[Account],
    now: DateTime<Utc>,
) -> Result<(), StackError> {
    let owner = accounts.iter().find(|account| account.username == "ec.manager");
    let owner = owner.ok_or_else(|| StackError::Demo("ec.manager".to_owned()))?.id.clone();
    let settings = service::workorder_settings(layout)?;
    file::keep_contents(&settings.attachments).await?;
    // The order service's own, for the orders that billing's events make.
    let policy = Policy::of(&settings);
    orders
        .write(move |conn| {
            file::lay(conn, &owner, now)?;
            enterprise::lay(conn, &policy, now)
        })
        .await
}

/// The reference data of public entities.
pub async fn lay_entities(entities: &Database) -> Result<(), StackError> {
    entities.write(|conn| Ok(pe_svc::setup::lay_reference_data(conn).map(drop)?)).await
}

/// The first start is over.
pub fn finish(layout: &Layout) -> Result<(), StackError> {
    Ok(std::fs::rename(unfinished_mark(layout), laid_mark(layout))?)
}

/// Whether this stack began with demo data.
pub fn was_laid(layout: &Layout) -> bool {
    laid_mark(layout).exists()
}

fn laid_mark(layout: &Layout) -> PathBuf {
    layout.data.join("demo-laid")
}

/// Stands while demo data is being laid, so that an interrupted first start is taken up again.
fn unfinished_mark(layout: &Layout) -> PathBuf {
    layout.data.join("demo-unfinished")
}
