//! Saving a draft, submitting, and submitting again: each one transaction.

use chrono::{DateTime, Utc};
use shared_model::ids::OrderId;
use shared_model::server::database::Connection;
use shared_model::text::Text;

use crate::approval::chain::Route;
use crate::approval::route;
use crate::attachment::repo as files;
use crate::desk::Policy;
use crate::domain_name::repo as domains;
use crate::error::ServiceError;
use crate::icp::repo as icp;
use crate::notice::tell::tell_of_holders;
use crate::order::history::{self, NewEntry};
use crate::order::kind::needs_icp_check;
use crate::order::model::{Actor, IcpProgress, Order, Person};
use crate::order::state::{OrderEvent, OrderState, next};
use crate::order::transition::{Happening, advance, append_pending, bring_in, leave_desk};
use crate::order::{content, repo};
use crate::service_order::hub::notify;
use crate::submit::facts::{Submission, validate};
use crate::submit::form::{Filing, OrderForm};
use crate::submit::reservation;
use crate::submit::rules::{Mode, ValidOrder};

/// Who submits.
#[derive(Clone, Debug)]
pub struct Submitter {
    pub person: Person,
    /// May order only for enterprises assigned to them.
    pub assigned_only: bool,
}

/// Saves a draft or submits: a new order, or a draft of the caller's own.
///
/// Errors: 404 when `id` names anything else, then every fault of the form at once.
pub fn save<'a>(
    conn: &mut Connection,
    policy: &Policy,
    submitter: &Submitter,
    filing: impl Into<Filing<'a>>,
    now: DateTime<Utc>,
) -> Result<Order, ServiceError> {
    let filing = filing.into();
    let form = filing.form;
    let draft = form.id.map(|id| own_draft(conn, OrderId(id), &submitter.person)).transpose()?;
    let mode = if form.is_draft() { Mode::Draft } else { Mode::Submit };
    let order = draft.as_ref().map(|draft| draft.id);
    let (person, assigned_only) = (&submitter.person.id, submitter.assigned_only);
    let submission = Submission { filing, person, assigned_only, order };
    let valid = validate(conn, policy, submission, mode)?;
    let mut order = draft.clone().unwrap_or_else(|| new_order(submitter.person.clone(), now));
    order.updated_at = now;
    let files = fill(&mut order, valid);
    let warning = match mode {
        Mode::Draft => None,
        Mode::Submit => {
            order.creator = submitter.person.clone();
            begin(conn, policy, &mut order, now)?
        }
    };
    write(conn, policy, draft.as_ref(), &mut order, &files)?;
    if mode == Mode::Submit {
        reservation::take(conn, &order, now)?;
        reservation::confirm(conn, policy, Submission { order: Some(order.id), ..submission })?;
        open_history(conn, policy, &order, warning.as_deref(), now)?;
    }
    Ok(order)
}

/// A returned order, changed and submitted again. `before` was loaded for change and may be modified by its creator.
pub fn resubmit<'a>(
    conn: &mut Connection,
    policy: &Policy,
    submitter: &Submitter,
    (before, filing): (&Order, impl Into<Filing<'a>>),
    now: DateTime<Utc>,
) -> Result<Order, ServiceError> {
    let (person, assigned_only) = (&submitter.person.id, submitter.assigned_only);
    let submission = Submission { filing: filing.into(), person, assigned_only, order: Some(before.id) };
    let valid = validate(conn, policy, submission, Mode::Submit)?;
    let mut after = before.clone();
    let files = fill(&mut after, valid);
    leave_desk(&mut after);
    let checked = needs_icp_check(after.kind, after.requirement);
    after.icp = IcpProgress { completed: !checked, success: !checked, retry_at: None };
    let warning = if checked { None } else { route::enter(conn, &mut after)? };
    files::hold(conn, &files.all())?;
    content::replace(conn, &after)?;
    content::replace_files(conn, after.id, &files.attachments, &files.security)?;
    // Taken before others are let go: of two orders that swap domains neither waits for the other.
    reservation::take(conn, &after, now)?;
    reservation::confirm(conn, policy, submission)?;
    let names: Vec<String> = after.domains.iter().map(|domain| domain.domain.clone()).collect();
    domains::release_others(conn, after.id, &names)?;
    if checked {
        icp::start(conn, after.id, now)?;
    }
    let (actor, comment) = (Actor::person(&after.creator), warning.as_ref().map(Text::bilingual));
    let event = OrderEvent::resubmission(checked);
    let happening = Happening { event, actor: &actor, comment: comment.as_deref() };
    advance(conn, policy, before, &mut after, &happening, now)?;
    Ok(after)
}

/// The caller's own draft; anything else is as good as missing.
fn own_draft(conn: &mut Connection, id: OrderId, person: &Person) -> Result<Order, ServiceError> {
    let order = repo::get_for_change(conn, id)?;
    let own = order.is_created_by(&person.id) && order.state == OrderState::Draft;
    if own { Ok(order) } else { Err(ServiceError::not_found()) }
}

