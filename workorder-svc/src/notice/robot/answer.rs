//! What a robot's answer means: the platforms say 200 to everything and put the truth into a number. Pure.
//!
//! source: the error tables of DingTalk (`errcode`), WeCom (`errcode`) and Feishu (`code`, formerly `StatusCode`).

use serde_json::Value;

/// How a message fared.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Fared {
    Said,
    /// Too fast: worth another try when some time has passed.
    TooFast(String),
    /// Worth another try.
    Failed(String),
    /// No use: a wrong token, signature or text.
    Refused(String),
}

/// Speaking too fast.
const TOO_FAST: [i64; 5] = [130_101, 410_100, 45_009, 11_232, 99_991_400];
/// The platform has trouble of its own.
const BUSY: [i64; 3] = [-1, 1_500, 2_200];

pub fn read(status: u16, body: &[u8]) -> Fared {
    if status == 429 {
        return Fared::TooFast("429".to_owned());
    }
    if status >= 500 || matches!(status, 408 | 425) {
        return Fared::Failed(status.to_string());
    }
    let Ok(answer) = serde_json::from_slice::<Value>(body) else {
        return if (200..300).contains(&status) {
            Fared::Failed(format!("{status} without JSON"))
        } else {
            Fared::Refused(status.to_string())
        };
    };
    let number = ["errcode", "code", "StatusCode"].into_iter().find_map(|member| answer.get(member)?.as_i64());
    let words = ["errmsg", "msg", "StatusMessage"].into_iter().find_map(|member| answer.get(member)?.as_str());
    let words: String = words.unwrap_or_default().chars().filter(|c| !c.is_control()).take(200).collect();
    match number {
        Some(0) if (200..300).contains(&status) => Fared::Said,
        Some(code) if TOO_FAST.contains(&code) => Fared::TooFast(format!("{code} {words}")),
        Some(code) if BUSY.contains(&code) => Fared::Failed(format!("{code} {words}")),
        Some(code) => Fared::Refused(format!("{code} {words}")),
        None => Fared::Refused(format!("{status} {words}").trim_end().to_owned()),
    }
}

#[cfg(test)]
mod tests {
    use rstest::rstest;

    use super::*;

    #[rstest]
    #[case(200, r#"{"errcode":0,"errmsg":"ok"}"#, "said")]
    #[case(200, r#"{"StatusCode":0,"StatusMessage":"success"}"#, "said")]
    #[case(200, r#"{"code":0,"msg":"success","data":{}}"#, "said")]
    #[case(200, r#"{"errcode":130101,"errmsg":"send too fast"}"#, "too fast")]
    #[case(200, r#"{"errcode":45009,"errmsg":"api freq out of limit"}"#, "too fast")]
    #[case(200, r#"{"code":11232,"msg":"frequency limited psm[lark.oapi.app_platform_runtime]"}"#, "too fast")]
    #[case(429, "", "too fast")]
    #[case(200, r#"{"errcode":-1,"errmsg":"system busy"}"#, "failed")]
    #[case(503, "<html>", "failed")]
    #[case(200, "<html>a captive portal</html>", "failed")]
    #[case(200, r#"{"errcode":310000,"errmsg":"sign not match"}"#, "refused")]
    #[case(200, r#"{"errcode":93000,"errmsg":"invalid webhook url"}"#, "refused")]
    #[case(200, r#"{"code":19021,"msg":"sign match fail or timestamp is not within one hour"}"#, "refused")]
    #[case(302, "", "refused")]
    #[case(404, "", "refused")]
    #[case(200, "{}", "refused")]
    fn the_number_counts_and_not_the_status(#[case] status: u16, #[case] body: &str, #[case] expected: &str) {
        let fared = match read(status, body.as_bytes()) {
            Fared::Said => "said",
            Fared::TooFast(_) => "too fast",
            Fared::Failed(_) => "failed",
            Fared::Refused(_) => "refused",
        };
        assert_eq!(fared, expected);
    }
}
