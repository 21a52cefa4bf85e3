//! The services behind the edge, their addresses, and which of those answer.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};

use shared_model::access::Endpoint;
use shared_model::server::settings::SettingsError;
use shared_model::server::token::ServiceName;
use url::Url;

use super::route::{is_under, table_of};
use crate::settings::ServiceSettings;

/// One address of a service. It leaves the rotation when it refuses connections or fails its health check, and comes
/// back by itself when it answers.
pub struct Address {
    /// Counts addresses through all services: the pool's key.
    pub index: usize,
    /// `http://host:port`
    pub base: String,
    pub host: String,
    pub port: u16,
    healthy: AtomicBool,
}

impl Address {
    fn parse(index: usize, text: &str) -> Result<Self, SettingsError> {
        let unusable = |why: &str| SettingsError::Unusable(format!("services: {text}: {why}"));
        let url = Url::parse(text).map_err(|error| unusable(&error.to_string()))?;
        if url.scheme() != "http" || !matches!(url.path(), "" | "/") || url.query().is_some() {
            return Err(unusable("an address is http://host:port"));
        }
        let host = url.host_str().ok_or_else(|| unusable("no host"))?.trim_matches(['[', ']']).to_owned();
        let port = url.port_or_known_default().ok_or_else(|| unusable("no port"))?;
        let base = text.trim_end_matches('/').to_owned();
        // Believed to be there until the first check says otherwise.
        Ok(Self { index, base, host, port, healthy: AtomicBool::new(true) })
    }

    /// `host:port`, for the `Host` header.
    pub fn authority(&self) -> &str {
        self.base.strip_prefix("http://").unwrap_or(&self.base)
    }

    pub fn is_healthy(&self) -> bool {
        self.healthy.load(Ordering::Relaxed)
    }

    /// Tells whether that is news.
    pub fn set_healthy(&self, healthy: bool) -> bool {
        self.healthy.swap(healthy, Ordering::Relaxed) != healthy
    }
}

/// One service.
pub struct Service {
    /// Its place among the services.
    pub position: usize,
    pub name: ServiceName,
    pub table: &'static [Endpoint],
    pub addresses: Vec<Arc<Address>>,
    prefixes: Vec<String>,
    next: AtomicUsize,
}

impl Service {
    /// The addresses in the order to try them for one request: round robin among the healthy ones. When none is, all:
    /// one of them may have come back since it was last asked.
    pub fn rotation(&self) -> Vec<Arc<Address>> {
        let start = self.next.fetch_add(1, Ordering::Relaxed);
        let mut order: Vec<Arc<Address>> = self.addresses.iter().filter(|one| one.is_healthy()).cloned().collect();
        if order.is_empty() {
            order = self.addresses.clone();
        }
        let shift = start % order.len().max(1);
        order.rotate_left(shift);
        order
    }
}

/// All services of the stack.
pub struct Upstreams {
    pub services: Vec<Service>,
}

impl Upstreams {
    pub fn new(settings: &BTreeMap<String, ServiceSettings>) -> Result<Self, SettingsError> {
        let mut index = 0;
        let mut services = Vec::new();
        for (name, service) in settings {
            let mut addresses = Vec::new();
            for text in &service.addresses {
                addresses.push(Arc::new(Address::parse(index, text)?));
                index += 1;
            }
            services.push(Service {
                position: services.len(),
                name: name_of(name)?,
                table: table_of(name)?,
                addresses,
                prefixes: service.prefixes.clone(),
                next: AtomicUsize::new(0),
            });
        }
        Ok(Self { services })
    }

    /// The service whose prefix the path is under.
    pub fn for_path(&self, path: &str) -> Option<&Service> {
        self.services.iter().find(|service| service.prefixes.iter().any(|prefix| is_under(path, prefix)))
    }
}

fn name_of(name: &str) -> Result<ServiceName, SettingsError> {
    [ServiceName::WorkorderSvc, ServiceName::PeSvc, ServiceName::BpmAdapter]
        .into_iter()
        .find(|known| known.code() == name)
        .ok_or_else(|| SettingsError::Unusable(format!("services.{name}: there is no such service")))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn service(addresses: &[&str]) -> Service {
        let settings = ServiceSettings {
            prefixes: vec!["/pe".to_owned()],
            addresses: addresses.iter().map(|one| (*one).to_owned()).collect(),
        };
        Upstreams::new(&BTreeMap::from([("pe-svc".to_owned(), settings)])).unwrap().services.remove(0)
    }

    fn ports(service: &Service) -> Vec<u16> {
        service.rotation().iter().map(|address| address.port).collect()
    }

    #[test]
    fn healthy_addresses_take_turns() {
        let service = service(&["http://h:1", "http://h:2", "http://h:3"]);
        assert_eq!([ports(&service), ports(&service)], [[1, 2, 3], [2, 3, 1]]);
        service.addresses[1].set_healthy(false);
        for _ in 0..4 {
            assert!(!ports(&service).contains(&2));
        }
        assert!(service.addresses[1].set_healthy(true) && !service.addresses[1].set_healthy(true));
        assert_eq!(ports(&service).len(), 3);
    }

    #[test]
    fn when_none_is_healthy_all_are_tried() {
        let service = service(&["http://h:1", "http://h:2"]);
        service.addresses.iter().for_each(|address| assert!(address.set_healthy(false)));
        assert_eq!(ports(&service).len(), 2);
    }

    #[test]
    fn an_address_is_a_scheme_a_host_and_a_port() {
        for bad in ["https://h:1", "h:1", "http://h:1/path", "http://h:1?x"] {
            assert!(Address::parse(0, bad).is_err(), "{bad}");
        }
        let six = Address::parse(0, "http://[::1]:8081").unwrap();
        assert_eq!((six.host.as_str(), six.port, six.authority()), ("::1", 8081, "[::1]:8081"));
    }
}
