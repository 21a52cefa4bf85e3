//! bpm-adapter. Call-backs prove themselves by their signature.

use super::Access::{Internal, Needs, Public};
use super::Method::{Get, Post, Put};
use super::{Endpoint, row};
use crate::permission::Permission as P;

pub static ENDPOINTS: &[Endpoint] = &[
    row(Get, "/bpm/tasks", Needs(P::BpmTaskRead)),
    row(Get, "/bpm/tasks/{id}", Needs(P::BpmTaskRead)),
    row(Post, "/bpm/tasks/{id}/stage-feedback", Needs(P::BpmTaskHandle)),
    row(Post, "/bpm/tasks/{id}/rollback", Needs(P::BpmTaskHandle)),
    row(Post, "/bpm/tasks/{id}/close", Needs(P::BpmTaskHandle)),
    row(Post, "/bpm/tasks/{id}/reassign", Needs(P::BpmDeadLetterManage)),
    row(Get, "/bpm/bills", Needs(P::BpmBillRead)),
    row(Get, "/bpm/bills/export", Needs(P::BpmBillRead)),
    row(Get, "/bpm/reconcile", Needs(P::BpmBillRead)),
    row(Post, "/bpm/reconcile/repair", Needs(P::BpmDeadLetterManage)),
    row(Get, "/bpm/dead-letters", Needs(P::BpmDeadLetterManage)),
    row(Post, "/bpm/dead-letters/{id}/replay", Needs(P::BpmDeadLetterManage)),
    row(Post, "/bpm/dead-letters/{id}/discard", Needs(P::BpmDeadLetterManage)),
    row(Post, "/bpm/callbacks/stage-feedback", Public),
    row(Post, "/bpm/callbacks/rollback", Public),
    row(Post, "/bpm/callbacks/close", Public),
    row(Post, "/bpm/callbacks/product-orders", Public),
    row(Put, "/internal/accounts", Internal),
    row(Post, "/internal/dispatches", Internal),
    row(Post, "/internal/orders/{id}/recall", Internal),
    row(Get, "/internal/openapi.json", Internal),
    row(Get, "/healthz", Public),
    row(Get, "/readyz", Public),
    row(Get, "/metrics", Public),
];
