//! The approval chain: who has to approve, in which order, and how many of a role. Configuration, per creator role; an
//! order keeps the chain it was submitted with, so that a change of the configuration never breaks an open order.

use std::str::FromStr;

use aws_lc_rs::digest::{SHA256, digest};
use serde::{Deserialize, Serialize};
use serde_json::json;
use shared_model::ids::UserId;
use shared_model::role::Role;
use shared_model::text::Text;
use utoipa::ToSchema;

use crate::batch::line::SheetLine;
use crate::order::model::{Order, Person};

/// How many people of a step's role decide.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "lowercase")]
pub enum StepMode {
    /// The one who is chosen.
    #[default]
    One,
    /// 或签: whoever of the role decides first.
    Any,
    /// 会签: everybody who held the role when the order came to the step; one rejection rejects.
    All,
}

impl StepMode {
    pub const fn name(self) -> Text {
        match self {
            Self::One => Text::fixed("单签", "one decides"),
            Self::Any => Text::fixed("或签", "any of them decides"),
            Self::All => Text::fixed("会签", "all of them decide"),
        }
    }
}

/// One step: the role that approves, and how many of it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(from = "WrittenStep")]
pub struct Step {
    pub role: Role,
    pub mode: StepMode,
}

impl From<Role> for Step {
    fn from(role: Role) -> Self {
        Self { role, mode: StepMode::One }
    }
}

/// A step as settings and older orders write it: a role alone is decided by the one who is chosen.
#[derive(Deserialize)]
#[serde(untagged, deny_unknown_fields, expecting = "a role, or { role, mode } with a mode of one, any or all")]
enum WrittenStep {
    Role(Role),
    Step {
        role: Role,
        #[serde(default)]
        mode: StepMode,
    },
}

impl From<WrittenStep> for Step {
    fn from(written: WrittenStep) -> Self {
        match written {
            WrittenStep::Role(role) => role.into(),
            WrittenStep::Step { role, mode } => Self { role, mode },
        }
    }
}

impl FromStr for Step {
    type Err = String;

    /// `ROLE` or `ROLE:mode`.
    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let (role, mode) = text.split_once(':').unwrap_or((text, "one"));
        let role = Role::from_code(role.trim()).ok_or_else(|| format!("unknown role `{}`", role.trim()))?;
        let mode = match mode.trim() {
            "one" => StepMode::One,
            "any" => StepMode::Any,
            "all" => StepMode::All,
            other => return Err(format!("a step is decided by one, any or all of its role, not by `{other}`")),
        };
        Ok(Self { role, mode })
    }
}

/// The steps, in order.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Chain(pub Vec<Step>);

/// A place in a step that several people decide, open until its holder has approved.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Seat {
    pub person: Person,
    #[serde(default)]
    pub approved: bool,
}

/// An order's way through approval, kept with it as JSON.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct Route {
    /// Empty until the order is submitted.
    pub chain: Chain,
    /// The step it stands at, from 0.
    pub step: usize,
    /// Who decides that step, where several do; empty where the order's approver alone does.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub seats: Vec<Seat>,
    /// Set by a rejection: where the order came back from, and what had been approved until then.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub returned: Option<Returned>,
}

/// Where a rejected order came back from.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Returned {
    pub by: UserId,
    pub step: usize,
    /// [`fingerprint`] of the order at that moment.
    pub fingerprint: String,
    /// Who of that step had approved already.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub approved: Vec<UserId>,
}

/// What an approval leads to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum AfterApproval {
    /// Others of the same step have to approve too.
    Others,
    /// A further step.
    Step(Step),
    /// That was the last one: the bill goes to BPM.
    Dispatch,
}

/// Where a submitted order enters the chain.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Entry {
    pub step: usize,
    /// Who returned it, and gets it back if they still may.
    pub person: Option<UserId>,
    /// Whose approval of the step still counts.
    pub approved: Vec<UserId>,
}

impl Route {
    /// A first submission, with the chain configured for its creator's role.
    pub fn starting<S: Into<Step>>(steps: Vec<S>) -> Self {
        Self { chain: Chain(steps.into_iter().map(Into::into).collect()), ..Self::default() }
    }

    /// The step it stands at. None for an empty chain: nobody but PLATFORM_ADMIN approves then.
    pub fn current(&self) -> Option<Step> {
        self.chain.0.get(self.step).copied()
    }

    /// The role whose turn it is.
    pub fn role(&self) -> Option<Role> {
        self.current().map(|step| step.role)
    }

    /// Those of the step who have not approved yet. Empty where one person decides.
    pub fn open_seats(&self) -> impl Iterator<Item = &Person> {
        self.seats.iter().filter(|seat| !seat.approved).map(|seat| &seat.person)
    }

