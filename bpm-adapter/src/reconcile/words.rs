//! A difference as people read it: what is missing where.

use shared_model::text::Text;

use super::rules::{Difference, DifferenceType};

pub fn detail(difference: &Difference) -> Text {
    let shown = |side: &Option<String>| side.clone().unwrap_or_else(|| "-".to_owned());
    let sides = &difference.sides;
    let (order, task, bill, domain) =
        (shown(&sides.order), shown(&sides.task), shown(&sides.bill), shown(&sides.domain));
    match difference.kind {
        DifferenceType::TaskMissing => Text::new(
            format!("工单为 {order}，BPM 侧没有对应任务"),
            format!("the order is {order}, BPM has no task for it"),
        ),
        DifferenceType::OrderMissing => Text::new(
            format!("任务为 {task}，工单侧没有这次下发"),
            format!("the task is {task}, the order service knows no such dispatch"),
        ),
        DifferenceType::TaskDiffers => Text::fixed("工单侧记录的是另一个任务", "the order service knows another task"),
        DifferenceType::EngineMissing => {
            Text::fixed("BPM 引擎没有收到任务，可重发", "the engine never took the task; send it again")
        }
        DifferenceType::StateDiffers => {
            Text::new(format!("工单为 {order}，任务为 {task}"), format!("the order is {order}, the task is {task}"))
        }
        DifferenceType::EventMissing => Text::fixed(
            "工单侧没有收到任务的一次反馈，可重发",
            "the order service has not heard of an event; send it again",
        ),
        DifferenceType::BillMissing => Text::fixed("任务没有话单", "the task has no bill"),
        DifferenceType::BillStateDiffers => {
            Text::new(format!("任务为 {task}，话单为 {bill}"), format!("the task is {task}, its bill is {bill}"))
        }
        DifferenceType::BillDiffers => {
            Text::fixed("工单侧记录的话单号不同", "the order service knows another bill number")
        }
        DifferenceType::DomainMissing => Text::new(
            format!("工单已完成，域名 {domain} 未上线"),
            format!("the order is finished, the domain {domain} is not live"),
        ),
        DifferenceType::DomainLeft => Text::new(
            format!("工单已将域名 {domain} 下线，却仍在线"),
            format!("the order took the domain {domain} down, it is still live"),
        ),
    }
}
