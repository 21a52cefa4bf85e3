//! What an operator can set. Every setting and its default stand, commented, in `config/default.toml`.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::time::Duration;

use chrono::TimeDelta;
use secrecy::SecretString;
use serde::de::Error;
use serde::{Deserialize, Deserializer};
use shared_model::role::Role;
use shared_model::server::attachment::AttachmentSettings;
use shared_model::server::settings::{
    self, DatabaseSettings, EnvironmentScope, InternalSettings, IssuerSettings, LogSettings, OutboundSettings,
    PermissionSettings, ServerSettings, SettingsError, TimeSettings,
};

use crate::approval::chain::Step;
use crate::notice::NoticeKind;
use crate::notice::robot::RobotSettings;

/// Compiled in, so that the binary starts without a file.
pub const DEFAULTS: &str = include_str!("../config/default.toml");

#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Settings {
    pub server: ServerSettings,
    pub database: DatabaseSettings,
    pub log: LogSettings,
    pub issuer: IssuerSettings,
    pub internal: InternalSettings,
    pub permissions: PermissionSettings,
    pub time: TimeSettings,
    pub submission: SubmissionSettings,
    pub enterprise: EnterpriseSettings,
    pub approval: ApprovalSettings,
    pub time_limits: TimeLimitSettings,
    pub urging: UrgingSettings,
    pub icp: IcpSettings,
    pub attachments: AttachmentSettings,
    pub bpm: BpmSettings,
    pub outbox: OutboxSettings,
    pub mail: MailSettings,
    pub notices: NoticeSettings,
    pub hub: HubSettings,
    pub outbound: OutboundSettings,
    pub worker: WorkerSettings,
}

impl Settings {
    /// Defaults < file < environment `FRONT_DESK__SECTION__KEY` < `overrides` (`("section.key", value)`).
    pub fn load(
        file: Option<&Path>,
        scope: EnvironmentScope,
        overrides: &[(&str, String)],
    ) -> Result<Self, SettingsError> {
        settings::load(DEFAULTS, file, scope, overrides)
    }
}

#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SubmissionSettings {
    pub inline_domains: usize,
    pub batch_domains: usize,
    /// Largest sheet, in bytes; and what an xlsx may expand to.
    pub sheet_bytes: usize,
    pub sheet_expanded_bytes: u64,
}

#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct EnterpriseSettings {
    pub assignment: bool,
}

#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ApprovalSettings {
    /// Creator role -> the steps.
    #[serde(deserialize_with = "chains")]
    pub chains: BTreeMap<String, Vec<Step>>,
}

/// A chain as a list, or as a text where there are no lists: in the environment.
#[derive(Deserialize)]
#[serde(untagged, expecting = "a list of steps, or a text `ROLE:mode, ROLE` with a mode of one, any or all")]
enum WrittenChain {
    List(Vec<Step>),
    Text(String),
}

fn chains<'de, D: Deserializer<'de>>(deserializer: D) -> Result<BTreeMap<String, Vec<Step>>, D::Error> {
    let written = BTreeMap::<String, WrittenChain>::deserialize(deserializer)?;
    let read = |(role, chain)| {
        let steps = match chain {
            WrittenChain::List(steps) => steps,
            WrittenChain::Text(text) => {
                text.split(',').map(str::parse).collect::<Result<_, _>>().map_err(D::Error::custom)?
            }
        };
        Ok((role, steps))
    };
    written.into_iter().map(read).collect()
}

impl ApprovalSettings {
    /// The steps for orders of a creator with this role; a role without a chain of its own takes that of EC_MANAGER.
    pub fn steps(&self, creator: Role) -> Vec<Step> {
        let named = |role: Role| {
            // The environment's names are in lower case, and come behind those of files.
            let found = self.chains.iter().rfind(|(code, _)| code.eq_ignore_ascii_case(role.code()));
            found.map(|(_, steps)| steps.clone()).filter(|steps| !steps.is_empty())
        };
        named(creator).or_else(|| named(Role::EcManager)).unwrap_or_else(|| vec![Role::GroupManagerAdmin.into()])
    }
}

#[derive(Clone, Copy, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct UrgingSettings {
    pub interval_minutes: u32,
}

/// Hours per state; 0 for none.
#[derive(Clone, Copy, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct TimeLimitSettings {
    pub icp_checking: u32,
    pub approving: u32,
    pub dispatching: u32,
    pub bpm_processing: u32,
}

#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct IcpSettings {
    pub give_up_after_hours: u32,
    pub retry_base_seconds: u32,
    pub retry_cap_seconds: u32,
    pub lease_seconds: u32,
    /// Checks taken at a time.
    pub batch: i64,
    /// Hours between looks at the filing of a live domain; 0 for none.
    pub recheck_hours: f64,
    pub registry: RegistryKind,
    pub http: IcpHttpSettings,
}

impl IcpSettings {
    /// Time between looks at the filing of a live domain; None when it is not looked at again.
    pub fn recheck(&self) -> Option<TimeDelta> {
        let millis = (self.recheck_hours.clamp(0.0, 87_600.0) * 3_600_000.0) as i64;
        (millis > 0).then(|| TimeDelta::milliseconds(millis))
    }
}

/// Who is asked what is filed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum RegistryKind {
    Table,
    Http,
}

