//! Signatures of call-backs after the Standard Webhooks specification: HMAC-SHA256 over `id.timestamp.body`.
//!
//! Several signatures in one header and several secrets at once are how a secret is rotated without a gap.
//! source: Standard Webhooks, "Signature scheme"; <https://www.standardwebhooks.com>

use aws_lc_rs::hmac;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use chrono::{DateTime, Utc};

/// How far `webhook-timestamp` may be off, in seconds, in either direction.
pub const TOLERANCE_SECONDS: i64 = 5 * 60;

const SECRET_PREFIX: &str = "whsec_";
const SIGNATURE_PREFIX: &str = "v1,";
/// source: Standard Webhooks: a secret has 24 to 64 bytes.
const SECRET_BYTES: std::ops::RangeInclusive<usize> = 24..=64;

/// One shared secret. It never shows itself, not even in debug output.
#[derive(Clone)]
pub struct Secret(hmac::Key);

impl std::fmt::Debug for Secret {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Secret(..)")
    }
}

/// A configured secret is unusable. The message never contains it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("a call-back secret must read `whsec_` and the base64 of 24 to 64 bytes")]
pub struct SecretInvalid;

impl Secret {
    /// Reads `whsec_<base64>`.
    pub fn parse(text: &str) -> Result<Self, SecretInvalid> {
        let encoded = text.trim().strip_prefix(SECRET_PREFIX).ok_or(SecretInvalid)?;
        let bytes = STANDARD.decode(encoded).map_err(|_| SecretInvalid)?;
        if !SECRET_BYTES.contains(&bytes.len()) {
            return Err(SecretInvalid);
        }
        Ok(Self(hmac::Key::new(hmac::HMAC_SHA256, &bytes)))
    }
}

/// A call-back as it arrived: its three headers and its untouched body.
#[derive(Clone, Copy, Debug)]
pub struct Received<'a> {
    pub id: &'a str,
    /// Seconds since 1970, in decimal digits.
    pub timestamp: &'a str,
    /// `v1,<base64>` once or more, parted by spaces. Other versions are passed over.
    pub signatures: &'a str,
    pub body: &'a [u8],
}

/// Why a call-back is not believed: for the log alone, the caller learns only that it is not.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum SignatureFault {
    #[error("no secret is configured")]
    NoSecret,
    #[error("the webhook-id is empty or contains a full stop")]
    Id,
    #[error("the webhook-timestamp is no number of seconds")]
    Timestamp,
    #[error("the webhook-timestamp is more than five minutes off")]
    OutOfTime,
    #[error("no signature fits")]
    Mismatch,
}

/// Believes a call-back when any of its signatures is made with any of the secrets, compared in constant time.
pub fn verify(secrets: &[Secret], received: Received<'_>, now: DateTime<Utc>) -> Result<(), SignatureFault> {
    if secrets.is_empty() {
        return Err(SignatureFault::NoSecret);
    }
    // A full stop in the id would let one signed text be cut in two ways.
    if received.id.is_empty() || received.id.contains('.') {
        return Err(SignatureFault::Id);
    }
    if received.timestamp.is_empty() || !received.timestamp.bytes().all(|byte| byte.is_ascii_digit()) {
        return Err(SignatureFault::Timestamp);
    }
    let seconds: i64 = received.timestamp.parse().map_err(|_| SignatureFault::Timestamp)?;
    if now.timestamp().abs_diff(seconds) > TOLERANCE_SECONDS.unsigned_abs() {
        return Err(SignatureFault::OutOfTime);
    }
    let signed = signed_text(received.id, received.timestamp, received.body);
    let given =
        received.signatures.split(' ').filter_map(|one| STANDARD.decode(one.strip_prefix(SIGNATURE_PREFIX)?).ok());
    for tag in given {
        if secrets.iter().any(|secret| hmac::verify(&secret.0, &signed, &tag).is_ok()) {
            return Ok(());
        }
    }
    Err(SignatureFault::Mismatch)
}

/// The value of `webhook-signature` for a message of ours.
pub fn sign(secret: &Secret, id: &str, seconds: i64, body: &[u8]) -> String {
    let tag = hmac::sign(&secret.0, &signed_text(id, &seconds.to_string(), body));
    format!("{SIGNATURE_PREFIX}{}", STANDARD.encode(tag.as_ref()))
}

