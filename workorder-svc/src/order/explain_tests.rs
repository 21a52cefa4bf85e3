//! The explanation agrees with what the calls answer.

use shared_model::ids::UserId;
use shared_model::local_time::DEFAULT_ZONE;
use shared_model::permission::RolePermissions;

use super::*;
use crate::approval::chain::Returned;
use crate::order::domain_view::Filings;
use crate::order::model::Actor;
use crate::order::rules::{Viewer, allowed_actions};
use crate::order::sample::{created, order, person};

fn viewer(id: &str, role: Role) -> Viewer {
    let roles = vec![role];
    let permissions = RolePermissions::default().of(&roles);
    Viewer { id: UserId::from(id), roles, permissions, stands_in_for: vec![] }
}

fn entry(event: &str, actor: &str, from: OrderState, to: OrderState, comment: Option<&str>) -> HistoryEntry {
    HistoryEntry {
        id: 1,
        time: created(),
        event: event.to_owned(),
        actor: Actor { id: None, name: actor.to_owned(), role: None },
        on_behalf_of: None,
        from: Some(from),
        to,
        comment: comment.map(str::to_owned),
        icp_completed: true,
        icp_success: true,
    }
}

fn record(order: Order, history: Vec<HistoryEntry>) -> Record {
    let creator = CreatorStanding::InService;
    let (filings, links) = (Filings::default(), Default::default());
    Record { order, attachments: vec![], history, tasks: vec![], creator, due_at: None, filings, links }
}

fn explained(record: &Record, viewer: &Viewer, language: Language) -> Explanation {
    Explanation::of(record, &Lens { viewer, language, zone: DEFAULT_ZONE, now: created() })
}

fn in_chinese(record: &Record) -> Explanation {
    explained(record, &viewer("manager", Role::EcManager), Language::Chinese)
}

#[test]
fn what_it_calls_allowed_is_what_the_rules_allow() {
    for state in OrderState::ALL {
        for viewer in [viewer("manager", Role::EcManager), viewer("group", Role::GroupManagerAdmin)] {
            let mut order = order();
            order.state = state;
            let expected = allowed_actions(&order, &viewer, CreatorStanding::InService);
            let explanation = explained(&record(order, vec![]), &viewer, Language::Chinese);
            let allowed: Vec<_> = explanation.actions.iter().filter(|a| a.allowed).map(|a| a.action).collect();
            assert_eq!(allowed, expected, "{state:?}");
            assert_eq!(explanation.actions.len(), Action::ALL.len());
            assert!(explanation.actions.iter().all(|a| a.allowed == a.code.is_none() && !a.rule.is_empty()));
        }
    }
}

#[test]
fn an_order_in_approval_names_the_step_and_why_this_person() {
    let explanation = in_chinese(&record(order(), vec![]));
    assert_eq!(explanation.standing, "等待集团客户经理管理员审批（第 1 步，共 1 步）");
    assert_eq!(explanation.holder.unwrap().name, "示例经理");
    assert!(explanation.why_holder.unwrap().contains("同省优先"));
    let approve = explanation.actions.iter().find(|a| a.action == Action::Approve).unwrap();
    assert_eq!(approve.code.as_deref(), Some("auth.forbidden"));
}

#[test]
fn the_fall_back_the_return_and_the_hand_over_are_told() {
    let mut fallen = order();
    fallen.approver = Some(person("admin", Role::PlatformAdmin));
    assert!(in_chinese(&record(fallen, vec![])).why_holder.unwrap().contains("转平台管理员"));
    let mut back = order();
    back.route.returned = Some(Returned { by: "group".into(), step: 0, fingerprint: String::new(), approved: vec![] });
    assert!(in_chinese(&record(back, vec![])).why_holder.unwrap().contains("上次由其驳回"));
    let (from, to) = (OrderState::Approving, OrderState::Approving);
    let handed = vec![
        entry("icpPassed", "备案系统", OrderState::IcpChecking, to, None),
        entry("transferred", "甲", from, to, Some("请代为处理")),
        entry("commented", "乙", from, to, Some("知道了")),
    ];
    assert_eq!(in_chinese(&record(order(), handed.clone())).why_holder.unwrap(), "由甲转办");
    let mut next_step = handed;
    next_step.push(entry("stepApproved", "甲", from, to, None));
    assert!(in_chinese(&record(order(), next_step)).why_holder.unwrap().contains("同省优先"));
}

#[test]
fn a_returned_order_repeats_the_words_of_whoever_returned_it() {
    let mut rejected = order();
    rejected.state = OrderState::Rejected;
    rejected.approver = Some(rejected.creator.clone());
    let history = vec![
        entry("rejected", "集团管理员", OrderState::Approving, OrderState::Rejected, Some("源站不对")),
        entry("commented", "示例经理", OrderState::Rejected, OrderState::Rejected, Some("马上改")),
    ];
    assert_eq!(in_chinese(&record(rejected, history)).standing, "审批驳回（集团管理员）：源站不对");
}

#[test]
fn a_check_without_an_answer_says_when_it_is_tried_again() {
    let mut checking = order();
    checking.state = OrderState::IcpChecking;
    checking.domains[0].legality = Legality::Lawful;
    checking.icp.retry_at = Some(created());
    let standing = in_chinese(&record(checking, vec![])).standing;
    assert_eq!(standing, "正在校验备案：共 2 个域名，1 个还没有结果；备案系统没有答复，2023-12-04 23:40 再试");
}

#[test]
fn the_bpm_person_is_explained_by_the_rule_that_chose_them() {
    let explained_for = |creator: Role, assignee: Role| {
        let mut processing = order();
        processing.state = OrderState::BpmProcessing;
        processing.creator.role = Some(creator);
        processing.assignee = Some(person("x", assignee));
        in_chinese(&record(processing, vec![])).why_holder.unwrap()
    };
    assert!(explained_for(Role::ProvinceManager, Role::ProvinceSa).contains("同省的省SA"));
    assert!(explained_for(Role::ProvinceManager, Role::GlobalAreaManager).contains("没有省SA"));
    assert!(explained_for(Role::EcManager, Role::Sa).contains("由SA处理"));
    assert!(explained_for(Role::EcManager, Role::GlobalAreaManager).contains("没有可用的SA"));
}

#[test]
fn english_readers_read_english() {
    let explanation = explained(&record(order(), vec![]), &viewer("group", Role::GroupManagerAdmin), Language::English);
    assert!(explanation.standing.starts_with("waits for approval by Group account administrator"));
    assert!(explanation.actions.iter().all(|action| action.rule.is_ascii()));
}
