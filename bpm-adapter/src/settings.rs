//! What an operator can set. Every setting and its default stand, commented, in `config/default.toml`.

use std::path::{Path, PathBuf};
use std::time::Duration;

use secrecy::SecretString;
use serde::Deserialize;

use crate::breaker::state::BreakerPolicy;
use shared_model::server::outbox::RetryPolicy;
use shared_model::server::settings::{
    self, DatabaseSettings, EnvironmentScope, InternalSettings, IssuerSettings, LogSettings, OutboundSettings,
    PermissionSettings, ServerSettings, SettingsError, TimeSettings,
};

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
    pub driver: DriverSettings,
    pub webhook: WebhookSettings,
    pub camunda7: Camunda7Settings,
    pub outbound: OutboundSettings,
    pub workorder: WorkorderSettings,
    pub desk: DeskSettings,
    pub callbacks: CallbackSettings,
    pub outbox: OutboxSettings,
    pub breaker: BreakerSettings,
    pub staff: StaffSettings,
    pub reconcile: ReconcileSettings,
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
pub struct DriverSettings {
    pub kind: DriverKind,
}

/// The engines there are.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum DriverKind {
    Embedded,
    Webhook,
    Camunda7,
}

/// `[webhook]`
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct WebhookSettings {
    pub url: String,
    #[serde(deserialize_with = "settings::list")]
    pub secrets: Vec<SecretString>,
    pub secrets_file: PathBuf,
    pub timeout_seconds: f64,
}

/// `[camunda7]`
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Camunda7Settings {
    pub url: String,
    pub username: String,
    pub password: SecretString,
    pub timeout_seconds: f64,
    pub tasks_at_once: usize,
    pub lock_seconds: f64,
    pub long_poll_seconds: f64,
    pub patience_seconds: f64,
    pub put_back_seconds: f64,
    /// How long after it was given up a start may still come to be.
    pub late_start_seconds: f64,
}

#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct WorkorderSettings {
    #[serde(deserialize_with = "settings::list")]
    pub urls: Vec<String>,
    pub timeout_seconds: f64,
}

#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct DeskSettings {
    pub answer_within_seconds: f64,
}

#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct CallbackSettings {
    #[serde(deserialize_with = "settings::list")]
    pub secrets: Vec<SecretString>,
    pub secrets_file: PathBuf,
    #[serde(deserialize_with = "settings::list")]
    pub bboss_secrets: Vec<SecretString>,
    pub bboss_secrets_file: PathBuf,
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

/// `[breaker]`
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct BreakerSettings {
    pub failures: u32,
    pub pause_seconds: f64,
    pub cap_seconds: f64,
}

impl BreakerSettings {
    pub fn policy(&self) -> BreakerPolicy {
        BreakerPolicy { failures: self.failures, pause: seconds(self.pause_seconds), cap: seconds(self.cap_seconds) }
    }
}

impl OutboxSettings {
    /// An hour at least, ten years at most.
    pub fn keep_delivered(&self) -> Duration {
        let days = if self.keep_delivered_days.is_finite() { self.keep_delivered_days } else { 30.0 };
        Duration::from_secs_f64(days.clamp(1.0 / 24.0, 3650.0) * 86_400.0)
    }

    pub fn policy(&self) -> RetryPolicy {
        RetryPolicy {
            base: seconds(self.base_seconds),
            cap: seconds(self.cap_seconds),
            budget: self.budget.max(1),
            lease: seconds(self.lease_seconds),
            delivery_timeout: seconds(self.delivery_timeout_seconds),
        }
    }
}

#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct StaffSettings {
    pub reroute_seconds: f64,
}

/// `[reconcile]`
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ReconcileSettings {
    pub page_timeout_seconds: f64,
}

/// Never negative, never longer than a day.
pub fn seconds(seconds: f64) -> Duration {
    Duration::from_secs_f64(if seconds.is_finite() { seconds.clamp(0.0, 86_400.0) } else { 0.0 })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_defaults_are_complete() {
        let settings = Settings::load(None, EnvironmentScope::Nothing, &[]).unwrap();
        assert_eq!(settings.driver.kind, DriverKind::Embedded);
        assert_eq!(settings.outbox.policy().budget, 60);
        assert!(settings.callbacks.secrets.is_empty());
    }

    #[test]
    fn hosts_may_be_written_in_one_text() {
        let overrides = [("outbound.private_hosts", "10.0.0.8, bpm.internal".to_owned())];
        let settings = Settings::load(None, EnvironmentScope::Nothing, &overrides).unwrap();
        assert_eq!(settings.outbound.private_hosts, ["10.0.0.8", "bpm.internal"]);
    }

    #[test]
    fn an_unknown_setting_or_engine_is_named() {
        for (key, value) in [("desk.colour", "colour"), ("driver.kind", "blue")] {
            let error = Settings::load(None, EnvironmentScope::Nothing, &[(key, "blue".to_owned())]).unwrap_err();
            assert!(error.to_string().contains(value), "{error}");
        }
    }
}
