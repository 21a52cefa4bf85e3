//! An engine that is told of tasks by signed messages after the Standard Webhooks specification, and that reports by
//! the call-backs.
//!
//! source: Standard Webhooks, "Payload structure", "Webhook headers", "Retries"; <https://www.standardwebhooks.com>

use chrono::{DateTime, Utc};
use futures_util::future::BoxFuture;
use reqwest::Method;
use serde::Serialize;
use serde_json::{Value, json};

use shared_model::server::outbound::{self, OutboundClient, Reply};
use shared_model::server::outbox::Delivery;
use shared_model::server::settings::SettingsError;

use super::{Driver, Handing, Handover, Notice, Withdrawal};
use crate::callback::keyring::Keyring;
use crate::callback::signature;
use crate::settings::{Settings, seconds};

/// Kept with the tasks it runs.
pub const NAME: &str = "webhook";

/// The engine behind `webhook.url`.
pub struct Webhook {
    client: OutboundClient,
    /// Every secret signs, so that the receiver may change from one to the next in its own time.
    keyring: Keyring,
}

impl Webhook {
    /// Signs with its own secrets, or with those of the call-backs while it has none.
    pub fn new(settings: &Settings, callbacks: &Keyring) -> Result<Self, SettingsError> {
        let webhook = &settings.webhook;
        let timeout = seconds(webhook.timeout_seconds);
        let client = OutboundClient::new(&webhook.url, &settings.outbound.private_hosts, timeout)
            .map_err(|error| SettingsError::Unusable(format!("webhook.url {error}")))?;
        let own = Keyring::new(&webhook.secrets, webhook.secrets_file.clone())
            .map_err(|error| SettingsError::Unusable(format!("webhook.secrets: {error}")))?;
        Ok(Self { client, keyring: own.or_else(callbacks.clone()) })
    }

    /// `id` is the same in every repetition: the receiver acts on it once.
    async fn post(&self, id: &str, kind: &str, at: DateTime<Utc>, data: &impl Serialize) -> Delivery {
        let body = json!({ "type": kind, "timestamp": at, "data": data }).to_string();
        let secrets = self.keyring.secrets().await;
        if secrets.is_empty() {
            return Delivery::Failed("there is no secret to sign with".to_owned());
        }
        let now = Utc::now().timestamp();
        let signatures: Vec<_> =
            secrets.iter().map(|secret| signature::sign(secret, id, now, body.as_bytes())).collect();
        let request = self
            .client
            .request(Method::POST, "")
            .header("content-type", "application/json")
            .header("webhook-id", id)
            .header("webhook-timestamp", now)
            .header("webhook-signature", signatures.join(" "))
            .body(body);
        match outbound::send(request).await {
            Ok(reply) => delivery_of(&reply),
            Err(why) => Delivery::Failed(format!("engine: {why}")),
        }
    }
}

/// A 4xx that speaks of the message itself is the engine's own no. Whatever speaks of the way to it (its address,
/// credentials, load) may be mended and is tried again.
fn delivery_of(reply: &Reply) -> Delivery {
    match reply.status {
        200..300 => Delivery::Delivered(serde_json::from_slice(&reply.body).unwrap_or(Value::Null)),
        400 | 409 | 413 | 415 | 422 => {
            let said: Value = serde_json::from_slice(&reply.body).unwrap_or(Value::Null);
            let text = |field: &str| said.get(field).and_then(Value::as_str).map(str::to_owned);
            Delivery::Refused {
                code: text("code").unwrap_or_else(|| format!("engine.{}", reply.status)),
                detail: text("detail").or_else(|| text("message")).unwrap_or_else(|| reply.summary()),
            }
        }
        _ => Delivery::Failed(format!("engine: {}", reply.summary())),
    }
}

impl Driver for Webhook {
    fn name(&self) -> &'static str {
        NAME
    }

    fn handing(&self) -> Handing {
        Handing::ByDelivery
    }

    fn hand_over<'a>(&'a self, handover: &'a Handover) -> BoxFuture<'a, Delivery> {
        Box::pin(self.post(handover.task_id.as_str(), "task.dispatched", handover.dispatched_at, handover))
    }

    fn tell<'a>(&'a self, notice: &'a Notice) -> BoxFuture<'a, Delivery> {
        Box::pin(self.post(&notice.event_id, "task.reassigned", notice.occurred_at, notice))
    }

    fn take_back<'a>(&'a self, withdrawal: &'a Withdrawal) -> BoxFuture<'a, Delivery> {
        Box::pin(self.post(&withdrawal.event_id, "task.recalled", withdrawal.occurred_at, withdrawal))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_engine_s_own_no_is_final_and_trouble_on_the_way_is_not() {
        let answered = |status: u16| delivery_of(&Reply { status, body: br#"{"code":"full","detail":"no"}"#.to_vec() });
        for status in [200, 202, 204] {
            assert!(matches!(answered(status), Delivery::Delivered(_)), "{status}");
        }
        for status in [400, 409, 413, 415, 422] {
            let refused = Delivery::Refused { code: "full".into(), detail: "no".into() };
            assert_eq!(answered(status), refused, "{status}");
        }
        for status in [301, 302, 401, 403, 404, 405, 408, 410, 429, 500, 502, 503, 504] {
            assert!(matches!(answered(status), Delivery::Failed(_)), "{status}");
        }
    }
}
