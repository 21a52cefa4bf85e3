//! Steps that several people decide (会签, 或签): who has a seat, and what becomes of a seat whose holder left.

use std::collections::HashSet;

use shared_model::ids::UserId;
use shared_model::role::Role;
use shared_model::server::database::{Connection, StoreError};
use shared_model::server::directory;
use shared_model::text::Text;

use crate::approval::chain::{Entry, Seat, Step, StepMode};
use crate::approval::choose;
use crate::approval::route::{candidates, give, nobody, open_approvals};
use crate::order::model::{Order, Person};

/// Seats everybody of the role but the creator. `entry` says whose approval counts already, and to whom it goes back.
///
/// With nobody of the role the order goes to a platform administrator alone, with a warning.
pub fn take(conn: &mut Connection, order: &mut Order, step: Step, entry: &Entry) -> Result<Option<Text>, StoreError> {
    let staff = candidates(conn, &[step.role], open_approvals)?;
    let people = choose::everybody(step.role, &staff, &order.creator);
    if people.is_empty() {
        return give(conn, order, Some(step.role));
    }
    order.route.seats = seated(people, step.mode, &entry.approved);
    let returner = entry.person.as_ref();
    let back = order.route.open_seats().find(|person| Some(&person.id) == returner).cloned();
    lead(order, back);
    Ok(None)
}

/// Those whose approval counts have given it. When that would leave nobody to decide, all decide anew.
fn seated(people: Vec<Person>, mode: StepMode, approved: &[UserId]) -> Vec<Seat> {
    let counts = |person: &Person| mode == StepMode::All && approved.contains(&person.id);
    let settled = people.iter().all(counts);
    let seat = |person: Person| Seat { approved: !settled && counts(&person), person };
    people.into_iter().map(seat).collect()
}

/// Names one of the open seats as the order's approver: this one, else whoever is it already, else the first.
pub fn lead(order: &mut Order, wanted: Option<Person>) {
    let open: Vec<&Person> = order.route.open_seats().collect();
    let still = open.iter().find(|person| order.approver.as_ref().is_some_and(|approver| approver.id == person.id));
    let first = wanted.or_else(|| still.or(open.first()).map(|person| (*person).clone()));
    order.dealer = first.as_ref().and_then(|person| person.role).or(order.dealer);
    order.approver = first;
}

/// Fills the open seats whose holders left. Gives what the history says of it; None when nothing changed.
///
/// 或签: the others decide. 会签: somebody of the role who has no seat yet takes it, else it falls to the others who
/// have yet to decide; when there are none, a platform administrator decides in their place: what is left of a step is
/// never approved by itself.
pub fn refill(conn: &mut Connection, order: &mut Order) -> Result<Option<Text>, StoreError> {
    let mut left = Vec::new();
    for person in order.route.open_seats() {
        if directory::find(conn, &person.id)?.is_some_and(|account| !account.enabled) {
            left.push(person.clone());
        }
    }
    let stuck = order.route.open_seats().next().is_none();
    if left.is_empty() && !stuck {
        return Ok(None);
    }
    let gone: HashSet<&UserId> = left.iter().map(|person| &person.id).collect();
    order.route.seats.retain(|seat| seat.approved || !gone.contains(&seat.person.id));
    let warning = match order.route.current() {
        Some(step) if step.mode == StepMode::All => replace(conn, order, step.role, left.len())?,
        Some(_) | None => None,
    };
    if order.route.seats.is_empty() {
        return Ok(Some(crate::approval::route::assign(conn, order)?.unwrap_or_else(|| said(&left))));
    }
    lead(order, None);
    Ok(Some(warning.unwrap_or_else(|| said(&left))))
}

/// New holders for so many seats of a step that all decide.
fn replace(conn: &mut Connection, order: &mut Order, role: Role, count: usize) -> Result<Option<Text>, StoreError> {
    let staff = candidates(conn, &[role, Role::PlatformAdmin], open_approvals)?;
    let seated: HashSet<UserId> = order.route.seats.iter().map(|seat| seat.person.id.clone()).collect();
    let others = choose::everybody(role, &staff, &order.creator);
    let fresh = others.into_iter().filter(|person| !seated.contains(&person.id)).take(count);
    order.route.seats.extend(fresh.map(|person| Seat { person, approved: false }));
    if order.route.seats.is_empty() || order.route.open_seats().next().is_some() {
        return Ok(None);
    }
    let others: Vec<_> = staff.iter().filter(|candidate| candidate.account.id != order.creator.id).collect();
    Ok(Some(match choose::platform_admin(&others, order.creator.province, Some(role)) {
        Some(choice) => {
            order.route.seats.retain(|seat| seat.person.id != choice.person.id);
            order.route.seats.push(Seat { person: choice.person, approved: false });
            choice.warning.unwrap_or_else(nobody)
        }
        None => nobody(),
    }))
}

fn said(left: &[Person]) -> Text {
    let names: Vec<&str> = left.iter().map(|person| person.name.as_str()).collect();
    Text::new(format!("{} 已停用", names.join("、")), format!("account disabled: {}", names.join(", ")))
}
