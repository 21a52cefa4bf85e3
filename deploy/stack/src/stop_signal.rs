//! When the stack has to stop: Ctrl-C, SIGTERM, or (for a supervised service) when its supervisor is gone.

use std::io::{self, Read};

use tokio::signal::unix::{SignalKind, signal};
use tokio::sync::oneshot;

/// Ends at the first Ctrl-C or SIGTERM.
pub async fn asked_to_stop() -> io::Result<()> {
    let mut terminate = signal(SignalKind::terminate())?;
    let mut interrupt = signal(SignalKind::interrupt())?;
    tokio::select! {
        _ = terminate.recv() => {}
        _ = interrupt.recv() => {}
    }
    Ok(())
}

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
