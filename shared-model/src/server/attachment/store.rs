//! Where the bytes of uploads are: an edge, with a folder or an S3 bucket behind it.

use std::io;
use std::path::Path;
use std::sync::Arc;

use bytes::Bytes;
use chrono::{DateTime, Utc};
use futures_util::future::BoxFuture;
use futures_util::stream::BoxStream;

use super::folder::FolderStore;
use super::s3::S3Store;
use super::settings::AttachmentSettings;
use crate::ids::FileId;
use crate::server::settings::SettingsError;

/// A file that is kept.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Kept {
    pub id: FileId,
    pub since: DateTime<Utc>,
}

/// The bytes of a file, piece by piece.
pub type Content = BoxStream<'static, io::Result<Bytes>>;

/// Keeps files by id.
pub trait ObjectStore: Send + Sync + 'static {
    /// Takes a complete spooled file in; durable when it returns.
    fn keep<'a>(&'a self, id: &'a FileId, spool: &'a Path) -> BoxFuture<'a, io::Result<()>>;
    /// The bytes of a file. A missing one is `NotFound`.
    fn open<'a>(&'a self, id: &'a FileId) -> BoxFuture<'a, io::Result<Content>>;
    /// Forgets a file; one that is not there is fine.
    fn remove<'a>(&'a self, id: &'a FileId) -> BoxFuture<'a, io::Result<()>>;
    /// All that is kept, some at a time.
    fn list(&self) -> BoxStream<'_, io::Result<Vec<Kept>>>;
    /// Whether it can be used, for readiness.
    fn check(&self) -> BoxFuture<'_, Result<(), String>>;
}

/// The store of the settings.
pub fn open_store(settings: &AttachmentSettings) -> Result<Arc<dyn ObjectStore>, SettingsError> {
    let unusable = |error: io::Error| SettingsError::Unusable(format!("{}: {error}", settings.folder.display()));
    let folder = FolderStore::open_or_create(&settings.folder).map_err(unusable)?;
    if settings.url.is_empty() { Ok(Arc::new(folder)) } else { Ok(Arc::new(S3Store::open(settings)?)) }
}

/// Whether a text is an id we could have given: `[0-9a-z]` only, so that it never leads anywhere else.
pub fn is_id(text: &str) -> bool {
    (2..=64).contains(&text.len()) && text.bytes().all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit())
}
