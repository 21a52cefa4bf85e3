//! Reads the body of a `PUT` field by field, so that everything wrong with it is said at once.

use serde_json::{Map, Value};
use shared_model::problem::{Code, Fault, codes};
use shared_model::text::Text;

use crate::error::{ServiceError, refused_for};

/// A body being read: what it says, and what was wrong with it so far.
#[derive(Debug)]
pub struct Form {
    fields: Map<String, Value>,
    faults: Vec<Fault>,
}

impl Form {
    pub fn new(fields: Map<String, Value>) -> Self {
        Self { fields, faults: Vec::new() }
    }

    /// Whether the field was sent at all: `null` and absent are the same.
    pub fn has(&self, name: &str) -> bool {
        self.fields.get(name).is_some_and(|value| !value.is_null())
    }

    /// A trimmed text of at most `max` characters; an empty one is none.
    pub fn text(&mut self, name: &str, max: usize) -> Option<String> {
        match self.fields.get(name) {
            None | Some(Value::Null) => None,
            Some(Value::String(text)) => {
                let text = text.trim().to_owned();
                self.check_text(&format!("/{name}"), &text, max);
                (!text.is_empty()).then_some(text)
            }
            Some(_) => {
                self.wrong_type(format!("/{name}"), "文本", "a text");
                None
            }
        }
    }

    /// A text that must be there.
    pub fn required_text(&mut self, name: &str, max: usize) -> String {
        let before = self.faults.len();
        let text = self.text(name, max);
        if text.is_none() && self.faults.len() == before {
            self.invalid(name, Text::fixed("必填", "required"));
        }
        text.unwrap_or_default()
    }

    pub fn integer(&mut self, name: &str) -> Option<i64> {
        match self.fields.get(name) {
            None | Some(Value::Null) => None,
            Some(value) => {
                let number = value.as_i64();
                if number.is_none() {
                    self.wrong_type(format!("/{name}"), "整数", "an integer");
                }
                number
            }
        }
    }

    /// A list of texts; None when it was not sent.
    pub fn texts(&mut self, name: &str, max: usize) -> Option<Vec<String>> {
        let items = self.list(name)?;
        let mut texts = Vec::with_capacity(items.len());
        for (index, item) in items.into_iter().enumerate() {
            let pointer = format!("/{name}/{index}");
            match item {
                Value::String(text) => {
                    let text = text.trim().to_owned();
                    self.check_text(&pointer, &text, max);
                    texts.push(text);
                }
                Value::Null | Value::Bool(_) | Value::Number(_) | Value::Array(_) | Value::Object(_) => {
                    self.wrong_type(pointer, "文本", "a text");
                }
            }
        }
        Some(texts)
    }

    /// A list of objects; None when it was not sent.
    pub fn objects(&mut self, name: &str) -> Option<Vec<Map<String, Value>>> {
        let items = self.list(name)?;
        let mut objects = Vec::with_capacity(items.len());
        for (index, item) in items.into_iter().enumerate() {
            match item {
                Value::Object(object) => objects.push(object),
                Value::Null | Value::Bool(_) | Value::Number(_) | Value::Array(_) | Value::String(_) => {
                    self.wrong_type(format!("/{name}/{index}"), "对象", "an object");
                }
            }
        }
        Some(objects)
    }

    fn list(&mut self, name: &str) -> Option<Vec<Value>> {
        match self.fields.get(name) {
            None | Some(Value::Null) => None,
            Some(Value::Array(items)) => Some(items.clone()),
            Some(_) => {
                self.wrong_type(format!("/{name}"), "数组", "an array");
                None
            }
        }
    }

    /// Length, and no control characters but line breaks and tabs.
    pub fn check_text(&mut self, pointer: &str, text: &str, max: usize) {
        if text.chars().count() > max {
            let message = Text::new(format!("最多 {max} 个字符"), format!("at most {max} characters"));
            self.faults.push(Fault::new(pointer, &codes::FIELD_INVALID, message));
        } else if has_control_characters(text) {
            let message = Text::fixed("不能含控制字符", "no control characters");
            self.faults.push(Fault::new(pointer, &codes::FIELD_INVALID, message));
        }
    }

    fn wrong_type(&mut self, pointer: String, zh: &str, en: &str) {
        let message = Text::new(format!("须为{zh}"), format!("must be {en}"));
        self.faults.push(Fault::new(pointer, &codes::REQUEST_INVALID, message));
    }

    /// A field that is well formed but not acceptable.
    pub fn invalid(&mut self, name: &str, message: Text) {
        self.fault(format!("/{name}"), &codes::FIELD_INVALID, message);
    }

    pub fn fault(&mut self, pointer: impl Into<String>, code: &'static Code, message: Text) {
        self.faults.push(Fault::new(pointer, code, message));
    }

    /// Whether something was wrong with this field so far.
    pub fn is_faulty(&self, name: &str) -> bool {
        self.faults.iter().any(|fault| fault.pointer.strip_prefix('/') == Some(name))
    }

    /// Ends the reading: everything wrong in one answer.
    pub fn finish(self) -> Result<(), ServiceError> {
        refused_for(self.faults)
    }
}

/// Line breaks and tabs are part of what somebody writes; other control characters are in nobody's text.
pub fn has_control_characters(text: &str) -> bool {
    text.chars().any(|c| c.is_control() && !matches!(c, '\n' | '\r' | '\t'))
}

#[cfg(test)]
mod tests {
    use serde_json::json;
    use shared_model::problem::Problem;

    use super::*;

    fn form(body: Value) -> Form {
        Form::new(body.as_object().unwrap().clone())
    }

    fn problem(form: Form) -> Problem {
        form.finish().unwrap_err().into()
    }

    #[test]
    fn everything_wrong_with_a_body_is_said_at_once() {
        let mut form = form(json!({"name": "  ", "short": "长".repeat(9), "photos": ["a", 7]}));
        assert_eq!(form.required_text("name", 10), "");
        form.text("short", 8);
        form.texts("photos", 10);
        let problem = problem(form);
        let pointers: Vec<_> = problem.faults.iter().map(|fault| fault.pointer.as_str()).collect();
        assert_eq!(pointers, ["/name", "/short", "/photos/1"]);
        assert_eq!(problem.code.status, 400);
    }

    #[test]
    fn null_absent_and_empty_are_the_same() {
        let mut form = form(json!({"a": null, "b": " "}));
        assert_eq!((form.text("a", 5), form.text("b", 5), form.text("c", 5)), (None, None, None));
        assert!(form.finish().is_ok());
    }

    #[test]
    fn control_characters_are_refused_wherever_they_stand() {
        let mut form = form(json!({"a": "x\u{0}y"}));
        form.text("a", 5);
        assert_eq!(problem(form).code.code, "field.invalid");
    }
}
