//! Takes the picture: reads the databases of the services.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use bpm_adapter::schema as bpm;
use chrono::NaiveDateTime;
use diesel::connection::SimpleConnection;
use diesel::prelude::*;
use shared_model::server::database::{Connection, Database};
use shared_model::server::outbox::schema::outbox;
use shared_model::server::settings::DatabaseSettings;
use workorder_svc::schema as orders;

use super::picture::{
    BillPicture, DispatchPicture, LivePicture, MessagePicture, OrderPicture, Picture, Step, TaskPicture, ToldEvent,
};
use crate::arguments::OneService;
use crate::error::StackError;
use crate::layout::Layout;

pub fn picture(layout: &Layout) -> Result<Picture, StackError> {
    let mut picture = Picture::default();
    let mut conn = open(layout, OneService::WorkorderSvc)?;
    load_orders(&mut conn, &mut picture)?;
    load_histories(&mut conn, &mut picture)?;
    load_dispatches(&mut conn, &mut picture)?;
    load_domains(&mut conn, &mut picture)?;
    load_cancellations(&mut conn, &mut picture)?;
    load_messages(&mut conn, "workorder-svc", &mut picture)?;
    let heard = orders::bpm_event_inbox::table
        .select((orders::bpm_event_inbox::task_id, orders::bpm_event_inbox::event_id))
        .load(&mut conn)?;
    picture.heard = heard.into_iter().collect();
    let mut conn = open(layout, OneService::BpmAdapter)?;
    load_tasks(&mut conn, &mut picture)?;
    load_events(&mut conn, &mut picture)?;
    load_messages(&mut conn, "bpm-adapter", &mut picture)?;
    load_messages(&mut open(layout, OneService::PeSvc)?, "pe-svc", &mut picture)?;
    Ok(picture)
}

/// A connection to a database that exists: looking never makes one. It sees one moment, while the stack may run.
pub fn open(layout: &Layout, service: OneService) -> Result<Connection, StackError> {
    if let Some(file) = layout.database_file(service)
        && !file.exists()
    {
        return Err(StackError::NoDatabase(file));
    }
    let settings = DatabaseSettings { url: layout.database_url(service), pool_size: 1 };
    let mut conn = Database::connect(&settings)?.connection()?;
    conn.batch_execute(match conn {
        Connection::Sqlite(_) => "BEGIN",
        Connection::Postgres(_) => "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY",
    })?;
    Ok(conn)
}

fn load_orders(conn: &mut Connection, picture: &mut Picture) -> Result<(), StackError> {
    use orders::work_order as t;
    type Row = (i64, String, String, String, Option<String>, i32);
    let rows: Vec<Row> =
        t::table.select((t::id, t::enum_type, t::requirement, t::status, t::product_id, t::attempt)).load(conn)?;
    picture.orders = rows
        .into_iter()
        .map(|(id, kind, requirement, status, product_id, attempt)| {
            let product_id = product_id.unwrap_or_default();
            (id, OrderPicture { id, kind, requirement, status, product_id, attempt, ..Default::default() })
        })
        .collect();
    load_sources(conn, picture)
}

/// Where migrations take their domains from, as their forms say.
fn load_sources(conn: &mut Connection, picture: &mut Picture) -> Result<(), StackError> {
    use orders::work_order as t;
    let migrations: Vec<(i64, String)> =
        t::table.filter(t::enum_type.eq("DOMAIN_MIGRATE")).select((t::id, t::form)).load(conn)?;
    for (id, form) in migrations {
        let form: serde_json::Value = serde_json::from_str(&form).map_err(|error| StackError::Service {
            service: "workorder-svc",
            why: format!("work_order {id}: {error}"),
        })?;
        if let Some(order) = picture.orders.get_mut(&id) {
            order.source_product = form["sourceProductId"].as_str().map(|product| product.trim().to_owned());
        }
    }
    Ok(())
}

fn load_histories(conn: &mut Connection, picture: &mut Picture) -> Result<(), StackError> {
    use orders::domain_history as t;
    type Row = (i64, i64, NaiveDateTime, String, Option<String>, String);
    let columns = (t::id, t::order_id, t::created_at, t::event, t::from_status, t::to_status);
    let rows: Vec<Row> = t::table.order(t::id).select(columns).load(conn)?;
    for (id, order, at, event, from, to) in rows {
        if let Some(order) = picture.orders.get_mut(&order) {
            order.history.push(Step { id, at, event, from, to });
        }
    }
    Ok(())
}

fn load_dispatches(conn: &mut Connection, picture: &mut Picture) -> Result<(), StackError> {
    use orders::bpm_task as t;
    type Row = (i64, i32, Option<String>, Option<String>, String);
    let rows: Vec<Row> = t::table.select((t::order_id, t::attempt, t::task_id, t::bill_no, t::outbox_id)).load(conn)?;
    for (order, attempt, task_id, bill_no, outbox_id) in rows {
        if let Some(order) = picture.orders.get_mut(&order) {
            order.dispatches.insert(attempt, DispatchPicture { task_id, bill_no, outbox_id });
        }
    }
    Ok(())
}

