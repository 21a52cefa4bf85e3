//! `GET /workorder/staff`: the people an order can be handed to.

use actix_web::web;
use serde::{Deserialize, Serialize};
use shared_model::account::Account;
use shared_model::ids::UserId;
use shared_model::permission::Permission;
use shared_model::problem::{Fault, Problem, codes};
use shared_model::role::Role;
use shared_model::server::answer::Answer;
use shared_model::server::body::Query;
use shared_model::server::caller::Caller;
use shared_model::server::database::StoreError;
use shared_model::server::directory;
use shared_model::text::Text;
use utoipa::{IntoParams, ToSchema};

use crate::desk::Desk;
use crate::error::ServiceError;
use crate::order::privacy::masked;

/// Which people.
#[derive(Clone, Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct StaffQuery {
    /// 角色代码；不填为调用者自己的角色 / a role's code; the caller's own roles when left out
    pub role: Option<String>,
    /// 姓名、用户名或单位中的文字 / part of the name, the user name or the company
    pub keyword: Option<String>,
}

/// One of the staff.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct Colleague {
    pub id: UserId,
    pub name: String,
    pub company: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub province: Option<i32>,
    pub roles: Vec<Role>,
    /// Masked, unless the caller may read personal data or it is their own.
    #[schema(examples("138****0000"))]
    pub mobile: String,
}

/// People to hand an order to.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct Staff {
    pub data: Vec<Colleague>,
}

/// 可转办的人员 / People an order can be handed to
#[utoipa::path(
    get,
    path = "/workorder/staff",
    tag = "人员 Staff",
    params(StaffQuery),
    responses((status = 200, body = Staff), (status = 400, description = "没有这个角色 / no such role"))
)]
pub async fn list(
    desk: web::Data<Desk>,
    caller: Caller,
    Query(query): Query<StaffQuery>,
) -> Result<Answer, ServiceError> {
    let roles = match query.role.as_deref().map(str::trim).filter(|role| !role.is_empty()) {
        Some(code) => vec![Role::from_code(code).ok_or_else(unknown_role)?],
        None => caller.roles().to_vec(),
    };
    let everybody = desk.db.read(|conn| directory::all(conn).map_err(StoreError::from)).await?;
    let keyword = query.keyword.unwrap_or_default().trim().to_lowercase();
    let data = everybody
        .into_iter()
        .filter(|account| account.enabled && account.roles.iter().any(|role| roles.contains(role)))
        .filter(|account| has_keyword(account, &keyword))
        .map(|account| colleague(account, &caller));
    Ok(Answer::ok(&Staff { data: data.collect() }))
}

fn unknown_role() -> Problem {
    let message = Text::fixed("没有这个角色", "there is no such role");
    Problem::of_faults(vec![Fault::new("/role", &codes::REQUEST_INVALID, message)])
}

fn has_keyword(account: &Account, keyword: &str) -> bool {
    [&account.name, &account.username, &account.company].into_iter().any(|text| text.to_lowercase().contains(keyword))
}

fn colleague(account: Account, caller: &Caller) -> Colleague {
    let open = account.id == *caller.id() || caller.may(Permission::WoPiiRead) || account.mobile.is_empty();
    let mobile = if open { account.mobile } else { masked(&account.mobile) };
    Colleague {
        id: account.id,
        name: account.name,
        company: account.company,
        province: account.province,
        roles: account.roles,
        mobile,
    }
}
