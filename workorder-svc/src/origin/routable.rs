//! Which addresses the CDN can fetch from over the public Internet.
//!
//! Refused: loopback, unspecified, link-local, multicast, private and the other ranges that are not globally
//! reachable, also when they hide inside an IPv6 address that carries an IPv4 one. Documentation ranges pass: they
//! are what samples and tests are written with. source: IANA special-purpose address registries (RFC 6890).

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

use crate::domain_name::parse::HostName;

pub fn address_is_routable(address: IpAddr) -> bool {
    match address {
        IpAddr::V4(address) => v4_is_routable(address),
        IpAddr::V6(address) => v6_is_routable(address),
    }
}

fn v4_is_routable(address: Ipv4Addr) -> bool {
    let [a, b, c, _] = address.octets();
    let this_network = a == 0;
    let shared_with_carrier = a == 100 && (64..128).contains(&b);
    let protocol_assignments = (a, b, c) == (192, 0, 0);
    let benchmarking = a == 198 && (b == 18 || b == 19);
    // Class E, with the broadcast address.
    let reserved = a >= 240;
    !(this_network
        || address.is_loopback()
        || address.is_private()
        || address.is_link_local()
        || address.is_multicast()
        || shared_with_carrier
        || protocol_assignments
        || benchmarking
        || reserved)
}

fn v6_is_routable(address: Ipv6Addr) -> bool {
    if let Some(inner) = carried_v4(address) {
        return v4_is_routable(inner);
    }
    // Only 2000::/3 is global unicast: this leaves out ::1, ::, fc00::/7, fe80::/10, ff00::/8, 64:ff9b:1::/48 and 100::/64.
    let [first, second, ..] = address.segments();
    let global_unicast = first & 0xe000 == 0x2000;
    // 2001:0000::/23 is for protocols (Teredo, ORCHID, benchmarking); 2001:db8::/32 lies outside it.
    let protocol_assignments = first == 0x2001 && second < 0x0200;
    global_unicast && !protocol_assignments
}

/// The IPv4 address an IPv6 one stands for: mapped (`::ffff:0:0/96`), compatible (`::/96`), NAT64 (`64:ff9b::/96`),
/// or 6to4 (`2002::/16`).
fn carried_v4(address: Ipv6Addr) -> Option<Ipv4Addr> {
    let [a, b, c, d, e, f, g, h] = address.segments();
    let join = |high: u16, low: u16| Ipv4Addr::from((u32::from(high) << 16) | u32::from(low));
    match (a, b, c, d, e, f) {
        (0, 0, 0, 0, 0, 0 | 0xffff) | (0x0064, 0xff9b, 0, 0, 0, 0) => Some(join(g, h)),
        (0x2002, high, low, _, _, _) => Some(join(high, low)),
        _ => None,
    }
}

/// Names that by their own definition mean this machine or this site.
/// source: RFC 6761 (localhost), RFC 6762 (local), RFC 8375 (home.arpa), ICANN 2024 (internal).
pub fn name_is_routable(name: &HostName) -> bool {
    let own = ["localhost", "local", "home.arpa", "internal", "localdomain"];
    !own.iter()
        .any(|suffix| name.as_str().strip_suffix(suffix).is_some_and(|rest| rest.is_empty() || rest.ends_with('.')))
}

#[cfg(test)]
mod tests {
    use rstest::rstest;

    use super::*;

    #[rstest]
    #[case("127.0.0.1")]
    #[case("0.0.0.0")]
    #[case("0.1.2.3")]
    #[case("169.254.169.254")]
    #[case("224.0.0.1")]
    #[case("10.0.0.1")]
    #[case("172.31.255.255")]
    #[case("192.168.1.1")]
    #[case("100.64.0.1")]
    #[case("198.18.0.1")]
    #[case("255.255.255.255")]
    #[case("::1")]
    #[case("::")]
    #[case("fe80::1")]
    #[case("fec0::1")]
    #[case("ff02::1")]
    #[case("fd00::1")]
    #[case("::ffff:127.0.0.1")]
    #[case("::ffff:10.0.0.1")]
    #[case("::10.0.0.1")]
    #[case("64:ff9b::192.168.0.1")]
    #[case("64:ff9b:1::1")]
    #[case("2002:7f00:1::1")]
    #[case("2001:0:1::1")]
    #[case("100::1")]
    fn the_public_internet_does_not_reach(#[case] address: &str) {
        assert!(!address_is_routable(address.parse().unwrap()), "{address}");
    }

    #[rstest]
    #[case("192.0.2.1")]
    #[case("198.51.100.7")]
    #[case("203.0.113.9")]
    #[case("8.8.8.8")]
    #[case("172.32.0.1")]
    #[case("100.128.0.1")]
    #[case("2001:db8:85a3::8a2e:370:7334")]
    #[case("3fff::1")]
    #[case("2400:3200::1")]
    #[case("::ffff:203.0.113.9")]
    #[case("64:ff9b::8.8.8.8")]
    #[case("2002:c000:0201::1")]
    fn documentation_and_global_addresses_pass(#[case] address: &str) {
        assert!(address_is_routable(address.parse().unwrap()), "{address}");
    }

    #[test]
    fn names_of_this_machine_or_site_do_not_pass() {
        for name in ["localhost", "a.localhost", "printer.local", "x.internal", "nas.home.arpa"] {
            assert!(!name_is_routable(&HostName::parse(name).unwrap()), "{name}");
        }
        for name in ["origin.example.com", "notlocal.example", "local.example.com"] {
            assert!(name_is_routable(&HostName::parse(name).unwrap()), "{name}");
        }
    }
}
