//! The keys that tokens are signed with: Ed25519, one file each under the keys folder, made at first start, renewed by
//! age. A new key is published before anything is signed with it, and an old one until its last token has expired.
//!
//! source: identity contract, `GET /.well-known/jwks.json`.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use aws_lc_rs::digest;
use aws_lc_rs::signature::{Ed25519KeyPair, KeyPair};
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use chrono::{DateTime, TimeDelta, Utc};
use jsonwebtoken::{DecodingKey, EncodingKey};
use serde_json::{Value, json};
use shared_model::server::secrets;

const PREFIX: &str = "identity-";
const SUFFIX: &str = ".pk8";
/// How long a key is published before it signs: by then every replica and service can have fetched it.
pub const ACTIVATION: TimeDelta = TimeDelta::seconds(30);

/// One signing key.
pub struct SigningKey {
    /// The first 16 characters of the public key's SHA-256 in base64url.
    pub kid: String,
    /// What its file is named by; keys follow one another in this order.
    pub created: DateTime<Utc>,
    /// When its file was written: the very first key is named by no time.
    made: DateTime<Utc>,
    x: String,
    pub encoding: EncodingKey,
    pub decoding: DecodingKey,
}

impl SigningKey {
    fn from_pkcs8(pkcs8: &[u8], created: DateTime<Utc>, made: DateTime<Utc>) -> io::Result<Self> {
        let unusable = |what: &str| io::Error::new(io::ErrorKind::InvalidData, what.to_owned());
        let pair = Ed25519KeyPair::from_pkcs8(pkcs8).map_err(|_| unusable("not an Ed25519 key in PKCS 8"))?;
        let public = pair.public_key().as_ref();
        let x = URL_SAFE_NO_PAD.encode(public);
        let kid = URL_SAFE_NO_PAD.encode(digest::digest(&digest::SHA256, public)).chars().take(16).collect();
        let decoding = DecodingKey::from_ed_components(&x).map_err(|error| unusable(&error.to_string()))?;
        Ok(Self { kid, created, made, x, encoding: EncodingKey::from_ed_der(pkcs8), decoding })
    }

    /// RFC 8037.
    fn jwk(&self) -> Value {
        json!({"kty": "OKP", "crv": "Ed25519", "use": "sig", "alg": "EdDSA", "kid": self.kid, "x": self.x})
    }
}

/// The keys of a moment, oldest first.
pub struct KeyRing {
    keys: Vec<SigningKey>,
    /// Public keys of others that the key set lists too, as JWK.
    published: Vec<Value>,
}

impl KeyRing {
    /// Reads the folder; makes a first key when there is none. `token_life` is how long a token lasts at most.
    pub fn load(folder: &Path, now: DateTime<Utc>, token_life: TimeDelta) -> io::Result<Self> {
        let mut keys = read_keys(folder)?;
        if keys.is_empty() {
            // One name for the very first key: of replicas that start together, one makes it and all read it.
            create(folder, DateTime::UNIX_EPOCH)?;
            keys = read_keys(folder)?;
        }
        keys.sort_by_key(|key| key.created);
        let retired = keys.iter().skip(1).take_while(|next| next.created + ACTIVATION + token_life <= now).count();
        keys.drain(..retired);
        Ok(Self { keys, published: read_published(folder)? })
    }

    /// What new tokens are signed with: the newest key that has been published long enough, else the oldest.
    pub fn signing(&self, now: DateTime<Utc>) -> Option<&SigningKey> {
        let active = self.keys.iter().rev().find(|key| key.created + ACTIVATION <= now);
        active.or_else(|| self.keys.first())
    }

    pub fn find(&self, kid: &str) -> Option<&SigningKey> {
        self.keys.iter().find(|key| key.kid == kid)
    }

    /// When the newest key was made: its age decides whether another is due.
    pub fn newest(&self) -> Option<DateTime<Utc>> {
        self.keys.last().map(|key| key.made)
    }

    /// `/.well-known/jwks.json`
    pub fn jwks(&self) -> Value {
        let own = self.keys.iter().map(SigningKey::jwk);
        json!({"keys": own.chain(self.published.iter().cloned()).collect::<Vec<_>>()})
    }

    /// Whether the other ring lists the same keys.
    pub fn same_as(&self, other: &Self) -> bool {
        self.jwks() == other.jwks()
    }
}

/// Makes a further key. It signs after [`ACTIVATION`].
pub fn create(folder: &Path, now: DateTime<Utc>) -> io::Result<()> {
    let path = folder.join(format!("{PREFIX}{:013}{SUFFIX}", now.timestamp_millis()));
    secrets::read_or_create(&path, || {
        let pair = Ed25519KeyPair::generate().map_err(|_| io::Error::other("no randomness"))?;
        let document = pair.to_pkcs8().map_err(|_| io::Error::other("the key cannot be written"))?;
        Ok(document.as_ref().to_vec())
    })?;
    Ok(())
}

