//! The rules for what an order is about: its domains, origins, provinces, files and texts.

use std::collections::HashMap;

use shared_model::ids::FileId;
use shared_model::problem::{Fault, codes};
use shared_model::province;
use shared_model::text::Text;

use crate::attachment::rules::MOST_FILES;
use crate::domain_name::existence::Place;
use crate::domain_name::parse::{DomainName, InvalidName};
use crate::order::kind::Operation;
use crate::order::model::OrderDomain;
use crate::origin::parse::{self, Host, Origin};
use crate::submit::form::{OrderForm, SpeedDomain};
use crate::submit::rules::{Facts, Mode, given};

/// Longest ICP record number, in characters.
const LONGEST_RECORD_NUMBER: usize = 64;
/// Longest description, in characters.
const LONGEST_DESCRIPTION: usize = 5_000;
/// Longest CNAME.
const LONGEST_NAME: usize = 253;

/// What the content is checked against.
pub struct Target<'a> {
    pub facts: &'a Facts,
    pub operation: Option<Operation>,
    pub mode: Mode,
    /// Origins have to be in the form.
    pub origins_needed: bool,
}

/// The domains of the form, in its order, and the faults of each.
pub fn check_domains(form: &OrderForm, target: &Target, faults: &mut Vec<Fault>) -> Vec<(DomainName, OrderDomain)> {
    let rows = form.speed_list.as_deref().unwrap_or_default();
    if rows.is_empty() && target.mode == Mode::Submit {
        let message = Text::fixed("请至少填写一个域名", "at least one domain is needed");
        faults.push(Fault::new("/speedList", &codes::DOMAIN_REQUIRED, message));
    }
    let limit = target.facts.domain_limit;
    if rows.len() > limit {
        let message = Text::new(
            format!("一次最多 {limit} 个域名，现有 {} 个", rows.len()),
            format!("at most {limit} domains, there are {}", rows.len()),
        );
        faults.push(Fault::new("/speedList", &codes::DOMAIN_TOO_MANY, message));
        return Vec::new();
    }
    let mut first_lines = HashMap::new();
    let mut domains = Vec::with_capacity(rows.len());
    for (index, row) in rows.iter().enumerate() {
        check_row_texts(index, row, faults);
        let Some(name) = check_name(index, row, target.mode, faults) else { continue };
        if let Some(first) = first_lines.insert(name.as_str().to_owned(), index) {
            first_lines.insert(name.as_str().to_owned(), first);
            faults.push(duplicate(index, first));
            continue;
        }
        faults.extend(standing_fault(&name, target).map(|fault| at(index, fault)));
        domains.push((name.clone(), order_domain(&name, row, form)));
    }
    domains
}

fn order_domain(name: &DomainName, row: &SpeedDomain, form: &OrderForm) -> OrderDomain {
    OrderDomain {
        cp_domain: given(&row.cp_domain).map(str::to_owned),
        declared_number: given(&row.icp_number).or_else(|| given(&form.icp_number)).map(str::to_owned),
        ..OrderDomain::new(name.as_str())
    }
}

fn at(index: usize, mut fault: Fault) -> Fault {
    fault.pointer = format!("/speedList/{index}/domain");
    fault
}

fn check_name(index: usize, row: &SpeedDomain, mode: Mode, faults: &mut Vec<Fault>) -> Option<DomainName> {
    let Some(text) = given(&row.domain) else {
        if mode == Mode::Submit {
            let message = Text::fixed("请填写域名", "the domain is missing");
            faults.push(at(index, Fault::new("", &codes::DOMAIN_REQUIRED, message)));
        }
        return None;
    };
    match DomainName::parse(text) {
        Ok(name) => Some(name),
        Err(why) => {
            faults.push(at(index, Fault::new("", &codes::DOMAIN_INVALID, invalid(why))));
            None
        }
    }
}

