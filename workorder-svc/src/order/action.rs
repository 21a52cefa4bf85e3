//! What people can do to an order.

use serde::{Deserialize, Serialize};
use shared_model::permission::Permission;
use shared_model::text::Text;
use utoipa::ToSchema;

/// An action on an order, as `allowedActions` names it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub enum Action {
    Approve,
    Reject,
    Transfer,
    Submit,
    Modify,
    Split,
    Withdraw,
    IcpChecked,
    Recall,
    Urge,
    Comment,
}

impl Action {
    /// In the order they are shown.
    pub const ALL: [Self; 11] = [
        Self::Approve,
        Self::Reject,
        Self::Transfer,
        Self::Submit,
        Self::Modify,
        Self::Split,
        Self::Withdraw,
        Self::IcpChecked,
        Self::Recall,
        Self::Urge,
        Self::Comment,
    ];

    pub const fn code(self) -> &'static str {
        match self {
            Self::Approve => "approve",
            Self::Reject => "reject",
            Self::Transfer => "transfer",
            Self::Submit => "submit",
            Self::Modify => "modify",
            Self::Split => "split",
            Self::Withdraw => "withdraw",
            Self::IcpChecked => "icpChecked",
            Self::Recall => "recall",
            Self::Urge => "urge",
            Self::Comment => "comment",
        }
    }

    pub const fn name(self) -> Text {
        match self {
            Self::Approve => Text::fixed("通过", "Approve"),
            Self::Reject => Text::fixed("驳回", "Reject"),
            Self::Transfer => Text::fixed("转办", "Hand over"),
            Self::Submit => Text::fixed("提交", "Submit"),
            Self::Modify => Text::fixed("修改并重新提交", "Modify and resubmit"),
            Self::Split => Text::fixed("拆分", "Split"),
            Self::Withdraw => Text::fixed("撤回", "Withdraw"),
            Self::IcpChecked => Text::fixed("更正合法性", "Correct the legality"),
            Self::Recall => Text::fixed("召回话单", "Recall the dispatch"),
            Self::Urge => Text::fixed("催办", "Urge"),
            Self::Comment => Text::fixed("备注", "Comment"),
        }
    }

    /// What the caller's roles must hold.
    pub const fn permission(self) -> Permission {
        match self {
            Self::Approve | Self::Reject | Self::Transfer => Permission::WoOrderApprove,
            Self::Submit | Self::Urge => Permission::WoOrderSave,
            Self::Modify | Self::Split | Self::Withdraw => Permission::WoOrderModify,
            Self::IcpChecked => Permission::WoIcpUpdate,
            Self::Recall => Permission::WoOrderRecall,
            Self::Comment => Permission::WoOrderDetail,
        }
    }

    /// The rule it stands under, in words.
    pub const fn rule(self) -> Text {
        match self {
            Self::Approve | Self::Reject => Text::fixed(
                "审批中的工单由当前审批人或其代理人决定；发起人不能审批自己的工单",
                "an order in approval is decided by its current approver or their substitute, never by its creator",
            ),
            Self::Transfer => Text::fixed(
                "当前审批人或其代理人可转给同角色的其他人；发起人离职后，平台管理员可转给其他客户经理",
                "the current approver hands over to another holder of the role; when the creator left, PLATFORM_ADMIN \
                 to another manager",
            ),
            Self::Submit => Text::fixed("草稿由发起人提交", "a draft is submitted by its creator"),
            Self::Modify => Text::fixed(
                "备案未通过、审批驳回、BPM驳回的工单由发起人修改后重新提交",
                "an order that came back is modified and resubmitted by its creator",
            ),
            Self::Split => Text::fixed(
                "备案未通过且有合法域名时，发起人可以拆分：合法的继续，其余成为新工单",
                "when the ICP check failed for some domains, the creator splits the order: the lawful ones go on",
            ),
            Self::Withdraw => Text::fixed(
                "下发之前发起人可以撤回；发起人离职后由平台管理员撤回",
                "the creator withdraws before the dispatch; PLATFORM_ADMIN when the creator left",
            ),
            Self::IcpChecked => Text::fixed(
                "备案校验中、备案未通过、审批中可以更正，发起人除外",
                "legality is corrected during the check, after it failed and in approval, not by the creator",
            ),
            Self::Recall => Text::fixed(
                "下发中且话单已进入死信时，平台管理员可以召回",
                "PLATFORM_ADMIN recalls a dispatch that is a dead letter",
            ),
            Self::Urge => Text::fixed(
                "在审批人或 BPM 人员手里的工单可以催办，两次之间须隔一段时间",
                "an order in the hands of an approver or of BPM is urged, not again before some time has passed",
            ),
            Self::Comment => Text::fixed("能看到工单的人都可以备注", "whoever sees the order may comment"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn actions_write_as_their_codes() {
        for action in Action::ALL {
            assert_eq!(serde_json::to_value(action).unwrap(), action.code());
        }
    }
}
