//! When the stack has to stop: Ctrl-C, SIGTERM, or (for a supervised service) when its supervisor is gone.

use std::io::{self, Read};

use tokio::sync::oneshot;

pub use shared_model::server::service_main::asked_to_stop;

/// Ends when the standard input does. The supervisor holds the other end of it: when it stops, or is killed, its
/// services stop with it and leave no orphan behind.
pub async fn supervisor_gone() {
    let (gone, told) = oneshot::channel::<()>();
    // A thread of its own, which does not hold up the end of the process as a blocking task would.
    std::thread::spawn(move || {
        let mut buffer = [0; 64];
        while io::stdin().read(&mut buffer).is_ok_and(|read| read > 0) {}
        drop(gone);
    });
    drop(told.await);
}
