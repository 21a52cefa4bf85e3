//! The clock as an edge: services ask it, tests move it.

use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};

use chrono::{DateTime, Duration, Utc};

use crate::local_time;

/// Tells the time to the microsecond, which is what both databases keep.
#[derive(Clone, Debug, Default)]
pub struct Clock(Option<Arc<AtomicI64>>);

impl Clock {
    pub fn system() -> Self {
        Self(None)
    }

    /// Stands still until it is advanced.
    pub fn manual(at: DateTime<Utc>) -> Self {
        Self(Some(Arc::new(AtomicI64::new(at.timestamp_micros()))))
    }

    pub fn now(&self) -> DateTime<Utc> {
        self.0
            .as_ref()
            .and_then(|micros| DateTime::from_timestamp_micros(micros.load(Ordering::SeqCst)))
            .unwrap_or_else(local_time::now)
    }

    /// Moves a manual clock; the system's own is moved by nobody.
    pub fn advance(&self, by: Duration) {
        if let Some(micros) = &self.0 {
            micros.fetch_add(by.num_microseconds().unwrap_or(i64::MAX), Ordering::SeqCst);
        }
    }
}
