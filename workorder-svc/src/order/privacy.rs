//! Mobile numbers are masked for a viewer who is neither the person, nor takes part in the record, nor may read
//! personal data. source: interface conventions, "Bodies".

use shared_model::permission::Permission;

use crate::order::model::{Order, Person};
use crate::order::rules::Viewer;

/// Whether the viewer reads the numbers of everybody in the order.
pub fn reads_numbers(order: &Order, viewer: &Viewer) -> bool {
    viewer.may(Permission::WoPiiRead) || order.has_participant(&viewer.id)
}

/// A person's number as the viewer may read it; None when there is none.
pub fn mobile_of(person: &Person, order: &Order, viewer: &Viewer) -> Option<String> {
    if person.mobile.is_empty() {
        return None;
    }
    let open = person.id == viewer.id || reads_numbers(order, viewer);
    Some(if open { person.mobile.clone() } else { masked(&person.mobile) })
}

/// `138****0000`: the first three and the last four; of a short number nothing.
pub fn masked(mobile: &str) -> String {
    let digits: Vec<char> = mobile.chars().collect();
    if digits.len() < 8 {
        return "****".to_owned();
    }
    let head: String = digits[..3].iter().collect();
    let tail: String = digits[digits.len() - 4..].iter().collect();
    format!("{head}****{tail}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_masked_number_keeps_three_digits_and_four() {
        assert_eq!(masked("13800000000"), "138****0000");
        assert_eq!(masked("+8613800000001"), "+86****0001");
        assert_eq!(masked("110"), "****");
    }
}
