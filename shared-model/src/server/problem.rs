//! A problem as an answer of actix: the status and headers here, the body by the outer layer, which knows the reader's
//! language and the request's id.

use actix_web::http::{StatusCode, header};
use actix_web::{HttpResponse, ResponseError};

use super::database::StoreError;
use super::token::TokenError;
use crate::problem::{Problem, codes};
use crate::text::Text;

impl std::fmt::Display for Problem {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(self.code.code)
    }
}

impl std::error::Error for Problem {}

impl ResponseError for Problem {
    fn status_code(&self) -> StatusCode {
        StatusCode::from_u16(self.code.status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR)
    }

    fn error_response(&self) -> HttpResponse {
        let mut response = HttpResponse::build(self.status_code());
        if let Some(seconds) = self.retry_after {
            response.insert_header((header::RETRY_AFTER, seconds));
        }
        if self.status_code() == StatusCode::UNAUTHORIZED {
            response.insert_header((header::WWW_AUTHENTICATE, "Bearer"));
        }
        let mut response = response.finish();
        response.extensions_mut().insert(self.clone());
        response
    }
}

impl From<StoreError> for Problem {
    /// A query that failed is our fault and is logged; what it said never leaves the service.
    fn from(error: StoreError) -> Self {
        match error {
            StoreError::Query(error) => {
                tracing::error!(%error, "a query failed");
                Self::new(&codes::INTERNAL)
            }
            StoreError::Unavailable(why) => {
                tracing::error!(why, "the database is unavailable");
                Self::new(&codes::SERVICE_UNAVAILABLE)
                    .detail(Text::fixed("数据库暂不可用，请稍后重试", "The database is unavailable, try again soon"))
                    .retry_after(1)
            }
        }
    }
}

impl From<diesel::result::Error> for Problem {
    fn from(error: diesel::result::Error) -> Self {
        StoreError::from(error).into()
    }
}

impl From<TokenError> for Problem {
    fn from(error: TokenError) -> Self {
        match error {
            TokenError::Invalid(why) => {
                tracing::debug!(why, "a token was refused");
                Self::new(&codes::TOKEN_INVALID)
            }
            TokenError::KeysUnavailable(why) => {
                tracing::warn!(why, "the issuer's keys cannot be had");
                Self::new(&codes::SERVICE_UNAVAILABLE)
                    .detail(Text::fixed("身份服务暂不可用，请稍后重试", "The identity service is unavailable"))
                    .retry_after(1)
            }
        }
    }
}
