//! The engine that speaks the Camunda 7 REST calls an adapter uses, with a process of its own making in place of a BPMN
//! interpreter: people work, report a stage, roll back or close, each told by an external task.

mod external_task;
mod instance;
mod people;
mod process;

use actix_web::{HttpResponse, web};
use serde_json::json;

pub use process::Processes;

/// The calls, below `/engine-rest`.
pub fn routes(config: &mut web::ServiceConfig) {
    config
        .route("/deployment/create", web::post().to(instance::deploy))
        .route("/process-definition/key/{key}/start", web::post().to(instance::start))
        .route("/process-instance", web::get().to(instance::list))
        .route("/process-instance/{id}", web::delete().to(instance::delete))
        .route("/message", web::post().to(instance::correlate))
        .route("/external-task/fetchAndLock", web::post().to(external_task::fetch_and_lock))
        .route("/external-task/{id}/{verb}", web::post().to(external_task::report_on));
}

fn exception(status: u16, message: &str) -> HttpResponse {
    let code = actix_web::http::StatusCode::from_u16(status).expect("a status");
    HttpResponse::build(code).json(json!({ "type": "RestException", "message": message, "code": null }))
}
