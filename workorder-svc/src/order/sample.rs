//! An order for unit tests: in approval, of an enterprise manager of province 33.

use chrono::{DateTime, TimeZone, Utc};
use shared_model::ids::{EnterpriseId, OrderId, ProductId, UserId};
use shared_model::role::Role;

use crate::approval::chain::Route;
use crate::order::kind::{OrderKind, Requirement};
use crate::order::model::{Enterprise, IcpProgress, Order, OrderDomain, Person, Product};
use crate::order::state::OrderState;
use crate::origin::parse::{Origin, OriginType};
use crate::submit::form::OrderForm;

pub fn created() -> DateTime<Utc> {
    Utc.with_ymd_and_hms(2023, 12, 4, 15, 40, 0).unwrap()
}

pub fn person(id: &str, role: Role) -> Person {
    Person {
        id: UserId::from(id),
        name: "示例经理".to_owned(),
        role: Some(role),
        company: "政企分公司".to_owned(),
        mobile: "13800000000".to_owned(),
        email: "manager@example.com".to_owned(),
        province: Some(33),
    }
}

pub fn order() -> Order {
    let approver = person("group", Role::GroupManagerAdmin);
    let origin = Origin { value: "192.0.2.1:80".into(), kind: OriginType::Ip, main_flag: true, weight: None };
    Order {
        id: OrderId(347_411),
        code: "20231204-347411".to_owned(),
        kind: OrderKind::DomainRequest,
        requirement: Some(Requirement::Add),
        state: OrderState::Approving,
        version: 3,
        enterprise: Some(Enterprise { id: EnterpriseId::from("e1"), name: "ECName-1701700035".to_owned() }),
        product: Some(Product { id: ProductId::from("p1"), name: "网页加速".to_owned() }),
        creator: person("manager", Role::EcManager),
        approver: Some(approver),
        dealer: Some(Role::GroupManagerAdmin),
        approved_by: vec![],
        participants: vec![UserId::from("manager"), UserId::from("group")],
        route: Route::starting(vec![Role::GroupManagerAdmin]),
        assignee: None,
        attempt: 0,
        task_id: None,
        domains: vec![OrderDomain::new("20231204233906.komect.com"), OrderDomain::new("b.komect.com")],
        origins: vec![origin],
        provinces: vec![33],
        description: String::new(),
        icp: IcpProgress { completed: true, success: true, retry_at: None },
        batch: false,
        live: None,
        form: OrderForm::default(),
        since: created(),
        created_at: created(),
        updated_at: created(),
    }
}