/// The domains of the orders, those that are held, and those that are live.
fn load_domains(conn: &mut Connection, picture: &mut Picture) -> Result<(), StackError> {
    use orders::{batch_self_domain as sheet, configure_list as typed, live_order_domain_info as streamed};
    let mut of_orders: Vec<(i64, String)> = typed::table.select((typed::order_id, typed::domain)).load(conn)?;
    of_orders.extend(sheet::table.select((sheet::order_id, sheet::domain)).load::<(i64, String)>(conn)?);
    of_orders.extend(streamed::table.select((streamed::order_id, streamed::domain)).load::<(i64, String)>(conn)?);
    for (order, domain) in of_orders {
        if let Some(order) = picture.orders.get_mut(&order) {
            order.domains.insert(domain);
        }
    }
    use orders::{
        live_stream_domain_config as stream, self_service_domain_config as live, work_order_cache_domain as held,
    };
    type Row = (String, Option<i64>, String);
    let mut rows: Vec<Row> = live::table.select((live::domain, live::order_id, live::source)).load(conn)?;
    rows.extend(stream::table.select((stream::domain, stream::order_id, stream::source)).load::<Row>(conn)?);
    let picture_of = |(domain, order_id, source)| LivePicture { domain, order_id, source };
    picture.live = rows.into_iter().map(picture_of).collect();
    picture.reservations =
        held::table.select((held::domain, held::order_id)).load::<(String, i64)>(conn)?.into_iter().collect();
    Ok(())
}

fn load_cancellations(conn: &mut Connection, picture: &mut Picture) -> Result<(), StackError> {
    use orders::{ep_product_chargemode as product, product_event_inbox as event};
    let closed: BTreeSet<String> = product::table
        .filter(product::state.eq("closed"))
        .select(product::product_id)
        .load(conn)?
        .into_iter()
        .collect();
    let rows: Vec<(String, NaiveDateTime)> = event::table
        .filter(event::event.eq("\"cancelDone\""))
        .order(event::received_at)
        .select((event::product_id, event::received_at))
        .load(conn)?;
    picture.cancelled = rows
        .into_iter()
        .map(|(product, at)| {
            let closed = closed.contains(&product);
            (product, (at, closed))
        })
        .collect();
    Ok(())
}

fn load_tasks(conn: &mut Connection, picture: &mut Picture) -> Result<(), StackError> {
    use bpm::{bill, bpm_task as t};
    let mut bills: HashMap<String, Vec<BillPicture>> = HashMap::new();
    type Bill = (String, String, i64, String);
    let rows: Vec<Bill> = bill::table.select((bill::bill_no, bill::task_id, bill::order_id, bill::state)).load(conn)?;
    for (number, task, order_id, state) in rows {
        bills.entry(task).or_default().push(BillPicture { number, order_id, state });
    }
    let rows: Vec<(String, i64, i32, String)> =
        t::table.select((t::id, t::order_id, t::attempt, t::state)).load(conn)?;
    picture.tasks = rows
        .into_iter()
        .map(|(id, order_id, attempt, state)| {
            let bills = bills.remove(&id).unwrap_or_default();
            ((order_id, attempt), TaskPicture { id, order_id, attempt, state, bills, event_waits: false })
        })
        .collect::<BTreeMap<_, _>>();
    Ok(())
}

/// Marks tasks with an event still on its way, and lists the events the order service has acknowledged.
fn load_events(conn: &mut Connection, picture: &mut Picture) -> Result<(), StackError> {
    use bpm::event as t;
    type Row = (Option<String>, String, String);
    let rows: Vec<Row> = t::table.select((t::task_id, t::event_id, t::state)).load(conn)?;
    let mut waiting = BTreeSet::new();
    for (task_id, event_id, state) in rows {
        let Some(task_id) = task_id else { continue };
        match state.as_str() {
            "held" | "pending" | "dead" => {
                waiting.insert(task_id);
            }
            "delivered" => picture.told.push(ToldEvent { task_id, event_id }),
            _ => {}
        }
    }
    picture.tasks.values_mut().for_each(|task| task.event_waits = waiting.contains(&task.id));
    Ok(())
}

fn load_messages(conn: &mut Connection, service: &'static str, picture: &mut Picture) -> Result<(), StackError> {
    let rows: Vec<(String, String, String)> =
        outbox::table.select((outbox::id, outbox::kind, outbox::state)).load(conn)?;
    let messages = rows.into_iter().map(|(id, kind, state)| MessagePicture { service, id, kind, state });
    picture.messages.extend(messages);
    Ok(())
}
