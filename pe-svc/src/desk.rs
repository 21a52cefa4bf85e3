//! What an operation works with: the database, the clock, the uploads, the key of badges.

use std::path::PathBuf;
use std::sync::Arc;

use chrono_tz::Tz;
use shared_model::server::attachment::ObjectStore;
use shared_model::server::caller::Caller;
use shared_model::server::clock::Clock;
use shared_model::server::database::Database;

use crate::badge::signer::BadgeSigner;
use crate::resource::Actor;

/// Shared by all handlers. Cheap to clone.
#[derive(Clone)]
pub struct Desk {
    pub db: Database,
    pub clock: Clock,
    pub zone: Tz,
    pub files: Arc<dyn ObjectStore>,
    /// Where uploads are written before they are complete.
    pub spool: PathBuf,
    /// Bytes of the largest upload.
    pub upload_limit: usize,
    pub signer: Arc<BadgeSigner>,
}

impl Desk {
    /// The caller, now.
    pub fn actor(&self, caller: Caller) -> Actor {
        Actor { caller, now: self.clock.now(), zone: self.zone }
    }
}
