//! Gives the open tasks of people who can't do them any more to others, whenever the staff directory has changed.

use std::collections::HashMap;

use chrono::{DateTime, Utc};

use shared_model::account::Account;
use shared_model::permission::RolePermissions;
use shared_model::server::database::Connection;
use shared_model::server::directory;

use super::rules::{self, Candidate};
use crate::app::Parts;
use crate::error::ServiceError;
use crate::task::{self, reassign};

/// What the order's history will say.
const COMMENT: &str = "处理人已不可用，系统自动改派 (the assignee is no longer available)";

/// Hands every open task of an unavailable person to another. Returns how many. Safe to repeat: a task that nobody can
/// take stays where it is until somebody can.
pub async fn reroute(parts: &Parts) -> Result<usize, ServiceError> {
    let held = parts.permissions.clone();
    let stranded = parts.db.read(move |conn| list_unavailable(conn, &held)).await?;
    if stranded.is_empty() {
        return Ok(0);
    }
    let (held, now) = (parts.permissions.clone(), parts.clock.now());
    let moved = parts.db.write(move |conn| move_tasks(conn, &stranded, &held, now)).await?;
    parts.outbox.nudge();
    Ok(moved)
}

/// Those who have open tasks and can't do them. Nobody, before a directory was ever received.
fn list_unavailable(conn: &mut Connection, permissions: &RolePermissions) -> Result<Vec<String>, ServiceError> {
    if !directory::received(conn)? {
        return Ok(Vec::new());
    }
    let everybody = by_id(directory::all(conn)?);
    let able = |id: &String| everybody.get(id).is_some_and(|one| rules::may_handle(one, permissions));
    Ok(task::repo::count_open(conn)?.into_keys().filter(|id| !able(id)).collect())
}

fn move_tasks(
    conn: &mut Connection,
    unavailable: &[String],
    permissions: &RolePermissions,
    now: DateTime<Utc>,
) -> Result<usize, ServiceError> {
    let everybody = by_id(directory::all(conn)?);
    let mut candidates = list_candidates(conn, &everybody, permissions)?;
    let mut moved = 0;
    for stranded in task::repo::list_open_of(conn, unavailable)? {
        // Read again and held: somebody may report on it, or reassign it, at this very moment.
        let Some(task) = task::repo::find_held(conn, &stranded.id)? else { continue };
        if !task.state.is_open() || task.assignee_id != stranded.assignee_id {
            continue;
        }
        let province = everybody.get(&task.assignee_id).and_then(|one| one.province);
        let Some(to) = rules::choose_successor(task.assignee_role.0, province, &candidates) else {
            tracing::warn!(task_id = task.id, "nobody can take the task of an unavailable assignee");
            continue;
        };
        tracing::info!(task_id = task.id, from = task.assignee_id, to = to.id.as_str(), "task routed again");
        if let Some(chosen) = candidates.iter_mut().find(|one| one.account.id == to.id) {
            chosen.open_tasks += 1;
        }
        reassign::hand_to(conn, &task, to, COMMENT, None, now)?;
        moved += 1;
    }
    Ok(moved)
}

fn by_id(accounts: Vec<Account>) -> HashMap<String, Account> {
    accounts.into_iter().map(|account| (account.id.0.clone(), account)).collect()
}

fn list_candidates(
    conn: &mut Connection,
    everybody: &HashMap<String, Account>,
    permissions: &RolePermissions,
) -> Result<Vec<Candidate>, ServiceError> {
    let open = task::repo::count_open(conn)?;
    let able = everybody.values().filter(|one| rules::may_handle(one, permissions));
    Ok(able
        .map(|one| Candidate { account: one.clone(), open_tasks: open.get(one.id.as_str()).copied().unwrap_or(0) })
        .collect())
}
