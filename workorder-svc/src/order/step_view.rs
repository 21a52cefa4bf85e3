//! The steps of an order's approval as its detail shows them: which are done, which is at work, and who of it has approved.

use serde::Serialize;
use shared_model::ids::UserId;
use shared_model::role::Role;
use shared_model::text::Language;
use utoipa::ToSchema;

use crate::approval::chain::{Seat, StepMode};
use crate::order::model::Order;
use crate::order::state::OrderState;

/// How far a step is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub enum StepStanding {
    Done,
    Current,
    Waiting,
}

/// One step of the chain the order was submitted with.
#[derive(Clone, Debug, PartialEq, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct StepView {
    pub role: Role,
    pub role_name: String,
    pub mode: StepMode,
    pub mode_name: String,
    pub standing: StepStanding,
    /// Who decides the current step, where several do.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub seats: Vec<SeatView>,
}

/// One of several who decide a step.
#[derive(Clone, Debug, PartialEq, Serialize, ToSchema)]
pub struct SeatView {
    pub id: UserId,
    pub name: String,
    pub approved: bool,
}

impl StepView {
    /// The whole chain; empty before submission, and where there is none.
    pub fn list(order: &Order, language: Language) -> Vec<Self> {
        let at = current(order);
        let view = |(index, step): (usize, &crate::approval::chain::Step)| Self {
            role: step.role,
            role_name: step.role.name().in_language(language).to_owned(),
            mode: step.mode,
            mode_name: step.mode.name().in_language(language).to_owned(),
            standing: standing(index, at),
            seats: order.route.seats.iter().filter(|_| at == At::Step(index)).map(SeatView::of).collect(),
        };
        order.route.chain.0.iter().enumerate().map(view).collect()
    }
}

impl SeatView {
    fn of(seat: &Seat) -> Self {
        Self { id: seat.person.id.clone(), name: seat.person.name.clone(), approved: seat.approved }
    }
}

/// Where in its chain an order is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum At {
    /// Before the first: nothing is approved yet, or what was counts no more.
    Before,
    Step(usize),
    /// All are done.
    Behind,
}

fn current(order: &Order) -> At {
    match order.state {
        OrderState::Draft
        | OrderState::IcpChecking
        | OrderState::IcpFailed
        | OrderState::Rejected
        | OrderState::BpmReject
        | OrderState::Withdrawn => At::Before,
        OrderState::Approving => At::Step(order.route.step),
        OrderState::Dispatching | OrderState::BpmProcessing | OrderState::Finished => At::Behind,
    }
}

fn standing(index: usize, at: At) -> StepStanding {
    match at {
        At::Before => StepStanding::Waiting,
        At::Behind => StepStanding::Done,
        At::Step(step) if index < step => StepStanding::Done,
        At::Step(step) if index == step => StepStanding::Current,
        At::Step(_) => StepStanding::Waiting,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::order::sample::{order, person};

    fn standings(order: &Order) -> Vec<StepStanding> {
        StepView::list(order, Language::Chinese).into_iter().map(|step| step.standing).collect()
    }

    #[test]
    fn steps_are_done_at_work_or_waiting() {
        use StepStanding as S;
        let mut order = order();
        order.route.chain.0 = [Role::GroupManagerAdmin, Role::Operator, Role::Sa].map(Into::into).to_vec();
        order.route.step = 1;
        assert_eq!(standings(&order), [S::Done, S::Current, S::Waiting]);
        order.state = OrderState::Finished;
        assert_eq!(standings(&order), [S::Done; 3]);
        order.state = OrderState::Rejected;
        assert_eq!(standings(&order), [S::Waiting; 3]);
    }

    #[test]
    fn the_step_at_work_says_who_of_it_has_approved() {
        let mut order = order();
        order.route.chain.0[0].mode = StepMode::All;
        order.route.seats = vec![Seat { person: person("a", Role::GroupManagerAdmin), approved: true }];
        let steps = StepView::list(&order, Language::Chinese);
        assert_eq!((steps[0].mode_name.as_str(), steps[0].seats[0].approved), ("会签", true));
    }
}
