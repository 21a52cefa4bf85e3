//! Every error a client sees: RFC 9457 problem bodies with stable codes, in the reader's language, all faults at once.

pub mod codes;

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};
use utoipa::ToSchema;

use crate::text::{Language, Text};

/// A documented, stable error code with its HTTP status and its title in both languages.
#[derive(Debug, PartialEq, Eq)]
pub struct Code {
    pub code: &'static str,
    pub status: u16,
    pub title: Text,
}

/// One fault of a request, at one place of it.
#[derive(Clone, Debug, PartialEq)]
pub struct Fault {
    /// JSON pointer into the body (RFC 6901), `/name` for a query parameter.
    pub pointer: String,
    pub code: &'static Code,
    pub message: Text,
    /// Further members, such as `where`.
    pub extra: Map<String, Value>,
}

impl Fault {
    pub fn new(pointer: impl Into<String>, code: &'static Code, message: Text) -> Self {
        Self { pointer: pointer.into(), code, message, extra: Map::new() }
    }

    pub fn with(mut self, name: &str, value: impl Into<Value>) -> Self {
        self.extra.insert(name.to_owned(), value.into());
        self
    }

    fn body(&self, language: Language) -> FaultBody {
        FaultBody {
            pointer: self.pointer.clone(),
            code: self.code.code.to_owned(),
            message: self.message.in_language(language).to_owned(),
            extra: self.extra.clone(),
        }
    }
}

/// An error on its way to a client: not yet in a language, not yet with its request id.
#[derive(Clone, Debug, PartialEq)]
pub struct Problem {
    pub code: &'static Code,
    pub detail: Option<Text>,
    pub faults: Vec<Fault>,
    /// Seconds for `Retry-After`.
    pub retry_after: Option<u64>,
    /// Further members of the body.
    pub extra: Map<String, Value>,
}

impl Problem {
    pub fn new(code: &'static Code) -> Self {
        Self { code, detail: None, faults: Vec::new(), retry_after: None, extra: Map::new() }
    }

    pub fn detail(mut self, detail: Text) -> Self {
        self.detail = Some(detail);
        self
    }

    pub fn retry_after(mut self, seconds: u64) -> Self {
        self.retry_after = Some(seconds);
        self
    }

    pub fn with(mut self, name: &str, value: impl Into<Value>) -> Self {
        self.extra.insert(name.to_owned(), value.into());
        self
    }

    /// All faults of a request in one problem: 400 when one of them is malformed, 409 when every one is a conflict
    /// with what exists, else 422. The problem's own code is the fault's when they all share it.
    pub fn of_faults(faults: Vec<Fault>) -> Self {
        let first = faults.first().map_or(&codes::REQUEST_INVALID, |fault| fault.code);
        let one_code = faults.iter().all(|fault| fault.code == first);
        let malformed = faults.iter().any(|fault| fault.code.status == 400);
        let conflicts = faults.iter().all(|fault| fault.code.status == 409);
        let code = if one_code {
            first
        } else if malformed {
            &codes::REQUEST_INVALID
        } else if conflicts {
            &codes::CONFLICT
        } else {
            &codes::VALIDATION_FAILED
        };
        Self { faults, ..Self::new(code) }
    }

    pub fn body(&self, language: Language, request_id: &str) -> ProblemBody {
        ProblemBody {
            r#type: format!("urn:front-desk:problem:{}", self.code.code),
            title: self.code.title.in_language(language).to_owned(),
            status: self.code.status,
            detail: self.detail.as_ref().map(|text| text.in_language(language).to_owned()),
            code: self.code.code.to_owned(),
            request_id: request_id.to_owned(),
            errors: self.faults.iter().map(|fault| fault.body(language)).collect(),
            extra: self.extra.clone(),
        }
    }
}

/// Where the TM Forum APIs lie.
const TM_FORUM: &str = "/tmf-api/";

