//! Carries events to the subscribers: a POST to the call-back as it was registered, to configured hosts only.

use std::time::Duration;

use futures_util::future::BoxFuture;
use reqwest::Method;
use serde::Deserialize;
use serde_json::Value;
use shared_model::server::database::Database;
use shared_model::server::outbound::{OutboundCaller, send};
use shared_model::server::outbox::{Delivery, Message};
use url::{Host, Url};

use crate::service_order::hub::repo;
use crate::settings::{HubSettings, Settings};

/// Messages of the outbox that are events for subscribers.
pub const KIND: &str = "hub.event";
pub const DESTINATION: &str = "hub";

/// The way to subscribers.
pub struct Courier {
    db: Database,
    http: OutboundCaller,
    hosts: Vec<String>,
}

#[derive(Deserialize)]
struct Payload {
    subscription: String,
    event: Value,
}

impl Courier {
    pub fn new(db: Database, settings: &Settings) -> Result<Self, reqwest::Error> {
        let HubSettings { callback_hosts, timeout_seconds } = &settings.hub;
        let timeout = Duration::from_secs_f64(timeout_seconds.clamp(0.1, 60.0));
        let http = OutboundCaller::new(&settings.outbound.private_hosts, timeout)?;
        Ok(Self { db, http, hosts: callback_hosts.clone() })
    }

    pub fn deliver<'a>(&'a self, message: &'a Message) -> BoxFuture<'a, Delivery> {
        Box::pin(async move {
            match self.post(message).await {
                Ok(()) => Delivery::Delivered(Value::Null),
                Err(delivery) => delivery,
            }
        })
    }

    async fn post(&self, message: &Message) -> Result<(), Delivery> {
        let refused = |code: &str, detail: &str| Delivery::Refused { code: code.to_owned(), detail: detail.to_owned() };
        let Payload { subscription, event } = serde_json::from_value(message.payload.clone())
            .map_err(|error| refused("hub.malformed", &error.to_string()))?;
        let found = self.db.read(move |conn| repo::find(conn, &subscription)).await;
        let subscription = found
            .map_err(|error| Delivery::Failed(error.to_string()))?
            .ok_or_else(|| refused("hub.unregistered", "the subscription has ended"))?;
        if !may_be_called(&subscription.callback, &self.hosts) {
            return Err(refused("hub.callback_refused", "the host is not configured any more"));
        }
        let request = self
            .http
            .request(Method::POST, &subscription.callback)
            .map_err(|why| refused("hub.callback_refused", &why.to_string()))?
            .header("idempotency-key", &message.idempotency_key)
            .json(&event);
        let reply = send(request).await.map_err(Delivery::Failed)?;
        match reply.status {
            200..300 => Ok(()),
            408 | 429 | 500.. => Err(Delivery::Failed(reply.summary())),
            _ => Err(refused("hub.refused", &reply.summary())),
        }
    }
}

/// Whether a call-back lies at a configured host: `host`, or `host:port` for that port only.
pub fn may_be_called(callback: &str, hosts: &[String]) -> bool {
    let Ok(url) = Url::parse(callback) else { return false };
    let host = match url.host() {
        Some(Host::Domain(name)) => name.to_ascii_lowercase(),
        Some(Host::Ipv4(address)) => address.to_string(),
        Some(Host::Ipv6(address)) => format!("[{address}]"),
        None => return false,
    };
    let with_port = url.port_or_known_default().map(|port| format!("{host}:{port}"));
    hosts
        .iter()
        .map(|allowed| allowed.trim().to_ascii_lowercase())
        .any(|allowed| allowed == host || with_port.as_ref() == Some(&allowed) || format!("[{allowed}]") == host)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_configured_hosts_are_called() {
        let hosts = ["crm.example.cn", "127.0.0.1:9000", "2001:db8::1"].map(str::to_owned);
        for good in [
            "https://crm.example.cn/hook",
            "http://CRM.example.cn:81/",
            "http://127.0.0.1:9000/x",
            "http://[2001:db8::1]/",
        ] {
            assert!(may_be_called(good, &hosts), "{good}");
        }
        for bad in
            ["http://127.0.0.1:9001/", "http://127.0.0.1/", "https://crm.example.cn.evil.cn/", "x", "file:///etc"]
        {
            assert!(!may_be_called(bad, &hosts), "{bad}");
        }
    }
}
