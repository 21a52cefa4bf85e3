//! Ten thousand domains, asked whether one of them serves a host: by its labels, not by going through all. Pure.

use std::collections::HashSet;

use crate::domain_name::parse::{DomainName, HostName};

/// The domains of an order.
#[derive(Debug, Default)]
pub struct DomainSet<'a>(HashSet<&'a str>);

impl<'a> FromIterator<&'a DomainName> for DomainSet<'a> {
    fn from_iter<I: IntoIterator<Item = &'a DomainName>>(domains: I) -> Self {
        Self(domains.into_iter().map(DomainName::as_str).collect())
    }
}

impl DomainSet<'_> {
    /// Whether a request to the host would be served by one of them. A wildcard stands for one label or more.
    pub fn covers(&self, host: &HostName) -> bool {
        let host = host.as_str();
        if self.0.contains(host) {
            return true;
        }
        let mut parents = host.match_indices('.').map(|(dot, _)| &host[dot + 1..]);
        parents.any(|parent| self.0.contains(format!("*.{parent}").as_str()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_set_covers_what_one_of_its_domains_covers() {
        let domains: Vec<DomainName> =
            ["a.example.cn", "*.b.example.cn"].into_iter().map(|text| DomainName::parse(text).unwrap()).collect();
        let set: DomainSet<'_> = domains.iter().collect();
        for host in ["a.example.cn", "x.b.example.cn", "y.x.b.example.cn", "b.example.cn", "c.example.cn", "example.cn"]
        {
            let host = HostName::parse(host).unwrap();
            assert_eq!(set.covers(&host), domains.iter().any(|domain| domain.covers(&host)), "{host}");
        }
    }
}
