//! Verifies a user token: signature by the issuer's key, algorithm pinned by configuration, audience, issuer, expiry.

use std::str::FromStr;
use std::sync::Arc;

use chrono::Utc;
use jsonwebtoken::jwk::JwkSet;
use jsonwebtoken::{Algorithm, Validation, decode, decode_header};

use super::jwks::KeySource;
use crate::claims::{ReceivedClaims, USER_AUDIENCE, UserClaims};
use crate::server::settings::{IssuerSettings, SettingsError};

/// Why a token is not believed.
#[derive(Debug, thiserror::Error)]
pub enum TokenError {
    #[error("the token is not valid: {0}")]
    Invalid(String),
    /// Not the caller's fault: 503.
    #[error("the issuer's keys cannot be had: {0}")]
    KeysUnavailable(String),
}

/// Verifies user tokens. Cheap to clone.
#[derive(Clone)]
pub struct Verifier(Arc<Inner>);

struct Inner {
    issuer: String,
    algorithms: Vec<Algorithm>,
    keys: KeySource,
}

impl Verifier {
    /// By the keys the issuer publishes.
    pub fn remote(issuer: &IssuerSettings) -> Result<Self, SettingsError> {
        let unusable = |what: String| SettingsError::Unusable(format!("issuer: {what}"));
        let keys = KeySource::remote(issuer.jwks_url.clone()).map_err(|error| unusable(error.to_string()))?;
        Self::with(&issuer.name, &issuer.algorithms, keys)
    }

    /// By keys already at hand: the issuer itself, and tests.
    pub fn fixed(issuer: &str, algorithms: &[String], keys: &JwkSet) -> Result<Self, SettingsError> {
        Self::with(issuer, algorithms, KeySource::fixed(keys))
    }

    fn with(issuer: &str, algorithms: &[String], keys: KeySource) -> Result<Self, SettingsError> {
        let algorithms = algorithms
            .iter()
            .map(|name| match Algorithm::from_str(name) {
                Ok(Algorithm::HS256 | Algorithm::HS384 | Algorithm::HS512) | Err(_) => Err(SettingsError::Unusable(
                    format!("issuer.algorithms: `{name}` is not a public-key signature algorithm"),
                )),
                Ok(algorithm) => Ok(algorithm),
            })
            .collect::<Result<_, _>>()?;
        Ok(Self(Arc::new(Inner { issuer: issuer.to_owned(), algorithms, keys })))
    }

    /// The claims of a valid token.
    pub async fn verify(&self, token: &str) -> Result<UserClaims, TokenError> {
        let invalid = |error: jsonwebtoken::errors::Error| TokenError::Invalid(error.to_string());
        let header = decode_header(token).map_err(invalid)?;
        if !self.0.algorithms.contains(&header.alg) {
            return Err(TokenError::Invalid(format!("algorithm {:?}", header.alg)));
        }
        let kid = header.kid.ok_or_else(|| TokenError::Invalid("no kid".to_owned()))?;
        let key = self.0.keys.find(&kid).await.map_err(TokenError::KeysUnavailable)?;
        let key = key.ok_or_else(|| TokenError::Invalid("unknown kid".to_owned()))?;
        let mut validation = Validation::new(header.alg);
        validation.leeway = 0;
        validation.set_audience(&[USER_AUDIENCE]);
        validation.set_issuer(&[&self.0.issuer]);
        validation.set_required_spec_claims(&["exp", "aud", "iss", "sub"]);
        let received = decode::<ReceivedClaims>(token, &key, &validation).map_err(invalid)?.claims;
        if !received.has_begun(Utc::now().timestamp()) {
            return Err(TokenError::Invalid("not valid yet".to_owned()));
        }
        Ok(received.claims)
    }
}
