//! Passes an admitted request on and its answer back. Which failures may be tried again elsewhere is decided here:
//! only what no service can have acted on, and GET and HEAD.

use std::cell::RefCell;
use std::rc::Rc;
use std::time::Instant;

use actix_web::body::BoxBody;
use actix_web::http::header as actix_header;
use actix_web::web::Payload;
use actix_web::{HttpMessage, HttpRequest, HttpResponse, HttpResponseBuilder};
use http::{Request, Response};
use hyper::body::Incoming;
use shared_model::problem::{Problem, codes};
use shared_model::text::Text;

use super::admission::Admitted;
use super::download::Download;
use super::headers;
use super::hop::{HopFault, Lease};
use super::upload::{Progress, Upload, UploadFault};
use super::upstream::{Address, Service};
use super::worker::Worker;

/// Marks an answer as a service's own: it goes back as it came, also when it is an error.
pub struct Passed;

type Sent = (Response<Incoming>, Lease);

/// The handler of everything that a service answers.
pub async fn forward(request: HttpRequest, payload: Payload) -> Result<HttpResponse, Problem> {
    let worker = request.app_data::<Rc<Worker>>().cloned().ok_or_else(|| Problem::new(&codes::INTERNAL))?;
    let admitted = request.extensions().get::<Admitted>().cloned().ok_or_else(|| Problem::new(&codes::NOT_FOUND))?;
    let service = admitted.service(&worker.shared.upstreams).ok_or_else(|| Problem::new(&codes::NOT_FOUND))?;
    let upload = upload(&request, payload, admitted.body_limit);
    let attempt = Attempt { worker: &worker, service, request: &request, admitted: &admitted };
    let progress = upload.progress();
    let (response, lease) = attempt.until_answered(upload, &progress).await?;
    Ok(answer(&request, response, lease, &worker))
}

fn upload(request: &HttpRequest, payload: Payload, limit: u64) -> Upload {
    let declared = request.headers().get(actix_header::CONTENT_LENGTH);
    let declared = declared.and_then(|value| value.to_str().ok()?.trim().parse().ok());
    let chunked = request.headers().contains_key(actix_header::TRANSFER_ENCODING);
    if declared.unwrap_or(0) == 0 && !chunked {
        return Upload::none();
    }
    Upload::new(payload.into_inner(), declared, limit)
}

/// One request on its way, over as many addresses as it takes.
struct Attempt<'a> {
    worker: &'a Worker,
    service: &'a Service,
    request: &'a HttpRequest,
    admitted: &'a Admitted,
}

impl Attempt<'_> {
    async fn until_answered(&self, upload: Upload, progress: &Rc<Progress>) -> Result<Sent, Problem> {
        let upload = RefCell::new(Some(upload));
        let mut again = self.is_repeatable();
        let mut fresh = false;
        let rotation = self.service.rotation();
        let mut addresses = rotation.iter();
        let mut address = addresses.next();
        while let Some(at) = address {
            let body = upload.borrow_mut().take().unwrap_or_else(Upload::none);
            match self.send(at, body, fresh, progress).await? {
                Ok(sent) => return Ok(sent),
                Err(HopFault::NotSent { request, reused, why }) => {
                    upload.replace(Some(request.into_body()));
                    if reused {
                        // Only the idle connection was gone; the address may be fine.
                        fresh = true;
                    } else {
                        self.leave(at, &why);
                        (address, fresh) = (addresses.next(), false);
                    }
                }
                Err(HopFault::Broken { reused, why }) => {
                    tracing::info!(address = %at.base, reused, why, "a service broke the connection off");
                    self.check_upload(progress)?;
                    if !std::mem::take(&mut again) {
                        return Err(self.failed(&codes::UPSTREAM_FAILED));
                    }
                    // The same address on a new connection, unless another one is there to be asked.
                    (address, fresh) = (if reused { Some(at) } else { addresses.next().or(Some(at)) }, true);
                }
                Err(HopFault::Unusable(why)) => {
                    tracing::warn!(address = %at.base, why, "a service answered what is no HTTP");
                    self.check_upload(progress)?;
                    return Err(self.failed(&codes::UPSTREAM_FAILED));
                }
            }
        }
        Err(self.failed(&codes::SERVICE_UNAVAILABLE).retry_after(1))
    }

    /// Sends once, and waits for the first byte no longer than allowed since the last piece of the body went on.
    async fn send(
        &self,
        address: &Address,
        body: Upload,
        fresh: bool,
        progress: &Rc<Progress>,
    ) -> Result<Result<Sent, HopFault>, Problem> {
        let outgoing = self.outgoing(address, body)?;
        let started = Instant::now();
        let allowed = self.worker.shared.timeouts.first_byte();
        let sending = self.worker.hop.send(address, outgoing, fresh);
        tokio::pin!(sending);
        loop {
            let deadline = started.max(progress.moved()) + allowed;
            tokio::select! {
                biased;
                sent = &mut sending => return Ok(sent),
                () = tokio::time::sleep_until(deadline.into()) => {}
            }
            if started.max(progress.moved()) + allowed <= Instant::now() {
                tracing::warn!(address = %address.base, "no answer in time");
                let client_stalls = progress.waits_for_client();
                return Err(if client_stalls {
                    Problem::new(&codes::REQUEST_TIMEOUT)
                } else {
                    self.failed(&codes::UPSTREAM_TIMEOUT)
                });
            }
        }
    }

    /// A broken exchange may be the body's own doing.
    fn check_upload(&self, progress: &Progress) -> Result<(), Problem> {
        match progress.fault() {
            None => Ok(()),
            Some(UploadFault::TooLarge) => Err(too_large(self.admitted.body_limit)),
            Some(UploadFault::Broken) => Err(Problem::new(&codes::REQUEST_MALFORMED)),
        }
    }

    /// GET and HEAD without a body change nothing: they may be asked twice.
    fn is_repeatable(&self) -> bool {
        matches!(self.request.method().as_str(), "GET" | "HEAD") && !has_body(self.request)
    }

    fn leave(&self, address: &Address, why: &str) {
        if address.set_healthy(false) {
            tracing::warn!(service = self.service.name.code(), address = %address.base, why, "left the rotation");
        }
    }

    fn failed(&self, code: &'static shared_model::problem::Code) -> Problem {
        let name = self.service.name.code();
        Problem::new(code).detail(Text::new(format!("服务 {name}"), format!("service {name}"))).with("service", name)
    }

    fn outgoing(&self, address: &Address, body: Upload) -> Result<Request<Upload>, Problem> {
        let target = self.request.uri().path_and_query().map_or("/", |target| target.as_str());
        let mut outgoing = Request::builder().method(self.request.method().as_str()).uri(target);
        let given = self.request.headers();
        let named = headers::named_by_connection(given.get_all("connection").map(|value| value.as_bytes()));
        for (name, value) in given {
            if headers::goes_in(name.as_str(), &named) {
                outgoing = outgoing.header(name.as_str(), value.as_bytes());
            }
        }
        if let Some(host) = given.get(actix_header::HOST) {
            outgoing = outgoing.header("x-forwarded-host", host.as_bytes());
        }
        let context = shared_model::server::http::trace::current();
        if let Some(context) = context {
            outgoing = outgoing.header("x-request-id", context.request_id).header("traceparent", context.traceparent);
        }
        outgoing
            .header("host", address.authority())
            .header("x-forwarded-for", self.admitted.address.to_string())
            .header("x-forwarded-proto", "http")
            .body(body)
            .map_err(|error| {
                tracing::info!(%error, "a request that cannot be passed on");
                Problem::new(&codes::REQUEST_MALFORMED)
            })
    }
}

