//! What every operation of the desk works with: the database, the clock, the policy, and the ways out.

use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use chrono::{DateTime, NaiveDateTime, TimeDelta, Utc};
use chrono_tz::Tz;
use shared_model::ids::OrderId;
use shared_model::server::attachment::ObjectStore;
use shared_model::server::client::ServiceClient;
use shared_model::server::clock::Clock;
use shared_model::server::database::Database;
use shared_model::server::outbox::Dispatcher;
use tokio::sync::Notify;

use crate::batch::reader::SheetReader;
use crate::icp::rules::Patience;
use crate::notice::Ways;
use crate::notice::hub::Hub;
use crate::notice::robot::listeners;
use crate::order::model::Order;
use crate::order::state::OrderState;
use crate::settings::{ApprovalSettings, Settings, TimeLimitSettings};

/// The configured rules of the desk: plain values, known inside transactions.
#[derive(Clone, Debug)]
pub struct Policy {
    /// Time zone of what people read.
    pub zone: Tz,
    pub inline_domains: usize,
    pub batch_domains: usize,
    /// Managers order only for enterprises assigned to them.
    pub assignment: bool,
    pub approval: ApprovalSettings,
    pub limits: TimeLimitSettings,
    /// Until an order may be urged again.
    pub urge_interval: TimeDelta,
    pub patience: Patience,
    /// How notices leave beside the inbox.
    pub ways: Ways,
    /// How long a notice is kept.
    pub keep_notices: TimeDelta,
    /// How long a stream of notices may be silent.
    pub heartbeat: Duration,
    /// Hosts that subscribers may name for their call-backs, and those that may lie at private addresses.
    pub callback_hosts: Vec<String>,
    pub private_hosts: Vec<String>,
    /// How long an upload waits for an order, and the time between two looks for those that wait longer.
    pub unused_for: TimeDelta,
    pub sweep_every: Duration,
}

impl Policy {
    pub fn of(settings: &Settings) -> Self {
        let icp = &settings.icp;
        Self {
            zone: settings.time.zone,
            inline_domains: settings.submission.inline_domains,
            batch_domains: settings.submission.batch_domains,
            assignment: settings.enterprise.assignment,
            approval: settings.approval.clone(),
            limits: settings.time_limits,
            urge_interval: TimeDelta::minutes(i64::from(settings.urging.interval_minutes)),
            patience: Patience {
                base: TimeDelta::seconds(i64::from(icp.retry_base_seconds)),
                cap: TimeDelta::seconds(i64::from(icp.retry_cap_seconds)),
                give_up_after: TimeDelta::hours(i64::from(icp.give_up_after_hours)),
            },
            ways: Ways { mail: settings.notices.mail.clone(), robots: listeners(&settings.notices.robots) },
            keep_notices: TimeDelta::days(i64::from(settings.notices.keep_days)),
            heartbeat: settings.notices.heartbeat(),
            callback_hosts: settings.hub.callback_hosts.clone(),
            private_hosts: settings.outbound.private_hosts.clone(),
            unused_for: settings.attachments.unused_for(),
            sweep_every: settings.attachments.sweep_every(),
        }
    }

    /// When the current holder of an order is late. None where nothing is limited: time on the creator does not count,
    /// and billing's orders last as long as billing wants.
    pub fn due_at(&self, order: &Order) -> Option<NaiveDateTime> {
        if order.kind.is_from_billing() {
            return None;
        }
        let hours = self.limits.hours(order.state)?;
        Some((order.since + TimeDelta::hours(i64::from(hours))).naive_utc())
    }

    /// `yyyyMMdd-` by the local date, and the id of four digits at least.
    pub fn order_code(&self, id: OrderId, created_at: DateTime<Utc>) -> String {
        format!("{}-{:04}", created_at.with_timezone(&self.zone).format("%Y%m%d"), id.0)
    }
}

impl TimeLimitSettings {
    /// The limit of a state, in hours.
    pub fn hours(&self, state: OrderState) -> Option<u32> {
        let hours = match state {
            OrderState::IcpChecking => self.icp_checking,
            OrderState::Approving => self.approving,
            OrderState::Dispatching => self.dispatching,
            OrderState::BpmProcessing => self.bpm_processing,
            OrderState::Draft
            | OrderState::IcpFailed
            | OrderState::Rejected
            | OrderState::BpmReject
            | OrderState::Finished
            | OrderState::Withdrawn => 0,
        };
        (hours > 0).then_some(hours)
    }
}

/// What a handler is given. Cheap to clone.
#[derive(Clone)]
pub struct Desk {
    pub db: Database,
    pub clock: Clock,
    pub policy: Arc<Policy>,
    pub files: Arc<dyn ObjectStore>,
    /// Where uploads are written before they are complete.
    pub spool: PathBuf,
    /// Largest upload, in bytes.
    pub upload_limit: usize,
    /// Reads the sheets of batch orders.
    pub sheets: Arc<SheetReader>,
    pub bpm: Arc<ServiceClient>,
    pub notices: Hub,
    pub nudges: Nudges,
}

/// Wakes the background work after a commit.
#[derive(Clone)]
pub struct Nudges {
    pub outbox: Dispatcher,
    pub icp: Arc<Notify>,
    pub notices: Hub,
}

impl Nudges {
    /// Something was written that waits for the ICP check, for delivery or for its reader: look now.
    pub fn all(&self) {
        self.icp.notify_one();
        self.outbox.nudge();
        self.notices.nudge();
    }
}

#[cfg(test)]
mod tests {
    use chrono::TimeZone;
    use shared_model::server::settings::EnvironmentScope;

    use super::*;
    use crate::order::sample;

    fn policy() -> Policy {
        Policy::of(&Settings::load(None, EnvironmentScope::Nothing, &[]).unwrap())
    }

    #[test]
    fn a_code_is_the_local_date_and_the_id() {
        let late = Utc.with_ymd_and_hms(2026, 3, 4, 16, 30, 0).unwrap();
        assert_eq!(policy().order_code(OrderId(7), late), "20260305-0007");
        assert_eq!(policy().order_code(OrderId(347_411), late), "20260305-347411");
    }

    #[test]
    fn time_is_limited_except_on_the_creator() {
        let mut order = sample::order();
        assert_eq!(policy().due_at(&order), Some((order.since + TimeDelta::hours(24)).naive_utc()));
        order.state = OrderState::Rejected;
        assert_eq!(policy().due_at(&order), None);
    }
}