fn files(folder: &Path) -> io::Result<Vec<PathBuf>> {
    match fs::read_dir(folder) {
        Ok(entries) => entries.map(|entry| entry.map(|entry| entry.path())).collect(),
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(Vec::new()),
        Err(error) => Err(error),
    }
}

fn read_keys(folder: &Path) -> io::Result<Vec<SigningKey>> {
    let mut keys = Vec::new();
    for path in files(folder)? {
        let name = path.file_name().and_then(|name| name.to_str()).unwrap_or_default();
        let Some(millis) = name.strip_prefix(PREFIX).and_then(|rest| rest.strip_suffix(SUFFIX)) else { continue };
        let created = millis.parse().ok().and_then(DateTime::from_timestamp_millis);
        let created = created.ok_or_else(|| io::Error::other(format!("{name}: no time in the name")))?;
        let made = DateTime::<Utc>::from(fs::metadata(&path)?.modified()?);
        let key = SigningKey::from_pkcs8(&fs::read(&path)?, created, made)
            .map_err(|error| io::Error::new(error.kind(), format!("{name}: {error}")))?;
        keys.push(key);
    }
    Ok(keys)
}

/// `*.pub`: one JWK each, of a part of the stack that signs something else than tokens (certificates of entities).
fn read_published(folder: &Path) -> io::Result<Vec<Value>> {
    let mut published = Vec::new();
    let mut paths = files(folder)?;
    paths.sort();
    for path in paths.iter().filter(|path| path.extension().is_some_and(|extension| extension == "pub")) {
        match serde_json::from_slice::<Value>(&fs::read(path)?) {
            Ok(jwk) if jwk.get("d").is_none() && jwk.get("kid").is_some() => published.push(jwk),
            Ok(_) => tracing::warn!(path = %path.display(), "a published key must be a public JWK with a kid"),
            Err(error) => tracing::warn!(path = %path.display(), %error, "a published key cannot be read"),
        }
    }
    Ok(published)
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::os::unix::fs::PermissionsExt;

    fn at(minute: i64) -> DateTime<Utc> {
        DateTime::from_timestamp(1_800_000_000, 0).unwrap() + TimeDelta::minutes(minute)
    }

    const LIFE: TimeDelta = TimeDelta::minutes(15);

    fn load(folder: &Path, minute: i64) -> KeyRing {
        KeyRing::load(folder, at(minute), LIFE).unwrap()
    }

    fn kids(ring: &KeyRing) -> Vec<String> {
        ring.keys.iter().map(|key| key.kid.clone()).collect()
    }

    #[test]
    fn the_first_start_makes_one_key_for_its_owner_alone_and_the_next_finds_it() {
        let folder = tempfile::tempdir().unwrap();
        let keys = folder.path().join("keys");
        let first = load(&keys, 0);
        assert_eq!(kids(&first), kids(&load(&keys, 1)));
        assert_eq!(first.signing(at(0)).unwrap().kid, kids(&first)[0]);
        for file in files(&keys).unwrap() {
            assert_eq!(fs::metadata(&file).unwrap().permissions().mode() & 0o777, 0o600);
        }
        assert_eq!(fs::metadata(&keys).unwrap().permissions().mode() & 0o777, 0o700);
    }

    #[test]
    fn a_new_key_is_published_before_it_signs_and_the_old_one_until_its_tokens_expired() {
        let folder = tempfile::tempdir().unwrap();
        let old = load(folder.path(), 0).signing(at(0)).unwrap().kid.clone();
        create(folder.path(), at(10)).unwrap();
        let ring = load(folder.path(), 10);
        assert_eq!(ring.jwks()["keys"].as_array().unwrap().len(), 2);
        assert_eq!(ring.signing(at(10)).unwrap().kid, old);
        let new = ring.signing(at(11)).unwrap().kid.clone();
        assert_ne!(new, old);
        assert!(load(folder.path(), 25).find(&old).is_some());
        let later = load(folder.path(), 26);
        assert!(later.find(&old).is_none());
        assert_eq!(later.signing(at(26)).unwrap().kid, new);
    }

    #[test]
    fn public_keys_of_others_are_listed_and_private_ones_never() {
        let folder = tempfile::tempdir().unwrap();
        fs::write(folder.path().join("badge.pub"), r#"{"kty":"OKP","crv":"Ed25519","x":"AA","kid":"badge"}"#).unwrap();
        fs::write(folder.path().join("bad.pub"), r#"{"kty":"OKP","crv":"Ed25519","x":"AA","d":"BB","kid":"p"}"#)
            .unwrap();
        let text = load(folder.path(), 0).jwks().to_string();
        assert!(text.contains("\"badge\"") && !text.contains("\"d\""), "{text}");
    }

    #[test]
    fn a_broken_key_file_is_named_at_start() {
        let folder = tempfile::tempdir().unwrap();
        fs::write(folder.path().join("identity-0000000000001.pk8"), b"nonsense").unwrap();
        let error = KeyRing::load(folder.path(), at(0), LIFE).err().unwrap();
        assert!(error.to_string().contains("identity-0000000000001.pk8"), "{error}");
    }
}
