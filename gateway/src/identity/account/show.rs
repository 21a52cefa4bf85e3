//! `GET /auth/accounts/{id}`

use actix_web::web::{Data, Path};
use shared_model::problem::{Problem, codes};
use shared_model::server::answer::Answer;
use shared_model::server::caller::Caller;
use shared_model::server::database::Connection;

use super::list::viewer;
use super::view::AccountView;
use super::{AccountRow, repo};
use crate::error::ServiceError;
use crate::identity::Identity;

/// The account, or 404.
pub fn get(conn: &mut Connection, id: &str) -> Result<AccountRow, ServiceError> {
    Ok(repo::find(conn, id)?.ok_or_else(|| Problem::new(&codes::NOT_FOUND))?)
}

#[utoipa::path(get, path = "/auth/accounts/{id}", tag = "账号 Accounts", security(("bearer" = [])),
    params(("id" = String, Path)), responses((status = 200, body = AccountView), (status = 404)))]
pub async fn show(state: Data<Identity>, caller: Caller, id: Path<String>) -> Result<Answer, ServiceError> {
    let id = id.into_inner();
    let row = state.db.read(move |conn| get(conn, &id)).await?;
    Ok(Answer::ok(&AccountView::new(&row, &viewer(&caller, &state))).etag(row.version))
}
