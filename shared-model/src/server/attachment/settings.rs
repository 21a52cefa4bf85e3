//! What an operator can set of the place for uploads.

use std::path::PathBuf;
use std::time::Duration;

use chrono::TimeDelta;
use secrecy::SecretString;
use serde::Deserialize;

/// `[attachments]`, `[files]`
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct AttachmentSettings {
    /// Where files are kept while `url` is empty, and where uploads are written until they are complete.
    pub folder: PathBuf,
    /// `s3://bucket/prefix`, or empty.
    pub url: String,
    /// Of a service that speaks S3; empty: that of AWS.
    pub endpoint: String,
    pub region: String,
    /// Empty: as the environment has it (`AWS_ACCESS_KEY_ID` and so on).
    pub access_key_id: String,
    pub secret_access_key: SecretString,
    /// Hours until an upload that no record names is removed.
    pub unused_hours: u32,
    /// Seconds between two looks for such.
    pub sweep_seconds: f64,
}

impl AttachmentSettings {
    /// Where uploads are written until they are complete.
    pub fn spool(&self) -> PathBuf {
        self.folder.join("incoming")
    }

    pub fn unused_for(&self) -> TimeDelta {
        TimeDelta::hours(i64::from(self.unused_hours.max(1)))
    }

    pub fn sweep_every(&self) -> Duration {
        Duration::from_secs_f64(self.sweep_seconds.clamp(0.01, 86_400.0))
    }
}
