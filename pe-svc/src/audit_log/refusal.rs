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
    std::sync::Arc::new(move |claims, endpoint, path, missing| {
        let (db, now, entry) = (db.clone(), clock.now(), refusal(claims, endpoint, path, missing));
        tokio::spawn(async move {
            let written = db.write(move |conn| append(conn, &entry, now).map_err(ServiceError::from)).await;
            if let Err(error) = written {
                tracing::error!(%error, "a refusal is missing from the audit log");
            }
        });
    })
}

fn refusal(claims: &UserClaims, endpoint: &Endpoint, path: &str, missing: Permission) -> Entry {
    Entry {
        actor_id: claims.sub.0.clone(),
        actor_name: claims.name.clone(),
        action: Action::Refused,
        resource: resource_of(endpoint.path),
        record_id: record_of(endpoint.path, path),
        before: None,
        after: Some(serde_json::json!({
            "method": endpoint.method.name(),
            "path": endpoint.path,
            "permission": missing.code(),
        })),
    }
}

/// The segment after `/pe/`.
pub(super) fn resource_of(path: &'static str) -> &'static str {
    path.strip_prefix("/pe/").and_then(|rest| rest.split('/').next()).unwrap_or("pe")
}

/// The longest id that is written down, in characters.
const RECORD_MAX: usize = 64;

/// The record that was asked for, by its place in the endpoint's pattern. Anybody may ask for anything, so only what can be
/// the id of something is written down.
fn record_of(pattern: &str, path: &str) -> Option<String> {
    let place = pattern.split('/').position(|segment| segment.starts_with('{'))?;
    let id = path.split('/').nth(place)?;
    let plausible = (1..=RECORD_MAX).contains(&id.len()) && id.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-');
    plausible.then(|| id.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_record_that_was_asked_for_is_named_where_there_is_one() {
        let one = "/pe/pe-members/{id}";
        assert_eq!(record_of(one, "/pe/pe-members/17").as_deref(), Some("17"));
        assert_eq!(record_of("/pe/pe-types/mine/{id}", "/pe/pe-types/mine/3").as_deref(), Some("3"));
        assert_eq!(record_of("/pe/pe-members", "/pe/pe-members"), None);
        for odd in ["%00", "a'b", &"9".repeat(65)] {
            assert_eq!(record_of(one, &format!("/pe/pe-members/{odd}")), None, "{odd}");
        }
    }
}
