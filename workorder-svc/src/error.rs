//! The one place that knows which HTTP problem a failed operation is answered with.

use actix_web::ResponseError;
use shared_model::problem::{Code, Problem, codes};
use shared_model::server::attachment::receive::NotReceived;
use shared_model::server::database::StoreError;
use shared_model::text::Text;

use crate::order::state::{IllegalTransition, OrderState};

/// Whatever keeps an operation from succeeding.
#[derive(Debug, thiserror::Error)]
pub enum ServiceError {
    /// A rule says no; the problem says which.
    #[error("{}", .0.code.code)]
    Refused(Problem),
    #[error(transparent)]
    Illegal(#[from] IllegalTransition),
    #[error(transparent)]
    Store(#[from] StoreError),
    /// Files that cannot be read or written.
    #[error("attachment store: {0}")]
    Files(#[from] std::io::Error),
}

impl ServiceError {
    pub fn of(code: &'static Code) -> Self {
        Self::Refused(Problem::new(code))
    }

    pub fn not_found() -> Self {
        Self::of(&codes::NOT_FOUND)
    }

    /// The order moved on between reading and writing.
    pub fn overtaken(found: OrderState) -> Self {
        Self::Refused(state_conflict(found))
    }
}

/// 409, naming the state that is in the way.
pub fn state_conflict(state: OrderState) -> Problem {
    let name = state.name();
    Problem::new(&codes::ORDER_STATE_CONFLICT)
        .detail(Text::new(
            format!("工单当前为“{}”，不允许此操作", name.zh),
            format!("the order is “{}”, which does not allow this", name.en),
        ))
        .with("state", state.code())
}

impl From<Problem> for ServiceError {
    fn from(problem: Problem) -> Self {
        Self::Refused(problem)
    }
}

impl From<NotReceived> for ServiceError {
    fn from(error: NotReceived) -> Self {
        match error {
            NotReceived::Refused(problem) => Self::Refused(problem),
            NotReceived::Disk(error) => Self::Files(error),
        }
    }
}

impl From<diesel::result::Error> for ServiceError {
    fn from(error: diesel::result::Error) -> Self {
        Self::Store(error.into())
    }
}

/// Unique indexes that stand for a rule: losing the race for one is a conflict of the caller, not a failure of ours.
fn conflict_of(constraint: &str) -> Option<&'static Code> {
    match constraint {
        "saved_filter.user_id,name" => Some(&codes::FILTER_NAME_TAKEN),
        "work_order_cache_domain.domain" | "self_service_domain_config.domain" | "live_stream_domain_config.domain" => {
            Some(&codes::DOMAIN_EXISTS)
        }
        _ => None,
    }
}

impl From<&ServiceError> for Problem {
    fn from(error: &ServiceError) -> Self {
        match error {
            ServiceError::Refused(problem) => problem.clone(),
            ServiceError::Illegal(illegal) => state_conflict(illegal.from),
            ServiceError::Store(store) => match store.unique_violation().as_deref().and_then(conflict_of) {
                Some(code) => Self::new(code),
                None => {
                    tracing::error!(error = %store, "storage failed");
                    Self::new(match store {
                        StoreError::Unavailable(_) => &codes::SERVICE_UNAVAILABLE,
                        StoreError::Query(_) => &codes::INTERNAL,
                    })
                }
            },
            ServiceError::Files(error) => {
                tracing::error!(%error, "attachment store failed");
                Self::new(&codes::INTERNAL)
            }
        }
    }
}

impl From<ServiceError> for Problem {
    fn from(error: ServiceError) -> Self {
        Self::from(&error)
    }
}

impl ResponseError for ServiceError {
    fn status_code(&self) -> actix_web::http::StatusCode {
        Problem::from(self).status_code()
    }

    fn error_response(&self) -> actix_web::HttpResponse {
        Problem::from(self).error_response()
    }
}
