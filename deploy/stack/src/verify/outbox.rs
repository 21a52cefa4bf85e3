//! What an outbox calls delivered has arrived, and what a change promised to send stands in an outbox.

use std::collections::BTreeSet;

use super::Disagreement;
use super::picture::Picture;

pub fn check(picture: &Picture) -> Vec<Disagreement> {
    let mut found = dispatches(picture);
    found.extend(events(picture));
    found.extend(unknown_states(picture));
    found
}

/// A dispatch was written together with its message, which may be forgotten once it was delivered: then the dispatch
/// knows its task.
fn dispatches(picture: &Picture) -> Vec<Disagreement> {
    let sent: BTreeSet<&str> = picture.messages.iter().map(|message| message.id.as_str()).collect();
    let promised = picture.orders.values().flat_map(|order| order.dispatches.iter().map(move |(n, d)| (order, n, d)));
    let unsent =
        promised.filter(|(_, _, dispatch)| dispatch.task_id.is_none() && !sent.contains(dispatch.outbox_id.as_str()));
    unsent
        .map(|(order, attempt, dispatch)| {
            let zh = format!("第 {attempt} 次下发的消息 {} 不在发件箱", dispatch.outbox_id);
            let en = format!("message {} of dispatch {attempt} is not in the outbox", dispatch.outbox_id);
            Disagreement::new(format!("work_order {}", order.id), zh, en)
        })
        .collect()
}

/// An event the order service acknowledged has been applied there.
fn events(picture: &Picture) -> Vec<Disagreement> {
    let heard = |task: &str, event: &str| picture.heard.contains(&(task.to_owned(), event.to_owned()));
    let lost = picture.told.iter().filter(|event| !heard(&event.task_id, &event.event_id));
    lost.map(|event| {
        let zh = format!("事件 {} 已送达，工单侧却没有", event.event_id);
        let en = format!("event {} was delivered, the order service has not applied it", event.event_id);
        Disagreement::new(format!("bpm_task {}", event.task_id), zh, en)
    })
    .collect()
}

fn unknown_states(picture: &Picture) -> Vec<Disagreement> {
    const KNOWN: [&str; 5] = ["pending", "delivered", "refused", "dead", "cancelled"];
    let unknown = picture.messages.iter().filter(|message| !KNOWN.contains(&message.state.as_str()));
    unknown
        .map(|message| {
            let (zh, en) = (format!("状态未知：{}", message.state), format!("unknown state {}", message.state));
            Disagreement::new(format!("{} outbox {} ({})", message.service, message.id, message.kind), zh, en)
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::super::picture::{DispatchPicture, MessagePicture, OrderPicture, ToldEvent};
    use super::*;

    #[test]
    fn a_dispatch_without_its_message_is_found() {
        let mut order = OrderPicture { id: 1, ..Default::default() };
        order.dispatches.insert(1, DispatchPicture { outbox_id: "m".into(), ..Default::default() });
        let mut picture = Picture::default();
        picture.orders.insert(1, order);
        assert_eq!(check(&picture).len(), 1);
        picture.messages.push(MessagePicture { id: "m".into(), state: "delivered".into(), ..Default::default() });
        assert_eq!(check(&picture), []);
    }

    #[test]
    fn a_message_that_was_delivered_long_ago_is_not_missed() {
        let dispatch = DispatchPicture { task_id: Some("t".into()), outbox_id: "m".into(), ..Default::default() };
        let mut order = OrderPicture { id: 1, ..Default::default() };
        order.dispatches.insert(1, dispatch);
        let picture = Picture { orders: [(1, order)].into(), ..Default::default() };
        assert_eq!(check(&picture), []);
    }

    #[test]
    fn a_delivered_event_that_never_arrived_is_found() {
        let mut picture = Picture::default();
        picture.told.push(ToldEvent { task_id: "t".into(), event_id: "e".into() });
        assert_eq!(check(&picture).len(), 1);
        picture.heard.insert(("t".into(), "e".into()));
        assert_eq!(check(&picture), []);
    }
}
