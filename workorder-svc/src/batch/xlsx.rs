//! Reading an xlsx: refused before anything is expanded when it would expand too far, then cell by cell.

use std::io::{self, Cursor, Read};

use calamine::{DataRef, Reader, Xlsx};
use zip::ZipArchive;

use crate::batch::grid::{Bounds, Grid, Unreadable};
use crate::batch::template::SHEET_NAME;

/// Parts of a workbook; those of spreadsheet programs have a few dozen.
const MOST_PARTS: usize = 1_000;

/// The first sheet, or the one named as the template names it.
pub fn read(bytes: &[u8], bounds: Bounds) -> Result<Grid, Unreadable> {
    check_expansion(bytes, bounds.expanded)?;
    let mut workbook = Xlsx::new(Cursor::new(bytes)).map_err(|_| Unreadable::Damaged)?;
    let names = workbook.sheet_names();
    let name = names.iter().find(|name| *name == SHEET_NAME).or_else(|| names.first()).cloned();
    let name = name.ok_or(Unreadable::Damaged)?;
    let mut cells = workbook.worksheet_cells_reader(&name).map_err(|_| Unreadable::Damaged)?;
    let mut grid = Grid::default();
    // Rows for the heading and the example, and one more than are allowed, to tell too many.
    let most = bounds.rows.saturating_add(3);
    while let Some(cell) = cells.next_cell().map_err(|_| Unreadable::Damaged)? {
        let (row, column) = cell.get_position();
        let at = (row.saturating_add(1), usize::try_from(column).unwrap_or(usize::MAX));
        if !grid.put(at, &text(cell.get_value()), most) {
            break;
        }
    }
    Ok(grid)
}

/// A cell as a person reads it: a port typed in is a number to the sheet.
fn text(value: &DataRef<'_>) -> String {
    match value {
        DataRef::Int(number) => number.to_string(),
        DataRef::Float(number) => number.to_string(),
        DataRef::String(text) | DataRef::DateTimeIso(text) | DataRef::DurationIso(text) => text.clone(),
        DataRef::SharedString(text) => (*text).to_owned(),
        DataRef::Bool(yes) => if *yes { "TRUE" } else { "FALSE" }.to_owned(),
        DataRef::DateTime(at) => at.as_f64().to_string(),
        DataRef::Error(error) => error.to_string(),
        DataRef::Empty => String::new(),
    }
}

/// What the archive says of itself is looked at first; then, since it may lie, what it really holds is counted without
/// being kept.
fn check_expansion(bytes: &[u8], most: u64) -> Result<(), Unreadable> {
    let mut archive = ZipArchive::new(Cursor::new(bytes)).map_err(|_| Unreadable::Damaged)?;
    if archive.len() > MOST_PARTS {
        return Err(Unreadable::Bomb(most));
    }
    let mut declared: u64 = 0;
    for index in 0..archive.len() {
        let part = archive.by_index_raw(index).map_err(|_| Unreadable::Damaged)?;
        declared = declared.saturating_add(part.size());
    }
    if declared > most {
        return Err(Unreadable::Bomb(most));
    }
    let mut left = most;
    for index in 0..archive.len() {
        let part = archive.by_index(index).map_err(|_| Unreadable::OldWorkbook)?;
        let counted = io::copy(&mut part.take(left.saturating_add(1)), &mut io::sink());
        let counted = counted.map_err(|_| Unreadable::Damaged)?;
        left = left.checked_sub(counted).ok_or(Unreadable::Bomb(most))?;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use std::io::Write;

    use zip::ZipWriter;
    use zip::write::SimpleFileOptions;

    use super::*;

    const BOUNDS: Bounds = Bounds { file: 1 << 20, expanded: 1 << 20, rows: 10 };

    fn archive_of(size: usize) -> Vec<u8> {
        let mut zip = ZipWriter::new(Cursor::new(Vec::new()));
        zip.start_file("xl/worksheets/sheet1.xml", SimpleFileOptions::default()).unwrap();
        zip.write_all(&vec![b' '; size]).unwrap();
        zip.finish().unwrap().into_inner()
    }

    #[test]
    fn an_archive_that_says_it_expands_too_far_is_refused_unexpanded() {
        let bomb = archive_of(4 << 20);
        assert!(bomb.len() < 10_000);
        assert_eq!(read(&bomb, BOUNDS), Err(Unreadable::Bomb(1 << 20)));
    }

    #[test]
    fn an_archive_that_lies_about_it_is_refused_too() {
        let mut bomb = archive_of(4 << 20);
        let real = u32::to_le_bytes(4 << 20);
        for at in 0..bomb.len() - 4 {
            if bomb[at..at + 4] == real {
                bomb[at..at + 4].copy_from_slice(&100_u32.to_le_bytes());
            }
        }
        assert!(matches!(read(&bomb, BOUNDS), Err(Unreadable::Bomb(_) | Unreadable::Damaged)));
    }

    #[test]
    fn an_archive_that_is_no_workbook_is_damaged() {
        assert_eq!(read(&archive_of(10), BOUNDS), Err(Unreadable::Damaged));
        assert_eq!(read(b"PK\x03\x04 nothing", BOUNDS), Err(Unreadable::Damaged));
    }
}
