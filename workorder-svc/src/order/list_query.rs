//! The list of orders in SQL: scopes, filters and pages are conditions, so that no list loads more than its page.

use std::collections::HashMap;

use chrono::{DateTime, NaiveDateTime, Utc};
use diesel::dsl::{Eq, IntoBoxed, LeftJoinQuerySource, count_star, not};
use diesel::prelude::*;
use diesel::sql_types::{Bool, Text};
use shared_model::ids::EnterpriseId;
use shared_model::local_time::from_stored;
use shared_model::page::PageRequest;
use shared_model::server::database::{Connection, StoreError};

use crate::bpm::repo::task_state;
use crate::domain_name::parse::HostName;
use crate::order::list_filter::{ListFilter, Scope, SortKey};
use crate::order::model::Enterprise;
use crate::order::row::{OrderRow, from_json};
use crate::order::rules::Viewer;
use crate::order::state::OrderState;
use crate::order::view::ListedOrder;
use crate::schema::{
    approval_seat, bpm_task, configure_list, work_order, work_order_participant as participant, worker_order_enterprise,
};

pub type Backend = <Connection as diesel::Connection>::Backend;
type Source = LeftJoinQuerySource<
    work_order::table,
    worker_order_enterprise::table,
    Eq<worker_order_enterprise::order_id, work_order::id>,
>;
type Condition<'a> = Box<dyn BoxableExpression<Source, Backend, SqlType = Bool> + 'a>;

// The orders once more, for what is looked up beside the list.
diesel::alias!(const absent_order: Alias<AbsentOrder> = work_order as absent_order);

/// The orders of a list, to be narrowed further.
pub type Narrowed<'a> = IntoBoxed<'a, joined, Backend>;

/// The orders, each with its enterprise.
#[diesel::dsl::auto_type]
pub fn joined() -> _ {
    work_order::table.left_join(worker_order_enterprise::table.on(worker_order_enterprise::order_id.eq(work_order::id)))
}

/// Orders at BPM with this person.
#[diesel::dsl::auto_type(no_type_alias)]
fn tasks_of(person: String) -> _ {
    let open: Vec<&'static str> = task_state::OPEN.to_vec();
    bpm_task::table
        .filter(bpm_task::assignee_id.eq(person))
        .filter(bpm_task::state.eq_any(open))
        .select(bpm_task::order_id)
}

/// Orders in approval that these people decide beside their approver.
#[diesel::dsl::auto_type(no_type_alias)]
fn seats_of(people: Vec<String>) -> _ {
    approval_seat::table.filter(approval_seat::user_id.eq_any(people)).select(approval_seat::order_id)
}

/// Orders the person takes part in.
#[diesel::dsl::auto_type(no_type_alias)]
fn orders_of(person: String) -> _ {
    participant::table.filter(participant::user_id.eq(person)).select(participant::order_id)
}

/// States in which `approving_userid` holds the order.
const HELD_BY_APPROVER: [&str; 4] = [
    OrderState::Approving.code(),
    OrderState::IcpFailed.code(),
    OrderState::Rejected.code(),
    OrderState::BpmReject.code(),
];

const AT_BPM: &str = OrderState::BpmProcessing.code();

/// One page of what the viewer may see of a filter, and how many there are in all.
pub fn list(
    conn: &mut Connection,
    filter: &ListFilter,
    viewer: &Viewer,
    page: PageRequest,
    now: DateTime<Utc>,
) -> Result<(Vec<ListedOrder>, i64), StoreError> {
    let total = count(conn, filter, viewer, now)?;
    let rows: Vec<ListRow> = ordered(narrowed(filter, viewer, now), filter)
        .offset(page.offset())
        .limit(page.size)
        .select((light_columns(), enterprise_columns()))
        .load(conn)?;
    let mut listed = rows.into_iter().map(into_listed).collect::<Result<Vec<_>, _>>()?;
    add_assignees(conn, &mut listed)?;
    mark_participation(conn, &mut listed, viewer)?;
    Ok((listed, total))
}

