//! Reading requests: what cannot be read becomes a problem document.

use axum::extract::{FromRequest, FromRequestParts, Request};
use http::header::CONTENT_TYPE;
use http::request::Parts;
use serde::de::DeserializeOwned;

use crate::problem::{Code, FieldError, Problem};

/// Most faults of a list's items that are told.
const FAULTS_MAX: usize = 50;

/// What is wrong with a request's fields, collected.
#[derive(Debug, Default)]
pub struct Faults(Vec<FieldError>);

impl Faults {
    /// Notes a fault.
    pub fn add(&mut self, field: &str, code: &str, detail: impl Into<String>) {
        self.0.push(FieldError { field: field.to_owned(), code: code.to_owned(), detail: detail.into() });
    }

    /// Notes a fault as it is.
    pub fn put(&mut self, fault: FieldError) {
        self.0.push(fault);
    }

    /// Notes the faults of what lies at a place, under its path.
    pub fn within(&mut self, path: &str, note: impl FnOnce(&mut Self)) {
        // More would help nobody, and a long list can have many.
        if self.0.len() >= FAULTS_MAX {
            return;
        }
        let mut inner = Self::default();
        note(&mut inner);
        self.0
            .extend(inner.0.into_iter().map(|fault| FieldError { field: format!("{path}.{}", fault.field), ..fault }));
    }

    /// Goes on where nothing is wrong.
    ///
    /// # Errors
    /// A problem that lists what is.
    pub fn held(self) -> Result<(), Problem> {
        if self.0.is_empty() { Ok(()) } else { Err(Problem::invalid(self.0)) }
    }

    /// Holds a text to a length in characters. A bound of at least one asks for more than space.
    pub fn text(&mut self, field: &str, text: &str, least: usize, most: usize) {
        let length = text.chars().count();
        if least > 0 && (length < least || text.trim().is_empty()) {
            self.add(field, "too_short", format!("at least {least} characters, not only space"));
        } else if length > most {
            self.add(field, "too_long", format!("at most {most} characters"));
        }
    }

    /// As [`Self::text`], where it is given.
    pub fn text_opt(&mut self, field: &str, text: Option<&str>, least: usize, most: usize) {
        if let Some(text) = text {
            self.text(field, text, least, most);
        }
    }

    /// Holds a list to a number of items.
    pub fn items(&mut self, field: &str, count: usize, least: usize, most: usize) {
        if count < least || count > most {
            self.add(field, "count", format!("between {least} and {most} items"));
        }
    }

    /// Holds a number to a range.
    pub fn number(&mut self, field: &str, number: i64, least: i64, most: i64) {
        if number < least || number > most {
            self.add(field, "range", format!("between {least} and {most}"));
        }
    }

    /// Holds an instant (Unix ms) to what calendars can show: the years 1970 to 9999.
    pub fn instant(&mut self, field: &str, at: i64) {
        self.number(field, at, 0, 253_402_300_799_999);
    }

    /// Holds a text to the shape of an e-mail address.
    pub fn email(&mut self, field: &str, text: &str) {
        if !engine::auth::email_plausible(text) {
            self.add(field, "email", "an e-mail address");
        }
    }
}

/// A body that knows its own rules.
pub trait Checked {
    /// Notes what is wrong.
    fn check(&self, _faults: &mut Faults) {}
}

/// A JSON body that has been read and checked.
#[derive(Debug)]
pub struct Body<T>(pub T);

impl<T: DeserializeOwned + Checked, S: Send + Sync> FromRequest<S> for Body<T> {
    type Rejection = Problem;

    async fn from_request(request: Request, state: &S) -> Result<Self, Problem> {
        let kind = request.headers().get(CONTENT_TYPE).and_then(|value| value.to_str().ok()).unwrap_or_default();
        let essence = kind.split(';').next().unwrap_or_default().trim();
        if !essence.eq_ignore_ascii_case("application/json") {
            return Err(Problem::new(Code::UnsupportedMediaType, "Send the body as application/json."));
        }
        let bytes = bytes::Bytes::from_request(request, state).await.map_err(|rejection| {
            if rejection.status() == http::StatusCode::PAYLOAD_TOO_LARGE {
                Problem::new(Code::TooLarge, "The body is too large.")
            } else {
                Problem::new(Code::Malformed, "The body broke off.")
            }
        })?;
        let value: T = read(&bytes)?;
        if holds_nul(&bytes) {
            return Err(Problem::field("", "nul", "Texts cannot hold the character U+0000."));
        }
        let mut faults = Faults::default();
        value.check(&mut faults);
        faults.held().map(|()| Self(value))
    }
}

