//! Business licence number 营业执照注册号 (before credit codes): 14 digits and a check digit after
//! ISO 7064 MOD 11,10. source: GS 15-2006 §4.

/// Whether the fifteen digits are closed by the right check digit.
pub fn is_valid(number: &str) -> bool {
    let bytes = number.as_bytes();
    if bytes.len() != 15 || !bytes.iter().all(u8::is_ascii_digit) {
        return false;
    }
    // The hybrid system: the product of each step feeds the next one.
    let mut product = 10;
    for byte in &bytes[..14] {
        let sum = (product + u32::from(byte - b'0')) % 10;
        product = (if sum == 0 { 10 } else { sum }) * 2 % 11;
    }
    (product + u32::from(bytes[14] - b'0')) % 10 == 1
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_example_of_the_standard_passes() {
        assert!(is_valid("110108000000016"));
    }

    #[test]
    fn every_other_check_digit_length_or_sign_is_refused() {
        for digit in (0..=9).filter(|digit| *digit != 6) {
            assert!(!is_valid(&format!("11010800000001{digit}")), "{digit}");
        }
        for number in ["", "11010800000001", "1101080000000166", "11010800000001X", "１10108000000016"] {
            assert!(!is_valid(number), "{number}");
        }
    }
}
