//! Says something to people, within the transaction of the change it tells of: a row in each inbox, and what leaves by
//! mail and robots through the outbox, where somebody would receive it.

use chrono::{DateTime, Utc};
use serde::Serialize;
use shared_model::account::Account;
use shared_model::ids::{OrderId, UserId};
use shared_model::server::database::{Connection, StoreError};
use shared_model::server::directory;
use shared_model::server::outbox::{NewMessage, enqueue};
use uuid::Uuid;

use crate::bpm::verdict::MAIL;
use crate::desk::Policy;
use crate::mail::template;
use crate::notice::facts::Facts;
use crate::notice::kind::NoticeKind;
use crate::notice::robot::message::{self, Spoken};
use crate::notice::robot::{self, Listener};
use crate::notice::{occasion, repo};
use crate::order::model::{Actor, Order};
use crate::order::row::{from_json, to_json};
use crate::order::state::OrderEvent;
use crate::substitute::repo as substitutes;

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

    /// Whoever stands in for those it is to is told as well, but never the order's creator, who decides nothing of it.
    pub fn with_substitutes(
        mut self,
        conn: &mut Connection,
        order: &Order,
        now: DateTime<Utc>,
    ) -> Result<Self, StoreError> {
        for person in self.to.clone() {
            let standing_in = substitutes::find_standing_in(conn, &person, now)?;
            if let Some(substitute) = standing_in.filter(|substitute| !order.is_created_by(substitute)) {
                self = self.to(&substitute);
            }
        }
        Ok(self)
    }

    /// With who caused it, and what they said.
    pub fn by(mut self, actor: &Actor, comment: Option<&str>) -> Self {
        self.facts.by.clone_from(&actor.name);
        self.facts = self.facts.saying(comment);
        self
    }
}

/// How notices leave beside the inbox. Configuration.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Ways {
    /// What is told by mail as well.
    pub mail: Vec<NoticeKind>,
    pub robots: Vec<Listener>,
}

impl Ways {
    /// The letter about a finished order goes anyway, so that nobody gets two.
    fn mails(&self, kind: NoticeKind) -> bool {
        kind != NoticeKind::OrderFinished && self.mail.contains(&kind)
    }
}

/// Tells. Nudge after the commit.
pub fn tell(conn: &mut Connection, policy: &Policy, notice: &Notice, now: DateTime<Utc>) -> Result<(), StoreError> {
    if notice.to.is_empty() {
        return Ok(());
    }
    repo::insert(conn, notice, now)?;
    let mails = policy.ways.mails(notice.kind);
    let robots: Vec<&Listener> = policy.ways.robots.iter().filter(|robot| robot.hears(notice.kind)).collect();
    if !mails && robots.is_empty() {
        return Ok(());
    }
    let mut people = Vec::new();
    for id in &notice.to {
        people.extend(directory::find(conn, id)?.filter(|account| account.enabled));
    }
    if mails {
        write_letters(conn, notice, &people, now)?;
    }
    speak(conn, notice, &robots, &people, now)
}

fn write_letters(
    conn: &mut Connection,
    notice: &Notice,
    people: &[Account],
    now: DateTime<Utc>,
) -> Result<(), StoreError> {
    for person in people {
        let language = repo::language_of(conn, &person.id)?;
        let letter = template::of_notice(person, language, notice.kind, &notice.facts)
            .map_err(|error| StoreError::Query(diesel::result::Error::SerializationError(Box::new(error))))?;
        if let Some(letter) = letter {
            leave(conn, (MAIL, "mail"), &letter, now)?;
        }
    }
    Ok(())
}

/// A group hears once of what several people are told.
fn speak(
    conn: &mut Connection,
    notice: &Notice,
    robots: &[&Listener],
    people: &[Account],
    now: DateTime<Utc>,
) -> Result<(), StoreError> {
    let names: Vec<String> = people.iter().map(|person| person.name.clone()).collect();
    for robot in robots {
        let text = message::text(notice.kind, &notice.facts, &names);
        leave(conn, (robot::KIND, robot.destination), &Spoken { robot: robot.name.clone(), text }, now)?;
    }
    Ok(())
}

fn leave(
    conn: &mut Connection,
    (kind, destination): (&'static str, &'static str),
    payload: &impl Serialize,
    now: DateTime<Utc>,
) -> Result<(), StoreError> {
    let idempotency_key = format!("notice-{}", Uuid::now_v7().simple());
    let payload = from_json(&to_json(payload)?)?;
    let message = NewMessage { kind, destination, ordering_key: None, idempotency_key, payload };
    enqueue(conn, &message, now)?;
    Ok(())
}

/// Tells whoever a move of an order concerns.
pub fn tell_of_move(
    conn: &mut Connection,
    policy: &Policy,
    (before, after): (&Order, &Order),
    (event, actor, comment): (OrderEvent, &Actor, Option<&str>),
    now: DateTime<Utc>,
) -> Result<(), StoreError> {
    let mut notices: Vec<Notice> = Vec::new();
    for (kind, person) in occasion::of_move(before, after, event, actor.id.as_ref()) {
        match notices.iter_mut().find(|notice| notice.kind == kind) {
            Some(notice) => notice.to.push(person),
            None => notices.push(Notice::about(kind, after).to(&person).by(actor, comment)),
        }
    }
    for mut notice in notices {
        if matches!(notice.kind, NoticeKind::WaitingForYou | NoticeKind::TransferredToYou) {
            notice = notice.with_substitutes(conn, after, now)?;
        }
        tell(conn, policy, &notice, now)?;
    }
    Ok(())
}

/// Tells whoever has a new order in hand.
pub fn tell_of_holders(
    conn: &mut Connection,
    policy: &Policy,
    order: &Order,
    actor: &Actor,
    now: DateTime<Utc>,
) -> Result<(), StoreError> {
    let waits = Notice::about(NoticeKind::WaitingForYou, order).by(actor, None);
    let waits = occasion::in_hands_of(order).into_iter().fold(waits, |notice, person| notice.to(&person.id));
    let waits = waits.with_substitutes(conn, order, now)?;
    tell(conn, policy, &waits, now)
}
