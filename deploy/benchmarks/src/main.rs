//! `deploy/bench`: starts a stack on a fresh folder, measures it, and compares each figure with its bound.

mod figure;
mod load;
mod sheet;
mod smoke;
mod stack;

use std::path::PathBuf;
use std::process::ExitCode;

use clap::{Parser, ValueEnum};

/// 性能基准 Benchmarks of a local stack.
#[derive(Debug, Parser)]
struct Arguments {
    #[arg(default_value = "smoke")]
    name: Name,
    /// The release build of front-desk.
    #[arg(long)]
    program: PathBuf,
}

#[derive(Clone, Copy, Debug, ValueEnum)]
enum Name {
    /// Start, memory, dispatch latency, durable writes.
    Smoke,
    /// A sheet of ten thousand domains, and the export of a hundred thousand orders.
    Sheet,
}

#[tokio::main]
async fn main() -> ExitCode {
    let arguments = Arguments::parse();
    let measured = match arguments.name {
        Name::Smoke => smoke::run(&arguments.program).await,
        Name::Sheet => sheet::run(&arguments.program).await,
    };
    match measured {
        Ok(figures) => {
            figures.iter().for_each(|figure| println!("{figure}"));
            if figures.iter().all(figure::Figure::holds) { ExitCode::SUCCESS } else { ExitCode::FAILURE }
        }
        Err(error) => {
            eprintln!("{error}");
            ExitCode::FAILURE
        }
    }
}
