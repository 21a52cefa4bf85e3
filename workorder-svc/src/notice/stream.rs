//! `GET /workorder/notices/stream`: the caller's inbox as server-sent events, for as long as their token is good.
//!
//! Every notice is an event with its id; `Last-Event-ID` goes on after it. Between them, comments keep the way open.
//! source: WHATWG HTML, "Server-sent events".

use std::collections::{BTreeSet, VecDeque};
use std::convert::Infallible;
use std::sync::Arc;
use std::time::Duration;

use actix_web::http::header;
use actix_web::web::{self, Bytes};
use actix_web::{HttpMessage, HttpRequest, HttpResponse};
use chrono_tz::Tz;
use serde::{Deserialize, Serialize};
use serde_json::json;
use shared_model::ids::UserId;
use shared_model::problem::{Fault, Problem, codes};
use shared_model::server::body::Query;
use shared_model::server::caller::{Caller, HeadOnly, ReaderLanguage};
use shared_model::server::database::{Database, StoreError};
use shared_model::server::directory::StaffDirectory;
use shared_model::text::{Language, Text};
use tokio::time::{Instant, Interval, MissedTickBehavior};
use utoipa::{IntoParams, ToSchema};

use crate::desk::Desk;
use crate::error::ServiceError;
use crate::notice::hub::{Call, OVERLAP, Subscription};
use crate::notice::repo;
use crate::notice::view::{KeptNotice, NoticeView};

/// Notices read at a time.
const BATCH: usize = 200;
/// Those, and as many again as may have been sent already.
const ASKED: i64 = OVERLAP + 200;
/// How soon a disabled account is noticed.
const STANDING: Duration = Duration::from_secs(2);
/// Milliseconds after which a client comes back.
const RETRY: u32 = 3000;

#[derive(Clone, Debug, Default, Deserialize, IntoParams)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct StreamQuery {
    /// 同 Last-Event-ID 请求头，供不能设置请求头的客户端使用 / as the header Last-Event-ID, for clients that cannot set it
    pub last_event_id: Option<String>,
}

/// `data` of the events `notice` and `unread`.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct NoticeEvent {
    /// Of `notice` alone.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub notice: Option<NoticeView>,
    /// How many are unread now.
    pub unread: i64,
}

/// 通知推送（SSE）/ The inbox as server-sent events
///
/// 事件：`notice`（带 id）、`unread`（未读数变化）、`end`（结束原因：expired、disabled、stopping）。
/// Events: `notice` with an id, `unread` when the number changes, `end` with the reason.
#[utoipa::path(
    get,
    path = "/workorder/notices/stream",
    tag = "通知 Notices",
    params(
        StreamQuery,
        ("Last-Event-ID" = Option<String>, Header, description = "从这一条之后继续 / go on after this one")
    ),
    responses(
        (status = 200, body = NoticeEvent, content_type = "text/event-stream"),
        (status = 400, description = "编号有误 / not an id"),
        (status = 429, description = "本人的推送过多 / too many streams of one person",
            headers(("Retry-After" = u32, description = "秒 / seconds"))),
    )
)]
pub async fn stream(
    desk: web::Data<Desk>,
    staff: web::Data<StaffDirectory>,
    caller: Caller,
    ReaderLanguage(language): ReaderLanguage,
    Query(query): Query<StreamQuery>,
    request: HttpRequest,
) -> Result<HttpResponse, ServiceError> {
    let header = request.headers().get("last-event-id").and_then(|value| value.to_str().ok());
    let last = header.or(query.last_event_id.as_deref()).map(str::trim).filter(|id| !id.is_empty());
    let last = last.map(event_id).transpose()?;
    let subscription = desk.notices.subscribe(caller.id()).ok_or_else(too_many)?;
    let mut inbox = InboxStream::of(&desk, staff.into_inner(), &caller, language, subscription);
    inbox.begin(last).await?;
    let mut answer = HttpResponse::Ok();
    answer
        .insert_header((header::CONTENT_TYPE, "text/event-stream"))
        .insert_header((header::CACHE_CONTROL, "no-store"))
        // Proxies of the nginx kind hold an answer back unless they are told not to.
        .insert_header(("x-accel-buffering", "no"));
    if request.extensions().get::<HeadOnly>().is_some() {
        return Ok(answer.finish());
    }
    Ok(answer.streaming(futures_util::stream::unfold(inbox, |mut inbox| async move {
        inbox.next().await.map(|chunk| (Ok::<_, Infallible>(chunk), inbox))
    })))
}

fn event_id(text: &str) -> Result<i64, Problem> {
    text.parse().map_err(|_| {
        let message = Text::fixed("不是通知编号", "not the id of a notice");
        Problem::of_faults(vec![Fault::new("/lastEventId", &codes::REQUEST_INVALID, message)])
    })
}

fn too_many() -> Problem {
    Problem::new(&codes::RATE_LIMITED)
        .detail(Text::fixed("同时打开的通知推送过多", "too many streams are open for this person"))
        .retry_after(10)
}

fn ticks(every: Duration) -> Interval {
    let mut ticks = tokio::time::interval(every);
    ticks.set_missed_tick_behavior(MissedTickBehavior::Delay);
    ticks
}