impl Problem {
    /// The body for a request to this path. The TM Forum APIs name the same things in their own words too: `reason` and
    /// `message` beside `title` and `detail`. source: TMF630 part 1, "Error representation"
    pub fn body_for(&self, path: &str, language: Language, request_id: &str) -> ProblemBody {
        let mut body = self.body(language, request_id);
        if path.starts_with(TM_FORUM) {
            let first = body.errors.first().map(|fault| format!("{} {}", fault.pointer, fault.message));
            let message = body.detail.clone().or(first).unwrap_or_else(|| body.title.clone());
            body.extra.insert("reason".to_owned(), body.title.clone().into());
            body.extra.insert("message".to_owned(), message.into());
        }
        body
    }
}

/// `application/problem+json` as it is sent.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct ProblemBody {
    #[schema(examples("urn:front-desk:problem:domain.exists"))]
    pub r#type: String,
    pub title: String,
    pub status: u16,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub detail: Option<String>,
    #[schema(examples("domain.exists"))]
    pub code: String,
    pub request_id: String,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub errors: Vec<FaultBody>,
    #[serde(flatten)]
    #[schema(ignore)]
    pub extra: Map<String, Value>,
}

/// One fault as it is sent.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct FaultBody {
    #[schema(examples("/speedList/0/domain"))]
    pub pointer: String,
    pub code: String,
    pub message: String,
    #[serde(flatten)]
    #[schema(value_type = FaultMore)]
    pub extra: Map<String, Value>,
}

/// What some faults say besides. Describes [`FaultBody`]'s further members; each stands where it means something.
#[derive(ToSchema)]
#[expect(dead_code, reason = "only describes")]
struct FaultMore {
    /// `domain.exists`, `domain.in_progress`: the table that holds the domain already.
    #[schema(rename = "where", examples("self_service_domain_config"))]
    place: Option<String>,
    /// `request.malformed`: the line of the body, from 1.
    line: Option<u64>,
    /// `request.malformed`: the column of the line, from 1. Of a sheet: the column's letter or name.
    column: Option<Value>,
    /// Of a sheet: its row, from 1, the header being 1.
    row: Option<u64>,
    /// `authentication.material_missing`: the material's name.
    material: Option<String>,
}

#[cfg(test)]
mod tests {
    use super::*;

    fn fault(code: &'static Code) -> Fault {
        Fault::new("/x", code, Text::fixed("错", "wrong"))
    }

    #[test]
    fn conflicts_alone_are_409_and_mixed_with_others_422() {
        let conflict = Problem::of_faults(vec![fault(&codes::DOMAIN_EXISTS)]);
        assert_eq!((conflict.code.status, conflict.code.code), (409, "domain.exists"));
        let both = Problem::of_faults(vec![fault(&codes::DOMAIN_EXISTS), fault(&codes::DOMAIN_IN_PROGRESS)]);
        assert_eq!(both.code.status, 409);
        let mixed = Problem::of_faults(vec![fault(&codes::DOMAIN_EXISTS), fault(&codes::ORIGIN_REQUIRED)]);
        assert_eq!((mixed.code.status, mixed.code.code), (422, "validation_failed"));
    }

    #[test]
    fn tm_forum_paths_are_told_in_tm_forum_words_as_well() {
        let problem = Problem::new(&codes::NOT_FOUND);
        let body = problem.body_for("/tmf-api/serviceOrdering/v4/serviceOrder/7", Language::English, "r");
        assert_eq!((&body.extra["reason"], &body.extra["message"]), (&"Not found".into(), &"Not found".into()));
        assert_eq!(problem.body_for("/workorder/detail", Language::English, "r").extra, Map::new());
    }

    #[test]
    fn codes_are_documented_once_each() {
        let mut seen = std::collections::BTreeSet::new();
        for code in codes::ALL {
            assert!(seen.insert((code.code, code.status)), "{} stands twice", code.code);
            assert!((400..600).contains(&code.status));
        }
    }
}
