//! Every URL of the service and its handler, on one page. Who may call it stands in `shared_model::access::bpm`.

use actix_web::web::{ServiceConfig, get, post, put};

use crate::{bill, callback, dead_letter, dispatch, reconcile, staff, task};

pub fn routes(config: &mut ServiceConfig) {
    config
        // the desk
        .route("/bpm/tasks", get().to(task::list::list_tasks))
        .route("/bpm/tasks/{id}", get().to(task::show::show_task))
        .route("/bpm/tasks/{id}/stage-feedback", post().to(task::stage_feedback::report_stage))
        .route("/bpm/tasks/{id}/rollback", post().to(task::rollback::roll_back))
        .route("/bpm/tasks/{id}/close", post().to(task::close::close_task))
        .route("/bpm/tasks/{id}/reassign", post().to(task::reassign::reassign_task))
        // bills
        .route("/bpm/bills", get().to(bill::list::list_bills))
        .route("/bpm/bills/export", get().to(bill::export::export_bills))
        // reconciliation
        .route("/bpm/reconcile", get().to(reconcile::show::show_reconciliation))
        .route("/bpm/reconcile/repair", post().to(reconcile::repair::repair_differences))
        // dead letters
        .route("/bpm/dead-letters", get().to(dead_letter::list::list_dead_letters))
        .route("/bpm/dead-letters/{id}/replay", post().to(dead_letter::replay::replay_dead_letter))
        .route("/bpm/dead-letters/{id}/discard", post().to(dead_letter::discard::discard_dead_letter))
        // call-backs
        .route("/bpm/callbacks/stage-feedback", post().to(callback::task_event::stage_feedback_callback))
        .route("/bpm/callbacks/rollback", post().to(callback::task_event::rollback_callback))
        .route("/bpm/callbacks/close", post().to(callback::task_event::close_callback))
        .route("/bpm/callbacks/product-orders", post().to(callback::product_order::receive_product_order))
        // service to service
        .route("/internal/accounts", put().to(staff::receive::receive_accounts))
        .route("/internal/dispatches", post().to(dispatch::receive::receive_dispatch))
        .route("/internal/orders/{id}/recall", post().to(dispatch::recall::recall_dispatch));
}
