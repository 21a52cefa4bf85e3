//! What a list is narrowed and sorted by.

use chrono::{DateTime, NaiveDate, NaiveDateTime, TimeZone, Utc};
use chrono_tz::Tz;
use serde::Deserialize;
use shared_model::page::PageRequest;
use shared_model::problem::{Fault, codes};
use shared_model::text::Text;

use super::name::ResourceName;
use super::search::Keyword;
use crate::error::{ServiceError, refused_for};

/// The query parameters of every list; which of them a resource knows, [`known`] says.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct ListQuery {
    pub page_num: Option<i64>,
    pub page_size: Option<i64>,
    pub keyword: Option<String>,
    pub type_id: Option<i64>,
    pub audit_status: Option<String>,
    pub owner_id: Option<String>,
    pub pe_id: Option<i64>,
    pub u_id: Option<String>,
    pub status: Option<String>,
    pub expired: Option<bool>,
    pub created_from: Option<String>,
    pub created_to: Option<String>,
    pub updated_from: Option<String>,
    pub updated_to: Option<String>,
    pub applied_from: Option<String>,
    pub applied_to: Option<String>,
    pub completed_from: Option<String>,
    pub completed_to: Option<String>,
    pub valid_until_from: Option<String>,
    pub valid_until_to: Option<String>,
    /// A field, with `-` before it for descending: `-createdAt`. Newest first when absent.
    pub sort: Option<String>,
}

/// From the first moment on, and before the second.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct TimeRange {
    pub from: Option<NaiveDateTime>,
    pub before: Option<NaiveDateTime>,
}

/// What a list is sorted by.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SortKey {
    Id,
    Name,
    CreatedAt,
    UpdatedAt,
    AppliedAt,
    CompletedAt,
    ValidUntil,
}

/// A list query that was understood.
#[derive(Clone, Debug)]
pub struct ListFilter {
    pub page: PageRequest,
    pub keyword: Option<Keyword>,
    pub type_id: Option<i64>,
    pub audit_status: Option<String>,
    pub owner_id: Option<String>,
    pub pe_id: Option<i64>,
    pub u_id: Option<String>,
    pub status: Option<String>,
    pub expired: Option<bool>,
    pub created: TimeRange,
    pub updated: TimeRange,
    pub applied: TimeRange,
    pub completed: TimeRange,
    pub valid_until: TimeRange,
    pub sort: SortKey,
    pub descending: bool,
}

impl ListQuery {
    /// Errors: 400 for a filter the resource does not have, an impossible page, time or sort; all of them at once.
    pub fn understand(self, resource: ResourceName, zone: Tz) -> Result<ListFilter, ServiceError> {
        let mut faults = self.unknown_for(resource);
        let page = PageRequest::new(self.page_num, self.page_size).unwrap_or_else(|wrong| {
            faults.extend(wrong);
            PageRequest { number: 1, size: 10 }
        });
        let (sort, descending) = sort_of(self.sort.as_deref(), resource, &mut faults);
        let mut range = |name: &str, from: Option<String>, to: Option<String>| TimeRange {
            from: from.and_then(|text| moment(&text, zone, false, &format!("/{name}From"), &mut faults)),
            before: to.and_then(|text| moment(&text, zone, true, &format!("/{name}To"), &mut faults)),
        };
        let created = range("created", self.created_from, self.created_to);
        let updated = range("updated", self.updated_from, self.updated_to);
        let applied = range("applied", self.applied_from, self.applied_to);
        let completed = range("completed", self.completed_from, self.completed_to);
        let valid_until = range("validUntil", self.valid_until_from, self.valid_until_to);
        check_choice("auditStatus", self.audit_status.as_deref(), AUDIT_STATUSES, &mut faults);
        check_choice("status", self.status.as_deref(), STATUSES, &mut faults);
        refused_for(faults)?;
        Ok(ListFilter {
            page,
            keyword: self.keyword.as_deref().and_then(Keyword::new),
            type_id: self.type_id,
            audit_status: self.audit_status,
            owner_id: self.owner_id,
            pe_id: self.pe_id,
            u_id: self.u_id,
            status: self.status,
            expired: self.expired,
            created,
            updated,
            applied,
            completed,
            valid_until,
            sort,
            descending,
        })
    }

    /// A filter that means nothing here is a mistake of the caller's, not an empty wish.
    fn unknown_for(&self, resource: ResourceName) -> Vec<Fault> {
        let sent = [
            ("typeId", self.type_id.is_some()),
            ("auditStatus", self.audit_status.is_some()),
            ("ownerId", self.owner_id.is_some()),
            ("peId", self.pe_id.is_some()),
            ("uId", self.u_id.is_some()),
            ("status", self.status.is_some()),
            ("expired", self.expired.is_some()),
            ("appliedFrom", self.applied_from.is_some()),
            ("appliedTo", self.applied_to.is_some()),
            ("completedFrom", self.completed_from.is_some()),
            ("completedTo", self.completed_to.is_some()),
            ("validUntilFrom", self.valid_until_from.is_some()),
            ("validUntilTo", self.valid_until_to.is_some()),
        ];
        let known = known(resource);
        let wrong = sent.into_iter().filter(|(name, given)| *given && !known.contains(name));
        wrong.map(|(name, _)| invalid(&format!("/{name}"), NO_SUCH_FILTER)).collect()
    }
}

const NO_SUCH_FILTER: Text = Text::fixed("此列表没有该筛选条件", "this list has no such filter");
const AUDIT_STATUSES: &[&str] = &["pending", "approved", "rejected"];
const STATUSES: &[&str] = &["draft", "submitted", "needsModification", "passed"];

