//! What the edge knows, all workers together and each for itself.

use std::cell::RefCell;
use std::net::IpAddr;
use std::sync::Arc;

use chrono::{DateTime, Utc};
use shared_model::claims::UserClaims;
use shared_model::permission::RolePermissions;
use shared_model::server::clock::Clock;
use shared_model::server::token::TokenError;
use tokio::sync::watch;

use super::hop::{Hop, PooledHop};
use super::limits::Limits;
use super::token_cache::TokenCache;
use super::upstream::Upstreams;
use crate::identity::external::ExternalIssuer;
use crate::identity::standing::Standing;
use crate::identity::token::Issuer;
use crate::settings::TimeoutSettings;

/// Whose tokens are believed.
#[derive(Clone)]
pub enum TokenSource {
    Embedded(Arc<Issuer>),
    External(Arc<ExternalIssuer>),
}

impl TokenSource {
    async fn verify(&self, token: &str, now: DateTime<Utc>) -> Result<UserClaims, TokenError> {
        match self {
            Self::Embedded(issuer) => issuer.verify(token, now),
            Self::External(issuer) => issuer.verify(token).await,
        }
    }
}

/// The edge of one gateway, the same for all its workers.
pub struct Shared {
    pub upstreams: Upstreams,
    pub limits: Limits,
    pub tokens: TokenSource,
    pub standing: Standing,
    pub permissions: Arc<RolePermissions>,
    pub clock: Clock,
    pub timeouts: TimeoutSettings,
    /// The largest request head, the largest body, and the largest upload, in bytes.
    pub header_bytes: usize,
    pub body_bytes: u64,
    pub upload_bytes: u64,
    pub cached_tokens: usize,
    pub proxies: Vec<IpAddr>,
    pub cors_origins: Vec<String>,
    /// True once the gateway is asked to stop.
    pub stopping: watch::Sender<bool>,
}

/// One thread that serves.
pub struct Worker {
    pub shared: Arc<Shared>,
    pub hop: Box<dyn Hop>,
    verified: RefCell<TokenCache<Arc<UserClaims>>>,
}

impl Worker {
    pub fn new(shared: Arc<Shared>) -> Self {
        let hop = Box::new(PooledHop::new(&shared.timeouts));
        let verified = RefCell::new(TokenCache::new(shared.cached_tokens));
        Self { shared, hop, verified }
    }

    /// The claims of a token that was verified lately.
    pub fn remembered(&self, token: &str) -> Option<Arc<UserClaims>> {
        let now = self.shared.clock.now().timestamp();
        self.verified.borrow_mut().get(token, now, self.shared.standing.generation())
    }

    /// The claims of a valid token of an account that is not disabled.
    pub async fn verify(&self, token: &str) -> Result<Arc<UserClaims>, TokenError> {
        let now = self.shared.clock.now();
        // Read before anything is checked: a change in between makes the finding stale, not fresh.
        let generation = self.shared.standing.generation();
        let claims = Arc::new(self.shared.tokens.verify(token, now).await?);
        if self.shared.standing.current().disabled.contains(&claims.sub) {
            return Err(TokenError::Invalid("the account is disabled".to_owned()));
        }
        self.verified.borrow_mut().put(token, claims.clone(), claims.exp, now.timestamp(), generation);
        Ok(claims)
    }
}
