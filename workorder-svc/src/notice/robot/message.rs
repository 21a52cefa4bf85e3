//! What is said to a group, and the body each platform wants it in. Pure.

use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use super::{RobotKind, sign};
use crate::notice::facts::Facts;
use crate::notice::kind::NoticeKind;
use crate::notice::words;

/// The longest text, in bytes: WeCom takes 2048, the others more.
const LONGEST_TEXT: usize = 2000;

/// A message as the outbox keeps it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Spoken {
    /// Name of the robot.
    pub robot: String,
    pub text: String,
}

/// What a group reads: for whom it is, Chinese first, English beneath. Whatever a person wrote calls nobody: platforms
/// read `<at …>` and `<@…>` as calls.
pub fn text(kind: NoticeKind, facts: &Facts, names: &[String]) -> String {
    let (title, body) = (words::title(kind, facts), words::body(facts));
    let to = names.iter().map(|name| format!("@{name} ")).collect::<String>();
    let lines = [format!("【提单前台】{to}{}", title.zh), body.zh.into_owned(), title.en.into_owned()];
    let said = lines.into_iter().filter(|line| !line.is_empty()).collect::<Vec<_>>().join("\n");
    cut(said.replace('<', "＜"))
}

fn cut(mut text: String) -> String {
    if text.len() > LONGEST_TEXT {
        let mut end = LONGEST_TEXT;
        while !text.is_char_boundary(end) {
            end -= 1;
        }
        text.truncate(end);
        text.push('…');
    }
    text
}

/// What is appended to the webhook, and the body. `millis` since 1970; an empty secret signs nothing.
pub fn call(kind: RobotKind, secret: &str, text: &str, millis: i64) -> (String, Value) {
    let signed = !secret.is_empty();
    match kind {
        RobotKind::DingTalk => {
            let query = if signed { sign::dingtalk_query(secret, millis) } else { String::new() };
            (query, json!({"msgtype": "text", "text": {"content": text}}))
        }
        RobotKind::WeCom => (String::new(), json!({"msgtype": "text", "text": {"content": text}})),
        RobotKind::Feishu => {
            let mut body = json!({"msg_type": "text", "content": {"text": text}});
            if signed {
                let seconds = millis / 1000;
                body["timestamp"] = seconds.to_string().into();
                body["sign"] = sign::feishu_sign(secret, seconds).into();
            }
            (String::new(), body)
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_group_reads_for_whom_it_is_in_both_languages() {
        let facts = Facts { code: "20261122-0007".to_owned(), comment: "请尽快".to_owned(), ..Facts::default() };
        let said = text(NoticeKind::Urged, &facts, &["集团管理员".to_owned()]);
        assert_eq!(
            said,
            "【提单前台】@集团管理员 催办：工单 20261122-0007 等待您处理\n请尽快\n\
             You are urged: work order 20261122-0007 waits for you"
        );
    }

    #[test]
    fn what_a_person_wrote_calls_nobody() {
        let facts = Facts { comment: r#"<at user_id="all"></at>快"#.to_owned(), ..Facts::default() };
        let said = text(NoticeKind::Urged, &facts, &["<@all>".to_owned()]);
        assert!(!said.contains('<') && said.contains("＜at user_id"), "{said}");
    }

    #[test]
    fn a_text_is_no_longer_than_any_platform_takes() {
        let said = cut("长".repeat(1000));
        assert!(said.len() <= 2048 && said.ends_with("长…"));
        assert_eq!(cut("短".to_owned()), "短");
    }

    #[test]
    fn each_platform_gets_its_own_body_and_signature() {
        let (query, body) = call(RobotKind::DingTalk, "SEC", "说", 1_700_000_000_000);
        assert!(query.starts_with("&timestamp=1700000000000&sign="));
        assert_eq!(body, json!({"msgtype": "text", "text": {"content": "说"}}));
        let (query, body) = call(RobotKind::Feishu, "SEC", "说", 1_700_000_000_999);
        assert_eq!((query.as_str(), &body["timestamp"], &body["msg_type"]), ("", &json!("1700000000"), &json!("text")));
        assert_eq!(body["sign"], sign::feishu_sign("SEC", 1_700_000_000));
        assert!(call(RobotKind::Feishu, "", "说", 1).1.get("sign").is_none());
        assert_eq!(call(RobotKind::WeCom, "", "说", 1).0, "");
    }
}
