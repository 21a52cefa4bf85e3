//! Whether a request is let in: its head, its path, its route, how often its sender asks, the token, the permission.
//! All before a byte of the body is asked for, and before any service hears of it.

use std::net::IpAddr;

use actix_web::dev::RequestHead;
use actix_web::http::{Method, header};
use shared_model::access::{Access, Endpoint};
use shared_model::claims::UserClaims;
use shared_model::problem::{Problem, codes};
use shared_model::server::caller::{Caller, forbidden};
use shared_model::text::Text;

use super::forward::too_large;
use super::route::{Routed, Target, route};
use super::upstream::{Service, Upstreams};
use super::worker::Worker;
use super::{headers, path};

/// What somebody who must first change their password may still call.
const BEFORE_PASSWORD_CHANGE: [&str; 3] = ["/auth/password", "/auth/me", "/auth/logout"];

/// A request that was let in.
#[derive(Clone)]
pub struct Admitted {
    /// The client's.
    pub address: IpAddr,
    pub body_limit: u64,
    pub caller: Option<Caller>,
    /// The route, for logs and metrics.
    pub label: &'static str,
    service: Option<usize>,
}

impl Admitted {
    pub fn is_for_service(&self) -> bool {
        self.service.is_some()
    }

    pub fn service<'a>(&self, upstreams: &'a Upstreams) -> Option<&'a Service> {
        upstreams.services.get(self.service?)
    }
}

/// A request that was not.
pub struct Refusal {
    pub problem: Problem,
    /// The methods that the path has, for `Allow`.
    pub allow: Option<String>,
    pub label: &'static str,
}

impl From<Problem> for Refusal {
    fn from(problem: Problem) -> Self {
        Self { problem, allow: None, label: "refused" }
    }
}

/// Decides.
pub async fn admit(worker: &Worker, head: &RequestHead, peer: IpAddr) -> Result<Admitted, Refusal> {
    let address = client_address(worker, head, peer);
    check_head(head, worker.shared.header_bytes)?;
    let target = match route(&worker.shared.upstreams, head.method.as_str(), head.uri.path()) {
        Routed::To(target) => target,
        Routed::OtherMethods(methods) => {
            worker.shared.limits.address(&address)?;
            let problem = Problem::new(&codes::METHOD_NOT_ALLOWED);
            return Err(Refusal { problem, allow: Some(methods.join(", ")), label: "unmatched" });
        }
        Routed::Unknown => {
            worker.shared.limits.address(&address)?;
            return Err(Refusal { problem: Problem::new(&codes::NOT_FOUND), allow: None, label: "unmatched" });
        }
    };
    let label = target.label();
    let labelled = |problem: Problem| Refusal { problem, allow: None, label };
    let body_limit = check_declared_length(worker, head).map_err(labelled)?;
    let caller = check_caller(worker, head, &target, &address).await.map_err(labelled)?;
    let service = match target {
        Target::Service(service, _) => Some(service.position),
        Target::Own(_) | Target::Page => None,
    };
    Ok(Admitted { address, body_limit, caller, label, service })
}

fn client_address(worker: &Worker, head: &RequestHead, peer: IpAddr) -> IpAddr {
    if worker.shared.proxies.is_empty() {
        return peer;
    }
    let given: Vec<&str> = head.headers.get_all("x-forwarded-for").filter_map(|value| value.to_str().ok()).collect();
    headers::client_address(peer, &given, &worker.shared.proxies)
}

