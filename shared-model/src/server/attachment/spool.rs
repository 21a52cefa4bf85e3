//! A file on its way in.

use std::io;
use std::path::{Path, PathBuf};

use aws_lc_rs::digest;
use chrono::{DateTime, Utc};
use tokio::fs;
use tokio::io::AsyncWriteExt;

use crate::ids::FileId;
use crate::server::secrets;

/// Written aside chunk by chunk, measured and hashed. Dropped unfinished, it leaves nothing.
pub struct Spool {
    path: PathBuf,
    file: fs::File,
    hash: digest::Context,
    size: usize,
}

impl Spool {
    pub async fn create(folder: &Path) -> io::Result<Self> {
        fs::create_dir_all(folder).await?;
        let path = folder.join(new_file_id()?.0);
        let file = fs::File::create_new(&path).await?;
        Ok(Self { path, file, hash: digest::Context::new(&digest::SHA256), size: 0 })
    }

    pub async fn write(&mut self, chunk: &[u8]) -> io::Result<()> {
        self.hash.update(chunk);
        self.size += chunk.len();
        self.file.write_all(chunk).await
    }

    /// Bytes so far.
    pub fn size(&self) -> usize {
        self.size
    }

    pub fn path(&self) -> &Path {
        &self.path
    }

    /// Everything is on disk; the SHA-256 of it, in lower-case hex.
    pub async fn finish(&mut self) -> io::Result<String> {
        self.file.flush().await?;
        self.file.sync_all().await?;
        let hash = self.hash.clone().finish();
        Ok(hash.as_ref().iter().map(|byte| format!("{byte:02x}")).collect())
    }
}

impl Drop for Spool {
    fn drop(&mut self) {
        // Gone already when the store has taken it.
        if let Err(error) = std::fs::remove_file(&self.path)
            && error.kind() != io::ErrorKind::NotFound
        {
            tracing::warn!(%error, path = %self.path.display(), "a spooled upload was left behind");
        }
    }
}

/// Removes what processes that are no more have left half-written.
pub async fn tidy(folder: &Path, before: DateTime<Utc>) -> io::Result<usize> {
    let folder = folder.to_owned();
    let tidied = move || {
        let mut removed = 0;
        let entries = match std::fs::read_dir(&folder) {
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(0),
            entries => entries?,
        };
        for entry in entries {
            let entry = entry?;
            if DateTime::<Utc>::from(entry.metadata()?.modified()?) < before {
                std::fs::remove_file(entry.path())?;
                removed += 1;
            }
        }
        Ok(removed)
    };
    tokio::task::spawn_blocking(tidied).await.map_err(io::Error::other)?
}

/// An id nobody has given yet, and nobody guesses.
pub fn new_file_id() -> io::Result<FileId> {
    secrets::random_id().map(FileId)
}

#[cfg(test)]
mod tests {
    use chrono::TimeDelta;

    use super::*;

    #[tokio::test]
    async fn an_unfinished_upload_leaves_nothing() {
        let folder = tempfile::tempdir().unwrap();
        let spool = Spool::create(folder.path()).await.unwrap();
        drop(spool);
        assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), 0);
    }

    #[tokio::test]
    async fn what_a_dead_process_left_is_removed_in_time() {
        let folder = tempfile::tempdir().unwrap();
        std::fs::write(folder.path().join("half"), b"x").unwrap();
        assert_eq!(tidy(folder.path(), Utc::now() - TimeDelta::hours(1)).await.unwrap(), 0);
        assert_eq!(tidy(folder.path(), Utc::now() + TimeDelta::hours(1)).await.unwrap(), 1);
        assert_eq!(tidy(&folder.path().join("none"), Utc::now()).await.unwrap(), 0);
    }
}
