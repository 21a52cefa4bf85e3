//! An order as the list shows it. The field names, which of them are left out, and the formats are the source's.
//! source: work-order notes 8 and its two sample answers.

use chrono::{DateTime, FixedOffset, Utc};
use chrono_tz::Tz;
use serde::Serialize;
use shared_model::ids::UserId;
use shared_model::local_time::{list_time, with_offset};
use shared_model::role::Role;
use shared_model::text::Language;
use utoipa::ToSchema;

use crate::approval::chain::AfterApproval;
use crate::order::action::Action;
use crate::order::model::{Order, Person};
use crate::order::privacy::mobile_of;
use crate::order::rules::{CreatorStanding, Holder, Viewer, is_waiting_for, permit, place_of};
use crate::order::state::OrderState;

/// What a list item is made of: the order without its domains, and what the list keeps of them.
#[derive(Clone, Debug, PartialEq)]
pub struct ListedOrder {
    /// With the viewer among its participants if they take part; domains, origins and form are not needed.
    pub order: Order,
    /// The first domain, and `等N个` for more.
    pub details: String,
    pub domains_total: i64,
    /// A domain was found unlawful.
    pub prohibited: bool,
    pub due_at: Option<DateTime<Utc>>,
}

/// For whom, and when, a view is made.
#[derive(Clone, Copy, Debug)]
pub struct Lens<'a> {
    pub viewer: &'a Viewer,
    pub language: Language,
    pub zone: Tz,
    pub now: DateTime<Utc>,
}

/// One row of the list.
#[derive(Clone, Debug, PartialEq, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct ListItem {
    /// The viewer is the current approver, or stands in for them.
    pub approving: bool,
    /// `company|name|mobile` of the current approver.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(examples("政企分公司|示例经理|13800000000"))]
    pub approving_worker: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub corp_name: Option<String>,
    /// The viewer created it and is not its current handler.
    pub create_user: bool,
    /// It carries custom configuration.
    pub custom_config: bool,
    /// Role name of the next handler.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(examples("政企客户经理"))]
    pub dealer: Option<String>,
    #[schema(examples("20231204233906.komect.com"))]
    pub details: String,
    /// It stands before dispatch and the viewer may dispatch it.
    pub distribute: bool,
    #[schema(examples("domain_request"))]
    pub enum_type: String,
    pub id: i64,
    /// Of the current approver.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub mobile: Option<String>,
    /// The viewer may modify it.
    pub modifying: bool,
    /// 0 single, 1 batch.
    pub order_type: i32,
    /// An ICP check is running.
    pub order_type_check: bool,
    /// A domain was found unlawful.
    pub prohibited: bool,
    #[schema(examples("bpmReject"))]
    pub status: String,
    /// Local, `yyyy-MM-dd HH:mm`.
    #[schema(examples("2023-12-04 23:40"))]
    pub time: String,
    #[serde(rename = "type")]
    #[schema(examples("域名配置需求"))]
    pub kind: String,
    /// The creator: `name | mobile | email`, without mail `name|mobile`.
    #[schema(examples("示例经理 | 13800000000 | manager@example.com"))]
    pub user: String,
    /// Only with `view=desk`.
    #[serde(flatten)]
    pub desk: Option<DeskExtras>,
}

/// What `view=desk` adds to a row.
#[derive(Clone, Debug, PartialEq, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct DeskExtras {
    pub code: String,
    pub status_name: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub holder: Option<HolderView>,
    /// Everybody who has yet to decide, where several do.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub holders: Vec<HolderView>,
    /// In whose place the viewer would decide it, being their substitute.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub on_behalf_of: Option<HolderView>,
    /// When it came to its holder.
    pub since: DateTime<FixedOffset>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub due_at: Option<DateTime<FixedOffset>>,
    pub overdue: bool,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub enterprise_id: Option<String>,
    pub domains_total: i64,
    pub created_at: DateTime<FixedOffset>,
    pub updated_at: DateTime<FixedOffset>,
    pub version: i64,
}

/// A person, or a system by its name alone.
#[derive(Clone, Debug, PartialEq, Serialize, ToSchema)]
pub struct HolderView {
    #[serde(skip_serializing_if = "Option::is_none")]
    pub id: Option<UserId>,
    pub name: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub role: Option<Role>,
}

impl HolderView {
    /// Who has the order; None when it is closed.
    pub fn of(order: &Order, language: Language) -> Option<Self> {
        let holder = Holder::of(order);
        if let Some(person) = holder.person() {
            return Some(Self::person(person));
        }
        let name = holder.system()?.in_language(language).to_owned();
        Some(Self { id: None, name, role: None })
    }