/// The filters a resource has beside the keyword and the times every record carries.
pub const fn known(resource: ResourceName) -> &'static [&'static str] {
    match resource {
        ResourceName::PeTypes | ResourceName::AuthenticationTypes | ResourceName::AuthenticationStatuses => {
            &["auditStatus"]
        }
        ResourceName::PublicEntities => &["typeId", "auditStatus", "ownerId"],
        ResourceName::PeMembers => &["peId", "uId", "auditStatus", "ownerId"],
        ResourceName::PeAuthentications => &[
            "typeId",
            "peId",
            "ownerId",
            "status",
            "expired",
            "appliedFrom",
            "appliedTo",
            "completedFrom",
            "completedTo",
            "validUntilFrom",
            "validUntilTo",
        ],
    }
}

/// What a resource is sorted by.
pub const fn sort_keys(resource: ResourceName) -> &'static [&'static str] {
    match resource {
        ResourceName::PeTypes
        | ResourceName::PublicEntities
        | ResourceName::PeMembers
        | ResourceName::AuthenticationTypes
        | ResourceName::AuthenticationStatuses => &["id", "name", "createdAt", "updatedAt"],
        ResourceName::PeAuthentications => &["id", "createdAt", "updatedAt", "appliedAt", "completedAt", "validUntil"],
    }
}

fn sort_of(sort: Option<&str>, resource: ResourceName, faults: &mut Vec<Fault>) -> (SortKey, bool) {
    let Some(text) = sort else { return (SortKey::Id, true) };
    let (name, descending) = text.strip_prefix('-').map_or((text, false), |name| (name, true));
    let key = match name {
        "id" => SortKey::Id,
        "name" => SortKey::Name,
        "createdAt" => SortKey::CreatedAt,
        "updatedAt" => SortKey::UpdatedAt,
        "appliedAt" => SortKey::AppliedAt,
        "completedAt" => SortKey::CompletedAt,
        _ => SortKey::ValidUntil,
    };
    let keys = sort_keys(resource);
    if !keys.contains(&name) {
        let choices = keys.join(", ");
        let message =
            Text::new(format!("可按 {choices} 排序，降序在前面加 -"), format!("sort by {choices}, descending with -"));
        faults.push(invalid("/sort", message));
    }
    (key, descending)
}

/// RFC 3339, or a day of the desk's zone. `to` with a day means that day included.
pub fn moment(text: &str, zone: Tz, end: bool, pointer: &str, faults: &mut Vec<Fault>) -> Option<NaiveDateTime> {
    // A plus sign that nobody escaped arrives as a blank.
    if let Ok(at) = DateTime::parse_from_rfc3339(&text.trim().replace(' ', "+")) {
        return Some(at.with_timezone(&Utc).naive_utc());
    }
    let day = text.trim().parse::<NaiveDate>().ok();
    let day = if end { day.and_then(|day| day.succ_opt()) } else { day };
    let at = day
        .and_then(|day| day.and_hms_opt(0, 0, 0))
        .and_then(|midnight| zone.from_local_datetime(&midnight).earliest())
        .map(|at| at.with_timezone(&Utc).naive_utc());
    if at.is_none() {
        let message = Text::fixed("须为日期或 RFC 3339 时间", "must be a day or an RFC 3339 time");
        faults.push(invalid(pointer, message));
    }
    at
}

/// 400 for a value that is none of the choices.
pub fn check_choice(name: &str, value: Option<&str>, choices: &[&str], faults: &mut Vec<Fault>) {
    if value.is_some_and(|value| !choices.contains(&value)) {
        let all = choices.join(", ");
        faults
            .push(invalid(&format!("/{name}"), Text::new(format!("须为 {all} 之一"), format!("must be one of {all}"))));
    }
}

fn invalid(pointer: &str, message: Text) -> Fault {
    Fault::new(pointer, &codes::REQUEST_INVALID, message)
}

#[cfg(test)]
mod tests {
    use shared_model::local_time::DEFAULT_ZONE;

    use super::*;

    fn understood(query: ListQuery, resource: ResourceName) -> Result<ListFilter, Vec<String>> {
        query.understand(resource, DEFAULT_ZONE).map_err(|error| {
            let problem = shared_model::problem::Problem::from(error);
            problem.faults.iter().map(|fault| fault.pointer.clone()).collect()
        })
    }

    #[test]
    fn a_day_is_a_whole_day_of_the_desks_zone() {
        let query = ListQuery {
            created_from: Some("2026-01-02".into()),
            created_to: Some("2026-01-02".into()),
            ..ListQuery::default()
        };
        let range = understood(query, ResourceName::PublicEntities).unwrap().created;
        assert_eq!(range.from.unwrap().to_string(), "2026-01-01 16:00:00");
        assert_eq!(range.before.unwrap().to_string(), "2026-01-02 16:00:00");
    }

    #[test]
    fn every_fault_of_a_query_is_named() {
        let query = ListQuery {
            page_size: Some(101),
            pe_id: Some(1),
            created_to: Some("soon".into()),
            sort: Some("-colour".into()),
            audit_status: Some("maybe".into()),
            ..ListQuery::default()
        };
        let faults = understood(query, ResourceName::PublicEntities).unwrap_err();
        assert_eq!(faults, ["/peId", "/pageSize", "/sort", "/createdTo", "/auditStatus"]);
    }

    #[test]
    fn an_offset_whose_plus_became_a_blank_is_still_understood() {
        let query = ListQuery { created_from: Some("2026-01-02T08:00:00 08:00".into()), ..ListQuery::default() };
        let range = understood(query, ResourceName::PeTypes).unwrap().created;
        assert_eq!(range.from.unwrap().to_string(), "2026-01-02 00:00:00");
    }
}
