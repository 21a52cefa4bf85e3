//! This service's part of the OpenAPI document.

use utoipa::OpenApi;

use crate::{bill, callback, dead_letter, dispatch, reconcile, staff, task};

#[derive(OpenApi)]
#[openapi(paths(
    task::list::list_tasks,
    task::show::show_task,
    task::stage_feedback::report_stage,
    task::rollback::roll_back,
    task::close::close_task,
    task::reassign::reassign_task,
    bill::list::list_bills,
    bill::export::export_bills,
    reconcile::show::show_reconciliation,
    reconcile::repair::repair_differences,
    dead_letter::list::list_dead_letters,
    dead_letter::replay::replay_dead_letter,
    dead_letter::discard::discard_dead_letter,
    callback::task_event::stage_feedback_callback,
    callback::task_event::rollback_callback,
    callback::task_event::close_callback,
    callback::product_order::receive_product_order,
    staff::receive::receive_accounts,
    dispatch::receive::receive_dispatch,
    dispatch::recall::recall_dispatch,
))]
struct ApiDoc;

pub fn openapi() -> utoipa::openapi::OpenApi {
    ApiDoc::openapi()
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use shared_model::access;

    /// What every service answers about itself, described once for all of them.
    const OPERATIONS: [&str; 4] = ["/healthz", "/readyz", "/metrics", "/internal/openapi.json"];

    #[test]
    fn every_endpoint_is_documented_and_nothing_else_is() {
        let document = serde_json::to_value(super::openapi()).unwrap();
        let documented: BTreeSet<(String, String)> = document["paths"]
            .as_object()
            .unwrap()
            .iter()
            .flat_map(|(path, methods)| {
                methods.as_object().unwrap().keys().map(move |method| (method.to_uppercase(), path.clone()))
            })
            .collect();
        let rows: BTreeSet<(String, String)> = access::bpm::ENDPOINTS
            .iter()
            .filter(|row| !OPERATIONS.contains(&row.path))
            .map(|row| (row.method.name().to_owned(), row.path.to_owned()))
            .collect();
        assert_eq!(documented, rows);
    }
}
