//! The gateway's own endpoints.

use super::Access::{AnyUser, Needs, NeedsAll, Public};
use super::Method::{Delete, Get, Post, Put};
use super::{Endpoint, row};
use crate::permission::Permission as P;

pub static ENDPOINTS: &[Endpoint] = &[
    row(Post, "/auth/login", Public),
    row(Post, "/auth/refresh", Public),
    row(Post, "/auth/logout", Public),
    row(Get, "/auth/me", AnyUser),
    row(Post, "/auth/password", AnyUser),
    row(Get, "/auth/accounts", Needs(P::AuthAccountRead)),
    row(Put, "/auth/accounts", Needs(P::AuthAccountWrite)),
    row(Get, "/auth/accounts/{id}", Needs(P::AuthAccountRead)),
    row(Delete, "/auth/accounts/{id}", Needs(P::AuthAccountWrite)),
    row(Post, "/auth/accounts/{id}/unlock", Needs(P::AuthAccountWrite)),
    row(Get, "/auth/accounts/{id}/mobile", NeedsAll(&[P::AuthAccountRead, P::AuthPiiRead])),
    row(Get, "/.well-known/jwks.json", Public),
    row(Get, "/openapi.json", Public),
    row(Get, "/healthz", Public),
    row(Get, "/readyz", Public),
];
