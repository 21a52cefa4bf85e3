//! The all-in-one binary: the four services in one process or in four supervised ones, their demo data, and the
//! offline checks of their records.

pub mod allocator;
pub mod arguments;
pub mod backup;
pub mod banner;
pub mod callback_secret;
pub mod demo;
pub mod error;
pub mod layout;
pub mod openapi;
pub mod postgres;
pub mod prepare;
pub mod processes;
pub mod service;
pub mod stop_signal;
pub mod up;
pub mod verify;

use std::io::Write as _;
use std::process::ExitCode;

use arguments::{Arguments, Command};
use error::StackError;
use layout::Layout;

/// Does what was asked; the exit code is what a shell sees.
pub async fn run(arguments: Arguments) -> Result<ExitCode, StackError> {
    service::check_environment()?;
    match arguments.command {
        Command::Up(up) => up::run(up).await,
        Command::Service { name, up } => up::run_service(name, &up).await,
        Command::Verify(place) => {
            let layout = Layout::of_place(&place)?;
            let report = verify::run(&layout)?;
            print!("{report}");
            Ok(if report.agrees() { ExitCode::SUCCESS } else { ExitCode::FAILURE })
        }
        Command::Migrate(place) => {
            let layout = Layout::of_place(&place)?;
            for (service, applied) in prepare::migrate(&layout).await? {
                println!("{:<14} {}", service.name().code(), applied.len());
            }
            Ok(ExitCode::SUCCESS)
        }
        Command::Backup(archive) => {
            let volume = backup::pack(&Layout::of_place(&archive.place)?, &archive.file)?;
            println!("已备份 Backed up: {volume}");
            Ok(ExitCode::SUCCESS)
        }
        Command::Restore(archive) => {
            let volume = backup::unpack(&Layout::of_place(&archive.place)?, &archive.file)?;
            println!("已恢复 Restored: {volume}");
            Ok(ExitCode::SUCCESS)
        }
        Command::Openapi => {
            // Whoever reads it may have seen enough.
            match writeln!(std::io::stdout(), "{}", openapi::document()?) {
                Err(error) if error.kind() != std::io::ErrorKind::BrokenPipe => Err(error.into()),
                Ok(()) | Err(_) => Ok(ExitCode::SUCCESS),
            }
        }
    }
}
