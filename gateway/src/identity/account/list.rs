//! `GET /auth/accounts`

use actix_web::web::Data;
use serde::Deserialize;
use shared_model::page::{Page, PageRequest};
use shared_model::permission::Permission;
use shared_model::problem::{Fault, Problem, codes};
use shared_model::role::Role;
use shared_model::server::answer::Answer;
use shared_model::server::body::Query;
use shared_model::server::caller::Caller;
use shared_model::text::Text;
use utoipa::{IntoParams, ToSchema};

use super::repo::{self, Filter};
use super::view::{AccountView, Viewer};
use crate::error::ServiceError;
use crate::identity::Identity;

/// Filters of the list.
#[derive(Debug, Deserialize, IntoParams, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct ListAccounts {
    pub page_num: Option<i64>,
    pub page_size: Option<i64>,
    /// A role code, such as `SA`.
    pub role: Option<String>,
    pub province: Option<i32>,
    /// Part of the user name, name, company, mobile or mail address.
    pub keyword: Option<String>,
}

impl ListAccounts {
    fn take_apart(self) -> Result<(Filter, PageRequest), Problem> {
        let mut faults = Vec::new();
        let page = PageRequest::new(self.page_num, self.page_size).map_err(|more| faults.extend(more)).ok();
        let role = match self.role.as_deref().filter(|code| !code.is_empty()) {
            None => None,
            Some(code) => Role::from_code(code).or_else(|| {
                let message = Text::fixed("没有这个角色", "no such role");
                faults.push(Fault::new("/role", &codes::REQUEST_INVALID, message));
                None
            }),
        };
        let keyword = self.keyword.filter(|keyword| !keyword.trim().is_empty());
        match page.filter(|_| faults.is_empty()) {
            Some(page) => Ok((Filter { role, province: self.province, keyword }, page)),
            None => Err(Problem::of_faults(faults)),
        }
    }
}

/// Who looks, as the views ask.
pub fn viewer(caller: &Caller, state: &Identity) -> Viewer {
    Viewer { id: caller.id().clone(), reads_personal_data: caller.may(Permission::AuthPiiRead), zone: state.zone }
}

#[utoipa::path(get, path = "/auth/accounts", tag = "账号 Accounts", security(("bearer" = [])), params(ListAccounts),
    responses((status = 200, body = Page<AccountView>)))]
pub async fn list(state: Data<Identity>, caller: Caller, query: Query<ListAccounts>) -> Result<Answer, ServiceError> {
    let (filter, page) = query.0.take_apart()?;
    let (rows, total) = state.db.read(move |conn| Ok::<_, ServiceError>(repo::list(conn, &filter, page)?)).await?;
    let viewer = viewer(&caller, &state);
    let views: Vec<_> = rows.iter().map(|row| AccountView::new(row, &viewer)).collect();
    Ok(Answer::ok(&page.page(views, total)))
}
