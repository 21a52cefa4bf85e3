//! `POST /tmf-api/serviceOrdering/v4/hub`: subscribes a call-back to events.

use actix_web::web;
use serde::{Deserialize, Serialize};
use shared_model::problem::{Fault, Problem, codes};
use shared_model::server::answer::Answer;
use shared_model::server::body::Command;
use shared_model::server::caller::Caller;
use shared_model::server::idempotency::once;
use shared_model::server::outbound::check_url;
use shared_model::text::Text;
use utoipa::ToSchema;
use uuid::Uuid;

use crate::desk::Desk;
use crate::error::ServiceError;
use crate::service_order::answer::Located;
use crate::service_order::hub::courier::may_be_called;
use crate::service_order::hub::event_filter::EventFilter;
use crate::service_order::hub::repo::{self, Subscription};

/// Most subscriptions at a time: every event is written for each.
const MOST: i64 = 50;
/// Longest call-back, in characters.
const LONGEST: usize = 2_000;

/// `{"callback","query"}`
#[derive(Clone, Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct EventSubscriptionInput {
    #[schema(examples("https://crm.example.cn/listener"))]
    pub callback: String,
    /// `eventType=A,B` 及事件内的路径 / and paths into the event
    #[serde(default)]
    #[schema(examples("eventType=ServiceOrderStateChangeEvent"))]
    pub query: Option<String>,
}

/// `{"id","callback","query"}`
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct EventSubscription {
    pub id: String,
    pub callback: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub query: Option<String>,
}

/// 订阅事件 / Subscribe to events
#[utoipa::path(
    post,
    path = "/tmf-api/serviceOrdering/v4/hub",
    tag = "TMF641 服务订单 Service orders",
    operation_id = "tmf641_registerListener",
    request_body = EventSubscriptionInput,
    responses(
        (status = 201, body = EventSubscription, headers(("Location" = String)), description = "已订阅 / subscribed"),
        (status = 409, description = "订阅过多 / too many subscriptions"),
        (status = 422, description = "回调主机未配置 / the host of the call-back is not configured"),
    )
)]
pub async fn register(
    desk: web::Data<Desk>,
    caller: Caller,
    Command { body, ticket }: Command<EventSubscriptionInput>,
) -> Result<Located, ServiceError> {
    check_callback(&desk, &body.callback)?;
    EventFilter::parse(body.query.as_deref())?;
    let EventSubscriptionInput { callback, query } = body;
    let (person, now) = (caller.id().clone(), desk.clock.now());
    let subscription = Subscription { id: Uuid::now_v7().to_string(), callback, query };
    let answer = desk
        .db
        .write(move |conn| {
            once(conn, ticket.as_ref(), now, |conn| {
                if repo::count(conn)? >= MOST {
                    let detail = Text::fixed("订阅已达上限，请先退订", "there are too many: end one first");
                    return Err(Problem::new(&codes::CONFLICT).detail(detail).into());
                }
                repo::insert(conn, &subscription, &person, now)?;
                let Subscription { id, callback, query } = subscription;
                Ok::<_, ServiceError>(Answer::created(&EventSubscription { id, callback, query }))
            })
        })
        .await?;
    Ok(Located(answer))
}

fn check_callback(desk: &Desk, callback: &str) -> Result<(), Problem> {
    let policy = &desk.policy;
    let reason = match check_url(callback, &policy.private_hosts) {
        Ok(_) if callback.chars().count() > LONGEST => Some("is too long".to_owned()),
        Ok(_) if may_be_called(callback, &policy.callback_hosts) => None,
        Ok(_) => Some("lies at a host that is not configured (hub.callback_hosts)".to_owned()),
        Err(why) => Some(why.to_string()),
    };
    let Some(reason) = reason else { return Ok(()) };
    let message = Text::new(format!("不能回调此地址：{reason}"), format!("this call-back {reason}"));
    Err(Problem::of_faults(vec![Fault::new("/callback", &codes::HUB_CALLBACK_REFUSED, message)]))
}
