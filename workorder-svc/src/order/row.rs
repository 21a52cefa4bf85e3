//! A row of `work_order`, and how it becomes an [`Order`] and comes from one.

use chrono::NaiveDateTime;
use diesel::prelude::*;
use serde::Serialize;
use serde::de::DeserializeOwned;
use shared_model::ids::{OrderId, ProductId, UserId};
use shared_model::local_time::from_stored;
use shared_model::role::Role;
use shared_model::server::database::StoreError;

use crate::order::kind::{OrderKind, Requirement};
use crate::order::model::{Enterprise, IcpProgress, Order, Product};
use crate::order::state::OrderState;
use crate::schema::work_order;

/// As read, in the order of the columns.
#[derive(Clone, Debug, Queryable)]
pub struct OrderRow {
    pub id: i64,
    pub code: String,
    pub enum_type: String,
    pub requirement: String,
    pub status: String,
    pub version: i64,
    pub product_id: Option<String>,
    pub product: Option<String>,
    pub create_user: String,
    pub creator: String,
    pub province: Option<i32>,
    pub approving_userid: Option<String>,
    pub approving_mobile: Option<String>,
    pub approving_worker: Option<String>,
    pub dealer: Option<String>,
    pub user_temp: String,
    pub attempt: i32,
    pub approval: String,
    pub description: String,
    pub form: String,
    pub details: String,
    pub domains_total: i32,
    pub is_batch: bool,
    pub prohibited: bool,
    pub held_since: NaiveDateTime,
    pub due_at: Option<NaiveDateTime>,
    pub search_text: String,
    pub created_at: NaiveDateTime,
    pub updated_at: NaiveDateTime,
}

/// As written: everything but the id, the code and what never changes.
#[derive(Debug, Insertable, AsChangeset)]
#[diesel(table_name = work_order, treat_none_as_null = true)]
pub struct OrderFields {
    pub enum_type: &'static str,
    pub requirement: &'static str,
    pub status: &'static str,
    pub version: i64,
    pub product_id: Option<String>,
    pub product: Option<String>,
    pub create_user: String,
    pub creator: String,
    pub province: Option<i32>,
    pub approving_userid: Option<String>,
    pub approving_mobile: Option<String>,
    pub approving_worker: Option<String>,
    pub dealer: Option<&'static str>,
    pub user_temp: String,
    pub attempt: i32,
    pub approval: String,
    pub description: String,
    pub form: String,
    pub details: String,
    pub domains_total: i32,
    pub is_batch: bool,
    pub prohibited: bool,
    pub held_since: NaiveDateTime,
    pub due_at: Option<NaiveDateTime>,
    pub search_text: String,
    pub updated_at: NaiveDateTime,
}

impl OrderFields {
    /// The columns of an order. `due_at`: when its current holder is late, by the time limit of its state.
    pub fn of(order: &Order, due_at: Option<NaiveDateTime>) -> Result<Self, StoreError> {
        Ok(Self {
            enum_type: order.kind.code(),
            requirement: order.requirement.map_or("", Requirement::code),
            status: order.state.code(),
            version: order.version,
            product_id: order.product.as_ref().map(|product| product.id.0.clone()),
            product: order.product.as_ref().map(|product| product.name.clone()),
            create_user: order.creator.id.0.clone(),
            creator: to_json(&order.creator)?,
            province: order.creator.province,
            approving_userid: order.approver.as_ref().map(|person| person.id.0.clone()),
            approving_mobile: order.approver.as_ref().map(|person| person.mobile.clone()),
            approving_worker: order.approver.as_ref().map(to_json).transpose()?,
            dealer: order.dealer.map(Role::code),
            user_temp: to_json(&order.approved_by)?,
            attempt: order.attempt,
            approval: to_json(&order.route)?,
            description: order.description.clone(),
            form: to_json(&order.form)?,
            details: details(order),
            domains_total: i32::try_from(order.domains.len()).unwrap_or(i32::MAX),
            is_batch: order.batch,
            prohibited: order.domains.iter().any(|domain| domain.legality == crate::order::model::Legality::Unlawful),
            held_since: order.since.naive_utc(),
            due_at,
            search_text: search_text(order),
            updated_at: order.updated_at.naive_utc(),
        })
    }
}

/// `details` of the list: the first domain, `等N个` for more; the subscription where an order has no domains of its own.
fn details(order: &Order) -> String {
    match order.domains.as_slice() {
        _ if order.kind == OrderKind::DomainMigrate => {
            order.product.as_ref().map(|product| product.id.0.clone()).unwrap_or_default()
        }
        [] => order.product.as_ref().map(|product| product.id.0.clone()).unwrap_or_default(),
        [only] => only.domain.clone(),
        [first, ..] => format!("{}等{}个", first.domain, order.domains.len()),
    }
}

/// What a keyword is looked for in beside the domains: code, enterprise, product and creator, in lower case.
pub fn search_text(order: &Order) -> String {
    let enterprise = order.enterprise.as_ref().map_or("", |enterprise| enterprise.name.as_str());
    let product = order.product.as_ref().map_or("", |product| product.name.as_str());
    format!("{}\n{enterprise}\n{product}\n{}", order.code, order.creator.name).to_lowercase()
}

impl OrderRow {
    /// The order without what other tables hold: domains, origins, participants, task, check flags.
    pub fn into_order(self, enterprise: Option<Enterprise>) -> Result<Order, StoreError> {
        let kind = OrderKind::from_code(&self.enum_type).ok_or_else(|| corrupt("enum_type", &self.enum_type))?;
        let state = OrderState::from_code(&self.status).ok_or_else(|| corrupt("status", &self.status))?;
        let form: crate::submit::form::OrderForm = from_json(&self.form)?;
        let product =
            self.product_id.map(|id| Product { id: ProductId(id), name: self.product.clone().unwrap_or_default() });
        Ok(Order {
            id: OrderId(self.id),
            code: self.code,
            kind,
            requirement: Requirement::from_code(&self.requirement),
            state,
            version: self.version,
            enterprise,
            product,
            creator: from_json(&self.creator)?,
            approver: self.approving_worker.as_deref().map(from_json).transpose()?,
            dealer: self.dealer.as_deref().and_then(Role::from_code),
            approved_by: from_json::<Vec<UserId>>(&self.user_temp)?,
            participants: Vec::new(),
            route: from_json(&self.approval)?,
            assignee: None,
            attempt: self.attempt,
            task_id: None,
            domains: Vec::new(),
            origins: Vec::new(),
            provinces: form.provinces.clone().unwrap_or_default(),
            description: self.description,
            icp: IcpProgress::default(),
            batch: self.is_batch,
            live: None,
            form,
            since: from_stored(self.held_since),
            created_at: from_stored(self.created_at),
            updated_at: from_stored(self.updated_at),
        })
    }
}

/// JSON for a text column.
pub fn to_json<T: Serialize>(value: &T) -> Result<String, StoreError> {
    serde_json::to_string(value)
        .map_err(|error| StoreError::Query(diesel::result::Error::SerializationError(Box::new(error))))
}

/// JSON of a text column.
pub fn from_json<T: DeserializeOwned>(text: &str) -> Result<T, StoreError> {
    serde_json::from_str(text)
        .map_err(|error| StoreError::Query(diesel::result::Error::DeserializationError(Box::new(error))))
}

/// A value no version of this program has written.
pub fn corrupt(column: &str, value: &str) -> StoreError {
    let error = format!("column {column} holds the unknown value `{value}`");
    StoreError::Query(diesel::result::Error::DeserializationError(error.into()))
}
