//! `gateway [serve|migrate] [--config FILE]`

use std::path::PathBuf;
use std::process::ExitCode;

use clap::{Parser, Subcommand};
use gateway::app::{Application, StartError, open};
use gateway::settings::{EnvironmentScope, Settings};
use shared_model::server::telemetry;

/// 提单前台的网关。The gateway of the front desk.
#[derive(Parser)]
#[command(version, about)]
struct Arguments {
    #[command(subcommand)]
    command: Option<Command>,
    /// 设置文件（TOML）。A file of settings; the environment (FRONT_DESK__SECTION__KEY) comes after it.
    #[arg(long, global = true)]
    config: Option<PathBuf>,
}

#[derive(Clone, Copy, Subcommand)]
enum Command {
    /// 提供服务（默认）。Serves; the default.
    Serve,
    /// 更新数据库结构后退出。Brings the database up to date and ends.
    Migrate,
}

#[actix_web::main]
async fn main() -> ExitCode {
    let arguments = Arguments::parse();
    match run(arguments).await {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("gateway: {error}");
            ExitCode::FAILURE
        }
    }
}

async fn run(arguments: Arguments) -> Result<(), StartError> {
    let settings = Settings::load(arguments.config.as_deref(), EnvironmentScope::Whole, &[])?;
    telemetry::init(&settings.log);
    match arguments.command.unwrap_or(Command::Serve) {
        Command::Migrate => open(&settings).map(drop).map_err(StartError::from),
        Command::Serve => {
            let application = Application::build(settings).await?;
            let stopper = application.stopper();
            tokio::spawn(async move {
                wait_for_signal().await;
                tracing::info!("stopping");
                stopper.stop().await;
            });
            Ok(application.run_until_stopped().await?)
        }
    }
}

/// Ctrl-C, or what a supervisor sends.
async fn wait_for_signal() {
    use tokio::signal::unix::{SignalKind, signal};
    match signal(SignalKind::terminate()) {
        Ok(mut terminate) => {
            tokio::select! {
                _ = terminate.recv() => {}
                _ = tokio::signal::ctrl_c() => {}
            }
        }
        Err(error) => {
            tracing::warn!(%error, "only Ctrl-C stops this process");
            if tokio::signal::ctrl_c().await.is_err() {
                std::future::pending::<()>().await;
            }
        }
    }
}
