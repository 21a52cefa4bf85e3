//! Orders and their BPM tasks agree: whoever is with BPM has an open task there, whoever came back has none.

use super::Disagreement;
use super::picture::{OrderPicture, Picture, TaskPicture, is_from_billing};

pub fn check(picture: &Picture) -> Vec<Disagreement> {
    let of_orders = picture.orders.values().filter_map(|order| check_order(picture, order));
    let of_tasks = picture.tasks.values().filter_map(|task| check_task(picture, task));
    of_orders.chain(of_tasks).collect()
}

/// The order's current dispatch, seen from the order.
fn check_order(picture: &Picture, order: &OrderPicture) -> Option<Disagreement> {
    if is_from_billing(&order.kind) || order.attempt == 0 {
        return None;
    }
    let subject = format!("work_order {}", order.id);
    let Some(dispatch) = order.dispatches.get(&order.attempt) else {
        let (zh, en) =
            (format!("第 {} 次下发没有记录", order.attempt), format!("dispatch {} is not recorded", order.attempt));
        return Some(Disagreement::new(subject, zh, en));
    };
    let waits = picture.dispatch_waits(dispatch);
    let Some(task) = picture.tasks.get(&(order.id, order.attempt)) else {
        let with_bpm = matches!(order.status.as_str(), "dispatching" | "bpmProcessing" | "bpmReject" | "finished");
        return (with_bpm && !waits).then(|| {
            let zh = format!("状态 {}，BPM 侧没有第 {} 次下发的任务", order.status, order.attempt);
            let en = format!("it is {}, BPM has no task for dispatch {}", order.status, order.attempt);
            Disagreement::new(subject, zh, en)
        });
    };
    if let Some(known) = &dispatch.task_id
        && *known != task.id
    {
        let zh = format!("记录的任务 {known} 与 BPM 侧的 {} 不同", task.id);
        let en = format!("it knows task {known}, BPM has {}", task.id);
        return Some(Disagreement::new(subject, zh, en));
    }
    None
}

/// A task, seen from BPM.
fn check_task(picture: &Picture, task: &TaskPicture) -> Option<Disagreement> {
    let subject = format!("bpm_task {}", task.id);
    let Some(order) = picture.orders.get(&task.order_id) else {
        let (zh, en) = (format!("工单 {} 不存在", task.order_id), format!("there is no work order {}", task.order_id));
        return Some(Disagreement::new(subject, zh, en));
    };
    let current = order.attempt == task.attempt;
    let agrees = match task.state.as_str() {
        "queued" | "deadLetter" => current && order.status == "dispatching",
        "dispatched" => current && matches!(order.status.as_str(), "dispatching" | "bpmProcessing"),
        "processing" => current && order.status == "bpmProcessing",
        "closed" => current && order.status == "finished",
        "rolledBack" | "recalled" => {
            !current || !matches!(order.status.as_str(), "dispatching" | "bpmProcessing" | "finished")
        }
        _ => false,
    };
    if agrees || task.event_waits {
        return None;
    }
    let zh = format!("任务 {}（第 {} 次下发），工单 {} 为 {}", task.state, task.attempt, order.id, order.status);
    let en =
        format!("the task (dispatch {}) is {}, work order {} is {}", task.attempt, task.state, order.id, order.status);
    Some(Disagreement::new(subject, zh, en))
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use super::super::picture::{DispatchPicture, MessagePicture};
    use super::*;

    fn picture(status: &str, task: Option<&str>) -> Picture {
        let dispatch = DispatchPicture { outbox_id: "m".into(), ..Default::default() };
        let order = OrderPicture {
            id: 1,
            kind: "domain_request".into(),
            status: status.into(),
            attempt: 1,
            dispatches: BTreeMap::from([(1, dispatch)]),
            ..Default::default()
        };
        let mut picture = Picture { orders: BTreeMap::from([(1, order)]), ..Default::default() };
        if let Some(state) = task {
            let task =
                TaskPicture { id: "t".into(), order_id: 1, attempt: 1, state: state.into(), ..Default::default() };
            picture.tasks.insert((1, 1), task);
        }
        picture
    }

    #[test]
    fn each_state_of_an_order_fits_certain_states_of_its_task() {
        let fitting = [
            ("dispatching", "queued"),
            ("dispatching", "dispatched"),
            ("dispatching", "deadLetter"),
            ("bpmProcessing", "dispatched"),
            ("bpmProcessing", "processing"),
            ("finished", "closed"),
            ("bpmReject", "rolledBack"),
            ("approving", "rolledBack"),
            ("approving", "recalled"),
        ];
        for (status, task) in fitting {
            assert_eq!(check(&picture(status, Some(task))), [], "{status} {task}");
        }
        for (status, task) in [("finished", "processing"), ("bpmProcessing", "closed"), ("bpmReject", "dispatched")] {
            assert_eq!(check(&picture(status, Some(task))).len(), 1, "{status} {task}");
        }
    }

    #[test]
    fn an_event_on_its_way_explains_a_difference() {
        let mut picture = picture("finished", Some("processing"));
        picture.tasks.values_mut().for_each(|task| task.event_waits = true);
        assert_eq!(check(&picture), []);
    }

    #[test]
    fn an_order_with_bpm_that_bpm_does_not_know_is_found_unless_the_dispatch_still_waits() {
        let mut picture = picture("dispatching", None);
        assert_eq!(check(&picture).len(), 1);
        let waiting = MessagePicture { id: "m".into(), state: "dead".into(), ..Default::default() };
        picture.messages.push(waiting);
        assert_eq!(check(&picture), []);
    }

    #[test]
    fn a_task_of_no_order_is_found() {
        let mut picture = picture("finished", Some("closed"));
        picture.orders.clear();
        assert_eq!(check(&picture).len(), 1);
    }
}
