//! The key that badges are signed with: Ed25519, made at first start, its public half laid beside it as a JWK, which the
//! gateway lists in its key set.

use std::io;
use std::path::Path;

use aws_lc_rs::digest;
use aws_lc_rs::signature::{Ed25519KeyPair, KeyPair};
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde_json::json;
use shared_model::server::secrets;

use super::statement::BadgeStatement;

/// Keeps a badge from being taken for a log-in token, and the reverse.
const TYPE: &str = "badge+jws";
/// Begins the id of every key of badges: whoever verifies log-in tokens leaves such keys aside.
const KEY_ID: &str = "badge-";

/// Signs badges.
pub struct BadgeSigner {
    pair: Ed25519KeyPair,
    kid: String,
}

impl BadgeSigner {
    /// Reads the private key (PKCS 8) of that file, which is made when missing, and lays the public one beside it
    /// (`.pub`).
    pub fn load(file: &Path) -> io::Result<Self> {
        let document = secrets::read_or_create(file, || {
            let pair = Ed25519KeyPair::generate().map_err(|_| io::Error::other("no randomness"))?;
            let document = pair.to_pkcs8().map_err(|_| io::Error::other("the key cannot be written"))?;
            Ok(document.as_ref().to_vec())
        })?;
        let pair = Ed25519KeyPair::from_pkcs8(&document)
            .map_err(|error| io::Error::other(format!("{}: not an Ed25519 key: {error}", file.display())))?;
        let signer = Self { kid: key_id(&pair), pair };
        signer.publish(&file.with_extension("pub"))?;
        Ok(signer)
    }

    fn publish(&self, file: &Path) -> io::Result<()> {
        let jwk = self.jwk().to_string();
        if std::fs::read_to_string(file).is_ok_and(|known| known == jwk) {
            return Ok(());
        }
        // Whoever reads it meets the old file or the new one, never half of one.
        let draft = file.with_extension("pub.new");
        std::fs::write(&draft, jwk)?;
        std::fs::rename(draft, file)
    }

    /// The public key, as RFC 8037 writes it.
    pub fn jwk(&self) -> serde_json::Value {
        let x = URL_SAFE_NO_PAD.encode(self.pair.public_key().as_ref());
        json!({ "kty": "OKP", "crv": "Ed25519", "use": "sig", "alg": "EdDSA", "kid": self.kid, "x": x })
    }

    pub fn kid(&self) -> &str {
        &self.kid
    }

    /// The statement as a compact JWS (RFC 7515).
    pub fn sign(&self, statement: &BadgeStatement) -> String {
        let header = json!({ "alg": "EdDSA", "kid": self.kid, "typ": TYPE });
        let encoded = |value: serde_json::Value| URL_SAFE_NO_PAD.encode(value.to_string());
        let signed = format!("{}.{}", encoded(header), encoded(json!(statement)));
        let signature = URL_SAFE_NO_PAD.encode(self.pair.sign(signed.as_bytes()));
        format!("{signed}.{signature}")
    }
}

/// The key's thumbprint (RFC 7638) after the word that says what it is for. The same key always has the same id; badges
/// from before carry the thumbprint alone and verify under the same key.
fn key_id(pair: &Ed25519KeyPair) -> String {
    let x = URL_SAFE_NO_PAD.encode(pair.public_key().as_ref());
    let canonical = format!("{{\"crv\":\"Ed25519\",\"kty\":\"OKP\",\"x\":\"{x}\"}}");
    let thumbprint = URL_SAFE_NO_PAD.encode(digest::digest(&digest::SHA256, canonical.as_bytes()));
    format!("{KEY_ID}{thumbprint}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_key_is_made_once_and_its_public_half_lies_beside_it() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("keys/badge.pk8");
        let signer = BadgeSigner::load(&file).unwrap();
        assert_eq!(BadgeSigner::load(&file).unwrap().kid(), signer.kid());
        let published = std::fs::read_to_string(folder.path().join("keys/badge.pub")).unwrap();
        assert_eq!(serde_json::from_str::<serde_json::Value>(&published).unwrap(), signer.jwk());
        assert!(signer.jwk().get("d").is_none());
    }

    #[test]
    fn a_key_of_badges_is_named_so_and_keeps_what_it_signed_before_verifiable() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("badge.pk8");
        let before = BadgeSigner::load(&file).unwrap().jwk();
        // What was published while the id was the bare thumbprint is published anew, the key being the same.
        let thumbprint = before["kid"].as_str().unwrap().strip_prefix("badge-").unwrap().to_owned();
        let mut old = before.clone();
        old["kid"] = json!(thumbprint);
        std::fs::write(folder.path().join("badge.pub"), old.to_string()).unwrap();
        let signer = BadgeSigner::load(&file).unwrap();
        let published = std::fs::read_to_string(folder.path().join("badge.pub")).unwrap();
        let published: serde_json::Value = serde_json::from_str(&published).unwrap();
        assert_eq!((&published["x"], published["kid"].as_str()), (&old["x"], Some(signer.kid())));
        assert_eq!(signer.kid(), format!("badge-{thumbprint}"));
    }
}
