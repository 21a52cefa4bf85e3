//! Who people are: the embedded identity provider. Log-in, sessions, tokens, accounts.

pub mod account;
pub mod bootstrap;
pub mod change_password;
pub mod external;
pub mod failure;
pub mod keys;
pub mod lockout;
pub mod me;
pub mod password;
pub mod session;
pub mod standing;
pub mod token;

use std::future::{Ready, ready};
use std::sync::Arc;

use actix_web::dev::Payload;
use actix_web::{FromRequest, HttpMessage, HttpRequest};
use chrono::TimeDelta;
use chrono_tz::Tz;
use shared_model::problem::{Problem, codes};
use shared_model::server::clock::Clock;
use shared_model::server::database::Database;
use shared_model::text::Text;

use self::lockout::LockRule;
use self::password::Hasher;
use self::standing::Standing;
use self::token::Issuer;
use crate::directory_push::DirectoryPush;
use crate::error::ServiceError;

/// What the operations of this room share.
pub struct Identity {
    pub db: Database,
    pub clock: Clock,
    pub hasher: Hasher,
    /// None when an external issuer signs the tokens.
    pub issuer: Option<Arc<Issuer>>,
    pub standing: Standing,
    pub push: DirectoryPush,
    pub lock_rule: LockRule,
    pub refresh_life: TimeDelta,
    pub zone: Tz,
}

impl Identity {
    /// The embedded provider; 404 when an external issuer took its place.
    pub fn embedded(&self) -> Result<&Issuer, Problem> {
        self.issuer.as_deref().ok_or_else(|| {
            Problem::new(&codes::NOT_FOUND)
                .detail(Text::fixed("账号由外部身份服务管理", "accounts are kept by the external identity service"))
        })
    }

    /// Makes a change of accounts felt everywhere: here at once, at the services by a push of the directory.
    pub async fn account_changed(&self) -> Result<(), ServiceError> {
        self.standing.reload(&self.db).await?;
        self.push.nudge();
        Ok(())
    }
}

/// Where a request comes from, for locks and the audit log. Set by the edge.
#[derive(Clone, Debug)]
pub struct Origin {
    /// The client's address, behind listed proxies the one they report.
    pub address: String,
    pub request_id: String,
}

impl FromRequest for Origin {
    type Error = Problem;
    type Future = Ready<Result<Self, Problem>>;

    fn from_request(request: &HttpRequest, _: &mut Payload) -> Self::Future {
        ready(request.extensions().get::<Self>().cloned().ok_or_else(|| Problem::new(&codes::INTERNAL)))
    }
}
