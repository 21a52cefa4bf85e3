//! What is wrong in a sheet, and where: with the row and the column as the spreadsheet names them.

use shared_model::problem::{Code, Fault, Problem, codes};
use shared_model::text::Text;

use crate::batch::columns::{Column, letter};

/// Where the form names the sheet.
pub const SHEET: &str = "/fileId";
/// Rows named in the summary; all of them stand in its `rows`.
const NAMED: usize = 20;

/// A fault of one cell.
pub fn of_cell(row: u32, (column, index): (Column, Option<usize>), code: &'static Code, message: Text) -> Fault {
    let fault = Fault::new(format!("{SHEET}/rows/{row}/{}", column.code()), code, message).with("row", row);
    let fault = fault.with("columnName", column.name().zh.into_owned());
    match index {
        Some(index) => fault.with("column", letter(index)),
        None => fault,
    }
}

/// A fault of the heading, or of a whole row.
pub fn of_row(row: u32, code: &'static Code, message: Text) -> Fault {
    Fault::new(format!("{SHEET}/rows/{row}"), code, message).with("row", row)
}

/// A fault of the sheet as a whole.
pub fn of_sheet(code: &'static Code, message: Text) -> Fault {
    Fault::new(SHEET, code, message)
}

/// The sheet's row a fault is about.
pub fn row_of(fault: &Fault) -> Option<u32> {
    fault.extra.get("row").and_then(serde_json::Value::as_u64).and_then(|row| u32::try_from(row).ok())
}

/// The rows that have faults, in order, each once.
pub fn faulty_rows(faults: &[Fault]) -> Vec<u32> {
    let mut rows: Vec<u32> = faults.iter().filter_map(row_of).collect();
    rows.sort_unstable();
    rows.dedup();
    rows
}

/// Says of the sheet as a whole which rows are faulty. None when nothing but conflicts with what exists was found: those
/// speak for themselves.
pub fn summary(faults: &[Fault]) -> Option<Fault> {
    if faults.iter().all(|fault| fault.code.status == 409) {
        return None;
    }
    let rows = faulty_rows(faults);
    if rows.is_empty() {
        return None;
    }
    let named: Vec<String> = rows.iter().take(NAMED).map(u32::to_string).collect();
    let (zh, en) = (named.join("、"), named.join(", "));
    let count = rows.len();
    let message = if count > NAMED {
        Text::new(format!("第 {zh} 等 {count} 行有误"), format!("{count} rows have faults: {en} and so on"))
    } else {
        Text::new(format!("第 {zh} 行有误"), format!("faults in row {en}"))
    };
    Some(of_sheet(&codes::BATCH_FILE_INVALID, message).with("rows", rows))
}

/// The problem a submission is refused with: that of its sheet when nothing else is wrong.
pub fn problem(faults: Vec<Fault>) -> Problem {
    let of_sheet = |fault: &Fault| fault.pointer == SHEET || fault.pointer.starts_with("/fileId/");
    let sheet_alone = faults.iter().all(of_sheet);
    let detail =
        faults.iter().find(|fault| fault.code == &codes::BATCH_FILE_INVALID).map(|fault| fault.message.clone());
    match detail {
        Some(detail) if sheet_alone => Problem { faults, ..Problem::new(&codes::BATCH_FILE_INVALID).detail(detail) },
        Some(_) | None => Problem::of_faults(faults),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn fault(row: u32, code: &'static Code) -> Fault {
        of_cell(row, (Column::Domain, Some(0)), code, Text::fixed("错", "wrong"))
    }

    #[test]
    fn a_sheet_with_faults_is_refused_as_a_sheet_that_names_its_rows() {
        let mut faults = vec![fault(7, &codes::DOMAIN_INVALID), fault(3, &codes::DOMAIN_EXISTS)];
        let summary = summary(&faults).unwrap();
        assert_eq!(
            (summary.message.zh.as_ref(), &summary.extra["rows"]),
            ("第 3、7 行有误", &serde_json::json!([3, 7]))
        );
        faults.insert(0, summary);
        let problem = problem(faults);
        assert_eq!((problem.code.status, problem.code.code), (422, "batch.file_invalid"));
        assert_eq!(problem.faults[1].pointer, "/fileId/rows/7/domain");
        assert_eq!(problem.faults[1].extra["column"], "A");
    }

    #[test]
    fn conflicts_alone_stay_a_conflict() {
        let faults = vec![fault(7, &codes::DOMAIN_EXISTS), fault(9, &codes::DOMAIN_EXISTS)];
        assert_eq!(summary(&faults), None);
        assert_eq!((problem(faults).code.status, faulty_rows(&[fault(9, &codes::DOMAIN_EXISTS)])), (409, vec![9]));
    }

    #[test]
    fn faults_of_the_form_beside_it_are_no_faults_of_the_sheet() {
        let elsewhere = Fault::new("/enterprise", &codes::ENTERPRISE_UNKNOWN, Text::fixed("错", "wrong"));
        let sheet = of_sheet(&codes::BATCH_FILE_INVALID, Text::fixed("错", "wrong"));
        assert_eq!(problem(vec![elsewhere, sheet]).code.code, "validation_failed");
    }
}
