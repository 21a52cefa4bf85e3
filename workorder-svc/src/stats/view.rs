//! The figures as they are answered.

use serde::Serialize;
use shared_model::province;
use shared_model::text::{Language, Text};
use utoipa::ToSchema;

use crate::order::kind::OrderKind;
use crate::order::state::OrderState;
use crate::stats::query::Stage;
use crate::stats::rules::{Party, hours, percentile};

/// 统计 / The figures of the orders the caller sees, under a filter.
#[derive(Clone, Debug, PartialEq, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct StatsView {
    pub total: i64,
    /// Of these, past their limit.
    pub overdue: i64,
    pub by_status: Vec<StatusCount>,
    pub by_type: Vec<TypeCount>,
    /// By the creator's province; without one for those of creators of none.
    pub by_province: Vec<ProvinceCount>,
    /// By the local day of creation.
    pub by_day: Vec<DayCount>,
    /// How long orders stay in each state, by the stays that are over.
    pub stages: Vec<StageView>,
    /// Whom orders waited for since they were submitted, until they were closed or until now.
    pub waiting: WaitingView,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub struct StatusCount {
    pub status: OrderState,
    pub name: String,
    pub count: i64,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub struct TypeCount {
    #[serde(rename = "type")]
    pub kind: OrderKind,
    pub name: String,
    pub count: i64,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub struct ProvinceCount {
    /// GB/T 2260 two-digit code.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub province: Option<i32>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
    pub count: i64,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub struct DayCount {
    #[schema(examples("2026-03-05"))]
    pub day: String,
    pub count: i64,
}

/// One state orders stay in.
#[derive(Clone, Debug, PartialEq, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct StageView {
    pub stage: OrderState,
    pub name: String,
    /// Stays that are over.
    pub count: i64,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub median_hours: Option<f64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub p90_hours: Option<f64>,
}

/// Hours waited on each; the total is their sum.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct WaitingView {
    pub creator_hours: f64,
    pub icp_registry_hours: f64,
    pub approver_hours: f64,
    pub bpm_hours: f64,
    pub total_hours: f64,
}

/// What was counted.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Counted {
    pub overdue: i64,
    /// Status, kind, times.
    pub by_status: Vec<(String, String, i64)>,
    pub by_province: Vec<(Option<i32>, i64)>,
    /// `yyyyMMdd`, times.
    pub by_day: Vec<(String, i64)>,
    pub stages: Vec<Stage>,
}

impl StatsView {
    pub fn of(counted: Counted, language: Language) -> Self {
        let words = |text: Text| text.in_language(language).to_owned();
        let of_status = |state: OrderState| {
            counted.by_status.iter().filter(|(code, ..)| code == state.code()).map(|(.., times)| times).sum()
        };
        let of_kind = |kind: OrderKind| {
            counted.by_status.iter().filter(|(_, code, _)| code == kind.code()).map(|(.., times)| times).sum()
        };
        let by_status =
            OrderState::ALL.map(|status| StatusCount { status, name: words(status.name()), count: of_status(status) });
        let by_type = OrderKind::ALL.map(|kind| TypeCount { kind, name: words(kind.name()), count: of_kind(kind) });
        Self {
            total: counted.by_status.iter().map(|(.., times)| times).sum(),
            overdue: counted.overdue,
            by_status: by_status.into_iter().filter(|row| row.count > 0).collect(),
            by_type: by_type.into_iter().filter(|row| row.count > 0).collect(),
            by_province: counted.by_province.iter().map(|row| ProvinceCount::of(*row, language)).collect(),
            by_day: counted.by_day.iter().map(DayCount::of).collect(),
            waiting: WaitingView::of(&counted.stages),
            stages: counted.stages.into_iter().map(|stage| StageView::of(stage, language)).collect(),
        }
    }
}

impl ProvinceCount {
    fn of((province, count): (Option<i32>, i64), language: Language) -> Self {
        let name = province.and_then(province::find).map(|found| found.name.in_language(language).to_owned());
        Self { province, name, count }
    }
}

impl DayCount {
    fn of((day, count): &(String, i64)) -> Self {
        let part = |range| day.get(range).unwrap_or_default();
        Self { day: format!("{}-{}-{}", part(0..4), part(4..6), part(6..8)), count: *count }
    }
}

impl StageView {
    fn of(mut stage: Stage, language: Language) -> Self {
        Self {
            stage: stage.state,
            name: stage.state.name().in_language(language).to_owned(),
            count: stage.durations.iter().map(|(_, times)| times).sum(),
            median_hours: percentile(&mut stage.durations, 50),
            p90_hours: percentile(&mut stage.durations, 90),
        }
    }
}

impl WaitingView {
    fn of(stages: &[Stage]) -> Self {
        let waited = |party: Party| {
            let on_them = stages.iter().filter(|stage| Party::awaited_in(stage.state) == Some(party));
            hours(on_them.map(|stage| stage.total).sum())
        };
        let [creator_hours, icp_registry_hours, approver_hours, bpm_hours] = Party::ALL.map(waited);
        let total = creator_hours + icp_registry_hours + approver_hours + bpm_hours;
        let total_hours = (total * 100.0).round() / 100.0 + 0.0;
        Self { creator_hours, icp_registry_hours, approver_hours, bpm_hours, total_hours }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_waited_on_each_adds_up_to_the_whole() {
        let stage = |state, total| Stage { state, durations: vec![(100, 1)], total };
        let stages = vec![
            stage(OrderState::IcpChecking, 36.0),
            stage(OrderState::Approving, 7_200.0),
            stage(OrderState::Dispatching, 360.0),
            stage(OrderState::BpmProcessing, 3_600.0),
            stage(OrderState::Rejected, 1_800.0),
            stage(OrderState::BpmReject, 1_800.0),
        ];
        let waiting = WaitingView::of(&stages);
        let expected = WaitingView {
            creator_hours: 1.0,
            icp_registry_hours: 0.01,
            approver_hours: 2.0,
            bpm_hours: 1.1,
            total_hours: 4.11,
        };
        assert_eq!(waiting, expected);
    }

    #[test]
    fn days_provinces_states_and_kinds_are_named() {
        let counted = Counted {
            by_status: vec![
                ("approving".into(), "domain_request".into(), 2),
                ("draft".into(), "live_request".into(), 1),
            ],
            by_province: vec![(None, 1), (Some(33), 2)],
            by_day: vec![("20260305".into(), 3)],
            ..Counted::default()
        };
        let view = StatsView::of(counted, Language::Chinese);
        assert_eq!((view.total, view.by_day[0].day.as_str()), (3, "2026-03-05"));
        assert_eq!((view.by_status.len(), view.by_type[0].name.as_str()), (2, "域名配置需求"));
        assert_eq!((view.by_province[0].name.as_deref(), view.by_province[1].name.as_deref()), (None, Some("浙江")));
    }
}
