//! The secret that BPM and billing sign their call-backs with (Standard Webhooks): made at first start in
//! `DATA/keys/callbacks`, one `whsec_...` a line.

use std::io;
use std::path::Path;

use shared_model::server::secrets;

/// Makes the file when it is missing.
pub fn ensure(keys: &Path) -> io::Result<()> {
    let make = || Ok(format!("whsec_{}\n", padded(&secrets::random_text()?)).into_bytes());
    secrets::read_or_create(&keys.join("callbacks"), make).map(drop)
}

/// Secrets travel in padded base64.
fn padded(base64: &str) -> String {
    format!("{base64}{}", "=".repeat((4 - base64.len() % 4) % 4))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_secret_is_made_once_in_the_form_the_standard_names() {
        let folder = tempfile::tempdir().unwrap();
        ensure(folder.path()).unwrap();
        let first = std::fs::read_to_string(folder.path().join("callbacks")).unwrap();
        ensure(folder.path()).unwrap();
        assert_eq!(std::fs::read_to_string(folder.path().join("callbacks")).unwrap(), first);
        let secret = first.trim_end().strip_prefix("whsec_").unwrap();
        assert_eq!((secret.len(), secret.ends_with('=')), (44, true));
    }
}