/// The ids of everything the viewer may see of a filter, in its order.
pub fn list_ids(
    conn: &mut Connection,
    filter: &ListFilter,
    viewer: &Viewer,
    now: DateTime<Utc>,
) -> Result<Vec<i64>, StoreError> {
    Ok(ordered(narrowed(filter, viewer, now), filter).select(work_order::id).load(conn)?)
}

/// The orders of these ids, in their order; any that is gone is left out.
pub fn list_by_ids(conn: &mut Connection, ids: &[i64], viewer: &Viewer) -> Result<Vec<ListedOrder>, StoreError> {
    let rows: Vec<ListRow> =
        joined().filter(work_order::id.eq_any(ids)).select((light_columns(), enterprise_columns())).load(conn)?;
    let mut listed = rows.into_iter().map(into_listed).collect::<Result<Vec<_>, _>>()?;
    let place: HashMap<i64, usize> = ids.iter().enumerate().map(|(place, id)| (*id, place)).collect();
    listed.sort_by_key(|listed| place.get(&listed.order.id.0).copied());
    add_assignees(conn, &mut listed)?;
    mark_participation(conn, &mut listed, viewer)?;
    Ok(listed)
}

/// How many of a filter the viewer may see.
pub fn count(
    conn: &mut Connection,
    filter: &ListFilter,
    viewer: &Viewer,
    now: DateTime<Utc>,
) -> Result<i64, StoreError> {
    Ok(narrowed(filter, viewer, now).select(count_star()).get_result(conn)?)
}

/// The orders of a filter that the viewer may see.
pub fn narrowed<'a>(filter: &ListFilter, viewer: &Viewer, now: DateTime<Utc>) -> Narrowed<'a> {
    let mut query: Narrowed<'a> = joined().into_boxed();
    if !viewer.sees_all() {
        let own = work_order::id.eq_any(orders_of(viewer.id.0.clone()));
        query = match waits_for_absent(viewer) {
            Some(absent) => query.filter(own.or(absent)),
            None => query.filter(own),
        };
    }
    query = in_scope(query, filter.scope, viewer);
    if let Some(kind) = filter.kind {
        query = query.filter(work_order::enum_type.eq(kind.code()));
    }
    if !filter.states.is_empty() {
        let codes: Vec<&str> = filter.states.iter().map(|state| state.code()).collect();
        query = query.filter(work_order::status.eq_any(codes));
    }
    if let Some(enterprise) = &filter.enterprise_id {
        query = query.filter(worker_order_enterprise::enterprise_id.nullable().eq(enterprise.clone()));
    }
    if let Some(from) = filter.created_from {
        query = query.filter(work_order::created_at.ge(from.naive_utc()));
    }
    if let Some(before) = filter.created_before {
        query = query.filter(work_order::created_at.lt(before.naive_utc()));
    }
    if filter.overdue_only {
        query = query.filter(work_order::due_at.lt(now.naive_utc()));
    }
    if let Some(keyword) = &filter.keyword {
        query = with_keyword(query, keyword);
    }
    if let Some(holder) = &filter.holder_id {
        query = held_by(query, holder);
    }
    query
}

fn in_scope<'a>(query: Narrowed<'a>, scope: Scope, viewer: &Viewer) -> Narrowed<'a> {
    let id = viewer.id.0.clone();
    match scope {
        Scope::All => query,
        Scope::Mine => query.filter(work_order::create_user.eq(id)),
        Scope::Pending => query.filter(waits_for(viewer)),
        Scope::Processed => query
            .filter(work_order::id.eq_any(orders_of(id).filter(participant::acted.eq(true))))
            .filter(work_order::status.ne(OrderState::Draft.code()))
            .filter(not(waits_for(viewer))),
    }
}

