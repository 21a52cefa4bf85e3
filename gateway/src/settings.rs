//! The gateway's settings; `config/default.toml` says what each means.

use std::collections::BTreeMap;
use std::net::IpAddr;
use std::path::{Path, PathBuf};
use std::time::Duration;

use serde::{Deserialize, Deserializer};
pub use shared_model::server::settings::EnvironmentScope;
use shared_model::server::settings::{
    self, DatabaseSettings, InternalSettings, LogSettings, PermissionSettings, ServerSettings, SettingsError,
    TimeSettings,
};

pub const DEFAULTS: &str = include_str!("../config/default.toml");

/// All settings of the gateway.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Settings {
    pub server: ServerSettings,
    pub admin: AdminSettings,
    pub database: DatabaseSettings,
    pub log: LogSettings,
    pub internal: InternalSettings,
    #[serde(default)]
    pub permissions: PermissionSettings,
    pub time: TimeSettings,
    pub issuer: IssuerSettings,
    pub identity: IdentitySettings,
    pub directory: DirectorySettings,
    pub services: BTreeMap<String, ServiceSettings>,
    pub limits: LimitSettings,
    pub timeouts: TimeoutSettings,
    pub proxies: ProxySettings,
    pub cors: CorsSettings,
    pub console: ConsoleSettings,
}

impl Settings {
    /// Defaults < file < environment < `overrides` (`("section.key", value)`).
    pub fn load(
        file: Option<&Path>,
        scope: EnvironmentScope,
        overrides: &[(&str, String)],
    ) -> Result<Self, SettingsError> {
        settings::load(DEFAULTS, file, scope, overrides)
    }
}

/// `[admin]`
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct AdminSettings {
    pub listen: String,
}

/// `[issuer]`
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct IssuerSettings {
    pub name: String,
    pub external: String,
    #[serde(deserialize_with = "settings::list")]
    pub algorithms: Vec<String>,
}

/// `[identity]`
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct IdentitySettings {
    pub keys_dir: PathBuf,
    pub initial_admin: bool,
    pub access_minutes: u32,
    pub refresh_hours: u32,
    pub key_days: u32,
    pub hashes_at_once: usize,
    pub lock_per_address: usize,
    pub lock_per_account: usize,
    pub lock_minutes: u32,
}

/// `[directory]`
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct DirectorySettings {
    pub push_seconds: u64,
}

/// `[services.NAME]`
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ServiceSettings {
    pub prefixes: Vec<String>,
    #[serde(deserialize_with = "list_or_commas")]
    pub addresses: Vec<String>,
}

/// A list in a file; in the environment and on the command line its parts between commas.
fn list_or_commas<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Vec<String>, D::Error> {
    #[derive(Deserialize)]
    #[serde(untagged)]
    enum Given {
        List(Vec<String>),
        Text(String),
    }
    Ok(match Given::deserialize(deserializer)? {
        Given::List(list) => list,
        Given::Text(text) => {
            text.split(',').map(|part| part.trim().to_owned()).filter(|part| !part.is_empty()).collect()
        }
    })
}

/// `[limits]`
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct LimitSettings {
    pub header_bytes: usize,
    pub caller_per_second: u32,
    pub address_per_second: u32,
    pub logins_per_second: u32,
    pub cached_tokens: usize,
}

/// `[timeouts]`, in milliseconds.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct TimeoutSettings {
    pub head: u64,
    pub connect: u64,
    pub first_byte: u64,
    pub idle: u64,
    pub pool: u64,
    pub health: u64,
}

impl TimeoutSettings {
    pub fn connect(&self) -> Duration {
        Duration::from_millis(self.connect)
    }

    pub fn first_byte(&self) -> Duration {
        Duration::from_millis(self.first_byte)
    }

    pub fn idle(&self) -> Duration {
        Duration::from_millis(self.idle)
    }

    pub fn pool(&self) -> Duration {
        Duration::from_millis(self.pool)
    }
}

/// `[proxies]`
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ProxySettings {
    #[serde(deserialize_with = "settings::list")]
    pub trusted: Vec<IpAddr>,
}

/// `[cors]`
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct CorsSettings {
    #[serde(deserialize_with = "settings::list")]
    pub origins: Vec<String>,
}

/// `[console]`
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ConsoleSettings {
    pub enabled: bool,
}

#[cfg(test)]
mod tests {
    use super::*;

    fn load(overrides: &[(&str, String)]) -> Result<Settings, SettingsError> {
        Settings::load(None, EnvironmentScope::Nothing, overrides)
    }

    #[test]
    fn the_defaults_are_those_of_the_contract() {
        let settings = load(&[]).unwrap();
        assert_eq!(settings.server.listen.to_string(), "127.0.0.1:8080");
        assert_eq!((settings.identity.access_minutes, settings.identity.refresh_hours), (15, 12));
        let limits = &settings.limits;
        let rates = (limits.caller_per_second, limits.address_per_second, limits.logins_per_second);
        assert_eq!((rates, limits.header_bytes), ((500, 2000, 10), 16 << 10));
        assert_eq!((settings.server.json_limit_bytes, settings.server.upload_limit_bytes), (4 << 20, 64 << 20));
        assert_eq!(settings.timeouts.first_byte(), Duration::from_secs(30));
        assert_eq!(settings.services["workorder-svc"].addresses, ["http://127.0.0.1:8081"]);
    }

    #[test]
    fn a_service_moves_by_one_override() {
        let settings = load(&[("services.pe-svc.addresses", "http://127.0.0.1:9, http://127.0.0.1:8".to_owned())]);
        assert_eq!(settings.unwrap().services["pe-svc"].addresses, ["http://127.0.0.1:9", "http://127.0.0.1:8"]);
        let file = tempfile::NamedTempFile::new().unwrap();
        std::fs::write(file.path(), "[services.pe-svc]\naddresses = [\"http://10.0.0.1:1\", \"http://10.0.0.2:1\"]\n")
            .unwrap();
        let settings = Settings::load(Some(file.path()), EnvironmentScope::Nothing, &[]).unwrap();
        assert_eq!(settings.services["pe-svc"].addresses.len(), 2);
        assert_eq!(settings.services["pe-svc"].prefixes, ["/pe"]);
    }

    #[test]
    fn an_unknown_setting_is_named() {
        let error = load(&[("limits.per_minute", "1".to_owned())]).unwrap_err();
        assert!(error.to_string().contains("per_minute"), "{error}");
    }
}
