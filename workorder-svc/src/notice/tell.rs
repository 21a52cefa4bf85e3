//! Says something to people, within the transaction of the change it tells of: a row in each inbox, and what leaves by
//! mail through the outbox, where somebody would receive it.

use chrono::{DateTime, Utc};
use shared_model::ids::{OrderId, UserId};
use shared_model::server::database::{Connection, StoreError};

use crate::desk::Policy;
use crate::notice::facts::Facts;
use crate::notice::kind::NoticeKind;
use crate::notice::{occasion, repo};
use crate::order::model::{Actor, Order};
use crate::order::state::OrderEvent;

/// One thing that is said to one or several people.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Notice {
    pub kind: NoticeKind,
    /// Each is told once.
    pub to: Vec<UserId>,
    pub order: Option<OrderId>,
    pub facts: Facts,
}

impl Notice {
    /// About an order; to nobody yet.
    pub fn about(kind: NoticeKind, order: &Order) -> Self {
        Self { kind, to: Vec::new(), order: Some(order.id), facts: Facts::of_order(order) }
    }

    pub fn to(mut self, person: &UserId) -> Self {
        if !self.to.contains(person) {
            self.to.push(person.clone());
        }
        self
    }

    /// With who caused it, and what they said.
    pub fn by(mut self, actor: &Actor, comment: Option<&str>) -> Self {
        self.facts.by.clone_from(&actor.name);
        self.facts = self.facts.saying(comment);
        self
    }
}

/// Tells. Nudge after the commit.
pub fn tell(conn: &mut Connection, policy: &Policy, notice: &Notice, now: DateTime<Utc>) -> Result<(), StoreError> {
    let _ = policy;
    repo::insert(conn, notice, now)
}

/// Tells whoever a move of an order concerns.
pub fn tell_of_move(
    conn: &mut Connection,
    policy: &Policy,
    (before, after): (&Order, &Order),
    (event, actor, comment): (OrderEvent, &Actor, Option<&str>),
    now: DateTime<Utc>,
) -> Result<(), StoreError> {
    for (kind, person) in occasion::of_move(before, after, event, actor.id.as_ref()) {
        tell(conn, policy, &Notice::about(kind, after).to(&person).by(actor, comment), now)?;
    }
    Ok(())
}
