//! The pure picture of a work order: what the rules and the views look at, whatever tables it came from.

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use shared_model::account::Account;
use shared_model::ids::{EnterpriseId, OrderId, ProductId, TaskId, UserId};
use shared_model::role::Role;
use shared_model::text::Text;
use utoipa::ToSchema;

pub use crate::order::trail::{Actor, BpmStage, BpmTask, HistoryEntry, history_event};

use crate::approval::chain::Route;
use crate::batch::line::SheetLine;
use crate::live::settings::{Direction, LiveSettings};
use crate::order::kind::{OrderKind, Requirement};
use crate::order::state::OrderState;
use crate::origin::parse::Origin;
use crate::submit::form::OrderForm;

/// A work order: a row of `work_order` with its domains (`configure_list`) and origins (`orign_address`).
#[derive(Clone, Debug, PartialEq)]
pub struct Order {
    pub id: OrderId,
    /// `yyyyMMdd-` and the id, as people name it.
    pub code: String,
    pub kind: OrderKind,
    /// None in a draft that does not say it yet, in a migration and in orders from billing.
    pub requirement: Option<Requirement>,
    pub state: OrderState,
    /// One more at every write; the `ETag`.
    pub version: i64,
    /// None in a draft that does not say it yet.
    pub enterprise: Option<Enterprise>,
    pub product: Option<Product>,
    /// Who submitted it, as they were then. `BBOSS` for orders from billing.
    pub creator: Person,
    /// `approvingUserid`/`approvingMobile`: the current approver, and the creator of a returned order.
    pub approver: Option<Person>,
    /// `dealer`: the role of the next handler.
    pub dealer: Option<Role>,
    /// `userTemp`: who has approved so far.
    pub approved_by: Vec<UserId>,
    /// Everybody who took part: creator, approvers, those it was handed over from, BPM assignees.
    pub participants: Vec<UserId>,
    /// The approval chain it was submitted with, and where it stands in it.
    pub route: Route,
    /// The BPM person of the current dispatch.
    pub assignee: Option<Person>,
    /// The current dispatch: 0 before the first, one more at each.
    pub attempt: i32,
    /// The BPM task of the current attempt, once it is known.
    pub task_id: Option<TaskId>,
    pub domains: Vec<OrderDomain>,
    pub origins: Vec<Origin>,
    /// GB/T 2260 two-digit codes.
    pub provinces: Vec<i32>,
    /// Not empty: it carries custom configuration.
    pub description: String,
    pub icp: IcpProgress,
    /// A batch order keeps its domains in `batch_self_domain`.
    pub batch: bool,
    /// Of live streaming: what it has settled on.
    pub live: Option<LiveSettings>,
    /// What the creator wrote, as `modify/detail` gives it back.
    pub form: OrderForm,
    /// Since when its current holder has it: the last move to another state or another person.
    pub since: DateTime<Utc>,
    pub created_at: DateTime<Utc>,
    pub updated_at: DateTime<Utc>,
}

impl Order {
    pub fn is_created_by(&self, user: &UserId) -> bool {
        self.creator.id == *user
    }

    /// Whom the desk waits for: the approver first, then whoever decides the step beside them; the creator of an order
    /// that came back.
    pub fn holders(&self) -> Vec<&Person> {
        let approver = self.approver.as_ref();
        let beside = self.route.open_seats().filter(|person| approver.is_none_or(|approver| approver.id != person.id));
        let beside = beside.filter(|_| self.state == OrderState::Approving);
        approver.into_iter().chain(beside).collect()
    }

    /// `approving`: the viewer is one the desk waits for.
    pub fn is_handled_by(&self, user: &UserId) -> bool {
        self.holders().into_iter().any(|person| person.id == *user)
    }

    pub fn has_participant(&self, user: &UserId) -> bool {
        self.is_created_by(user)
            || self.is_handled_by(user)
            || self.assignee.as_ref().is_some_and(|person| person.id == *user)
            || self.participants.contains(user)
    }
}

/// An enterprise customer, with the name it is shown by.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Enterprise {
    pub id: EnterpriseId,
    pub name: String,
}

