//! The whole of an order, as `/workorder/detail` answers.

use chrono::{DateTime, FixedOffset};
use serde::Serialize;
use shared_model::ids::{OrderId, TaskId, UserId};
use shared_model::local_time::with_offset;
use shared_model::role::Role;
use utoipa::ToSchema;

use crate::live::settings::LiveSettings;
use crate::order::action::Action;
use crate::order::domain_view::{DomainView, Filings, domains};
use crate::order::kind::{OrderKind, Requirement};
use crate::order::model::{
    Actor, Attachment, BpmStage, BpmTask, Enterprise, HistoryEntry, Legality, Order, Person, Product,
};
use crate::order::privacy::mobile_of;
use crate::order::rules::{CreatorStanding, Viewer, allowed_actions};
use crate::order::state::OrderState;
use crate::order::step_view::StepView;
use crate::order::view::{HolderView, Lens};
use crate::origin::parse::Origin;
use crate::split::link::{LinkedOrder, Links};
use crate::submit::form::OrderForm;

/// What a detail is made of.
#[derive(Clone, Debug)]
pub struct Record {
    pub order: Order,
    pub attachments: Vec<Attachment>,
    /// Oldest first.
    pub history: Vec<HistoryEntry>,
    /// By attempt; dispatches whose task is not known yet are left out.
    pub tasks: Vec<BpmTask>,
    pub creator: CreatorStanding,
    pub due_at: Option<DateTime<chrono::Utc>>,
    pub filings: Filings,
    pub links: Links,
}

/// The answer of `/workorder/detail`.
#[derive(Clone, Debug, PartialEq, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct DetailView {
    pub id: OrderId,
    #[schema(examples("20231204-347411"))]
    pub code: String,
    pub enum_type: OrderKind,
    /// The kind in words.
    #[serde(rename = "type")]
    #[schema(examples("域名配置需求"))]
    pub kind: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub requirement: Option<Requirement>,
    pub status: OrderState,
    pub status_name: String,
    pub version: i64,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub enterprise: Option<Enterprise>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub product: Option<Product>,
    pub created_by: PersonView,
    /// The current approver; the creator of an order that came back.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub approver: Option<PersonView>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub holder: Option<HolderView>,
    /// Everybody who has yet to decide, where several do.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub holders: Vec<HolderView>,
    /// In whose place the viewer may decide, being their substitute.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub on_behalf_of: Option<HolderView>,
    /// The steps of its approval, once it was submitted.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub approval_steps: Vec<StepView>,
    pub since: DateTime<FixedOffset>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub due_at: Option<DateTime<FixedOffset>>,
    pub overdue: bool,
    pub created_at: DateTime<FixedOffset>,
    pub updated_at: DateTime<FixedOffset>,
    /// The order it was split off from.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub linked_order: Option<LinkedOrder>,
    /// The orders that were split off from it.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub split_orders: Vec<LinkedOrder>,
    pub domains: Vec<DomainView>,
    /// A domain was found unlawful, or the filing of a live one is gone.
    pub prohibited: bool,
    pub origins: Vec<Origin>,
    pub provinces: Vec<i32>,
    pub attachments: Vec<Attachment>,
    pub icp: IcpView,
    /// Of live streaming: what it has settled on.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub live: Option<LiveSettings>,
    /// As the creator wrote it, in the shape of the save body.
    pub form: OrderForm,
    /// Oldest first.
    pub history: Vec<HistoryView>,
    pub bpm_tasks: Vec<TaskView>,
    /// What the viewer may do now.
    pub allowed_actions: Vec<Action>,
}

/// A person of the order. The number is masked for whoever takes no part in it.
#[derive(Clone, Debug, PartialEq, Serialize, ToSchema)]
pub struct PersonView {
    pub id: UserId,
    pub name: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub role: Option<Role>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub company: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(examples("138****0000"))]
    pub mobile: Option<String>,
}

impl PersonView {
    pub fn of(person: &Person, order: &Order, viewer: &Viewer) -> Self {
        Self {
            id: person.id.clone(),
            name: person.name.clone(),
            role: person.role,
            company: Some(person.company.clone()).filter(|company| !company.is_empty()),
            mobile: mobile_of(person, order, viewer),
        }
    }
}

/// How far the ICP check has come.
#[derive(Clone, Debug, PartialEq, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct IcpView {
    pub completed: bool,
    pub success: bool,
    /// When the registry is asked again.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub retry_at: Option<DateTime<FixedOffset>>,
}

/// One row of the history.
#[derive(Clone, Debug, PartialEq, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct HistoryView {
    pub id: i64,
    pub time: DateTime<FixedOffset>,
    #[schema(examples("submitted"))]
    pub event: String,
    pub actor: Actor,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub on_behalf_of: Option<Actor>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub from_status: Option<OrderState>,
    pub to_status: OrderState,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub comment: Option<String>,
    pub is_icp_check_completed: bool,
    pub is_icp_check_success: bool,
}

/// A BPM task of the order, with its stages.
#[derive(Clone, Debug, PartialEq, Serialize, ToSchema)]
pub struct TaskView {
    pub id: TaskId,
    #[schema(examples("processing"))]
    pub state: String,
    pub assignee: PersonView,
    pub stages: Vec<BpmStage>,
}

