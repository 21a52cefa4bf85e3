//! Organization code 组织机构代码: eight characters and a check character. source: GB 11714-1997 §3.

const WEIGHTS: [u32; 8] = [3, 7, 9, 10, 5, 8, 4, 2];

/// Whether the nine characters (capitals, no hyphen) carry the right check character: 0-9, or X for ten.
pub fn is_valid(code: &str) -> bool {
    let bytes = code.as_bytes();
    if bytes.len() != 9 {
        return false;
    }
    let mut sum = 0;
    for (byte, weight) in bytes.iter().zip(WEIGHTS) {
        let Some(value) = value(*byte) else { return false };
        sum += value * weight;
    }
    bytes[8] == check_character(sum)
}

fn check_character(sum: u32) -> u8 {
    match 11 - sum % 11 {
        10 => b'X',
        11 => b'0',
        digit => b"0123456789"[digit as usize],
    }
}

/// 0-9 are themselves, A is 10 and Z is 35.
fn value(byte: u8) -> Option<u32> {
    match byte {
        b'0'..=b'9' => Some(u32::from(byte - b'0')),
        b'A'..=b'Z' => Some(u32::from(byte - b'A') + 10),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn published_codes_pass() {
        // The example of the standard's text, then the subjects of well-known credit codes.
        for code in ["D2143569X", "708461136", "802100433", "71526726X", "192203821"] {
            assert!(is_valid(code), "{code}");
        }
    }

    #[test]
    fn a_wrong_check_character_length_or_sign_is_refused() {
        for code in ["D21435690", "708461137", "70846113", "7084611366", "70846113-", "d2143569x", "", "组织机"] {
            assert!(!is_valid(code), "{code}");
        }
    }
}
