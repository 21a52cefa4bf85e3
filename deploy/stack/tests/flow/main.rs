//! The whole stack as its users meet it: the program started as they start it, spoken to through the gateway.
#![expect(clippy::unwrap_used, clippy::expect_used, reason = "a helper of a test that fails, fails the test")]

mod backup;
mod commands;
mod compose;
mod engine_faults;
mod first_start;
mod lists;
mod main_path;
mod notices;
mod people;
mod reconcile;
mod restart;
mod rollback;
mod stack;
mod tampering;
