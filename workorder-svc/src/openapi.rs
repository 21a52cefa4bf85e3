//! This service's part of the OpenAPI document.

use utoipa::OpenApi;

use crate::approval::{decide, decide_many, transfer};
use crate::attachment::{delete, download, upload};
use crate::batch::{annotated, progress, template};
use crate::bpm::recall;
use crate::dead_letter::{list as dead_letters, replay};
use crate::export::download as export;
use crate::icp::correct;
use crate::notice::{list as notices, preference, read, stream};
use crate::order::{comment, explain_show, list, modify, show, withdraw};
use crate::product::show as product;
use crate::reference;
use crate::saved_filter;
use crate::service_order::{self, cancel, hub};
use crate::split::divide;
use crate::staff::list as staff;
use crate::stats;
use crate::submit::{check, save};
use crate::substitute;
use crate::urge;

#[derive(OpenApi)]
#[openapi(
    info(title = "workorder-svc", description = "域名工单 / Domain work orders"),
    paths(
        product::products,
        product::enterprises,
        staff::list,
        reference::reference,
        list::list,
        list::search,
        export::export,
        show::show,
        explain_show::explain,
        save::save,
        check::check,
        upload::attachment,
        upload::security,
        delete::delete,
        download::download,
        template::template,
        annotated::annotated,
        progress::progress,
        modify::form,
        modify::resubmit,
        divide::split,
        withdraw::withdraw,
        comment::comment,
        decide::decide,
        decide_many::decide,
        transfer::transfer,
        urge::send::urge,
        stats::show::stats,
        saved_filter::list::list,
        saved_filter::put::put,
        saved_filter::delete::delete,
        substitute::show::show,
        substitute::name::name,
        substitute::remove::remove,
        correct::checked,
        recall::recall,
        notices::list,
        notices::unread,
        read::read,
        stream::stream,
        preference::show,
        preference::set,
        dead_letters::list_dead_letters,
        replay::replay_dead_letter,
        service_order::create::create,
        service_order::list::list,
        service_order::show::show,
        service_order::patch::patch,
        service_order::delete::delete,
        cancel::create::create,
        cancel::list::list,
        cancel::show::show,
        hub::register::register,
        hub::unregister::unregister,
    )
)]
struct ApiDoc;

pub fn openapi() -> utoipa::openapi::OpenApi {
    ApiDoc::openapi()
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use shared_model::access::{Access, workorder};

    use super::*;

    #[test]
    fn the_document_has_exactly_the_public_endpoints_of_the_access_table() {
        let document = serde_json::to_value(openapi()).unwrap();
        let documented: BTreeSet<String> = document["paths"]
            .as_object()
            .unwrap()
            .iter()
            .flat_map(|(path, methods)| {
                methods.as_object().unwrap().keys().map(move |method| format!("{} {path}", method.to_uppercase()))
            })
            .collect();
        let served: BTreeSet<String> = workorder::ENDPOINTS
            .iter()
            .filter(|row| !matches!(row.access, Access::Internal | Access::Public))
            .map(|row| format!("{} {}", row.method.name(), row.path))
            .collect();
        assert_eq!(documented, served);
    }
}
