//! The one place that turns what went wrong into a status and a code.

use shared_model::problem::{Code, Fault, Problem, codes};
use shared_model::server::database::StoreError;
use shared_model::text::Text;

/// Why an operation was not done.
#[derive(Debug, thiserror::Error)]
pub enum ServiceError {
    /// The request's own fault, with its code.
    #[error("refused: {0}")]
    Refused(Box<Problem>),
    #[error(transparent)]
    Store(#[from] StoreError),
    /// Uploads, or the system's randomness, that cannot be had.
    #[error("{0}")]
    Files(#[from] std::io::Error),
}

impl From<Problem> for ServiceError {
    fn from(problem: Problem) -> Self {
        Self::Refused(Box::new(problem))
    }
}

impl From<diesel::result::Error> for ServiceError {
    fn from(error: diesel::result::Error) -> Self {
        Self::Store(error.into())
    }
}

impl From<ServiceError> for Problem {
    fn from(error: ServiceError) -> Self {
        match error {
            ServiceError::Refused(problem) => *problem,
            ServiceError::Store(error) => match error.unique_violation().as_deref().and_then(taken) {
                Some(problem) => problem,
                None => error.into(),
            },
            ServiceError::Files(error) => {
                tracing::error!(%error, "a file, or the randomness, failed");
                Self::new(&codes::INTERNAL)
            }
        }
    }
}

/// 404 that says nothing about whether the record exists.
pub fn not_found() -> ServiceError {
    Problem::new(&codes::NOT_FOUND).into()
}

/// One refusal of one code, with the reason in words.
pub fn refused(code: &'static Code, detail: Text) -> ServiceError {
    Problem::new(code).detail(detail).into()
}

/// All faults in one answer. Conflicts go under the code of the first: who repeats both name and number learns both.
pub fn refused_for(faults: Vec<Fault>) -> Result<(), ServiceError> {
    match faults.first() {
        None => Ok(()),
        Some(first) if faults.iter().all(|fault| fault.code.status == 409) => {
            let code = first.code;
            Err(Problem { faults, ..Problem::new(code) }.into())
        }
        Some(_) => Err(Problem::of_faults(faults).into()),
    }
}

/// Which rule a unique index keeps: where two requests race, the index has the last word.
fn taken(columns: &str) -> Option<Problem> {
    let (code, pointer, message): (&'static Code, &str, Text) = match columns {
        "public_entity.type_id,name_key" => (
            &codes::ENTITY_NAME_TAKEN,
            "/name",
            Text::fixed("同类型下名称已存在", "the name is taken within this type"),
        ),
        "public_entity.type_id,registration_number" => (
            &codes::ENTITY_NUMBER_TAKEN,
            "/registrationNumber",
            Text::fixed("同类型下注册号已存在", "the number is taken within this type"),
        ),
        "pe_member.pe_id,u_id" => {
            (&codes::MEMBER_EXISTS, "/uId", Text::fixed("该用户已是成员", "the user is a member already"))
        }
        "certification.pe_id,type_id" => (
            &codes::AUTHENTICATION_EXISTS,
            "/typeId",
            Text::fixed("该机构已有此类型的认证", "the entity has a certification of this type"),
        ),
        "entity_type.code" | "certification_type.code" | "certification_status.code" => {
            (&codes::CONFLICT, "/code", Text::fixed("编码已存在", "the code is taken"))
        }
        "review_claim.resource,record_id" => {
            (&codes::REVIEW_CLAIMED, "", Text::fixed("刚刚被其他运营人员领取", "just claimed by another operator"))
        }
        _ => return None,
    };
    Some(Problem { faults: vec![Fault::new(pointer, code, message)], ..Problem::new(code) })
}