    /// What comes after one more approval of the step it stands at.
    pub fn after_approval(&self) -> AfterApproval {
        let all = self.current().is_some_and(|step| step.mode == StepMode::All);
        if all && self.open_seats().count() > 1 {
            return AfterApproval::Others;
        }
        self.chain.0.get(self.step + 1).map_or(AfterApproval::Dispatch, |step| AfterApproval::Step(*step))
    }

    /// The holder of one of its seats has approved.
    pub fn signed(&self, holder: &UserId) -> Self {
        let mut signed = self.clone();
        for seat in signed.seats.iter_mut().filter(|seat| seat.person.id == *holder) {
            seat.approved = true;
        }
        signed
    }

    /// The step it stands at is approved: what had been returned is settled.
    pub fn approved(&self) -> Self {
        Self { chain: self.chain.clone(), step: self.step + 1, ..Self::default() }
    }

    /// Rejected by `by`, the order being as `fingerprint` says.
    pub fn rejected(&self, by: &UserId, fingerprint: String) -> Self {
        let approved = self.seats.iter().filter(|seat| seat.approved).map(|seat| seat.person.id.clone()).collect();
        let returned = Returned { by: by.clone(), step: self.step, fingerprint, approved };
        Self { chain: self.chain.clone(), step: self.step, seats: Vec::new(), returned: Some(returned) }
    }

    /// Returned by BPM or by the ICP check: whatever was approved counts no more.
    pub fn restarted(&self) -> Self {
        Self { chain: self.chain.clone(), ..Self::default() }
    }

    /// Where it enters approval, being now as `fingerprint` says: straight back to whoever rejected it when nothing
    /// that was approved has changed, else to the first step. Before the first step nothing was approved.
    pub fn entry(&self, fingerprint: &str) -> Entry {
        let Some(returned) = &self.returned else { return Entry { step: 0, person: None, approved: Vec::new() } };
        let unchanged = returned.fingerprint == fingerprint;
        Entry {
            step: if unchanged { returned.step } else { 0 },
            person: (unchanged || returned.step == 0).then(|| returned.by.clone()),
            approved: if unchanged { returned.approved.clone() } else { Vec::new() },
        }
    }

    /// It stands at the entered step now.
    pub fn entered(&self, entry: &Entry) -> Self {
        Self { chain: self.chain.clone(), step: entry.step, seats: Vec::new(), returned: self.returned.clone() }
    }
}

/// What an approval is given for: product, domains, origins, ports, https, provinces and security attachments (with
/// the enterprise and the requirement), whatever the order they are written in.
///
/// SHA-256 in hexadecimal, since a batch has ten thousand domains.
pub fn fingerprint(order: &Order) -> String {
    let mut domains: Vec<&str> = order.domains.iter().map(|domain| domain.domain.as_str()).collect();
    domains.sort_unstable();
    let mut origins: Vec<_> = order
        .origins
        .iter()
        .map(|origin| (origin.value.as_str(), origin.kind.code(), origin.main_flag, origin.weight))
        .collect();
    origins.sort_unstable();
    let mut lines: Vec<_> = order
        .domains
        .iter()
        .filter_map(|domain| Some((&domain.domain, approved_line(domain.line.as_deref()?))))
        .collect();
    lines.sort_unstable_by_key(|(domain, _)| domain.as_str());
    let mut provinces = order.provinces.clone();
    provinces.sort_unstable();
    let mut security = order.form.sec_info_file_id.clone().unwrap_or_default();
    security.sort_unstable();
    let mut approved = json!({
        "requirement": order.requirement,
        "enterprise": order.enterprise.as_ref().map(|enterprise| &enterprise.id),
        "product": order.product.as_ref().map(|product| &product.id),
        "domains": domains,
        "origins": origins,
        "provinces": provinces,
        "security": security,
        "port": order.form.port,
        "https": order.form.https,
        "httpSelection": order.form.http_selection,
    });
    // Of migrations alone: all others keep the sums that are kept with them.
    if let Some(source) = &order.form.source_product_id {
        approved["sourceProduct"] = json!(source);
    }
    if !lines.is_empty() {
        approved["sheet"] = json!(lines);
    }
    if let Some(live) = &order.live {
        let mut ways: Vec<_> = order.domains.iter().map(|domain| (&domain.domain, domain.direction)).collect();
        ways.sort_unstable();
        approved["live"] = json!({ "settings": live, "ways": ways });
    }
    let sum = digest(&SHA256, approved.to_string().as_bytes());
    sum.as_ref().iter().map(|byte| format!("{byte:02x}")).collect()
}

/// What a sheet's row asks for its domain, wherever it stands in the sheet.
fn approved_line(line: &SheetLine) -> SheetLine {
    SheetLine { row: 0, ..line.clone() }
}

#[cfg(test)]
#[path = "chain_tests.rs"]
mod tests;
