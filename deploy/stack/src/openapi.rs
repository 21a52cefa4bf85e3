//! `front-desk openapi`: the one document the gateway serves at `/openapi.json`, without starting anything.

use std::collections::BTreeMap;

use gateway::openapi::merge::merge;
use utoipa::openapi::OpenApi;

use crate::arguments::OneService;
use crate::error::StackError;

/// The merged document of all services, indented.
pub fn document() -> Result<String, StackError> {
    let parts = [
        (OneService::WorkorderSvc, workorder_svc::openapi::openapi()),
        (OneService::PeSvc, pe_svc::openapi::openapi()),
        (OneService::BpmAdapter, bpm_adapter::openapi::openapi()),
    ];
    let json = |document: OpenApi| serde_json::to_value(document).map_err(|error| StackError::Io(error.into()));
    let mut services = BTreeMap::new();
    for (service, part) in parts {
        services.insert(service.name().code().to_owned(), json(part)?);
    }
    let merged = merge(json(gateway::openapi::openapi())?, &services);
    serde_json::to_string_pretty(&merged).map_err(|error| StackError::Io(error.into()))
}
