//! Settings: defaults compiled in < a file < the environment (`FRONT_DESK__SECTION__KEY`) < the command line.
//! An unknown setting is an error that names it.

mod lists;

use std::collections::{BTreeMap, BTreeSet};
use std::net::SocketAddr;
use std::path::{Path, PathBuf};

use chrono_tz::Tz;
use config::{Config, Environment, File, FileFormat, Map, Value};
use secrecy::SecretString;
use serde::Deserialize;
use serde::de::DeserializeOwned;

pub use lists::{list, lists_by_name};

use crate::permission::{RolePermissions, UnknownCode};

/// Why a program does not start.
#[derive(Debug, thiserror::Error)]
pub enum SettingsError {
    #[error("settings: {0}")]
    Invalid(#[from] config::ConfigError),
    #[error("settings: permissions.roles: {0}")]
    Permissions(#[from] UnknownCode),
    #[error("settings: {0}")]
    Unusable(String),
}

/// Whose environment it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum EnvironmentScope {
    /// A service by itself: every `FRONT_DESK__…` must be a setting of it.
    Whole,
    /// One of several services in a process: those of sections it does not have are another's.
    KnownSections,
    /// Tests: none.
    Nothing,
}

/// Loads a service's settings. `defaults` is its `config/default.toml`; `overrides` are `("section.key", value)`.
pub fn load<T: DeserializeOwned>(
    defaults: &'static str,
    file: Option<&Path>,
    scope: EnvironmentScope,
    overrides: &[(&str, String)],
) -> Result<T, SettingsError> {
    let base = Config::builder().add_source(File::from_str(defaults, FileFormat::Toml)).build()?;
    let sections: Map<String, Value> = base.clone().try_deserialize()?;
    let mut builder = Config::builder().add_source(base);
    if let Some(file) = file {
        builder = builder.add_source(File::from(file).format(FileFormat::Toml));
    }
    let variables = environment(scope, &sections);
    builder = builder.add_source(
        Environment::with_prefix("FRONT_DESK").prefix_separator("__").separator("__").source(Some(variables)),
    );
    for (key, value) in overrides {
        builder = builder.set_override(*key, value.as_str())?;
    }
    Ok(builder.build()?.try_deserialize()?)
}

/// What one process holds several services for takes settings of them all: those of a section that none of them has are
/// nobody's. `defaults` are the services' own.
pub fn check_sections(defaults: &[&'static str]) -> Result<(), SettingsError> {
    let mut known = BTreeSet::new();
    for defaults in defaults {
        let sections: Map<String, Value> =
            Config::builder().add_source(File::from_str(defaults, FileFormat::Toml)).build()?.try_deserialize()?;
        known.extend(sections.into_keys());
    }
    let unknown = |name: &String| section(name).is_some_and(|section| !known.contains(&section));
    match std::env::vars().map(|(name, _)| name).find(unknown) {
        Some(name) => {
            Err(SettingsError::Unusable(format!("环境变量 {name} 不是任何服务的设置 is a setting of no service")))
        }
        None => Ok(()),
    }
}

/// The section that a variable speaks of.
fn section(variable: &str) -> Option<String> {
    let rest = variable.strip_prefix("FRONT_DESK__")?;
    Some(rest.split("__").next().unwrap_or_default().to_ascii_lowercase())
}

fn environment(scope: EnvironmentScope, sections: &Map<String, Value>) -> Map<String, String> {
    if scope == EnvironmentScope::Nothing {
        return Map::new();
    }
    std::env::vars()
        .filter(|(name, _)| {
            section(name).is_some_and(|section| scope == EnvironmentScope::Whole || sections.contains_key(&section))
        })
        .collect()
}

/// `[server]`
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ServerSettings {
    pub listen: SocketAddr,
    /// Threads that serve requests.
    pub workers: usize,
    /// Seconds that running requests have to finish when the service stops.
    pub shutdown_seconds: u64,
    /// The largest JSON body, in bytes.
    pub json_limit_bytes: usize,
    /// The largest upload, in bytes.
    pub upload_limit_bytes: usize,
}

/// `[database]`
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct DatabaseSettings {
    /// `sqlite:FILE` or `postgres://…`. Never logged: it may carry a password.
    pub url: String,
    /// Connections: readers on SQLite (the writer is one more), all of them on PostgreSQL.
    pub pool_size: u32,
}

/// `[log]`
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct LogSettings {
    /// Such as `info,workorder_svc=debug`.
    pub filter: String,
    pub format: LogFormat,
}

/// How log lines are written.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum LogFormat {
    Text,
    Json,
}

/// `[issuer]`: whose user tokens are believed.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct IssuerSettings {
    /// `iss` of the tokens.
    pub name: String,
    pub jwks_url: String,
    /// Only these signature algorithms.
    #[serde(deserialize_with = "list")]
    pub algorithms: Vec<String>,
}

/// `[internal]`: the key that service tokens are signed with, the same for all services of a stack.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct InternalSettings {
    /// The key itself (at least 32 characters); empty: it is read from `key_file`.
    pub key: SecretString,
    /// Made with a random key when missing.
    pub key_file: PathBuf,
}

/// `[permissions]`: roles that hold other permissions than the default table gives them.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PermissionSettings {
    #[serde(default, deserialize_with = "lists_by_name")]
    pub roles: BTreeMap<String, Vec<String>>,
}

impl PermissionSettings {
    /// Keys of settings arrive in lower case; roles are written in upper case.
    pub fn table(&self) -> Result<RolePermissions, SettingsError> {
        let upper = self.roles.iter().map(|(role, codes)| (role.to_ascii_uppercase(), codes.clone())).collect();
        Ok(RolePermissions::from_codes(&upper)?)
    }
}

/// `[time]`
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct TimeSettings {
    /// IANA name of the zone that people read times in.
    pub zone: Tz,
}

/// `[outbound]`: the way out to systems that are not ours.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct OutboundSettings {
    /// Hosts that may lie at private addresses.
    #[serde(deserialize_with = "list")]
    pub private_hosts: Vec<String>,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[derive(Debug, Deserialize)]
    #[serde(deny_unknown_fields)]
    struct Sample {
        database: DatabaseSettings,
    }

    const DEFAULTS: &str = "[database]\nurl = \"sqlite:a.db\"\npool_size = 4\n";

    #[test]
    fn the_command_line_comes_before_the_defaults() {
        let overrides = [("database.pool_size", "9".to_owned())];
        let sample: Sample = load(DEFAULTS, None, EnvironmentScope::Nothing, &overrides).unwrap();
        assert_eq!((sample.database.pool_size, sample.database.url.as_str()), (9, "sqlite:a.db"));
    }

    #[test]
    fn an_unknown_setting_is_an_error_that_names_it() {
        let overrides = [("database.colour", "blue".to_owned())];
        let error = load::<Sample>(DEFAULTS, None, EnvironmentScope::Nothing, &overrides).unwrap_err();
        assert!(error.to_string().contains("colour"), "{error}");
    }
}
