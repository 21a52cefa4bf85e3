//! The secrets call-backs are signed with: those of the settings, and those of a file, one a line.
//!
//! The file is read at every call-back, so that a secret is rotated without a restart.

use std::path::PathBuf;

use secrecy::{ExposeSecret, SecretString};

use super::signature::{Secret, SecretInvalid};

/// The secrets of one kind of call-back. None at all: every call-back is refused.
#[derive(Clone, Debug, Default)]
pub struct Keyring {
    configured: Vec<Secret>,
    file: Option<PathBuf>,
    /// Counts only while this ring has no secret of its own.
    instead: Option<Box<Keyring>>,
}

impl Keyring {
    pub fn new(configured: &[SecretString], file: PathBuf) -> Result<Self, SecretInvalid> {
        let configured = configured.iter().map(|text| Secret::parse(text.expose_secret())).collect::<Result<_, _>>()?;
        Ok(Self { configured, file: (!file.as_os_str().is_empty()).then_some(file), instead: None })
    }

    /// This ring, or the other while this one is empty.
    pub fn or_else(self, other: Self) -> Self {
        Self { instead: Some(Box::new(other)), ..self }
    }

    /// The secrets that count now.
    pub async fn secrets(&self) -> Vec<Secret> {
        let own = self.own_secrets().await;
        match &self.instead {
            Some(other) if own.is_empty() => other.own_secrets().await,
            Some(_) | None => own,
        }
    }

    /// A file that is not there adds none.
    async fn own_secrets(&self) -> Vec<Secret> {
        let mut secrets = self.configured.clone();
        if let Some(file) = &self.file {
            match tokio::fs::read_to_string(file).await {
                Ok(text) => secrets.extend(parse_lines(&text)),
                Err(error) if error.kind() == std::io::ErrorKind::NotFound => {}
                Err(error) => tracing::error!(%error, file = %file.display(), "call-back secrets cannot be read"),
            }
        }
        secrets
    }
}

/// One secret a line; empty lines and `#` remarks are passed over, and so is what is no secret, with a word in the log.
fn parse_lines(text: &str) -> Vec<Secret> {
    text.lines()
        .map(str::trim)
        .enumerate()
        .filter(|(_, line)| !line.is_empty() && !line.starts_with('#'))
        .filter_map(|(index, line)| {
            Secret::parse(line).inspect_err(|error| tracing::error!(%error, line = index + 1, "unusable secret")).ok()
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    const SECRET: &str = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw";

    #[tokio::test]
    async fn a_file_changed_while_we_run_counts_at_once() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("callbacks");
        let keyring = Keyring::new(&[], file.clone()).unwrap();
        assert!(keyring.secrets().await.is_empty());
        std::fs::write(&file, format!("# old and new\n{SECRET}\n\nnonsense\n{SECRET}\n")).unwrap();
        assert_eq!(keyring.secrets().await.len(), 2);
    }

    #[tokio::test]
    async fn a_ring_of_its_own_counts_alone() {
        let ring = |text: &str| Keyring::new(&[SecretString::from(text)], PathBuf::new()).unwrap();
        let empty = Keyring::default().or_else(ring(SECRET));
        assert_eq!(empty.secrets().await.len(), 1);
        let own = ring("whsec_C2FVsBQIhrscChlQIMV+b5sSYspob7oD").or_else(ring(SECRET)).secrets().await;
        let signature = super::super::signature::sign(&own[0], "m", 0, b"");
        let general = ring(SECRET).secrets().await;
        assert_eq!(own.len(), 1);
        assert_ne!(signature, super::super::signature::sign(&general[0], "m", 0, b""));
    }

    #[tokio::test]
    async fn settings_and_file_count_together_and_a_broken_setting_stops_the_start() {
        let configured = [SecretString::from(SECRET)];
        assert_eq!(Keyring::new(&configured, PathBuf::new()).unwrap().secrets().await.len(), 1);
        assert!(Keyring::new(&[SecretString::from("whsec_short")], PathBuf::new()).is_err());
    }
}
