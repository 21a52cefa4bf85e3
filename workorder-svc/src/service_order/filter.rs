//! What a list of service orders is narrowed to: query parameters, read into conditions. Pure.
//!
//! `state=pending,completed`, `orderDate.gt=2026-01-01`, `orderDate>=2026-01-01`, `relatedParty.id=…`, and any other
//! attribute by its dotted path. source: TMF630 part 1, "Attribute filtering"

use chrono::{DateTime, Utc};
use chrono_tz::Tz;
use shared_model::problem::{Fault, Problem};

use crate::order::kind::Requirement;
use crate::order::list_filter::span;
use crate::order::state::OrderState;
use crate::service_order::matching::Sought;
use crate::service_order::reading::malformed;
use crate::service_order::state::states_of;

/// Resources of one answer, at most and when nothing is said.
const MOST: i64 = 100;
const DEFAULT_LIMIT: i64 = 20;
/// Longest value and path, in characters.
const LONGEST: usize = 200;
/// Most conditions of one list.
const MOST_CONDITIONS: usize = 20;

/// Which part of a list is given.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Window {
    pub offset: i64,
    pub limit: i64,
}

impl Window {
    /// Whether what is in this place of the whole, from 0, is in the part.
    pub fn has(self, place: i64) -> bool {
        (self.offset..self.offset + self.limit).contains(&place)
    }
}

/// From, inclusive, and before.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Range {
    pub from: Option<DateTime<Utc>>,
    pub before: Option<DateTime<Utc>>,
}

/// One condition; all of them must hold.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Condition {
    Id(Vec<i64>),
    State(Vec<OrderState>),
    /// `orderDate`, `startDate`
    Created(Range),
    /// `completionDate`, `cancellationDate`: when it came to that state.
    Ended(OrderState, Range),
    /// `serviceOrderItem.action`
    Action(Vec<Requirement>),
    /// `relatedParty.id`: the enterprise, the creator, or another party that the document names.
    Party(Vec<String>),
    /// Any other attribute, as the resource has it.
    Attribute {
        path: String,
        values: Vec<String>,
    },
}

impl Condition {
    /// None where the tables tell.
    fn sought(&self) -> Option<Sought<'_>> {
        match self {
            Self::Attribute { path, values } => Some((path.as_str(), values.as_slice())),
            Self::Id(_) | Self::State(_) | Self::Created(_) | Self::Ended(..) | Self::Action(_) | Self::Party(_) => {
                None
            }
        }
    }
}

/// A list that was asked for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Wanted {
    pub conditions: Vec<Condition>,
    pub window: Window,
    pub fields: Option<String>,
    pub descending: bool,
}

impl Wanted {
    /// Reads the query parameters; 400 with every fault.
    pub fn read(parameters: &[(String, String)], zone: Tz) -> Result<Self, Problem> {
        let mut faults = Vec::new();
        let mut wanted = Self {
            conditions: Vec::new(),
            window: Window { offset: 0, limit: DEFAULT_LIMIT },
            fields: None,
            descending: true,
        };
        for (name, value) in parameters {
            match name.as_str() {
                "fields" => wanted.fields = Some(value.clone()),
                "offset" => wanted.window.offset = count(name, value, &mut faults).unwrap_or(0),
                "limit" => wanted.window.limit = count(name, value, &mut faults).unwrap_or(0).min(MOST),
                "sort" => match value.as_str() {
                    "orderDate" | "+orderDate" | " orderDate" | "id" => wanted.descending = false,
                    "-orderDate" | "-id" => {}
                    _ => faults.push(malformed("/sort", "只能按 orderDate 排序", "sorted by orderDate only")),
                },
                _ => wanted.conditions.extend(condition(name, value, zone, &mut faults)),
            }
        }
        if wanted.conditions.len() > MOST_CONDITIONS {
            faults.push(malformed("", "条件过多", "too many conditions"));
        }
        if faults.is_empty() { Ok(wanted) } else { Err(Problem::of_faults(faults)) }
    }

    /// What is to be looked for in the resources themselves.
    pub fn sought(&self) -> Vec<Sought<'_>> {
        self.conditions.iter().filter_map(Condition::sought).collect()
    }
}

fn count(name: &str, value: &str, faults: &mut Vec<Fault>) -> Option<i64> {
    let count = value.trim().parse::<i64>().ok().filter(|count| (0..=1_000_000_000).contains(count));
    if count.is_none() {
        faults.push(malformed(&format!("/{name}"), "须为不小于 0 的整数", "must be a whole number from 0"));
    }
    count
}

/// How a value is compared.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Comparison {
    Equal,
    Greater,
    GreaterOrEqual,
    Less,
    LessOrEqual,
}

/// `orderDate.gt` and `v`, or what `orderDate>v` and `orderDate>=v` come apart into.
fn comparison<'a>(name: &'a str, value: &'a str) -> (&'a str, Comparison, &'a str) {
    use Comparison as C;
    for (sign, alone, with_equal) in [('>', C::Greater, C::GreaterOrEqual), ('<', C::Less, C::LessOrEqual)] {
        if let Some((name, rest)) = name.split_once(sign) {
            return if rest.is_empty() { (name, with_equal, value) } else { (name, alone, rest) };
        }
    }
    let operators = [
        (".gte", C::GreaterOrEqual),
        (".gt", C::Greater),
        (".lte", C::LessOrEqual),
        (".lt", C::Less),
        (".eq", C::Equal),
    ];
    let found = operators.into_iter().find_map(|(suffix, how)| Some((name.strip_suffix(suffix)?, how, value)));
    found.unwrap_or((name, C::Equal, value))
}

