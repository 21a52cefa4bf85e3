//! The request's words, read into a filter.

use rstest::rstest;
use shared_model::local_time::DEFAULT_ZONE;

use super::*;

fn read(query: ListQuery) -> Result<ListRequest, Vec<String>> {
    query.read(DEFAULT_ZONE).map_err(|faults| faults.into_iter().map(|fault| fault.pointer).collect())
}

#[test]
fn nothing_asked_is_everything_visible_newest_first() {
    let request = read(ListQuery::default()).unwrap();
    assert_eq!(
        (request.filter.scope, request.filter.sort, request.filter.descending),
        (Scope::All, SortKey::CreatedAt, true)
    );
    assert_eq!((request.page.number, request.page.size, request.desk), (1, 10, false));
    let blank = ListQuery { status: Some(" ".into()), keyword: Some(String::new()), ..ListQuery::default() };
    assert_eq!(read(blank).unwrap(), request);
}

#[test]
fn several_states_and_a_descending_sort_are_read() {
    let query = ListQuery {
        status: Some("approving, bpmReject".into()),
        sort: Some("-dueAt".into()),
        keyword: Some(" KoMect ".into()),
        ..ListQuery::default()
    };
    let filter = read(query).unwrap().filter;
    assert_eq!(filter.states, [OrderState::Approving, OrderState::BpmReject]);
    assert_eq!((filter.sort, filter.descending, filter.keyword.as_deref()), (SortKey::DueAt, true, Some("komect")));
}

#[test]
fn every_fault_is_told_by_its_parameter() {
    let bad = || Some("nonsense".to_owned());
    let query = ListQuery {
        page_num: Some(0),
        page_size: Some(101),
        scope: bad(),
        kind: bad(),
        status: bad(),
        keyword: Some("a\u{0}".into()),
        start_time: bad(),
        sort: bad(),
        view: bad(),
        ..ListQuery::default()
    };
    let mut pointers = read(query).unwrap_err();
    pointers.sort();
    let expected = ["/keyword", "/pageNum", "/pageSize", "/scope", "/sort", "/startTime", "/status", "/type", "/view"];
    assert_eq!(pointers, expected);
}

#[test]
fn a_value_that_is_not_there_is_answered_with_those_that_are() {
    let query = ListQuery { status: Some("approved".into()), sort: Some("-age".into()), ..ListQuery::default() };
    let faults = query.read(DEFAULT_ZONE).unwrap_err();
    let messages: Vec<&str> = faults.iter().map(|fault| fault.message.zh.as_ref()).collect();
    assert_eq!(messages[0], "没有这个取值，可用：createdAt、time、id、updatedAt、since、dueAt");
    assert!(messages[1].contains("approving、") && messages[1].contains("finished"), "{}", messages[1]);
}

#[rstest]
#[case("2026-03-04", "2026-03-03T16:00:00Z", "2026-03-04T16:00:00Z")]
#[case("2026-03-04 08:30", "2026-03-04T00:30:00Z", "2026-03-04T00:31:00Z")]
#[case("2026-03-04T08:30:00+08:00", "2026-03-04T00:30:00Z", "2026-03-04T00:30:00.000001Z")]
#[case("2026-03-04T08:30:00 08:00", "2026-03-04T00:30:00Z", "2026-03-04T00:30:00.000001Z")]
fn a_day_ends_with_the_day_and_a_minute_with_the_minute(
    #[case] value: &str,
    #[case] from: DateTime<Utc>,
    #[case] before: DateTime<Utc>,
) {
    let query = ListQuery { start_time: Some(value.into()), end_time: Some(value.into()), ..ListQuery::default() };
    let filter = read(query).unwrap().filter;
    assert_eq!((filter.created_from, filter.created_before), (Some(from), Some(before)));
}
