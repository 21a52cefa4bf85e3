//! A case for every code of the validation, and for what passes.

use serde_json::{Value, json};

use super::*;
use crate::domain_name::existence::Place;

const FILE: &str = "eehgcudaliutvzavcyv7xysao";
const SECURITY: &str = "0rawbsu5ee2ygvcyq13jpuri2";

/// The sample submission.
fn sample() -> Value {
    json!({
        "type": "domain_request", "requirement": "add", "enterprise": "e1", "productId": "p1", "product": "网页加速",
        "description": "", "provinces": [33], "md5List": [FILE], "secInfoFileId": [SECURITY],
        "speedList": [{"domain": "20250822110828.komect.com", "cpDomain": "", "icpNumber": "京ICP备0500_12号"}],
        "loopDomain": [{"value": "[2001:db8:85a3::8a2e:370:7334]:80", "type": "ip", "mainFlag": true, "weight": null}]
    })
}

fn facts() -> Facts {
    Facts {
        enterprise: Some(Enterprise { id: "e1".into(), name: "示例企业一".into() }),
        product: Some(Product { id: "p1".into(), name: "网页加速".into() }),
        files: BTreeSet::from([FILE.into(), SECURITY.into()]),
        existing: Existing::default(),
        live: BTreeSet::new(),
        domain_limit: 500,
        batch_limit: 10_000,
        ..Facts::default()
    }
}

fn form(change: Value) -> OrderForm {
    let mut body = sample();
    for (name, value) in change.as_object().unwrap() {
        body[name] = value.clone();
    }
    serde_json::from_value(body).unwrap()
}

fn faults_with(change: Value, facts: &Facts, mode: Mode) -> Vec<(String, &'static str)> {
    match check(&form(change), facts, mode) {
        Ok(_) => vec![],
        Err(faults) => faults.into_iter().map(|fault| (fault.pointer, fault.code.code)).collect(),
    }
}

/// The faults of the sample with a change, when submitted.
fn faults(change: Value) -> Vec<(String, &'static str)> {
    faults_with(change, &facts(), Mode::Submit)
}

fn one(pointer: &str, code: &'static str) -> Vec<(String, &'static str)> {
    vec![(pointer.to_owned(), code)]
}

fn origin(change: Value) -> Value {
    let mut origin = json!({"value": "192.0.2.1", "type": "ip", "mainFlag": true});
    for (name, value) in change.as_object().unwrap() {
        origin[name] = value.clone();
    }
    json!({ "loopDomain": [origin] })
}

#[test]
fn the_sample_submission_is_accepted_and_parsed() {
    let valid = check(&form(json!({"id": 7, "state": null})), &facts(), Mode::Submit).unwrap();
    assert_eq!((valid.kind, valid.requirement), (OrderKind::DomainRequest, Some(Requirement::Add)));
    assert_eq!(valid.domains[0].domain, "20250822110828.komect.com");
    assert_eq!(valid.domains[0].declared_number.as_deref(), Some("京ICP备0500_12号"));
    assert_eq!((valid.origins.len(), valid.provinces), (1, vec![33]));
    assert_eq!((valid.attachments, valid.security), (vec![FILE.into()], vec![SECURITY.into()]));
    assert_eq!(valid.form.id, None);
}

#[test]
fn kinds_the_desk_does_not_know_or_has_not_opened_are_refused() {
    for kind in [json!("nonsense"), json!(null), json!("PRODUCT_CANCEL")] {
        assert_eq!(faults(json!({ "type": kind })), one("/type", "order.type_unknown"));
    }
    let Err(found) = check(&form(json!({"type": "PRODUCT_CANCEL"})), &facts(), Mode::Submit) else { panic!() };
    assert!(found[0].message.zh.contains("计费系统"));
}

#[test]
fn an_unknown_requirement_is_refused() {
    for requirement in [json!("upsert"), json!(""), json!(null)] {
        let expected = one("/requirement", "order.requirement_unknown");
        assert_eq!(faults(json!({ "requirement": requirement })), expected);
    }
}

#[test]
fn an_unknown_enterprise_is_one_fault_and_not_two() {
    let unknown = Facts { enterprise: None, product: None, ..facts() };
    assert_eq!(faults_with(json!({}), &unknown, Mode::Submit), one("/enterprise", "enterprise.unknown"));
}

#[test]
fn a_product_that_the_filter_does_not_give_is_not_available() {
    let gone = Facts { product: None, ..facts() };
    assert_eq!(faults_with(json!({}), &gone, Mode::Submit), one("/productId", "product.not_available"));
    let missing = faults_with(json!({"productId": null}), &gone, Mode::Submit);
    assert_eq!(missing, one("/productId", "product.not_available"));
}

