//! The short answer of an operation that moved an order.

use serde::{Deserialize, Serialize};
use shared_model::server::answer::Answer;
use utoipa::ToSchema;

use crate::order::model::Order;
use crate::order::state::OrderState;

/// `{"id","status"}`
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct Moved {
    #[schema(examples(347_411))]
    pub id: i64,
    pub status: OrderState,
}

/// `{"id","code","status"}`
#[derive(Clone, Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct Saved {
    #[schema(examples(347_411))]
    pub id: i64,
    #[schema(examples("20260305-347411"))]
    pub code: String,
    pub status: OrderState,
}

/// Where the order stands now, with its version.
pub fn moved(order: &Order) -> Answer {
    Answer::ok(&Moved { id: order.id.0, status: order.state }).etag(order.version)
}

/// The order that was saved or submitted, with its version.
pub fn saved(order: &Order) -> Answer {
    Answer::ok(&Saved { id: order.id.0, code: order.code.clone(), status: order.state }).etag(order.version)
}
