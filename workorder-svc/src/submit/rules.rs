//! Whether a submission is acceptable: every rule, every violation at once, each with its place in the body.
//!
//! source: work-order contract, "Validation of a submission". Pure: what the tables know comes as [`Facts`].

use std::collections::{BTreeMap, BTreeSet};

use shared_model::ids::{EnterpriseId, FileId, ProductId};
use shared_model::problem::{Fault, codes};
use shared_model::text::Text;

use crate::attachment::rules::MOST_FILES;
use crate::batch::rules as batch_rules;
use crate::domain_name::existence::Existing;
use crate::domain_name::parse::DomainName;
use crate::live::rules as live_rules;
use crate::live::settings::{Direction, LiveSettings};
use crate::order::kind::{Operation, OrderKind, Requirement};
use crate::order::model::{Enterprise, OrderDomain, Product};
use crate::origin::parse::Origin;
use crate::submit::content_rules;
use crate::submit::form::{Filing, OrderForm};
use crate::submit::migrate_rules;

/// How strict to be.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Mode {
    /// Only what is there is looked at: what is missing may come later.
    Draft,
    Submit,
}

/// What a submission names, to be looked up before it is checked. Names that cannot exist are left out.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Wanted {
    pub enterprise: Option<EnterpriseId>,
    pub product: Option<ProductId>,
    /// Of a migration: the subscription the domains leave.
    pub source: Option<ProductId>,
    pub kind: OrderKind,
    /// None while a draft does not say.
    pub operation: Option<Operation>,
    /// ASCII, lower case; none at all when there are more than the limit.
    pub domains: Vec<String>,
    pub files: Vec<FileId>,
}

impl Wanted {
    pub fn of<'a>(filing: impl Into<Filing<'a>>, domain_limit: usize) -> Self {
        let Filing { form, sheet } = filing.into();
        let rows = form.speed_list.as_deref().unwrap_or_default();
        let rows = if rows.len() > domain_limit { &[] } else { rows };
        let domains: BTreeSet<String> = rows
            .iter()
            .filter_map(|row| DomainName::parse(row.domain.as_deref()?).ok())
            .map(|domain| domain.as_str().to_owned())
            .collect();
        let sheet_rows = sheet.map(|sheet| sheet.rows.as_slice()).unwrap_or_default();
        let mut domains: Vec<String> = domains.into_iter().collect();
        domains.extend(sheet_rows.iter().map(|row| row.name.as_str().to_owned()));
        let lists = [&form.md5_list, &form.sec_info_file_id];
        let files: BTreeSet<FileId> = lists
            .into_iter()
            .flatten()
            .flat_map(|list| list.iter().take(MOST_FILES))
            .chain(&form.file_id)
            .filter_map(|file| content_rules::file_id(file))
            .collect();
        // Without a kind, or with one that nobody submits, it is looked up as a domain request.
        let kind = given(&form.kind).and_then(OrderKind::from_code).filter(|kind| kind.is_open_for_submission());
        let kind = kind.unwrap_or(OrderKind::DomainRequest);
        Self {
            enterprise: given_id(&form.enterprise).map(EnterpriseId::from),
            product: given_id(&form.product_id).map(ProductId::from),
            source: given_id(&form.source_product_id).map(ProductId::from),
            kind,
            operation: Operation::of(kind, given(&form.requirement).and_then(Requirement::from_code)),
            domains,
            files: files.into_iter().collect(),
        }
    }
}

/// What the tables know about what a submission names.
#[derive(Clone, Debug, Default)]
pub struct Facts {
    /// The enterprise, if it is known (and the caller may order for it).
    pub enterprise: Option<Enterprise>,
    /// The product, if the filter gives it for this enterprise and operation.
    pub product: Option<Product>,
    /// Of a migration: the domains leave a subscription of the enterprise.
    pub source_known: bool,
    /// Of a migration that names no domains: all that are live in its source.
    pub all_of_source: Vec<String>,
    /// The named files that the caller uploaded, or the order holds already.
    pub files: BTreeSet<FileId>,
    /// Where the named domains exist, the order's own rows left out.
    pub existing: Existing,
    /// The named domains that are live for this enterprise and product (of a migration: in its source).
    pub live: BTreeSet<String>,
    /// Of live streaming: the way that streams go through the named domains at present.
    pub directions: BTreeMap<String, Direction>,
    /// Most domains of one order that are typed in.
    pub domain_limit: usize,
    /// Most domains of one order altogether.
    pub batch_limit: usize,
}

/// What a submission says, parsed. Of a draft, whatever it says so far.
#[derive(Clone, Debug, PartialEq)]
pub struct ValidOrder {
    pub kind: OrderKind,
    pub requirement: Option<Requirement>,
    pub enterprise: Option<Enterprise>,
    pub product: Option<Product>,
    pub domains: Vec<OrderDomain>,
    /// They come from a sheet.
    pub batch: bool,
    /// Of live streaming.
    pub live: Option<LiveSettings>,
    pub origins: Vec<Origin>,
    pub provinces: Vec<i32>,
    pub description: String,
    pub attachments: Vec<FileId>,
    pub security: Vec<FileId>,
    /// The form to keep: without the id and the state it was sent with.
    pub form: OrderForm,
}

