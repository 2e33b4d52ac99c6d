//! The fields of a webhook that is a form.

use super::{WebhookError, WebhookRequest};
use std::collections::HashMap;

/// The fields of a request, the last of a name.
pub(crate) struct Fields(HashMap<String, String>);

impl Fields {
    /// Reads its form, or the query where it is a GET.
    pub(crate) fn read(request: &WebhookRequest) -> Result<Self, WebhookError> {
        if request.method.eq_ignore_ascii_case("GET") {
            return Ok(Self(request.query().into_iter().collect()));
        }
        if request.is_form() { Ok(Self(request.form().into_iter().collect())) } else { Err(WebhookError::Malformed) }
    }

    /// A field; an empty one counts as absent.
    pub(crate) fn get(&self, name: &str) -> Option<&str> {
        self.0.get(name).map(String::as_str).filter(|value| !value.is_empty())
    }

    /// A field without which nothing can be done.
    pub(crate) fn need(&self, name: &'static str) -> Result<&str, WebhookError> {
        self.get(name).ok_or(WebhookError::Missing(name))
    }

    /// A field that must be there, and may be empty.
    pub(crate) fn there(&self, name: &'static str) -> Result<&str, WebhookError> {
        self.0.get(name).map(String::as_str).ok_or(WebhookError::Missing(name))
    }
}
