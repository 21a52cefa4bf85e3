//! The gateway's own part of the document.

use utoipa::openapi::security::{HttpAuthScheme, HttpBuilder, SecurityScheme};
use utoipa::{Modify, OpenApi};

use crate::identity::account::{disable, list, mobile, save, show, unlock};
use crate::identity::session::{login, logout, refresh};
use crate::identity::{change_password, me};
use crate::site::health;

#[derive(OpenApi)]
#[openapi(
    info(title = "提单前台 Front Desk", description = "域名工单、机构认证、BPM 与账号的接口。\
        The interfaces of domain work orders, certification of entities, BPM and accounts."),
    paths(
        login::login,
        refresh::refresh,
        logout::logout,
        me::me,
        change_password::change_password,
        list::list,
        save::save,
        show::show,
        disable::disable,
        unlock::unlock,
        mobile::mobile,
        health::jwks,
        health::openapi,
        health::healthz,
        health::readyz,
    ),
    components(schemas(shared_model::problem::ProblemBody)),
    modifiers(&Bearer)
)]
struct ApiDoc;

struct Bearer;

impl Modify for Bearer {
    fn modify(&self, openapi: &mut utoipa::openapi::OpenApi) {
        let scheme = HttpBuilder::new().scheme(HttpAuthScheme::Bearer).bearer_format("JWT").build();
        let components = openapi.components.get_or_insert_default();
        components.add_security_scheme("bearer", SecurityScheme::Http(scheme));
    }
}

/// The gateway's own operations.
pub fn openapi() -> utoipa::openapi::OpenApi {
    ApiDoc::openapi()
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use shared_model::access::{Access, auth};

    #[test]
    fn every_row_of_the_endpoint_table_is_documented_and_nothing_else() {
        let document = serde_json::to_value(super::openapi()).unwrap();
        let documented: BTreeSet<String> = document["paths"]
            .as_object()
            .unwrap()
            .iter()
            .flat_map(|(path, item)| {
                item.as_object().unwrap().keys().map(move |method| format!("{} {path}", method.to_uppercase()))
            })
            .collect();
        let rows: BTreeSet<String> = auth::ENDPOINTS
            .iter()
            .filter(|row| row.access != Access::Internal)
            .map(|row| format!("{} {}", row.method.name(), row.path))
            .collect();
        assert_eq!(documented, rows);
    }
}
