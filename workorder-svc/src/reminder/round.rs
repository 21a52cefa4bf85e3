//! Says what is due to be said: in every round of the worker. Safe to repeat, and beside others of its kind.

use chrono::{DateTime, Utc};
use shared_model::local_time::list_time;
use shared_model::server::database::Connection;

use crate::desk::{Desk, Policy};
use crate::error::ServiceError;
use crate::notice::occasion::in_hands_of;
use crate::notice::{Notice, tell};
use crate::order::repo as orders;
use crate::reminder::repo::{self, Reminder};
use crate::reminder::rules;

/// Reminders of one look.
const AT_A_TIME: i64 = 100;

/// Reminds everybody whose time is nearly up, or is. Gives how many reminders were said.
pub async fn remind(desk: &Desk) -> Result<usize, ServiceError> {
    let now = desk.clock.now();
    let mut said = 0;
    loop {
        let due = desk.db.read(move |conn| repo::list_due(conn, now, AT_A_TIME)).await?;
        let last = due.len() < usize::try_from(AT_A_TIME).unwrap_or(usize::MAX);
        for reminder in due {
            let policy = desk.policy.clone();
            said += usize::from(desk.db.write(move |conn| one(conn, &policy, reminder, now)).await?);
        }
        if last {
            break;
        }
    }
    if said > 0 {
        desk.nudges.all();
    }
    Ok(said)
}

/// One reminder: taken and said in the same transaction. Where a system has the order there is nobody to remind.
fn one(conn: &mut Connection, policy: &Policy, reminder: Reminder, now: DateTime<Utc>) -> Result<bool, ServiceError> {
    let (kind, next) = rules::due(reminder.due_at, now);
    if !repo::take(conn, reminder, next)? {
        return Ok(false);
    }
    let Some(order) = orders::find(conn, reminder.order)? else { return Ok(false) };
    let holders = in_hands_of(&order);
    let limit = list_time(reminder.due_at, policy.zone);
    let mut notice = holders.iter().fold(Notice::about(kind, &order), |notice, holder| notice.to(&holder.id));
    notice.facts = notice.facts.saying(Some(&format!("时限 {limit} / due {limit}")));
    let notice = notice.with_substitutes(conn, &order, now)?;
    tell(conn, policy, &notice, now)?;
    Ok(!holders.is_empty())
}
