//! The issuer's public keys: fetched when first needed, fetched again when a token names a key we don't know
//! (at most every few seconds), so that a rotation is followed without a restart.

use std::collections::HashMap;
use std::sync::{Arc, RwLock};
use std::time::{Duration, Instant};

use jsonwebtoken::DecodingKey;
use jsonwebtoken::jwk::{Jwk, JwkSet};
use tokio::sync::Mutex;

/// Between two fetches asked for by unknown keys.
const PAUSE: Duration = Duration::from_secs(2);
/// After this long the keys are fetched anew: one that was withdrawn is forgotten.
const MAX_AGE: Duration = Duration::from_secs(300);

/// Key ids of public proofs: published beside the log-in keys, and never taken for one of them.
const NOT_FOR_USERS: &str = "badge-";

pub(super) type Keys = HashMap<String, Arc<DecodingKey>>;

pub(super) struct KeySource {
    url: Option<String>,
    http: reqwest::Client,
    keys: RwLock<(Arc<Keys>, Option<Instant>)>,
    last_try: Mutex<Option<Instant>>,
}

impl KeySource {
    pub(super) fn remote(url: String) -> Result<Self, reqwest::Error> {
        let http = reqwest::Client::builder()
            .timeout(Duration::from_secs(3))
            .redirect(reqwest::redirect::Policy::none())
            .build()?;
        Ok(Self { url: Some(url), http, keys: RwLock::default(), last_try: Mutex::new(None) })
    }

    pub(super) fn fixed(set: &JwkSet) -> Self {
        let keys = (Arc::new(usable(set)), Some(Instant::now()));
        Self { url: None, http: reqwest::Client::new(), keys: RwLock::new(keys), last_try: Mutex::new(None) }
    }

    /// The key of that id, if the issuer has it. `Err` when the issuer cannot be asked.
    pub(super) async fn find(&self, kid: &str) -> Result<Option<Arc<DecodingKey>>, String> {
        let (keys, fetched) = self.current();
        let fresh = fetched.is_some_and(|at| at.elapsed() < MAX_AGE) || self.url.is_none();
        if fresh && let Some(key) = keys.get(kid) {
            return Ok(Some(key.clone()));
        }
        let refreshed = self.refresh().await;
        let (keys, fetched) = self.current();
        match (keys.get(kid), refreshed, fetched) {
            (Some(key), ..) => Ok(Some(key.clone())),
            (None, Err(why), None) => Err(why),
            (None, ..) => Ok(None),
        }
    }

    fn current(&self) -> (Arc<Keys>, Option<Instant>) {
        match self.keys.read() {
            Ok(keys) => keys.clone(),
            Err(poisoned) => poisoned.into_inner().clone(),
        }
    }

    async fn refresh(&self) -> Result<(), String> {
        let Some(url) = &self.url else { return Ok(()) };
        let mut last_try = self.last_try.lock().await;
        let never_fetched = self.current().1.is_none();
        if !never_fetched && last_try.is_some_and(|at| at.elapsed() < PAUSE) {
            return Ok(());
        }
        *last_try = Some(Instant::now());
        let answer = self.http.get(url).send().await.and_then(reqwest::Response::error_for_status);
        let set: JwkSet = match answer {
            Ok(answer) => answer.json().await.map_err(|error| error.to_string())?,
            Err(error) => return Err(error.to_string()),
        };
        let fetched = (Arc::new(usable(&set)), Some(Instant::now()));
        match self.keys.write() {
            Ok(mut keys) => *keys = fetched,
            Err(poisoned) => *poisoned.into_inner() = fetched,
        }
        Ok(())
    }
}

fn usable(set: &JwkSet) -> Keys {
    let key = |jwk: &Jwk| {
        let kid = jwk.common.key_id.clone().filter(|kid| !kid.starts_with(NOT_FOR_USERS))?;
        let key = DecodingKey::from_jwk(jwk)
            .inspect_err(|error| tracing::warn!(%error, kid, "a key of the issuer is of no use to us"))
            .ok()?;
        Some((kid, Arc::new(key)))
    };
    set.keys.iter().filter_map(key).collect()
}
