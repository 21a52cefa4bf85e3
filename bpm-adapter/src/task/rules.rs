//! What a desk call must say, who sees a task, and whose number is shown in full. Pure.

use shared_model::bpm::StageResult;
use shared_model::ids::UserId;
use shared_model::problem::{Code, Fault, codes};
use shared_model::text::Text;

/// The longest text a person may write, in characters.
const TEXT_LIMIT: usize = 2000;
/// The longest name of a stage, in characters.
const STAGE_LIMIT: usize = 100;
/// The longest name that an engine gives whoever acted, in characters.
const OPERATOR_LIMIT: usize = 64;

/// How a text may be laid out.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Layout {
    /// A name or an id: no line breaks, no tabs.
    OneLine,
    /// What somebody writes: line breaks and tabs are part of it.
    Paragraphs,
}

impl Layout {
    /// What would garble a list, a sheet or a log, and what no column of PostgreSQL takes, has no place in any text.
    fn takes(self, character: char) -> bool {
        match self {
            Self::OneLine => !character.is_control(),
            Self::Paragraphs => !character.is_control() || matches!(character, '\n' | '\r' | '\t'),
        }
    }
}

/// A stage report that may be stored.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ValidStage {
    pub stage: String,
    pub result: StageResult,
    pub message: String,
}

/// Checks a stage report, and answers every fault of it.
pub fn check_stage(stage: Option<&str>, result: Option<&str>, message: Option<&str>) -> Result<ValidStage, Vec<Fault>> {
    let mut faults = Vec::new();
    let stage = stage.unwrap_or_default().trim();
    check_filled("/stage", stage, &codes::FIELD_INVALID, &mut faults);
    check_text("/stage", stage, Layout::OneLine, STAGE_LIMIT, &mut faults);
    let parsed = match result {
        Some("success") => Some(StageResult::Success),
        Some("failure") => Some(StageResult::Failure),
        Some(_) | None => {
            let text = Text::fixed("阶段结果只能是 success 或 failure", "the result must be success or failure");
            faults.push(Fault::new("/result", &codes::FIELD_INVALID, text));
            None
        }
    };
    let message = check_message(message, &mut faults);
    match parsed {
        Some(result) if faults.is_empty() => Ok(ValidStage { stage: stage.to_owned(), result, message }),
        Some(_) | None => Err(faults),
    }
}

/// A rollback needs its reason: the initiator has to know what to change.
pub fn check_reason(reason: Option<&str>) -> Result<String, Vec<Fault>> {
    let mut faults = Vec::new();
    let reason = reason.unwrap_or_default().trim();
    check_filled("/reason", reason, &codes::ORDER_COMMENT_REQUIRED, &mut faults);
    check_text("/reason", reason, Layout::Paragraphs, TEXT_LIMIT, &mut faults);
    if faults.is_empty() { Ok(reason.to_owned()) } else { Err(faults) }
}

/// The message of a close may be empty.
pub fn check_close(message: Option<&str>) -> Result<String, Vec<Fault>> {
    let mut faults = Vec::new();
    let message = check_message(message, &mut faults);
    if faults.is_empty() { Ok(message) } else { Err(faults) }
}

/// The comment of a reassignment may be empty.
pub fn check_comment(comment: Option<&str>) -> Result<String, Vec<Fault>> {
    let mut faults = Vec::new();
    let comment = comment.unwrap_or_default().trim();
    check_text("/comment", comment, Layout::Paragraphs, TEXT_LIMIT, &mut faults);
    if faults.is_empty() { Ok(comment.to_owned()) } else { Err(faults) }
}

/// The name an engine gives whoever acted; it may give none.
pub fn check_operator(operator: Option<&str>, faults: &mut Vec<Fault>) {
    check_text("/operator", operator.unwrap_or_default(), Layout::OneLine, OPERATOR_LIMIT, faults);
}

fn check_message(message: Option<&str>, faults: &mut Vec<Fault>) -> String {
    let message = message.unwrap_or_default().trim();
    check_text("/message", message, Layout::Paragraphs, TEXT_LIMIT, faults);
    message.to_owned()
}

fn check_filled(pointer: &str, text: &str, when_empty: &'static Code, faults: &mut Vec<Fault>) {
    if text.is_empty() {
        faults.push(Fault::new(pointer, when_empty, Text::fixed("此项必填", "this must not be empty")));
    }
}

/// Length in characters, and no characters that the layout has no use for.
pub fn check_text(pointer: &str, text: &str, layout: Layout, limit: usize, faults: &mut Vec<Fault>) {
    if text.chars().count() > limit {
        let text = Text::new(format!("不能超过 {limit} 个字符"), format!("at most {limit} characters"));
        faults.push(Fault::new(pointer, &codes::FIELD_INVALID, text));
    }
    if !text.chars().all(|character| layout.takes(character)) {
        let text = Text::fixed("不能含控制字符", "no control characters");
        faults.push(Fault::new(pointer, &codes::FIELD_INVALID, text));
    }
}