impl DetailView {
    pub fn of(record: Record, lens: &Lens<'_>) -> Self {
        let at = |moment| with_offset(moment, lens.zone);
        let person = |person: &Person| PersonView::of(person, &record.order, lens.viewer);
        let (created_by, approver) = (person(&record.order.creator), record.order.approver.as_ref().map(person));
        let bpm_tasks = record.tasks.into_iter().map(|task| TaskView {
            assignee: person(&task.assignee),
            id: task.id,
            state: task.state,
            stages: task.stages,
        });
        let bpm_tasks = bpm_tasks.collect();
        let allowed_actions = allowed_actions(&record.order, lens.viewer, record.creator);
        let holder = HolderView::of(&record.order, lens.language);
        let (holders, on_behalf_of) =
            (HolderView::several(&record.order), HolderView::represented(&record.order, lens.viewer));
        let approval_steps = StepView::list(&record.order, lens.language);
        let order = record.order;
        let form = editable_form(&order);
        let unlawful = order.domains.iter().any(|domain| domain.legality == Legality::Unlawful);
        let prohibited = unlawful || !record.filings.lapses.is_empty();
        let domains = domains(order.domains, &record.filings, lens.zone);
        Self {
            id: order.id,
            code: order.code,
            enum_type: order.kind,
            kind: order.kind.name().zh.into_owned(),
            requirement: order.requirement,
            status: order.state,
            status_name: order.state.name().in_language(lens.language).to_owned(),
            version: order.version,
            enterprise: order.enterprise,
            product: order.product,
            created_by,
            approver,
            holder,
            holders,
            on_behalf_of,
            approval_steps,
            since: at(order.since),
            due_at: record.due_at.map(at),
            overdue: record.due_at.is_some_and(|due| due < lens.now),
            created_at: at(order.created_at),
            updated_at: at(order.updated_at),
            linked_order: record.links.from,
            split_orders: record.links.into,
            prohibited,
            domains,
            origins: order.origins,
            provinces: order.provinces,
            attachments: record.attachments,
            icp: IcpView {
                completed: order.icp.completed,
                success: order.icp.success,
                retry_at: order.icp.retry_at.map(at),
            },
            live: order.live,
            form,
            history: record.history.into_iter().map(|entry| HistoryView::of(entry, lens)).collect(),
            bpm_tasks,
            allowed_actions,
        }
    }
}

impl HistoryView {
    fn of(entry: HistoryEntry, lens: &Lens<'_>) -> Self {
        Self {
            id: entry.id,
            time: with_offset(entry.time, lens.zone),
            event: entry.event,
            actor: entry.actor,
            on_behalf_of: entry.on_behalf_of,
            from_status: entry.from,
            to_status: entry.to,
            comment: entry.comment,
            is_icp_check_completed: entry.icp_completed,
            is_icp_check_success: entry.icp_success,
        }
    }
}

/// The form as it can be posted again: with the order's id and kind.
pub fn editable_form(order: &Order) -> OrderForm {
    OrderForm { id: Some(order.id.0), kind: Some(order.kind.code().to_owned()), ..order.form.clone() }
}

#[cfg(test)]
mod tests {
    use serde_json::json;
    use shared_model::local_time::DEFAULT_ZONE;
    use shared_model::permission::RolePermissions;
    use shared_model::text::Language;

    use super::*;
    use crate::order::sample::{created, order};

    fn record() -> Record {
        let order = order();
        let entry = HistoryEntry {
            id: 1,
            time: created(),
            event: "submitted".into(),
            actor: Actor::person(&order.creator),
            on_behalf_of: None,
            from: Some(OrderState::Draft),
            to: OrderState::IcpChecking,
            comment: None,
            icp_completed: false,
            icp_success: false,
        };
        let history = vec![entry];
        Record {
            order,
            attachments: vec![],
            history,
            tasks: vec![],
            creator: CreatorStanding::InService,
            due_at: None,
            filings: Filings::default(),
            links: Links::default(),
        }
    }

    fn shown(record: Record, id: &str, role: Role) -> serde_json::Value {
        let roles = vec![role];
        let permissions = RolePermissions::default().of(&roles);
        let viewer = Viewer { id: UserId::from(id), roles, permissions, stands_in_for: vec![] };
        let lens = Lens { viewer: &viewer, language: Language::Chinese, zone: DEFAULT_ZONE, now: created() };
        serde_json::to_value(DetailView::of(record, &lens)).unwrap()
    }

    #[test]
    fn the_detail_has_the_fields_of_its_documentation() {
        let detail = shown(record(), "group", Role::GroupManagerAdmin);
        assert_eq!(detail["createdBy"]["mobile"], "13800000000");
        assert_eq!(detail["domains"][0], json!({"domain": "20231204233906.komect.com", "legality": "pending"}));
        assert_eq!(detail["origins"][0], json!({"value": "192.0.2.1:80", "type": "ip", "mainFlag": true}));
        assert_eq!(detail["icp"], json!({"completed": true, "success": true}));
        assert_eq!(detail["form"], json!({"id": 347411, "type": "domain_request"}));
        assert_eq!(
            detail["history"][0],
            json!({
                "id": 1, "time": "2023-12-04T23:40:00+08:00", "event": "submitted",
                "actor": {"id": "manager", "name": "示例经理", "role": "EC_MANAGER"}, "fromStatus": "draft",
                "toStatus": "icpChecking", "isIcpCheckCompleted": false, "isIcpCheckSuccess": false
            })
        );
        let actions = json!(["approve", "reject", "transfer", "icpChecked", "comment"]);
        assert_eq!(detail["allowedActions"], actions);
    }

    #[test]
    fn numbers_are_masked_for_whoever_takes_no_part() {
        let detail = shown(record(), "operator", Role::Operator);
        assert_eq!(detail["createdBy"]["mobile"], "138****0000");
        assert_eq!(detail["approver"]["mobile"], "138****0000");
    }
}
