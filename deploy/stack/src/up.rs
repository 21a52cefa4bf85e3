//! `front-desk up`: prepares, starts the four services, says when they are ready, and stops them in order.

use std::fs::{File, OpenOptions, TryLockError};
use std::io;
use std::path::Path;
use std::process::ExitCode;
use std::time::{Duration, Instant};

use futures_util::future::{join_all, select_all, try_join_all};

use crate::arguments::{OneService, Up};
use crate::banner;
use crate::error::StackError;
use crate::layout::Layout;
use crate::prepare;
use crate::processes::Processes;
use crate::service::{self, Running};
use crate::stop_signal::{asked_to_stop, supervisor_gone};

/// The file in the data folder that a running stack has locked.
pub(crate) const LOCK: &str = "lock";
/// Between two looks at `/readyz`.
const PAUSE: Duration = Duration::from_millis(5);
/// After this long without being ready, the console says so; the stack goes on trying.
const PATIENCE: Duration = Duration::from_secs(30);

/// Runs the stack until it is asked to stop.
pub async fn run(up: Up) -> Result<ExitCode, StackError> {
    let layout = Layout::of_up(&up)?;
    service::start_logging(&layout)?;
    layout.check_ports()?;
    let _lock = lock(&layout)?;
    prepare::prepare(&layout, !up.no_demo).await?;
    if up.processes {
        in_processes(&up, &layout).await?
    } else {
        in_one_process(&layout).await?
    }
    println!("已停止 Stopped");
    Ok(ExitCode::SUCCESS)
}

/// One service, as a child of `up --processes`.
pub async fn run_service(name: OneService, up: &Up) -> Result<ExitCode, StackError> {
    let layout = Layout::of_up(up)?;
    service::start_logging(&layout)?;
    let Running { stop, mut run } = service::build(name, layout).await?;
    tokio::select! {
        ended = &mut run => return ended.map(|()| ExitCode::SUCCESS),
        asked = asked_to_stop() => asked?,
        () = supervisor_gone() => {}
    }
    let ((), ended) = tokio::join!(stop, run);
    ended.map(|()| ExitCode::SUCCESS)
}

async fn in_one_process(layout: &Layout) -> Result<(), StackError> {
    // Built side by side, each on a thread of its own: hashing and opening databases takes its time.
    let building = OneService::ALL.map(|service| tokio::spawn(service::build(service, layout.clone())));
    let built = try_join_all(building).await.map_err(|error| failed(&error))?;
    let services = built.into_iter().collect::<Result<Vec<_>, _>>()?;
    let (stops, runs): (Vec<_>, Vec<_>) = services.into_iter().map(|running| (running.stop, running.run)).unzip();
    let mut runs: Vec<_> = runs.into_iter().map(tokio::spawn).collect();
    let ended_early = tokio::select! {
        (ended, index, _) = select_all(runs.iter_mut()) => Some((ended, index)),
        asked = serve(layout) => { asked?; None }
    };
    if let Some((_, index)) = &ended_early {
        drop(runs.remove(*index));
    }
    // The door first, so that nobody comes in while the rooms are being closed.
    for stop in stops {
        stop.await;
    }
    let results = join_all(runs).await;
    for ended in ended_early.map(|(ended, _)| ended).into_iter().chain(results) {
        ended.map_err(|error| failed(&error))??;
    }
    Ok(())
}

async fn in_processes(up: &Up, layout: &Layout) -> Result<(), StackError> {
    let processes = Processes::start(up, layout)?;
    let asked = serve(layout).await;
    processes.stop().await;
    asked
}

/// Says when the stack is ready, then waits until it is asked to stop.
async fn serve(layout: &Layout) -> Result<(), StackError> {
    let stop = asked_to_stop();
    tokio::pin!(stop);
    tokio::select! {
        asked = &mut stop => return Ok(asked?),
        () = until_ready(layout) => print!("{}", banner::text(layout)),
    }
    Ok(stop.await?)
}

async fn until_ready(layout: &Layout) {
    let url = format!("{}/readyz", layout.base_url(OneService::Gateway));
    let (http, begun) = (reqwest::Client::builder().no_proxy().build().unwrap_or_default(), Instant::now());
    let mut told = false;
    loop {
        if http.get(&url).send().await.is_ok_and(|answer| answer.status().is_success()) {
            return;
        }
        if !told && begun.elapsed() > PATIENCE {
            told = true;
            println!("尚未就绪，原因见 {url} Not ready yet; {url} says why");
        }
        tokio::time::sleep(PAUSE).await;
    }
}

/// Whether nothing lies in a data folder that this process has locked.
pub(crate) fn is_empty_but_for_the_lock(data: &Path) -> io::Result<bool> {
    for entry in std::fs::read_dir(data)? {
        if entry?.file_name() != LOCK {
            return Ok(false);
        }
    }
    Ok(true)
}

/// Two stacks never share a data folder. The lock goes with the process, however it ends.
pub(crate) fn lock(layout: &Layout) -> Result<File, StackError> {
    layout.create_data_folder()?;
    let unusable = |error| StackError::Folder { folder: layout.data.clone(), error };
    let file = OpenOptions::new().create(true).truncate(false).write(true).open(layout.data.join(LOCK));
    let file = file.map_err(unusable)?;
    match file.try_lock() {
        Ok(()) => Ok(file),
        Err(TryLockError::WouldBlock) => Err(StackError::InUse(layout.data.clone())),
        Err(TryLockError::Error(error)) => Err(unusable(error)),
    }
}

fn failed(error: &dyn std::fmt::Display) -> StackError {
    StackError::Service { service: "front-desk", why: error.to_string() }
}
