//! Finding the person an order goes to next: the pure choice, over the staff and what they have to do already.

use std::collections::HashMap;

use diesel::prelude::*;
use shared_model::account::Account;
use shared_model::ids::UserId;
use shared_model::role::Role;
use shared_model::server::database::{Connection, StoreError};
use shared_model::server::directory;
use shared_model::text::Text;

use crate::approval::chain::{Entry, Step, StepMode, fingerprint};
use crate::approval::choose::{self, Candidate, Choice};
use crate::approval::seats;
use crate::bpm::{person, repo as bpm_repo};
use crate::order::model::{Order, Person};
use crate::order::state::OrderState;
use crate::schema::{approval_seat, work_order};

/// Lets an order enter approval: sets its step, who decides it and `dealer`. The warning belongs in the history.
pub fn enter(conn: &mut Connection, order: &mut Order) -> Result<Option<Text>, StoreError> {
    let entry = order.route.entry(&fingerprint(order));
    order.route = order.route.entered(&entry);
    if let Some(step) = several(order) {
        return seats::take(conn, order, step, &entry);
    }
    if let Some(returner) = still_there(conn, order, &entry)? {
        order.dealer = returner.role;
        order.approver = Some(returner);
        return Ok(None);
    }
    give(conn, order, order.route.role())
}

/// Gives the order to whoever decides the step it stands at.
pub fn assign(conn: &mut Connection, order: &mut Order) -> Result<Option<Text>, StoreError> {
    match several(order) {
        Some(step) => {
            let afresh = Entry { step: order.route.step, person: None, approved: Vec::new() };
            seats::take(conn, order, step, &afresh)
        }
        None => give(conn, order, order.route.role()),
    }
}

/// The step it stands at, where several people decide it.
fn several(order: &Order) -> Option<Step> {
    order.route.current().filter(|step| step.mode != StepMode::One)
}

/// Gives the order to one of a role, or where nobody holds it to a platform administrator with a warning.
pub fn give(conn: &mut Connection, order: &mut Order, role: Option<Role>) -> Result<Option<Text>, StoreError> {
    let roles: Vec<Role> = role.into_iter().chain([Role::PlatformAdmin]).collect();
    let staff = candidates(conn, &roles, open_approvals)?;
    order.route.seats.clear();
    match choose::approver(role, &staff, &order.creator) {
        Some(Choice { person, warning }) => {
            order.dealer = person.role;
            order.approver = Some(person);
            Ok(warning)
        }
        None => {
            order.dealer = role;
            order.approver = None;
            Ok(Some(nobody()))
        }
    }
}

/// Not even a platform administrator.
pub fn nobody() -> Text {
    Text::fixed(
        "暂无可处理的人员，有人可用时自动分派",
        "nobody can handle it yet; it is given to the next person who can",
    )
}

/// The BPM person of an approved order. None when not even a platform administrator is there.
pub fn assignee(conn: &mut Connection, creator: &Person) -> Result<Option<Choice>, StoreError> {
    let roles = [Role::Sa, Role::ProvinceSa, Role::GlobalAreaManager, Role::PlatformAdmin];
    let staff = candidates(conn, &roles, bpm_repo::open_tasks_by_assignee)?;
    Ok(person::assignee(creator, &staff))
}

/// Whoever rejected the order, if they may still decide it.
fn still_there(conn: &mut Connection, order: &Order, entry: &Entry) -> Result<Option<Person>, StoreError> {
    let Some(id) = entry.person.as_ref().filter(|id| **id != order.creator.id) else { return Ok(None) };
    let Some(account) = directory::find(conn, id)?.filter(|account| account.enabled) else { return Ok(None) };
    let roles = order.route.role().into_iter().chain([Role::PlatformAdmin]);
    let held = roles.into_iter().find(|role| account.roles.contains(role));
    Ok(held.map(|role| Person::of_account(&account, role)))
}

/// The enabled people of some roles, each once, with how much they have to do where that decides between them.
pub fn candidates(
    conn: &mut Connection,
    roles: &[Role],
    open: impl FnOnce(&mut Connection) -> Result<Vec<(UserId, i64)>, StoreError>,
) -> Result<Vec<Candidate>, StoreError> {
    let accounts = directory::list_by_roles(conn, roles)?;
    // What somebody has to do matters beside others of the same role only.
    let alone = |role: &Role| accounts.iter().filter(|account| account.roles.contains(role)).count() < 2;
    let open: HashMap<UserId, i64> =
        if roles.iter().all(alone) { HashMap::new() } else { open(conn)?.into_iter().collect() };
    let with_load = |account: Account| {
        let open_orders = open.get(&account.id).copied().unwrap_or(0);
        Candidate { account, open_orders }
    };
    Ok(accounts.into_iter().map(with_load).collect())
}

/// How many orders wait for each approver, alone or beside others.
pub fn open_approvals(conn: &mut Connection) -> Result<Vec<(UserId, i64)>, StoreError> {
    let named: Vec<(Option<String>, i64)> = work_order::table
        .filter(work_order::status.eq(OrderState::Approving.code()))
        .filter(work_order::approving_userid.is_not_null())
        .group_by(work_order::approving_userid)
        .select((work_order::approving_userid, diesel::dsl::count_star()))
        .load(conn)?;
    let seated: Vec<(String, i64)> = approval_seat::table
        .group_by(approval_seat::user_id)
        .select((approval_seat::user_id, diesel::dsl::count_star()))
        .load(conn)?;
    let mut counts: HashMap<UserId, i64> = HashMap::new();
    let named = named.into_iter().filter_map(|(id, count)| Some((id?, count)));
    for (id, count) in named.chain(seated) {
        *counts.entry(UserId(id)).or_default() += count;
    }
    Ok(counts.into_iter().collect())
}
