//! One row of a sheet, read: everything that can be judged by looking at the row alone. Pure.

use shared_model::problem::{Code, Fault, codes};
use shared_model::text::Text;

use crate::batch::columns::{Column, EXAMPLE_DOMAIN};
use crate::batch::fault::of_cell;
use crate::batch::grid::Row;
use crate::batch::line::SheetLine;
use crate::domain_name::parse::{DomainName, HostName};
use crate::origin::parse::{self, Host, Origin, OriginType};
use crate::submit::content_rules;
use crate::submit::form::OriginForm;

/// Longest CNAME.
const LONGEST_NAME: usize = 253;
/// Origins and ports of one row.
const MOST_OF_A_ROW: usize = 20;

/// A row with a domain.
#[derive(Clone, Debug, PartialEq)]
pub struct SheetRow {
    pub name: DomainName,
    pub cname: Option<String>,
    pub record_number: Option<String>,
    pub line: SheetLine,
    /// The origins that are names: they must not point at a domain of the sheet.
    pub origin_names: Vec<HostName>,
}

/// Where each column stands in the sheet.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Layout(pub Vec<Option<Column>>);

impl Layout {
    pub fn index(&self, column: Column) -> Option<usize> {
        self.0.iter().position(|found| *found == Some(column))
    }

    pub fn cell<'a>(&self, row: &'a Row, column: Column) -> &'a str {
        self.index(column).map_or("", |index| row.cell(index))
    }
}

/// What one row says, and everything that is wrong with it. None without a domain that can be used.
pub fn read(row: &Row, layout: &Layout, faults: &mut Vec<Fault>) -> Option<SheetRow> {
    let mut reading = Reading { row, layout, faults };
    if reading.text(Column::Domain) == EXAMPLE_DOMAIN {
        return None;
    }
    let name = reading.domain();
    let cname = reading.cname();
    let record_number = reading.record_number();
    let (origins, origin_names) = reading.origins();
    let https = reading.https();
    let ports = reading.ports();
    let number = i32::try_from(row.number).unwrap_or(i32::MAX);
    let line = SheetLine { row: number, origins, https, ports };
    Some(SheetRow { name: name?, cname, record_number, line, origin_names })
}

struct Reading<'a> {
    row: &'a Row,
    layout: &'a Layout,
    faults: &'a mut Vec<Fault>,
}

impl<'a> Reading<'a> {
    fn text(&self, column: Column) -> &'a str {
        self.layout.cell(self.row, column)
    }

    fn given(&self, column: Column) -> Option<String> {
        Some(self.text(column)).filter(|text| !text.is_empty()).map(str::to_owned)
    }

    fn fault(&mut self, column: Column, code: &'static Code, message: Text) {
        self.faults.push(of_cell(self.row.number, (column, self.layout.index(column)), code, message));
    }

    fn domain(&mut self) -> Option<DomainName> {
        let text = self.text(Column::Domain);
        if text.is_empty() {
            self.fault(Column::Domain, &codes::DOMAIN_REQUIRED, Text::fixed("请填写域名", "the domain is missing"));
            return None;
        }
        match DomainName::parse(text) {
            Ok(name) => Some(name),
            Err(why) => {
                self.fault(Column::Domain, &codes::DOMAIN_INVALID, content_rules::invalid(why));
                None
            }
        }
    }

    fn cname(&mut self) -> Option<String> {
        let cname = self.given(Column::Cname)?;
        if cname.chars().count() > LONGEST_NAME || cname.chars().any(char::is_control) {
            let message = Text::fixed("CNAME 过长或含控制字符", "the CNAME is too long or has control characters");
            self.fault(Column::Cname, &codes::FIELD_INVALID, message);
        }
        Some(cname)
    }

    fn record_number(&mut self) -> Option<String> {
        let number = self.given(Column::IcpNumber)?;
        let mut found = Vec::new();
        content_rules::check_record_number("", Some(&number), &mut found);
        for fault in found {
            self.fault(Column::IcpNumber, fault.code, fault.message);
        }
        Some(number)
    }

    fn origins(&mut self) -> (Vec<Origin>, Vec<HostName>) {
        let main = parts(self.text(Column::MainOrigin));
        let backup = parts(self.text(Column::BackupOrigins));
        if main.is_empty() && !backup.is_empty() {
            let message = Text::fixed("填写备源站时须填写主源站", "backup origins want a main one");
            self.fault(Column::MainOrigin, &codes::ORIGIN_MAIN_MISSING, message);
        }
        if main.len() + backup.len() > MOST_OF_A_ROW {
            let message = Text::fixed("源站过多", "too many origins");
            self.fault(Column::BackupOrigins, &codes::ORIGIN_INVALID, message);
            return (Vec::new(), Vec::new());
        }
        let (mut origins, mut names) = (Vec::new(), Vec::new());
        for (column, texts, main_flag) in [(Column::MainOrigin, main, true), (Column::BackupOrigins, backup, false)] {
            for text in texts {
                match read_origin(text, main_flag) {
                    Ok((origin, Host::Name(name))) => {
                        origins.push(origin);
                        names.push(name);
                    }
                    Ok((origin, Host::Address(_))) => origins.push(origin),
                    Err((code, message)) => self.fault(column, code, message),
                }
            }
        }
        (origins, names)
    }

    fn https(&mut self) -> Option<bool> {
        match self.text(Column::Https).to_lowercase().as_str() {
            "" => None,
            "是" | "yes" | "y" | "true" | "1" | "开" | "on" => Some(true),
            "否" | "no" | "n" | "false" | "0" | "关" | "off" => Some(false),
            _ => {
                self.fault(Column::Https, &codes::FIELD_INVALID, Text::fixed("只能填 是 或 否", "yes or no"));
                None
            }
        }
    }

    fn ports(&mut self) -> Vec<u16> {
        let read: Vec<Option<u16>> = parts(self.text(Column::Ports))
            .into_iter()
            .map(|part| part.parse::<u16>().ok().filter(|port| *port != 0))
            .collect();
        if read.len() > MOST_OF_A_ROW || read.contains(&None) {
            let message = Text::fixed("端口为 1 到 65535 的整数，用分号隔开", "ports are 1 to 65535, with semicolons");
            self.fault(Column::Ports, &codes::FIELD_INVALID, message);
        }
        read.into_iter().flatten().collect()
    }
}

