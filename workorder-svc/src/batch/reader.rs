//! Fetching and reading the sheet of a form: off the async threads, one or two at a time, within bounds of memory.

use std::sync::Arc;

use futures_util::TryStreamExt;
use shared_model::ids::{FileId, OrderId, UserId};
use tokio::sync::Semaphore;

use crate::attachment::repo as files;
use crate::attachment::store::ObjectStore;
use crate::batch::grid::{Bounds, Unreadable};
use crate::batch::sheet::Sheet;
use crate::desk::Desk;
use crate::error::ServiceError;
use crate::settings::SubmissionSettings;
use crate::split::link;
use crate::submit::content_rules::file_id;
use crate::submit::form::OrderForm;

/// Sheets that are read at the same time.
const AT_ONCE: usize = 2;

/// Reads sheets, so many at a time.
#[derive(Debug)]
pub struct SheetReader {
    bounds: Bounds,
    turn: Semaphore,
}

impl SheetReader {
    pub fn new(settings: &SubmissionSettings) -> Self {
        let bounds = Bounds {
            file: settings.sheet_bytes,
            expanded: settings.sheet_expanded_bytes,
            rows: settings.batch_domains,
        };
        Self { bounds, turn: Semaphore::new(AT_ONCE) }
    }

    /// Reads the file, if it may be read by this person; a file that is no sheet becomes one with a fault.
    async fn read(&self, files: &dyn ObjectStore, id: FileId, size: i64) -> Result<Sheet, ServiceError> {
        let too_large = usize::try_from(size).is_ok_and(|size| size > self.bounds.file);
        if too_large {
            return Ok(Sheet::unreadable(Some(id), Unreadable::TooLarge(self.bounds.file)));
        }
        let Ok(_turn) = self.turn.acquire().await else {
            return Err(std::io::Error::other("no sheets are read any more").into());
        };
        let mut bytes = Vec::with_capacity(usize::try_from(size).unwrap_or(0).min(self.bounds.file));
        let mut chunks = files.open(&id).await?;
        while let Some(chunk) = chunks.try_next().await? {
            bytes.extend_from_slice(&chunk);
            if bytes.len() > self.bounds.file {
                return Ok(Sheet::unreadable(Some(id), Unreadable::TooLarge(self.bounds.file)));
            }
        }
        let (bounds, file) = (self.bounds, id.clone());
        let read = tokio::task::spawn_blocking(move || Sheet::read(file, &bytes, bounds)).await;
        Ok(read.unwrap_or_else(|error| {
            // A reader that stumbles over a file says as much as one that refuses it.
            tracing::warn!(%error, file = %id, "a sheet could not be read");
            Sheet::unreadable(Some(id), Unreadable::Damaged)
        }))
    }
}

/// The sheet of a batch form, if it names a file that this person may use. Drafts are not read: what is in them may
/// still change.
pub async fn sheet_of(
    desk: &Desk,
    person: &UserId,
    order: Option<OrderId>,
    form: &OrderForm,
) -> Result<Option<Arc<Sheet>>, ServiceError> {
    if !form.is_batch() || form.is_draft() {
        return Ok(None);
    }
    let Some(id) = form.file_id.as_deref().and_then(file_id) else { return Ok(None) };
    let (asked, person) = (id.clone(), person.clone());
    let found = desk
        .db
        .read(move |conn| {
            if files::list_usable(conn, std::slice::from_ref(&asked), &person, order)?.is_empty() {
                return Ok(None);
            }
            let elsewhere = order.map(|order| link::domains_elsewhere(conn, order)).transpose()?.unwrap_or_default();
            Ok(files::find(conn, &asked)?.map(|file| (file, elsewhere)))
        })
        .await
        .map_err(ServiceError::Store)?;
    match found {
        Some((file, elsewhere)) => {
            let mut sheet = desk.sheets.read(&*desk.files, id, file.attachment.size).await?;
            sheet.leave_out(&elsewhere);
            Ok(Some(Arc::new(sheet)))
        }
        None => Ok(None),
    }
}
