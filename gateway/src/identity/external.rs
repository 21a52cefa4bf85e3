//! Tokens of an external OIDC issuer: its discovery document says where its keys are, and both are followed as they
//! change, without a restart.

use std::sync::{Arc, RwLock};
use std::time::{Duration, Instant};

use serde::Deserialize;
use shared_model::claims::UserClaims;
use shared_model::server::settings::{IssuerSettings, SettingsError};
use shared_model::server::token::{TokenError, Verifier};

/// How long a discovery document is believed. The keys themselves are asked for whenever an unknown one is named.
const BELIEVED: Duration = Duration::from_secs(300);

/// An issuer elsewhere.
pub struct ExternalIssuer {
    url: String,
    algorithms: Vec<String>,
    http: reqwest::Client,
    known: RwLock<Option<Known>>,
    /// One discovery at a time.
    asking: tokio::sync::Mutex<()>,
}

#[derive(Clone)]
struct Known {
    jwks_uri: String,
    verifier: Verifier,
    at: Instant,
}

#[derive(Deserialize)]
struct Discovery {
    issuer: String,
    jwks_uri: String,
}

impl ExternalIssuer {
    /// `url` is the issuer as its tokens name it.
    pub fn new(url: &str, algorithms: Vec<String>) -> Result<Arc<Self>, SettingsError> {
        let unusable = |error: reqwest::Error| SettingsError::Unusable(format!("issuer.external: {error}"));
        let http = reqwest::Client::builder()
            .timeout(Duration::from_secs(5))
            .redirect(reqwest::redirect::Policy::none())
            .build()
            .map_err(unusable)?;
        let (known, asking) = (RwLock::default(), tokio::sync::Mutex::default());
        Ok(Arc::new(Self { url: url.to_owned(), algorithms, http, known, asking }))
    }

    /// The claims of a valid token.
    pub async fn verify(&self, token: &str) -> Result<UserClaims, TokenError> {
        self.verifier().await?.verify(token).await
    }

    /// Where the issuer's keys are, for the services' settings and for readiness.
    pub async fn jwks_uri(&self) -> Result<String, TokenError> {
        self.verifier().await?;
        self.known().map(|known| known.jwks_uri).ok_or_else(|| TokenError::KeysUnavailable("not discovered".into()))
    }

    fn known(&self) -> Option<Known> {
        match self.known.read() {
            Ok(known) => known.clone(),
            Err(poisoned) => poisoned.into_inner().clone(),
        }
    }

    async fn verifier(&self) -> Result<Verifier, TokenError> {
        if let Some(known) = self.known().filter(|known| known.at.elapsed() < BELIEVED) {
            return Ok(known.verifier);
        }
        let _one = self.asking.lock().await;
        let before = self.known();
        if let Some(known) = before.clone().filter(|known| known.at.elapsed() < BELIEVED) {
            return Ok(known.verifier);
        }
        match (self.discover(before.as_ref()).await, before) {
            (Ok(known), _) => {
                let verifier = known.verifier.clone();
                match self.known.write() {
                    Ok(mut slot) => *slot = Some(known),
                    Err(poisoned) => *poisoned.into_inner() = Some(known),
                }
                Ok(verifier)
            }
            // An issuer that is down for a while does not invalidate what it said before.
            (Err(why), Some(known)) => {
                tracing::warn!(why, "the issuer's discovery document cannot be had; going on with the last one");
                Ok(known.verifier)
            }
            (Err(why), None) => Err(TokenError::KeysUnavailable(why)),
        }
    }

    async fn discover(&self, before: Option<&Known>) -> Result<Known, String> {
        let url = format!("{}/.well-known/openid-configuration", self.url.trim_end_matches('/'));
        let answer = self.http.get(url).send().await.and_then(reqwest::Response::error_for_status);
        let document: Discovery = match answer {
            Ok(answer) => answer.json().await.map_err(|error| error.to_string())?,
            Err(error) => return Err(error.to_string()),
        };
        if document.issuer != self.url {
            return Err(format!("the document is that of another issuer, {}", document.issuer));
        }
        if let Some(known) = before.filter(|known| known.jwks_uri == document.jwks_uri) {
            return Ok(Known { at: Instant::now(), ..known.clone() });
        }
        let settings = IssuerSettings {
            name: document.issuer,
            jwks_url: document.jwks_uri.clone(),
            algorithms: self.algorithms.clone(),
        };
        let verifier = Verifier::remote(&settings).map_err(|error| error.to_string())?;
        Ok(Known { jwks_uri: document.jwks_uri, verifier, at: Instant::now() })
    }
}
