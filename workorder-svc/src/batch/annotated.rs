//! `POST /workorder/batch/annotated`: the sheet of a form given back, with a column that says what is wrong in each row.
//! Nothing is written: it is for whoever checked, and for whoever was refused.

use std::collections::BTreeMap;

use actix_web::{HttpResponse, web};
use rust_xlsxwriter::{Color, Format, Workbook, XlsxError};
use shared_model::problem::Fault;
use shared_model::server::body::{Json, OWN_RULES};
use shared_model::server::caller::{Caller, ReaderLanguage};
use shared_model::text::Language;

use crate::attachment::download::as_download;
use crate::batch::columns::{Column, is_problems, name_in, problems_title};
use crate::batch::fault::{self, faulty_rows, row_of};
use crate::batch::grid::Row;
use crate::batch::sheet::Sheet;
use crate::batch::template::{SHEET_NAME, XLSX};
use crate::desk::Desk;
use crate::error::ServiceError;
use crate::submit::check::faults_of;
use crate::submit::form::OrderForm;

/// 带批注的批量文件 / The sheet of a form, annotated row by row
#[utoipa::path(
    post,
    path = "/workorder/batch/annotated",
    tag = "批量 Batch",
    request_body = OrderForm,
    responses(
        (
            status = 200,
            description = "原文件加一列“问题”；x-faulty-rows 为有误的行数 / the sheet with a column of problems; \
                           x-faulty-rows counts the faulty rows",
            content_type = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
        ),
        (status = 404, description = "草稿或工单不存在 / no such draft or order of the caller"),
        (status = 422, description = "不是批量表单，或文件无法读取 / no batch form, or an unreadable file"),
    )
)]
pub async fn annotated(
    desk: web::Data<Desk>,
    caller: Caller,
    ReaderLanguage(language): ReaderLanguage,
    Json(form): Json<OrderForm, OWN_RULES>,
) -> Result<HttpResponse, ServiceError> {
    // The whole form is judged, as if it were submitted now.
    let form = OrderForm { is_batch: Some(true.into()), state: None, ..form };
    let (faults, sheet) = faults_of(&desk, &caller, form).await?;
    let sheet = match sheet {
        Some(sheet) if !sheet.grid.rows.is_empty() => sheet,
        Some(_) | None => return Err(fault::problem(faults).into()),
    };
    let count = faulty_rows(&faults).len();
    let write = move || write(&sheet, &faults, language);
    let bytes = tokio::task::spawn_blocking(write).await.map_err(std::io::Error::other)?;
    let mut answer = as_download("批量域名-问题 batch-annotated.xlsx", XLSX);
    Ok(answer.insert_header(("x-faulty-rows", count)).body(bytes.map_err(std::io::Error::other)?))
}

/// Every cell stands where it stood, as a text; the problems stand right of them.
fn write(sheet: &Sheet, faults: &[Fault], language: Language) -> Result<Vec<u8>, XlsxError> {
    let mut said = words_by_row(faults, language);
    let mut workbook = Workbook::new();
    let out = workbook.add_worksheet();
    out.set_name(SHEET_NAME)?;
    let (bold, red) = (Format::new().set_bold(), Format::new().set_font_color(Color::Red));
    let old_problems = old_problems(sheet);
    let widest = sheet.grid.rows.iter().map(|row| row.cells.len()).max().unwrap_or(0);
    let problems = u16::try_from(old_problems.unwrap_or(widest)).unwrap_or(u16::MAX);
    out.set_column_width(problems, 60)?;
    for row in &sheet.grid.rows {
        let number = row.number.saturating_sub(1);
        write_row(out, row, old_problems)?;
        if Some(row.number) == sheet.heading {
            out.write_string_with_format(number, problems, problems_title(), &bold)?;
        }
        if let Some(words) = said.remove(&row.number) {
            let at = if Some(row.number) == sheet.heading { problems.saturating_add(1) } else { problems };
            out.write_string_with_format(number, at, words, &red)?;
        }
    }
    workbook.save_to_buffer()
}

fn write_row(out: &mut rust_xlsxwriter::Worksheet, row: &Row, without: Option<usize>) -> Result<(), XlsxError> {
    let number = row.number.saturating_sub(1);
    for (index, cell) in
        row.cells.iter().enumerate().filter(|(index, cell)| Some(*index) != without && !cell.is_empty())
    {
        out.write_string(number, u16::try_from(index).unwrap_or(u16::MAX), cell)?;
    }
    Ok(())
}

/// The column of problems of a sheet that was annotated before: written anew.
fn old_problems(sheet: &Sheet) -> Option<usize> {
    let heading = sheet.grid.rows.iter().find(|row| Some(row.number) == sheet.heading)?;
    heading.cells.iter().position(|title| is_problems(title))
}

/// What is wrong in each row, cell by cell, in the reader's language.
fn words_by_row(faults: &[Fault], language: Language) -> BTreeMap<u32, String> {
    let mut words: BTreeMap<u32, String> = BTreeMap::new();
    for fault in faults {
        let Some(row) = row_of(fault) else { continue };
        let column = Column::ALL.into_iter().find(|column| fault.pointer.ends_with(&format!("/{}", column.code())));
        let name = column.map(|column| name_in(column, language) + ": ").unwrap_or_default();
        let text = words.entry(row).or_default();
        if !text.is_empty() {
            text.push_str("; ");
        }
        text.push_str(&format!("{name}{} ({})", fault.message.in_language(language), fault.code.code));
    }
    words
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::batch::grid::Bounds;

    const BOUNDS: Bounds = Bounds { file: 1 << 20, expanded: 1 << 22, rows: 100 };

    #[test]
    fn an_annotated_sheet_says_in_each_row_what_is_wrong_and_can_be_sent_again() {
        let text = "域名,备案号\na.example.cn,=1+1\n\ncom,\n";
        let sheet = Sheet::read("f".into(), text.as_bytes(), BOUNDS);
        let bytes = write(&sheet, &sheet.faults, Language::English).unwrap();
        let again = Sheet::read("g".into(), &bytes, BOUNDS);
        let cells: Vec<_> = again.grid.rows.iter().map(|row| (row.number, row.cells.join("|"))).collect();
        let expected = [
            (1, "域名|备案号|问题 / Problems"),
            (2, "a.example.cn|=1+1"),
            (4, "com||Domain: not registrable under the public suffix list (domain.invalid)"),
        ];
        assert_eq!(cells, expected.map(|(row, cells)| (row, cells.to_owned())));
        assert_eq!(again.faults.len(), 1);
        let third = Sheet::read("h".into(), &write(&again, &again.faults, Language::English).unwrap(), BOUNDS);
        assert_eq!(third.grid.rows, again.grid.rows);
    }
}
