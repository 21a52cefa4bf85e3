//! What a notice is about. The codes are kept in the inbox and named in the settings.

use serde::{Deserialize, Serialize};
use shared_model::text::Text;
use utoipa::ToSchema;

/// 通知类型 / The kind of a notice.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub enum NoticeKind {
    /// To whom the order came: an approver, a substitute, the BPM person.
    WaitingForYou,
    /// To whom it was handed over.
    TransferredToYou,
    /// To its holder: the creator asks for speed.
    Urged,
    /// To its holder: its time is nearly up, or is.
    DueSoon,
    Overdue,
    /// To its creator: what became of it.
    OrderApproved,
    OrderRejected,
    OrderReturned,
    OrderFinished,
    /// To who had it in hand: nothing is to be done any more.
    OrderWithdrawn,
    /// To the creator of the live domain's order, and those who administer: its ICP filing is gone, or is back.
    IcpLapsed,
    IcpRestored,
    /// To PLATFORM_ADMIN: a dispatch was given up.
    DeadLetter,
}

impl NoticeKind {
    pub const ALL: [Self; 13] = [
        Self::WaitingForYou,
        Self::TransferredToYou,
        Self::Urged,
        Self::DueSoon,
        Self::Overdue,
        Self::OrderApproved,
        Self::OrderRejected,
        Self::OrderReturned,
        Self::OrderFinished,
        Self::OrderWithdrawn,
        Self::IcpLapsed,
        Self::IcpRestored,
        Self::DeadLetter,
    ];

    pub const fn code(self) -> &'static str {
        match self {
            Self::WaitingForYou => "waitingForYou",
            Self::TransferredToYou => "transferredToYou",
            Self::Urged => "urged",
            Self::DueSoon => "dueSoon",
            Self::Overdue => "overdue",
            Self::OrderApproved => "orderApproved",
            Self::OrderRejected => "orderRejected",
            Self::OrderReturned => "orderReturned",
            Self::OrderFinished => "orderFinished",
            Self::OrderWithdrawn => "orderWithdrawn",
            Self::IcpLapsed => "icpLapsed",
            Self::IcpRestored => "icpRestored",
            Self::DeadLetter => "deadLetter",
        }
    }

    pub fn from_code(code: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.code() == code)
    }

    pub const fn name(self) -> Text {
        match self {
            Self::WaitingForYou => Text::fixed("待您处理", "Waiting for you"),
            Self::TransferredToYou => Text::fixed("转给您", "Handed over to you"),
            Self::Urged => Text::fixed("催办", "Urged"),
            Self::DueSoon => Text::fixed("即将超时", "Due soon"),
            Self::Overdue => Text::fixed("已超时", "Overdue"),
            Self::OrderApproved => Text::fixed("审批通过", "Approved"),
            Self::OrderRejected => Text::fixed("审批驳回", "Rejected"),
            Self::OrderReturned => Text::fixed("工单退回", "Returned"),
            Self::OrderFinished => Text::fixed("工单完成", "Finished"),
            Self::OrderWithdrawn => Text::fixed("工单撤回", "Withdrawn"),
            Self::IcpLapsed => Text::fixed("备案失效", "ICP filing lapsed"),
            Self::IcpRestored => Text::fixed("备案恢复", "ICP filing restored"),
            Self::DeadLetter => Text::fixed("下发失败", "Dispatch given up"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn kinds_write_as_their_codes_and_are_found_by_them() {
        for kind in NoticeKind::ALL {
            assert_eq!(serde_json::to_value(kind).unwrap(), kind.code());
            assert_eq!(NoticeKind::from_code(kind.code()), Some(kind));
        }
    }
}