/// The order waits for the viewer, or for somebody they stand in for. Never NULL, so that its opposite is one too.
fn waits_for<'a>(viewer: &Viewer) -> Condition<'a> {
    let own = in_hands_of(&viewer.id.0);
    match waits_for_absent(viewer) {
        Some(absent) => Box::new(own.or(absent)),
        None => own,
    }
}

/// The approver's, that of whoever decides beside them, the creator's when it came back, the BPM person's.
fn in_hands_of<'a>(person: &str) -> Condition<'a> {
    let id = person.to_owned();
    let approver = work_order::approving_userid.is_not_null();
    let approver = approver.and(work_order::approving_userid.assume_not_null().eq(id.clone()));
    Box::new(
        approver
            .and(work_order::status.eq_any(HELD_BY_APPROVER))
            .or(work_order::id.eq_any(seats_of(vec![id.clone()])))
            .or(work_order::status.eq(AT_BPM).and(work_order::id.eq_any(tasks_of(id)))),
    )
}

/// What [`crate::order::rules::place_of`] gives the viewer in another's place. None where they stand in for nobody.
fn waits_for_absent<'a>(viewer: &Viewer) -> Option<Condition<'a>> {
    if viewer.stands_in_for.is_empty() {
        return None;
    }
    let absent: Vec<String> = viewer.stands_in_for.iter().map(|id| id.0.clone()).collect();
    let roles: Vec<&'static str> = viewer.roles.iter().map(|role| role.code()).collect();
    let decides = absent_order.field(work_order::approving_userid).eq_any(absent.clone());
    let waiting = absent_order
        .filter(absent_order.field(work_order::status).eq(OrderState::Approving.code()))
        .filter(absent_order.field(work_order::create_user).ne(viewer.id.0.clone()))
        .filter(absent_order.field(work_order::dealer).eq_any(roles))
        .filter(decides.or(absent_order.field(work_order::id).eq_any(seats_of(absent))))
        .select(absent_order.field(work_order::id));
    Some(Box::new(work_order::id.eq_any(waiting)))
}

/// Whose hands it is in, a draft being in its creator's.
fn held_by<'a>(query: Narrowed<'a>, holder: &str) -> Narrowed<'a> {
    let draft = work_order::status.eq(OrderState::Draft.code());
    query.filter(in_hands_of(holder).or(work_order::create_user.eq(holder.to_owned()).and(draft)))
}

/// In code, enterprise, product, creator or domain. A name in other letters is looked for as DNS has it.
fn with_keyword<'a>(query: Narrowed<'a>, keyword: &str) -> Narrowed<'a> {
    let domain = HostName::parse(keyword).map_or_else(|_| keyword.to_owned(), |name| name.to_string());
    let with_domain = configure_list::table
        .filter(configure_list::domain.like(pattern(&domain)).escape('\\'))
        .select(configure_list::order_id);
    query.filter(work_order::search_text.like(pattern(keyword)).escape('\\').or(work_order::id.eq_any(with_domain)))
}

/// Anywhere in the text; what LIKE takes for wildcards stands for itself.
pub fn pattern(text: &str) -> String {
    let escaped = text.replace('\\', "\\\\").replace('%', "\\%").replace('_', "\\_");
    format!("%{escaped}%")
}

/// Ids grow with time of creation, and settle what is equal, so that pages never overlap.
fn ordered<'a>(query: Narrowed<'a>, filter: &ListFilter) -> Narrowed<'a> {
    let by_id = |query: Narrowed<'a>| {
        if filter.descending { query.then_order_by(work_order::id.desc()) } else { query.then_order_by(work_order::id) }
    };
    let query = match (filter.sort, filter.descending) {
        (SortKey::CreatedAt, _) => query,
        (SortKey::UpdatedAt, false) => query.order(work_order::updated_at.asc()),
        (SortKey::UpdatedAt, true) => query.order(work_order::updated_at.desc()),
        (SortKey::Since, false) => query.order(work_order::held_since.asc()),
        (SortKey::Since, true) => query.order(work_order::held_since.desc()),
        // The databases disagree on where NULL goes: those without a limit come last either way.
        (SortKey::DueAt, false) => query.order((work_order::due_at.is_null().asc(), work_order::due_at.asc())),
        (SortKey::DueAt, true) => query.order((work_order::due_at.is_null().asc(), work_order::due_at.desc())),
    };
    by_id(query)
}

