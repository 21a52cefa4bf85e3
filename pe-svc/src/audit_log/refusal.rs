//! Refusals of permission, written down as they happen. source: public entity rule 12.

use shared_model::access::Endpoint;
use shared_model::claims::UserClaims;
use shared_model::permission::Permission;
use shared_model::server::clock::Clock;
use shared_model::server::database::Database;
use shared_model::server::http::OnForbidden;

use super::{Action, Entry, append};
use crate::error::ServiceError;

/// Writes a line for every refusal, beside the answer: whoever is refused does not wait for it.
pub fn recorder(db: Database, clock: Clock) -> OnForbidden {
    std::sync::Arc::new(move |claims, endpoint, missing| {
        let (db, now, entry) = (db.clone(), clock.now(), refusal(claims, endpoint, missing));
        tokio::spawn(async move {
            let written = db.write(move |conn| append(conn, &entry, now).map_err(ServiceError::from)).await;
            if let Err(error) = written {
                tracing::error!(%error, "a refusal is missing from the audit log");
            }
        });
    })
}

fn refusal(claims: &UserClaims, endpoint: &Endpoint, missing: Permission) -> Entry {
    Entry {
        actor_id: claims.sub.0.clone(),
        actor_name: claims.name.clone(),
        action: Action::Refused,
        resource: resource_of(endpoint.path),
        record_id: None,
        before: None,
        after: Some(serde_json::json!({
            "method": endpoint.method.name(),
            "path": endpoint.path,
            "permission": missing.code(),
        })),
    }
}

/// The segment after `/pe/`.
fn resource_of(path: &'static str) -> &'static str {
    path.strip_prefix("/pe/").and_then(|rest| rest.split('/').next()).unwrap_or("pe")
}