/// One person's inbox on its way to one client.
struct InboxStream {
    subscription: Subscription,
    db: Database,
    staff: Arc<StaffDirectory>,
    user: UserId,
    language: Language,
    zone: Tz,
    /// The newest id that was sent, or that was there when the stream began.
    last: i64,
    /// Ids not far below `last` that need no sending.
    sent: BTreeSet<i64>,
    /// The number that was sent last.
    unread: Option<i64>,
    queue: VecDeque<Bytes>,
    /// There may be something to load.
    more: bool,
    ended: bool,
    expires: Instant,
    heartbeat: Duration,
    quiet_since: Instant,
    ticks: Interval,
}

impl InboxStream {
    /// For as long as the caller's token is good.
    fn of(
        desk: &Desk,
        staff: Arc<StaffDirectory>,
        caller: &Caller,
        language: Language,
        subscription: Subscription,
    ) -> Self {
        let seconds = u64::try_from(caller.claims.exp - desk.clock.now().timestamp()).unwrap_or(0);
        Self {
            subscription,
            db: desk.db.clone(),
            staff,
            user: caller.id().clone(),
            language,
            zone: desk.policy.zone,
            last: 0,
            sent: BTreeSet::new(),
            unread: None,
            queue: VecDeque::new(),
            more: false,
            ended: false,
            expires: Instant::now() + Duration::from_secs(seconds),
            heartbeat: desk.policy.heartbeat,
            quiet_since: Instant::now(),
            ticks: ticks(STANDING.min(desk.policy.heartbeat)),
        }
    }

    /// From now, or from after the event that the client saw last.
    async fn begin(&mut self, last: Option<i64>) -> Result<(), StoreError> {
        let user = self.user.clone();
        let newest = self.db.read(repo::newest).await?;
        self.last = last.map_or(newest, |last| last.min(newest));
        let floor = self.last - OVERLAP;
        let known = self.db.read(move |conn| repo::list_ids_after(conn, &user, floor)).await?;
        self.sent = known.into_iter().filter(|id| *id <= self.last).collect();
        self.queue.push_back(Bytes::from(format!("retry: {RETRY}\n\n")));
        self.load().await
    }

    /// The next piece of the answer; None at its end.
    async fn next(&mut self) -> Option<Bytes> {
        loop {
            if let Some(chunk) = self.queue.pop_front() {
                self.quiet_since = Instant::now();
                return Some(chunk);
            }
            if self.ended {
                return None;
            }
            if std::mem::take(&mut self.more)
                && let Err(error) = self.load().await
            {
                tracing::warn!(%error, "an inbox cannot be read; its reader comes back");
                return None;
            }
            if !self.queue.is_empty() {
                continue;
            }
            tokio::select! {
                call = self.subscription.called() => match call {
                    Call::Look => self.more = true,
                    Call::Closing => self.end("stopping"),
                },
                () = tokio::time::sleep_until(self.expires) => self.end("expired"),
                _ = self.ticks.tick() => {
                    if self.staff.is_disabled(&self.user) {
                        self.end("disabled");
                    } else if self.quiet_since.elapsed() >= self.heartbeat {
                        self.queue.push_back(Bytes::from_static(b": still here\n\n"));
                    }
                }
            }
        }
    }

    /// What is new in the inbox, up to a batch of it.
    async fn load(&mut self) -> Result<(), StoreError> {
        let (user, floor) = (self.user.clone(), self.last - OVERLAP);
        let (found, unread) = self
            .db
            .read(move |conn| {
                let found = repo::list_after(conn, &user, floor, ASKED)?;
                Ok::<_, StoreError>((found, repo::count_unread(conn, &user)?))
            })
            .await?;
        let mut fresh: Vec<KeptNotice> = found.into_iter().filter(|notice| !self.sent.contains(&notice.id)).collect();
        self.more = fresh.len() >= BATCH;
        fresh.truncate(BATCH);
        self.send(fresh, unread);
        Ok(())
    }

    fn send(&mut self, fresh: Vec<KeptNotice>, unread: i64) {
        for notice in fresh {
            let id = notice.id;
            self.sent.insert(id);
            self.last = self.last.max(id);
            self.unread = Some(unread);
            let notice = Some(NoticeView::of(notice, self.language, self.zone));
            self.queue.push_back(event("notice", Some(id), &NoticeEvent { notice, unread }));
        }
        if self.unread != Some(unread) {
            self.unread = Some(unread);
            self.queue.push_back(event("unread", None, &NoticeEvent { notice: None, unread }));
        }
        self.sent = self.sent.split_off(&(self.last - OVERLAP));
    }

    fn end(&mut self, reason: &str) {
        self.ended = true;
        self.queue.push_back(event("end", None, &json!({ "reason": reason })));
    }
}

/// One event. JSON has no line breaks, so it is one line of data.
fn event(name: &str, id: Option<i64>, data: &impl Serialize) -> Bytes {
    let data = serde_json::to_string(data).unwrap_or_else(|error| {
        tracing::error!(%error, "an event can't be written");
        "{}".to_owned()
    });
    let id = id.map(|id| format!("id: {id}\n")).unwrap_or_default();
    Bytes::from(format!("event: {name}\n{id}data: {data}\n\n"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_event_is_written_in_whole_lines() {
        assert_eq!(event("unread", None, &json!({"unread": 2})), "event: unread\ndata: {\"unread\":2}\n\n");
        let told = event("notice", Some(7), &json!({"text": "两行\n文字"}));
        assert_eq!(told, "event: notice\nid: 7\ndata: {\"text\":\"两行\\n文字\"}\n\n");
    }

    #[test]
    fn only_a_number_is_gone_on_after() {
        assert_eq!(event_id("17").unwrap(), 17);
        assert!(event_id("none").is_err() && event_id("1; drop").is_err());
    }
}