type ListRow = (OrderRow, Option<(String, String)>);

#[diesel::dsl::auto_type(no_type_alias)]
pub fn enterprise_columns() -> _ {
    (worker_order_enterprise::enterprise_id, worker_order_enterprise::corp_name).nullable()
}

/// The columns of an [`OrderRow`], with an empty form: a form has up to five hundred domains that no list shows.
#[diesel::dsl::auto_type(no_type_alias)]
fn light_columns() -> _ {
    let no_form = "{}".into_sql::<Text>();
    let no_search_text = "".into_sql::<Text>();
    (
        work_order::id,
        work_order::code,
        work_order::enum_type,
        work_order::requirement,
        work_order::status,
        work_order::version,
        work_order::product_id,
        work_order::product,
        work_order::create_user,
        work_order::creator,
        work_order::province,
        work_order::approving_userid,
        work_order::approving_mobile,
        work_order::approving_worker,
        work_order::dealer,
        work_order::user_temp,
        work_order::attempt,
        work_order::approval,
        work_order::description,
        no_form,
        work_order::details,
        work_order::domains_total,
        work_order::is_batch,
        work_order::prohibited,
        work_order::held_since,
        work_order::due_at,
        no_search_text,
        work_order::created_at,
        work_order::updated_at,
    )
}

fn into_listed((row, enterprise): ListRow) -> Result<ListedOrder, StoreError> {
    let details = row.details.clone();
    let domains_total = i64::from(row.domains_total);
    let (prohibited, due_at) = (row.prohibited, row.due_at.map(|at: NaiveDateTime| from_stored(at)));
    let enterprise = enterprise.map(|(id, name)| Enterprise { id: EnterpriseId(id), name });
    let order = row.into_order(enterprise)?;
    Ok(ListedOrder { order, details, domains_total, prohibited, due_at })
}

/// The BPM person of each order's current attempt.
fn add_assignees(conn: &mut Connection, listed: &mut [ListedOrder]) -> Result<(), StoreError> {
    let ids: Vec<i64> = listed.iter().map(|listed| listed.order.id.0).collect();
    let tasks: Vec<(i64, i32, String)> = bpm_task::table
        .filter(bpm_task::order_id.eq_any(ids))
        .select((bpm_task::order_id, bpm_task::attempt, bpm_task::assignee))
        .load(conn)?;
    for ListedOrder { order, .. } in listed {
        let current = tasks.iter().find(|(id, attempt, _)| *id == order.id.0 && *attempt == order.attempt);
        order.assignee = current.map(|(_, _, assignee)| from_json(assignee)).transpose()?;
    }
    Ok(())
}

/// Names the viewer among the participants of those orders they take part in.
fn mark_participation(conn: &mut Connection, listed: &mut [ListedOrder], viewer: &Viewer) -> Result<(), StoreError> {
    let ids: Vec<i64> = listed.iter().map(|listed| listed.order.id.0).collect();
    let taken: Vec<i64> = orders_of(viewer.id.0.clone()).filter(participant::order_id.eq_any(ids)).load(conn)?;
    for listed in listed.iter_mut().filter(|listed| taken.contains(&listed.order.id.0)) {
        listed.order.participants.push(viewer.id.clone());
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_like_takes_for_wildcards_stands_for_itself() {
        assert_eq!(pattern("50%_a\\b"), "%50\\%\\_a\\\\b%");
    }
}
