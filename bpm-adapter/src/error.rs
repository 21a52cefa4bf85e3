//! Every way an operation can fail, and the one place that turns it into what a client sees.

use shared_model::problem::{Problem, codes};
use shared_model::server::database::StoreError;

use crate::{bill, task};

/// What the rooms of this service fail with.
#[derive(Debug, thiserror::Error)]
pub enum ServiceError {
    /// The caller is told so.
    #[error("{}", .0.code.code)]
    Problem(Box<Problem>),
    #[error(transparent)]
    Store(#[from] StoreError),
    /// A row holds what this version cannot read.
    #[error("stored data cannot be read: {0}")]
    Unreadable(String),
    #[error(transparent)]
    Task(#[from] task::state::IllegalTransition),
    #[error(transparent)]
    Bill(#[from] bill::state::IllegalTransition),
    /// Somebody else changed the row between its reading and its writing.
    #[error("the task was changed at the same moment")]
    Raced,
}

impl From<Problem> for ServiceError {
    fn from(problem: Problem) -> Self {
        Self::Problem(Box::new(problem))
    }
}

impl From<diesel::result::Error> for ServiceError {
    fn from(error: diesel::result::Error) -> Self {
        Self::Store(error.into())
    }
}

impl From<serde_json::Error> for ServiceError {
    fn from(error: serde_json::Error) -> Self {
        Self::Unreadable(error.to_string())
    }
}

impl From<ServiceError> for Problem {
    fn from(error: ServiceError) -> Self {
        match error {
            ServiceError::Problem(problem) => *problem,
            ServiceError::Store(error) => Self::from(error),
            ServiceError::Task(_) | ServiceError::Bill(_) | ServiceError::Raced => {
                Self::new(&codes::TASK_STATE_CONFLICT)
            }
            ServiceError::Unreadable(why) => {
                tracing::error!(%why, "stored data cannot be read");
                Self::new(&codes::INTERNAL)
            }
        }
    }
}

/// A settlement runs inside the outbox's own transaction, which knows store errors only.
impl From<ServiceError> for StoreError {
    fn from(error: ServiceError) -> Self {
        match error {
            ServiceError::Store(error) => error,
            ServiceError::Problem(_)
            | ServiceError::Unreadable(_)
            | ServiceError::Task(_)
            | ServiceError::Bill(_)
            | ServiceError::Raced => Self::Unavailable(error.to_string()),
        }
    }
}
