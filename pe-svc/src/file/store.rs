//! The folder uploads are kept in, one file each, named by its id.

use std::io;
use std::path::{Path, PathBuf};

use rand::RngExt;
use tokio::fs::{self, File};

/// Characters of an upload's id: beyond guessing.
const ID_LENGTH: usize = 25;

/// Where uploads are. Cheap to clone.
#[derive(Clone, Debug)]
pub struct FileStore {
    folder: PathBuf,
}

/// A file being received: it has its name only once it is whole and on disk.
pub struct Incoming {
    pub id: String,
    pub file: File,
    draft: PathBuf,
    target: PathBuf,
}

impl FileStore {
    /// Makes the folder when it is missing.
    pub fn open(folder: &Path) -> io::Result<Self> {
        std::fs::create_dir_all(folder)?;
        Ok(Self { folder: folder.to_owned() })
    }

    pub async fn receive(&self) -> io::Result<Incoming> {
        let id = random_id();
        let draft = self.folder.join(format!(".{id}"));
        Ok(Incoming { file: File::create_new(&draft).await?, draft, target: self.folder.join(&id), id })
    }

    /// Opens an upload. The id comes from the table, never from a request.
    pub async fn read(&self, id: &str) -> io::Result<Vec<u8>> {
        fs::read(self.folder.join(id)).await
    }

    /// Whether the folder can be written to, for readiness.
    pub async fn check(&self) -> Result<(), String> {
        let usable = fs::metadata(&self.folder).await.map(|data| data.is_dir() && !data.permissions().readonly());
        match usable {
            Ok(true) => Ok(()),
            Ok(false) => Err("not writable".to_owned()),
            Err(error) => Err(error.to_string()),
        }
    }
}

impl Incoming {
    /// Puts the file in its place, durably.
    pub async fn keep(self) -> io::Result<()> {
        self.file.sync_all().await?;
        fs::rename(&self.draft, &self.target).await?;
        if let Some(folder) = self.target.parent() {
            File::open(folder).await?.sync_all().await?;
        }
        Ok(())
    }

    /// Takes back what was received.
    pub async fn discard(self) {
        drop(self.file);
        if let Err(error) = fs::remove_file(&self.draft).await {
            tracing::warn!(%error, "a refused upload stays behind");
        }
    }
}

/// `[0-9a-z]`, 25 of them.
pub fn random_id() -> String {
    const ALPHABET: &[u8; 36] = b"0123456789abcdefghijklmnopqrstuvwxyz";
    let mut rng = rand::rng();
    (0..ID_LENGTH).map(|_| char::from(ALPHABET[rng.random_range(0..ALPHABET.len())])).collect()
}
