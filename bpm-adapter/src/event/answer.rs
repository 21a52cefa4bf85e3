//! The order service's refusal, in the words of our own catalogue.

use shared_model::problem::{Code, Problem, codes};
use shared_model::text::Text;

use super::model::EventRow;

/// The problem a refused event answers with: the order service's own code and status, with the catalogue's title.
/// A code the catalogue does not have is a plain conflict that names it.
pub fn refusal(event: &EventRow) -> Problem {
    let given = event.code.as_deref().unwrap_or_default();
    let problem = match find_code(given) {
        Some(code) => Problem::new(code),
        None => Problem::new(&codes::CONFLICT).with("refusedWith", given),
    };
    match &event.detail {
        Some(detail) if !detail.is_empty() => problem.detail(Text::new(detail.clone(), detail.clone())),
        Some(_) | None => problem,
    }
}

/// The catalogue's entry of `409 product.not_available`.
fn find_code(given: &str) -> Option<&'static Code> {
    let (status, name) = given.split_once(' ')?;
    let status: u16 = status.parse().ok()?;
    let entry = codes::ALL.iter().copied().find(|code| (code.status, code.code) == (status, name))?;
    (400..500).contains(&entry.status).then_some(entry)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_code_with_two_statuses_keeps_the_one_it_came_with() {
        let status = |given: &str| find_code(given).map(|code| code.status);
        assert_eq!(status("409 product.not_available"), Some(409));
        assert_eq!(status("422 product.not_available"), Some(422));
        assert_eq!(status("409 order.icp_incomplete"), Some(409));
    }

    #[test]
    fn what_is_not_in_the_catalogue_is_not_made_up() {
        for strange in ["", "order.icp_incomplete", "409 no.such", "422 order.icp_incomplete", "500 internal"] {
            assert!(find_code(strange).is_none(), "{strange}");
        }
    }
}
