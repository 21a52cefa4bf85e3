//! `pe-svc [serve|migrate] [--config FILE]`

use std::path::PathBuf;
use std::process::ExitCode;

use clap::{Parser, Subcommand};
use tokio::signal::unix::{SignalKind, signal};

use pe_svc::app::{self, Application, StartError};
use pe_svc::settings::Settings;
use shared_model::server::settings::EnvironmentScope;
use shared_model::server::telemetry;

/// 机构与认证 · Public entities and certification
#[derive(Parser)]
#[command(version)]
struct Arguments {
    #[command(subcommand)]
    command: Option<Command>,
    /// 配置文件 · A settings file over the defaults
    #[arg(long, global = true)]
    config: Option<PathBuf>,
}

#[derive(Clone, Copy, Subcommand)]
enum Command {
    /// 运行服务（默认） · Run the service (default)
    Serve,
    /// 更新数据库结构后退出 · Bring the schema up to date and leave
    Migrate,
}

#[tokio::main]
async fn main() -> ExitCode {
    match run(Arguments::parse()).await {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("pe-svc: {error}");
            ExitCode::FAILURE
        }
    }
}

async fn run(arguments: Arguments) -> Result<(), StartError> {
    let settings = Settings::load(arguments.config.as_deref(), EnvironmentScope::Whole, &[])?;
    telemetry::init(&settings.log);
    match arguments.command.unwrap_or(Command::Serve) {
        Command::Migrate => {
            for version in app::migrate(&settings.database)? {
                println!("{version}");
            }
            Ok(())
        }
        Command::Serve => serve(settings).await,
    }
}

async fn serve(settings: Settings) -> Result<(), StartError> {
    let application = Application::build(settings).await?;
    let stopper = application.stopper();
    let (mut terminate, mut interrupt) = (signal(SignalKind::terminate())?, signal(SignalKind::interrupt())?);
    let watching = tokio::spawn(async move {
        tokio::select! {
            _ = terminate.recv() => {}
            _ = interrupt.recv() => {}
        }
        stopper.stop().await;
    });
    let served = application.run_until_stopped().await;
    watching.abort();
    Ok(served?)
}
