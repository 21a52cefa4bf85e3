//! Which addresses may be called. Pure.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

use url::{Host, Url};

/// Why a configured URL is not called.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum UrlRefused {
    #[error("is no URL")]
    Unreadable,
    #[error("must begin with http:// or https://")]
    Scheme,
    #[error("must not carry a user name or password")]
    Credentials,
    #[error("points at the private address {0}; name that host in outbound.private_hosts if this is meant")]
    Private(String),
}

/// A URL that may be called. A host by name is looked at again whenever it is resolved.
pub fn check_url(text: &str, private_hosts: &[String]) -> Result<Url, UrlRefused> {
    let url = Url::parse(text.trim()).map_err(|_| UrlRefused::Unreadable)?;
    if !matches!(url.scheme(), "http" | "https") {
        return Err(UrlRefused::Scheme);
    }
    if !url.username().is_empty() || url.password().is_some() {
        return Err(UrlRefused::Credentials);
    }
    let address = match url.host().ok_or(UrlRefused::Unreadable)? {
        Host::Domain(name) if is_local(name) && !may_be_private(name, private_hosts) => {
            return Err(UrlRefused::Private(name.to_owned()));
        }
        Host::Domain(_) => None,
        Host::Ipv4(address) => Some(IpAddr::V4(address)),
        Host::Ipv6(address) => Some(IpAddr::V6(address)),
    };
    match address {
        Some(address) if is_private(address) && !may_be_private(&address.to_string(), private_hosts) => {
            Err(UrlRefused::Private(address.to_string()))
        }
        Some(_) | None => Ok(url),
    }
}

/// A name of this very machine. source: RFC 6761 §6.3
fn is_local(name: &str) -> bool {
    name == "localhost" || name.ends_with(".localhost")
}

/// Whether the operator lets this host lie at a private address. IPv6 addresses are written without brackets.
pub fn may_be_private(host: &str, private_hosts: &[String]) -> bool {
    private_hosts.iter().any(|allowed| allowed.trim().eq_ignore_ascii_case(host))
}

/// Not an address of the public Internet. source: IANA special-purpose address registries.
pub fn is_private(address: IpAddr) -> bool {
    match address {
        IpAddr::V4(address) => is_private_v4(address),
        IpAddr::V6(address) => is_private_v6(address),
    }
}

fn is_private_v4(address: Ipv4Addr) -> bool {
    let [first, second, third, _] = address.octets();
    address.is_loopback()
        || address.is_private()
        || address.is_link_local()
        || address.is_multicast()
        || address.is_documentation()
        || first == 0
        || first >= 240
        // Shared between a carrier and its customers, and for benchmarks.
        || (first == 100 && (64..128).contains(&second))
        || (first == 198 && (18..20).contains(&second))
        || (first, second, third) == (192, 0, 0)
}

fn is_private_v6(address: Ipv6Addr) -> bool {
    // An IPv4 address in the dress of IPv6: mapped, or translated by NAT64.
    if let Some(inner) = address.to_ipv4_mapped() {
        return is_private_v4(inner);
    }
    let parts = address.segments();
    if let [0x64, 0xff9b, 0, 0, 0, 0, high, low] = parts {
        let ([a, b], [c, d]) = (high.to_be_bytes(), low.to_be_bytes());
        return is_private_v4(Ipv4Addr::new(a, b, c, d));
    }
    let [first, second, ..] = parts;
    address.is_loopback()
        || address.is_unspecified()
        || address.is_multicast()
        || address.is_unique_local()
        || address.is_unicast_link_local()
        || (first == 0x2001 && second == 0xdb8)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_inside_are_private_and_those_outside_are_not() {
        let inside = "127.0.0.1 10.1.2.3 172.16.0.1 192.168.1.1 169.254.169.254 0.0.0.0 100.64.0.1 198.18.0.1 \
                      255.255.255.255 224.0.0.1 192.0.0.8 ::1 :: fe80::1 fd00::1 ff02::1 ::ffff:10.0.0.1 \
                      64:ff9b::7f00:1 2001:db8::1";
        for address in inside.split_whitespace() {
            assert!(is_private(address.parse().unwrap()), "{address}");
        }
        for address in "1.1.1.1 172.32.0.1 100.128.0.1 223.5.5.5 2400:3200::1 ::ffff:8.8.8.8".split_whitespace() {
            assert!(!is_private(address.parse().unwrap()), "{address}");
        }
    }

    #[test]
    fn a_private_address_is_called_only_when_it_is_named() {
        let local = "http://127.0.0.1:8080/engine-rest";
        assert_eq!(check_url(local, &[]), Err(UrlRefused::Private("127.0.0.1".into())));
        assert!(check_url(local, &["127.0.0.1".into()]).is_ok());
        assert_eq!(check_url("http://localhost:8080/", &[]), Err(UrlRefused::Private("localhost".into())));
        // The same address in other clothes.
        for dressed in ["http://2130706433/", "http://0x7f.1/", "http://[::ffff:127.0.0.1]/"] {
            assert!(matches!(check_url(dressed, &[]), Err(UrlRefused::Private(_))), "{dressed}");
        }
    }

    #[test]
    fn only_plain_web_addresses_are_called() {
        let refused = |text: &str| check_url(text, &[]).unwrap_err();
        assert_eq!(refused(""), UrlRefused::Unreadable);
        assert_eq!(refused("file:///etc/passwd"), UrlRefused::Scheme);
        assert_eq!(refused("https://user:secret@bpm.example.cn/"), UrlRefused::Credentials);
        assert!(check_url("https://bpm.example.cn/hook", &[]).is_ok());
    }
}
