//! Origins as customers write them.

use proptest::prelude::*;
use rstest::rstest;

use super::*;

fn form(kind: &str, value: &str) -> OriginForm {
    OriginForm { value: Some(value.into()), kind: Some(kind.into()), main_flag: Some(true), weight: None }
}

fn codes_of(form: &OriginForm) -> Vec<(&'static str, &'static str)> {
    parse(form).err().unwrap_or_default().iter().map(|fault| (fault.member, fault.code.code)).collect()
}

#[rstest]
#[case("ip", "192.0.2.1")]
#[case("ip", " 192.0.2.1:80 ")]
#[case("ip", "192.0.2.1:65535")]
#[case("ip", "2001:db8::1")]
#[case("ip", "[2001:db8::1]")]
#[case("ip", "[2001:0db8:85a3:0000:0000:8a2e:0370:7334]:80")]
#[case("domain", "origin.example.com")]
#[case("domain", "origin.example.com:8080")]
#[case("domain", "源站.example.com")]
#[case("domain", "no-such-suffix.example")]
fn origins_that_can_be_used(#[case] kind: &str, #[case] value: &str) {
    assert!(parse(&form(kind, value)).is_ok(), "{value}");
}

#[rstest]
#[case("ip", "")]
#[case("ip", "origin.example.com")]
#[case("ip", "256.0.2.1")]
#[case("ip", "192.0.2")]
#[case("ip", "192.0.2.01")]
#[case("ip", "192.0.2.1:0")]
#[case("ip", "192.0.2.1:65536")]
#[case("ip", "192.0.2.1:+80")]
#[case("ip", "192.0.2.1:")]
#[case("ip", "192.0.2.1:80:80")]
#[case("ip", "2001:db8::1%eth0")]
#[case("ip", "[2001:db8::1]80")]
#[case("ip", "[2001:db8::1]:")]
#[case("ip", "[2001:db8::1")]
#[case("ip", "[192.0.2.1]:80")]
#[case("ip", "2001:db8:85a3:0:0:8a2e:370:7334:80")]
#[case("ip", "http://192.0.2.1")]
#[case("domain", "")]
#[case("domain", "192.0.2.1")]
#[case("domain", "[2001:db8::1]:80")]
#[case("domain", "*.example.com")]
#[case("domain", "origin")]
#[case("domain", "origin.example.com:0")]
#[case("domain", "origin.example.com/path")]
#[case("domain", "a b.example.com")]
fn a_value_that_does_not_parse_as_its_type_is_invalid(#[case] kind: &str, #[case] value: &str) {
    assert_eq!(codes_of(&form(kind, value)), [("value", "origin.invalid")], "{value}");
}

#[test]
fn an_unknown_type_is_a_fault_of_the_type() {
    assert_eq!(codes_of(&form("url", "192.0.2.1")), [("type", "origin.invalid")]);
    assert_eq!(codes_of(&OriginForm::default()), [("type", "origin.invalid")]);
}

#[rstest]
#[case("ip", "127.0.0.1:80")]
#[case("ip", "[::ffff:10.0.0.1]:80")]
#[case("domain", "localhost")]
#[case("domain", "x.localhost:80")]
fn an_origin_nobody_reaches_is_not_routable(#[case] kind: &str, #[case] value: &str) {
    assert_eq!(codes_of(&form(kind, value)), [("value", "origin.not_routable")], "{value}");
}

#[rstest]
#[case(0)]
#[case(101)]
#[case(-1)]
#[case(i64::MAX)]
fn weights_are_one_to_a_hundred_and_both_faults_are_told(#[case] weight: i64) {
    let form = OriginForm { weight: Some(weight), ..form("ip", "127.0.0.1") };
    assert_eq!(codes_of(&form), [("value", "origin.not_routable"), ("weight", "origin.weight_invalid")]);
}

#[test]
fn an_address_is_kept_as_written_and_a_name_in_its_one_spelling() {
    let (address, host) = parse(&form("ip", "[2001:0DB8::1]:80")).unwrap();
    assert_eq!(address.value, "[2001:0DB8::1]:80");
    assert_eq!(host, Host::Address("2001:db8::1".parse().unwrap()));
    let (name, _) = parse(&form("domain", "Ｏrigin.Example.COM.:8080")).unwrap();
    assert_eq!(name.value, "origin.example.com:8080");
}

proptest! {
    #[test]
    fn no_text_makes_the_parser_fall_over(kind in "ip|domain", value in "\\PC{0,60}|[0-9a-f:.\\[\\]%]{0,40}") {
        let form = form(&kind, &value);
        if let Ok((origin, _)) = parse(&form) {
            let again = OriginForm { value: Some(origin.value.clone()), ..form };
            prop_assert_eq!(parse(&again).unwrap().0, origin);
        }
    }
}
