//! A whole sheet, read: its rows, and what is wrong with it before any table is asked. Pure.

use std::collections::{HashMap, HashSet};

use shared_model::ids::FileId;
use shared_model::problem::{Fault, codes};
use shared_model::text::Text;

use crate::batch::columns::{Column, is_problems, letter};
use crate::batch::domain_set::DomainSet;
use crate::batch::fault::{of_cell, of_row, of_sheet};
use crate::batch::grid::{Bounds, Grid, Row, Unreadable};
use crate::batch::row::{self, Layout, SheetRow};
use crate::batch::{csv_file, xlsx};
use crate::domain_name::parse::DomainName;

/// A sheet as the rules look at it.
#[derive(Clone, Debug, Default)]
pub struct Sheet {
    pub file: Option<FileId>,
    /// As it was sent, to be given back annotated.
    pub grid: Grid,
    pub layout: Layout,
    /// The row of the headings.
    pub heading: Option<u32>,
    /// Rows with a domain that can be used, each domain once.
    pub rows: Vec<SheetRow>,
    /// Rows with anything in them, the heading and the example left out.
    pub count: usize,
    pub faults: Vec<Fault>,
}

impl Sheet {
    /// Reads the bytes of a file: what it is, is told by the bytes, not by its name.
    pub fn read(file: FileId, bytes: &[u8], bounds: Bounds) -> Self {
        let grid = match bytes {
            _ if bytes.len() > bounds.file => Err(Unreadable::TooLarge(bounds.file)),
            [b'P', b'K', 3, 4, ..] => xlsx::read(bytes, bounds),
            [0xd0, 0xcf, 0x11, 0xe0, ..] => Err(Unreadable::OldWorkbook),
            _ => csv_file::read(bytes, bounds),
        };
        match grid {
            Ok(grid) => Self { file: Some(file), ..Self::of_grid(grid, bounds.rows) },
            Err(why) => Self::unreadable(Some(file), why),
        }
    }

    /// Passes over the rows of domains that went to another order which was filled from the same sheet.
    pub fn leave_out(&mut self, elsewhere: &HashSet<String>) {
        self.rows.retain(|row| !elsewhere.contains(row.name.as_str()));
    }

    /// A file that is no sheet.
    pub fn unreadable(file: Option<FileId>, why: Unreadable) -> Self {
        Self { file, faults: vec![of_sheet(&codes::BATCH_FILE_INVALID, why.text())], ..Self::default() }
    }

    fn of_grid(grid: Grid, most_rows: usize) -> Self {
        let mut faults = Vec::new();
        let Some((layout, heading)) = layout_of(&grid, &mut faults) else {
            return Self { grid, faults, ..Self::default() };
        };
        let body: Vec<&Row> = grid.rows.iter().filter(|row| Some(row.number) != heading).collect();
        let is_example = |row: &Row| layout.cell(row, Column::Domain) == crate::batch::columns::EXAMPLE_DOMAIN;
        let body: Vec<&Row> = body.into_iter().filter(|row| !is_example(row)).collect();
        let count = body.len();
        if count > most_rows {
            let message = Text::new(
                format!("一份文件最多 {most_rows} 个域名"),
                format!("a sheet has at most {most_rows} domains"),
            );
            let fault = of_sheet(&codes::DOMAIN_TOO_MANY, message);
            faults.push(match body.get(most_rows) {
                Some(first) => fault.with("firstRow", first.number),
                None => fault,
            });
            return Self { layout, heading, count, faults, grid, ..Self::default() };
        }
        let mut rows: Vec<SheetRow> = Vec::with_capacity(count);
        for row in body {
            rows.extend(row::read(row, &layout, &mut faults));
        }
        drop_duplicates(&mut rows, &layout, &mut faults);
        check_loops(&rows, &layout, &mut faults);
        Self { file: None, layout, heading, rows, count, faults, grid }
    }
}

/// Which column is which, and the row that says so. A sheet without headings has the template's columns.
fn layout_of(grid: &Grid, faults: &mut Vec<Fault>) -> Option<(Layout, Option<u32>)> {
    let Some(first) = grid.rows.first() else {
        faults
            .push(of_sheet(&codes::DOMAIN_REQUIRED, Text::fixed("文件里没有域名", "there is no domain in the sheet")));
        return None;
    };
    let columns: Vec<Option<Column>> = first.cells.iter().map(|title| Column::from_title(title)).collect();
    if columns.contains(&Some(Column::Domain)) {
        check_headings(first, &columns, faults);
        return Some((Layout(columns), Some(first.number)));
    }
    if DomainName::parse(first.cell(0)).is_ok() {
        return Some((Layout(Column::ALL.map(Some).to_vec()), None));
    }
    let message = Text::new(
        format!("第 {} 行须是表头，且有“加速域名”一列，请使用模板", first.number),
        format!("row {} must have the headings, one of them “Domain”: use the template", first.number),
    );
    faults.push(of_sheet(&codes::BATCH_FILE_INVALID, message).with("rows", vec![first.number]));
    None
}