/// Why a text is no domain, in words.
pub fn invalid(why: InvalidName) -> Text {
    match why {
        InvalidName::Empty => Text::fixed("请填写域名", "the domain is missing"),
        InvalidName::Malformed => Text::fixed("域名格式有误", "not a domain name"),
        InvalidName::Address => Text::fixed("不能是 IP 地址", "an IP address is no domain"),
        InvalidName::NotRegistrable => {
            Text::fixed("不是可注册的域名（公共后缀或未知顶级域）", "not registrable under the public suffix list")
        }
    }
}

fn duplicate(index: usize, first: usize) -> Fault {
    let message = Text::new(format!("与第 {} 行重复", first + 1), format!("the same as line {}", first + 1));
    at(index, Fault::new("", &codes::DOMAIN_DUPLICATE, message))
}

/// What a well-formed domain is refused for: a new one must exist nowhere, a changed one must be live and free.
pub fn standing_fault(name: &DomainName, target: &Target) -> Option<Fault> {
    let facts = target.facts;
    match target.operation? {
        Operation::Add => Some(exists(facts.existing.first(name.as_str())?)),
        Operation::Migrate if !facts.source_known => None,
        Operation::Migrate if !facts.live.contains(name.as_str()) => {
            let message = Text::fixed("不是源订购的在线域名", "not a live domain of the subscription it would leave");
            Some(Fault::new("", &codes::DOMAIN_NOT_OWNED, message))
        }
        Operation::Migrate => Some(in_progress(facts.existing.in_progress(name.as_str())?)),
        Operation::Modify | Operation::Delete => {
            facts.product.as_ref()?;
            if !facts.live.contains(name.as_str()) {
                let message =
                    Text::fixed("不是该企业此产品的在线域名", "not a live domain of this enterprise and product");
                return Some(Fault::new("", &codes::DOMAIN_NOT_OWNED, message));
            }
            Some(in_progress(facts.existing.in_progress(name.as_str())?))
        }
    }
}

/// 409: the domain is there already.
pub fn exists(place: Place) -> Fault {
    let name = place.name();
    let message = Text::new(format!("域名已存在于{}", name.zh), format!("the domain exists among {}", name.en));
    Fault::new("", &codes::DOMAIN_EXISTS, message).with("where", place.table())
}

/// 409: another open order is about the domain.
pub fn in_progress(place: Place) -> Fault {
    let message = Text::fixed("该域名有在途工单，请等其完结", "another open order is about this domain");
    Fault::new("", &codes::DOMAIN_IN_PROGRESS, message).with("where", place.table())
}

fn check_row_texts(index: usize, row: &SpeedDomain, faults: &mut Vec<Fault>) {
    check_record_number(&format!("/speedList/{index}/icpNumber"), row.icp_number.as_deref(), faults);
    let cname = row.cp_domain.as_deref().unwrap_or_default();
    if cname.chars().count() > LONGEST_NAME || cname.chars().any(char::is_control) {
        let message = Text::fixed("CNAME 过长或含控制字符", "the CNAME is too long or has control characters");
        faults.push(Fault::new(format!("/speedList/{index}/cpDomain"), &codes::FIELD_INVALID, message));
    }
}

pub fn check_record_number(pointer: &str, number: Option<&str>, faults: &mut Vec<Fault>) {
    let number = number.unwrap_or_default();
    if number.chars().count() > LONGEST_RECORD_NUMBER || number.chars().any(char::is_control) {
        let message = Text::fixed(
            "备案号不能超过 64 个字符，也不能含控制字符",
            "a record number has at most 64 characters, none of them a control character",
        );
        faults.push(Fault::new(pointer, &codes::ICP_NUMBER_INVALID, message));
    }
}

