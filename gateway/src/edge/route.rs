//! Where a request goes: the gateway's own operations, its pages, or a service. Decided by whole path segments and the
//! one endpoint table, before anything is sent anywhere.

use shared_model::access::{self, Access, Endpoint, Lookup};
use shared_model::server::settings::SettingsError;
use shared_model::server::token::ServiceName;

use super::upstream::{Service, Upstreams};

/// What the gateway hands out itself to anybody: the console and the API document's page.
const PAGES: [&str; 3] = ["/", "/app", "/docs"];

/// Where a request goes.
#[derive(Clone, Copy)]
pub enum Target<'a> {
    Own(&'static Endpoint),
    Page,
    Service(&'a Service, &'static Endpoint),
}

impl Target<'_> {
    /// For logs and metrics.
    pub fn label(&self) -> &'static str {
        match self {
            Self::Own(endpoint) | Self::Service(_, endpoint) => endpoint.path,
            Self::Page => "page",
        }
    }

    pub fn access(&self) -> Access {
        match self {
            Self::Own(endpoint) | Self::Service(_, endpoint) => endpoint.access,
            Self::Page => Access::Public,
        }
    }

    /// The service keeps a log of everybody it refused for want of a permission: it hears of them, and refuses them
    /// itself by the same table.
    pub fn logs_refusals(&self) -> bool {
        matches!(self, Self::Service(service, _) if service.name == ServiceName::PeSvc)
    }
}

/// What the tables say of a request.
pub enum Routed<'a> {
    To(Target<'a>),
    OtherMethods(Vec<&'static str>),
    Unknown,
}

/// Looks a checked path up.
pub fn route<'a>(upstreams: &'a Upstreams, method: &str, path: &str) -> Routed<'a> {
    // The services' own, which the public port does not have: not even their existence.
    if path == "/metrics" || is_under(path, "/internal") {
        return Routed::Unknown;
    }
    if is_page(path) {
        return match method {
            "GET" | "HEAD" => Routed::To(Target::Page),
            _ => Routed::OtherMethods(vec!["GET"]),
        };
    }
    let service = upstreams.for_path(path);
    let table = service.map_or(access::auth::ENDPOINTS, |service| service.table);
    match access::find(&[table], method, path) {
        Lookup::Found(endpoint) if endpoint.access == Access::Internal => Routed::Unknown,
        Lookup::Found(endpoint) => {
            Routed::To(service.map_or(Target::Own(endpoint), |to| Target::Service(to, endpoint)))
        }
        Lookup::OtherMethods(methods) => Routed::OtherMethods(methods),
        Lookup::Unknown => Routed::Unknown,
    }
}

fn is_page(path: &str) -> bool {
    PAGES.contains(&path) || path.starts_with("/app/") || path.starts_with("/docs/")
}

/// `/pe/x` and `/pe` are under `/pe`; `/pex` is not.
pub fn is_under(path: &str, prefix: &str) -> bool {
    path.strip_prefix(prefix).is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
}

/// The endpoint table of a service, by its name.
pub fn table_of(service: &str) -> Result<&'static [Endpoint], SettingsError> {
    match service {
        "workorder-svc" => Ok(access::workorder::ENDPOINTS),
        "pe-svc" => Ok(access::pe::ENDPOINTS),
        "bpm-adapter" => Ok(access::bpm::ENDPOINTS),
        other => Err(SettingsError::Unusable(format!("services.{other}: there is no such service"))),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::settings::{EnvironmentScope, Settings};

    fn upstreams() -> Upstreams {
        let settings = Settings::load(None, EnvironmentScope::Nothing, &[]).unwrap();
        Upstreams::new(&settings.services).unwrap()
    }

    fn described(method: &str, path: &str) -> String {
        let upstreams = upstreams();
        match route(&upstreams, method, path) {
            Routed::To(Target::Own(endpoint)) => format!("own {}", endpoint.path),
            Routed::To(Target::Page) => "page".to_owned(),
            Routed::To(Target::Service(service, endpoint)) => format!("{} {}", service.name.code(), endpoint.path),
            Routed::OtherMethods(methods) => methods.join(","),
            Routed::Unknown => "unknown".to_owned(),
        }
    }

    #[test]
    fn requests_go_where_their_first_segments_say() {
        let expected = [
            ("POST", "/auth/login", "own /auth/login"),
            ("GET", "/.well-known/jwks.json", "own /.well-known/jwks.json"),
            ("GET", "/workorder/detail", "workorder-svc /workorder/detail"),
            ("GET", "/bpm/tasks/7", "bpm-adapter /bpm/tasks/{id}"),
            ("GET", "/", "page"),
            ("HEAD", "/app/orders/7", "page"),
            ("POST", "/app/", "GET"),
            ("DELETE", "/auth/login", "POST"),
        ];
        for (method, path, target) in expected {
            assert_eq!(described(method, path), target, "{method} {path}");
        }
    }

    #[test]
    fn what_is_between_services_does_not_exist_outside() {
        for path in [
            "/metrics",
            "/internal",
            "/internal/accounts",
            "/internal/openapi.json",
            "/workorder/internal/accounts",
            "/workorderx/detail",
            "/application",
            "/docsx",
            "/nothing",
        ] {
            assert_eq!(described("GET", path), "unknown", "{path}");
            assert_eq!(described("PUT", path), "unknown", "{path}");
        }
    }

    #[test]
    fn a_service_without_a_table_is_named_at_start() {
        let error = table_of("mail-svc").unwrap_err();
        assert!(error.to_string().contains("mail-svc"), "{error}");
    }
}