    /// All who have to decide it, or may; empty where one does.
    pub fn several(order: &Order) -> Vec<Self> {
        let holders = order.holders();
        if holders.len() > 1 { holders.into_iter().map(Self::person).collect() } else { Vec::new() }
    }

    /// Whose substitute the viewer would be in deciding it.
    pub fn represented(order: &Order, viewer: &Viewer) -> Option<Self> {
        place_of(order, viewer).filter(|place| place.id != viewer.id).map(Self::person)
    }

    fn person(person: &Person) -> Self {
        Self { id: Some(person.id.clone()), name: person.name.clone(), role: person.role }
    }
}

impl ListItem {
    pub fn of(listed: &ListedOrder, lens: &Lens<'_>, desk: bool) -> Self {
        let ListedOrder { order, details, prohibited, .. } = listed;
        let viewer = lens.viewer;
        let created = order.is_created_by(&viewer.id);
        let handles = Holder::of(order).person().is_some_and(|person| person.id == viewer.id);
        Self {
            approving: is_waiting_for(order, viewer),
            approving_worker: order.approver.as_ref().map(|approver| worker(approver, order, viewer)),
            corp_name: order.enterprise.as_ref().map(|enterprise| enterprise.name.clone()),
            create_user: created && !handles,
            custom_config: !order.description.is_empty(),
            dealer: dealer(order).map(|role| role.name().zh.into_owned()),
            details: details.clone(),
            distribute: may_dispatch(order, viewer),
            enum_type: order.kind.code().to_owned(),
            id: order.id.0,
            mobile: order.approver.as_ref().and_then(|approver| mobile_of(approver, order, viewer)),
            modifying: may_modify(order, viewer),
            order_type: i32::from(order.batch),
            order_type_check: order.state == OrderState::IcpChecking,
            prohibited: *prohibited,
            status: order.state.code().to_owned(),
            time: list_time(order.created_at, lens.zone),
            kind: order.kind.name().zh.into_owned(),
            user: creator(order, viewer),
            desk: desk.then(|| DeskExtras::of(listed, lens)),
        }
    }
}

impl DeskExtras {
    fn of(listed: &ListedOrder, lens: &Lens<'_>) -> Self {
        let order = &listed.order;
        Self {
            code: order.code.clone(),
            status_name: order.state.name().in_language(lens.language).to_owned(),
            holder: HolderView::of(order, lens.language),
            holders: HolderView::several(order),
            on_behalf_of: HolderView::represented(order, lens.viewer),
            since: with_offset(order.since, lens.zone),
            due_at: listed.due_at.map(|at| with_offset(at, lens.zone)),
            overdue: listed.due_at.is_some_and(|at| at < lens.now),
            enterprise_id: order.enterprise.as_ref().map(|enterprise| enterprise.id.0.clone()),
            domains_total: listed.domains_total,
            created_at: with_offset(order.created_at, lens.zone),
            updated_at: with_offset(order.updated_at, lens.zone),
            version: order.version,
        }
    }
}

/// The role that acts next; none in an order that is closed.
pub fn dealer(order: &Order) -> Option<Role> {
    if order.state.is_closed() {
        return None;
    }
    Holder::of(order).person().and_then(|person| person.role).or(order.dealer)
}

fn worker(approver: &Person, order: &Order, viewer: &Viewer) -> String {
    let mobile = mobile_of(approver, order, viewer).unwrap_or_default();
    format!("{}|{}|{mobile}", approver.company, approver.name)
}

/// The two samples write it in two ways, with and without a mail address. Billing has neither number nor mail.
fn creator(order: &Order, viewer: &Viewer) -> String {
    let creator = &order.creator;
    match mobile_of(creator, order, viewer) {
        None if creator.email.is_empty() => creator.name.clone(),
        mobile if creator.email.is_empty() => format!("{}|{}", creator.name, mobile.unwrap_or_default()),
        mobile => format!("{} | {} | {}", creator.name, mobile.unwrap_or_default(), creator.email),
    }
}

fn may_modify(order: &Order, viewer: &Viewer) -> bool {
    [Action::Modify, Action::Submit]
        .into_iter()
        .any(|action| permit(order, viewer, action, CreatorStanding::InService).is_ok())
}

/// An approval by the viewer would send the bill to BPM.
fn may_dispatch(order: &Order, viewer: &Viewer) -> bool {
    order.route.after_approval() == AfterApproval::Dispatch
        && permit(order, viewer, Action::Approve, CreatorStanding::InService).is_ok()
}

#[cfg(test)]
#[path = "view_tests.rs"]
mod tests;
