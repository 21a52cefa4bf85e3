//! `POST /auth/logout`

use actix_web::web::Data;
use shared_model::server::answer::Answer;
use shared_model::server::body::Json;

use super::refresh::RefreshToken;
use super::repo;
use crate::error::ServiceError;
use crate::identity::Identity;

#[utoipa::path(post, path = "/auth/logout", tag = "身份 Identity", request_body = RefreshToken,
    responses((status = 204, description = "the session is ended; also when it was before")))]
pub async fn logout(state: Data<Identity>, body: Json<RefreshToken>) -> Result<Answer, ServiceError> {
    let now = state.clock.now();
    let ended = state.db.write(move |conn| {
        repo::revoke_by_token(conn, &body.0.refresh_token, now)?;
        Ok::<_, ServiceError>(())
    });
    ended.await?;
    Ok(Answer::no_content())
}
