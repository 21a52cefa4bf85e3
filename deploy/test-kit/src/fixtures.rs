//! Payloads of the source notes, kept as the wire's golden samples.

use serde_json::Value;

fn parse(text: &str) -> Value {
    serde_json::from_str(text).expect("the fixture is JSON")
}

/// The submission form of a single domain, as the front end sends it.
pub fn domain_request() -> Value {
    parse(include_str!("../fixtures/domain-request.json"))
}

/// [`domain_request`] for another domain, without the attachments (which belong to one demo account).
pub fn domain_request_for(domain: &str) -> Value {
    let mut form = domain_request();
    form["speedList"][0]["domain"] = domain.into();
    form["md5List"] = Value::Null;
    form["secInfoFileId"] = Value::Null;
    form
}

/// A list answer with one order that BPM returned, as its creator sees it.
pub fn list_of_a_returned_order() -> Value {
    parse(include_str!("../fixtures/work-list-bpm-reject.json"))
}

/// A list answer with one finished order.
pub fn list_of_a_finished_order() -> Value {
    parse(include_str!("../fixtures/work-list-finished.json"))
}
