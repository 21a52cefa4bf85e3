//! The order service's refusal, in the words of our own catalogue.

use shared_model::problem::{Code, Problem, codes};
use shared_model::text::Text;

use super::model::EventRow;

/// The problem a refused event answers with: the order service's own code, whose status and title are the catalogue's.
/// A code the catalogue does not have is a plain conflict that names it.
pub fn refusal(event: &EventRow) -> Problem {
    let given = event.code.as_deref().unwrap_or_default();
    let known: Option<&'static Code> =
        codes::ALL.iter().copied().find(|code| code.code == given && (400..500).contains(&code.status));
    let problem = match known {
        Some(code) => Problem::new(code),
        None => Problem::new(&codes::CONFLICT).with("refusedWith", given),
    };
    match &event.detail {
        Some(detail) if !detail.is_empty() => problem.detail(Text::new(detail.clone(), detail.clone())),
        Some(_) | None => problem,
    }
}
