//! Which headers cross the edge. Hop-by-hop ones never do, in either direction; what a client says about who it is
//! or where it comes from never reaches a service, in any spelling.

use std::net::IpAddr;

/// Headers about one connection only. source: RFC 9110 §7.6.1, and the two that older clients send.
const HOP_BY_HOP: [&str; 10] = [
    "connection",
    "keep-alive",
    "proxy-authenticate",
    "proxy-authorization",
    "proxy-connection",
    "te",
    "trailer",
    "trailers",
    "transfer-encoding",
    "upgrade",
];

/// Headers that the edge writes itself on the way in: the service's own host, the framing, the answer to `Expect`.
const REWRITTEN: [&str; 6] = ["host", "content-length", "expect", "x-request-id", "traceparent", "x-real-ip"];

/// The header names that `Connection` lists, in lower case.
pub fn named_by_connection<'a>(values: impl Iterator<Item = &'a [u8]>) -> Vec<String> {
    values
        .flat_map(|value| value.split(|byte| *byte == b','))
        .map(|name| String::from_utf8_lossy(name).trim().to_ascii_lowercase())
        .filter(|name| !name.is_empty())
        .collect()
}

/// Whether a client's header goes on to the service. `name` is in lower case.
pub fn goes_in(name: &str, named: &[String]) -> bool {
    !is_hop_by_hop(name, named) && !REWRITTEN.contains(&name) && !claims_identity(name)
}

/// Whether a service's header goes back to the client. The framing is the edge's own; so is the request id.
pub fn goes_out(name: &str, named: &[String]) -> bool {
    !is_hop_by_hop(name, named) && !matches!(name, "content-length" | "x-request-id")
}

fn is_hop_by_hop(name: &str, named: &[String]) -> bool {
    HOP_BY_HOP.contains(&name) || named.iter().any(|other| other == name)
}

/// `x-user-*`, `x-internal-*`, `forwarded`, `x-forwarded-*`: only the edge may say these. Some servers read `_` as `-`.
fn claims_identity(name: &str) -> bool {
    let name = name.replace('_', "-");
    name == "forwarded"
        || name == "x-real-ip"
        || ["x-user-", "x-internal-", "x-forwarded-"].iter().any(|prefix| name.starts_with(prefix))
        || matches!(name.as_str(), "x-user" | "x-internal" | "x-forwarded")
}

/// The client's address: the peer's, unless the peer is a listed proxy. Then it is the last address of
/// `X-Forwarded-For` that is not a listed proxy itself; anything unreadable stops the walk at the proxy that sent it.
pub fn client_address(peer: IpAddr, forwarded_for: &[&str], proxies: &[IpAddr]) -> IpAddr {
    let mut client = peer;
    let hops: Vec<&str> = forwarded_for.iter().flat_map(|value| value.split(',')).map(str::trim).collect();
    for hop in hops.iter().rev() {
        if !proxies.contains(&client) {
            break;
        }
        let Ok(address) = hop.parse() else { break };
        client = address;
    }
    client
}

#[cfg(test)]
mod tests {
    use super::*;

    fn ip(text: &str) -> IpAddr {
        text.parse().unwrap()
    }

    #[test]
    fn hop_by_hop_headers_and_those_named_by_connection_stay() {
        let named = named_by_connection([b"close, X-Secret".as_slice(), b" TE ".as_slice()].into_iter());
        assert_eq!(named, ["close", "x-secret", "te"]);
        for name in ["connection", "x-secret", "te", "upgrade", "transfer-encoding", "host", "expect"] {
            assert!(!goes_in(name, &named), "{name}");
        }
        assert!(!goes_out("x-secret", &named) && !goes_out("keep-alive", &named) && !goes_out("content-length", &[]));
        for name in ["authorization", "content-type", "idempotency-key", "if-match", "accept-language", "webhook-id"] {
            assert!(goes_in(name, &named), "{name}");
        }
        assert!(goes_out("set-cookie", &named) && goes_out("etag", &named) && goes_out("www-authenticate", &named));
    }

    #[test]
    fn nobody_but_the_edge_says_who_a_caller_is() {
        for name in [
            "x-user-id",
            "x_user_id",
            "x-user_id",
            "x-internal-key",
            "x_internal-key",
            "forwarded",
            "x-forwarded-for",
            "x_forwarded_for",
            "x-forwarded-host",
            "x-real-ip",
            "x_real_ip",
        ] {
            assert!(!goes_in(name, &[]), "{name}");
        }
        assert!(goes_in("x-username", &[]) && goes_in("x-confirm", &[]));
    }

    #[test]
    fn forwarded_for_is_believed_from_listed_proxies_only() {
        let proxies = [ip("10.0.0.1"), ip("10.0.0.2")];
        assert_eq!(client_address(ip("203.0.113.9"), &["198.51.100.1"], &proxies), ip("203.0.113.9"));
        assert_eq!(client_address(ip("10.0.0.1"), &["198.51.100.1"], &proxies), ip("198.51.100.1"));
        assert_eq!(client_address(ip("10.0.0.1"), &["1.1.1.1, 198.51.100.1, 10.0.0.2"], &proxies), ip("198.51.100.1"));
        assert_eq!(client_address(ip("10.0.0.1"), &["1.1.1.1", "198.51.100.7"], &proxies), ip("198.51.100.7"));
        assert_eq!(client_address(ip("10.0.0.1"), &["198.51.100.1, unknown"], &proxies), ip("10.0.0.1"));
        assert_eq!(client_address(ip("10.0.0.1"), &[], &proxies), ip("10.0.0.1"));
    }
}
