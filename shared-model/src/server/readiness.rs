//! Liveness and readiness: `/healthz` says the process runs, `/readyz` names each thing it depends on.

use std::sync::Arc;

use futures_util::future::{BoxFuture, join_all};
use serde::Serialize;
use utoipa::ToSchema;

use super::database::Database;
use crate::problem::{Problem, codes};

type Check = Arc<dyn Fn() -> BoxFuture<'static, Result<(), String>> + Send + Sync>;

/// What a service needs before it can serve.
#[derive(Clone, Default)]
pub struct Readiness(Vec<(&'static str, Check)>);

/// `/readyz`: 200 when everything is ready, else 503.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct ReadinessReport {
    pub ready: bool,
    pub dependencies: Vec<DependencyReport>,
}

impl From<ReadinessReport> for Problem {
    /// 503 that names each dependency.
    fn from(report: ReadinessReport) -> Self {
        let dependencies = serde_json::to_value(&report.dependencies).unwrap_or_default();
        Self::new(&codes::SERVICE_UNAVAILABLE).with("ready", false).with("dependencies", dependencies).retry_after(1)
    }
}

/// One dependency of a service.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct DependencyReport {
    pub name: &'static str,
    pub ready: bool,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub detail: Option<String>,
}

impl Readiness {
    pub fn new() -> Self {
        Self::default()
    }

    pub fn check<F, Fut>(mut self, name: &'static str, check: F) -> Self
    where
        F: Fn() -> Fut + Send + Sync + 'static,
        Fut: Future<Output = Result<(), String>> + Send + 'static,
    {
        self.0.push((name, Arc::new(move || Box::pin(check()))));
        self
    }

    pub fn database(self, db: Database) -> Self {
        self.check("database", move || {
            let db = db.clone();
            async move {
                db.ping().await.map_err(|error| {
                    tracing::warn!(%error, "the database does not answer");
                    "does not answer".to_owned()
                })
            }
        })
    }

    pub async fn report(&self) -> ReadinessReport {
        let dependencies = join_all(self.0.iter().map(|(name, check)| async move {
            let result = check().await;
            DependencyReport { name, ready: result.is_ok(), detail: result.err() }
        }))
        .await;
        ReadinessReport { ready: dependencies.iter().all(|dependency| dependency.ready), dependencies }
    }
}
