//! pe-svc.

use super::Access::{Internal, Public};
use super::Method::{Get, Put};
use super::{Endpoint, row};

pub static ENDPOINTS: &[Endpoint] = &[
    row(Put, "/internal/accounts", Internal),
    row(Get, "/internal/openapi.json", Internal),
    row(Get, "/healthz", Public),
    row(Get, "/readyz", Public),
    row(Get, "/metrics", Public),
];
