//! Bills as a table for people and their spreadsheets: xlsx and csv with the same cells. Pure.

use chrono::{DateTime, FixedOffset};
use rust_xlsxwriter::{Format, Workbook, XlsxError};

use super::list::BillView;
use super::state::BillState;

/// Chinese first, English beside it.
const HEADER: [&str; 12] = [
    "话单号 Bill",
    "状态 State",
    "工单号 Order code",
    "工单编号 Order",
    "任务 Task",
    "企业编号 Enterprise id",
    "企业 Enterprise",
    "产品编号 Product id",
    "产品 Product",
    "开具时间 Issued",
    "关闭时间 Closed",
    "作废时间 Voided",
];

/// How spreadsheets recognise UTF-8.
const BYTE_ORDER_MARK: &[u8] = "\u{feff}".as_bytes();

fn cells(bill: &BillView) -> [String; 12] {
    let time = |at: DateTime<FixedOffset>| at.format("%Y-%m-%d %H:%M:%S").to_string();
    [
        bill.bill_no.clone(),
        state_name(bill.state).to_owned(),
        bill.order_code.clone(),
        bill.order_id.to_string(),
        bill.task_id.clone(),
        bill.enterprise.id.clone(),
        bill.enterprise.name.clone(),
        bill.product.id.clone(),
        bill.product.name.clone(),
        time(bill.issued_at),
        bill.closed_at.map(time).unwrap_or_default(),
        bill.voided_at.map(time).unwrap_or_default(),
    ]
}

const fn state_name(state: BillState) -> &'static str {
    match state {
        BillState::Issued => "已开具 issued",
        BillState::Closed => "已关闭 closed",
        BillState::Voided => "已作废 voided",
    }
}

/// A cell that a spreadsheet would take for a formula gets an apostrophe before it. source: OWASP, "CSV Injection".
fn harmless(cell: &str) -> String {
    let begins = |cell: &str| cell.starts_with(['=', '+', '-', '@', '\t', '\r', '\n', '＝', '＋', '－', '＠']);
    if begins(cell) || begins(cell.trim_start()) { format!("'{cell}") } else { cell.to_owned() }
}

/// With a byte order mark, so that spreadsheets read it as UTF-8.
pub fn to_csv(bills: &[BillView]) -> Result<Vec<u8>, csv::Error> {
    let mut writer = csv::WriterBuilder::new().terminator(csv::Terminator::CRLF).from_writer(BYTE_ORDER_MARK.to_vec());
    writer.write_record(HEADER)?;
    for bill in bills {
        writer.write_record(cells(bill).iter().map(|cell| harmless(cell)))?;
    }
    writer.into_inner().map_err(|error| error.into_error().into())
}

/// Every cell is a text, which no spreadsheet calculates.
pub fn to_xlsx(bills: &[BillView]) -> Result<Vec<u8>, XlsxError> {
    let mut workbook = Workbook::new();
    let sheet = workbook.add_worksheet();
    sheet.set_name("话单 Bills")?;
    sheet.set_freeze_panes(1, 0)?;
    let bold = Format::new().set_bold();
    for (column, title) in (0_u16..).zip(HEADER) {
        sheet.write_string_with_format(0, column, title, &bold)?;
        sheet.set_column_width(column, 20)?;
    }
    for (row, bill) in (1_u32..).zip(bills) {
        for (column, cell) in (0_u16..).zip(cells(bill)) {
            sheet.write_string(row, column, cell)?;
        }
    }
    workbook.save_to_buffer()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::task::view::Named;

    fn bill(company: &str) -> BillView {
        let at = DateTime::parse_from_rfc3339("2026-01-05T10:00:00+08:00").unwrap();
        BillView {
            bill_no: "HD20260105000001".into(),
            order_id: 1,
            order_code: "20260105-0001".into(),
            task_id: "t".into(),
            state: BillState::Closed,
            enterprise: Named { id: "e".into(), name: company.into() },
            product: Named { id: "p".into(), name: "网页加速".into() },
            issued_at: at,
            closed_at: Some(at),
            voided_at: None,
        }
    }

    #[test]
    fn a_table_has_a_mark_a_header_and_a_line_for_each_bill() {
        let text = String::from_utf8(to_csv(&[bill("示例, \"企业\"")]).unwrap()).unwrap();
        let mut lines = text.strip_prefix('\u{feff}').unwrap().split_terminator("\r\n");
        assert!(lines.next().unwrap().starts_with("话单号 Bill,状态 State,"));
        let expected = "HD20260105000001,已关闭 closed,20260105-0001,1,t,e,\"示例, \"\"企业\"\"\",p,网页加速,\
                        2026-01-05 10:00:00,2026-01-05 10:00:00,";
        assert_eq!((lines.next(), lines.next()), (Some(expected), None));
    }

    #[test]
    fn no_cell_is_taken_for_a_formula() {
        for cell in ["=1+1", "+1", "-1", "@SUM(A1)", "\t=1", "  =1", "＝1"] {
            assert_eq!(harmless(cell), format!("'{cell}"));
        }
        assert_eq!(harmless("示例-企业"), "示例-企业");
        assert!(String::from_utf8(to_csv(&[bill("=HYPERLINK(1)")]).unwrap()).unwrap().contains(",'=HYPERLINK(1),"));
    }

    #[test]
    fn a_workbook_is_a_zip_archive() {
        assert!(to_xlsx(&[bill("=1+1")]).unwrap().starts_with(b"PK"));
    }
}
