//! The configured mapping: a domain into a request, an answer into one of three values. Pure. Whatever is not exactly
//! what was configured is unknown: nothing is ever taken for lawful by mistake.

use serde_json::Value;

use crate::icp::rules::Answer;
use crate::settings::IcpHttpSettings;

/// Where the domain stands in the URL and the body.
const PLACE: &str = "{domain}";
/// The longest record number there is, in characters. source: work-order contract, `icp_number.invalid`.
const LONGEST_NUMBER: usize = 64;
/// The longest reason that is repeated, in characters.
const LONGEST_REASON: usize = 200;

/// Why the configured mapping cannot be used.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum MappingError {
    #[error("icp.http.url must be http(s)://host/... with {{domain}} after the host")]
    Url,
    #[error("icp.http.method is GET or POST")]
    Method,
    #[error("icp.http.body must be JSON")]
    Body,
    #[error("icp.http: {0} is no JSON pointer (RFC 6901)")]
    Pointer(&'static str),
    #[error("icp.http: lawful and unlawful need a value each, and none in common")]
    Values,
}

/// What came back.
#[derive(Clone, Copy, Debug)]
pub struct Replied<'a> {
    pub status: u16,
    pub body: &'a [u8],
}

/// The mapping, checked.
#[derive(Clone, Debug)]
pub struct Mapping {
    /// `https://host:port`
    pub base: String,
    /// Everything after it, with its place for the domain.
    path: String,
    pub post: bool,
    body: Option<Value>,
    status: String,
    lawful: Vec<String>,
    unlawful: Vec<String>,
    record_number: String,
    reason: String,
    domain: String,
    missing_is_unlawful: bool,
}

impl Mapping {
    pub fn of(settings: &IcpHttpSettings) -> Result<Self, MappingError> {
        let (base, path) = split(&settings.url).ok_or(MappingError::Url)?;
        let post = match settings.method.to_ascii_uppercase().as_str() {
            "GET" => false,
            "POST" => true,
            _ => return Err(MappingError::Method),
        };
        let body = match settings.body.trim() {
            "" => None,
            body => Some(serde_json::from_str(body).map_err(|_| MappingError::Body)?),
        };
        if base.contains(PLACE) || !(path.contains(PLACE) || settings.body.contains(PLACE)) {
            return Err(MappingError::Url);
        }
        let none_in_common = !settings.lawful.iter().any(|value| settings.unlawful.contains(value));
        if settings.lawful.is_empty() || settings.unlawful.is_empty() || !none_in_common {
            return Err(MappingError::Values);
        }
        Ok(Self {
            base: base.to_owned(),
            path: path.to_owned(),
            post,
            body,
            status: pointer("status", &settings.status)?,
            lawful: settings.lawful.clone(),
            unlawful: settings.unlawful.clone(),
            record_number: pointer("record_number", &settings.record_number)?,
            reason: pointer("reason", &settings.reason)?,
            domain: pointer("domain", &settings.domain)?,
            missing_is_unlawful: settings.missing_is_unlawful,
        })
    }

    /// Path and query for a domain: letters, digits, hyphens and dots, which need no escape.
    pub fn path(&self, domain: &str) -> String {
        self.path.replace(PLACE, domain)
    }

    pub fn body(&self, domain: &str) -> Option<Value> {
        self.body.clone().map(|body| filled(body, domain))
    }

    /// What a reply says of a domain.
    pub fn read(&self, domain: &str, replied: Replied<'_>) -> Answer {
        if replied.status == 404 && self.missing_is_unlawful {
            return Answer::Unlawful { reason: format!("{domain} 未备案 / not filed") };
        }
        if replied.status != 200 {
            return unknown(&format!("状态 status {}", replied.status));
        }
        let Ok(said) = serde_json::from_slice::<Value>(replied.body) else { return unknown("不是 JSON not JSON") };
        if !self.speaks_of(&said, domain) {
            return unknown("答非所问 speaks of another domain");
        }
        let Some(status) = text_at(&said, &self.status) else { return unknown("没有状态 has no status") };
        if self.unlawful.contains(&status) {
            let reason = text_at(&said, &self.reason).filter(|reason| !self.reason.is_empty() && !reason.is_empty());
            let reason = reason.map(|reason| reason.chars().filter(|c| !c.is_control()).take(LONGEST_REASON).collect());
            return Answer::Unlawful { reason: reason.unwrap_or_else(|| format!("{domain} 未备案 / not filed")) };
        }
        if !self.lawful.contains(&status) {
            return unknown("状态不认识 has an unknown status");
        }
        match self.number(&said) {
            Some(record_number) => Answer::Lawful { record_number },
            None => unknown("没有备案号 has no record number"),
        }
    }

    /// An answer that names its domain must name the one that was asked for.
    fn speaks_of(&self, said: &Value, domain: &str) -> bool {
        self.domain.is_empty() || text_at(said, &self.domain).is_some_and(|named| named.eq_ignore_ascii_case(domain))
    }

    /// Lawful goes with a record number.
    fn number(&self, said: &Value) -> Option<String> {
        let number = text_at(said, &self.record_number)?.trim().to_owned();
        let fits =
            !number.is_empty() && number.chars().count() <= LONGEST_NUMBER && !number.chars().any(char::is_control);
        fits.then_some(number)
    }
}

fn unknown(why: &str) -> Answer {
    Answer::Unknown { reason: format!("备案系统应答无法识别 / the registry's answer cannot be used: {why}") }
}

fn split(url: &str) -> Option<(&str, &str)> {
    let host = url.find("://")? + 3;
    let end = url.get(host..)?.find('/')? + host;
    (end > host).then(|| url.split_at(end))
}

