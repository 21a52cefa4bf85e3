//! The cells of a sheet as texts, wherever they came from, and the bounds they are read within.

use shared_model::text::Text;

/// What may be read of one sheet at most.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Bounds {
    /// Bytes of the file.
    pub file: usize,
    /// Bytes an xlsx may expand to, all of its parts together.
    pub expanded: u64,
    /// Rows with domains.
    pub rows: usize,
}

/// Columns looked at; whatever stands further right is no part of a batch sheet.
pub const COLUMNS: usize = 26;
/// Characters of a cell; a longer one is cut, and is then too long for whatever it should be.
pub const CELL: usize = 2_048;

/// One row that is not blank.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Row {
    /// As the spreadsheet numbers it, from 1.
    pub number: u32,
    /// Trimmed; without the empty ones at the end.
    pub cells: Vec<String>,
}

impl Row {
    pub fn cell(&self, column: usize) -> &str {
        self.cells.get(column).map_or("", String::as_str)
    }
}

/// The rows of a sheet, blank ones left out.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Grid {
    pub rows: Vec<Row>,
    /// There are more rows than were read.
    pub cut: bool,
}

impl Grid {
    /// Takes a cell of a row that is read from left to right, rows from top to bottom. False when no more are wanted.
    pub fn put(&mut self, (number, column): (u32, usize), text: &str, most_rows: usize) -> bool {
        let text = text.trim();
        if text.is_empty() || column >= COLUMNS {
            return true;
        }
        if self.rows.last().is_none_or(|row| row.number != number) {
            if self.rows.len() >= most_rows {
                self.cut = true;
                return false;
            }
            self.rows.push(Row { number, cells: Vec::new() });
        }
        if let Some(row) = self.rows.last_mut() {
            row.cells.resize(row.cells.len().max(column + 1), String::new());
            row.cells[column] = text.chars().take(CELL).collect();
        }
        true
    }
}

/// Why a file is no sheet that can be read.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Unreadable {
    #[error("larger than {0} bytes")]
    TooLarge(usize),
    #[error("expands to more than {0} bytes")]
    Bomb(u64),
    #[error("an old or encrypted workbook")]
    OldWorkbook,
    #[error("neither xlsx nor csv")]
    NotASheet,
    #[error("neither UTF-8 nor GB18030")]
    Encoding,
    #[error("damaged")]
    Damaged,
}

impl Unreadable {
    pub fn text(self) -> Text {
        match self {
            Self::TooLarge(bytes) => {
                let size = bytes / 1_048_576;
                Text::new(format!("批量文件不能超过 {size} MB"), format!("a sheet has at most {size} MB"))
            }
            Self::Bomb(bytes) => {
                let size = bytes / 1_048_576;
                Text::new(
                    format!("批量文件解压后超过 {size} MB，已拒绝"),
                    format!("the sheet would expand to more than {size} MB"),
                )
            }
            Self::OldWorkbook => Text::fixed(
                "是旧版或加密的工作簿，请另存为未加密的 xlsx",
                "an old or encrypted workbook: save it as plain xlsx",
            ),
            Self::NotASheet => Text::fixed("不是 xlsx 或 csv 文件", "neither an xlsx nor a csv file"),
            Self::Encoding => Text::fixed("csv 须为 UTF-8 或 GB18030 编码", "a csv file is UTF-8 or GB18030"),
            Self::Damaged => Text::fixed("文件已损坏，无法读取", "the file is damaged"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn blank_rows_keep_their_numbers_and_take_no_room() {
        let mut grid = Grid::default();
        assert!(grid.put((1, 0), " 域名 ", 2) && grid.put((4, 1), "b", 2) && grid.put((4, 700), "far", 2));
        assert!(grid.put((5, 0), "  ", 2) && !grid.put((6, 0), "c", 2));
        let rows: Vec<_> = grid.rows.iter().map(|row| (row.number, row.cells.join("|"))).collect();
        assert_eq!(rows, [(1, "域名".to_owned()), (4, "|b".to_owned())]);
        assert!(grid.cut && grid.rows[1].cell(0).is_empty() && grid.rows[1].cell(9).is_empty());
    }
}
