//! Who acts, and when: what every rule and every view is decided by.

use chrono::{DateTime, NaiveDateTime, Utc};
use chrono_tz::Tz;
use shared_model::local_time;
use shared_model::permission::Permission;
use shared_model::role::Role;
use shared_model::server::caller::Caller;

/// The person of a request at the moment of the request.
#[derive(Clone, Debug)]
pub struct Actor {
    pub caller: Caller,
    pub now: DateTime<Utc>,
    /// The zone that times are shown in.
    pub zone: Tz,
}

impl Actor {
    pub fn id(&self) -> &str {
        self.caller.id().as_str()
    }

    pub fn name(&self) -> &str {
        &self.caller.claims.name
    }

    pub fn is(&self, user_id: &str) -> bool {
        self.id() == user_id
    }

    pub fn may(&self, permission: Permission) -> bool {
        self.caller.may(permission)
    }

    /// May take back what was approved.
    pub fn is_platform_admin(&self) -> bool {
        self.caller.has(Role::PlatformAdmin)
    }

    /// The moment as the tables keep it.
    pub fn stored_now(&self) -> NaiveDateTime {
        self.now.naive_utc()
    }

    /// RFC 3339 with the zone's offset.
    pub fn shown(&self, at: NaiveDateTime) -> String {
        shown(at, self.zone)
    }
}

/// A stored time as people read it.
pub fn shown(at: NaiveDateTime, zone: Tz) -> String {
    local_time::with_offset(local_time::from_stored(at), zone).to_rfc3339()
}
