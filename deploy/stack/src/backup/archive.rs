//! The file of a backup: a gzipped tar whose first entry says what it is.

use std::fs::File;
use std::io::{self, Read, Write};
use std::path::Path;

use flate2::Compression;
use flate2::read::GzDecoder;
use flate2::write::GzEncoder;

use super::Volume;

/// The first entry, and what it says.
const LABEL: &str = "front-desk-backup";
const FORMAT: &[u8] = b"1\n";

/// Packs a folder.
pub fn pack(folder: &Path, out: &mut File) -> io::Result<Volume> {
    let mut archive = tar::Builder::new(GzEncoder::new(out, Compression::fast()));
    let mut header = tar::Header::new_gnu();
    header.set_size(FORMAT.len() as u64);
    header.set_mode(0o600);
    header.set_cksum();
    archive.append_data(&mut header, LABEL, FORMAT)?;
    let mut volume = Volume::default();
    add(&mut archive, folder, Path::new(""), &mut volume)?;
    archive.into_inner()?.finish()?.flush()?;
    Ok(volume)
}

fn add<W: Write>(archive: &mut tar::Builder<W>, folder: &Path, name: &Path, volume: &mut Volume) -> io::Result<()> {
    for entry in std::fs::read_dir(folder)? {
        let entry = entry?;
        let name = name.join(entry.file_name());
        if entry.file_type()?.is_dir() {
            archive.append_dir(&name, entry.path())?;
            add(archive, &entry.path(), &name, volume)?;
        } else {
            let mut file = File::open(entry.path())?;
            volume.files += 1;
            volume.bytes += file.metadata()?.len();
            archive.append_file(&name, &mut file)?;
        }
    }
    Ok(())
}

/// Unpacks into a folder; an entry that would lie outside of it is refused.
pub fn unpack(source: impl Read, folder: &Path) -> io::Result<Volume> {
    let not_ours = || io::Error::new(io::ErrorKind::InvalidData, "不是 front-desk 的备份 / not a backup of front-desk");
    let mut archive = tar::Archive::new(GzDecoder::new(source));
    archive.set_preserve_permissions(true);
    let mut entries = archive.entries().map_err(|_| not_ours())?;
    let mut label = entries.next().ok_or_else(not_ours)?.map_err(|_| not_ours())?;
    let mut format = Vec::new();
    (&mut label).take(16).read_to_end(&mut format)?;
    if label.path()? != Path::new(LABEL) || format != FORMAT {
        return Err(not_ours());
    }
    let mut volume = Volume::default();
    for entry in entries {
        let mut entry = entry?;
        if !entry.unpack_in(folder)? {
            return Err(not_ours());
        }
        if entry.header().entry_type().is_file() {
            volume.files += 1;
            volume.bytes += entry.header().size()?;
        }
    }
    Ok(volume)
}
