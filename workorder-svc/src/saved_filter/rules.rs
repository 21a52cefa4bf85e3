//! What may be kept as a filter: what the list would take. Pure.

use chrono_tz::Tz;
use serde_json::Value;
use shared_model::problem::{Fault, codes};
use shared_model::text::Text;

use crate::order::list_filter::ListQuery;

/// Filters of one person.
pub const MOST: i64 = 50;

/// Longest name, in characters.
const LONGEST_NAME: usize = 40;

/// A filter that may be kept.
#[derive(Clone, Debug, PartialEq)]
pub struct Kept {
    pub name: String,
    /// As it was given, so that it is given back so.
    pub query: Value,
}

/// Every fault at once: of the name, and of the filter as the list would find them.
pub fn read(name: &str, query: &Value, zone: Tz) -> Result<Kept, Vec<Fault>> {
    let name = name.trim();
    let mut faults = Vec::new();
    if name.is_empty() || name.chars().count() > LONGEST_NAME || name.chars().any(char::is_control) {
        let message = Text::new(
            format!("名称须为 1 到 {LONGEST_NAME} 个字，不含控制字符"),
            format!("a name has 1 to {LONGEST_NAME} characters, none of them a control character"),
        );
        faults.push(Fault::new("/name", &codes::FIELD_INVALID, message));
    }
    faults.extend(filter_faults(query, zone));
    if faults.is_empty() { Ok(Kept { name: name.to_owned(), query: query.clone() }) } else { Err(faults) }
}

fn filter_faults(query: &Value, zone: Tz) -> Vec<Fault> {
    match serde_json::from_value::<ListQuery>(query.clone()) {
        Ok(list) => {
            let found = list.read(zone).err().unwrap_or_default();
            found.into_iter().map(|fault| Fault { pointer: format!("/query{}", fault.pointer), ..fault }).collect()
        }
        Err(error) => {
            let why = error.to_string();
            let message =
                Text::new(format!("不是工单列表的查询条件：{why}"), format!("not a filter of the list: {why}"));
            vec![Fault::new("/query", &codes::REQUEST_INVALID, message)]
        }
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;
    use shared_model::local_time::DEFAULT_ZONE;

    use super::*;

    fn faults(name: &str, query: Value) -> Vec<String> {
        let faults = read(name, &query, DEFAULT_ZONE).err().unwrap_or_default();
        faults.into_iter().map(|fault| format!("{} {}", fault.pointer, fault.code.code)).collect()
    }

    #[test]
    fn what_the_list_takes_is_kept_as_it_was_given() {
        let query = json!({"scope": "pending", "status": "approving, rejected", "keyword": "komect"});
        let kept = read(" 我的待办 ", &query, DEFAULT_ZONE).unwrap();
        assert_eq!((kept.name.as_str(), kept.query), ("我的待办", query));
    }

    #[test]
    fn what_it_does_not_take_is_refused_where_it_is_wrong() {
        assert_eq!(faults("a", json!({"scope": "theirs"})), ["/query/scope request.invalid"]);
        assert_eq!(faults("a", json!({"colour": "red"})), ["/query request.invalid"]);
        assert_eq!(faults("a", json!("scope")), ["/query request.invalid"]);
        assert_eq!(faults(" ", json!({"sort": "colour"})), ["/name field.invalid", "/query/sort request.invalid"]);
        assert_eq!(faults(&"长".repeat(41), json!({})), ["/name field.invalid"]);
    }
}
