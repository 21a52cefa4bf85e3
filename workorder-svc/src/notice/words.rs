//! The words of a notice in both languages, by its kind. Pure.

use shared_model::text::Text;

use crate::notice::facts::Facts;
use crate::notice::kind::NoticeKind;
use crate::order::kind::OrderKind;

/// What it says in one line.
pub fn title(kind: NoticeKind, facts: &Facts) -> Text {
    let (code, subject) = (&facts.code, &facts.subject);
    let both = |zh: String, en: String| Text::new(zh, en);
    match kind {
        NoticeKind::WaitingForYou => {
            both(format!("工单 {code} 等待您处理"), format!("Work order {code} waits for you"))
        }
        NoticeKind::TransferredToYou => {
            both(format!("工单 {code} 已转给您处理"), format!("Work order {code} was handed over to you"))
        }
        NoticeKind::Urged => {
            both(format!("催办：工单 {code} 等待您处理"), format!("You are urged: work order {code} waits for you"))
        }
        NoticeKind::DueSoon => both(format!("工单 {code} 即将超时"), format!("Work order {code} is due soon")),
        NoticeKind::Overdue => both(format!("工单 {code} 已超时"), format!("Work order {code} is overdue")),
        NoticeKind::OrderApproved => {
            both(format!("工单 {code} 已通过审批，正在下发"), format!("Work order {code} is approved and dispatched"))
        }
        NoticeKind::OrderRejected => {
            both(format!("工单 {code} 被驳回，请修改后重新提交"), format!("Work order {code} was rejected"))
        }
        NoticeKind::OrderReturned => {
            both(format!("工单 {code} 已退回，请修改后重新提交"), format!("Work order {code} was returned to you"))
        }
        NoticeKind::OrderFinished => both(format!("工单 {code} 已完成"), format!("Work order {code} is finished")),
        NoticeKind::OrderWithdrawn => {
            both(format!("工单 {code} 已撤回，无需处理"), format!("Work order {code} was withdrawn"))
        }
        NoticeKind::IcpLapsed => {
            both(format!("域名 {subject} 的备案已失效"), format!("The ICP filing of {subject} has lapsed"))
        }
        NoticeKind::IcpRestored => {
            both(format!("域名 {subject} 的备案已恢复"), format!("The ICP filing of {subject} is back"))
        }
        NoticeKind::DeadLetter => both(
            format!("工单 {code} 的话单下发失败，需要人工处理"),
            format!("The dispatch of work order {code} was given up and needs you"),
        ),
    }
}

/// What there is to know beside it: the order, and what was said.
pub fn body(facts: &Facts) -> Text {
    let kind = OrderKind::from_code(&facts.enum_type).map(OrderKind::name);
    let lines = |kind: Option<String>, colon: &str| {
        let about = [kind.as_deref().unwrap_or_default(), &facts.enterprise, &facts.subject];
        let about = about.into_iter().filter(|part| !part.is_empty()).collect::<Vec<_>>().join(" · ");
        let said = match (facts.by.as_str(), facts.comment.as_str()) {
            ("", comment) => comment.to_owned(),
            (by, "") => by.to_owned(),
            (by, comment) => format!("{by}{colon}{comment}"),
        };
        [about, said].into_iter().filter(|line| !line.is_empty()).collect::<Vec<_>>().join("\n")
    };
    let (zh, en) = kind.map_or((None, None), |name| (Some(name.zh.into_owned()), Some(name.en.into_owned())));
    Text::new(lines(zh, "："), lines(en, ": "))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::order::sample::order;

    #[test]
    fn every_kind_has_words_in_both_languages_that_name_what_it_is_about() {
        let facts = Facts { subject: "example.cn".to_owned(), ..Facts::of_order(&order()) };
        for kind in NoticeKind::ALL {
            let title = title(kind, &facts);
            let named = |text: &str| text.contains(&facts.code) || text.contains(&facts.subject);
            assert!(named(&title.zh) && named(&title.en) && title.zh != title.en, "{title:?}");
        }
    }

    #[test]
    fn the_body_has_the_order_and_what_was_said_by_whom() {
        let facts = Facts { by: "示例经理".to_owned(), ..Facts::of_order(&order()).saying(Some("请尽快")) };
        let body = body(&facts);
        assert!(body.zh.contains("域名配置需求 · ") && body.zh.ends_with("\n示例经理：请尽快"), "{}", body.zh);
        assert!(body.en.ends_with("\n示例经理: 请尽快"), "{}", body.en);
    }
}