/// The form of the head, whoever sent it.
fn check_head(head: &RequestHead, limit: usize) -> Result<(), Problem> {
    let length = head.headers.iter().map(|(name, value)| name.as_str().len() + value.len() + 4).sum::<usize>();
    if length + head.uri.to_string().len() > limit {
        return Err(Problem::new(&codes::HEADER_TOO_LARGE));
    }
    if head.method == Method::CONNECT {
        return Err(malformed("不支持 CONNECT", "CONNECT is not supported"));
    }
    if let Some(authority) = head.uri.authority() {
        let host = head.headers.get(header::HOST).and_then(|value| value.to_str().ok());
        if host.is_some_and(|host| !host.eq_ignore_ascii_case(authority.as_str())) {
            return Err(malformed("请求目标与 Host 不一致", "the request target and Host differ"));
        }
    }
    path::check(head.uri.path()).map_err(|fault| Problem::new(&codes::REQUEST_MALFORMED).detail(fault.text()))?;
    let upgrade = head.headers.get_all(header::UPGRADE).filter_map(|value| value.to_str().ok());
    if upgrade.flat_map(|value| value.split(',')).any(|name| name.trim().eq_ignore_ascii_case("websocket")) {
        return Err(Problem::new(&codes::UPGRADE_UNSUPPORTED));
    }
    Ok(())
}

fn malformed(zh: &'static str, en: &'static str) -> Problem {
    Problem::new(&codes::REQUEST_MALFORMED).detail(Text::fixed(zh, en))
}

/// How long the body may get; refused at once when it says that it is longer.
fn check_declared_length(worker: &Worker, head: &RequestHead) -> Result<u64, Problem> {
    let text = |name| head.headers.get(name).and_then(|value| value.to_str().ok());
    let multipart = text(header::CONTENT_TYPE)
        .is_some_and(|value| value.trim_start().to_ascii_lowercase().starts_with("multipart/"));
    let limit = if multipart { worker.shared.upload_bytes } else { worker.shared.body_bytes };
    let declared: Option<u64> = text(header::CONTENT_LENGTH).and_then(|value| value.trim().parse().ok());
    if declared.is_some_and(|length| length > limit) { Err(too_large(limit)) } else { Ok(limit) }
}

/// Rates, token and permission. A person is counted as themselves, anybody else by the address.
async fn check_caller(
    worker: &Worker,
    head: &RequestHead,
    target: &Target<'_>,
    address: &IpAddr,
) -> Result<Option<Caller>, Problem> {
    let limits = &worker.shared.limits;
    let access = target.access();
    if access == Access::Public {
        match target {
            Target::Own(Endpoint { path: "/auth/login", .. }) => limits.login(address)?,
            Target::Own(_) | Target::Page | Target::Service(..) => limits.address(address)?,
        }
        return Ok(None);
    }
    let claims = match bearer(head).map(|token| (token, worker.remembered(token))) {
        Some((_, Some(claims))) => claims,
        // Checking a signature is dear: until it was, it is the address that asks.
        Some((token, None)) => {
            limits.address(address)?;
            worker.verify(token).await?
        }
        None => {
            limits.address(address)?;
            return Err(Problem::new(&codes::TOKEN_INVALID));
        }
    };
    limits.caller(&claims.sub)?;
    check_permission(worker, target, access, &claims)?;
    Ok(Some(Caller::new(claims, worker.shared.permissions.clone())))
}

fn check_permission(worker: &Worker, target: &Target<'_>, access: Access, claims: &UserClaims) -> Result<(), Problem> {
    let first = worker.shared.standing.current();
    if first.must_change_password.contains(&claims.sub) && !BEFORE_PASSWORD_CHANGE.contains(&target.label()) {
        return Err(Problem::new(&codes::FORBIDDEN).detail(Text::fixed(
            "请先修改一次性密码（POST /auth/password），然后重新登录",
            "change the one-time password first (POST /auth/password)",
        )));
    }
    match access.missing(&worker.shared.permissions, &claims.roles) {
        Some(permission) if !target.logs_refusals() => Err(forbidden(permission)),
        Some(_) | None => Ok(()),
    }
}

/// The token of `Authorization: Bearer …`; the scheme in any case (RFC 9110 §11.1). Two headers are no token.
fn bearer(head: &RequestHead) -> Option<&str> {
    let mut given = head.headers.get_all(header::AUTHORIZATION);
    let value = given.next()?.to_str().ok()?;
    if given.next().is_some() {
        return None;
    }
    let (scheme, token) = value.split_once(' ')?;
    let token = token.trim();
    (scheme.eq_ignore_ascii_case("bearer") && !token.is_empty()).then_some(token)
}
