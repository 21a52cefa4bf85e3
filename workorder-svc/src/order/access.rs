//! An order as a caller may have it: loaded, and judged by the rules.

use chrono::{DateTime, Utc};
use shared_model::ids::{OrderId, UserId};
use shared_model::permission::Permission;
use shared_model::problem::{Problem, codes};
use shared_model::role::Role;
use shared_model::server::caller::Caller;
use shared_model::server::database::{Connection, StoreError};
use shared_model::server::directory;

use crate::error::ServiceError;
use crate::order::action::Action;
use crate::order::model::{Actor, Order, Person};
use crate::order::repo;
use crate::order::rules::{CreatorStanding, Viewer, is_visible, permit, place_of};
use crate::substitute::repo as substitutes;

impl From<&Caller> for Viewer {
    fn from(caller: &Caller) -> Self {
        Self {
            id: caller.id().clone(),
            roles: caller.roles().to_vec(),
            permissions: caller.permissions(),
            stands_in_for: Vec::new(),
        }
    }
}

impl Viewer {
    /// With whoever they are the substitute of at this moment.
    pub fn standing_in(self, conn: &mut Connection, now: DateTime<Utc>) -> Result<Self, StoreError> {
        // Only what waits for approval is ever done for others.
        if !self.may(Permission::WoOrderApprove) {
            return Ok(self);
        }
        let stands_in_for = substitutes::list_absent(conn, &self.id, now)?;
        Ok(Self { stands_in_for, ..self })
    }
}

/// Who acts on an order in approval, and in whose place.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Acting {
    pub actor: Actor,
    /// Whose turn it is: the actor's own, or that of whoever they stand in for.
    pub holder: UserId,
    pub on_behalf_of: Option<Actor>,
}

impl Acting {
    /// The caller, who was permitted to decide.
    pub fn of(caller: &Caller, order: &Order, viewer: &Viewer) -> Self {
        match place_of(order, viewer) {
            Some(place) if place.id != *caller.id() => Self {
                actor: Actor { role: place.role, ..Actor::person(&person(caller)) },
                holder: place.id.clone(),
                on_behalf_of: Some(Actor::person(place)),
            },
            Some(_) | None => Self { actor: actor(caller, order), holder: caller.id().clone(), on_behalf_of: None },
        }
    }
}

/// The caller as a person, in the role they submit or act in: a manager's before others.
pub fn person(caller: &Caller) -> Person {
    let claims = &caller.claims;
    let manager = claims.roles.iter().copied().find(|role| role.is_manager());
    Person {
        id: claims.sub.clone(),
        name: claims.name.clone(),
        role: manager.or_else(|| claims.roles.first().copied()),
        company: claims.company.clone(),
        mobile: claims.mobile.clone(),
        email: claims.email.clone(),
        province: claims.province,
    }
}

/// The caller as the history names them: in the role of the order's current handler when they are it.
pub fn actor(caller: &Caller, order: &Order) -> Actor {
    let handler = order.holders().into_iter().find(|holder| holder.id == *caller.id());
    match handler {
        Some(handler) => Actor::person(handler),
        None if order.is_created_by(caller.id()) => Actor::person(&order.creator),
        None => Actor::person(&person(caller)),
    }
}

/// Whether the creator's account is still enabled. One the directory does not know came from elsewhere, and is.
pub fn creator_standing(conn: &mut Connection, order: &Order) -> Result<CreatorStanding, StoreError> {
    let account = directory::find(conn, &order.creator.id)?;
    let left = account.is_some_and(|account| !account.enabled);
    Ok(if left { CreatorStanding::Left } else { CreatorStanding::InService })
}

/// The order, if the viewer may see it; else it is not there.
pub fn get_visible(conn: &mut Connection, id: OrderId, viewer: &Viewer) -> Result<Order, ServiceError> {
    let order = repo::find(conn, id)?.filter(|order| is_visible(order, viewer));
    order.ok_or_else(ServiceError::not_found)
}

/// The order, to be changed by this transaction, if the viewer may take the action now.
pub fn get_permitted(
    conn: &mut Connection,
    id: OrderId,
    viewer: &Viewer,
    action: Action,
) -> Result<Order, ServiceError> {
    let order = repo::get_for_change(conn, id)?;
    let creator = creator_standing(conn, &order)?;
    permit(&order, viewer, action, creator).map_err(Problem::from)?;
    Ok(order)
}

/// 412 when the caller has looked at an older version.
pub fn check_version(order: &Order, seen: Option<i64>) -> Result<(), ServiceError> {
    match seen {
        Some(seen) if seen != order.version => Err(Problem::new(&codes::STALE).with("version", order.version).into()),
        Some(_) | None => Ok(()),
    }
}

/// Whether enterprises have to be assigned to this person before they order for them.
pub fn is_assigned_only(caller: &Caller, assignment: bool) -> bool {
    assignment && !caller.has(Role::PlatformAdmin)
}
