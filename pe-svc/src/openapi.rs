//! This service's part of the OpenAPI document.

use shared_model::page::Page;
use shared_model::problem::ProblemBody;
use utoipa::OpenApi;

use crate::certification::view::{CertificationView, SaveCertification};
use crate::certification_status::{CertificationStatusView, SaveCertificationStatus};
use crate::certification_type::{CertificationTypeView, SaveCertificationType};
use crate::entity::{EntityFace, EntityView, SaveEntity};
use crate::entity_type::{EntityTypeView, SaveEntityType};
use crate::member::{MemberView, SaveMember};
use crate::resource::delete_all::Deleted;
use crate::resource::document;
use crate::review::claim_record::ClaimView;
use crate::review::verdict::Verdict;

#[derive(OpenApi)]
#[openapi(
    info(title = "pe-svc", description = "机构与认证 Public entities and certification"),
    paths(
        crate::certification::submit::submit,
        crate::certification::renew::renew,
        crate::reply::list::list,
        crate::reply::post::post,
        crate::review::queue::queue,
        crate::reminder::list::list,
        crate::badge::show::show,
        crate::file::upload::upload,
        crate::file::download::download,
        crate::audit_log::list::list,
        crate::setup::initial::initial,
    ),
    components(schemas(
        EntityTypeView, Page<EntityTypeView>, SaveEntityType,
        EntityView, Page<EntityView>, EntityFace, SaveEntity,
        MemberView, Page<MemberView>, SaveMember,
        CertificationTypeView, Page<CertificationTypeView>, SaveCertificationType,
        CertificationStatusView, Page<CertificationStatusView>, SaveCertificationStatus,
        CertificationView, Page<CertificationView>, SaveCertification,
        Verdict, ClaimView, Deleted, ProblemBody,
    ))
)]
struct ApiDoc;

/// The whole document: what is written beside the handlers, and the eight operations of each resource.
pub fn openapi() -> utoipa::openapi::OpenApi {
    let mut document = ApiDoc::openapi();
    document::describe(&mut document);
    document
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use serde_json::Value;
    use shared_model::access;

    fn document() -> Value {
        serde_json::to_value(super::openapi()).unwrap()
    }

    #[test]
    fn every_endpoint_is_documented_and_nothing_else_is() {
        let document = document();
        let documented: BTreeSet<(String, String)> = document["paths"]
            .as_object()
            .unwrap()
            .iter()
            .flat_map(|(path, methods)| {
                methods.as_object().unwrap().keys().map(move |method| (method.to_uppercase(), path.clone()))
            })
            .collect();
        let rows: BTreeSet<(String, String)> = access::pe::ENDPOINTS
            .iter()
            .filter(|row| row.path.starts_with("/pe/"))
            .map(|row| (row.method.name().to_owned(), row.path.to_owned()))
            .collect();
        assert_eq!(documented, rows);
    }

    #[test]
    fn every_schema_that_is_referred_to_is_there() {
        fn references(value: &Value, found: &mut BTreeSet<String>) {
            match value {
                Value::Object(object) => {
                    if let Some(Value::String(target)) = object.get("$ref") {
                        found.insert(target.rsplit('/').next().unwrap().to_owned());
                    }
                    object.values().for_each(|inner| references(inner, found));
                }
                Value::Array(items) => items.iter().for_each(|inner| references(inner, found)),
                Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => {}
            }
        }
        let document = document();
        let mut found = BTreeSet::new();
        references(&document, &mut found);
        let there: BTreeSet<String> = document["components"]["schemas"].as_object().unwrap().keys().cloned().collect();
        assert_eq!(found.difference(&there).collect::<Vec<_>>(), Vec::<&String>::new());
    }
}
