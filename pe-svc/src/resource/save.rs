//! `PUT {path}`: without an id a record is made (201), with one it is replaced (200, `If-Match` honoured).

use actix_web::web::{Data, ThinData};
use serde_json::{Map, Value};
use shared_model::problem::{Fault, Problem, codes};
use shared_model::server::answer::Answer;
use shared_model::server::body::{Command, IfMatch};
use shared_model::server::caller::Caller;
use shared_model::server::database::Connection;
use shared_model::server::idempotency;
use shared_model::text::Text;

use super::{Actor, Form, Found, Resource, fixed, lock};
use crate::audit_log::{self, Action, Entry};
use crate::desk::Desk;
use crate::error::{ServiceError, not_found};

pub async fn save(
    desk: Data<Desk>,
    resource: ThinData<&'static dyn Resource>,
    caller: Caller,
    if_match: IfMatch,
    command: Command<Map<String, Value>>,
) -> Result<Answer, Problem> {
    let (actor, resource) = (desk.actor(caller), *resource);
    let Command { body, ticket } = command;
    let answer = desk
        .db
        .write(move |conn| {
            idempotency::once(conn, ticket.as_ref(), actor.now, |conn| match integer(&body, "id")? {
                None => create(conn, resource, &actor, body),
                Some(id) => update(conn, resource, &actor, id, if_match, body),
            })
        })
        .await?;
    Ok(answer)
}

fn create(
    conn: &mut Connection,
    resource: &dyn Resource,
    actor: &Actor,
    body: Map<String, Value>,
) -> Result<Answer, ServiceError> {
    let fixed = fixed::check(&body, resource.writable(), resource.maintained(), &resource.newborn(actor));
    let id = all_faults(fixed, resource.create(conn, actor, Form::new(body)))?;
    let found = again(conn, resource, actor, id)?;
    let entry = Entry::of(actor, Action::Create, resource.name(), id).after(found.full);
    audit_log::append(conn, &entry, actor.now)?;
    Ok(Answer::created(&found.view).etag(found.version))
}

fn update(
    conn: &mut Connection,
    resource: &dyn Resource,
    actor: &Actor,
    id: i64,
    if_match: IfMatch,
    body: Map<String, Value>,
) -> Result<Answer, ServiceError> {
    lock(conn, resource.name(), id)?;
    let before = resource.find(conn, actor, id)?.filter(|found| found.editable).ok_or_else(not_found)?;
    check_version(if_match.0, before.version)?;
    check_version(integer(&body, "version")?, before.version)?;
    let fixed = fixed::check(&body, resource.writable(), resource.maintained(), &before.view);
    all_faults(fixed, resource.update(conn, actor, id, Form::new(body)))?;
    let after = again(conn, resource, actor, id)?;
    let entry = Entry::of(actor, Action::Update, resource.name(), id).before(before.full).after(after.full);
    audit_log::append(conn, &entry, actor.now)?;
    Ok(Answer::ok(&after.view).etag(after.version))
}

/// What was sent of fields that are not the caller's to set, together with whatever else is wrong with the body: with a
/// fault among them nothing is done, as the transaction ends here. That something the body names does not exist comes first.
fn all_faults<T>(fixed: Vec<Fault>, outcome: Result<T, ServiceError>) -> Result<T, ServiceError> {
    if fixed.is_empty() {
        return outcome;
    }
    match outcome {
        Ok(_) => Err(Problem::of_faults(fixed).into()),
        Err(ServiceError::Refused(problem)) if problem.code != &codes::NOT_FOUND => {
            Err(Problem::of_faults(fixed.into_iter().chain(problem.faults).collect()).into())
        }
        Err(error) => Err(error),
    }
}

/// The record after the change of this very transaction.
pub fn again(conn: &mut Connection, resource: &dyn Resource, actor: &Actor, id: i64) -> Result<Found, ServiceError> {
    resource.find(conn, actor, id)?.ok_or_else(not_found)
}

/// 412 unless the caller saw the version that is there.
pub fn check_version(seen: Option<i64>, current: i64) -> Result<(), ServiceError> {
    match seen {
        Some(version) if version != current => Err(Problem::new(&codes::STALE).into()),
        None | Some(_) => Ok(()),
    }
}

fn integer(body: &Map<String, Value>, name: &str) -> Result<Option<i64>, ServiceError> {
    match body.get(name) {
        None | Some(Value::Null) => Ok(None),
        Some(value) => value.as_i64().map(Some).ok_or_else(|| {
            let message = Text::fixed("须为整数", "must be an integer");
            Problem::of_faults(vec![Fault::new(format!("/{name}"), &codes::REQUEST_INVALID, message)]).into()
        }),
    }
}
