//! The request's id and its place in a distributed trace, carried through a task so that calls to other services go on
//! under them.

use std::future::Future;

use uuid::Uuid;

tokio::task_local! {
    static CONTEXT: Context;
}

/// `x-request-id` and `traceparent` of the running request.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Context {
    pub request_id: String,
    /// W3C Trace Context: the caller's trace, our own span.
    pub traceparent: String,
}

impl Context {
    /// Continues what the caller sent, as far as it is well-formed.
    pub fn continued(request_id: Option<&str>, traceparent: Option<&str>) -> Self {
        let request_id = match request_id.filter(|id| is_request_id(id)) {
            Some(id) => id.to_owned(),
            None => Uuid::now_v7().simple().to_string(),
        };
        Self { request_id, traceparent: child_of(traceparent) }
    }

    pub fn trace_id(&self) -> &str {
        self.traceparent.split('-').nth(1).unwrap_or_default()
    }
}

/// 8 to 64 of `[A-Za-z0-9._-]`.
pub fn is_request_id(id: &str) -> bool {
    (8..=64).contains(&id.len()) && id.bytes().all(|b| b.is_ascii_alphanumeric() || matches!(b, b'.' | b'_' | b'-'))
}

/// A span of our own in the caller's trace, or in a new one.
fn child_of(parent: Option<&str>) -> String {
    let span = &Uuid::new_v4().simple().to_string()[..16];
    match parent.and_then(trace_and_flags) {
        Some((trace, flags)) => format!("00-{trace}-{span}-{flags}"),
        None => format!("00-{}-{span}-00", Uuid::new_v4().simple()),
    }
}

/// source: W3C Trace Context §3.2.2
fn trace_and_flags(parent: &str) -> Option<(&str, &str)> {
    let hex = |text: &str, length| {
        text.len() == length && text.bytes().all(|b| b.is_ascii_digit() || (b'a'..=b'f').contains(&b))
    };
    let mut parts = parent.split('-');
    let (version, trace, span, flags) = (parts.next()?, parts.next()?, parts.next()?, parts.next()?);
    let zero = |text: &str| text.bytes().all(|b| b == b'0');
    let valid = hex(version, 2)
        && version != "ff"
        && (version != "00" || parts.next().is_none())
        && hex(trace, 32)
        && !zero(trace)
        && hex(span, 16)
        && !zero(span)
        && hex(flags, 2);
    valid.then_some((trace, flags))
}

/// The context of the running request, if this is one.
pub fn current() -> Option<Context> {
    CONTEXT.try_with(Clone::clone).ok()
}

/// Runs a request under its context.
pub async fn scope<F: Future>(context: Context, future: F) -> F::Output {
    CONTEXT.scope(context, future).await
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_well_formed_id_is_taken_and_another_replaced() {
        let taken = |id| Context::continued(Some(id), None).request_id == id;
        assert!(taken("abc-DEF_12.3"));
        for bad in ["short", "with space 1", "新的请求编号编号", &"x".repeat(65)] {
            assert!(!taken(bad), "{bad}");
        }
    }

    #[test]
    fn the_trace_goes_on_with_a_span_of_our_own() {
        let parent = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01";
        let context = Context::continued(None, Some(parent));
        assert_eq!(context.trace_id(), "4bf92f3577b34da6a3ce929d0e0e4736");
        assert!(context.traceparent.ends_with("-01") && context.traceparent != parent);
        for bad in ["00-00000000000000000000000000000000-00f067aa0ba902b7-01", "ff-x", ""] {
            assert!(Context::continued(None, Some(bad)).traceparent.ends_with("-00"), "{bad}");
        }
    }
}
