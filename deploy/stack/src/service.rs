//! One service of the stack, built from its own settings and what the layout of the stack says differently.

use futures_util::future::BoxFuture;
use shared_model::server::settings::{self, EnvironmentScope};
use shared_model::server::telemetry;

use crate::arguments::OneService;
use crate::error::StackError;
use crate::layout::Layout;

/// A service that is bound, and serves while `run` is polled.
pub struct Running {
    /// No new requests; ends when the running ones have.
    pub stop: BoxFuture<'static, ()>,
    pub run: BoxFuture<'static, Result<(), StackError>>,
}

/// The environment may hold settings of all services: each takes those of the sections it has.
const SCOPE: EnvironmentScope = EnvironmentScope::KnownSections;

/// Loads a service's settings, builds it and binds it. The services are alike in this, but their types are their own.
macro_rules! build {
    ($service:ident, $layout:expr, $which:expr) => {{
        let settings = $service::settings::Settings::load(None, SCOPE, &$layout.overrides($which))?;
        let built = $service::app::Application::build(settings).await;
        let application = built.map_err(|error| failed($which, &error))?;
        let stopper = application.stopper();
        let run = async move { application.run_until_stopped().await.map_err(|error| failed($which, &error)) };
        Ok(Running { stop: Box::pin(async move { stopper.stop().await }), run: Box::pin(run) })
    }};
}

/// Builds and binds a service. Its schema is brought up to date on the way.
pub async fn build(service: OneService, layout: Layout) -> Result<Running, StackError> {
    match service {
        OneService::Gateway => build!(gateway, layout, OneService::Gateway),
        OneService::WorkorderSvc => build!(workorder_svc, layout, OneService::WorkorderSvc),
        OneService::PeSvc => build!(pe_svc, layout, OneService::PeSvc),
        OneService::BpmAdapter => build!(bpm_adapter, layout, OneService::BpmAdapter),
    }
}

fn failed(service: OneService, error: &dyn std::fmt::Display) -> StackError {
    StackError::Service { service: service.name().code(), why: error.to_string() }
}

/// The order service's settings under this stack.
pub fn workorder_settings(layout: &Layout) -> Result<workorder_svc::settings::Settings, StackError> {
    Ok(workorder_svc::settings::Settings::load(None, SCOPE, &layout.overrides(OneService::WorkorderSvc))?)
}

/// Refuses a variable of the environment that no service knows, before anything begins.
pub fn check_environment() -> Result<(), StackError> {
    Ok(settings::check_sections(&[
        gateway::settings::DEFAULTS,
        workorder_svc::settings::DEFAULTS,
        pe_svc::settings::DEFAULTS,
        bpm_adapter::settings::DEFAULTS,
    ])?)
}

/// Starts logging, as the setting that all services share says.
pub fn start_logging(layout: &Layout) -> Result<(), StackError> {
    telemetry::init(&workorder_settings(layout)?.log);
    Ok(())
}
