//! Service tokens: HS256 under the stack's internal key, a minute long, for one called service.

use std::sync::Arc;

use jsonwebtoken::{Algorithm, DecodingKey, EncodingKey, Header, Validation, decode, encode};
use secrecy::ExposeSecret;

use super::TokenError;
use crate::claims::ServiceClaims;
use crate::local_time;
use crate::server::secrets;
use crate::server::settings::{InternalSettings, SettingsError};

/// Seconds a service token lives.
const LIFETIME: i64 = 60;
/// Characters a key has at least.
const KEY_LENGTH: usize = 32;

/// A service of the stack, as `iss` and `aud` of service tokens name it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum ServiceName {
    Gateway,
    WorkorderSvc,
    PeSvc,
    BpmAdapter,
}

impl ServiceName {
    pub const fn code(self) -> &'static str {
        match self {
            Self::Gateway => "gateway",
            Self::WorkorderSvc => "workorder-svc",
            Self::PeSvc => "pe-svc",
            Self::BpmAdapter => "bpm-adapter",
        }
    }
}

/// Mints and verifies service tokens. Cheap to clone.
#[derive(Clone)]
pub struct ServiceKeys(Arc<(EncodingKey, DecodingKey)>);

impl ServiceKeys {
    /// The configured key, or that of the key file, which is made when missing.
    pub fn load(settings: &InternalSettings) -> Result<Self, SettingsError> {
        let configured = settings.key.expose_secret();
        if !configured.is_empty() {
            return Self::from_secret(configured);
        }
        let file = &settings.key_file;
        let key = secrets::read_or_create(file, || Ok(secrets::random_text()?.into_bytes()))
            .map_err(|error| SettingsError::Unusable(format!("internal.key_file {}: {error}", file.display())))?;
        Self::from_secret(String::from_utf8_lossy(&key).trim())
    }

    pub fn from_secret(secret: &str) -> Result<Self, SettingsError> {
        if secret.len() < KEY_LENGTH {
            return Err(SettingsError::Unusable(format!("internal.key: at least {KEY_LENGTH} characters")));
        }
        let bytes = secret.as_bytes();
        Ok(Self(Arc::new((EncodingKey::from_secret(bytes), DecodingKey::from_secret(bytes)))))
    }

    /// A token with which `from` calls `to`.
    pub fn mint(&self, from: ServiceName, to: ServiceName) -> Result<String, TokenError> {
        let now = local_time::now().timestamp();
        let claims =
            ServiceClaims { iss: from.code().to_owned(), aud: to.code().to_owned(), iat: now, exp: now + LIFETIME };
        encode(&Header::new(Algorithm::HS256), &claims, &self.0.0)
            .map_err(|error| TokenError::Invalid(error.to_string()))
    }

    /// The claims of a token that calls `me`.
    pub fn verify(&self, token: &str, me: ServiceName) -> Result<ServiceClaims, TokenError> {
        let mut validation = Validation::new(Algorithm::HS256);
        validation.leeway = 5;
        validation.set_audience(&[me.code()]);
        validation.set_required_spec_claims(&["exp", "aud", "iss"]);
        decode::<ServiceClaims>(token, &self.0.1, &validation)
            .map(|data| data.claims)
            .map_err(|error| TokenError::Invalid(error.to_string()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_service_token_opens_the_called_service_alone() {
        let keys = ServiceKeys::from_secret("0123456789abcdef0123456789abcdef").unwrap();
        let token = keys.mint(ServiceName::WorkorderSvc, ServiceName::BpmAdapter).unwrap();
        assert_eq!(keys.verify(&token, ServiceName::BpmAdapter).unwrap().iss, "workorder-svc");
        assert!(keys.verify(&token, ServiceName::PeSvc).is_err());
        let other = ServiceKeys::from_secret("another-key-another-key-another-key").unwrap();
        assert!(other.verify(&token, ServiceName::BpmAdapter).is_err());
    }

    #[test]
    fn a_short_key_is_refused() {
        assert!(ServiceKeys::from_secret("short").is_err());
    }
}
