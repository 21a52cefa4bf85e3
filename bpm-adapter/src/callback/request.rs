//! A call-back as a request: believed by its signature before a byte of it is understood.

use std::future::Future;
use std::pin::Pin;

use actix_web::dev::Payload;
use actix_web::web::{Bytes, BytesMut};
use actix_web::{FromRequest, HttpRequest};
use futures_util::StreamExt;
use serde::Serialize;
use utoipa::ToSchema;

use shared_model::problem::{Problem, codes};
use shared_model::server::body;

use super::keyring::Keyring;
use super::signature::{self, Received};
use crate::app::Parts;

/// The largest call-back, in bytes: a few texts.
const LIMIT: usize = 256 * 1024;

/// The untouched body with its three headers.
#[derive(Clone, Debug)]
pub struct Callback {
    pub webhook_id: String,
    timestamp: String,
    signatures: String,
    pub body: Bytes,
}

/// 回调结果。
#[derive(Clone, Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct CallbackAnswer {
    pub event_id: String,
    /// `delivered`（已生效）或 `pending`（已受理，稍后生效）。
    pub outcome: String,
}

impl FromRequest for Callback {
    type Error = Problem;
    type Future = Pin<Box<dyn Future<Output = Result<Self, Problem>>>>;

    fn from_request(request: &HttpRequest, payload: &mut Payload) -> Self::Future {
        let header = |name: &str| {
            request.headers().get(name).and_then(|value| value.to_str().ok()).unwrap_or_default().to_owned()
        };
        let (webhook_id, timestamp, signatures) =
            (header("webhook-id"), header("webhook-timestamp"), header("webhook-signature"));
        let mut payload = payload.take();
        Box::pin(async move {
            let mut body = BytesMut::new();
            while let Some(chunk) = payload.next().await {
                let chunk = chunk.map_err(|_| Problem::new(&codes::REQUEST_MALFORMED))?;
                if body.len() + chunk.len() > LIMIT {
                    return Err(body::too_large(LIMIT));
                }
                body.extend_from_slice(&chunk);
            }
            Ok(Self { webhook_id, timestamp, signatures, body: body.freeze() })
        })
    }
}

impl Callback {
    /// 401 unless a secret of the ring made one of the signatures. Why not is for the log alone.
    pub async fn check(&self, keyring: &Keyring, parts: &Parts) -> Result<(), Problem> {
        let received = Received {
            id: &self.webhook_id,
            timestamp: &self.timestamp,
            signatures: &self.signatures,
            body: &self.body,
        };
        signature::verify(&keyring.secrets().await, received, parts.clock.now()).map_err(|fault| {
            tracing::warn!(%fault, "a call-back was refused");
            Problem::new(&codes::CALLBACK_SIGNATURE_INVALID)
        })
    }
}
