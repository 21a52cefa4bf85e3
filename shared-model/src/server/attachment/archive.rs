//! Archives that would expand too far are refused by what they say of themselves, before anything of them is expanded.
//! Office documents are archives too. source: D. Fifield, "A better zip bomb"; OWASP File Upload Cheat Sheet

use std::io::{Cursor, Read, Seek};

use zip::ZipArchive;

/// Bytes that all files of an archive may have together, those of archives inside it included.
const MOST_EXPANDED: u64 = 1 << 30;
/// Files of one archive, those of archives inside it included.
const MOST_FILES: usize = 10_000;
/// How many times larger an archive may become, once it becomes larger than [`HARMLESS`].
const MOST_TIMES: u64 = 200;
const HARMLESS: u64 = 32 << 20;
/// Bytes by which packing may make a small file larger: headers of blocks, and of encryption.
const PACKING: u64 = 1024;
/// An archive inside an archive is looked into up to this size, and no deeper than that: a sheet embedded in a document
/// that lies in an archive.
const LARGEST_INSIDE: u64 = 64 << 20;
const DEEPEST: u32 = 3;

/// Why an archive is refused.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ArchiveRefused {
    #[error("is damaged")]
    Damaged,
    #[error("would expand too far")]
    TooLarge,
    #[error("has too many files")]
    TooMany,
    #[error("has archives inside archives")]
    TooDeep,
}

/// What is left of the bounds.
struct Left {
    bytes: u64,
    files: usize,
}

/// Looks at an archive of this many bytes.
pub fn inspect(archive: impl Read + Seek, size: u64) -> Result<(), ArchiveRefused> {
    let mut left = Left { bytes: MOST_EXPANDED.min(size.saturating_mul(MOST_TIMES).max(HARMLESS)), files: MOST_FILES };
    look_into(archive, 1, &mut left)
}

fn look_into(archive: impl Read + Seek, depth: u32, left: &mut Left) -> Result<(), ArchiveRefused> {
    let mut archive = ZipArchive::new(archive).map_err(|_| ArchiveRefused::Damaged)?;
    left.files = left.files.checked_sub(archive.len()).ok_or(ArchiveRefused::TooMany)?;
    // Everything that is declared first: files that share their bytes are counted each.
    for index in 0..archive.len() {
        let file = archive.by_index_raw(index).map_err(|_| ArchiveRefused::Damaged)?;
        // Nothing shrinks by being expanded: it says less than it holds.
        if file.compressed_size() > file.size() + file.size() / 100 + PACKING {
            return Err(ArchiveRefused::Damaged);
        }
        left.bytes = left.bytes.checked_sub(file.size()).ok_or(ArchiveRefused::TooLarge)?;
    }
    for index in 0..archive.len() {
        // One that needs a password cannot be looked into, nor expanded by us.
        let Ok(mut file) = archive.by_index(index) else { continue };
        let mut head = [0; 4];
        if file.read_exact(&mut head).is_err() || head != *b"PK\x03\x04" {
            continue;
        }
        if depth >= DEEPEST {
            return Err(ArchiveRefused::TooDeep);
        }
        let mut inside = head.to_vec();
        let read = file.by_ref().take(LARGEST_INSIDE).read_to_end(&mut inside);
        read.map_err(|_| ArchiveRefused::Damaged)?;
        if inside.len() as u64 > LARGEST_INSIDE {
            return Err(ArchiveRefused::TooLarge);
        }
        drop(file);
        look_into(Cursor::new(inside), depth + 1, left)?;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use std::io::Write;

    use zip::ZipWriter;
    use zip::write::SimpleFileOptions;

    use super::*;

    fn archive(files: &[(&str, &[u8])]) -> Vec<u8> {
        let mut zip = ZipWriter::new(Cursor::new(Vec::new()));
        for (name, content) in files {
            zip.start_file(*name, SimpleFileOptions::default()).unwrap();
            zip.write_all(content).unwrap();
        }
        zip.finish().unwrap().into_inner()
    }

    fn looked_at(bytes: &[u8]) -> Result<(), ArchiveRefused> {
        inspect(Cursor::new(bytes), bytes.len() as u64)
    }

    #[test]
    fn an_ordinary_archive_passes_with_a_document_inside_that_has_a_sheet_inside() {
        let sheet = archive(&[("xl/workbook.xml", b"<workbook/>")]);
        let document = archive(&[("word/embeddings/sheet.xlsx", &sheet), ("word/document.xml", b"<w/>")]);
        assert_eq!(looked_at(&archive(&[("a.docx", &document), ("b.txt", b"b")])), Ok(()));
    }

    #[test]
    fn one_that_would_expand_too_far_is_refused() {
        let zeros = vec![0; 40 << 20];
        assert_eq!(looked_at(&archive(&[("zeros", &zeros)])), Err(ArchiveRefused::TooLarge));
        // Spread over archives inside it.
        let part = archive(&[("zeros", &zeros[..20 << 20])]);
        assert_eq!(looked_at(&archive(&[("1.zip", &part), ("2.zip", &part)])), Err(ArchiveRefused::TooLarge));
    }

    #[test]
    fn one_that_says_less_than_it_holds_is_refused() {
        let noise: Vec<u8> = (0..200_000_u32).map(|n| (n.wrapping_mul(2_654_435_761) >> 13) as u8).collect();
        let mut lying = archive(&[("noise", &noise)]);
        let declared = u32::try_from(noise.len()).unwrap().to_le_bytes();
        let places: Vec<usize> = (0..lying.len() - 4).filter(|at| lying[*at..*at + 4] == declared).collect();
        assert!(!places.is_empty());
        for at in places {
            lying[at..at + 4].copy_from_slice(&10_u32.to_le_bytes());
        }
        assert_eq!(looked_at(&lying), Err(ArchiveRefused::Damaged));
    }

    #[test]
    fn too_many_files_too_deep_a_nest_and_a_damaged_one_are_refused() {
        let names: Vec<String> = (0..=MOST_FILES).map(|n| n.to_string()).collect();
        let many: Vec<(&str, &[u8])> = names.iter().map(|name| (name.as_str(), &b""[..])).collect();
        assert_eq!(looked_at(&archive(&many)), Err(ArchiveRefused::TooMany));
        let nest = (0..3).fold(archive(&[("x", b"x")]), |inner, _| archive(&[("inner.zip", &inner)]));
        assert_eq!(looked_at(&nest), Err(ArchiveRefused::TooDeep));
        let whole = archive(&[("a", b"a")]);
        assert_eq!(looked_at(&whole[..whole.len() - 10]), Err(ArchiveRefused::Damaged));
    }
}
