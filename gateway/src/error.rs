//! What can go wrong in the gateway's own operations, and the one place that knows how it is answered.

use actix_web::http::StatusCode;
use actix_web::{HttpResponse, ResponseError};
use shared_model::problem::{Problem, codes};
use shared_model::server::database::StoreError;
use shared_model::server::token::TokenError;
use shared_model::text::Text;

use crate::identity::password::HashError;

/// An operation that came to nothing.
#[derive(Debug, thiserror::Error)]
pub enum ServiceError {
    #[error("{0}")]
    Problem(#[from] Problem),
    #[error(transparent)]
    Store(#[from] StoreError),
    #[error(transparent)]
    Hash(#[from] HashError),
    #[error(transparent)]
    Token(#[from] TokenError),
    #[error(transparent)]
    Io(#[from] std::io::Error),
}

impl From<diesel::result::Error> for ServiceError {
    fn from(error: diesel::result::Error) -> Self {
        Self::Store(error.into())
    }
}

impl From<&ServiceError> for Problem {
    fn from(error: &ServiceError) -> Self {
        match error {
            ServiceError::Problem(problem) => problem.clone(),
            ServiceError::Store(error) => of_store(error),
            ServiceError::Hash(error) => internal("a password could not be checked", error),
            ServiceError::Token(error) => internal("a token could not be signed", error),
            ServiceError::Io(error) => internal("a key file or the randomness failed", error),
        }
    }
}

/// Unique columns map to the codes their violation is told by; the rest is ours to mend.
fn of_store(error: &StoreError) -> Problem {
    if error.unique_violation().as_deref() == Some("account.username_key") {
        return Problem::new(&codes::USERNAME_TAKEN);
    }
    match error {
        StoreError::Query(error) => internal("a query failed", error),
        StoreError::Unavailable(why) => {
            tracing::error!(why, "the database is unavailable");
            Problem::new(&codes::SERVICE_UNAVAILABLE)
                .detail(Text::fixed("数据库暂不可用，请稍后重试", "The database is unavailable, try again soon"))
                .retry_after(1)
        }
    }
}

/// Logged in full; the client learns only the request id.
fn internal(what: &str, error: &dyn std::error::Error) -> Problem {
    tracing::error!(%error, "{what}");
    Problem::new(&codes::INTERNAL)
}

impl ResponseError for ServiceError {
    fn status_code(&self) -> StatusCode {
        Problem::from(self).status_code()
    }

    fn error_response(&self) -> HttpResponse {
        Problem::from(self).error_response()
    }
}
