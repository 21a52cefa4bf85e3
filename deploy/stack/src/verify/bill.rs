//! Each task has exactly one bill (话单), and the bill ends as its task does.

use super::Disagreement;
use super::picture::{OrderPicture, Picture, TaskPicture};

pub fn check(picture: &Picture) -> Vec<Disagreement> {
    picture.tasks.values().filter_map(|task| check_task(task, picture.orders.get(&task.order_id))).collect()
}

fn check_task(task: &TaskPicture, order: Option<&OrderPicture>) -> Option<Disagreement> {
    let subject = format!("bpm_task {}", task.id);
    let [bill] = task.bills.as_slice() else {
        let count = task.bills.len();
        return Some(Disagreement::new(subject, format!("有 {count} 张话单"), format!("it has {count} bills")));
    };
    let expected = match task.state.as_str() {
        "closed" => "closed",
        "rolledBack" | "recalled" => "voided",
        _ => "issued",
    };
    if bill.state != expected || bill.order_id != task.order_id {
        let zh = format!("任务 {}，话单 {} 为 {}", task.state, bill.number, bill.state);
        let en = format!("the task is {}, its bill {} is {}", task.state, bill.number, bill.state);
        return Some(Disagreement::new(subject, zh, en));
    }
    let known =
        order.and_then(|order| order.dispatches.get(&task.attempt)).and_then(|dispatch| dispatch.bill_no.as_ref());
    known.filter(|known| **known != bill.number).map(|known| {
        let zh = format!("话单为 {}，工单侧记录 {known}", bill.number);
        let en = format!("its bill is {}, the work order knows {known}", bill.number);
        Disagreement::new(subject, zh, en)
    })
}

#[cfg(test)]
mod tests {
    use super::super::picture::BillPicture;
    use super::*;

    fn task(state: &str, bills: &[&str]) -> TaskPicture {
        let bill = |state: &&str| BillPicture { number: "HD1".into(), order_id: 1, state: (*state).into() };
        let bills = bills.iter().map(bill).collect();
        TaskPicture { id: "t".into(), order_id: 1, attempt: 1, state: state.into(), bills, event_waits: false }
    }

    #[test]
    fn a_bill_ends_as_its_task_does() {
        let fitting = [
            ("queued", "issued"),
            ("deadLetter", "issued"),
            ("processing", "issued"),
            ("closed", "closed"),
            ("rolledBack", "voided"),
            ("recalled", "voided"),
        ];
        for (state, bill) in fitting {
            assert_eq!(check_task(&task(state, &[bill]), None), None, "{state} {bill}");
        }
        assert!(check_task(&task("closed", &["issued"]), None).is_some());
        assert!(check_task(&task("processing", &["voided"]), None).is_some());
    }

    #[test]
    fn a_task_without_a_bill_or_with_two_is_found() {
        assert!(check_task(&task("closed", &[]), None).is_some());
        assert!(check_task(&task("closed", &["closed", "closed"]), None).is_some());
    }
}
