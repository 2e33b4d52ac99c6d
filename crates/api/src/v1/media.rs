//! Pictures and files.

use utoipa::ToSchema;

use super::messages::Media;
use crate::problem::Problem;
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
pub async fn media_create() -> Problem {
    Problem::pending()
}

/// The bytes of a picture or file.
#[utoipa::path(get, path = "/media/{id}", tag = "messages", params(("id" = MediaId, Path, description = "The picture")), responses((status = 200, description = "The bytes", body = Vec<u8>, content_type = "application/octet-stream")))]
pub async fn media_get() -> Problem {
    Problem::pending()
}
