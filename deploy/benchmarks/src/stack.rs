//! The stack under measurement: the release program on a fresh folder and free ports of 127.0.0.1.

use std::io;
use std::net::TcpListener;
use std::path::{Path, PathBuf};
use std::process::Stdio;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use tempfile::TempDir;
use tokio::process::{Child, Command};
use tokio::task::JoinHandle;

/// Why nothing could be measured.
#[derive(Debug, thiserror::Error)]
pub enum BenchError {
    #[error("{0}")]
    Io(#[from] io::Error),
    #[error("{0}")]
    Http(#[from] reqwest::Error),
    #[error("{0}")]
    Unexpected(String),
}

/// A running stack; dropping it ends it.
pub struct Stack {
    pub base: String,
    /// From the start of the process to the first 200 of `/readyz`.
    pub ready_after: Duration,
    child: Child,
    folder: TempDir,
}

/// The stack has to be ready by then.
const PATIENCE: Duration = Duration::from_secs(30);

impl Stack {
    pub async fn start(program: &Path) -> Result<Self, BenchError> {
        let folder = tempfile::tempdir()?;
        let port = free_ports()?;
        let base = format!("http://127.0.0.1:{port}");
        let mut command = Command::new(program);
        command.arg("up").arg("--port").arg(port.to_string()).arg("--data").arg(folder.path().join("data"));
        command.env("FRONT_DESK__LOG__FILTER", "warn");
        command.stdout(Stdio::null()).stdin(Stdio::null()).kill_on_drop(true);
        let http = reqwest::Client::builder().no_proxy().build()?;
        let begun = Instant::now();
        let mut child = command.spawn()?;
        let url = format!("{base}/readyz");
        while !http.get(&url).send().await.is_ok_and(|answer| answer.status().is_success()) {
            if let Some(status) = child.try_wait()? {
                return Err(BenchError::Unexpected(format!("the stack ended: {status}")));
            }
            if begun.elapsed() > PATIENCE {
                return Err(BenchError::Unexpected("the stack is not ready".to_owned()));
            }
            tokio::time::sleep(Duration::from_millis(2)).await;
        }
        Ok(Self { base, ready_after: begun.elapsed(), child, folder })
    }

    /// Resident memory of the process in MB (10^6 bytes).
    pub fn resident_mb(&self) -> Result<f64, BenchError> {
        resident_mb(self.pid()?)
    }

    /// Looks at the resident memory again and again until it is stopped.
    pub fn watch_memory(&self) -> Result<MemoryWatch, BenchError> {
        let (pid, stop) = (self.pid()?, Arc::new(AtomicBool::new(false)));
        let seen = stop.clone();
        let peak = tokio::task::spawn_blocking(move || {
            let mut peak: f64 = 0.0;
            while !seen.load(Ordering::Relaxed) {
                peak = resident_mb(pid).map_or(peak, |now| peak.max(now));
                std::thread::sleep(Duration::from_millis(2));
            }
            peak
        });
        Ok(MemoryWatch { stop, peak })
    }

    /// The SQLite file of workorder-svc.
    pub fn order_database(&self) -> PathBuf {
        self.folder.path().join("data").join("workorder.db")
    }

    fn pid(&self) -> Result<u32, BenchError> {
        self.child.id().ok_or_else(|| BenchError::Unexpected("the stack has ended".to_owned()))
    }
}

/// Watches the memory of a stack.
pub struct MemoryWatch {
    stop: Arc<AtomicBool>,
    peak: JoinHandle<f64>,
}

impl MemoryWatch {
    /// The highest resident memory seen, in MB.
    pub async fn stop(self) -> f64 {
        self.stop.store(true, Ordering::Relaxed);
        self.peak.await.unwrap_or_default()
    }
}

fn resident_mb(pid: u32) -> Result<f64, BenchError> {
    let missing = || BenchError::Unexpected("VmRSS of the stack cannot be read".to_owned());
    let status = std::fs::read_to_string(format!("/proc/{pid}/status"))?;
    let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:")).ok_or_else(missing)?;
    let kib: f64 = line.trim().trim_end_matches("kB").trim().parse().map_err(|_| missing())?;
    Ok(kib * 1024.0 / 1e6)
}

fn free_ports() -> io::Result<u16> {
    for _ in 0..100 {
        let start = TcpListener::bind("127.0.0.1:0")?.local_addr()?.port();
        let mut five = (0..5_u16).map(|offset| start.checked_add(offset));
        if five.all(|port| port.is_some_and(|port| TcpListener::bind(("127.0.0.1", port)).is_ok())) {
            return Ok(start);
        }
    }
    Err(io::Error::other("no five free ports in a row"))
}