fn signed_text(id: &str, timestamp: &str, body: &[u8]) -> Vec<u8> {
    [id.as_bytes(), b".", timestamp.as_bytes(), b".", body].concat()
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The published example of the specification.
    const SECRET: &str = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw";
    const ID: &str = "msg_p5jXN8AQM9LWM0D4loKWxJek";
    const SECONDS: i64 = 1_614_265_330;
    const BODY: &[u8] = br#"{"test": 2432232314}"#;
    const SIGNATURE: &str = "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=";

    fn at(seconds: i64) -> DateTime<Utc> {
        DateTime::from_timestamp(seconds, 0).unwrap()
    }

    fn secret(text: &str) -> Secret {
        Secret::parse(text).unwrap()
    }

    fn received(signatures: &str) -> Received<'_> {
        Received { id: ID, timestamp: "1614265330", signatures, body: BODY }
    }

    #[test]
    fn the_example_of_the_specification_is_believed_and_made() {
        assert_eq!(verify(&[secret(SECRET)], received(SIGNATURE), at(SECONDS)), Ok(()));
        assert_eq!(sign(&secret(SECRET), ID, SECONDS, BODY), SIGNATURE);
    }

    #[test]
    fn one_fitting_signature_among_others_is_enough() {
        let several = format!("v1,Ceo5qEr07ixe2NLpvHk3FH9bwy/WavXrAFQ/9tdO6mc= v2,abc v1a,xyz {SIGNATURE}");
        assert_eq!(verify(&[secret(SECRET)], received(&several), at(SECONDS)), Ok(()));
    }

    #[test]
    fn while_a_secret_is_rotated_the_old_and_the_new_one_both_count() {
        let new = secret("whsec_C2FVsBQIhrscChlQIMV+b5sSYspob7oD");
        let by_new = sign(&new, ID, SECONDS, BODY);
        let both = [secret(SECRET), new];
        assert_eq!(verify(&both, received(SIGNATURE), at(SECONDS)), Ok(()));
        assert_eq!(verify(&both, received(&by_new), at(SECONDS)), Ok(()));
        assert_eq!(verify(&both[..1], received(&by_new), at(SECONDS)), Err(SignatureFault::Mismatch));
    }

    #[test]
    fn a_changed_body_id_or_time_is_not_believed() {
        let secrets = [secret(SECRET)];
        let now = at(SECONDS);
        let body = Received { body: b"{\"test\": 2432232315}", ..received(SIGNATURE) };
        let id = Received { id: "msg_other", ..received(SIGNATURE) };
        let time = Received { timestamp: "1614265331", ..received(SIGNATURE) };
        for changed in [body, id, time] {
            assert_eq!(verify(&secrets, changed, now), Err(SignatureFault::Mismatch));
        }
    }

    #[test]
    fn five_minutes_off_is_in_time_and_a_second_more_is_not() {
        let secrets = [secret(SECRET)];
        for (now, expected) in [
            (SECONDS + 300, Ok(())),
            (SECONDS - 300, Ok(())),
            (SECONDS + 301, Err(SignatureFault::OutOfTime)),
            (SECONDS - 301, Err(SignatureFault::OutOfTime)),
        ] {
            assert_eq!(verify(&secrets, received(SIGNATURE), at(now)), expected, "{now}");
        }
    }

    #[test]
    fn without_a_secret_or_a_readable_header_nothing_is_believed() {
        let secrets = [secret(SECRET)];
        let now = at(SECONDS);
        assert_eq!(verify(&[], received(SIGNATURE), now), Err(SignatureFault::NoSecret));
        for signatures in ["", "v1,", "v1", "v1,!!!", "g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE="] {
            assert_eq!(verify(&secrets, received(signatures), now), Err(SignatureFault::Mismatch), "{signatures}");
        }
        for id in ["", "msg.1614265330"] {
            assert_eq!(verify(&secrets, Received { id, ..received(SIGNATURE) }, now), Err(SignatureFault::Id));
        }
        for timestamp in ["", "+1614265330", "-5", "1614265330.0", "99999999999999999999", "now"] {
            let broken = Received { timestamp, ..received(SIGNATURE) };
            assert_eq!(verify(&secrets, broken, now), Err(SignatureFault::Timestamp), "{timestamp}");
        }
    }

    #[test]
    fn a_secret_needs_its_prefix_and_its_length_and_never_shows_itself() {
        for broken in ["", "whsec_", "MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw", "whsec_c2hvcnQ=", "whsec_***"] {
            assert_eq!(Secret::parse(broken).err(), Some(SecretInvalid), "{broken}");
        }
        assert!(Secret::parse(&format!(" {SECRET}\n")).is_ok());
        assert_eq!(format!("{:?}", secret(SECRET)), "Secret(..)");
    }
}
