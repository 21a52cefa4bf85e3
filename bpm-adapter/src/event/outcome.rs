//! Waits a moment for what becomes of an event, so that its sender learns the order service's answer.
//!
//! The database is asked, not this process: a replica may be the one that delivers.

use std::time::{Duration, Instant};

use shared_model::server::database::Database;

use super::model::{EventRow, EventState};
use super::send;
use crate::error::ServiceError;

/// The first pause between two looks; each is half as long again as the one before, up to the longest.
const FIRST_PAUSE: Duration = Duration::from_millis(2);
const LONGEST_PAUSE: Duration = Duration::from_millis(50);

/// The event once it is settled, once a try has failed, or when the time is over, whichever comes first.
pub async fn wait(db: &Database, event_row: &str, at_most: Duration) -> Result<EventRow, ServiceError> {
    let begun = Instant::now();
    let mut pause = FIRST_PAUSE;
    loop {
        let id = event_row.to_owned();
        let event = db.read(move |conn| send::get(conn, &id)).await?;
        let undecided = event.state == EventState::Pending && event.attempts == 0;
        if !undecided || begun.elapsed() >= at_most {
            return Ok(event);
        }
        tokio::time::sleep(pause).await;
        pause = (pause * 3 / 2).min(LONGEST_PAUSE);
    }
}

/// The event once it is settled, or as it stands when the time is over: tries that failed are waited through.
pub async fn settled(db: &Database, event_row: &str, at_most: Duration) -> Result<EventRow, ServiceError> {
    let begun = Instant::now();
    let mut pause = FIRST_PAUSE;
    loop {
        let id = event_row.to_owned();
        let event = db.read(move |conn| send::get(conn, &id)).await?;
        let open = matches!(event.state, EventState::Held | EventState::Pending);
        if !open || begun.elapsed() >= at_most {
            return Ok(event);
        }
        tokio::time::sleep(pause).await;
        pause = (pause * 3 / 2).min(LONGEST_PAUSE);
    }
}