/// A product subscription, with the name of its product.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Product {
    pub id: ProductId,
    pub name: String,
}

/// A person of the directory in one of their roles.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct Person {
    pub id: UserId,
    pub name: String,
    /// In which role they meet the order. None for billing.
    pub role: Option<Role>,
    #[serde(default)]
    pub company: String,
    #[serde(default)]
    pub mobile: String,
    #[serde(default)]
    pub email: String,
    #[serde(default)]
    pub province: Option<i32>,
}

impl Person {
    /// An account in the role it acts in.
    pub fn of_account(account: &Account, role: Role) -> Self {
        Self {
            id: account.id.clone(),
            name: account.name.clone(),
            role: Some(role),
            company: account.company.clone(),
            mobile: account.mobile.clone(),
            email: account.email.clone(),
            province: account.province,
        }
    }

    /// The billing system, as the creator of its orders.
    pub fn billing() -> Self {
        Self {
            id: UserId::from("BBOSS"),
            name: "BBOSS".to_owned(),
            role: None,
            company: String::new(),
            mobile: String::new(),
            email: String::new(),
            province: None,
        }
    }
}

/// What is known of a domain's ICP filing.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub enum Legality {
    /// Not asked yet.
    Pending,
    Lawful,
    Unlawful,
    /// Asked, and the registry did not answer.
    Unknown,
}

impl Legality {
    pub const ALL: [Self; 4] = [Self::Pending, Self::Lawful, Self::Unlawful, Self::Unknown];

    pub const fn code(self) -> &'static str {
        match self {
            Self::Pending => "pending",
            Self::Lawful => "lawful",
            Self::Unlawful => "unlawful",
            Self::Unknown => "unknown",
        }
    }

    pub fn from_code(code: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|legality| legality.code() == code)
    }

    pub const fn name(self) -> Text {
        match self {
            Self::Pending => Text::fixed("待校验", "Not checked yet"),
            Self::Lawful => Text::fixed("合法", "Lawful"),
            Self::Unlawful => Text::fixed("不合法", "Unlawful"),
            Self::Unknown => Text::fixed("未知", "Unknown"),
        }
    }
}

/// A domain of an order: a row of `configure_list`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct OrderDomain {
    /// ASCII, lower case; a leading `*.` allowed.
    pub domain: String,
    pub legality: Legality,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub record_number: Option<String>,
    /// Why it is not lawful, or not known to be.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reason: Option<String>,
    /// The CNAME the customer asked for (`cpDomain`), and the record number they gave.
    #[serde(skip)]
    pub cp_domain: Option<String>,
    #[serde(skip)]
    pub declared_number: Option<String>,
    /// Of live streaming: which way streams go through it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub direction: Option<Direction>,
    /// Of a batch order: what the sheet's row asks for this domain.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub line: Option<Box<SheetLine>>,
}

impl OrderDomain {
    pub fn new(domain: impl Into<String>) -> Self {
        Self {
            domain: domain.into(),
            legality: Legality::Pending,
            record_number: None,
            reason: None,
            cp_domain: None,
            declared_number: None,
            direction: None,
            line: None,
        }
    }
}

/// How far the ICP check has come.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct IcpProgress {
    /// `isIcpCheckCompleted`: every domain is decided.
    pub completed: bool,
    /// `isIcpCheckSuccess`: and every one is lawful.
    pub success: bool,
    /// When the registry is asked again, while the check runs.
    pub retry_at: Option<DateTime<Utc>>,
}

/// A file an order holds: a row of `log_file_resource`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct Attachment {
    pub file_id: shared_model::ids::FileId,
    pub name: String,
    /// Bytes.
    pub size: i64,
    pub content_type: String,
    pub kind: AttachmentKind,
}

/// An ordinary attachment, or an information-security one (信安附件).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub enum AttachmentKind {
    Attachment,
    Security,
}

impl AttachmentKind {
    pub const fn code(self) -> &'static str {
        match self {
            Self::Attachment => "attachment",
            Self::Security => "security",
        }
    }

    pub fn from_code(code: &str) -> Option<Self> {
        [Self::Attachment, Self::Security].into_iter().find(|kind| kind.code() == code)
    }
}
