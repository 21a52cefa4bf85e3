//! Unified social credit code 统一社会信用代码: 18 characters, the last one a check. source: GB 32100-2015 §5.

/// 31 characters: digits and capitals without I, O, S, V, Z.
const ALPHABET: &[u8] = b"0123456789ABCDEFGHJKLMNPQRTUWXY";
/// Powers of 3 modulo 31.
const WEIGHTS: [usize; 17] = [1, 3, 9, 27, 19, 26, 16, 17, 20, 29, 25, 13, 8, 24, 10, 30, 28];
/// Characters 3 to 8 name an administrative division (GB/T 2260), digits only.
const DIVISION: std::ops::Range<usize> = 2..8;

/// Whether the code is well formed and closed by the right check character.
///
/// The subject's own check character inside it (GB 11714) is not looked at: codes are in use that lack it.
pub fn is_valid(code: &str) -> bool {
    let bytes = code.as_bytes();
    if bytes.len() != 18 || !bytes[DIVISION].iter().all(u8::is_ascii_digit) {
        return false;
    }
    let Some(values) = bytes.iter().map(|byte| value(*byte)).collect::<Option<Vec<usize>>>() else {
        return false;
    };
    let sum: usize = values.iter().zip(WEIGHTS).map(|(value, weight)| value * weight).sum();
    // The outer remainder turns a difference of 31 into 0: without it every code that ends in 0 is refused.
    values[17] == (31 - sum % 31) % 31
}

fn value(byte: u8) -> Option<usize> {
    ALPHABET.iter().position(|known| *known == byte)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn published_codes_pass() {
        let published = [
            "91440300708461136T",
            "914403001922038216",
            "9144030071526726XG",
            "91110000802100433B",
            "91330100799655058B",
            "91350100M000100Y43",
        ];
        for code in published {
            assert!(is_valid(code), "{code}");
        }
    }

    #[test]
    fn codes_that_end_in_0_pass() {
        for code in ["914403001000002860", "914403001000005180", "914403001000007530"] {
            assert!(is_valid(code), "{code}");
        }
    }

    #[test]
    fn any_one_character_changed_is_noticed() {
        let good = b"91440300708461136T";
        for place in 0..18 {
            for other in ALPHABET.iter().filter(|other| **other != good[place]) {
                let mut bad = *good;
                bad[place] = *other;
                let bad = std::str::from_utf8(&bad).unwrap();
                assert!(!is_valid(bad), "{bad}");
            }
        }
    }

    #[test]
    fn wrong_lengths_and_letters_outside_the_alphabet_are_refused() {
        for code in ["", "91440300708461136", "91440300708461136TT", "9144030070846I136T", "91440300708461136t"] {
            assert!(!is_valid(code), "{code}");
        }
        assert!(!is_valid("统一社会信用"), "18 bytes that are no characters of the alphabet");
        assert!(!is_valid("91A40300708461136T"), "a division is digits");
    }
}