/// Checks a submission; in [`Mode::Submit`] a valid one has its requirement, enterprise, product and domains.
pub fn check<'a>(filing: impl Into<Filing<'a>>, facts: &Facts, mode: Mode) -> Result<ValidOrder, Vec<Fault>> {
    let Filing { form, sheet } = filing.into();
    let mut faults = Vec::new();
    let kind = check_kind(form, mode, &mut faults);
    let requirement = check_requirement(form, kind, mode, &mut faults);
    let operation = Operation::of(kind, requirement);
    check_enterprise(form, facts, mode, &mut faults);
    check_product(form, facts, operation, mode, &mut faults);
    // Only domain requests come in sheets: whatever is migrated is named by its subscription.
    let batch = form.is_batch() && kind == OrderKind::DomainRequest;
    let target = content_rules::Target { facts, operation, mode, origins_needed: true };
    let mut domains = if operation == Some(Operation::Migrate) {
        migrate_rules::check(form, &target, &mut faults)
    } else if batch {
        batch_rules::check_sheet(form, sheet, &target, &mut faults)
    } else {
        batch_rules::check_no_sheet(form, kind, &mut faults);
        content_rules::check_domains(form, &target, &mut faults)
    };
    let streams = kind == OrderKind::LiveRequest;
    let live = if streams { live_rules::check(form, &target, &mut domains, &mut faults) } else { None };
    // Of a sheet, each row may have origins of its own; what is pushed has none.
    let origins_needed = !batch && (!streams || live_rules::needs_origins(form));
    let target = content_rules::Target { origins_needed, ..target };
    let origins = content_rules::check_origins(form, &target, &domains, &mut faults);
    let provinces = content_rules::check_provinces(form, &mut faults);
    let mut attachments = content_rules::check_files("/md5List", form.md5_list.as_deref(), facts, &mut faults);
    // The sheet is held like any attachment.
    let sheet_file = form.file_id.as_deref().and_then(content_rules::file_id).filter(|_| batch);
    attachments.extend(sheet_file.filter(|file| facts.files.contains(file) && !attachments.contains(file)));
    let security = content_rules::check_files("/secInfoFileId", form.sec_info_file_id.as_deref(), facts, &mut faults);
    let description = content_rules::check_description(form, &mut faults);
    content_rules::check_record_number("/icpNumber", form.icp_number.as_deref(), &mut faults);
    if !faults.is_empty() {
        return Err(faults);
    }
    let mut form = OrderForm { id: None, state: None, ..form.clone() };
    form.provinces = form.provinces.is_some().then(|| provinces.clone());
    Ok(ValidOrder {
        kind,
        requirement,
        enterprise: facts.enterprise.clone(),
        product: facts.product.clone(),
        domains: domains.into_iter().map(|(_, domain)| domain).collect(),
        origins,
        batch,
        live,
        provinces,
        description,
        attachments,
        security,
        form,
    })
}

/// A text that says something.
pub fn given(text: &Option<String>) -> Option<&str> {
    text.as_deref().map(str::trim).filter(|text| !text.is_empty())
}

/// An id that may exist: short, and of printable characters, so that any database can be asked for it.
fn given_id(text: &Option<String>) -> Option<&str> {
    given(text).filter(|id| id.len() <= 128 && !id.chars().any(char::is_control))
}

fn check_kind(form: &OrderForm, mode: Mode, faults: &mut Vec<Fault>) -> OrderKind {
    let message = match given(&form.kind) {
        None if mode == Mode::Draft => return OrderKind::DomainRequest,
        None => Text::fixed("请选择工单类型", "the order type is missing"),
        Some(code) => match OrderKind::from_code(code) {
            Some(kind) if kind.is_open_for_submission() => return kind,
            Some(kind) => {
                let name = kind.name();
                Text::new(format!("“{}”由计费系统发起", name.zh), format!("{} comes from billing", name.en))
            }
            None => Text::fixed("工单类型不存在", "there is no such order type"),
        },
    };
    faults.push(Fault::new("/type", &codes::ORDER_TYPE_UNKNOWN, message));
    OrderKind::DomainRequest
}

fn check_requirement(form: &OrderForm, kind: OrderKind, mode: Mode, faults: &mut Vec<Fault>) -> Option<Requirement> {
    if kind == OrderKind::DomainMigrate {
        return None;
    }
    let code = given(&form.requirement);
    let requirement = code.and_then(Requirement::from_code);
    if requirement.is_none() && (code.is_some() || mode == Mode::Submit) {
        let message = Text::fixed("需求类型只能是 add、modify 或 delete", "the requirement is add, modify or delete");
        faults.push(Fault::new("/requirement", &codes::ORDER_REQUIREMENT_UNKNOWN, message));
    }
    requirement
}

fn check_enterprise(form: &OrderForm, facts: &Facts, mode: Mode, faults: &mut Vec<Fault>) {
    let missing = given(&form.enterprise).is_none();
    if facts.enterprise.is_some() || (missing && mode == Mode::Draft) {
        return;
    }
    let message = if missing {
        Text::fixed("请选择企业", "the enterprise is missing")
    } else {
        Text::fixed("企业不存在", "there is no such enterprise")
    };
    faults.push(Fault::new("/enterprise", &codes::ENTERPRISE_UNKNOWN, message));
}

/// A product is judged for an enterprise and an operation: while one of them is wrong or open, that is the fault.
fn check_product(form: &OrderForm, facts: &Facts, operation: Option<Operation>, mode: Mode, faults: &mut Vec<Fault>) {
    let missing = given(&form.product_id).is_none();
    if facts.product.is_some() || (missing && mode == Mode::Draft) {
        return;
    }
    let message = if missing {
        Text::fixed("请选择产品", "the product is missing")
    } else if facts.enterprise.is_none() || operation.is_none() {
        return;
    } else {
        Text::fixed("该产品当前不可办理此操作", "the product is not available for this operation")
    };
    faults.push(Fault::new("/productId", &codes::PRODUCT_NOT_AVAILABLE, message));
}

#[cfg(test)]
#[path = "rules_tests.rs"]
mod tests;
