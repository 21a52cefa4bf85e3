//! The two sample answers, to the letter; and what depends on who looks.

use chrono::{TimeDelta, TimeZone};
use serde_json::{Value, json};
use shared_model::local_time::DEFAULT_ZONE;
use shared_model::permission::RolePermissions;

use super::*;
use crate::order::kind::OrderKind;
use crate::order::sample::{created, order, person};

fn viewer(id: &str, role: Role) -> Viewer {
    let roles = vec![role];
    let permissions = RolePermissions::default().of(&roles);
    Viewer { id: UserId::from(id), roles, permissions, stands_in_for: vec![] }
}

fn listed(order: Order, details: &str) -> ListedOrder {
    ListedOrder { order, details: details.to_owned(), domains_total: 1, prohibited: false, due_at: None }
}

fn shown(listed: &ListedOrder, viewer: &Viewer, desk: bool) -> Value {
    let now = created() + TimeDelta::hours(30);
    let lens = Lens { viewer, language: Language::Chinese, zone: DEFAULT_ZONE, now };
    serde_json::to_value(ListItem::of(listed, &lens, desk)).unwrap()
}

fn bpm_rejected() -> ListedOrder {
    let mut order = order();
    order.state = OrderState::BpmReject;
    order.approver = Some(order.creator.clone());
    order.dealer = Some(Role::EcManager);
    listed(order, "20231204233906.komect.com")
}

#[test]
fn an_order_returned_by_bpm_reads_as_in_the_sample() {
    let expected = json!({
        "approving": true, "approvingWorker": "政企分公司|示例经理|13800000000", "corpName": "ECName-1701700035",
        "createUser": false, "customConfig": false, "dealer": "政企客户经理",
        "details": "20231204233906.komect.com", "distribute": false, "enumType": "domain_request", "id": 347411,
        "mobile": "13800000000", "modifying": true, "orderType": 0, "orderTypeCheck": false, "prohibited": false,
        "status": "bpmReject", "time": "2023-12-04 23:40", "type": "域名配置需求",
        "user": "示例经理 | 13800000000 | manager@example.com"
    });
    assert_eq!(shown(&bpm_rejected(), &viewer("manager", Role::EcManager), false), expected);
}

#[test]
fn a_finished_migration_reads_as_in_the_sample() {
    let mut order = order();
    order.id = shared_model::ids::OrderId(347_374);
    order.kind = OrderKind::DomainMigrate;
    order.state = OrderState::Finished;
    order.approver = None;
    order.dealer = None;
    order.creator.email = String::new();
    order.enterprise.as_mut().unwrap().name = "示例企业193".into();
    order.created_at = Utc.with_ymd_and_hms(2023, 11, 13, 8, 18, 0).unwrap();
    let expected = json!({
        "approving": false, "corpName": "示例企业193", "createUser": true, "customConfig": false,
        "details": "p193000925001", "distribute": false, "enumType": "DOMAIN_MIGRATE", "id": 347374,
        "modifying": false, "orderType": 0, "orderTypeCheck": false, "prohibited": false, "status": "finished",
        "time": "2023-11-13 16:18", "type": "订购迁移工单", "user": "示例经理|13800000000"
    });
    assert_eq!(shown(&listed(order, "p193000925001"), &viewer("manager", Role::EcManager), false), expected);
}

#[test]
fn the_approver_sees_that_an_approval_dispatches() {
    let item = shown(&listed(order(), "a"), &viewer("group", Role::GroupManagerAdmin), false);
    assert_eq!(
        (&item["approving"], &item["distribute"], &item["modifying"]),
        (&json!(true), &json!(true), &json!(false))
    );
    let mut first_of_two = order();
    first_of_two.route.chain.0.push(Role::Operator.into());
    let item = shown(&listed(first_of_two, "a"), &viewer("group", Role::GroupManagerAdmin), false);
    assert_eq!(item["distribute"], json!(false));
    let item = shown(&listed(order(), "a"), &viewer("manager", Role::EcManager), false);
    assert_eq!((&item["approving"], &item["createUser"]), (&json!(false), &json!(true)));
}

#[test]
fn numbers_are_masked_for_whoever_takes_no_part() {
    let item = shown(&bpm_rejected(), &viewer("operator", Role::Operator), false);
    assert_eq!(item["user"], json!("示例经理 | 138****0000 | manager@example.com"));
    assert_eq!(item["approvingWorker"], json!("政企分公司|示例经理|138****0000"));
    assert_eq!(item["mobile"], json!("138****0000"));
    let item = shown(&bpm_rejected(), &viewer("group", Role::GroupManagerAdmin), false);
    assert_eq!(item["mobile"], json!("13800000000"), "the approver took part");
    let item = shown(&bpm_rejected(), &viewer("admin", Role::PlatformAdmin), false);
    assert_eq!(item["mobile"], json!("13800000000"), "holds WO_Pii_Read");
}

#[test]
fn an_order_of_billing_names_billing() {
    let mut order = order();
    order.kind = OrderKind::ProductSuspend;
    order.state = OrderState::BpmProcessing;
    order.creator = Person::billing();
    order.approver = None;
    order.dealer = None;
    let item = shown(&listed(order, "p1"), &viewer("admin", Role::PlatformAdmin), true);
    assert_eq!((&item["user"], &item["type"]), (&json!("BBOSS"), &json!("产品暂停单")));
    assert_eq!(item["holder"], json!({"name": "BBOSS"}));
    assert!(item.get("dealer").is_none() && item.get("approvingWorker").is_none());
}

#[test]
fn the_desk_sees_who_holds_it_since_when_and_whether_it_is_late() {
    let mut order = order();
    order.approver = Some(person("group", Role::GroupManagerAdmin));
    let late = ListedOrder { due_at: Some(created() + TimeDelta::hours(24)), ..listed(order, "a") };
    let item = shown(&late, &viewer("group", Role::GroupManagerAdmin), true);
    assert_eq!(item["holder"], json!({"id": "group", "name": "示例经理", "role": "GROUP_MANAGER_ADMIN"}));
    assert_eq!(
        (&item["since"], &item["dueAt"]),
        (&json!("2023-12-04T23:40:00+08:00"), &json!("2023-12-05T23:40:00+08:00"))
    );
    assert_eq!((&item["overdue"], &item["statusName"]), (&json!(true), &json!("审批中")));
    assert_eq!((&item["code"], &item["version"]), (&json!("20231204-347411"), &json!(3)));
    assert_eq!((&item["enterpriseId"], &item["domainsTotal"]), (&json!("e1"), &json!(1)));
    let on_time = ListedOrder { due_at: Some(created() + TimeDelta::hours(31)), ..late };
    assert_eq!(shown(&on_time, &viewer("group", Role::GroupManagerAdmin), true)["overdue"], json!(false));
}
