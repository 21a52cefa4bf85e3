//! What an order is about, in its tables: domains (`configure_list`, `speed_configure_domain`), origins
//! (`orign_address`), the rows of a sheet (`batch_self_domain`) and files (`work_order_file`). Replaced as a whole when the creator changes the form.

use chrono::{DateTime, NaiveDateTime, Utc};
use diesel::prelude::*;
use diesel::upsert::excluded;
use shared_model::ids::{FileId, OrderId};
use shared_model::server::database::{Connection, Prepare, StoreError, insert_rows, on_both};

use crate::batch::repo as batch;
use crate::live::repo as live;
use crate::order::kind::OrderKind;
use crate::order::model::{Attachment, AttachmentKind, Legality, Order, OrderDomain};
use crate::order::row::corrupt;
use crate::origin::parse::{Origin, OriginType};
use crate::schema::{
    batch_self_domain, configure_list, live_order_domain_info, log_file_resource, orign_address,
    speed_configure_domain, work_order_file,
};

/// Rows of one INSERT: under the number of variables either database binds.
const CHUNK: usize = 4_000;

#[derive(Insertable)]
#[diesel(table_name = configure_list, treat_none_as_default_value = false)]
struct Finding<'a> {
    order_id: i64,
    domain: &'a str,
    legality: &'static str,
    record_number: Option<&'a str>,
    reason: Option<&'a str>,
    rolled_back: bool,
    checked_at: Option<NaiveDateTime>,
}

#[derive(Insertable)]
#[diesel(table_name = speed_configure_domain, treat_none_as_default_value = false)]
struct NewSpeedDomain<'a> {
    order_id: i64,
    domain: &'a str,
    cp_domain: &'a str,
    icp_number: Option<&'a str>,
}

#[derive(Insertable)]
#[diesel(table_name = orign_address, treat_none_as_default_value = false)]
struct NewOrigin<'a> {
    order_id: i64,
    value: &'a str,
    type_: &'static str,
    main_flag: bool,
    weight: Option<i32>,
}

/// Writes the domains and origins of the order in place of those it had. What is particular to a domain stands in
/// `speed_configure_domain`, of a batch in `batch_self_domain`, of live streaming in `live_order_domain_info`.
pub fn replace(conn: &mut Connection, order: &Order) -> Result<(), StoreError> {
    let id = order.id.0;
    diesel::delete(configure_list::table.filter(configure_list::order_id.eq(id))).execute(conn)?;
    diesel::delete(speed_configure_domain::table.filter(speed_configure_domain::order_id.eq(id))).execute(conn)?;
    diesel::delete(orign_address::table.filter(orign_address::order_id.eq(id))).execute(conn)?;
    batch::delete(conn, order.id)?;
    live::delete(conn, order.id)?;
    insert(conn, order)
}

/// Writes the domains and origins of a new order.
pub fn insert(conn: &mut Connection, order: &Order) -> Result<(), StoreError> {
    let id = order.id.0;
    for domains in order.domains.chunks(CHUNK) {
        let rows: Vec<_> = domains.iter().map(|domain| finding(id, domain)).collect();
        insert_rows!(conn, configure_list::table, rows.as_slice())?;
    }
    if order.batch {
        batch::insert(conn, order.id, &order.domains)?;
    } else if order.kind == OrderKind::LiveRequest {
        live::insert(conn, order)?;
    } else {
        insert_speed_domains(conn, order)?;
    }
    if !order.origins.is_empty() {
        let rows: Vec<_> = order.origins.iter().map(|origin| new_origin(id, origin)).collect();
        insert_rows!(conn, orign_address::table, rows.as_slice())?;
    }
    Ok(())
}

fn insert_speed_domains(conn: &mut Connection, order: &Order) -> Result<(), StoreError> {
    for domains in order.domains.chunks(CHUNK) {
        let rows: Vec<_> = domains.iter().map(|domain| new_speed_domain(order.id.0, domain)).collect();
        insert_rows!(conn, speed_configure_domain::table, rows.as_slice())?;
    }
    Ok(())
}

