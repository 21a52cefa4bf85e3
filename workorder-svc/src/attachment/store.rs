//! Where the bytes of attachments are: an edge, with a folder behind it.

use std::io;
use std::path::{Path, PathBuf};

use aws_lc_rs::digest;
use bytes::Bytes;
use futures_util::future::BoxFuture;
use futures_util::stream::{BoxStream, StreamExt, try_unfold};
use shared_model::ids::FileId;
use shared_model::server::secrets;
use tokio::fs;
use tokio::io::{AsyncReadExt, AsyncWriteExt};

/// Bytes read at a time.
const CHUNK: usize = 64 * 1024;

/// Keeps files by id.
pub trait ObjectStore: Send + Sync + 'static {
    /// Takes a complete spooled file in; durable when it returns.
    fn keep<'a>(&'a self, id: &'a FileId, spool: &'a Path) -> BoxFuture<'a, io::Result<()>>;
    /// The bytes of a file. A missing one is `NotFound`.
    fn open<'a>(&'a self, id: &'a FileId) -> BoxFuture<'a, io::Result<BoxStream<'static, io::Result<Bytes>>>>;
    /// Forgets a file; one that is not there is fine.
    fn remove<'a>(&'a self, id: &'a FileId) -> BoxFuture<'a, io::Result<()>>;
}

/// A folder, with the files spread over sub-folders.
#[derive(Clone, Debug)]
pub struct FolderStore {
    folder: PathBuf,
}

impl FolderStore {
    /// Makes the folder when it is missing.
    pub fn open_or_create(folder: &Path) -> io::Result<Self> {
        std::fs::create_dir_all(folder)?;
        Ok(Self { folder: folder.to_owned() })
    }

    /// Ids are `[0-9a-z]` only; anything else never becomes a path.
    fn path(&self, id: &FileId) -> io::Result<PathBuf> {
        let id = id.as_str();
        if id.len() < 2 || !id.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit()) {
            return Err(io::Error::from(io::ErrorKind::NotFound));
        }
        Ok(self.folder.join(&id[..2]).join(id))
    }
}

impl ObjectStore for FolderStore {
    fn keep<'a>(&'a self, id: &'a FileId, spool: &'a Path) -> BoxFuture<'a, io::Result<()>> {
        Box::pin(async move {
            let path = self.path(id)?;
            let parent = path.parent().unwrap_or(&self.folder).to_owned();
            fs::create_dir_all(&parent).await?;
            if fs::rename(spool, &path).await.is_err() {
                // The spool is on another device.
                fs::copy(spool, &path).await?;
                fs::File::open(&path).await?.sync_all().await?;
                fs::remove_file(spool).await?;
            }
            fs::File::open(&parent).await?.sync_all().await
        })
    }

    fn open<'a>(&'a self, id: &'a FileId) -> BoxFuture<'a, io::Result<BoxStream<'static, io::Result<Bytes>>>> {
        Box::pin(async move {
            let file = fs::File::open(self.path(id)?).await?;
            let chunks = try_unfold(file, |mut file| async move {
                let mut buffer = vec![0; CHUNK];
                let read = file.read(&mut buffer).await?;
                buffer.truncate(read);
                Ok((read > 0).then(|| (Bytes::from(buffer), file)))
            });
            Ok(chunks.boxed())
        })
    }

    fn remove<'a>(&'a self, id: &'a FileId) -> BoxFuture<'a, io::Result<()>> {
        Box::pin(async move {
            match fs::remove_file(self.path(id)?).await {
                Err(error) if error.kind() != io::ErrorKind::NotFound => Err(error),
                _ => Ok(()),
            }
        })
    }
}

/// A file on its way in: written aside chunk by chunk, measured and hashed. Dropped unfinished, it leaves nothing.
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

/// 25 characters of `[0-9a-z]`, from the system's randomness: 129 bits.
pub fn new_file_id() -> io::Result<FileId> {
    const ALPHABET: &[u8; 36] = b"0123456789abcdefghijklmnopqrstuvwxyz";
    let mut id = String::with_capacity(25);
    while id.len() < 25 {
        // Bytes from 252 up would favour the first letters.
        let fair = secrets::random::<32>()?.into_iter().filter(|byte| *byte < 252);
        id.extend(fair.take(25 - id.len()).map(|byte| char::from(ALPHABET[usize::from(byte % 36)])));
    }
    Ok(FileId(id))
}

#[cfg(test)]
mod tests {
    use futures_util::TryStreamExt;

    use super::*;

    #[tokio::test]
    async fn a_kept_file_is_read_back_and_a_removed_one_is_gone() {
        let folder = tempfile::tempdir().unwrap();
        let store = FolderStore::open_or_create(&folder.path().join("files")).unwrap();
        let mut spool = Spool::create(&folder.path().join("spool")).await.unwrap();
        spool.write(b"hello ").await.unwrap();
        spool.write(b"world").await.unwrap();
        let hash = spool.finish().await.unwrap();
        assert_eq!(hash, "b94d27b9934d3e08a52e52d7da7dabfac484efe37a5380ee9088f7ace2efcde9");
        let id = new_file_id().unwrap();
        store.keep(&id, spool.path()).await.unwrap();
        let read: Vec<Bytes> = store.open(&id).await.unwrap().try_collect().await.unwrap();
        assert_eq!(read.concat(), b"hello world");
        store.remove(&id).await.unwrap();
        store.remove(&id).await.unwrap();
        assert!(store.open(&id).await.is_err());
    }

    #[tokio::test]
    async fn an_unfinished_upload_leaves_nothing() {
        let folder = tempfile::tempdir().unwrap();
        let spool = Spool::create(folder.path()).await.unwrap();
        drop(spool);
        assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), 0);
    }

    #[tokio::test]
    async fn an_id_never_leaves_the_folder() {
        let folder = tempfile::tempdir().unwrap();
        let store = FolderStore::open_or_create(folder.path()).unwrap();
        for id in ["../../etc/passwd", "..", "a/b", ""] {
            assert!(store.open(&FileId::from(id)).await.is_err(), "{id}");
        }
    }

    #[test]
    fn ids_are_25_characters_of_the_alphabet() {
        let id = new_file_id().unwrap().0;
        assert!(id.len() == 25 && id.bytes().all(|b| b.is_ascii_digit() || b.is_ascii_lowercase()));
    }
}