/// 413 with the limit in words.
pub fn too_large(limit: u64) -> Problem {
    let kib = limit / 1024;
    Problem::new(&codes::TOO_LARGE)
        .detail(Text::new(format!("内容上限为 {kib} KiB"), format!("the limit is {kib} KiB")))
}

fn has_body(request: &HttpRequest) -> bool {
    let headers = request.headers();
    headers.contains_key(actix_header::CONTENT_LENGTH) || headers.contains_key(actix_header::TRANSFER_ENCODING)
}

/// The service's answer, less what concerned only its connection.
fn answer(request: &HttpRequest, response: Response<Incoming>, lease: Lease, worker: &Worker) -> HttpResponse {
    let (head, body) = response.into_parts();
    let status = actix_web::http::StatusCode::from_u16(head.status.as_u16());
    let mut answer = HttpResponseBuilder::new(status.unwrap_or(actix_web::http::StatusCode::BAD_GATEWAY));
    let named = headers::named_by_connection(head.headers.get_all("connection").iter().map(|value| value.as_bytes()));
    for (name, value) in &head.headers {
        if headers::goes_out(name.as_str(), &named) {
            answer.append_header((name.as_str(), value.as_bytes()));
        }
    }
    let length = head.headers.get("content-length").and_then(|value| value.to_str().ok()?.parse::<u64>().ok());
    let mut download = Download::new(body, lease, worker.shared.timeouts.idle());
    if head.status == http::StatusCode::NOT_MODIFIED {
        if let Some(length) = length {
            answer.insert_header((actix_header::CONTENT_LENGTH, length));
        }
        download = download.unchanged();
    } else if request.method() == actix_web::http::Method::HEAD {
        download = download.head_only(length);
    } else if is_event_stream(&head.headers) {
        download = download.until(worker.shared.stopping.subscribe());
    }
    answer.message_body(download).map_or_else(
        |error| {
            tracing::warn!(%error, "a service's answer cannot be passed on");
            HttpResponse::BadGateway().finish()
        },
        |answer| {
            let mut answer = answer.map_into_boxed_body();
            answer.extensions_mut().insert(Passed);
            mark_one_zero(request, &mut answer);
            answer
        },
    )
}

fn is_event_stream(headers: &http::HeaderMap) -> bool {
    headers.get("content-type").is_some_and(|value| value.as_bytes().starts_with(b"text/event-stream"))
}

/// An HTTP/1.0 client knows no chunks: without a length, the end of the connection ends the body.
fn mark_one_zero(request: &HttpRequest, answer: &mut HttpResponse<BoxBody>) {
    if request.version() < actix_web::http::Version::HTTP_11 {
        answer.head_mut().no_chunking(true);
        answer.head_mut().set_connection_type(actix_http::ConnectionType::Close);
    }
}