fn finding(order_id: i64, domain: &OrderDomain) -> Finding<'_> {
    Finding {
        order_id,
        domain: &domain.domain,
        legality: domain.legality.code(),
        record_number: domain.record_number.as_deref(),
        reason: domain.reason.as_deref(),
        rolled_back: false,
        checked_at: None,
    }
}

fn new_speed_domain(order_id: i64, domain: &OrderDomain) -> NewSpeedDomain<'_> {
    NewSpeedDomain {
        order_id,
        domain: &domain.domain,
        cp_domain: domain.cp_domain.as_deref().unwrap_or_default(),
        icp_number: domain.declared_number.as_deref(),
    }
}

fn new_origin(order_id: i64, origin: &Origin) -> NewOrigin<'_> {
    NewOrigin {
        order_id,
        value: &origin.value,
        type_: origin.kind.code(),
        main_flag: origin.main_flag,
        weight: origin.weight,
    }
}

/// Writes what the check, or a person, found of each domain: thousands at a time.
pub fn write_legality(
    conn: &mut Connection,
    id: OrderId,
    domains: &[OrderDomain],
    now: DateTime<Utc>,
) -> Result<(), StoreError> {
    macro_rules! found {
        ($rows:expr) => {
            diesel::insert_into(configure_list::table)
                .values($rows)
                .on_conflict((configure_list::order_id, configure_list::domain))
                .do_update()
                .set((
                    configure_list::legality.eq(excluded(configure_list::legality)),
                    configure_list::record_number.eq(excluded(configure_list::record_number)),
                    configure_list::reason.eq(excluded(configure_list::reason)),
                    configure_list::checked_at.eq(excluded(configure_list::checked_at)),
                ))
        };
    }
    let checked_at = Some(now.naive_utc());
    for domains in domains.chunks(CHUNK) {
        let rows: Vec<_> = domains.iter().map(|domain| Finding { checked_at, ..finding(id.0, domain) }).collect();
        // Of one domain, as in most orders, the statement stays prepared.
        match rows.as_slice() {
            [row] => {
                on_both!(conn, |c| found!(row).returning(configure_list::order_id).prepared().load::<i64>(c))?;
            }
            rows => {
                on_both!(conn, |c| found!(rows).execute(c))?;
            }
        }
    }
    Ok(())
}

/// Takes domains out of an order, with what its form or its sheet asks for them.
pub fn remove_domains(conn: &mut Connection, id: OrderId, names: &[String]) -> Result<(), StoreError> {
    macro_rules! remove {
        ($table:ident, $names:expr) => {
            diesel::delete($table::table.filter($table::order_id.eq(id.0)).filter($table::domain.eq_any($names)))
                .execute(conn)?
        };
    }
    for names in names.chunks(CHUNK) {
        remove!(configure_list, names);
        remove!(speed_configure_domain, names);
        remove!(batch_self_domain, names);
        remove!(live_order_domain_info, names);
    }
    Ok(())
}

/// Makes an order hold the files that another holds.
pub fn share_files(conn: &mut Connection, from: OrderId, to: OrderId) -> Result<(), StoreError> {
    let of = |kind| {
        move |files: &[Attachment]| -> Vec<FileId> {
            files.iter().filter(|file| file.kind == kind).map(|file| file.file_id.clone()).collect()
        }
    };
    let files = list_files(conn, from)?;
    let (attachments, security) = (of(AttachmentKind::Attachment)(&files), of(AttachmentKind::Security)(&files));
    insert_files(conn, to, &attachments, &security)
}

/// Marks the rows of an order that BPM returned.
pub fn mark_rolled_back(conn: &mut Connection, id: OrderId) -> Result<(), StoreError> {
    diesel::update(configure_list::table.filter(configure_list::order_id.eq(id.0)))
        .set(configure_list::rolled_back.eq(true))
        .execute(conn)?;
    Ok(())
}

type DomainColumns = (String, String, Option<String>, Option<String>, Option<String>, Option<String>);

