//! What people write beside their decisions: trimmed, of bounded length, without control characters. Pure.

use shared_model::problem::{Fault, Problem, codes};
use shared_model::text::Text;

/// Longest remark, in characters.
const LONGEST: usize = 2_000;

/// A remark that may be missing.
pub fn optional(pointer: &str, text: Option<String>) -> Result<Option<String>, Problem> {
    let text = text.map(|text| text.trim().to_owned()).filter(|text| !text.is_empty());
    match text {
        Some(text) => acceptable(pointer, text).map(Some),
        None => Ok(None),
    }
}

/// A remark that must be there: 422 `order.comment_required`.
pub fn required(pointer: &str, text: Option<&str>) -> Result<String, Problem> {
    match text.map(str::trim).filter(|text| !text.is_empty()) {
        Some(text) => acceptable(pointer, text.to_owned()),
        None => {
            let message = Text::fixed("请填写意见", "a comment is required");
            Err(Problem::of_faults(vec![Fault::new(pointer, &codes::ORDER_COMMENT_REQUIRED, message)]))
        }
    }
}

fn acceptable(pointer: &str, text: String) -> Result<String, Problem> {
    let line_breaks = ['\n', '\r', '\t'];
    let control = text.chars().any(|c| c.is_control() && !line_breaks.contains(&c));
    if !control && text.chars().count() <= LONGEST {
        return Ok(text);
    }
    let message = Text::new(
        format!("不能超过 {LONGEST} 字，也不能含控制字符"),
        format!("at most {LONGEST} characters, none of them a control character"),
    );
    Err(Problem::of_faults(vec![Fault::new(pointer, &codes::FIELD_INVALID, message)]))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_blank_remark_is_none_and_where_one_is_needed_a_fault() {
        assert_eq!(optional("/comment", Some(" \n".to_owned())), Ok(None));
        assert_eq!(optional("/comment", Some(" 同意 ".to_owned())), Ok(Some("同意".to_owned())));
        let problem = required("/comment", Some("  ")).unwrap_err();
        assert_eq!((problem.code.status, problem.code.code), (422, "order.comment_required"));
    }

    #[test]
    fn a_remark_without_end_or_with_control_characters_is_refused() {
        assert!(required("/comment", Some(&"长".repeat(2_001))).is_err());
        assert!(required("/comment", Some("a\u{0}b")).is_err());
        assert!(required("/comment", Some("第一行\n第二行")).is_ok());
    }
}
