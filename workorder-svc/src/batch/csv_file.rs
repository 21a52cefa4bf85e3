//! Reading a csv as Chinese spreadsheets write it: UTF-8 with or without a byte order mark, or GB18030.

use std::borrow::Cow;

use csv::{ReaderBuilder, StringRecord};
use encoding_rs::{Encoding, GB18030};

use crate::batch::grid::{Bounds, Grid, Unreadable};

pub fn read(bytes: &[u8], bounds: Bounds) -> Result<Grid, Unreadable> {
    let text = decode(bytes)?;
    if text.chars().take(4_096).any(|c| c.is_control() && !matches!(c, '\n' | '\r' | '\t')) {
        return Err(Unreadable::NotASheet);
    }
    // One way to end a line, so that lines can be counted.
    let text = text.replace("\r\n", "\n").replace('\r', "\n") + "\n";
    let mut reader =
        ReaderBuilder::new().has_headers(false).flexible(true).delimiter(delimiter(&text)).from_reader(text.as_bytes());
    let (mut grid, mut record, mut broken_lines) = (Grid::default(), StringRecord::new(), 0);
    let most = bounds.rows.saturating_add(3);
    while reader.read_record(&mut record).map_err(|_| Unreadable::Damaged)? {
        // A cell with line breaks makes one row of several lines; blank lines are rows too.
        let inner = record.iter().map(|cell| cell.matches('\n').count() as u64).sum::<u64>();
        broken_lines += inner;
        let row = reader.position().line().saturating_sub(1 + broken_lines);
        let number = u32::try_from(row).unwrap_or(u32::MAX);
        for (column, cell) in record.iter().enumerate() {
            if !grid.put((number, column), cell, most) {
                return Ok(grid);
            }
        }
    }
    Ok(grid)
}

/// A byte order mark decides; then UTF-8, if it is that; then what Excel writes in China.
fn decode(bytes: &[u8]) -> Result<Cow<'_, str>, Unreadable> {
    if let Some((encoding, mark)) = Encoding::for_bom(bytes) {
        let (text, wrong) = encoding.decode_without_bom_handling(&bytes[mark..]);
        return if wrong { Err(Unreadable::Encoding) } else { Ok(text) };
    }
    if let Ok(text) = std::str::from_utf8(bytes) {
        return Ok(Cow::Borrowed(text));
    }
    let (text, wrong) = GB18030.decode_without_bom_handling(bytes);
    if wrong { Err(Unreadable::Encoding) } else { Ok(text) }
}

/// Whichever the heading has most of. Semicolons part what stands in one cell, so a comma or a tab is preferred.
fn delimiter(text: &str) -> u8 {
    let heading = text.lines().find(|line| !line.trim().is_empty()).unwrap_or_default();
    [b'\t', b',', b';'].into_iter().find(|mark| heading.bytes().any(|byte| byte == *mark)).unwrap_or(b',')
}

#[cfg(test)]
mod tests {
    use super::*;

    const BOUNDS: Bounds = Bounds { file: 1 << 20, expanded: 1 << 20, rows: 3 };

    fn rows(bytes: &[u8]) -> Vec<(u32, String)> {
        read(bytes, BOUNDS).unwrap().rows.into_iter().map(|row| (row.number, row.cells.join("|"))).collect()
    }

    #[test]
    fn the_three_encodings_of_excel_say_the_same() {
        let text = "加速域名,备案号\r\na.cn,京ICP备1号\r\n";
        let expected = [(1, "加速域名|备案号".to_owned()), (2, "a.cn|京ICP备1号".to_owned())];
        assert_eq!(rows(text.as_bytes()), expected);
        assert_eq!(rows(format!("\u{feff}{text}").as_bytes()), expected);
        assert_eq!(rows(&GB18030.encode(text).0), expected);
    }

    #[test]
    fn rows_are_numbered_as_a_spreadsheet_numbers_them() {
        let text = "域名;CNAME\n\n\"a.cn\";\"two\nlines\"\n\nb.cn;x\nc.cn";
        let found = rows(text.as_bytes());
        let expected = [(1, "域名|CNAME"), (3, "a.cn|two\nlines"), (5, "b.cn|x"), (6, "c.cn")];
        assert_eq!(found, expected.map(|(row, cells)| (row, cells.to_owned())));
    }

    #[test]
    fn what_is_no_text_is_no_sheet_and_more_rows_than_allowed_are_not_read() {
        assert_eq!(read(&[0, 1, 2, 3], BOUNDS), Err(Unreadable::NotASheet));
        assert_eq!(read(&[b'a', 0xff, 0xff, b'\n'], BOUNDS), Err(Unreadable::Encoding));
        let grid = read("域名\n1.cn\n2.cn\n3.cn\n4.cn\n5.cn\n6.cn".as_bytes(), BOUNDS).unwrap();
        assert!(grid.cut && grid.rows.len() == 6);
    }
}
