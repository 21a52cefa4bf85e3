//! `PUT /internal/accounts`: the gateway's directory, and at once new desks for the tasks it leaves without anybody.

use actix_web::web;

use shared_model::account::Directory;
use shared_model::problem::Problem;
use shared_model::server::answer::Answer;
use shared_model::server::body::Json;
use shared_model::server::directory::StaffDirectory;

use super::reroute;
use crate::app::Parts;

/// Takes the directory in. A push that dies before the tasks are routed again is made good by the next, and by a timer.
#[utoipa::path(
    put,
    path = "/internal/accounts",
    tag = "内部接口 Internal",
    request_body = Directory,
    responses((status = 204))
)]
pub async fn receive_accounts(
    parts: web::Data<Parts>,
    staff: web::Data<StaffDirectory>,
    Json(directory): Json<Directory>,
) -> Result<Answer, Problem> {
    staff.put(directory).await?;
    reroute::reroute(&parts).await?;
    Ok(Answer::no_content())
}
