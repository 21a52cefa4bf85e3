//! workorder-svc.

use super::Access::{AnyUser, Internal, Needs, Public};
use super::Method::{Get, Post, Put};
use super::{Endpoint, row};
use crate::permission::Permission as P;

pub static ENDPOINTS: &[Endpoint] = &[
    row(Get, "/workorder/filter/product", Needs(P::WoProductFilter)),
    row(Get, "/workorder/enterprises", Needs(P::WoProductFilter)),
    row(Get, "/workorder/staff", Needs(P::WoOrderApprove)),
    row(Get, "/workorder/reference", AnyUser),
    row(Post, "/workorder/custom/save", Needs(P::WoOrderSave)),
    row(Post, "/workorder/custom/check", Needs(P::WoOrderSave)),
    row(Post, "/workorder/custom/upload", Needs(P::WoFileUpload)),
    row(Post, "/workorder/requestDomain/upload", Needs(P::WoFileUpload)),
    row(Post, "/workorder/custom/deleteFile", Needs(P::WoFileDelete)),
    row(Get, "/workorder/file/{fileId}", Needs(P::WoOrderDetail)),
    row(Get, "/workorder/getworkList", Needs(P::WoOrderList)),
    row(Post, "/workorder/getworkList", Needs(P::WoOrderList)),
    row(Get, "/workorder/detail", Needs(P::WoOrderDetail)),
    row(Get, "/workorder/explain", Needs(P::WoOrderDetail)),
    row(Post, "/workorder/comment", Needs(P::WoOrderDetail)),
    row(Get, "/workorder/modify/detail", Needs(P::WoOrderModify)),
    row(Post, "/workorder/modify/detail", Needs(P::WoOrderModify)),
    row(Post, "/workorder/withdraw", Needs(P::WoOrderModify)),
    row(Post, "/workorder/approvedecision", Needs(P::WoOrderApprove)),
    row(Post, "/workorder/transfer", Needs(P::WoOrderApprove)),
    row(Post, "/workorder/icp/checked", Needs(P::WoIcpUpdate)),
    row(Post, "/workorder/recall", Needs(P::WoOrderRecall)),
    row(Get, "/workorder/notices", AnyUser),
    row(Get, "/workorder/notices/unread", AnyUser),
    row(Post, "/workorder/notices/read", AnyUser),
    row(Get, "/workorder/notices/stream", AnyUser),
    row(Get, "/workorder/notices/preference", AnyUser),
    row(Put, "/workorder/notices/preference", AnyUser),
    row(Put, "/internal/accounts", Internal),
    row(Put, "/internal/enterprise-products", Internal),
    row(Post, "/internal/dispatches/list", Internal),
    row(Post, "/internal/orders/{id}/dispatched", Internal),
    row(Post, "/internal/orders/{id}/stage-feedback", Internal),
    row(Post, "/internal/orders/{id}/rollback", Internal),
    row(Post, "/internal/orders/{id}/close", Internal),
    row(Post, "/internal/orders/{id}/reassigned", Internal),
    row(Get, "/internal/openapi.json", Internal),
    row(Get, "/healthz", Public),
    row(Get, "/readyz", Public),
    row(Get, "/metrics", Public),
];
