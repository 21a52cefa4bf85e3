//! Signatures after the Standard Webhooks specification, written a second time beside those of the service under test.

use aws_lc_rs::hmac;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;

fn key(secret: &str) -> hmac::Key {
    let encoded = secret.strip_prefix("whsec_").expect("a secret begins with whsec_");
    hmac::Key::new(hmac::HMAC_SHA256, &STANDARD.decode(encoded).expect("a secret is base64"))
}

/// The value of `webhook-signature`.
pub fn sign(secret: &str, id: &str, seconds: i64, body: &str) -> String {
    let tag = hmac::sign(&key(secret), format!("{id}.{seconds}.{body}").as_bytes());
    format!("v1,{}", STANDARD.encode(tag))
}

/// Whether one of the signatures was made with the secret.
pub fn fits(secret: &str, id: &str, timestamp: &str, body: &str, signatures: &str) -> bool {
    let Ok(seconds) = timestamp.parse() else { return false };
    let expected = sign(secret, id, seconds, body);
    !id.is_empty() && signatures.split(' ').any(|given| given == expected)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_published_example_is_made_and_believed() {
        let (secret, id) = ("whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw", "msg_p5jXN8AQM9LWM0D4loKWxJek");
        let (body, signature) = (r#"{"test": 2432232314}"#, "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=");
        assert_eq!(sign(secret, id, 1_614_265_330, body), signature);
        assert!(fits(secret, id, "1614265330", body, &format!("v1,x {signature}")));
        assert!(!fits(secret, id, "1614265331", body, signature));
    }
}
