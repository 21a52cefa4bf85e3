//! `GET /workorder/batch/template`: the sheet to fill in, with an example row and instructions.

use actix_web::HttpResponse;
use rust_xlsxwriter::{Color, DataValidation, Format, Workbook, Worksheet, XlsxError};
use shared_model::server::caller::Caller;

use crate::attachment::download::as_download;
use crate::batch::columns::Column;
use crate::error::ServiceError;

/// The sheet the domains stand in.
pub const SHEET_NAME: &str = "批量域名 Domains";
const INSTRUCTIONS_NAME: &str = "填写说明 Instructions";
/// `Content-Type` of an xlsx.
pub const XLSX: &str = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet";
/// Width of a column, in characters.
const WIDTH: u16 = 26;

/// 批量提单模板 / The template of a batch sheet
#[utoipa::path(
    get,
    path = "/workorder/batch/template",
    tag = "批量 Batch",
    responses((
        status = 200,
        description = "xlsx，含示例行和填写说明 / with an example row and instructions",
        content_type = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
    ))
)]
pub async fn template(_: Caller) -> Result<HttpResponse, ServiceError> {
    let bytes = tokio::task::spawn_blocking(write).await.map_err(std::io::Error::other)?;
    Ok(as_download("批量域名模板 batch-template.xlsx", XLSX).body(bytes.map_err(std::io::Error::other)?))
}

fn write() -> Result<Vec<u8>, XlsxError> {
    let mut workbook = Workbook::new();
    let sheet = workbook.add_worksheet();
    sheet.set_name(SHEET_NAME)?;
    write_headings(sheet)?;
    let example = Format::new().set_italic().set_font_color(Color::Gray);
    for (index, column) in (0_u16..).zip(Column::ALL) {
        sheet.write_string_with_format(1, index, column.example(), &example)?;
        if column == Column::Https {
            let choice = DataValidation::new().allow_list_strings(&["是", "否"])?.ignore_blank(true);
            sheet.add_data_validation(1, index, 10_001, index, &choice)?;
        }
    }
    let instructions = workbook.add_worksheet();
    instructions.set_name(INSTRUCTIONS_NAME)?;
    write_instructions(instructions)?;
    workbook.save_to_buffer()
}

/// The first row, which stays in sight.
fn write_headings(sheet: &mut Worksheet) -> Result<(), XlsxError> {
    let heading = Format::new().set_bold().set_background_color(Color::RGB(0x00D9_E8FB));
    sheet.set_freeze_panes(1, 0)?;
    for (index, column) in (0_u16..).zip(Column::ALL) {
        sheet.write_string_with_format(0, index, column.title(), &heading)?;
        sheet.set_column_width(index, WIDTH)?;
    }
    Ok(())
}

fn write_instructions(sheet: &mut Worksheet) -> Result<(), XlsxError> {
    let bold = Format::new().set_bold();
    let titles = ["列 Column", "说明", "Instructions"];
    for (index, (title, width)) in (0_u16..).zip(titles.into_iter().zip([24_u16, 60, 80])) {
        sheet.write_string_with_format(0, index, title, &bold)?;
        sheet.set_column_width(index, width)?;
    }
    let columns = Column::ALL.map(|column| (column.title(), column.instruction()));
    let general = [
        shared_model::text::Text::fixed(
            "示例行（第 2 行）不会被提交，可以保留或覆盖；空行会被跳过",
            "the example in row 2 is not submitted, keep it or write over it; blank rows are passed over",
        ),
        shared_model::text::Text::fixed(
            "最多 10000 行；可存为 xlsx，或 UTF-8、GB18030 编码的 csv",
            "at most 10,000 rows; saved as xlsx, or as csv in UTF-8 or GB18030",
        ),
    ];
    let rows = columns.into_iter().chain(general.map(|text| (String::new(), text)));
    for (row, (title, text)) in (1_u32..).zip(rows) {
        sheet.write_string(row, 0, title)?;
        sheet.write_string(row, 1, text.zh)?;
        sheet.write_string(row, 2, text.en)?;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::batch::grid::Bounds;
    use crate::batch::sheet::Sheet;

    #[test]
    fn the_template_read_back_is_a_sheet_without_rows() {
        let bounds = Bounds { file: 1 << 20, expanded: 1 << 22, rows: 10_000 };
        let sheet = Sheet::read("f".into(), &write().unwrap(), bounds);
        assert_eq!((sheet.faults, sheet.count, sheet.heading), (vec![], 0, Some(1)));
        assert_eq!(sheet.layout.0, Column::ALL.map(Some));
    }
}
