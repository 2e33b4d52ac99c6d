//! Pictures and files.

use utoipa::ToSchema;

use super::messages::Media;
use axum::Json;
use axum::extract::multipart::{MultipartError, MultipartRejection};
use axum::extract::{Multipart, State};
use axum::response::{IntoResponse, Response};
use domain::limits::UPLOAD_BYTES_MAX;
use engine::media::MediaError;
use http::{HeaderName, StatusCode, header};

use crate::caller::Caller;
use crate::extract::Path;
use crate::problem::{Answer, Code, Problem};
use crate::state::Api;
use crate::wire::MediaId;

/// A picture to upload: `multipart/form-data` with one part named `file`.
#[derive(ToSchema)]
pub struct MediaUpload {
    /// The picture: JPEG, PNG or GIF, at most 16 MiB.
    #[schema(value_type = String, format = Binary, content_media_type = "application/octet-stream")]
    pub file: Vec<u8>,
}

/// Uploads a picture. It is re-encoded: place and camera data do not survive.
#[utoipa::path(post, path = "/media", tag = "messages", request_body(content = MediaUpload, content_type = "multipart/form-data"), responses((status = 201, description = "Kept", body = Media)))]
pub async fn media_create(
    State(api): State<Api>,
    caller: Caller,
    multipart: Result<Multipart, MultipartRejection>,
) -> Answer<(StatusCode, Json<Media>)> {
    let mut multipart = multipart.map_err(|_| {
        Problem::new(Code::UnsupportedMediaType, "Send the picture as multipart/form-data with one part named `file`.")
    })?;
    while let Some(field) = multipart.next_field().await.map_err(unreadable)? {
        if field.name() == Some("file") {
            let content = field.bytes().await.map_err(unreadable)?;
            let row = api.engine.media_upload(caller.ws, content.to_vec()).await?;
            return Ok((StatusCode::CREATED, Json(Media::from(&row))));
        }
    }
    Err(Problem::field("file", "missing", "one part named `file`"))
}

/// The bytes of a picture or file.
#[utoipa::path(get, path = "/media/{id}", tag = "messages", params(("id" = MediaId, Path, description = "The picture")), responses((status = 200, description = "The bytes", content(
    (Vec<u8> = "image/jpeg"), (Vec<u8> = "image/png"), (Vec<u8> = "image/gif"), (Vec<u8> = "image/webp"),
    (Vec<u8> = "application/octet-stream"),
))))]
pub async fn media_get(State(api): State<Api>, caller: Caller, Path(id): Path<MediaId>) -> Answer<Response> {
    let found = api.engine.media_content(caller.ws, id.0).await?;
    let (content_type, content) = found.ok_or_else(|| Problem::not_found("picture"))?;
    Ok(bytes(&content_type, content))
}

/// Room for a picture and its envelope, in bytes.
pub(crate) const UPLOAD_BODY_MAX: usize = 16 * 1024 * 1024 + 64 * 1024;
const _: () = assert!(UPLOAD_BODY_MAX as u64 > UPLOAD_BYTES_MAX);

/// The bytes of a picture, for a provider with a link from us.
pub(crate) async fn media_by_link(State(api): State<Api>, Path(token): Path<String>) -> Answer<Response> {
    let found = api.engine.media_by_link(&token).await?;
    let (content_type, content) = found.ok_or_else(|| Problem::not_found("picture"))?;
    Ok(bytes(&content_type, content))
}

fn bytes(content_type: &str, content: Vec<u8>) -> Response {
    // What customers send is never run: it has no origin of its own and is shown only where it is a picture.
    let shown = matches!(content_type, "image/jpeg" | "image/png" | "image/gif" | "image/webp");
    let (content_type, disposition) =
        if shown { (content_type, "inline") } else { ("application/octet-stream", "attachment") };
    let headers = [
        (header::CONTENT_TYPE, content_type),
        (header::CONTENT_DISPOSITION, disposition),
        (header::CACHE_CONTROL, "private, max-age=86400, immutable"),
        (header::CONTENT_SECURITY_POLICY, "default-src 'none'; sandbox"),
        (HeaderName::from_static("cross-origin-resource-policy"), "same-origin"),
    ];
    (headers, content).into_response()
}

fn unreadable(error: MultipartError) -> Problem {
    if error.status() == StatusCode::PAYLOAD_TOO_LARGE {
        Problem::new(Code::TooLarge, "The picture has more than 16 MiB.")
    } else {
        Problem::new(Code::Malformed, error.body_text())
    }
}

impl From<MediaError> for Problem {
    fn from(error: MediaError) -> Self {
        match error {
            MediaError::TooLarge => Self::new(Code::TooLarge, "The picture has more than 16 MiB."),
            MediaError::Unsupported | MediaError::Damaged(_) => Self::field("file", "picture", error.to_string()),
            MediaError::Store(error) => error.into(),
        }
    }
}