/// `[icp.http]`
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct IcpHttpSettings {
    /// Named in evidence; the address when empty.
    pub name: String,
    pub url: String,
    pub method: String,
    pub headers: BTreeMap<String, SecretString>,
    /// JSON, or empty for none.
    pub body: String,
    pub timeout_seconds: f64,
    pub concurrency: usize,
    pub status: String,
    #[serde(deserialize_with = "settings::list")]
    pub lawful: Vec<String>,
    #[serde(deserialize_with = "settings::list")]
    pub unlawful: Vec<String>,
    pub record_number: String,
    pub reason: String,
    pub domain: String,
    pub missing_is_unlawful: bool,
    pub lawful_hours: f64,
    pub unlawful_hours: f64,
}

#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct BpmSettings {
    #[serde(deserialize_with = "settings::list")]
    pub urls: Vec<String>,
    pub timeout_seconds: u64,
}

#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct OutboxSettings {
    pub base_seconds: f64,
    pub cap_seconds: f64,
    /// Tries until a delivery is a dead letter.
    pub budget: i32,
    pub lease_seconds: f64,
    pub delivery_timeout_seconds: f64,
    /// How long what was delivered is kept.
    pub keep_delivered_days: f64,
}

impl OutboxSettings {
    /// An hour at least, ten years at most.
    pub fn keep_delivered(&self) -> Duration {
        let days = if self.keep_delivered_days.is_finite() { self.keep_delivered_days } else { 30.0 };
        Duration::from_secs_f64(days.clamp(1.0 / 24.0, 3650.0) * 86_400.0)
    }
}

#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct MailSettings {
    /// `smtp://...` with its password, or empty for files.
    pub url: SecretString,
    pub folder: PathBuf,
    pub from: String,
}

#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct NoticeSettings {
    /// Days until a notice is forgotten.
    pub keep_days: u32,
    /// Open streams of one person, of each replica.
    pub streams_per_person: usize,
    /// Seconds of silence after which a stream says that it is there.
    pub heartbeat_seconds: f64,
    /// Seconds between looks at what other replicas have written.
    pub poll_seconds: f64,
    /// What is told by mail as well.
    #[serde(deserialize_with = "settings::list")]
    pub mail: Vec<NoticeKind>,
    #[serde(deserialize_with = "settings::list")]
    pub robots: Vec<RobotSettings>,
}

impl NoticeSettings {
    pub fn heartbeat(&self) -> Duration {
        Duration::from_secs_f64(self.heartbeat_seconds.clamp(0.05, 3600.0))
    }

    pub fn poll(&self) -> Duration {
        Duration::from_secs_f64(self.poll_seconds.clamp(0.05, 60.0))
    }
}

/// `[hub]`: who may subscribe to the events of service orders.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct HubSettings {
    #[serde(deserialize_with = "settings::list")]
    pub callback_hosts: Vec<String>,
    /// Seconds one call-back may take.
    pub timeout_seconds: f64,
}

#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct WorkerSettings {
    pub tick_seconds: f64,
}

impl WorkerSettings {
    /// Time between rounds when nothing nudges; never zero.
    pub fn tick(&self) -> Duration {
        Duration::from_secs_f64(self.tick_seconds.clamp(0.01, 60.0))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::approval::chain::StepMode;

    #[test]
    fn the_defaults_are_complete_and_chains_are_found_by_role() {
        let settings = Settings::load(None, EnvironmentScope::Nothing, &[]).unwrap();
        let default = [Step::from(Role::GroupManagerAdmin)];
        assert_eq!(settings.approval.steps(Role::EcManager), default);
        assert_eq!(settings.approval.steps(Role::PlatformAdmin), default);
        assert_eq!(settings.submission.inline_domains, 500);
    }

    #[test]
    fn a_step_says_how_many_of_its_role_decide() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("desk.toml");
        let chains =
            "[approval.chains]\nEC_MANAGER = [\"GROUP_MANAGER_ADMIN\", { role = \"OPERATOR\", mode = \"all\" }]\n";
        std::fs::write(&file, chains).unwrap();
        let settings = Settings::load(Some(&file), EnvironmentScope::Nothing, &[]).unwrap();
        let all = Step { role: Role::Operator, mode: StepMode::All };
        assert_eq!(settings.approval.steps(Role::EcManager), [Role::GroupManagerAdmin.into(), all]);
    }

    #[test]
    fn a_chain_of_the_environment_wins_over_that_of_a_file() {
        let chain = [("approval.chains.ec_manager", "GROUP_MANAGER_ADMIN:all, OPERATOR".to_owned())];
        let settings = Settings::load(None, EnvironmentScope::Nothing, &chain).unwrap();
        let all = Step { role: Role::GroupManagerAdmin, mode: StepMode::All };
        assert_eq!(settings.approval.steps(Role::EcManager), [all, Role::Operator.into()]);
        let wrong = [("approval.chains.ec_manager", "KING".to_owned())];
        let error = Settings::load(None, EnvironmentScope::Nothing, &wrong).unwrap_err();
        assert!(error.to_string().contains("KING"), "{error}");
    }

    #[test]
    fn an_unknown_setting_is_named() {
        let error = Settings::load(None, EnvironmentScope::Nothing, &[("time.colour", "blue".to_owned())]).unwrap_err();
        assert!(error.to_string().contains("colour"), "{error}");
    }
}
