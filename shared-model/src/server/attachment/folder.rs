//! A folder, with the files spread over sub-folders by the first two characters of their ids.

use std::io;
use std::path::{Path, PathBuf};

use chrono::{DateTime, Utc};
use futures_util::future::BoxFuture;
use futures_util::stream::{self, BoxStream, StreamExt, try_unfold};
use tokio::fs;
use tokio::io::AsyncReadExt;

use super::store::{Content, Kept, ObjectStore, is_id};
use crate::ids::FileId;

/// Bytes read at a time.
const CHUNK: usize = 64 * 1024;

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

    /// Where a file lies, and where it lay before files were spread.
    fn paths(&self, id: &FileId) -> io::Result<[PathBuf; 2]> {
        let id = id.as_str();
        if !is_id(id) {
            return Err(io::Error::from(io::ErrorKind::NotFound));
        }
        Ok([self.folder.join(&id[..2]).join(id), self.folder.join(id)])
    }

    async fn open_file(&self, id: &FileId) -> io::Result<fs::File> {
        let [path, before] = self.paths(id)?;
        match fs::File::open(path).await {
            Err(error) if error.kind() == io::ErrorKind::NotFound => fs::File::open(before).await,
            opened => opened,
        }
    }
}

impl ObjectStore for FolderStore {
    fn keep<'a>(&'a self, id: &'a FileId, spool: &'a Path) -> BoxFuture<'a, io::Result<()>> {
        Box::pin(async move {
            let [path, _] = self.paths(id)?;
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

    fn open<'a>(&'a self, id: &'a FileId) -> BoxFuture<'a, io::Result<Content>> {
        Box::pin(async move {
            let file = self.open_file(id).await?;
            let chunks = try_unfold(file, |mut file| async move {
                let mut buffer = vec![0; CHUNK];
                let read = file.read(&mut buffer).await?;
                buffer.truncate(read);
                Ok((read > 0).then(|| (buffer.into(), file)))
            });
            Ok(chunks.boxed())
        })
    }

    fn remove<'a>(&'a self, id: &'a FileId) -> BoxFuture<'a, io::Result<()>> {
        Box::pin(async move {
            for path in self.paths(id)? {
                match fs::remove_file(path).await {
                    Err(error) if error.kind() != io::ErrorKind::NotFound => return Err(error),
                    _ => {}
                }
            }
            Ok(())
        })
    }

    fn list(&self) -> BoxStream<'_, io::Result<Vec<Kept>>> {
        let folders = async {
            let root = self.folder.clone();
            let found = blocking(move || sub_folders(&root)).await;
            stream::iter(match found {
                Ok(folders) => folders.into_iter().map(Ok).collect(),
                Err(error) => vec![Err(error)],
            })
        };
        stream::once(folders)
            .flatten()
            .then(|folder: io::Result<PathBuf>| async move {
                let folder = folder?;
                blocking(move || kept_in(&folder)).await
            })
            .boxed()
    }

    fn check(&self) -> BoxFuture<'_, Result<(), String>> {
        Box::pin(async {
            let usable = fs::metadata(&self.folder).await.map(|data| data.is_dir() && !data.permissions().readonly());
            match usable {
                Ok(true) => Ok(()),
                Ok(false) => Err("not writable".to_owned()),
                Err(error) => Err(error.to_string()),
            }
        })
    }
}

async fn blocking<T: Send + 'static>(work: impl FnOnce() -> io::Result<T> + Send + 'static) -> io::Result<T> {
    tokio::task::spawn_blocking(work).await.map_err(io::Error::other)?
}

/// The folder itself, and those that files are spread over.
fn sub_folders(root: &Path) -> io::Result<Vec<PathBuf>> {
    let mut folders = vec![root.to_owned()];
    for entry in std::fs::read_dir(root)? {
        let entry = entry?;
        let spread = entry.file_name().to_str().is_some_and(|name| name.len() == 2 && is_id(name));
        if spread && entry.file_type()?.is_dir() {
            folders.push(entry.path());
        }
    }
    Ok(folders)
}

fn kept_in(folder: &Path) -> io::Result<Vec<Kept>> {
    let mut kept = Vec::new();
    for entry in std::fs::read_dir(folder)? {
        let entry = entry?;
        let Some(id) = entry.file_name().to_str().filter(|name| is_id(name)).map(FileId::from) else { continue };
        match entry.metadata() {
            Ok(data) if data.is_file() => kept.push(Kept { id, since: DateTime::<Utc>::from(data.modified()?) }),
            // Removed while we looked.
            Err(error) if error.kind() == io::ErrorKind::NotFound => {}
            Err(error) => return Err(error),
            // A folder of that name, or the like.
            Ok(_) => {}
        }
    }
    Ok(kept)
}

#[cfg(test)]
mod tests {
    use bytes::Bytes;
    use futures_util::TryStreamExt;

    use super::*;
    use crate::server::attachment::spool::{Spool, new_file_id};

    #[tokio::test]
    async fn a_kept_file_is_read_back_listed_and_removed() {
        let folder = tempfile::tempdir().unwrap();
        let store = FolderStore::open_or_create(&folder.path().join("files")).unwrap();
        let mut spool = Spool::create(&folder.path().join("files/incoming")).await.unwrap();
        spool.write(b"hello ").await.unwrap();
        spool.write(b"world").await.unwrap();
        let hash = spool.finish().await.unwrap();
        assert_eq!(hash, "b94d27b9934d3e08a52e52d7da7dabfac484efe37a5380ee9088f7ace2efcde9");
        let id = new_file_id().unwrap();
        store.keep(&id, spool.path()).await.unwrap();
        let read: Vec<Bytes> = store.open(&id).await.unwrap().try_collect().await.unwrap();
        assert_eq!(read.concat(), b"hello world");
        let listed: Vec<Vec<Kept>> = store.list().try_collect().await.unwrap();
        assert_eq!(listed.concat().into_iter().map(|kept| kept.id).collect::<Vec<_>>(), std::slice::from_ref(&id));
        store.remove(&id).await.unwrap();
        store.remove(&id).await.unwrap();
        assert!(store.open(&id).await.is_err());
    }

    #[tokio::test]
    async fn a_file_from_before_files_were_spread_is_still_there() {
        let folder = tempfile::tempdir().unwrap();
        let store = FolderStore::open_or_create(folder.path()).unwrap();
        std::fs::write(folder.path().join("abc123"), b"old").unwrap();
        let id = FileId::from("abc123");
        let read: Vec<Bytes> = store.open(&id).await.unwrap().try_collect().await.unwrap();
        assert_eq!(read.concat(), b"old");
        store.remove(&id).await.unwrap();
        assert!(store.open(&id).await.is_err());
    }

    #[tokio::test]
    async fn an_id_never_leaves_the_folder() {
        let folder = tempfile::tempdir().unwrap();
        let store = FolderStore::open_or_create(folder.path()).unwrap();
        for id in ["../../etc/passwd", "..", "a/b", ""] {
            assert!(store.open(&FileId::from(id)).await.is_err(), "{id}");
        }
    }
}
