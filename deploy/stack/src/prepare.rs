//! Before anything serves: databases made, schemas current, keys and demo data laid. All four side by side, because the
//! stack is to be ready within a second of a fresh start.

use shared_model::local_time;
use shared_model::server::database::{Database, Migrations, SHARED_MIGRATIONS};
use shared_model::server::settings::DatabaseSettings;
use tokio::task::spawn_blocking;

use crate::arguments::OneService;
use crate::callback_secret;
use crate::demo;
use crate::error::StackError;
use crate::layout::Layout;
use crate::postgres;

/// Brings all databases up to date, and says what was applied to each.
pub async fn migrate(layout: &Layout) -> Result<[(OneService, Vec<String>); 4], StackError> {
    create_databases(layout).await?;
    let one = |service| async move { Ok::<_, StackError>((service, migrate_one(layout, service).await?.1)) };
    let [gateway, orders, entities, bpm] = OneService::ALL.map(one);
    Ok(tokio::try_join!(gateway, orders, entities, bpm)?.into())
}

/// Everything a stack needs before its services start.
pub async fn prepare(layout: &Layout, with_demo: bool) -> Result<(), StackError> {
    let unusable = |error| StackError::Folder { folder: layout.data.clone(), error };
    layout.create_data_folder()?;
    callback_secret::ensure(&layout.keys()).map_err(unusable)?;
    create_databases(layout).await?;
    let now = local_time::now();
    let accounts = async {
        let (gateway, _) = migrate_one(layout, OneService::Gateway).await?;
        if with_demo { demo::lay_accounts(&gateway, layout, now).await } else { Ok(None) }
    };
    let (accounts, (orders, _), (entities, _), _) = tokio::try_join!(
        accounts,
        migrate_one(layout, OneService::WorkorderSvc),
        migrate_one(layout, OneService::PeSvc),
        migrate_one(layout, OneService::BpmAdapter),
    )?;
    let Some(accounts) = accounts else { return Ok(()) };
    tokio::try_join!(demo::lay_orders(&orders, layout, &accounts, now), demo::lay_entities(&entities))?;
    demo::finish(layout)
}

async fn create_databases(layout: &Layout) -> Result<(), StackError> {
    let layout = layout.clone();
    spawn_blocking(move || postgres::create_missing_databases(&layout)).await.map_err(ended)?
}

fn migrations_of(service: OneService) -> &'static [&'static Migrations] {
    match service {
        OneService::Gateway => &[&SHARED_MIGRATIONS, &gateway::app::MIGRATIONS],
        OneService::WorkorderSvc => &[&SHARED_MIGRATIONS, &workorder_svc::app::MIGRATIONS],
        OneService::PeSvc => pe_svc::app::MIGRATIONS,
        OneService::BpmAdapter => &[&SHARED_MIGRATIONS, &bpm_adapter::app::MIGRATIONS],
    }
}

async fn migrate_one(layout: &Layout, service: OneService) -> Result<(Database, Vec<String>), StackError> {
    let settings = DatabaseSettings { url: layout.database_url(service), pool_size: 1 };
    let run = move || {
        let database = Database::connect(&settings)?;
        let applied = database.migrate(migrations_of(service))?;
        Ok((database, applied))
    };
    spawn_blocking(run).await.map_err(ended)?
}

fn ended(error: tokio::task::JoinError) -> StackError {
    StackError::Service { service: "front-desk", why: error.to_string() }
}
