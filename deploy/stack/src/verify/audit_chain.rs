//! Audit chains are unbroken: no row of the audit log of public entities was altered or taken out.

use diesel::prelude::*;
use pe_svc::audit_log::first_altered;
use pe_svc::schema::audit_log;

use super::Disagreement;
use super::load::open;
use crate::arguments::OneService;
use crate::error::StackError;
use crate::layout::Layout;

/// Adds the first altered line, if any, and gives back how many lines there are.
pub fn check(layout: &Layout, disagreements: &mut Vec<Disagreement>) -> Result<usize, StackError> {
    let mut conn = open(layout, OneService::PeSvc)?;
    if let Some(line) = first_altered(&mut conn)? {
        let (zh, en) = ("这一行被改动、插入或删去", "this line was altered, slipped in or taken out");
        disagreements.push(Disagreement::new(format!("pe audit_log {}", line.id), zh, en));
    }
    let lines: i64 = audit_log::table.count().get_result(&mut conn)?;
    Ok(usize::try_from(lines).unwrap_or_default())
}
