//! A cancellation as it is given. Pure.

use serde_json::{Map, Value, json};
use shared_model::local_time::with_offset;

use crate::service_order::BASE;
use crate::service_order::cancel::repo::Cancellation;
use crate::service_order::face::{self, Reader};

/// Attributes that the desk sets.
const OWN: [&str; 7] =
    ["id", "href", "state", "effectiveCancellationDate", "completionMessage", "errorMessage", "serviceOrder"];

/// The state of every cancellation that is there.
pub const DONE: &str = "done";

/// What a client said of a cancellation, as it is kept.
pub fn said(body: &Map<String, Value>) -> Map<String, Value> {
    let kept = body.iter().filter(|(name, value)| !OWN.contains(&name.as_str()) && !value.is_null());
    kept.map(|(name, value)| (name.clone(), value.clone())).collect()
}

pub fn resource(cancellation: &Cancellation, reader: Reader) -> Map<String, Value> {
    let mut resource = cancellation.document.clone();
    let mut set = |name: &str, value: Value| resource.insert(name.to_owned(), value);
    let id = cancellation.id.to_string();
    set("href", format!("{BASE}/cancelServiceOrder/{id}").into());
    set("id", id.into());
    set("state", DONE.into());
    set("effectiveCancellationDate", json!(with_offset(cancellation.created_at, reader.zone)));
    let order = cancellation.order_id.0;
    set("serviceOrder", json!({"id": order.to_string(), "href": face::href(order), "@referredType": "ServiceOrder"}));
    resource.entry("@type").or_insert_with(|| "CancelServiceOrder".into());
    resource
}
