//! Uploads 文件: licence photos, logos and materials. A file is open to who uploaded it and to whoever may read a record
//! that it belongs to. source: public entity rule 4.

pub mod download;
pub mod orphan;
pub mod repo;
pub mod rules;
pub mod upload;

use shared_model::problem::codes;
use shared_model::server::database::Connection;
use shared_model::text::Text;

use crate::error::ServiceError;
use crate::resource::{Actor, Form, ResourceName};

/// Checks a URL of a record: https, or an upload that is the actor's own or belongs to this record already. Somebody
/// else's upload is as unknown as none, or naming it would open it.
pub fn check_url(
    conn: &mut Connection,
    form: &mut Form,
    pointer: String,
    url: &str,
    actor: &Actor,
    resource: ResourceName,
    record: Option<i64>,
) -> Result<(), ServiceError> {
    match rules::FileUrl::parse(url) {
        Some(rules::FileUrl::Elsewhere) => {}
        Some(rules::FileUrl::Upload(id)) => {
            let own = repo::find(conn, id)?.is_some_and(|file| actor.is(&file.uploaded_by));
            if !own && !repo::belongs_to(conn, id, resource, record)? {
                form.fault(pointer, &codes::FILE_UNKNOWN, Text::fixed("没有此上传文件", "there is no such upload"));
            }
        }
        None => {
            let message =
                Text::fixed("须为 https 链接或上传所得的链接", "must be an https URL or one an upload answered");
            form.fault(pointer, &codes::FIELD_INVALID, message);
        }
    }
    Ok(())
}
