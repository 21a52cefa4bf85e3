//! Domain names. Parse, don't validate: a [`DomainName`] that exists is ASCII, lower case and registrable.
//!
//! Two spellings of one name (`Ａ.com`, `a.COM`, `a.com.`) are one [`DomainName`], so that neither the existence check
//! nor the unique index can be passed by writing it differently. A trailing dot only says that the name is absolute:
//! it is taken off.

use std::fmt;

use idna::AsciiDenyList;
use idna::uts46::{DnsLength, Hyphens, Uts46};

/// Longest text looked at: IDNA shortens, so it may be more than the 253 octets of a name, but not without bound.
const LONGEST_INPUT: usize = 1_024;

/// A host name as DNS has it: ASCII (UTS #46), lower case, two labels at least, not an IP address.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct HostName(String);

/// Not a usable name.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum InvalidName {
    #[error("empty")]
    Empty,
    /// Breaks UTS #46 or the length rules of DNS.
    #[error("not a name")]
    Malformed,
    #[error("an IP address")]
    Address,
    /// A single label, or nothing but a public suffix, or a top-level domain nobody knows.
    #[error("not registrable under the public suffix list")]
    NotRegistrable,
}

impl HostName {
    pub fn parse(text: &str) -> Result<Self, InvalidName> {
        let text = text.trim();
        if text.is_empty() {
            return Err(InvalidName::Empty);
        }
        if text.len() > LONGEST_INPUT {
            return Err(InvalidName::Malformed);
        }
        // Hyphens in places 3 and 4 are left alone: real CDN names have them (`r3---sn-x.example.com`).
        let ascii = Uts46::new()
            .to_ascii(text.as_bytes(), AsciiDenyList::STD3, Hyphens::CheckFirstLast, DnsLength::VerifyAllowRootDot)
            .map_err(|_| InvalidName::Malformed)?;
        let name = ascii.strip_suffix('.').unwrap_or(&ascii);
        if name.is_empty() {
            return Err(InvalidName::Malformed);
        }
        let last = name.rsplit('.').next().unwrap_or(name);
        // source: WHATWG URL, "ends in a number": such a host is read as an IPv4 address.
        let hexadecimal = last.strip_prefix("0x").is_some_and(|rest| rest.bytes().all(|b| b.is_ascii_hexdigit()));
        if last.bytes().all(|b| b.is_ascii_digit()) || hexadecimal {
            return Err(InvalidName::Address);
        }
        Ok(Self(name.to_owned()))
    }

    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for HostName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// A domain the CDN may serve: registrable under the public suffix list, a leading `*.` allowed.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct DomainName {
    full: String,
    wildcard: bool,
    /// Where the registrable part begins in `full`.
    registrable_at: usize,
}

impl DomainName {
    pub fn parse(text: &str) -> Result<Self, InvalidName> {
        let (wildcard, rest) = split_wildcard(text.trim());
        if is_address(rest) {
            return Err(InvalidName::Address);
        }
        let host = HostName::parse(rest)?;
        let registrable = psl::domain(host.as_str().as_bytes())
            .filter(|domain| domain.suffix().is_known())
            .ok_or(InvalidName::NotRegistrable)?;
        let registrable_length = registrable.as_bytes().len();
        let full = if wildcard { format!("*.{host}") } else { host.0 };
        if full.len() > 253 {
            return Err(InvalidName::Malformed);
        }
        let registrable_at = full.len() - registrable_length;
        Ok(Self { full, wildcard, registrable_at })
    }

    /// The whole name, with a leading `*.` if it has one.
    pub fn as_str(&self) -> &str {
        &self.full
    }

    /// What is filed with the ICP registry: `example.com.cn` of `www.example.com.cn`.
    pub fn registrable(&self) -> &str {
        &self.full[self.registrable_at..]
    }

    /// Whether a request to the host would be served by this domain. A wildcard stands for one label or more.
    pub fn covers(&self, host: &HostName) -> bool {
        if self.wildcard { host.as_str().ends_with(&self.full[1..]) } else { host.as_str() == self.full }
    }
}

impl fmt::Display for DomainName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.full)
    }
}

/// Takes a leading `*.` off, in the full-width spellings too that IDNA would map to it.
fn split_wildcard(text: &str) -> (bool, &str) {
    let mut characters = text.chars();
    let star = matches!(characters.next(), Some('*' | '＊'));
    let dot = matches!(characters.next(), Some('.' | '。' | '．' | '｡'));
    if star && dot { (true, characters.as_str()) } else { (false, text) }
}

