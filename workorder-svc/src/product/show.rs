//! `GET /workorder/filter/product` and `GET /workorder/enterprises`: for whom, and for what, an order may be made.
//! source: work-order notes 1.

use actix_web::web;
use serde::{Deserialize, Serialize};
use shared_model::ids::{EnterpriseId, UserId};
use shared_model::problem::{Fault, Problem, codes};
use shared_model::role::Role;
use shared_model::server::answer::Answer;
use shared_model::server::body::Query;
use shared_model::server::caller::Caller;
use shared_model::text::Text;
use utoipa::{IntoParams, ToSchema};

use crate::desk::Desk;
use crate::error::ServiceError;
use crate::order::access::is_assigned_only;
use crate::order::kind::Requirement;
use crate::order::model::Enterprise;
use crate::product::repo;
use crate::product::rules::AvailableProduct;

/// For which enterprise and operation.
#[derive(Clone, Debug, Deserialize, IntoParams)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct ProductQuery {
    pub enterprise_id: String,
    /// add | modify | delete
    pub operate_type: String,
}

/// The products that may be ordered for.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct AvailableProducts {
    pub data: Vec<AvailableProduct>,
}

/// 可办理的产品 / Products that may be ordered for
#[utoipa::path(
    get,
    path = "/workorder/filter/product",
    tag = "产品 Products",
    params(ProductQuery),
    responses((status = 200, body = AvailableProducts), (status = 404, description = "企业不存在 / no such enterprise"))
)]
pub async fn products(
    desk: web::Data<Desk>,
    caller: Caller,
    Query(query): Query<ProductQuery>,
) -> Result<Answer, ServiceError> {
    let operation = Requirement::from_code(&query.operate_type).ok_or_else(unknown_operation)?;
    let assigned_to = assigned_to(&caller, desk.policy.assignment);
    let enterprise = EnterpriseId(query.enterprise_id);
    if enterprise.as_str().chars().any(char::is_control) {
        return Err(ServiceError::of(&codes::ENTERPRISE_NOT_FOUND));
    }
    let subscriptions = desk
        .db
        .read(move |conn| {
            repo::find_enterprise(conn, &enterprise, assigned_to.as_ref())?
                .ok_or_else(|| ServiceError::of(&codes::ENTERPRISE_NOT_FOUND))?;
            Ok::<_, ServiceError>(repo::list_subscriptions(conn, &enterprise)?)
        })
        .await?;
    let data = subscriptions.into_iter().filter_map(|record| {
        let product = record.subscription.available_for(operation)?;
        Some(AvailableProduct {
            product_id: record.product_id.0,
            product: product.name().zh.into_owned(),
            product_code: product.code().to_owned(),
            charge_mode: record.charge_mode,
            state: record.subscription.state.code().to_owned(),
            domain_count: record.subscription.live_domains,
        })
    });
    Ok(Answer::ok(&AvailableProducts { data: data.collect() }))
}

fn unknown_operation() -> Problem {
    let message = Text::fixed("只能是 add、modify 或 delete", "add, modify or delete");
    Problem::of_faults(vec![Fault::new("/operateType", &codes::REQUEST_INVALID, message)])
}

/// Managers see only the enterprises assigned to them, where enterprises are assigned at all.
fn assigned_to(caller: &Caller, assignment: bool) -> Option<UserId> {
    let restricted = is_assigned_only(caller, assignment) && !caller.has(Role::GroupManagerAdmin);
    restricted.then(|| caller.id().clone())
}

/// Which enterprises.
#[derive(Clone, Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct EnterpriseQuery {
    /// 名称或编号中的文字 / part of the name or the id
    pub keyword: Option<String>,
}

/// Enterprises to pick from.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct Enterprises {
    pub data: Vec<Enterprise>,
}

/// 企业 / Enterprises to pick from, at most 50
#[utoipa::path(
    get,
    path = "/workorder/enterprises",
    tag = "产品 Products",
    params(EnterpriseQuery),
    responses((status = 200, body = Enterprises))
)]
pub async fn enterprises(
    desk: web::Data<Desk>,
    caller: Caller,
    Query(query): Query<EnterpriseQuery>,
) -> Result<Answer, ServiceError> {
    let assigned_to = assigned_to(&caller, desk.policy.assignment);
    let keyword = query.keyword.unwrap_or_default().trim().to_owned();
    let data = desk
        .db
        .read(move |conn| crate::product::list_query::list_enterprises(conn, &keyword, assigned_to.as_ref()))
        .await
        .map_err(ServiceError::from)?;
    Ok(Answer::ok(&Enterprises { data }))
}
