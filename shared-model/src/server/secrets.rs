//! Keys and secrets of an embedded stack: made at first start, readable by their owner alone.

use std::fs;
use std::io::{self, Write};
use std::os::unix::fs::{DirBuilderExt, OpenOptionsExt};
use std::path::Path;

use aws_lc_rs::rand::{SecureRandom, SystemRandom};
use base64::Engine;
use base64::engine::general_purpose::STANDARD_NO_PAD;

/// Reads a secret file, or makes it with what `make` gives. Of several processes that start together one makes it and
/// the others read it, whole.
pub fn read_or_create(path: &Path, make: impl FnOnce() -> io::Result<Vec<u8>>) -> io::Result<Vec<u8>> {
    match fs::read(path) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => {}
        read => return read,
    }
    if let Some(folder) = path.parent() {
        fs::DirBuilder::new().recursive(true).mode(0o700).create(folder)?;
    }
    // Written aside and linked into place: whoever finds the file finds all of it.
    let aside = path.with_extension(format!("new-{}", uuid::Uuid::new_v4().simple()));
    let mut file = fs::OpenOptions::new().write(true).create_new(true).mode(0o600).open(&aside)?;
    file.write_all(&make()?)?;
    file.sync_all()?;
    let placed = fs::hard_link(&aside, path);
    fs::remove_file(&aside)?;
    match placed {
        Err(error) if error.kind() != io::ErrorKind::AlreadyExists => Err(error),
        _ => fs::read(path),
    }
}

/// Random bytes from the system.
pub fn random<const N: usize>() -> io::Result<[u8; N]> {
    let mut bytes = [0; N];
    SystemRandom::new().fill(&mut bytes).map_err(|_| io::Error::other("no randomness"))?;
    Ok(bytes)
}

/// A random secret of 256 bits in text.
pub fn random_text() -> io::Result<String> {
    Ok(STANDARD_NO_PAD.encode(random::<32>()?))
}

/// 25 characters of `[0-9a-z]`, from the system's randomness: 129 bits.
pub fn random_id() -> io::Result<String> {
    const ALPHABET: &[u8; 36] = b"0123456789abcdefghijklmnopqrstuvwxyz";
    let mut id = String::with_capacity(25);
    while id.len() < 25 {
        // Bytes from 252 up would favour the first letters.
        let fair = random::<32>()?.into_iter().filter(|byte| *byte < 252);
        id.extend(fair.take(25 - id.len()).map(|byte| char::from(ALPHABET[usize::from(byte % 36)])));
    }
    Ok(id)
}

#[cfg(test)]
mod tests {
    use std::os::unix::fs::PermissionsExt;

    use super::*;

    #[test]
    fn a_secret_is_made_once_and_for_its_owner_alone() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("keys/internal");
        let first = read_or_create(&path, || Ok(random_text()?.into_bytes())).unwrap();
        let second = read_or_create(&path, || Err(io::Error::other("made twice"))).unwrap();
        assert_eq!(first, second);
        assert_eq!(fs::metadata(&path).unwrap().permissions().mode() & 0o777, 0o600);
        assert_eq!(fs::read_dir(folder.path().join("keys")).unwrap().count(), 1);
    }

    #[test]
    fn ids_are_25_characters_of_the_alphabet() {
        let id = random_id().unwrap();
        assert!(id.len() == 25 && id.bytes().all(|b| b.is_ascii_digit() || b.is_ascii_lowercase()));
    }
}