/// The origins of the form; a new domain needs one, and one of them is the main one.
pub fn check_origins(
    form: &OrderForm,
    target: &Target,
    domains: &[(DomainName, OrderDomain)],
    faults: &mut Vec<Fault>,
) -> Vec<Origin> {
    let rows = form.loop_domain.as_deref().unwrap_or_default();
    if target.mode == Mode::Submit {
        if rows.is_empty() && target.origins_needed && target.operation == Some(Operation::Add) {
            let message = Text::fixed("请至少填写一个源站", "at least one origin is needed");
            faults.push(Fault::new("/loopDomain", &codes::ORIGIN_REQUIRED, message));
        }
        if !rows.is_empty() && !rows.iter().any(|row| row.main_flag == Some(true)) {
            let message = Text::fixed("请指定一个主源站", "one origin must be the main one");
            faults.push(Fault::new("/loopDomain", &codes::ORIGIN_MAIN_MISSING, message));
        }
    }
    let mut origins = Vec::with_capacity(rows.len());
    for (index, row) in rows.iter().enumerate() {
        match parse::parse(row) {
            Ok((origin, host)) => {
                faults.extend(loop_fault(index, &host, domains));
                origins.push(origin);
            }
            Err(found) => faults.extend(
                found
                    .into_iter()
                    .filter(|fault| {
                        target.mode == Mode::Submit || fault.member == "weight" || given(&row.value).is_some()
                    })
                    .map(|fault| {
                        Fault::new(format!("/loopDomain/{index}/{}", fault.member), fault.code, fault.message)
                    }),
            ),
        }
    }
    origins
}

fn loop_fault(index: usize, host: &Host, domains: &[(DomainName, OrderDomain)]) -> Option<Fault> {
    let Host::Name(host) = host else { return None };
    let (domain, _) = domains.iter().find(|(domain, _)| domain.covers(host))?;
    let message = Text::new(
        format!("源站指向了本工单的域名 {domain}"),
        format!("the origin points at {domain}, a domain of this order"),
    );
    Some(Fault::new(format!("/loopDomain/{index}/value"), &codes::ORIGIN_LOOP, message))
}

/// The provinces, each once.
pub fn check_provinces(form: &OrderForm, faults: &mut Vec<Fault>) -> Vec<i32> {
    let mut provinces = Vec::new();
    for (index, code) in form.provinces.as_deref().unwrap_or_default().iter().enumerate() {
        if province::find(*code).is_none() {
            let message = Text::new(format!("没有代码为 {code} 的省份"), format!("there is no province {code}"));
            faults.push(Fault::new(format!("/provinces/{index}"), &codes::PROVINCE_UNKNOWN, message));
        } else if !provinces.contains(code) {
            provinces.push(*code);
        }
    }
    provinces
}

/// 25 characters of `[0-9a-z]`: anything else was never given out.
pub fn file_id(text: &str) -> Option<FileId> {
    let id = text.trim();
    let shape = id.len() == 25 && id.bytes().all(|byte| byte.is_ascii_digit() || byte.is_ascii_lowercase());
    shape.then(|| FileId::from(id))
}

/// The files of one list, each once; all must be the caller's.
pub fn check_files(pointer: &str, list: Option<&[String]>, facts: &Facts, faults: &mut Vec<Fault>) -> Vec<FileId> {
    let mut files = Vec::new();
    if list.is_some_and(|list| list.len() > MOST_FILES) {
        let message = Text::new(format!("最多 {MOST_FILES} 个附件"), format!("at most {MOST_FILES} files"));
        faults.push(Fault::new(pointer, &codes::FILE_TOO_MANY, message));
        return files;
    }
    for (index, text) in list.unwrap_or_default().iter().enumerate() {
        match file_id(text).filter(|file| facts.files.contains(file)) {
            Some(file) if files.contains(&file) => {}
            Some(file) => files.push(file),
            None => {
                let message = Text::fixed("附件不存在，请重新上传", "there is no such file of yours: upload it again");
                faults.push(Fault::new(format!("{pointer}/{index}"), &codes::FILE_UNKNOWN, message));
            }
        }
    }
    files
}

pub fn check_description(form: &OrderForm, faults: &mut Vec<Fault>) -> String {
    let description = form.description.as_deref().unwrap_or_default();
    let line_breaks = ['\n', '\r', '\t'];
    let control = description.chars().any(|c| c.is_control() && !line_breaks.contains(&c));
    if control || description.chars().count() > LONGEST_DESCRIPTION {
        let message = Text::fixed(
            "说明不能超过 5000 字，也不能含控制字符",
            "a description has at most 5000 characters, none of them a control character",
        );
        faults.push(Fault::new("/description", &codes::FIELD_INVALID, message));
    }
    description.trim().to_owned()
}