/// Who looks at tasks.
#[derive(Clone, Debug)]
pub struct Viewer {
    pub id: UserId,
    /// Keeps the whole business running, so sees every task (`BPM_DeadLetter_Manage`).
    pub sees_all: bool,
    /// `BPM_Pii_Read`.
    pub reads_pii: bool,
}

impl Viewer {
    /// Everybody else sees their own tasks only.
    pub fn sees(&self, assignee_id: &str) -> bool {
        self.sees_all || self.id.as_str() == assignee_id
    }

    /// A mobile number as this viewer may see it. The assignee is both the person and who takes part.
    pub fn shown_mobile(&self, assignee_id: &str, mobile: &str) -> String {
        if self.reads_pii || self.id.as_str() == assignee_id { mobile.to_owned() } else { masked(mobile) }
    }
}

/// `138****0000`: the first three and the last four; a shorter number shows nothing of itself.
fn masked(mobile: &str) -> String {
    let characters: Vec<char> = mobile.chars().collect();
    match characters.len() {
        0 => String::new(),
        1..=7 => "****".to_owned(),
        length => {
            let head: String = characters.iter().take(3).collect();
            let tail: String = characters.iter().skip(length - 4).collect();
            format!("{head}****{tail}")
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn faults<T>(result: Result<T, Vec<Fault>>) -> Vec<(String, &'static str)> {
        result.err().unwrap_or_default().into_iter().map(|fault| (fault.pointer, fault.code.code)).collect()
    }

    #[test]
    fn a_stage_report_names_its_stage_and_how_it_ended_and_all_faults_are_told() {
        let good = check_stage(Some(" 配置下发 "), Some("failure"), None).unwrap();
        assert_eq!((good.stage.as_str(), good.result, good.message.as_str()), ("配置下发", StageResult::Failure, ""));
        let both = [("/stage".to_owned(), "field.invalid"), ("/result".to_owned(), "field.invalid")];
        assert_eq!(faults(check_stage(Some("  "), Some("ok"), None)), both);
        assert_eq!(faults(check_stage(None, None, None)), both);
        let long = "长".repeat(2001);
        assert_eq!(
            faults(check_stage(Some("x"), Some("success"), Some(&long))),
            [("/message".into(), "field.invalid")]
        );
    }

    #[test]
    fn a_rollback_needs_a_reason_and_a_close_needs_nothing() {
        for empty in [None, Some(""), Some(" \n")] {
            assert_eq!(faults(check_reason(empty)), [("/reason".to_owned(), "order.comment_required")]);
        }
        assert_eq!(check_reason(Some(" 备案号不符 ")).unwrap(), "备案号不符");
        assert_eq!(check_close(None).unwrap(), "");
    }

    #[test]
    fn control_characters_are_taken_nowhere_but_line_breaks_and_tabs_in_what_somebody_writes() {
        let written = "第一行\r\n\t第二行";
        assert_eq!(check_reason(Some(written)).unwrap(), written);
        assert_eq!(check_close(Some(written)).unwrap(), written);
        assert_eq!(check_comment(Some(written)).unwrap(), written);
        assert_eq!(faults(check_stage(Some("a\nb"), Some("success"), None)), [("/stage".into(), "field.invalid")]);
        for odd in ["a\u{0}b", "a\u{1b}[2Jb", "a\u{7f}b", "a\u{85}b"] {
            let both = [("/stage".to_owned(), "field.invalid"), ("/message".to_owned(), "field.invalid")];
            assert_eq!(faults(check_stage(Some(odd), Some("success"), Some(odd))), both, "{odd:?}");
            assert_eq!(faults(check_reason(Some(odd))), [("/reason".into(), "field.invalid")], "{odd:?}");
            assert_eq!(faults(check_close(Some(odd))), [("/message".into(), "field.invalid")], "{odd:?}");
            assert_eq!(faults(check_comment(Some(odd))), [("/comment".into(), "field.invalid")], "{odd:?}");
        }
    }

    #[test]
    fn a_comment_and_an_operator_are_bounded() {
        assert_eq!(faults(check_comment(Some(&"长".repeat(2001)))), [("/comment".into(), "field.invalid")]);
        assert_eq!(check_comment(None).unwrap(), "");
        let operator = |name: &str| {
            let mut found = Vec::new();
            check_operator(Some(name), &mut found);
            found.len()
        };
        assert_eq!((operator("引擎"), operator(&"长".repeat(65)), operator("a\nb")), (0, 1, 1));
    }

    #[test]
    fn a_number_is_masked_unless_it_is_one_s_own_or_may_be_read() {
        let viewer = |id: &str, reads_pii| Viewer { id: id.into(), sees_all: true, reads_pii };
        assert_eq!(viewer("1", false).shown_mobile("1", "13800000006"), "13800000006");
        assert_eq!(viewer("2", true).shown_mobile("1", "13800000006"), "13800000006");
        assert_eq!(viewer("2", false).shown_mobile("1", "13800000006"), "138****0006");
        assert_eq!(viewer("2", false).shown_mobile("1", "1380000"), "****");
        assert_eq!(viewer("2", false).shown_mobile("1", ""), "");
    }
}
