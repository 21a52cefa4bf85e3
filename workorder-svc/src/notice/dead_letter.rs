//! A dispatch that was given up: whoever may recall it is told.

use chrono::{DateTime, Utc};
use shared_model::bpm::Dispatch;
use shared_model::role::Role;
use shared_model::server::database::{Connection, StoreError};
use shared_model::server::directory;
use shared_model::server::outbox::{Delivery, Message};

use crate::desk::Policy;
use crate::notice::facts::Facts;
use crate::notice::kind::NoticeKind;
use crate::notice::tell::{self, Notice};
use crate::order::row::from_json;

/// Tells every platform administrator, with what went wrong.
pub fn tell(
    conn: &mut Connection,
    policy: &Policy,
    message: &Message,
    delivery: &Delivery,
    now: DateTime<Utc>,
) -> Result<(), StoreError> {
    let dispatch: Dispatch = from_json(&message.payload.to_string())?;
    let why = match delivery {
        Delivery::Refused { code, detail } => format!("{code} {detail}"),
        Delivery::Failed(why) => why.clone(),
        Delivery::Delivered(_) => return Ok(()),
    };
    let administrators = directory::list_by_role(conn, Role::PlatformAdmin)?;
    let facts = Facts {
        code: dispatch.order_code,
        enum_type: dispatch.enum_type,
        enterprise: dispatch.corp_name,
        ..Facts::default()
    };
    let notice = Notice {
        kind: NoticeKind::DeadLetter,
        to: administrators.into_iter().map(|account| account.id).collect(),
        order: Some(dispatch.order_id),
        facts: facts.saying(Some(&why)),
    };
    tell::tell(conn, policy, &notice, now)
}
