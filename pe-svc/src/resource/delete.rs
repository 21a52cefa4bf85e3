//! `DELETE {path}/mine/{id}` and `DELETE {path}/{id}`: soft, with a line in the audit log, and not while others refer to it.

use actix_web::web::{Data, Path, ThinData};
use shared_model::problem::{Problem, codes};
use shared_model::server::answer::Answer;
use shared_model::server::body::IfMatch;
use shared_model::server::caller::Caller;
use shared_model::server::database::Connection;
use shared_model::text::Text;

use super::save::check_version;
use super::show::record_id;
use super::{Actor, Reach, Resource, lock};
use crate::audit_log::{self, Action, Entry};
use crate::desk::Desk;
use crate::error::{ServiceError, not_found, refused};

pub async fn mine(
    desk: Data<Desk>,
    resource: ThinData<&'static dyn Resource>,
    caller: Caller,
    id: Path<String>,
    if_match: IfMatch,
) -> Result<Answer, Problem> {
    delete(&desk, *resource, caller, &id, if_match, Reach::Mine).await
}

pub async fn any(
    desk: Data<Desk>,
    resource: ThinData<&'static dyn Resource>,
    caller: Caller,
    id: Path<String>,
    if_match: IfMatch,
) -> Result<Answer, Problem> {
    delete(&desk, *resource, caller, &id, if_match, Reach::All).await
}

async fn delete(
    desk: &Desk,
    resource: &'static dyn Resource,
    caller: Caller,
    id: &str,
    if_match: IfMatch,
    reach: Reach,
) -> Result<Answer, Problem> {
    let (actor, id) = (desk.actor(caller), record_id(id)?);
    desk.db.write(move |conn| delete_one(conn, resource, &actor, id, if_match, reach)).await?;
    Ok(Answer::no_content())
}

fn delete_one(
    conn: &mut Connection,
    resource: &dyn Resource,
    actor: &Actor,
    id: i64,
    if_match: IfMatch,
    reach: Reach,
) -> Result<(), ServiceError> {
    lock(conn, resource.name(), id)?;
    let found = resource.find(conn, actor, id)?;
    let found = found.filter(|found| reach == Reach::All || found.own).ok_or_else(not_found)?;
    check_version(if_match.0, found.version)?;
    if reach == Reach::Mine {
        resource.check_owner_may_delete(conn, actor, id)?;
    }
    if resource.is_referred_to(conn, Some(id))? {
        return Err(in_use());
    }
    if resource.mark_deleted(conn, actor, Some(id))?.is_empty() {
        return Err(not_found());
    }
    let entry = Entry::of(actor, Action::Delete, resource.name(), id).before(found.full);
    audit_log::append(conn, &entry, actor.now)?;
    Ok(())
}

/// 409: something living would be left without what it refers to.
pub fn in_use() -> ServiceError {
    refused(&codes::REFERENCE_IN_USE, Text::fixed("仍有记录引用它，不能删除", "records still refer to it"))
}