pub fn list_domains(conn: &mut Connection, id: OrderId) -> Result<Vec<OrderDomain>, StoreError> {
    let rows: Vec<DomainColumns> = configure_list::table
        .left_join(
            speed_configure_domain::table.on(speed_configure_domain::order_id
                .eq(configure_list::order_id)
                .and(speed_configure_domain::domain.eq(configure_list::domain))),
        )
        .filter(configure_list::order_id.eq(id.0))
        .order(configure_list::id)
        .select((
            configure_list::domain,
            configure_list::legality,
            configure_list::record_number,
            configure_list::reason,
            speed_configure_domain::cp_domain.nullable(),
            speed_configure_domain::icp_number.nullable(),
        ))
        .load(conn)?;
    rows.into_iter()
        .map(|(domain, legality, record_number, reason, cp_domain, declared_number)| {
            let legality = Legality::from_code(&legality).ok_or_else(|| corrupt("legality", &legality))?;
            let cp_domain = cp_domain.filter(|cname| !cname.is_empty());
            let domain = OrderDomain { legality, record_number, reason, ..OrderDomain::new(domain) };
            Ok(OrderDomain { cp_domain, declared_number, ..domain })
        })
        .collect()
}

pub fn list_origins(conn: &mut Connection, id: OrderId) -> Result<Vec<Origin>, StoreError> {
    let rows: Vec<(String, String, bool, Option<i32>)> = orign_address::table
        .filter(orign_address::order_id.eq(id.0))
        .order(orign_address::id)
        .select((orign_address::value, orign_address::type_, orign_address::main_flag, orign_address::weight))
        .load(conn)?;
    rows.into_iter()
        .map(|(value, kind, main_flag, weight)| {
            let kind = OriginType::from_code(&kind).ok_or_else(|| corrupt("orign_address.type", &kind))?;
            Ok(Origin { value, kind, main_flag, weight })
        })
        .collect()
}

/// Makes the order hold exactly the files its form names.
pub fn replace_files(
    conn: &mut Connection,
    id: OrderId,
    attachments: &[FileId],
    security: &[FileId],
) -> Result<(), StoreError> {
    diesel::delete(work_order_file::table.filter(work_order_file::order_id.eq(id.0))).execute(conn)?;
    insert_files(conn, id, attachments, security)
}

/// Makes a new order hold the files its form names.
pub fn insert_files(
    conn: &mut Connection,
    id: OrderId,
    attachments: &[FileId],
    security: &[FileId],
) -> Result<(), StoreError> {
    let kinds = [(AttachmentKind::Attachment, attachments), (AttachmentKind::Security, security)];
    let files = kinds.into_iter().flat_map(|(kind, files)| files.iter().map(move |file| (kind, file)));
    for ((kind, file), position) in files.zip(0_i32..) {
        let row = (
            work_order_file::order_id.eq(id.0),
            work_order_file::file_id.eq(file.as_str()),
            work_order_file::kind.eq(kind.code()),
            work_order_file::position.eq(position),
        );
        // The same file named twice is held once.
        on_both!(conn, |c| diesel::insert_into(work_order_file::table)
            .values(row)
            .on_conflict_do_nothing()
            .execute(c))?;
    }
    Ok(())
}

/// The files an order holds, as the form names them.
pub fn list_files(conn: &mut Connection, id: OrderId) -> Result<Vec<Attachment>, StoreError> {
    let rows: Vec<(String, String, i64, String, String)> = work_order_file::table
        .inner_join(log_file_resource::table.on(log_file_resource::file_id.eq(work_order_file::file_id)))
        .filter(work_order_file::order_id.eq(id.0))
        .order(work_order_file::position)
        .select((
            log_file_resource::file_id,
            log_file_resource::name,
            log_file_resource::size,
            log_file_resource::content_type,
            work_order_file::kind,
        ))
        .load(conn)?;
    rows.into_iter()
        .map(|(file_id, name, size, content_type, kind)| {
            let kind = AttachmentKind::from_code(&kind).ok_or_else(|| corrupt("work_order_file.kind", &kind))?;
            Ok(Attachment { file_id: FileId(file_id), name, size, content_type, kind })
        })
        .collect()
}
