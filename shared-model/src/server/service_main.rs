//! What the binary of one service is: `NAME [serve|migrate] [--config FILE]`, until Ctrl-C or SIGTERM.

use std::ffi::OsString;
use std::path::PathBuf;

use clap::{CommandFactory, FromArgMatches, Parser, Subcommand};
use tokio::signal::unix::{SignalKind, signal};

/// The command line of a service.
#[derive(Parser)]
pub struct Arguments {
    #[command(subcommand)]
    command: Option<Command>,
    /// 配置文件（TOML） · A settings file over the defaults; the environment (FRONT_DESK__SECTION__KEY) comes after it
    #[arg(long, global = true, value_name = "FILE")]
    pub config: Option<PathBuf>,
}

/// What a service's binary can be asked to do.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Subcommand)]
pub enum Command {
    /// 运行服务（默认） · Run the service (default)
    Serve,
    /// 更新数据库结构后退出 · Bring the schema up to date and leave
    Migrate,
}

impl Arguments {
    /// Reads the command line; one that cannot be read ends the process with a word about it.
    pub fn read(name: &'static str, version: &'static str, about: &'static str) -> Self {
        Self::parse_as(name, version, about, std::env::args_os()).unwrap_or_else(|error| error.exit())
    }

    fn parse_as(
        name: &'static str,
        version: &'static str,
        about: &'static str,
        words: impl IntoIterator<Item = OsString>,
    ) -> Result<Self, clap::Error> {
        let command = Self::command().name(name).version(version).about(about);
        Self::from_arg_matches(&command.try_get_matches_from(words)?)
    }

    pub fn command_or_default(&self) -> Command {
        self.command.unwrap_or(Command::Serve)
    }
}

/// Ends at the first Ctrl-C or SIGTERM.
pub async fn asked_to_stop() -> std::io::Result<()> {
    let (mut terminate, mut interrupt) = (signal(SignalKind::terminate())?, signal(SignalKind::interrupt())?);
    tokio::select! {
        _ = terminate.recv() => {}
        _ = interrupt.recv() => {}
    }
    Ok(())
}

/// The `main` of a service: `service_main!(its_crate, "what it is")`. Services are alike in this, but their types are
/// their own.
#[macro_export]
macro_rules! service_main {
    ($service:ident, $about:literal) => {
        #[tokio::main]
        async fn main() -> std::process::ExitCode {
            use $crate::server::service_main::Arguments;
            let name = env!("CARGO_PKG_NAME");
            match run(Arguments::read(name, env!("CARGO_PKG_VERSION"), $about)).await {
                Ok(()) => std::process::ExitCode::SUCCESS,
                Err(error) => {
                    eprintln!("{name}: {error}");
                    std::process::ExitCode::FAILURE
                }
            }
        }

        async fn run(arguments: $crate::server::service_main::Arguments) -> Result<(), $service::app::StartError> {
            use $crate::server::service_main::{Command, asked_to_stop};
            let scope = $crate::server::settings::EnvironmentScope::Whole;
            let settings = $service::settings::Settings::load(arguments.config.as_deref(), scope, &[])?;
            $crate::server::telemetry::init(&settings.log);
            if arguments.command_or_default() == Command::Migrate {
                for version in $service::app::migrate(&settings.database)? {
                    println!("{version}");
                }
                return Ok(());
            }
            let application = $service::app::Application::build(settings).await?;
            let stopper = application.stopper();
            let watching = tokio::spawn(async move {
                match asked_to_stop().await {
                    Ok(()) => stopper.stop().await,
                    Err(error) => eprintln!("only SIGKILL stops this process: {error}"),
                }
            });
            let served = application.run_until_stopped().await;
            watching.abort();
            Ok(served?)
        }
    };
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parsed(words: &[&str]) -> Result<Arguments, clap::Error> {
        let words = std::iter::once("bpm-adapter").chain(words.iter().copied()).map(OsString::from);
        Arguments::parse_as("bpm-adapter", "1.2.3", "BPM 与计费对接", words)
    }

    #[test]
    fn a_service_serves_unless_it_is_asked_to_migrate_and_takes_its_settings_from_a_file() {
        Arguments::command().debug_assert();
        let plain = parsed(&[]).unwrap();
        assert_eq!((plain.command_or_default(), plain.config), (Command::Serve, None));
        let migrate = parsed(&["migrate", "--config", "a.toml"]).unwrap();
        assert_eq!((migrate.command_or_default(), migrate.config), (Command::Migrate, Some("a.toml".into())));
        assert!(parsed(&["fly"]).is_err());
        let version = parsed(&["--version"]).err().unwrap();
        assert_eq!(version.to_string(), "bpm-adapter 1.2.3\n");
    }
}
