//! Access tokens: signed here, or by an external issuer; either way checked once per request, by the algorithms
//! configured and by nothing that the token says of itself.

use std::path::PathBuf;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, RwLock};

use chrono::{DateTime, TimeDelta, Utc};
use jsonwebtoken::{Algorithm, Header, Validation, decode, decode_header, encode};
use serde_json::Value;
use shared_model::claims::{ReceivedClaims, USER_AUDIENCE, UserClaims};
use shared_model::server::token::TokenError;

use super::account::AccountRow;
use super::keys::{self, KeyRing};

/// Signs and checks the stack's own tokens.
pub struct Issuer {
    name: String,
    folder: PathBuf,
    life: TimeDelta,
    ring: RwLock<Arc<KeyRing>>,
    /// Moves on when the keys change: what was verified before is asked again.
    generation: Arc<AtomicU64>,
}

impl Issuer {
    /// Loads the keys, or makes the first. `life` is how long a token lasts.
    pub fn load(
        name: &str,
        folder: PathBuf,
        life: TimeDelta,
        generation: Arc<AtomicU64>,
        now: DateTime<Utc>,
    ) -> std::io::Result<Self> {
        let ring = RwLock::new(Arc::new(KeyRing::load(&folder, now, life)?));
        Ok(Self { name: name.to_owned(), folder, life, ring, generation })
    }

    /// Moves on when the keys change.
    pub fn generation(&self) -> Arc<AtomicU64> {
        self.generation.clone()
    }

    /// How long a token lasts, in seconds.
    pub fn expires_in(&self) -> i64 {
        self.life.num_seconds()
    }

    /// A token that says who the account is.
    pub fn sign(&self, account: &AccountRow, now: DateTime<Utc>) -> Result<String, TokenError> {
        let invalid = |error: jsonwebtoken::errors::Error| TokenError::Invalid(error.to_string());
        let ring = self.ring();
        let key = ring.signing(now).ok_or_else(|| TokenError::KeysUnavailable("no signing key".to_owned()))?;
        let mut header = Header::new(Algorithm::EdDSA);
        header.kid = Some(key.kid.clone());
        let public = account.public();
        let claims = UserClaims {
            iss: self.name.clone(),
            aud: USER_AUDIENCE.to_owned(),
            sub: public.id,
            exp: (now + self.life).timestamp(),
            iat: now.timestamp(),
            jti: uuid::Uuid::now_v7().to_string(),
            name: public.name,
            mobile: public.mobile,
            email: public.email,
            company: public.company,
            province: public.province,
            roles: public.roles,
        };
        encode(&header, &claims, &key.encoding).map_err(invalid)
    }

    /// The claims of a valid token.
    pub fn verify(&self, token: &str, now: DateTime<Utc>) -> Result<UserClaims, TokenError> {
        let invalid = |error: jsonwebtoken::errors::Error| TokenError::Invalid(error.to_string());
        let header = decode_header(token).map_err(invalid)?;
        if header.alg != Algorithm::EdDSA {
            return Err(TokenError::Invalid(format!("algorithm {:?}", header.alg)));
        }
        let ring = self.ring();
        let kid = header.kid.unwrap_or_default();
        let key = ring.find(&kid).ok_or_else(|| TokenError::Invalid("unknown kid".to_owned()))?;
        let mut validation = Validation::new(Algorithm::EdDSA);
        // Expiry is checked below, by the clock that also signs.
        validation.validate_exp = false;
        validation.set_audience(&[USER_AUDIENCE]);
        validation.set_issuer(&[&self.name]);
        validation.set_required_spec_claims(&["exp", "aud", "iss", "sub"]);
        let received = decode::<ReceivedClaims>(token, &key.decoding, &validation).map_err(invalid)?.claims;
        if !received.has_begun(now.timestamp()) {
            return Err(TokenError::Invalid("not valid yet".to_owned()));
        }
        let claims = received.claims;
        if claims.exp <= now.timestamp() {
            return Err(TokenError::Invalid("expired".to_owned()));
        }
        Ok(claims)
    }

    /// The public keys.
    pub fn jwks(&self) -> Value {
        self.ring().jwks()
    }

    /// Takes up keys that another replica made, and lets those go whose tokens have all expired.
    pub fn reload(&self, now: DateTime<Utc>) -> std::io::Result<()> {
        let fresh = KeyRing::load(&self.folder, now, self.life)?;
        if fresh.same_as(&self.ring()) {
            return Ok(());
        }
        match self.ring.write() {
            Ok(mut ring) => *ring = Arc::new(fresh),
            Err(poisoned) => *poisoned.into_inner() = Arc::new(fresh),
        }
        self.generation.fetch_add(1, Ordering::SeqCst);
        Ok(())
    }

    /// Makes a further key, which takes over shortly.
    pub fn rotate(&self, now: DateTime<Utc>) -> std::io::Result<()> {
        keys::create(&self.folder, now)?;
        self.reload(now)
    }

    /// Makes a further key when the newest is older than `age`.
    pub fn rotate_if_older(&self, age: TimeDelta, now: DateTime<Utc>) -> std::io::Result<()> {
        let newest = self.ring().newest();
        let due = newest.is_some_and(|made| made + age <= now);
        if due { self.rotate(now) } else { self.reload(now) }
    }

    fn ring(&self) -> Arc<KeyRing> {
        match self.ring.read() {
            Ok(ring) => ring.clone(),
            Err(poisoned) => poisoned.into_inner().clone(),
        }
    }
}
