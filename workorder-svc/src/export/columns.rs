//! What an export says of each order: the columns of the desk's list, in the reader's language.

use shared_model::local_time::list_time;
use shared_model::text::{Language, Text};

use crate::export::workbook::Cell;
use crate::order::view::{Lens, ListItem, ListedOrder};

/// Each column: its heading, and its width in characters.
const COLUMNS: [(Text, u16); 18] = [
    (Text::fixed("编号", "Code"), 18),
    (Text::fixed("工单类型", "Order type"), 20),
    (Text::fixed("需求", "Requirement"), 10),
    (Text::fixed("状态", "Status"), 18),
    (Text::fixed("企业", "Enterprise"), 28),
    (Text::fixed("产品", "Product"), 16),
    (Text::fixed("订购编号", "Subscription"), 24),
    (Text::fixed("域名", "Domains"), 36),
    (Text::fixed("域名数", "Number of domains"), 10),
    (Text::fixed("批量", "Batch"), 8),
    (Text::fixed("有不合法域名", "Unlawful domains"), 14),
    (Text::fixed("发起人", "Creator"), 32),
    (Text::fixed("当前处理人", "Holder"), 20),
    (Text::fixed("处理角色", "Holder's role"), 22),
    (Text::fixed("到手时间", "Since"), 17),
    (Text::fixed("时限", "Due"), 17),
    (Text::fixed("创建时间", "Created"), 17),
    (Text::fixed("更新时间", "Updated"), 17),
];

/// The headings, with the widths of their columns.
pub fn headings(language: Language) -> Vec<(String, u16)> {
    COLUMNS.iter().map(|(title, width)| (title.in_language(language).to_owned(), *width)).collect()
}

/// The sheet's name.
pub fn sheet_name(language: Language) -> &'static str {
    match language {
        Language::Chinese => "工单",
        Language::English => "Work orders",
    }
}

/// One order.
pub fn row(listed: &ListedOrder, lens: &Lens<'_>) -> Vec<Cell> {
    let (order, language) = (&listed.order, lens.language);
    let item = ListItem::of(listed, lens, true);
    let words = |text: &Text| Cell::Text(text.in_language(language).to_owned());
    let yes_no = |yes: bool| {
        let text = if yes { Text::fixed("是", "yes") } else { Text::fixed("否", "no") };
        words(&text)
    };
    let time = |at| Cell::Text(list_time(at, lens.zone));
    let given = |text: Option<&str>| Cell::Text(text.unwrap_or_default().to_owned());
    let holder = item.desk.as_ref().and_then(|desk| desk.holder.as_ref());
    let role = holder.and_then(|holder| holder.role);
    vec![
        Cell::Text(order.code.clone()),
        words(&order.kind.name()),
        order.requirement.map_or_else(|| given(None), |requirement| words(&requirement.name())),
        words(&order.state.name()),
        given(order.enterprise.as_ref().map(|enterprise| enterprise.name.as_str())),
        given(order.product.as_ref().map(|product| product.name.as_str())),
        given(order.product.as_ref().map(|product| product.id.as_str())),
        Cell::Text(item.details),
        Cell::Number(listed.domains_total),
        yes_no(order.batch),
        yes_no(listed.prohibited),
        Cell::Text(item.user),
        given(holder.map(|holder| holder.name.as_str())),
        role.map_or_else(|| given(None), |role| words(&role.name())),
        time(order.since),
        listed.due_at.map_or_else(|| given(None), time),
        time(order.created_at),
        time(order.updated_at),
    ]
}

#[cfg(test)]
mod tests {
    use shared_model::ids::UserId;
    use shared_model::local_time::DEFAULT_ZONE;
    use shared_model::permission::RolePermissions;
    use shared_model::role::Role;

    use super::*;
    use crate::order::rules::Viewer;
    use crate::order::sample::{created, order};

    #[test]
    fn a_row_has_a_cell_for_every_heading_in_the_readers_language_and_masks_numbers() {
        let details = "a.cn等2个".to_owned();
        let listed = ListedOrder { order: order(), details, domains_total: 2, prohibited: false, due_at: None };
        let roles = vec![Role::Operator];
        let permissions = RolePermissions::default().of(&roles);
        let viewer = Viewer { id: UserId::from("operator"), roles, permissions, stands_in_for: vec![] };
        let written = |language| {
            let lens = Lens { viewer: &viewer, language, zone: DEFAULT_ZONE, now: created() };
            row(&listed, &lens)
        };
        let zh = written(Language::Chinese);
        assert_eq!(zh.len(), headings(Language::Chinese).len());
        assert_eq!(zh[3], Cell::Text("审批中".into()));
        assert_eq!(zh[11], Cell::Text("示例经理 | 138****0000 | manager@example.com".into()));
        assert_eq!(zh[16], Cell::Text("2023-12-04 23:40".into()));
        assert_eq!(written(Language::English)[3], Cell::Text("Awaiting approval".into()));
    }
}
