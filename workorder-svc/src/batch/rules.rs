//! The rules of a batch order, over its sheet and what the tables know. Pure.

use shared_model::ids::FileId;
use shared_model::problem::{Fault, codes};
use shared_model::text::Text;

use crate::batch::columns::Column;
use crate::batch::fault::{of_sheet, summary};
use crate::batch::sheet::{Sheet, cell_fault};
use crate::domain_name::parse::DomainName;
use crate::order::kind::{Operation, OrderKind};
use crate::order::model::OrderDomain;
use crate::submit::content_rules::{Target, standing_fault};
use crate::submit::form::OrderForm;
use crate::submit::rules::{Mode, given};

/// The file of a batch form, if it may be used.
pub fn check_file(form: &OrderForm, target: &Target, faults: &mut Vec<Fault>) -> Option<FileId> {
    let Some(file) = given(&form.file_id) else {
        if target.mode == Mode::Submit {
            let message = Text::fixed("请上传批量文件", "upload the sheet of a batch order");
            faults.push(of_sheet(&codes::BATCH_FILE_INVALID, message));
        }
        return None;
    };
    let usable = FileId::from(file);
    if target.facts.files.contains(&usable) {
        return Some(usable);
    }
    let message = Text::fixed("附件不存在，请重新上传", "there is no such file of yours: upload it again");
    faults.push(of_sheet(&codes::FILE_UNKNOWN, message));
    None
}

/// A form with typed domains and a sheet beside them, that does not say which counts.
pub fn check_no_sheet(form: &OrderForm, kind: OrderKind, faults: &mut Vec<Fault>) {
    if kind == OrderKind::DomainRequest && form.names_sheet() && form.is_batch.is_none() {
        let message = Text::fixed(
            "既填写了域名又带了批量文件，请用 isBatch 说明",
            "domains are typed in beside a sheet: say with isBatch which count",
        );
        faults.push(of_sheet(&codes::BATCH_FILE_INVALID, message));
    }
}

/// The domains of the sheet in its order; the faults of each row, after one that names the faulty rows.
pub fn check_sheet(
    form: &OrderForm,
    sheet: Option<&Sheet>,
    target: &Target,
    faults: &mut Vec<Fault>,
) -> Vec<(DomainName, OrderDomain)> {
    check_nothing_typed(form, faults);
    if target.mode == Mode::Draft || check_file(form, target, faults).is_none() {
        return Vec::new();
    }
    let Some(sheet) = sheet else {
        let message = Text::fixed("批量文件没有读到", "the sheet was not read");
        faults.push(of_sheet(&codes::BATCH_FILE_INVALID, message));
        return Vec::new();
    };
    let mut found = sheet.faults.clone();
    if sheet.count == 0 && found.is_empty() {
        let message = Text::fixed("文件里没有域名", "there is no domain in the sheet");
        found.push(of_sheet(&codes::DOMAIN_REQUIRED, message));
    }
    let origins_in_form = form.loop_domain.as_ref().is_some_and(|origins| !origins.is_empty());
    let origins_needed = target.operation == Some(Operation::Add) && !origins_in_form;
    for row in &sheet.rows {
        found.extend(standing_fault(&row.name, target).map(|fault| {
            let extra = fault.extra;
            let mut at = cell_fault(row, Column::Domain, &sheet.layout, fault.code, fault.message);
            at.extra.extend(extra);
            at
        }));
        if origins_needed && row.line.origins.is_empty() {
            let message = Text::fixed("表单和本行都没有源站", "neither the form nor this row has an origin");
            found.push(cell_fault(row, Column::MainOrigin, &sheet.layout, &codes::ORIGIN_REQUIRED, message));
        }
    }
    faults.extend(summary(&found));
    faults.append(&mut found);
    sheet.rows.iter().map(|row| (row.name.clone(), order_domain(row, form))).collect()
}

fn order_domain(row: &crate::batch::row::SheetRow, form: &OrderForm) -> OrderDomain {
    OrderDomain {
        cp_domain: row.cname.clone(),
        declared_number: row.record_number.clone().or_else(|| given(&form.icp_number).map(str::to_owned)),
        line: Some(Box::new(row.line.clone())),
        ..OrderDomain::new(row.name.as_str())
    }
}

/// The domains of a batch order stand in its sheet.
fn check_nothing_typed(form: &OrderForm, faults: &mut Vec<Fault>) {
    if form.has_typed_domains() {
        let message = Text::fixed("批量提单的域名写在文件里", "the domains of a batch order stand in its sheet");
        faults.push(Fault::new("/speedList", &codes::FIELD_INVALID, message));
    }
}