#[test]
fn domains_are_required_and_limited() {
    assert_eq!(faults(json!({"speedList": []})), one("/speedList", "domain.required"));
    assert_eq!(faults(json!({"speedList": null})), one("/speedList", "domain.required"));
    assert_eq!(faults(json!({"speedList": [{"domain": " "}]})), one("/speedList/0/domain", "domain.required"));
    let rows = |count| (0..count).map(|n| json!({"domain": format!("a{n}.example.cn")})).collect::<Vec<_>>();
    assert_eq!(faults(json!({"speedList": rows(500)})), vec![]);
    assert_eq!(faults(json!({"speedList": rows(501)})), one("/speedList", "domain.too_many"));
}

#[test]
fn an_invalid_domain_is_named_by_its_line() {
    let list = json!([{"domain": "a.example.cn"}, {"domain": "192.0.2.1"}, {"domain": "com.cn"}]);
    let expected = [one("/speedList/1/domain", "domain.invalid"), one("/speedList/2/domain", "domain.invalid")];
    assert_eq!(faults(json!({ "speedList": list })), expected.concat());
}

#[test]
fn one_domain_written_in_two_ways_is_a_duplicate_of_its_first_line() {
    let list = json!([{"domain": "a.example.cn"}, {"domain": "Ａ.Example.CN."}, {"domain": "A.example.cn"}]);
    let expected = [one("/speedList/1/domain", "domain.duplicate"), one("/speedList/2/domain", "domain.duplicate")];
    assert_eq!(faults(json!({ "speedList": list })), expected.concat());
    let Err(found) = check(&form(json!({ "speedList": list })), &facts(), Mode::Submit) else { panic!() };
    assert!(found[1].message.zh.contains("第 1 行"));
}

#[test]
fn a_new_domain_that_exists_names_the_first_place() {
    let found = [Place::ConfigureList, Place::WorkOrderCacheDomain];
    let existing = Existing::of(found.map(|place| (place, "20250822110828.komect.com".to_owned())));
    let Err(faults) = check(&form(json!({})), &Facts { existing, ..facts() }, Mode::Submit) else { panic!() };
    assert_eq!(faults[0].code.code, "domain.exists");
    assert_eq!(faults[0].extra["where"], "work_order_cache_domain");
    assert_eq!(faults[0].pointer, "/speedList/0/domain");
}

#[test]
fn a_changed_domain_must_be_live_here_and_free_of_other_orders() {
    let name = "20250822110828.komect.com";
    for requirement in ["modify", "delete"] {
        let change = || json!({ "requirement": requirement });
        let elsewhere = faults_with(change(), &facts(), Mode::Submit);
        assert_eq!(elsewhere, one("/speedList/0/domain", "domain.not_owned"));
        let live = Facts {
            live: BTreeSet::from([name.to_owned()]),
            existing: Existing::of([(Place::SelfServiceDomainConfig, name.to_owned())]),
            ..facts()
        };
        assert_eq!(faults_with(change(), &live, Mode::Submit), vec![]);
        let found = [Place::SelfServiceDomainConfig, Place::WorkOrderCacheDomain];
        let busy = Facts { existing: Existing::of(found.map(|place| (place, name.to_owned()))), ..live };
        assert_eq!(faults_with(change(), &busy, Mode::Submit), one("/speedList/0/domain", "domain.in_progress"));
    }
}

#[test]
fn a_new_domain_needs_an_origin_and_a_change_does_not() {
    assert_eq!(faults(json!({"loopDomain": []})), one("/loopDomain", "origin.required"));
    let live = Facts { live: BTreeSet::from(["20250822110828.komect.com".to_owned()]), ..facts() };
    for requirement in ["modify", "delete"] {
        let change = json!({"requirement": requirement, "loopDomain": null});
        assert_eq!(faults_with(change, &live, Mode::Submit), vec![]);
    }
}

#[test]
fn each_fault_of_an_origin_has_its_code_and_place() {
    let invalid = faults(origin(json!({"value": "2001:db8::1:80:x"})));
    assert_eq!(invalid, one("/loopDomain/0/value", "origin.invalid"));
    assert_eq!(faults(origin(json!({"type": "url"}))), one("/loopDomain/0/type", "origin.invalid"));
    let unroutable = faults(origin(json!({"value": "10.0.0.1"})));
    assert_eq!(unroutable, one("/loopDomain/0/value", "origin.not_routable"));
    assert_eq!(faults(origin(json!({"mainFlag": false}))), one("/loopDomain", "origin.main_missing"));
    assert_eq!(faults(origin(json!({"weight": 101}))), one("/loopDomain/0/weight", "origin.weight_invalid"));
    assert_eq!(faults(origin(json!({"weight": 100}))), vec![]);
}

