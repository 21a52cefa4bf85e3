//! `workorder-svc [serve|migrate] [--config FILE]`: the order service by itself.

use std::path::PathBuf;
use std::process::ExitCode;

use clap::{Parser, Subcommand};
use shared_model::server::settings::EnvironmentScope;
use shared_model::server::telemetry;
use tokio::signal::unix::{SignalKind, signal};
use workorder_svc::app::{self, Application};
use workorder_svc::settings::Settings;

/// 工单服务 / The order service
#[derive(Parser)]
#[command(name = "workorder-svc", version)]
struct Arguments {
    #[command(subcommand)]
    command: Option<Command>,
    /// 配置文件（TOML） / settings file (TOML)
    #[arg(long, global = true, value_name = "FILE")]
    config: Option<PathBuf>,
}

#[derive(Clone, Copy, Subcommand)]
enum Command {
    /// 启动服务（默认） / serve (the default)
    Serve,
    /// 只升级数据库结构 / bring the schema up to date, and leave
    Migrate,
}

#[tokio::main]
async fn main() -> ExitCode {
    let arguments = Arguments::parse();
    match run(&arguments).await {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("workorder-svc: {error}");
            ExitCode::FAILURE
        }
    }
}

async fn run(arguments: &Arguments) -> Result<(), Box<dyn std::error::Error>> {
    let settings = Settings::load(arguments.config.as_deref(), EnvironmentScope::Whole, &[])?;
    telemetry::init(&settings.log);
    match arguments.command.unwrap_or(Command::Serve) {
        Command::Serve => serve(settings).await,
        Command::Migrate => {
            for version in tokio::task::spawn_blocking(move || app::migrate(&settings.database)).await?? {
                println!("{version}");
            }
            Ok(())
        }
    }
}

/// Until SIGTERM or Ctrl-C; then running requests and deliveries end.
async fn serve(settings: Settings) -> Result<(), Box<dyn std::error::Error>> {
    let mut terminate = signal(SignalKind::terminate())?;
    let application = Application::build(settings).await?;
    println!("workorder-svc http://{}", application.address());
    let stopper = application.stopper();
    tokio::spawn(async move {
        tokio::select! {
            _ = terminate.recv() => {}
            _ = tokio::signal::ctrl_c() => {}
        }
        stopper.stop().await;
    });
    Ok(application.run_until_stopped().await?)
}
