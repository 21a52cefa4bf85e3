//! The BPM task went to another person, who takes part in the order from now on.

use chrono::{DateTime, Utc};
use shared_model::bpm::Assignee;
use shared_model::server::database::Connection;
use shared_model::server::directory;

use crate::bpm::repo;
use crate::desk::Policy;
use crate::error::ServiceError;
use crate::notice::{Notice, NoticeKind, tell};
use crate::order::model::{Actor, Order, Person, history_event};
use crate::order::state::OrderState;
use crate::order::transition::note;
use crate::order::{participant, repo as orders};

pub fn reassign(
    conn: &mut Connection,
    policy: &Policy,
    before: &Order,
    to: &Assignee,
    (actor, comment): (&Actor, &str),
    now: DateTime<Utc>,
) -> Result<Order, ServiceError> {
    if !matches!(before.state, OrderState::Dispatching | OrderState::BpmProcessing) {
        return Err(ServiceError::overtaken(before.state));
    }
    let person = person_of(conn, to)?;
    let mut after = before.clone();
    (after.version, after.since, after.updated_at) = (before.version + 1, now, now);
    after.dealer = person.role;
    after.assignee = Some(person.clone());
    orders::apply_transition(conn, before, &after, policy.due_at(&after))?;
    repo::set_assignee(conn, after.id, after.attempt, &person, now)?;
    participant::add(conn, after.id, &person.id, false)?;
    let said =
        if comment.is_empty() { format!("→ {}", person.name) } else { format!("→ {}：{comment}", person.name) };
    note(conn, &after, history_event::REASSIGNED, actor, Some(&said), now)?;
    if actor.id.as_ref() != Some(&person.id) {
        let comment = Some(comment).filter(|comment| !comment.is_empty());
        let handed = Notice::about(NoticeKind::TransferredToYou, &after).to(&person.id).by(actor, comment);
        tell(conn, policy, &handed, now)?;
    }
    Ok(after)
}

/// The person as the directory knows them; as the event names them when it does not.
fn person_of(conn: &mut Connection, to: &Assignee) -> Result<Person, ServiceError> {
    let account = directory::find(conn, &to.id)?;
    Ok(account.map_or_else(
        || Person {
            id: to.id.clone(),
            name: to.name.clone(),
            role: Some(to.role),
            company: String::new(),
            mobile: to.mobile.clone(),
            email: String::new(),
            province: None,
        },
        |account| Person::of_account(&account, to.role),
    ))
}
