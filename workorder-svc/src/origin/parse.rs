//! Origins: where the CDN fetches from. Parse, don't validate: an [`Origin`] that came through [`parse`] can be used.

use std::net::{IpAddr, Ipv6Addr};

use serde::{Deserialize, Serialize};
use shared_model::problem::{Code, codes};
use shared_model::text::Text;
use utoipa::ToSchema;

use crate::domain_name::parse::HostName;
use crate::origin::routable::{address_is_routable, name_is_routable};
use crate::submit::form::OriginForm;

/// What an origin's value is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub enum OriginType {
    Ip,
    Domain,
}

impl OriginType {
    pub const fn code(self) -> &'static str {
        match self {
            Self::Ip => "ip",
            Self::Domain => "domain",
        }
    }

    pub fn from_code(code: &str) -> Option<Self> {
        [Self::Ip, Self::Domain].into_iter().find(|kind| kind.code() == code)
    }
}

/// An origin of an order: a row of `orign_address`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct Origin {
    /// An address as the customer wrote it, or a name in ASCII and lower case; with its port, if it has one.
    pub value: String,
    #[serde(rename = "type")]
    pub kind: OriginType,
    pub main_flag: bool,
    /// 1 to 100.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub weight: Option<i32>,
}

/// The host of an origin.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Host {
    Address(IpAddr),
    Name(HostName),
}

/// What is wrong with one member of an origin.
#[derive(Clone, Debug, PartialEq)]
pub struct OriginFault {
    /// `value`, `type` or `weight`.
    pub member: &'static str,
    pub code: &'static Code,
    pub message: Text,
}

impl OriginFault {
    fn new(member: &'static str, code: &'static Code, zh: &'static str, en: &'static str) -> Self {
        Self { member, code, message: Text::fixed(zh, en) }
    }
}

/// Reads one origin of a form, with its host; all of its faults at once.
pub fn parse(form: &OriginForm) -> Result<(Origin, Host), Vec<OriginFault>> {
    let mut faults = Vec::new();
    let weight = match form.weight.map(i32::try_from) {
        None => None,
        Some(Ok(weight @ 1..=100)) => Some(weight),
        Some(_) => {
            faults.push(OriginFault::new(
                "weight",
                &codes::ORIGIN_WEIGHT_INVALID,
                "权重须在 1 到 100 之间",
                "the weight must be 1 to 100",
            ));
            None
        }
    };
    match parse_typed(form) {
        Ok((kind, value, host)) if faults.is_empty() => {
            Ok((Origin { value, kind, main_flag: form.main_flag.unwrap_or(false), weight }, host))
        }
        Ok(_) => Err(faults),
        Err(fault) => {
            faults.insert(0, fault);
            Err(faults)
        }
    }
}

fn parse_typed(form: &OriginForm) -> Result<(OriginType, String, Host), OriginFault> {
    let kind = form.kind.as_deref().and_then(OriginType::from_code).ok_or_else(|| {
        OriginFault::new("type", &codes::ORIGIN_INVALID, "源站类型只能是 ip 或 domain", "the type is ip or domain")
    })?;
    let value = form.value.as_deref().map(str::trim).unwrap_or_default();
    let (value, host) = match kind {
        OriginType::Ip => {
            let (address, _port) = parse_address(value).ok_or_else(invalid_address)?;
            (value.to_owned(), Host::Address(address))
        }
        OriginType::Domain => {
            let (name, port) = parse_name(value).ok_or_else(invalid_name)?;
            let canonical = port.map_or_else(|| name.to_string(), |port| format!("{name}:{port}"));
            (canonical, Host::Name(name))
        }
    };
    let routable = match &host {
        Host::Address(address) => address_is_routable(*address),
        Host::Name(name) => name_is_routable(name),
    };
    if routable { Ok((kind, value, host)) } else { Err(not_routable()) }
}

fn invalid_address() -> OriginFault {
    OriginFault::new(
        "value",
        &codes::ORIGIN_INVALID,
        "不是有效的 IP 地址；IPv6 带端口时须写在方括号里，端口 1 到 65535",
        "not an IP address; IPv6 with a port is written in brackets, ports are 1 to 65535",
    )
}

fn invalid_name() -> OriginFault {
    OriginFault::new(
        "value",
        &codes::ORIGIN_INVALID,
        "不是有效的源站域名；端口 1 到 65535",
        "not a host name; ports are 1 to 65535",
    )
}

fn not_routable() -> OriginFault {
    OriginFault::new(
        "value",
        &codes::ORIGIN_NOT_ROUTABLE,
        "源站须是公网可达的地址",
        "the origin must be reachable on the public Internet",
    )
}

/// `192.0.2.1`, `192.0.2.1:80`, `2001:db8::1`, `[2001:db8::1]`, `[2001:db8::1]:80`.
fn parse_address(value: &str) -> Option<(IpAddr, Option<u16>)> {
    if let Some(rest) = value.strip_prefix('[') {
        let (address, port) = rest.split_once(']')?;
        let address = IpAddr::V6(address.parse::<Ipv6Addr>().ok()?);
        return match port.strip_prefix(':') {
            Some(port) => Some((address, Some(parse_port(port)?))),
            None => port.is_empty().then_some((address, None)),
        };
    }
    if let Ok(address) = value.parse::<IpAddr>() {
        return Some((address, None));
    }
    // What is left with a colon can only be IPv4 with a port: IPv6 with one wants brackets.
    let (address, port) = value.rsplit_once(':')?;
    Some((IpAddr::V4(address.parse().ok()?), Some(parse_port(port)?)))
}

/// `origin.example.com`, `origin.example.com:8080`: two labels at least, no wildcard.
fn parse_name(value: &str) -> Option<(HostName, Option<u16>)> {
    let (name, port) = match value.rsplit_once(':') {
        Some((name, port)) => (name, Some(parse_port(port)?)),
        None => (value, None),
    };
    let name = HostName::parse(name).ok()?;
    let usable = name.as_str().contains('.') || !name_is_routable(&name);
    usable.then_some((name, port))
}

/// 1 to 65535, digits only: `+80` and `0x50` are not ports.
fn parse_port(text: &str) -> Option<u16> {
    let digits = !text.is_empty() && text.len() <= 5 && text.bytes().all(|byte| byte.is_ascii_digit());
    if !digits {
        return None;
    }
    text.parse().ok().filter(|port| *port != 0)
}

#[cfg(test)]
#[path = "parse_tests.rs"]
mod tests;
