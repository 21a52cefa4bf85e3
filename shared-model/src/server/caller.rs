//! Who is calling, as a handler sees it: set by the guard once the token and the endpoint's row were checked.

use std::future::{Ready, ready};
use std::sync::Arc;

use actix_web::dev::Payload;
use actix_web::{FromRequest, HttpMessage, HttpRequest};

use crate::claims::UserClaims;
use crate::ids::UserId;
use crate::permission::{Permission, RolePermissions};
use crate::problem::{Problem, codes};
use crate::role::Role;
use crate::text::{Language, Text};

/// The person of the request.
#[derive(Clone, Debug)]
pub struct Caller {
    pub claims: Arc<UserClaims>,
    held: Arc<RolePermissions>,
}

impl Caller {
    pub fn new(claims: Arc<UserClaims>, held: Arc<RolePermissions>) -> Self {
        Self { claims, held }
    }

    pub fn id(&self) -> &UserId {
        &self.claims.sub
    }

    pub fn roles(&self) -> &[Role] {
        &self.claims.roles
    }

    pub fn has(&self, role: Role) -> bool {
        self.claims.roles.contains(&role)
    }

    pub fn may(&self, permission: Permission) -> bool {
        self.held.allow(&self.claims.roles, permission)
    }

    pub fn permissions(&self) -> Vec<Permission> {
        self.held.of(&self.claims.roles)
    }

    /// 403 that names the permission, unless the caller holds it.
    pub fn require(&self, permission: Permission) -> Result<(), Problem> {
        if self.may(permission) { Ok(()) } else { Err(forbidden(permission)) }
    }
}

/// The refusal for want of a permission.
pub fn forbidden(permission: Permission) -> Problem {
    let code = permission.code();
    Problem::new(&codes::FORBIDDEN)
        .detail(Text::new(format!("需要权限 {code}"), format!("permission {code} is required")))
}

/// The service of an `/internal` request.
#[derive(Clone, Debug)]
pub struct ServiceCaller {
    pub name: String,
}

/// Marks a request that was HEAD: of an answer without an end only the head is asked for.
#[derive(Clone, Copy, Debug)]
pub struct HeadOnly;

/// The language the answer is read in.
#[derive(Clone, Copy, Debug)]
pub struct ReaderLanguage(pub Language);

/// The id of the request, for texts that name it.
#[derive(Clone, Debug)]
pub struct RequestId(pub String);

fn from_extensions<T: Clone + 'static>(request: &HttpRequest) -> Ready<Result<T, Problem>> {
    ready(request.extensions().get::<T>().cloned().ok_or_else(|| Problem::new(&codes::TOKEN_INVALID)))
}

impl FromRequest for Caller {
    type Error = Problem;
    type Future = Ready<Result<Self, Problem>>;

    fn from_request(request: &HttpRequest, _: &mut Payload) -> Self::Future {
        from_extensions(request)
    }
}

impl FromRequest for ServiceCaller {
    type Error = Problem;
    type Future = Ready<Result<Self, Problem>>;

    fn from_request(request: &HttpRequest, _: &mut Payload) -> Self::Future {
        from_extensions(request)
    }
}

impl FromRequest for RequestId {
    type Error = Problem;
    type Future = Ready<Result<Self, Problem>>;

    fn from_request(request: &HttpRequest, _: &mut Payload) -> Self::Future {
        from_extensions(request)
    }
}

impl FromRequest for ReaderLanguage {
    type Error = Problem;
    type Future = Ready<Result<Self, Problem>>;

    fn from_request(request: &HttpRequest, _: &mut Payload) -> Self::Future {
        let header = request.headers().get(actix_web::http::header::ACCEPT_LANGUAGE);
        ready(Ok(Self(Language::from_accept_language(header.and_then(|value| value.to_str().ok())))))
    }
}