fn is_address(text: &str) -> bool {
    let bare = text.strip_prefix('[').and_then(|rest| rest.strip_suffix(']')).unwrap_or(text);
    bare.parse::<std::net::IpAddr>().is_ok()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use rstest::rstest;

    use super::*;

    #[rstest]
    #[case("20250822110828.komect.com", "20250822110828.komect.com", "komect.com")]
    #[case(" WWW.Example.COM.CN ", "www.example.com.cn", "example.com.cn")]
    #[case("Ａ.com", "a.com", "a.com")]
    #[case("a。com", "a.com", "a.com")]
    #[case("a.com.", "a.com", "a.com")]
    #[case("*.example.cn", "*.example.cn", "example.cn")]
    #[case("＊．example.cn", "*.example.cn", "example.cn")]
    #[case("中文.中国", "xn--fiq228c.xn--fiqs8s", "xn--fiq228c.xn--fiqs8s")]
    #[case("XN--FIQ228C.com", "xn--fiq228c.com", "xn--fiq228c.com")]
    #[case("r3---sn-abc.example.com", "r3---sn-abc.example.com", "example.com")]
    #[case("user.github.io", "user.github.io", "user.github.io")]
    fn a_name_is_known_by_one_spelling(#[case] text: &str, #[case] full: &str, #[case] registrable: &str) {
        let name = DomainName::parse(text).unwrap();
        assert_eq!((name.as_str(), name.registrable()), (full, registrable));
    }

    #[rstest]
    #[case("", InvalidName::Empty)]
    #[case("*.", InvalidName::Empty)]
    #[case("com", InvalidName::NotRegistrable)]
    #[case("com.cn", InvalidName::NotRegistrable)]
    #[case("*.com.cn", InvalidName::NotRegistrable)]
    #[case("localhost", InvalidName::NotRegistrable)]
    #[case("a.nosuchtopleveldomain", InvalidName::NotRegistrable)]
    #[case("192.0.2.1", InvalidName::Address)]
    #[case("１９２.0.2.1", InvalidName::Address)]
    #[case("a.0x7f", InvalidName::Address)]
    #[case("2001:db8::1", InvalidName::Address)]
    #[case("[2001:db8::1]", InvalidName::Address)]
    #[case("a_b.example.com", InvalidName::Malformed)]
    #[case("-a.example.com", InvalidName::Malformed)]
    #[case("a..example.com", InvalidName::Malformed)]
    #[case("*.*.example.com", InvalidName::Malformed)]
    #[case("a.*.example.com", InvalidName::Malformed)]
    #[case("http://example.com", InvalidName::Malformed)]
    #[case("example.com/", InvalidName::Malformed)]
    #[case("example.com:80", InvalidName::Malformed)]
    #[case("a b.example.com", InvalidName::Malformed)]
    #[case("a\u{0}.example.com", InvalidName::Malformed)]
    #[case("xn--a.example.com", InvalidName::Malformed)]
    #[case("example.com..", InvalidName::Malformed)]
    fn what_is_no_name_of_a_customer_is_refused(#[case] text: &str, #[case] why: InvalidName) {
        assert_eq!(DomainName::parse(text), Err(why), "{text}");
    }

    #[test]
    fn labels_and_names_have_the_lengths_of_dns() {
        let label = "a".repeat(63);
        assert!(DomainName::parse(&format!("{label}.com")).is_ok());
        assert_eq!(DomainName::parse(&format!("{label}a.com")), Err(InvalidName::Malformed));
        let long = format!("{label}.{label}.{label}.{}.com", "a".repeat(57));
        assert_eq!(long.len(), 253);
        assert!(DomainName::parse(&long).is_ok());
        assert_eq!(DomainName::parse(&format!("*.{long}")), Err(InvalidName::Malformed));
        assert_eq!(DomainName::parse(&"a.".repeat(5_000)), Err(InvalidName::Malformed));
    }

    #[test]
    fn a_wildcard_covers_the_names_under_it_but_not_its_own_base() {
        let wildcard = DomainName::parse("*.example.cn").unwrap();
        let host = |text| HostName::parse(text).unwrap();
        assert!(wildcard.covers(&host("www.example.cn")) && wildcard.covers(&host("a.b.example.cn")));
        assert!(!wildcard.covers(&host("example.cn")) && !wildcard.covers(&host("badexample.cn")));
        assert!(DomainName::parse("a.example.cn").unwrap().covers(&host("A.EXAMPLE.cn.")));
    }

    proptest! {
        #[test]
        fn a_parsed_name_parses_to_itself(text in "\\PC{0,40}|[a-zA-Z0-9.*＊。-]{1,30}\\.(com|cn|com\\.cn)") {
            if let Ok(name) = DomainName::parse(&text) {
                prop_assert_eq!(DomainName::parse(name.as_str()), Ok(name.clone()));
                prop_assert!(name.as_str().is_ascii() && name.as_str().ends_with(name.registrable()));
                prop_assert_eq!(name.as_str().to_ascii_lowercase(), name.as_str());
            }
        }
    }
}