fn pointer(name: &'static str, text: &str) -> Result<String, MappingError> {
    if text.is_empty() || text.starts_with('/') { Ok(text.to_owned()) } else { Err(MappingError::Pointer(name)) }
}

/// The value at a pointer, as text: a string as it is, a number or a truth value as JSON writes it.
fn text_at(said: &Value, pointer: &str) -> Option<String> {
    match said.pointer(pointer)? {
        Value::String(text) => Some(text.clone()),
        value @ (Value::Number(_) | Value::Bool(_)) => Some(value.to_string()),
        Value::Null | Value::Array(_) | Value::Object(_) => None,
    }
}

fn filled(body: Value, domain: &str) -> Value {
    match body {
        Value::String(text) => Value::String(text.replace(PLACE, domain)),
        Value::Array(items) => Value::Array(items.into_iter().map(|item| filled(item, domain)).collect()),
        Value::Object(members) => {
            Value::Object(members.into_iter().map(|(name, value)| (name, filled(value, domain))).collect())
        }
        value @ (Value::Null | Value::Bool(_) | Value::Number(_)) => value,
    }
}

#[cfg(test)]
mod tests {
    use rstest::rstest;
    use serde_json::json;
    use shared_model::server::settings::EnvironmentScope;

    use super::*;
    use crate::settings::Settings;

    fn settings() -> IcpHttpSettings {
        let settings = Settings::load(None, EnvironmentScope::Nothing, &[]).unwrap();
        IcpHttpSettings {
            url: "https://registry.example.cn/v1/filings?name={domain}".to_owned(),
            status: "/data/filed".to_owned(),
            lawful: vec!["true".to_owned(), "1".to_owned()],
            unlawful: vec!["false".to_owned()],
            record_number: "/data/number".to_owned(),
            reason: "/message".to_owned(),
            domain: "/data/domain".to_owned(),
            ..settings.icp.http
        }
    }

    fn read(status: u16, body: &Value) -> Answer {
        let body = serde_json::to_vec(body).unwrap();
        Mapping::of(&settings()).unwrap().read("example.cn", Replied { status, body: &body })
    }

    fn filed(filed: &Value) -> Value {
        json!({"data": {"domain": "EXAMPLE.cn", "filed": filed, "number": " 京ICP备1号 "}, "message": "主体不符"})
    }

    #[test]
    fn exactly_what_was_configured_is_lawful_or_unlawful() {
        let lawful = Answer::Lawful { record_number: "京ICP备1号".to_owned() };
        assert_eq!(read(200, &filed(&json!(true))), lawful);
        assert_eq!(read(200, &filed(&json!(1))), lawful);
        assert_eq!(read(200, &filed(&json!("true"))), lawful);
        assert_eq!(read(200, &filed(&json!(false))), Answer::Unlawful { reason: "主体不符".to_owned() });
    }

    #[rstest]
    #[case::other_value(200, filed(&json!("maybe")))]
    #[case::no_value(200, filed(&Value::Null))]
    #[case::another_domain(200, json!({"data": {"domain": "other.cn", "filed": true, "number": "京ICP备1号"}}))]
    #[case::no_number(200, json!({"data": {"domain": "example.cn", "filed": true}}))]
    #[case::endless_number(200, json!({"data": {"domain": "example.cn", "filed": true, "number": "9".repeat(65)}}))]
    #[case::not_found(404, json!({}))]
    #[case::broken(500, filed(&json!(true)))]
    #[case::elsewhere(302, filed(&json!(true)))]
    #[case::partial(206, filed(&json!(true)))]
    fn anything_else_is_unknown(#[case] status: u16, #[case] body: Value) {
        assert!(matches!(read(status, &body), Answer::Unknown { .. }));
    }

    #[test]
    fn a_captive_portal_is_unknown_and_a_missing_one_is_unlawful_only_where_configured() {
        let mapping = Mapping::of(&IcpHttpSettings { missing_is_unlawful: true, ..settings() }).unwrap();
        let portal = mapping.read("example.cn", Replied { status: 200, body: b"<html>log in</html>" });
        assert!(matches!(portal, Answer::Unknown { .. }));
        let missing = mapping.read("example.cn", Replied { status: 404, body: b"" });
        assert!(matches!(missing, Answer::Unlawful { .. }));
    }

    #[test]
    fn the_domain_is_put_in_its_places_and_nowhere_else() {
        let asked = IcpHttpSettings { body: r#"{"q": ["{domain}"], "n": 1}"#.to_owned(), ..settings() };
        let mapping = Mapping::of(&asked).unwrap();
        assert_eq!(mapping.base, "https://registry.example.cn");
        assert_eq!(mapping.path("example.cn"), "/v1/filings?name=example.cn");
        assert_eq!(mapping.body("example.cn"), Some(json!({"q": ["example.cn"], "n": 1})));
    }

    #[test]
    fn a_mapping_that_cannot_work_is_refused_at_the_start() {
        let refused = |change: fn(&mut IcpHttpSettings)| {
            let mut settings = settings();
            change(&mut settings);
            Mapping::of(&settings).unwrap_err()
        };
        assert_eq!(refused(|s| s.url = "https://{domain}/x".to_owned()), MappingError::Url);
        assert_eq!(refused(|s| s.url = "https://registry.example.cn/x".to_owned()), MappingError::Url);
        assert_eq!(refused(|s| s.method = "DELETE".to_owned()), MappingError::Method);
        assert_eq!(refused(|s| s.body = "{".to_owned()), MappingError::Body);
        assert_eq!(refused(|s| s.status = "data.filed".to_owned()), MappingError::Pointer("status"));
        assert_eq!(refused(|s| s.unlawful = vec!["1".to_owned()]), MappingError::Values);
    }
}
