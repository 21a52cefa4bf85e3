//! How a call proves that it is ours. Pure.
//!
//! source: DingTalk open platform, "Custom robot security settings"; Feishu open platform, "Custom bot guide". WeCom
//! proves it by the key in the URL.

use aws_lc_rs::hmac::{HMAC_SHA256, Key, sign};
use base64::Engine;
use base64::engine::general_purpose::STANDARD;

/// DingTalk: what is appended to the URL's query. `millis` since 1970.
pub fn dingtalk_query(secret: &str, millis: i64) -> String {
    let key = Key::new(HMAC_SHA256, secret.as_bytes());
    let signed = STANDARD.encode(sign(&key, format!("{millis}\n{secret}").as_bytes()));
    let escaped = signed.replace('+', "%2B").replace('/', "%2F").replace('=', "%3D");
    format!("&timestamp={millis}&sign={escaped}")
}

/// Feishu: `sign` of the body. `seconds` since 1970. The text is the key, and nothing is signed with it.
pub fn feishu_sign(secret: &str, seconds: i64) -> String {
    let key = Key::new(HMAC_SHA256, format!("{seconds}\n{secret}").as_bytes());
    STANDARD.encode(sign(&key, b""))
}

#[cfg(test)]
mod tests {
    use super::*;

    // Worked out with Python's hmac and base64.
    #[test]
    fn signatures_are_those_of_the_platforms() {
        assert_eq!(
            dingtalk_query("SEC-example", 1_700_000_000_000),
            "&timestamp=1700000000000&sign=Q7aaP99yyzdhi28n7EfYsanxv8lOWozU7g5iKwLmNuI%3D"
        );
        assert_eq!(feishu_sign("example-secret", 1_700_000_000), "Gs3YRutIJpVN2FvEXKXHU6bEj2pVdSriQ0niig9EbUk=");
    }
}
