use shared_model::ids::{OrderId, TaskId};

use super::*;

fn order(status: &str) -> OrderFacts {
    let dispatch = DispatchFacts {
        attempt: 1,
        task_id: Some(TaskId("t".into())),
        bill_no: Some("HD1".into()),
        message: "delivered".into(),
        heard: vec!["e-1".into()],
    };
    OrderFacts {
        order_id: OrderId(1),
        order_code: "c".into(),
        status: status.into(),
        attempt: 1,
        dispatches: vec![dispatch],
        not_live: Vec::new(),
        still_live: Vec::new(),
    }
}

fn task(state: TaskState, bill: BillState) -> TaskSide {
    TaskSide {
        id: "t".into(),
        order_id: 1,
        order_code: "c".into(),
        attempt: 1,
        state,
        bill: Some(("HD1".into(), bill)),
        events: vec![event("row-1", "e-1", EventState::Delivered)],
    }
}

fn event(id: &str, event_id: &str, state: EventState) -> EventSide {
    EventSide { id: id.into(), event_id: event_id.into(), kind: EventKind::Dispatched, state }
}

fn kinds(orders: &[OrderFacts], tasks: &[TaskSide]) -> Vec<DifferenceType> {
    compare(orders, tasks).into_iter().map(|one| one.kind).collect()
}

#[test]
fn what_agrees_is_no_difference() {
    for (status, state, bill) in [
        ("dispatching", TaskState::Queued, BillState::Issued),
        ("bpmProcessing", TaskState::Dispatched, BillState::Issued),
        ("bpmProcessing", TaskState::Processing, BillState::Issued),
        ("finished", TaskState::Closed, BillState::Closed),
        ("bpmReject", TaskState::RolledBack, BillState::Voided),
        ("approving", TaskState::Recalled, BillState::Voided),
    ] {
        assert_eq!(compare(&[order(status)], &[task(state, bill)]), [], "{status} {state:?}");
    }
}

#[test]
fn each_side_that_is_missing_or_differs_is_named() {
    let closed = || task(TaskState::Closed, BillState::Closed);
    assert_eq!(kinds(&[order("finished")], &[]), [DifferenceType::TaskMissing]);
    assert_eq!(kinds(&[], &[closed()]), [DifferenceType::OrderMissing]);
    assert_eq!(kinds(&[order("bpmProcessing")], &[closed()]), [DifferenceType::StateDiffers]);
    let billed = |bill| TaskSide { bill, ..closed() };
    let numbered = |number: &str| billed(Some((number.into(), BillState::Closed)));
    assert_eq!(kinds(&[order("finished")], &[numbered("HD2")]), [DifferenceType::BillDiffers]);
    let open = billed(Some(("HD1".into(), BillState::Issued)));
    assert_eq!(kinds(&[order("finished")], &[open]), [DifferenceType::BillStateDiffers]);
    let other = TaskSide { id: "u".into(), ..closed() };
    assert_eq!(kinds(&[order("finished")], &[other]), [DifferenceType::TaskDiffers]);
    let domains = OrderFacts {
        not_live: vec!["a.example.cn".into()],
        still_live: vec!["b.example.cn".into()],
        ..order("finished")
    };
    assert_eq!(kinds(&[domains], &[closed()]), [DifferenceType::DomainMissing, DifferenceType::DomainLeft]);
}

#[test]
fn what_can_be_sent_again_says_so_and_explains_the_rest() {
    let mut unheard = task(TaskState::Closed, BillState::Closed);
    unheard.events.push(event("row-2", "e-2", EventState::Delivered));
    let found = compare(&[order("bpmProcessing")], &[unheard]);
    assert_eq!(found.len(), 1);
    assert_eq!((found[0].kind, found[0].id.as_str()), (DifferenceType::EventMissing, "event:row-2"));
    assert!(found[0].repairable);
    let dead = task(TaskState::DeadLetter, BillState::Issued);
    let found = compare(&[order("dispatching")], &[dead]);
    assert_eq!((found.len(), found[0].id.as_str(), found[0].repairable), (1, "handover:t", true));
}

#[test]
fn what_is_on_its_way_is_no_difference() {
    let mut waiting = task(TaskState::Processing, BillState::Issued);
    waiting.events.push(event("row-2", "e-2", EventState::Pending));
    assert_eq!(compare(&[order("finished")], &[waiting]), []);
    let mut sent = order("dispatching");
    sent.dispatches[0].message = "pending".into();
    assert_eq!(compare(&[sent], &[]), []);
}
