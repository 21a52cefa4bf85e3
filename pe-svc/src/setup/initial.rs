//! `POST /pe/setup/initial`: makes the schema current and lays the reference data; again, it does nothing more.

use actix_web::web::{self, Data};
use serde::Serialize;
use serde_json::json;
use shared_model::problem::{Problem, codes};
use shared_model::server::answer::Answer;
use shared_model::server::caller::Caller;
use shared_model::server::idempotency::{self, TicketHead};
use utoipa::ToSchema;

use super::{Seeded, lay_reference_data};
use crate::app::MIGRATIONS;
use crate::audit_log::{self, Action, Entry};
use crate::desk::Desk;
use crate::error::ServiceError;

/// What was done.
#[derive(Clone, Copy, Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct SetupReport {
    /// Migrations applied.
    pub migrated: usize,
    /// Records laid.
    pub seeded: Seeded,
}

#[utoipa::path(
    post, path = "/pe/setup/initial", tag = "初始化 Setup", operation_id = "pe_setupInitial",
    description = "升级数据库结构并写入基础数据，可重复执行。Makes the schema current and lays the reference data; idempotent.",
    responses((status = 200, description = "完成 Done", body = SetupReport)),
)]
pub async fn initial(desk: Data<Desk>, caller: Caller, head: TicketHead) -> Result<Answer, Problem> {
    let actor = desk.actor(caller);
    let db = desk.db.clone();
    let migrated = web::block(move || db.migrate(MIGRATIONS)).await.map_err(|error| {
        tracing::error!(%error, "the migration was abandoned");
        Problem::new(&codes::INTERNAL)
    })??;
    let ticket = head.ticket(b"");
    let answer = desk
        .db
        .write(move |conn| {
            idempotency::once(conn, ticket.as_ref(), actor.now, |conn| {
                let report = SetupReport { migrated: migrated.len(), seeded: lay_reference_data(conn)? };
                let entry = Entry {
                    actor_id: actor.id().to_owned(),
                    actor_name: actor.name().to_owned(),
                    action: Action::Setup,
                    resource: "setup",
                    record_id: None,
                    before: None,
                    after: Some(json!(report)),
                };
                audit_log::append(conn, &entry, actor.now)?;
                Ok::<_, ServiceError>(Answer::ok(&report))
            })
        })
        .await?;
    Ok(answer)
}
