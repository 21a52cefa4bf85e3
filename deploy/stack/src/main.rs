//! `front-desk`: the whole stack from one program.

use std::process::ExitCode;

use clap::Parser;
use front_desk::arguments::Arguments;

#[tokio::main]
async fn main() -> ExitCode {
    match front_desk::run(Arguments::parse()).await {
        Ok(code) => code,
        Err(error) => {
            eprintln!("{error}");
            ExitCode::FAILURE
        }
    }
}
