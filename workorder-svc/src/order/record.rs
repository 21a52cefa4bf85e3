//! Everything kept about one order, as its detail and its explanation need it.

use shared_model::ids::OrderId;
use shared_model::local_time::from_stored;
use shared_model::server::database::Connection;

use crate::bpm::repo as bpm_repo;
use crate::desk::Policy;
use crate::error::ServiceError;
use crate::icp::evidence;
use crate::icp::live::repo as live;
use crate::order::access::{creator_standing, get_visible};
use crate::order::detail_view::Record;
use crate::order::domain_view::Filings;
use crate::order::rules::Viewer;
use crate::order::{content, history};
use crate::split::link;

/// The record of an order the viewer may see; else the order is not there.
pub fn get(conn: &mut Connection, id: OrderId, viewer: &Viewer, policy: &Policy) -> Result<Record, ServiceError> {
    let order = get_visible(conn, id, viewer)?;
    Ok(Record {
        attachments: content::list_files(conn, id)?,
        history: history::list(conn, id)?,
        tasks: bpm_repo::list_tasks(conn, id, policy.zone)?,
        creator: creator_standing(conn, &order)?,
        filings: Filings { evidence: evidence::list(conn, id)?, lapses: live::list_lapses(conn, id.0)? },
        links: link::list(conn, id)?,
        due_at: policy.due_at(&order).map(from_stored),
        order,
    })
}
