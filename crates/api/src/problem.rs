//! Errors as RFC 9457 problem documents with stable codes.

use axum::response::{IntoResponse, Response};
use http::{header, HeaderValue, StatusCode};
use serde::Serialize;
use utoipa::ToSchema;

/// One thing that is wrong with a request.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct FieldError {
    /// Where, as a dotted path.
    #[schema(example = "media_ids.0")]
    pub field: String,
    /// A stable snake_case word.
    #[schema(example = "too_long")]
    pub code: String,
    /// A sentence for people.
    pub detail: String,
}

/// An error, after RFC 9457.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct Problem {
    /// Names the kind of problem.
    #[serde(rename = "type")]
    #[schema(example = "https://hark.invalid/problems/not_found")]
    kind: String,
    /// The kind in a few words.
    title: String,
    /// The HTTP status.
    #[schema(minimum = 400, maximum = 599)]
    status: u16,
    /// A stable snake_case word to act upon.
    #[schema(example = "not_found")]
    code: String,
    /// What happened here, in a sentence.
    detail: String,
    /// Which fields are wrong.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    #[schema(required = false)]
    errors: Vec<FieldError>,
    #[serde(skip)]
    #[schema(ignore)]
    retry_after_s: Option<u32>,
}

impl Problem {
    /// A placeholder until the operation is wired.
    #[must_use]
    pub fn pending() -> Self {
        Self {
            kind: "about:blank".into(),
            title: "Not there yet".into(),
            status: 503,
            code: "starting".into(),
            detail: "This operation is not wired yet.".into(),
            errors: Vec::new(),
            retry_after_s: Some(1),
        }
    }
}

impl IntoResponse for Problem {
    fn into_response(self) -> Response {
        let status = StatusCode::from_u16(self.status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
        let retry = self.retry_after_s;
        let mut response = (status, axum::Json(self)).into_response();
        let headers = response.headers_mut();
        headers.insert(header::CONTENT_TYPE, HeaderValue::from_static("application/problem+json"));
        if let Some(seconds) = retry {
            headers.insert(header::RETRY_AFTER, HeaderValue::from(seconds));
        }
        response
    }
}