/// An order nobody has written yet.
pub fn new_order(creator: Person, now: DateTime<Utc>) -> Order {
    Order {
        id: OrderId(0),
        code: String::new(),
        kind: crate::order::kind::OrderKind::DomainRequest,
        requirement: None,
        state: OrderState::Draft,
        version: 0,
        enterprise: None,
        product: None,
        creator,
        approver: None,
        dealer: None,
        approved_by: Vec::new(),
        participants: Vec::new(),
        route: Route::default(),
        assignee: None,
        attempt: 0,
        task_id: None,
        domains: Vec::new(),
        origins: Vec::new(),
        provinces: Vec::new(),
        description: String::new(),
        icp: IcpProgress::default(),
        batch: false,
        live: None,
        form: OrderForm::default(),
        since: now,
        created_at: now,
        updated_at: now,
    }
}

/// The files of a form.
struct Files {
    attachments: Vec<shared_model::ids::FileId>,
    security: Vec<shared_model::ids::FileId>,
}

impl Files {
    fn all(&self) -> Vec<shared_model::ids::FileId> {
        self.attachments.iter().chain(&self.security).cloned().collect()
    }
}

/// What the form says, as the order's content.
fn fill(order: &mut Order, valid: ValidOrder) -> Files {
    order.kind = valid.kind;
    order.requirement = valid.requirement;
    order.enterprise = valid.enterprise;
    order.product = valid.product;
    order.domains = valid.domains;
    order.batch = valid.batch;
    order.live = valid.live;
    order.origins = valid.origins;
    order.provinces = valid.provinces;
    order.description = valid.description;
    order.form = valid.form;
    Files { attachments: valid.attachments, security: valid.security }
}

/// From draft into the ICP check, or into approval where none is needed. Gives a warning for the history.
fn begin(
    conn: &mut Connection,
    policy: &Policy,
    order: &mut Order,
    now: DateTime<Utc>,
) -> Result<Option<String>, ServiceError> {
    let checked = needs_icp_check(order.kind, order.requirement);
    order.state = next(OrderState::Draft, OrderEvent::submission(checked))?;
    order.since = now;
    order.route = Route::starting(order.creator.role.map(|role| policy.approval.steps(role)).unwrap_or_default());
    order.icp = IcpProgress { completed: !checked, success: !checked, retry_at: None };
    let warning = if checked { None } else { route::enter(conn, order)? };
    Ok(warning.as_ref().map(Text::bilingual))
}

/// Writes the order and its content; what it held for the draft before is replaced.
fn write(
    conn: &mut Connection,
    policy: &Policy,
    draft: Option<&Order>,
    order: &mut Order,
    files: &Files,
) -> Result<(), ServiceError> {
    files::hold(conn, &files.all())?;
    order.version += 1;
    let due_at = policy.due_at(order);
    match draft {
        None => {
            let created_at = order.created_at;
            repo::insert(conn, order, due_at, |id| policy.order_code(id, created_at))?;
            content::insert(conn, order)?;
            content::insert_files(conn, order.id, &files.attachments, &files.security)?;
        }
        Some(before) => {
            repo::apply_transition(conn, before, order, due_at)?;
            content::replace(conn, order)?;
            content::replace_files(conn, order.id, &files.attachments, &files.security)?;
        }
    }
    Ok(())
}

/// The two rows every history begins with: the submission, done, and what is awaited.
fn open_history(
    conn: &mut Connection,
    policy: &Policy,
    order: &Order,
    warning: Option<&str>,
    now: DateTime<Utc>,
) -> Result<(), ServiceError> {
    let checked = !order.icp.completed;
    if checked {
        icp::start(conn, order.id, now)?;
    }
    let actor = Actor::person(&order.creator);
    let entry = NewEntry {
        event: OrderEvent::submission(checked).code(),
        actor: &actor,
        on_behalf_of: None,
        from: Some(OrderState::Draft),
        to: order.state,
        comment: warning,
        check: (order.icp.completed, order.icp.success),
    };
    history::append(conn, order.id, &entry, now)?;
    bring_in(conn, order)?;
    tell_of_holders(conn, policy, order, &actor, now)?;
    append_pending(conn, order, now)
}

/// A history that billing begins: the order stands where billing's orders stand from the first.
pub fn insert_billing_order(
    conn: &mut Connection,
    policy: &Policy,
    mut order: Order,
    now: DateTime<Utc>,
) -> Result<OrderId, ServiceError> {
    order.version = 1;
    let created_at = order.created_at;
    let due_at = policy.due_at(&order);
    repo::insert(conn, &mut order, due_at, |id| policy.order_code(id, created_at))?;
    let entry = NewEntry {
        event: OrderEvent::SubmittedUnchecked.code(),
        actor: &Actor::billing(),
        on_behalf_of: None,
        from: None,
        to: order.state,
        comment: None,
        check: (false, false),
    };
    history::append(conn, order.id, &entry, now)?;
    notify::tell(conn, notify::Event::Created, &order, policy, now)?;
    Ok(order.id)
}
