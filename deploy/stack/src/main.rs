//! `front-desk`: the whole stack from one program.

use std::process::ExitCode;

use clap::Parser;
use front_desk::allocator::bound_memory;
use front_desk::arguments::Arguments;

fn main() -> ExitCode {
    bound_memory();
    run(Arguments::parse())
}

#[tokio::main]
async fn run(arguments: Arguments) -> ExitCode {
    match front_desk::run(arguments).await {
        Ok(code) => code,
        Err(error) => {
            eprintln!("{error}");
            ExitCode::FAILURE
        }
    }
}
