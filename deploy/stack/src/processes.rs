//! `up --processes`: each service in a process of its own. A dead one is started again after a second; when the stack
//! stops, closing their standard input tells the services to finish.

use std::path::Path;
use std::process::Stdio;
use std::time::Duration;

use futures_util::future::join_all;
use tokio::process::{Child, ChildStdin, Command};
use tokio::sync::watch;

use crate::arguments::{OneService, Up};
use crate::error::StackError;
use crate::layout::Layout;

/// Before a dead service is started again.
const PAUSE: Duration = Duration::from_secs(1);
/// What a service may take to finish its running requests, before it is killed.
const GRACE: Duration = Duration::from_secs(30);

/// The four supervised processes.
pub struct Processes {
    stop: watch::Sender<bool>,
    supervisors: Vec<tokio::task::JoinHandle<()>>,
}

impl Processes {
    /// Starts all four; fails when one of them cannot even be started.
    pub fn start(up: &Up, layout: &Layout) -> Result<Self, StackError> {
        let (stop, stopped) = watch::channel(false);
        let first: Vec<(OneService, Supervised)> = OneService::ALL
            .into_iter()
            .map(|service| Ok((service, spawn(service, up, layout)?)))
            .collect::<Result<_, StackError>>()?;
        let supervisors = first
            .into_iter()
            .map(|(service, child)| {
                let (up, layout, stopped) = (up.clone(), layout.clone(), stopped.clone());
                tokio::spawn(supervise(service, child, up, layout, stopped))
            })
            .collect();
        Ok(Self { stop, supervisors })
    }

    /// Stops all four, cleanly if they do so in time.
    pub async fn stop(self) {
        self.stop.send_replace(true);
        join_all(self.supervisors).await;
    }
}

/// A running service, and the end of its standard input that keeps it running.
struct Supervised {
    child: Child,
    keeps_running: Option<ChildStdin>,
}

fn spawn(service: OneService, up: &Up, layout: &Layout) -> Result<Supervised, StackError> {
    let mut command = Command::new(std::env::current_exe()?);
    command.arg("service").arg(service.name().code());
    command.arg("--port").arg(up.port.to_string()).arg("--data").arg(&up.place.data);
    if let Some(database) = &up.place.database {
        command.arg("--database").arg(database).arg("--database-prefix").arg(&up.place.database_prefix);
    }
    if up.no_console {
        command.arg("--no-console");
    }
    // In a process group of its own, so that Ctrl-C reaches the supervisor alone, which stops them in order.
    let mut child = command.stdin(Stdio::piped()).process_group(0).kill_on_drop(true).spawn()?;
    // Taken out, because waiting for a child closes the standard input it still has.
    let keeps_running = child.stdin.take();
    if let Some(pid) = child.id() {
        write_pid(&layout.pid_file(service), pid)?;
    }
    Ok(Supervised { child, keeps_running })
}

/// Whole or not at all: whoever reads it finds a number.
fn write_pid(file: &Path, pid: u32) -> Result<(), StackError> {
    let aside = file.with_extension("pid.new");
    std::fs::write(&aside, format!("{pid}\n"))?;
    std::fs::rename(&aside, file)?;
    Ok(())
}

async fn supervise(service: OneService, first: Supervised, up: Up, layout: Layout, mut stopped: watch::Receiver<bool>) {
    let name = service.name().code();
    let mut child = Some(first);
    loop {
        if let Some(mut running) = child.take() {
            tokio::select! {
                status = running.child.wait() => match status {
                    Ok(status) => tracing::warn!(service = name, %status, "a service died and is started again"),
                    Err(error) => tracing::error!(service = name, %error, "a service cannot be watched"),
                },
                () = told_to_stop(&mut stopped) => {
                    finish(name, running).await;
                    break;
                }
            }
        }
        tokio::select! {
            () = tokio::time::sleep(PAUSE) => {}
            () = told_to_stop(&mut stopped) => break,
        }
        match spawn(service, &up, &layout) {
            Ok(started) => child = Some(started),
            Err(error) => tracing::error!(service = name, %error, "a service cannot be started"),
        }
    }
    let file = layout.pid_file(service);
    if let Err(error) = std::fs::remove_file(&file) {
        tracing::warn!(%error, file = %file.display(), "the pid file stays behind");
    }
}

/// Also when the one who could tell is gone.
async fn told_to_stop(stopped: &mut watch::Receiver<bool>) {
    drop(stopped.wait_for(|stop| *stop).await);
}

async fn finish(name: &str, Supervised { mut child, keeps_running }: Supervised) {
    drop(keeps_running);
    match tokio::time::timeout(GRACE, child.wait()).await {
        Ok(Ok(status)) => tracing::info!(service = name, %status, "stopped"),
        Ok(Err(error)) => tracing::error!(service = name, %error, "a service cannot be watched"),
        Err(_) => {
            tracing::warn!(service = name, "a service did not stop in time and is killed");
            if let Err(error) = child.kill().await {
                tracing::error!(service = name, %error, "a service cannot be killed");
            }
        }
    }
}