fn condition(name: &str, value: &str, zone: Tz, faults: &mut Vec<Fault>) -> Option<Condition> {
    let (path, how, value) = comparison(name, value);
    if [path, value].iter().any(|text| text.chars().count() > LONGEST || text.chars().any(char::is_control)) {
        faults.push(malformed("", "条件过长或含控制字符", "a condition is too long, or has control characters"));
        return None;
    }
    let moments: Option<fn(Range) -> Condition> = match path {
        "orderDate" | "startDate" => Some(Condition::Created),
        "completionDate" => Some(|range| Condition::Ended(OrderState::Finished, range)),
        "cancellationDate" => Some(|range| Condition::Ended(OrderState::Withdrawn, range)),
        _ => None,
    };
    if let Some(moments) = moments {
        let range = range(how, value, zone);
        if range.is_none() {
            faults.push(malformed(
                &format!("/{path}"),
                "须为日期或 RFC 3339 时间",
                "must be a date or an RFC 3339 time",
            ));
        }
        return range.map(moments);
    }
    if how != Comparison::Equal {
        faults.push(malformed(&format!("/{path}"), "该属性只能按相等过滤", "compared for equality only"));
        return None;
    }
    let values = || value.split(',').map(str::trim).filter(|one| !one.is_empty());
    let texts = || values().map(str::to_owned).collect();
    Some(match path {
        "id" => Condition::Id(values().filter_map(|id| id.parse().ok()).collect()),
        "state" => Condition::State(states_of(values())),
        "serviceOrderItem.action" => Condition::Action(values().filter_map(Requirement::from_code).collect()),
        "relatedParty.id" => Condition::Party(texts()),
        // A text may have commas of its own.
        _ => {
            Condition::Attribute { path: path.to_owned(), values: values().chain([value]).map(str::to_owned).collect() }
        }
    })
}

fn range(how: Comparison, value: &str, zone: Tz) -> Option<Range> {
    let (first, next) = span(value.trim(), zone)?;
    Some(match how {
        Comparison::Equal => Range { from: Some(first), before: Some(next) },
        Comparison::Greater => Range { from: Some(next), before: None },
        Comparison::GreaterOrEqual => Range { from: Some(first), before: None },
        Comparison::Less => Range { from: None, before: Some(first) },
        Comparison::LessOrEqual => Range { from: None, before: Some(next) },
    })
}

#[cfg(test)]
mod tests {
    use chrono::TimeZone;
    use chrono_tz::Asia::Shanghai;

    use super::*;

    fn read(parameters: &[(&str, &str)]) -> Result<Wanted, Problem> {
        let owned: Vec<_> = parameters.iter().map(|(name, value)| (name.to_string(), value.to_string())).collect();
        Wanted::read(&owned, Shanghai)
    }

    #[test]
    fn known_attributes_are_conditions_of_the_order_and_others_of_the_resource() {
        let wanted = read(&[("state", "inProgress"), ("externalId", "X"), ("limit", "500"), ("offset", "3")]).unwrap();
        let states = vec![OrderState::Dispatching, OrderState::BpmProcessing];
        let external = Condition::Attribute { path: "externalId".into(), values: vec!["X".into(), "X".into()] };
        assert_eq!(wanted.conditions, [Condition::State(states), external]);
        assert_eq!(wanted.sought(), [("externalId", ["X".to_owned(), "X".to_owned()].as_slice())]);
        assert_eq!(wanted.window, Window { offset: 3, limit: 100 });
        let places = [2, 3, 102, 103].map(|place| wanted.window.has(place));
        assert_eq!(places, [false, true, true, false]);
    }

    #[test]
    fn dates_are_compared_in_words_and_in_signs() {
        let first = Utc.with_ymd_and_hms(2025, 12, 31, 16, 0, 0).unwrap();
        let next = Utc.with_ymd_and_hms(2026, 1, 1, 16, 0, 0).unwrap();
        let from = |from| Condition::Created(Range { from: Some(from), before: None });
        for (name, value, expected) in [
            ("orderDate.gt", "2026-01-01", from(next)),
            ("orderDate>2026-01-01", "", from(next)),
            ("orderDate.gte", "2026-01-01", from(first)),
            ("orderDate>", "2026-01-01", from(first)),
            ("startDate", "2026-01-01", Condition::Created(Range { from: Some(first), before: Some(next) })),
        ] {
            assert_eq!(read(&[(name, value)]).unwrap().conditions, [expected], "{name}");
        }
    }

    #[test]
    fn what_cannot_be_read_is_refused() {
        for parameter in
            [("limit", "many"), ("offset", "-1"), ("orderDate.gt", "soon"), ("externalId.gt", "a"), ("sort", "x")]
        {
            assert_eq!(read(&[parameter]).unwrap_err().code.status, 400, "{parameter:?}");
        }
    }
}
