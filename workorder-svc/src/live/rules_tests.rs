//! Live-streaming orders: ways in and out, and settings.

use serde_json::{Value, json};

use super::*;
use crate::submit::content_rules;
use crate::submit::rules::Facts;

fn read(body: Value) -> (Option<LiveSettings>, Vec<String>) {
    let form: OrderForm = serde_json::from_value(body).unwrap();
    let facts = Facts { domain_limit: 500, batch_limit: 10_000, ..Facts::default() };
    let target =
        Target { facts: &facts, operation: Some(Operation::Add), mode: Strictness::Submit, origins_needed: true };
    let mut faults = Vec::new();
    let mut domains = content_rules::check_domains(&form, &target, &mut faults);
    let settings = check(&form, &target, &mut domains, &mut faults);
    (settings, faults.into_iter().map(|fault| format!("{} {}", fault.pointer, fault.code.code)).collect())
}

#[test]
fn the_least_that_can_be_said_is_a_domain_streams_are_fetched_for() {
    let (settings, faults) = read(json!({"speedList": [{"domain": "play.example.cn"}]}));
    let settings = settings.unwrap();
    assert_eq!(faults, Vec::<String>::new());
    assert_eq!((settings.application.as_str(), settings.mode), ("live", Mode::Pull));
    assert_eq!(settings.protocols, DEFAULT_PROTOCOLS);
}

#[test]
fn what_is_pushed_needs_a_way_in_and_a_way_out() {
    let list = |first: &str, second: &str| json!([{"domain": "a.example.cn", "direction": first}, {"domain": "b.example.cn", "direction": second}]);
    let (settings, faults) = read(json!({"speedList": list("push", "PULL")}));
    assert_eq!((settings.unwrap().mode, faults), (Mode::Push, vec![]));
    assert_eq!(read(json!({"speedList": list("push", "push")})).1, ["/speedList domain.required"]);
    let pushed = json!({"speedList": list("pull", "pull"), "live": {"mode": "push"}});
    assert_eq!(read(pushed).1, ["/speedList domain.required"]);
    let fetched = json!({"speedList": list("pull", "push"), "live": {"mode": "pull"}});
    assert_eq!(read(fetched).1, ["/speedList/1/direction field.invalid"]);
    assert_eq!(read(json!({"speedList": list("sideways", "pull")})).1[0], "/speedList/0/direction field.invalid");
    let twice =
        json!({"speedList": [{"domain": "a.cn", "direction": "pull"}, {"domain": "a.cn", "direction": "push"}]});
    assert_eq!(read(twice).1, ["/speedList/1/domain domain.duplicate"], "and nothing about ways");
}

#[test]
fn a_word_of_the_document_is_the_word_on_the_wire() {
    use utoipa::PartialSchema;
    let document = serde_json::to_value(PushProtocol::schema()).unwrap();
    assert_eq!(document["enum"], json!(PushProtocol::ALL));
}

#[test]
fn every_setting_is_checked() {
    let live = json!({
        "application": "a b", "protocols": ["hls", "smoke"], "pushProtocols": ["srt"], "pushAuth": {"key": "short"},
        "pullAuth": {"key": "longenough1", "validSeconds": 5}, "record": {"format": "vhs", "keepDays": 0},
        "transcode": ["hd", "8k"], "bandwidthMbps": 0
    });
    let (_, faults) = read(json!({"speedList": [{"domain": "a.example.cn"}], "live": live, "isBatch": true}));
    let expected = [
        "/isBatch",
        "/live/protocols/1",
        "/live/application",
        "/live/pushAuth/key",
        "/live/pullAuth/validSeconds",
        "/live/record/format",
        "/live/record/keepDays",
        "/live/transcode/1",
        "/live/bandwidthMbps",
    ];
    assert_eq!(faults, expected.map(|pointer| format!("{pointer} field.invalid")));
}

#[test]
fn origins_are_needed_where_streams_are_fetched() {
    let needs = |body: Value| needs_origins(&serde_json::from_value(body).unwrap());
    assert!(needs(json!({"speedList": [{"domain": "a.cn"}]})) && needs(json!({"live": {"mode": "pull"}})));
    assert!(
        !needs(json!({"speedList": [{"domain": "a.cn", "direction": "push"}]}))
            && !needs(json!({"live": {"mode": "push"}}))
    );
}