/// A column nobody knows would be lost in silence, one that stands twice would be read half.
fn check_headings(first: &Row, columns: &[Option<Column>], faults: &mut Vec<Fault>) {
    for (index, (title, column)) in first.cells.iter().zip(columns).enumerate() {
        let message = match column {
            None if title.is_empty() || is_problems(title) => continue,
            None => Text::new(format!("不认识的列“{title}”，请删除"), format!("unknown column “{title}”: delete it")),
            Some(column) if columns.iter().position(|other| other == &Some(*column)) == Some(index) => continue,
            Some(_) => Text::new(format!("列“{title}”重复"), format!("the column “{title}” stands twice")),
        };
        let fault = of_row(first.number, &codes::BATCH_FILE_INVALID, message);
        faults.push(fault.with("column", letter(index)));
    }
}

fn drop_duplicates(rows: &mut Vec<SheetRow>, layout: &Layout, faults: &mut Vec<Fault>) {
    let mut first_rows: HashMap<String, i32> = HashMap::with_capacity(rows.len());
    rows.retain(|row| {
        let Some(first) = first_rows.get(row.name.as_str()) else {
            first_rows.insert(row.name.as_str().to_owned(), row.line.row);
            return true;
        };
        let message = Text::new(format!("与第 {first} 行重复"), format!("the same as row {first}"));
        faults.push(cell_fault(row, Column::Domain, layout, &codes::DOMAIN_DUPLICATE, message));
        false
    });
}

fn check_loops(rows: &[SheetRow], layout: &Layout, faults: &mut Vec<Fault>) {
    let domains: DomainSet<'_> = rows.iter().map(|row| &row.name).collect();
    for row in rows.iter().filter(|row| row.origin_names.iter().any(|name| domains.covers(name))) {
        let message = Text::fixed("源站指向了本工单的域名", "the origin points at a domain of this order");
        faults.push(cell_fault(row, Column::MainOrigin, layout, &codes::ORIGIN_LOOP, message));
    }
}

/// A fault of one cell of a row that was read.
pub fn cell_fault(
    row: &SheetRow,
    column: Column,
    layout: &Layout,
    code: &'static shared_model::problem::Code,
    message: Text,
) -> Fault {
    let number = u32::try_from(row.line.row).unwrap_or(0);
    of_cell(number, (column, layout.index(column)), code, message)
}

#[cfg(test)]
mod tests {
    use super::*;

    const BOUNDS: Bounds = Bounds { file: 1 << 20, expanded: 1 << 20, rows: 3 };

    fn read(text: &str) -> Sheet {
        Sheet::read(FileId::from("f"), text.as_bytes(), BOUNDS)
    }

    fn faults(text: &str) -> Vec<String> {
        read(text).faults.iter().map(|fault| format!("{} {}", fault.pointer, fault.code.code)).collect()
    }

    #[test]
    fn a_sheet_with_headings_in_any_order_is_read() {
        let sheet = read("备案号,域名*,问题 / Problems\n京ICP备1号,a.example.cn,\n,b.example.cn,old words\n");
        assert_eq!((sheet.heading, sheet.count, sheet.faults), (Some(1), 2, vec![]));
        let rows: Vec<_> = sheet.rows.iter().map(|row| (row.line.row, row.name.as_str())).collect();
        assert_eq!(rows, [(2, "a.example.cn"), (3, "b.example.cn")]);
        assert_eq!(sheet.rows[0].record_number.as_deref(), Some("京ICP备1号"));
    }

    #[test]
    fn a_bare_list_of_domains_is_read_too() {
        let sheet = read("a.example.cn\nb.example.cn\n");
        assert_eq!((sheet.heading, sheet.rows.len(), sheet.faults.len()), (None, 2, 0));
    }

    #[test]
    fn what_is_wrong_with_a_sheet_is_named_by_row() {
        let found = faults("域名\na.example.cn\nＡ.example.cn\ncom\n");
        assert_eq!(found, ["/fileId/rows/4/domain domain.invalid", "/fileId/rows/3/domain domain.duplicate"]);
        assert_eq!(faults("域名,源站\na.example.cn,x.a.cn\n*.a.cn,\n"), ["/fileId/rows/2/mainOrigin origin.loop"]);
        assert_eq!(faults("域名,颜色,域名\na.example.cn,red,x\n").len(), 2);
        assert_eq!(faults("名称\n企业\n"), ["/fileId batch.file_invalid"]);
        assert_eq!(faults("\n\n"), ["/fileId domain.required"]);
        assert_eq!(faults("域名\n1.a.cn\n2.a.cn\n3.a.cn\n4.a.cn\n"), ["/fileId domain.too_many"]);
    }

    #[test]
    fn what_is_no_sheet_is_refused_by_its_bytes() {
        assert_eq!(faults("PK\u{3}\u{4}"), ["/fileId batch.file_invalid"]);
        let old = Sheet::read(FileId::from("f"), &[0xd0, 0xcf, 0x11, 0xe0, 0], BOUNDS);
        assert!(old.faults[0].message.zh.contains("xlsx"));
        let large = Sheet::read(FileId::from("f"), &vec![b'a'; (1 << 20) + 1], BOUNDS);
        assert!(large.faults[0].message.zh.contains("1 MB"));
    }
}
