//! `front-desk backup FILE` and `restore FILE`: one consistent copy of everything an embedded stack holds, taken while it
//! runs, and back onto an empty folder.
//!
//! The four databases are stopped for writers at the same moment, for as long as the copy of their files takes; the copy
//! is what a loss of power at that moment would have left, and the outboxes make of that what they always do. Files are
//! linked at that moment and packed afterwards. PostgreSQL brings its own tools for this.

mod archive;
mod snapshot;

use std::fs::{File, OpenOptions};
use std::io::{self, Write};
use std::os::unix::fs::OpenOptionsExt;
use std::path::{Path, PathBuf};

use crate::error::StackError;
use crate::layout::Layout;
use crate::up;

/// What was packed or unpacked.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Volume {
    pub files: u64,
    pub bytes: u64,
}

impl std::fmt::Display for Volume {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{} 个文件 files, {:.1} MB", self.files, self.bytes as f64 / 1e6)
    }
}

/// Packs the stack into `target`, a gzipped tar; a running stack goes on. Blocks.
///
/// Errors: on PostgreSQL, when there is no stack, or when `target` exists: nothing is written over.
pub fn pack(layout: &Layout, target: &Path) -> Result<Volume, StackError> {
    embedded_only(layout)?;
    let failed = |error| StackError::Backup { file: target.to_owned(), error };
    // Beside the data, so that files can be linked.
    let stage = Stage::create(&layout.data)?;
    snapshot::take(layout, &stage.0)?;
    let part = part_of(target);
    let packed = (|| {
        if target.exists() {
            return Err(io::Error::from(io::ErrorKind::AlreadyExists));
        }
        let mut out = OpenOptions::new().write(true).create(true).truncate(true).mode(0o600).open(&part)?;
        let volume = archive::pack(&stage.0, &mut out)?;
        out.flush()?;
        out.sync_all()?;
        std::fs::rename(&part, target)?;
        Ok(volume)
    })();
    packed.map_err(failed)
}

/// Unpacks `source` into the data folder, which must be empty or missing, with no stack on it. Blocks.
pub fn unpack(layout: &Layout, source: &Path) -> Result<Volume, StackError> {
    embedded_only(layout)?;
    let archive = File::open(source).map_err(|error| StackError::Backup { file: source.to_owned(), error })?;
    layout.create_data_folder()?;
    let _alone = up::lock(layout)?;
    let unusable = |error| StackError::Folder { folder: layout.data.clone(), error };
    if !up::is_empty_but_for_the_lock(&layout.data).map_err(unusable)? {
        return Err(StackError::NotEmpty(layout.data.clone()));
    }
    archive::unpack(archive, &layout.data).map_err(|error| StackError::Backup { file: source.to_owned(), error })
}

fn embedded_only(layout: &Layout) -> Result<(), StackError> {
    if layout.on_postgres() { Err(StackError::BackupOfPostgres) } else { Ok(()) }
}

/// Written under another name until it is whole.
fn part_of(target: &Path) -> PathBuf {
    let mut name = target.as_os_str().to_owned();
    name.push(".part");
    name.into()
}

/// A folder of copies that goes when the backup is over.
struct Stage(PathBuf);

impl Stage {
    fn create(data: &Path) -> Result<Self, StackError> {
        let path = data.join(format!("{}{}", snapshot::STAGE, std::process::id()));
        std::fs::create_dir(&path).map_err(|error| StackError::Folder { folder: data.to_owned(), error })?;
        Ok(Self(path))
    }
}

impl Drop for Stage {
    fn drop(&mut self) {
        if let Err(error) = std::fs::remove_dir_all(&self.0) {
            tracing::warn!(%error, folder = %self.0.display(), "the copies of a backup are left");
        }
    }
}
