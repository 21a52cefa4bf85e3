//! Every order's state is what its history gives: each row begins where the one before ended, each event may happen
//! there, and the last row ends where the order stands.

use workorder_svc::order::state::{OrderEvent, OrderState, next};

use super::Disagreement;
use super::picture::{OrderPicture, Picture, Step, is_from_billing};

pub fn check(picture: &Picture) -> Vec<Disagreement> {
    picture.orders.values().filter_map(check_order).collect()
}

fn check_order(order: &OrderPicture) -> Option<Disagreement> {
    let subject = format!("work_order {}", order.id);
    let Some(state) = OrderState::from_code(&order.status) else {
        let (zh, en) = (format!("状态未知：{}", order.status), format!("unknown state {}", order.status));
        return Some(Disagreement::new(subject, zh, en));
    };
    let mut at = if is_from_billing(&order.kind) { None } else { Some(OrderState::Draft) };
    for step in &order.history {
        match follow(at, step) {
            Some(reached) => at = Some(reached),
            None => {
                let zh = format!("历史第 {} 行（{}）不能从 {} 到 {}", step.id, step.event, code(at), step.to);
                let en =
                    format!("history row {} ({}) cannot lead from {} to {}", step.id, step.event, code(at), step.to);
                return Some(Disagreement::new(subject, zh, en));
            }
        }
    }
    (at != Some(state)).then(|| {
        let zh = format!("状态为 {}，而历史给出 {}", order.status, code(at));
        let en = format!("it is {}, its history gives {}", order.status, code(at));
        Disagreement::new(subject, zh, en)
    })
}

fn code(state: Option<OrderState>) -> &'static str {
    state.map_or("-", OrderState::code)
}

/// Where a row leads from here; None when it cannot.
fn follow(at: Option<OrderState>, step: &Step) -> Option<OrderState> {
    let to = OrderState::from_code(&step.to)?;
    let Some(at) = at else { return Some(to) };
    if step.from.as_deref().is_some_and(|from| from != at.code()) {
        return None;
    }
    let mut events = OrderEvent::ALL.into_iter().filter(|event| event.code() == step.event).peekable();
    let legal = if events.peek().is_none() {
        // Comments, reassignments and the like move nothing.
        at == to
    } else {
        events.any(|event| next(at, event) == Ok(to))
    };
    legal.then_some(to)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn step(event: &str, from: Option<&str>, to: &str) -> Step {
        Step { id: 1, event: event.into(), from: from.map(Into::into), to: to.into(), ..Default::default() }
    }

    fn order(status: &str, history: Vec<Step>) -> OrderPicture {
        OrderPicture { id: 7, kind: "domain_request".into(), status: status.into(), history, ..Default::default() }
    }

    fn submitted() -> Vec<Step> {
        vec![step("submitted", Some("draft"), "icpChecking"), step("pending", Some("icpChecking"), "icpChecking")]
    }

    #[test]
    fn a_state_its_history_gives_agrees() {
        assert_eq!(check_order(&order("draft", Vec::new())), None);
        assert_eq!(check_order(&order("icpChecking", submitted())), None);
        let mut history = submitted();
        history.push(step("icpPassed", Some("icpChecking"), "approving"));
        history.push(step("commented", None, "approving"));
        assert_eq!(check_order(&order("approving", history)), None);
        let unchecked = vec![step("submitted", Some("draft"), "approving")];
        assert_eq!(check_order(&order("approving", unchecked)), None);
    }

    #[test]
    fn a_state_set_by_hand_is_found() {
        let found = check_order(&order("finished", submitted())).unwrap();
        assert_eq!(found.subject, "work_order 7");
        assert!(found.text.en.contains("finished") && found.text.en.contains("icpChecking"));
    }

    #[test]
    fn a_row_that_is_missing_in_the_middle_is_found() {
        let mut history = submitted();
        history.push(step("approved", Some("approving"), "dispatching"));
        assert!(check_order(&order("dispatching", history)).unwrap().text.en.contains("approved"));
    }

    #[test]
    fn orders_of_billing_begin_where_billing_puts_them() {
        let mut suspended = order("bpmProcessing", vec![step("created", None, "bpmProcessing")]);
        suspended.kind = "PRODUCT_SUSPEND".into();
        assert_eq!(check_order(&suspended), None);
        suspended.history.clear();
        assert!(check_order(&suspended).is_some());
    }
}