/// What stands in one cell, parted.
fn parts(cell: &str) -> Vec<&str> {
    cell.split([';', '；', ',', '，', '、', '\n']).map(str::trim).filter(|part| !part.is_empty()).collect()
}

/// An address if it is one, else a name.
fn read_origin(text: &str, main_flag: bool) -> Result<(Origin, Host), (&'static Code, Text)> {
    let form = |kind: OriginType| OriginForm {
        value: Some(text.to_owned()),
        kind: Some(kind.code().to_owned()),
        main_flag: Some(main_flag),
        weight: None,
    };
    let refused = |faults: Vec<parse::OriginFault>| faults.into_iter().next().map(|fault| (fault.code, fault.message));
    let neither = || {
        let message =
            Text::fixed("不是有效的 IP 或域名；端口 1 到 65535", "neither an address nor a name; ports are 1 to 65535");
        (&codes::ORIGIN_INVALID, message)
    };
    match parse::parse(&form(OriginType::Ip)) {
        Ok(read) => Ok(read),
        Err(faults) if faults.iter().any(|fault| fault.code == &codes::ORIGIN_NOT_ROUTABLE) => {
            Err(refused(faults).unwrap_or_else(neither))
        }
        Err(_) => parse::parse(&form(OriginType::Domain)).map_err(|faults| {
            refused(faults).filter(|(code, _)| *code == &codes::ORIGIN_NOT_ROUTABLE).unwrap_or_else(neither)
        }),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn row(cells: [&str; 7]) -> Row {
        Row { number: 5, cells: cells.map(str::to_owned).to_vec() }
    }

    fn layout() -> Layout {
        Layout(Column::ALL.map(Some).to_vec())
    }

    fn faults_of(cells: [&str; 7]) -> Vec<String> {
        let mut faults = Vec::new();
        read(&row(cells), &layout(), &mut faults);
        faults
            .iter()
            .map(|fault| format!("{} {}", fault.pointer.replace("/fileId/rows/5/", ""), fault.code.code))
            .collect()
    }

    #[test]
    fn a_row_says_what_its_domain_needs() {
        let cells = [
            "Ａ.example.cn",
            "c.cdn.cn",
            "京ICP备1号",
            "192.0.2.1:80",
            "[2001:db8::1]:443；o.example.com",
            "是",
            "80;443",
        ];
        let mut faults = Vec::new();
        let read = read(&row(cells), &layout(), &mut faults).unwrap();
        assert_eq!(faults, []);
        assert_eq!((read.name.as_str(), read.line.row, read.line.https), ("a.example.cn", 5, Some(true)));
        let origins: Vec<_> =
            read.line.origins.iter().map(|o| (o.value.as_str(), o.kind.code(), o.main_flag)).collect();
        let expected =
            [("192.0.2.1:80", "ip", true), ("[2001:db8::1]:443", "ip", false), ("o.example.com", "domain", false)];
        assert_eq!(origins, expected);
        assert_eq!((read.line.ports, read.origin_names.len()), (vec![80, 443], 1));
    }

    #[test]
    fn every_faulty_cell_is_named() {
        let long = "号".repeat(65);
        let found = faults_of(["com", "a\u{0}", &long, "10.0.0.1", "nothing here", "maybe", "80;0"]);
        let expected = [
            "domain domain.invalid",
            "cpDomain field.invalid",
            "icpNumber icp_number.invalid",
            "mainOrigin origin.not_routable",
            "backupOrigins origin.invalid",
            "https field.invalid",
            "ports field.invalid",
        ];
        assert_eq!(found, expected);
        assert_eq!(faults_of(["", "x", "", "", "", "", ""]), ["domain domain.required"]);
        assert_eq!(faults_of(["a.cn", "", "", "", "192.0.2.1", "", ""]), ["mainOrigin origin.main_missing"]);
    }

    #[test]
    fn the_templates_example_is_passed_over() {
        assert_eq!(faults_of(Column::ALL.map(Column::example)), Vec::<String>::new());
        assert_eq!(read(&row(Column::ALL.map(Column::example)), &layout(), &mut Vec::new()), None);
    }
}
