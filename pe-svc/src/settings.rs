//! What an operator can set. Every setting and its default stand, commented, in `config/default.toml`.

use std::path::{Path, PathBuf};

use serde::Deserialize;
use shared_model::server::attachment::AttachmentSettings;
use shared_model::server::settings::{
    self, DatabaseSettings, EnvironmentScope, InternalSettings, IssuerSettings, LogSettings, PermissionSettings,
    ServerSettings, SettingsError, TimeSettings,
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
    pub files: AttachmentSettings,
    pub badge: BadgeSettings,
    pub worker: WorkerSettings,
}

/// `[badge]`
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct BadgeSettings {
    pub signing_key_file: PathBuf,
}

/// `[worker]`
#[derive(Clone, Copy, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct WorkerSettings {
    pub interval_seconds: u64,
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_service_starts_on_its_defaults() {
        let settings = Settings::load(None, EnvironmentScope::Nothing, &[]).unwrap();
        assert_eq!(settings.server.listen.port(), 8082);
    }

    #[test]
    fn an_unknown_setting_is_named() {
        let overrides = [("badge.colour", "blue".to_owned())];
        let error = Settings::load(None, EnvironmentScope::Nothing, &overrides).unwrap_err();
        assert!(error.to_string().contains("colour"), "{error}");
    }
}
