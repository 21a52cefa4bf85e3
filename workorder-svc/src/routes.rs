//! Every URL and its handler, on one page. Who may call which is the table in `shared_model::access::workorder`.

use actix_web::web::{ServiceConfig, delete as remove, get, patch, post, put};
use shared_model::server::directory::put_directory;

use crate::approval::{decide, decide_many, transfer};
use crate::attachment::{delete, download, upload};
use crate::batch::{annotated, progress, template};
use crate::bpm::{facts, recall, receive};
use crate::dead_letter::{list as dead_letters, replay};
use crate::export::download as export;
use crate::icp::correct;
use crate::notice::{list as notices, preference, read, stream};
use crate::order::{comment, explain_show, list, modify, show, withdraw};
use crate::product::{receive as products, show as product};
use crate::reference;
use crate::saved_filter;
use crate::service_order::{self, cancel, hub};
use crate::split::divide;
use crate::staff::list as staff;
use crate::stats;
use crate::submit::{check, save};
use crate::substitute;
use crate::urge;

pub fn routes(config: &mut ServiceConfig) {
    config
        // to choose from
        .route("/workorder/filter/product", get().to(product::products))
        .route("/workorder/enterprises", get().to(product::enterprises))
        .route("/workorder/staff", get().to(staff::list))
        .route("/workorder/reference", get().to(reference::reference))
        // reading
        .route("/workorder/getworkList", get().to(list::list))
        .route("/workorder/getworkList", post().to(list::search))
        .route("/workorder/export", get().to(export::export))
        .route("/workorder/detail", get().to(show::show))
        .route("/workorder/explain", get().to(explain_show::explain))
        .route("/workorder/stats", get().to(stats::show::stats))
        .route("/workorder/filters", get().to(saved_filter::list::list))
        .route("/workorder/filters", put().to(saved_filter::put::put))
        .route("/workorder/filters/{id}", remove().to(saved_filter::delete::delete))
        // submission
        .route("/workorder/custom/save", post().to(save::save))
        .route("/workorder/custom/check", post().to(check::check))
        .route("/workorder/custom/upload", post().to(upload::attachment))
        .route("/workorder/requestDomain/upload", post().to(upload::security))
        .route("/workorder/custom/deleteFile", post().to(delete::delete))
        .route("/workorder/file/{fileId}", get().to(download::download))
        .route("/workorder/batch/template", get().to(template::template))
        .route("/workorder/batch/annotated", post().to(annotated::annotated))
        .route("/workorder/batch/{id}", get().to(progress::progress))
        // the order's way
        .route("/workorder/modify/detail", get().to(modify::form))
        .route("/workorder/modify/detail", post().to(modify::resubmit))
        .route("/workorder/split", post().to(divide::split))
        .route("/workorder/withdraw", post().to(withdraw::withdraw))
        .route("/workorder/urge", post().to(urge::send::urge))
        .route("/workorder/comment", post().to(comment::comment))
        .route("/workorder/approvedecision", post().to(decide::decide))
        .route("/workorder/approvedecision/batch", post().to(decide_many::decide))
        .route("/workorder/transfer", post().to(transfer::transfer))
        .route("/workorder/substitute", get().to(substitute::show::show))
        .route("/workorder/substitute", put().to(substitute::name::name))
        .route("/workorder/substitute", remove().to(substitute::remove::remove))
        .route("/workorder/icp/checked", post().to(correct::checked))
        .route("/workorder/recall", post().to(recall::recall))
        // what people are told
        .route("/workorder/notices", get().to(notices::list))
        .route("/workorder/notices/unread", get().to(notices::unread))
        .route("/workorder/notices/read", post().to(read::read))
        .route("/workorder/notices/stream", get().to(stream::stream))
        .route("/workorder/notices/preference", get().to(preference::show))
        .route("/workorder/notices/preference", put().to(preference::set))
        // what could not be delivered
        .route("/workorder/dead-letters", get().to(dead_letters::list_dead_letters))
        .route("/workorder/dead-letters/{id}/replay", post().to(replay::replay_dead_letter))
        // the TM Forum face
        .route("/tmf-api/serviceOrdering/v4/serviceOrder", post().to(service_order::create::create))
        .route("/tmf-api/serviceOrdering/v4/serviceOrder", get().to(service_order::list::list))
        .route("/tmf-api/serviceOrdering/v4/serviceOrder/{id}", get().to(service_order::show::show))
        .route("/tmf-api/serviceOrdering/v4/serviceOrder/{id}", patch().to(service_order::patch::patch))
        .route("/tmf-api/serviceOrdering/v4/serviceOrder/{id}", remove().to(service_order::delete::delete))
        .route("/tmf-api/serviceOrdering/v4/cancelServiceOrder", post().to(cancel::create::create))
        .route("/tmf-api/serviceOrdering/v4/cancelServiceOrder", get().to(cancel::list::list))
        .route("/tmf-api/serviceOrdering/v4/cancelServiceOrder/{id}", get().to(cancel::show::show))
        .route("/tmf-api/serviceOrdering/v4/hub", post().to(hub::register::register))
        .route("/tmf-api/serviceOrdering/v4/hub/{id}", remove().to(hub::unregister::unregister))
        // from the other services
        .route("/internal/accounts", put().to(put_directory))
        .route("/internal/enterprise-products", put().to(products::enterprise_products))
        .route("/internal/dispatches/list", post().to(facts::list_dispatches))
        .route("/internal/orders/{id}/dispatched", post().to(receive::dispatched))
        .route("/internal/orders/{id}/stage-feedback", post().to(receive::stage_feedback))
        .route("/internal/orders/{id}/rollback", post().to(receive::rollback))
        .route("/internal/orders/{id}/close", post().to(receive::close))
        .route("/internal/orders/{id}/reassigned", post().to(receive::reassigned));
}
