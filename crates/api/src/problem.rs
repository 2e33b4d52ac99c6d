//! Errors as RFC 9457 problem documents with stable codes.

use axum::response::{IntoResponse, Response};
use engine::{DbError, DbErrorKind};
use http::{HeaderValue, StatusCode, header};
use serde::Serialize;
use utoipa::ToSchema;

macro_rules! codes {
    ($($(#[$doc:meta])* $name:ident = $code:literal, $status:literal, $title:literal;)*) => {
        /// Every kind of problem. Codes are a promise: they are added, never changed.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
        pub enum Code { $($(#[$doc])* $name,)* }

        impl Code {
            /// Every kind.
            pub const ALL: &'static [Self] = &[$(Self::$name),*];
            /// The stable word.
            #[must_use]
            pub const fn word(self) -> &'static str { match self { $(Self::$name => $code,)* } }
            /// The HTTP status.
            #[must_use]
            pub const fn status(self) -> u16 { match self { $(Self::$name => $status,)* } }
            /// The kind in a few words.
            #[must_use]
            pub const fn title(self) -> &'static str { match self { $(Self::$name => $title,)* } }
        }
    };
}

codes! {
    /// The body is no JSON, or not of the right shape.
    Malformed = "malformed", 400, "The request cannot be read";
    /// Nobody is signed in.
    Unauthenticated = "unauthenticated", 401, "Sign in first";
    /// E-mail address or password is wrong.
    WrongPassword = "wrong_password", 401, "E-mail address or password is wrong";
    /// The caller may not do this.
    Forbidden = "forbidden", 403, "Not allowed";
    /// The CSRF header is missing or wrong.
    Csrf = "csrf", 403, "The CSRF header is missing or wrong";
    /// The set-up code is wrong.
    WrongSetupCode = "wrong_setup_code", 403, "The set-up code is wrong";
    /// Only an owner may do this.
    OwnersOnly = "owners_only", 403, "Only an owner may do this";
    /// The member belongs to a workspace where the caller is not allowed this.
    MemberElsewhere = "member_elsewhere", 403, "The member belongs to another workspace too";
    /// A webhook's signature is missing or wrong.
    Signature = "signature", 403, "The signature is missing or wrong";
    /// There is no such thing here.
    NotFound = "not_found", 404, "Not found";
    /// The address exists, the method does not.
    MethodNotAllowed = "method_not_allowed", 405, "The method is not allowed here";
    /// It was erased with its customer.
    Erased = "erased", 410, "It was erased";
    /// It does not fit the present state.
    Conflict = "conflict", 409, "It does not fit the present state";
    /// This server was set up before.
    AlreadySetUp = "already_set_up", 409, "This server is set up already";
    /// Someone wrote in the conversation meanwhile.
    StaleConversation = "stale_conversation", 409, "Someone wrote meanwhile";
    /// The customer has a newer open conversation in this inbox.
    AnotherIsOpen = "another_is_open", 409, "A newer conversation is open";
    /// The id was used for something else.
    IdTaken = "id_taken", 409, "The id was used for something else";
    /// The message did arrive or is on its way.
    NotRetryable = "not_retryable", 409, "It cannot be sent again";
    /// The message has left.
    NotCancellable = "not_cancellable", 409, "It has left already";
    /// The number belongs to another.
    AddressTaken = "address_taken", 409, "The number is taken";
    /// Nobody has said who opted out before.
    OptOutsNotAsked = "opt_outs_not_asked", 409, "Nobody has said who opted out before";
    /// No permission was asked for.
    NothingToConfirm = "nothing_to_confirm", 409, "There is nothing to confirm";
    /// It was taken back after it was asked for.
    ConsentWithdrawn = "consent_withdrawn", 409, "It was taken back meanwhile";
    /// Somebody has answered it before.
    AlreadyAnswered = "already_answered", 409, "It was answered already";
    /// Something else depends on it.
    InUse = "in_use", 409, "It is in use";
    /// A workspace keeps an owner.
    LastOwner = "last_owner", 409, "A workspace keeps at least one owner";
    /// The demo shop is being made or removed.
    DemoBusy = "demo_busy", 409, "The demo shop is being made or removed";
    /// The number is no longer this customer's.
    NumberGone = "number_gone", 409, "The number is no longer this customer's";
    /// The customer was merged into another.
    CustomerMerged = "customer_merged", 409, "The customer was merged into another";
    /// The customer is being erased.
    CustomerErasing = "customer_erasing", 409, "The customer is being erased";
    /// A customer cannot be merged with themselves.
    MergeItself = "merge_itself", 409, "Both are the same customer";
    /// A customer of the demo shop cannot be merged with a real one.
    MergeDemo = "merge_demo", 409, "One of them is of the demo shop";
    /// Both have an open conversation over the same number.
    MergeOpenConversations = "merge_open_conversations", 409, "Both have an open conversation over the same number";
    /// Both notes together are too long.
    MergeNotesTooLong = "merge_notes_too_long", 409, "Both notes together are too long";
    /// Nobody has said yet whether a text asked to stop that came while they were one.
    MergeUnsureText = "merge_unsure_text", 409, "A text may ask to stop, and nobody has said whether";
    /// Another file is being read.
    ImportBusy = "import_busy", 409, "Another file is being read";
    /// The same request is still at work.
    IdempotencyInFlight = "idempotency_in_flight", 409, "The same request is still at work";
    /// The body is too large.
    TooLarge = "too_large", 413, "Too large";
    /// The content type is not the one asked for.
    UnsupportedMediaType = "unsupported_media_type", 415, "Another content type is asked for";
    /// Fields are wrong; `errors` says which.
    Invalid = "invalid", 422, "Something is wrong with the fields";
    /// The idempotency key named another request.
    IdempotencyKeyReused = "idempotency_key_reused", 422, "The idempotency key was used for another request";
    /// Too many requests.
    RateLimited = "rate_limited", 429, "Too many requests";
    /// Too many live streams of one member.
    TooManyStreams = "too_many_streams", 429, "Too many live streams";
    /// A fault of Hark's.
    Internal = "internal", 500, "Something went wrong";
    /// The store cannot answer now.
    StoreUnavailable = "store_unavailable", 503, "The store cannot answer now";
    /// The disk is full.
    StoreFull = "store_full", 503, "The disk is full";
    /// Too much work waits.
    Busy = "busy", 503, "Too much work waits";
    /// It took too long.
    Timeout = "timeout", 503, "It took too long";
}

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
    #[schema(example = "urn:hark:problem:not_found")]
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
    /// What the writer of a reply had not seen; only with `stale_conversation`.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(ignore)]
    missed: Option<serde_json::Value>,
    #[serde(skip)]
    #[schema(ignore)]
    retry_after_s: Option<u32>,
    #[serde(skip)]
    #[schema(ignore)]
    raced: bool,
}

/// Marks the answer to a request that another node was carrying out, too.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Raced;

/// What a handler answers.
pub type Answer<T> = Result<T, Problem>;

impl Problem {
    /// A problem with its own sentence.
    #[must_use]
    pub fn new(code: Code, detail: impl Into<String>) -> Self {
        let retry_after_s = match code {
            Code::StoreFull => Some(10),
            Code::StoreUnavailable | Code::Busy | Code::Timeout | Code::IdempotencyInFlight => Some(1),
            Code::RateLimited | Code::TooManyStreams => Some(5),
            _ => None,
        };
        Self {
            kind: format!("urn:hark:problem:{}", code.word()),
            title: code.title().to_owned(),
            status: code.status(),
            code: code.word().to_owned(),
            detail: detail.into(),
            errors: Vec::new(),
            missed: None,
            retry_after_s,
            raced: false,
        }
    }

    /// There is no such thing in the caller's workspace.
    #[must_use]
    pub fn not_found(what: &str) -> Self {
        Self::new(Code::NotFound, format!("There is no such {what} in this workspace."))
    }

    /// Some fields are wrong.
    #[must_use]
    pub fn invalid(errors: Vec<FieldError>) -> Self {
        let detail = errors.first().map_or_else(String::new, |error| match error.field.as_str() {
            // What is wrong with the whole has no name.
            "" => error.detail.clone(),
            field => format!("{field}: {}", error.detail),
        });
        Self { errors, ..Self::new(Code::Invalid, detail) }
    }

    /// One field is wrong.
    #[must_use]
    pub fn field(field: &str, code: &str, detail: impl Into<String>) -> Self {
        Self::invalid(vec![FieldError { field: field.to_owned(), code: code.to_owned(), detail: detail.into() }])
    }

    /// Too many requests; ask again after some seconds.
    #[must_use]
    pub fn rate_limited(seconds: u32) -> Self {
        Self {
            retry_after_s: Some(seconds),
            ..Self::new(Code::RateLimited, format!("Too many requests. Try again in {seconds} s."))
        }
    }

    /// A fault of Hark's, logged here and told without particulars.
    pub fn internal(error: &dyn std::fmt::Display) -> Self {
        tracing::error!(%error, "a request failed");
        Self::new(Code::Internal, "Hark failed; its log says why, by the request's id.")
    }

    /// With what the writer of a reply had not seen.
    #[must_use]
    pub fn with_missed(mut self, missed: serde_json::Value) -> Self {
        self.missed = Some(missed);
        self
    }

    /// The stable word.
    #[must_use]
    pub fn code(&self) -> &str {
        &self.code
    }

    /// What happened, in a sentence.
    #[must_use]
    pub fn detail(&self) -> &str {
        &self.detail
    }

    /// The HTTP status.
    #[must_use]
    pub const fn status(&self) -> u16 {
        self.status
    }
}

impl From<DbError> for Problem {
    fn from(error: DbError) -> Self {
        if error.is_conflict_on("idempotency_keys") {
            return Self { raced: true, ..Self::new(Code::IdempotencyInFlight, "The same request is still at work.") };
        }
        match error.kind() {
            DbErrorKind::Full => {
                tracing::error!(%error, "the store is full");
                Self::new(Code::StoreFull, "The disk is full. Nothing was accepted.")
            }
            DbErrorKind::Unavailable
            | DbErrorKind::Serialization
            | DbErrorKind::Blocked
            | DbErrorKind::OutcomeUnknown
            | DbErrorKind::Crashed => {
                tracing::warn!(%error, "the store cannot answer");
                Self::new(Code::StoreUnavailable, "The store cannot answer now. Try again.")
            }
            // Perhaps another node just made the same, at the same request.
            DbErrorKind::Conflict => Self { raced: true, ..Self::internal(&error) },
            DbErrorKind::Constraint
            | DbErrorKind::Scope
            | DbErrorKind::Decode
            | DbErrorKind::ReadOnly
            | DbErrorKind::Rollback
            | DbErrorKind::Panicked
            | DbErrorKind::Statement => Self::internal(&error),
        }
    }
}

impl IntoResponse for Problem {
    fn into_response(self) -> Response {
        let status = StatusCode::from_u16(self.status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
        let (retry, raced) = (self.retry_after_s, self.raced);
        let mut response = (status, axum::Json(self)).into_response();
        let headers = response.headers_mut();
        headers.insert(header::CONTENT_TYPE, HeaderValue::from_static("application/problem+json"));
        if let Some(seconds) = retry {
            headers.insert(header::RETRY_AFTER, HeaderValue::from(seconds));
        }
        if raced {
            response.extensions_mut().insert(Raced);
        }
        let headers = response.headers_mut();
        if status == StatusCode::UNAUTHORIZED {
            headers.insert(header::WWW_AUTHENTICATE, HeaderValue::from_static("Bearer realm=\"hark\""));
        }
        response
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn codes_are_distinct_snake_case_errors() {
        let mut words: Vec<&str> = Code::ALL.iter().map(|code| code.word()).collect();
        words.sort_unstable();
        words.dedup();
        assert_eq!(words.len(), Code::ALL.len());
        for code in Code::ALL {
            assert!((400..600).contains(&code.status()), "{code:?}");
            assert!(code.word().chars().all(|c| c.is_ascii_lowercase() || c == '_'), "{code:?}");
        }
    }
}