/// Reads a JSON body; what does not fit is named by its path.
fn read<T: DeserializeOwned>(bytes: &[u8]) -> Result<T, Problem> {
    let mut json = serde_json::Deserializer::from_slice(bytes);
    let value = serde_path_to_error::deserialize(&mut json).map_err(|error| {
        let path = match error.path().to_string() {
            // The whole body has no name.
            whole if whole == "." => String::new(),
            path => path,
        };
        let error = error.into_inner();
        match error.classify() {
            serde_json::error::Category::Data => Problem::field(&path, "shape", format!("{error}")),
            _ => Problem::new(Code::Malformed, format!("The body cannot be read: {error}.")),
        }
    })?;
    json.end().map_err(|error| Problem::new(Code::Malformed, format!("The body cannot be read: {error}.")))?;
    Ok(value)
}

/// Whether a JSON text holds U+0000, which PostgreSQL cannot keep.
fn holds_nul(bytes: &[u8]) -> bool {
    fn inside(value: &serde_json::Value) -> bool {
        match value {
            serde_json::Value::String(text) => text.contains('\0'),
            serde_json::Value::Array(items) => items.iter().any(inside),
            serde_json::Value::Object(map) => map.iter().any(|(key, value)| key.contains('\0') || inside(value)),
            _ => false,
        }
    }
    // The escape is rare; only then is the body looked at twice.
    bytes.windows(5).any(|window| window == b"u0000") && serde_json::from_slice(bytes).is_ok_and(|value| inside(&value))
}

/// A query that has been read.
#[derive(Debug)]
pub struct Query<T>(pub T);

impl<T: DeserializeOwned, S: Send + Sync> FromRequestParts<S> for Query<T> {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Problem> {
        let query = parts.uri.query().unwrap_or_default();
        if query.contains("%00") {
            return Err(Problem::field("", "nul", "Texts cannot hold the character U+0000."));
        }
        axum::extract::Query::<T>::from_request_parts(parts, state)
            .await
            .map(|axum::extract::Query(value)| Self(value))
            .map_err(|rejection| Problem::field("", "query", rejection.body_text()))
    }
}

/// What a path names. What cannot be an id names nothing.
#[derive(Debug)]
pub struct Path<T>(pub T);

impl<T: DeserializeOwned + Send, S: Send + Sync> FromRequestParts<S> for Path<T> {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Problem> {
        let nul = parts.uri.path().contains("%00");
        match axum::extract::Path::<T>::from_request_parts(parts, state).await {
            Ok(axum::extract::Path(value)) if !nul => Ok(Self(value)),
            Ok(_) | Err(_) => Err(Problem::not_found("thing")),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nul_is_found_behind_its_escape_alone() {
        assert!(holds_nul(br#"{"a":"\u0000"}"#));
        assert!(holds_nul(br#"{"\u0000":["x"]}"#));
        assert!(!holds_nul(br#"{"a":"\\u0000"}"#));
        assert!(!holds_nul(br#"{"a":"b"}"#));
    }

    #[test]
    fn what_does_not_fit_is_named() {
        #[derive(Debug, serde::Deserialize)]
        #[serde(rename_all = "snake_case")]
        enum Kind {
            One,
        }
        #[derive(Debug, serde::Deserialize)]
        #[expect(dead_code, reason = "only read")]
        struct Asked {
            items: Vec<Kind>,
        }
        let refused = |text: &str| read::<Asked>(text.as_bytes()).map_err(|problem| problem.detail().to_owned());
        assert!(refused(r#"{"items":["one"]}"#).is_ok());
        let detail = refused(r#"{"items":["one","two"]}"#).unwrap_err();
        assert!(detail.starts_with("items[1]: unknown variant `two`"), "{detail}");
        let detail = refused("7").unwrap_err();
        assert!(detail.starts_with("invalid type"), "{detail}");
        for broken in [r#"{"items":["#, r#"{"items":[]} x"#] {
            assert!(refused(broken).unwrap_err().starts_with("The body cannot be read"), "{broken}");
        }
    }

    #[test]
    fn lengths_count_characters_and_space_is_no_text() {
        let faults = |text: &str, least, most| {
            let mut faults = Faults::default();
            faults.text("f", text, least, most);
            faults.0.into_iter().map(|fault| fault.code).collect::<Vec<_>>()
        };
        assert!(faults("éé", 1, 2).is_empty());
        assert!(faults("", 0, 2).is_empty());
        assert_eq!(faults("ééé", 1, 2), ["too_long"]);
        assert_eq!(faults("  ", 1, 2), ["too_short"]);
    }
}