#[test]
fn an_origin_that_points_at_a_domain_of_the_order_is_a_loop() {
    let own = origin(json!({"type": "domain", "value": "20250822110828.KOMECT.com:80"}));
    assert_eq!(faults(own), one("/loopDomain/0/value", "origin.loop"));
    let mut wildcard = origin(json!({"type": "domain", "value": "o.example.cn"}));
    wildcard["speedList"] = json!([{"domain": "*.example.cn"}]);
    assert_eq!(faults(wildcard), one("/loopDomain/0/value", "origin.loop"));
    assert_eq!(faults(origin(json!({"type": "domain", "value": "komect.com"}))), vec![]);
}

#[test]
fn unknown_provinces_and_files_are_named_by_their_index() {
    assert_eq!(
        faults(json!({"provinces": [33, 99, 0]})),
        [("/provinces/1".to_owned(), "province.unknown"), ("/provinces/2".to_owned(), "province.unknown"),]
    );
    let other = "a".repeat(25);
    assert_eq!(faults(json!({"md5List": [FILE, other]})), one("/md5List/1", "file.unknown"));
    assert_eq!(faults(json!({"secInfoFileId": ["../../etc/passwd"]})), one("/secInfoFileId/0", "file.unknown"));
}

#[test]
fn record_numbers_are_short_and_printable() {
    let long = "备".repeat(65);
    assert_eq!(faults(json!({ "icpNumber": long })), one("/icpNumber", "icp_number.invalid"));
    assert_eq!(faults(json!({"icpNumber": "备".repeat(64)})), vec![]);
    let list = json!([{"domain": "a.example.cn", "icpNumber": "京\u{7}"}]);
    assert_eq!(faults(json!({ "speedList": list })), one("/speedList/0/icpNumber", "icp_number.invalid"));
}

#[test]
fn texts_no_database_can_keep_are_refused() {
    assert_eq!(faults(json!({"description": "a\u{0}b"})), one("/description", "field.invalid"));
    assert_eq!(faults(json!({"description": "line\nline"})), vec![]);
    let list = json!([{"domain": "a.example.cn", "cpDomain": "x\u{0}"}]);
    assert_eq!(faults(json!({ "speedList": list })), one("/speedList/0/cpDomain", "field.invalid"));
    assert_eq!(Wanted::of(&form(json!({"enterprise": "e\u{0}"})), 500).enterprise, None);
}

#[test]
fn typed_domains_beside_a_sheet_are_refused() {
    assert_eq!(faults(json!({ "fileId": FILE })), one("/fileId", "batch.file_invalid"));
}

#[test]
fn all_faults_are_reported_at_once() {
    let change = json!({
        "type": "x", "provinces": [1], "md5List": ["y"],
        "speedList": [{"domain": "com"}], "loopDomain": [{"value": "127.0.0.1", "type": "ip", "weight": 0}]
    });
    let codes: Vec<_> = faults(change).into_iter().map(|(_, code)| code).collect();
    let expected = [
        "order.type_unknown",
        "domain.invalid",
        "origin.main_missing",
        "origin.not_routable",
        "origin.weight_invalid",
        "province.unknown",
        "file.unknown",
    ];
    assert_eq!(codes, expected);
}

#[test]
fn a_draft_is_checked_only_for_what_is_there() {
    let nothing: OrderForm = serde_json::from_value(json!({"state": "draft"})).unwrap();
    let empty = Facts { domain_limit: 500, ..Facts::default() };
    let draft = check(&nothing, &empty, Mode::Draft).unwrap();
    assert_eq!((draft.kind, draft.requirement, draft.enterprise), (OrderKind::DomainRequest, None, None));
    let begun: OrderForm = serde_json::from_value(json!({
        "speedList": [{"domain": ""}, {"domain": "192.0.2.1"}], "loopDomain": [{"type": "ip"}], "provinces": [1]
    }))
    .unwrap();
    let found: Vec<_> = check(&begun, &empty, Mode::Draft).unwrap_err().into_iter().map(|f| f.code.code).collect();
    assert_eq!(found, ["domain.invalid", "province.unknown"]);
}

#[test]
fn what_is_looked_up_is_what_can_exist() {
    let list =
        json!([{"domain": "B.example.cn"}, {"domain": "com"}, {"domain": "a.example.cn"}, {"domain": "b.example.cn"}]);
    let wanted = Wanted::of(&form(json!({"speedList": list, "md5List": ["x", FILE]})), 500);
    assert_eq!(wanted.domains, ["a.example.cn", "b.example.cn"]);
    assert_eq!(wanted.files, [SECURITY.into(), FILE.into()]);
    assert_eq!(wanted.operation, Some(Operation::Add));
    assert_eq!(Wanted::of(&form(json!({ "speedList": list })), 3).domains, Vec::<String>::new());
}
