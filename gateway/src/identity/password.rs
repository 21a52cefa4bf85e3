//! Passwords: what is strong enough (pure), and argon2id hashes made and checked off the async threads.

use std::sync::Arc;

use argon2::password_hash::phc::PasswordHash;
use argon2::{Algorithm, Argon2, Params, PasswordHasher, PasswordVerifier, Version};
use secrecy::{ExposeSecret, SecretString};
use shared_model::text::Text;
use tokio::sync::Semaphore;

/// A longer password is refused rather than hashed: nobody types it, and hashing it costs.
const LONGEST: usize = 128;

/// Every rule that a new password breaks, in both languages; empty when it is strong enough.
///
/// source: identity contract, `POST /auth/password`: at least 8 characters, three of four classes, not the user name.
pub fn weaknesses(password: &str, username: &str) -> Vec<Text> {
    let mut found = Vec::new();
    let length = password.chars().count();
    if length < 8 {
        found.push(Text::fixed("至少 8 个字符", "at least 8 characters"));
    }
    if length > LONGEST {
        found.push(Text::fixed("最多 128 个字符", "at most 128 characters"));
    }
    if classes(password) < 3 {
        found.push(Text::fixed(
            "须含大写字母、小写字母、数字、符号中的三类",
            "three of upper case, lower case, digits and symbols",
        ));
    }
    if password.trim().to_lowercase() == username.trim().to_lowercase() {
        found.push(Text::fixed("不能与用户名相同", "not the user name"));
    }
    found
}

/// How many of the four classes occur. A letter of a script without case counts as a symbol.
fn classes(password: &str) -> usize {
    let has = |class: fn(char) -> bool| usize::from(password.chars().any(class));
    has(char::is_uppercase)
        + has(char::is_lowercase)
        + has(|c| c.is_ascii_digit())
        + has(|c| !c.is_uppercase() && !c.is_lowercase() && !c.is_ascii_digit())
}

/// A one-time password that meets the rules: 96 random bits.
pub fn one_time() -> String {
    let random: u128 = rand::random();
    let hex = format!("{random:032x}");
    format!("Fd-{}-{}", &hex[..8], &hex[8..24])
}

/// Why no hash could be made or checked.
#[derive(Debug, thiserror::Error)]
pub enum HashError {
    #[error("argon2: {0}")]
    Argon2(String),
    #[error("the hashing thread ended early")]
    Ended,
}

/// Makes and checks hashes: a bounded number at once, each on a blocking thread, so that a burst of log-ins
/// neither stalls the edge nor takes all memory (one hash needs 19 MiB).
#[derive(Clone)]
pub struct Hasher {
    argon2: Argon2<'static>,
    turns: Arc<Semaphore>,
    /// Checked when there is no such user, so that the answer takes the same time.
    nobody: Arc<str>,
}

impl Hasher {
    /// `at_once` hashes run side by side. Parameters after RFC 9106 as OWASP recommends: 19 MiB, two passes, one lane.
    pub fn new(at_once: usize) -> Result<Self, HashError> {
        let params = Params::new(19_456, 2, 1, None).map_err(|error| HashError::Argon2(error.to_string()))?;
        let argon2 = Argon2::new(Algorithm::Argon2id, Version::V0x13, params);
        let nobody = hash_now(&argon2, &one_time())?;
        Ok(Self { argon2, turns: Arc::new(Semaphore::new(at_once.max(1))), nobody: nobody.into() })
    }

    /// The PHC string of a password, with a salt of its own.
    pub async fn hash(&self, password: SecretString) -> Result<String, HashError> {
        let argon2 = self.argon2.clone();
        self.in_turn(move || hash_now(&argon2, password.expose_secret())).await
    }

    /// The same without async threads: for laying accounts before anything is served.
    pub fn hash_blocking(&self, password: &SecretString) -> Result<String, HashError> {
        hash_now(&self.argon2, password.expose_secret())
    }

    /// Whether the password is the hash's. Without a hash the answer is no, after the same work.
    pub async fn verify(&self, password: SecretString, hash: Option<String>) -> Result<bool, HashError> {
        let argon2 = self.argon2.clone();
        let exists = hash.is_some();
        let hash = hash.unwrap_or_else(|| self.nobody.to_string());
        self.in_turn(move || {
            let parsed = PasswordHash::new(&hash).map_err(|error| HashError::Argon2(error.to_string()))?;
            Ok(argon2.verify_password(password.expose_secret().as_bytes(), &parsed).is_ok() && exists)
        })
        .await
    }

    async fn in_turn<T: Send + 'static>(
        &self,
        work: impl FnOnce() -> Result<T, HashError> + Send + 'static,
    ) -> Result<T, HashError> {
        let turn = self.turns.clone().acquire_owned().await.map_err(|_| HashError::Ended)?;
        let done = tokio::task::spawn_blocking(move || {
            // The turn ends with the work, not with the caller, who may have gone.
            let _turn = turn;
            work()
        });
        done.await.map_err(|_| HashError::Ended)?
    }
}

fn hash_now(argon2: &Argon2<'_>, password: &str) -> Result<String, HashError> {
    let hash: PasswordHash =
        argon2.hash_password(password.as_bytes()).map_err(|error| HashError::Argon2(error.to_string()))?;
    Ok(hash.to_string())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_weak_password_is_told_every_rule_it_breaks() {
        assert_eq!(weaknesses("Front-Desk-2026", "operator").len(), 0);
        assert_eq!(weaknesses("abc12!", "x").len(), 1);
        assert_eq!(weaknesses("abcdefgh", "x").len(), 1);
        assert_eq!(weaknesses("abcdefgh1", "x").len(), 1);
        assert_eq!(weaknesses("abcdefg1!", "x").len(), 0);
        assert_eq!(weaknesses("Ec.Manager1", "ec.manager1").len(), 1);
        assert_eq!(weaknesses("", "x").len(), 2);
        assert_eq!(weaknesses("密码很长很安全A1", "x").len(), 0);
        assert_eq!(weaknesses(&"aB3".repeat(50), "x").len(), 1);
    }

    #[test]
    fn a_one_time_password_meets_the_rules_and_is_never_the_same() {
        let (one, other) = (one_time(), one_time());
        assert_ne!(one, other);
        assert!(weaknesses(&one, "platform.admin").is_empty(), "{one}");
    }

    #[tokio::test]
    async fn a_hash_knows_its_password_and_no_other_and_nobody_has_none() {
        let hasher = Hasher::new(2).unwrap();
        let hash = hasher.hash("Front-Desk-2026".into()).await.unwrap();
        assert!(hash.starts_with("$argon2id$v=19$m=19456,t=2,p=1$"), "{hash}");
        assert!(hasher.verify("Front-Desk-2026".into(), Some(hash.clone())).await.unwrap());
        assert!(!hasher.verify("front-desk-2026".into(), Some(hash.clone())).await.unwrap());
        assert!(!hasher.verify("Front-Desk-2026".into(), None).await.unwrap());
        assert_ne!(hasher.hash("Front-Desk-2026".into()).await.unwrap(), hash);
    }
}
