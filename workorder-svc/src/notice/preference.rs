//! `GET` and `PUT /workorder/notices/preference`: in which language a person is written to.

use actix_web::web;
use serde::{Deserialize, Serialize};
use shared_model::problem::{Fault, Problem, codes};
use shared_model::server::answer::Answer;
use shared_model::server::body::Command;
use shared_model::server::caller::Caller;
use shared_model::server::idempotency::once;
use shared_model::text::{Language, Text};
use utoipa::ToSchema;

use crate::desk::Desk;
use crate::error::ServiceError;
use crate::notice::repo;

/// How the caller is written to.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Preference {
    /// 邮件语言：zh-CN（默认）或 en / the language of letters: zh-CN (the default) or en
    #[schema(examples("zh-CN"))]
    pub language: String,
}

impl Preference {
    fn of(language: Language) -> Self {
        Self { language: language.tag().to_owned() }
    }

    fn language(&self) -> Result<Language, Problem> {
        let known = [Language::Chinese, Language::English];
        known.into_iter().find(|language| language.tag().eq_ignore_ascii_case(self.language.trim())).ok_or_else(|| {
            let message = Text::fixed("语言为 zh-CN 或 en", "a language is zh-CN or en");
            Problem::of_faults(vec![Fault::new("/language", &codes::REQUEST_INVALID, message)])
        })
    }
}

/// 通知偏好 / How the caller is written to
#[utoipa::path(
    get,
    path = "/workorder/notices/preference",
    tag = "通知 Notices",
    responses((status = 200, body = Preference))
)]
pub async fn show(desk: web::Data<Desk>, caller: Caller) -> Result<Answer, ServiceError> {
    let user = caller.id().clone();
    let language = desk.db.read(move |conn| repo::language_of(conn, &user)).await?;
    Ok(Answer::ok(&Preference::of(language)))
}

/// 设置通知偏好 / Choose how to be written to
#[utoipa::path(
    put,
    path = "/workorder/notices/preference",
    tag = "通知 Notices",
    request_body = Preference,
    responses((status = 200, body = Preference), (status = 400, description = "没有这种语言 / no such language"))
)]
pub async fn set(
    desk: web::Data<Desk>,
    caller: Caller,
    Command { body, ticket }: Command<Preference>,
) -> Result<Answer, ServiceError> {
    let (language, now, user) = (body.language()?, desk.clock.now(), caller.id().clone());
    desk.db
        .write(move |conn| {
            once(conn, ticket.as_ref(), now, |conn| {
                repo::set_language(conn, &user, language, now)?;
                Ok::<_, ServiceError>(Answer::ok(&Preference::of(language)))
            })
        })
        .await
}
