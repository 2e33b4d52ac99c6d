//! Pictures: uploaded, cleaned, linked for providers, fetched from them.

use crate::Engine;
use domain::id::{Id, MediaId, WorkspaceId};
use domain::limits::UPLOAD_BYTES_MAX;
use image::{ImageFormat, ImageReader};
use std::io::Cursor;
use store::media::MediaRow;
use store::{DbError, media};

/// How long a link for a provider holds, in ms (a day: providers fetch late when carriers are slow).
const LINK_MS: i64 = 24 * 60 * 60 * 1000;
/// Longest side of a stored picture, in pixels.
const SIDE_MAX: u32 = 2_048;
/// A picture this small (bytes) is kept as it is, once its metadata is gone.
const KEEP_BYTES: usize = 500_000;

/// Why an upload was refused.
#[derive(Debug, thiserror::Error)]
pub enum MediaError {
    /// Larger than the limit.
    #[error("the file has more than {UPLOAD_BYTES_MAX} bytes")]
    TooLarge,
    /// Not a picture of a kind that phones show.
    #[error("not a JPEG, PNG or GIF picture")]
    Unsupported,
    /// A picture that cannot be read.
    #[error("the picture cannot be read: {0}")]
    Damaged(String),
    /// The store failed.
    #[error(transparent)]
    Store(#[from] DbError),
}

/// A picture ready to be kept: cleaned of metadata, of a bounded size.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Cleaned {
    /// Its MIME type.
    pub content_type: &'static str,
    /// Its bytes.
    pub content: Vec<u8>,
    /// Pixels.
    pub width: u32,
    /// Pixels.
    pub height: u32,
}

impl Engine {
    /// Keeps an uploaded picture until a text takes it along.
    ///
    /// # Errors
    /// [`MediaError`].
    pub async fn media_upload(&self, ws: WorkspaceId, content: Vec<u8>) -> Result<MediaRow, MediaError> {
        if u64::try_from(content.len()).unwrap_or(u64::MAX) > UPLOAD_BYTES_MAX {
            return Err(MediaError::TooLarge);
        }
        let cleaned = tokio::task::spawn_blocking(move || clean(&content))
            .await
            .map_err(|error| MediaError::Damaged(error.to_string()))??;
        let row = MediaRow {
            id: self.new_id(),
            message: None,
            content_type: cleaned.content_type.to_owned(),
            bytes: i64::try_from(cleaned.content.len()).unwrap_or(i64::MAX),
            width: Some(i64::from(cleaned.width)),
            height: Some(i64::from(cleaned.height)),
            source_url: None,
        };
        let (kept, now) = (row.clone(), self.now());
        self.workspace(ws).write(move |tx| media::insert(tx, &kept, 0, Some(cleaned.content.clone()), now)).await?;
        Ok(row)
    }

    /// A picture's type and content, where it is here.
    ///
    /// # Errors
    /// When the store fails.
    pub async fn media_content(&self, ws: WorkspaceId, id: MediaId) -> Result<Option<(String, Vec<u8>)>, DbError> {
        self.workspace(ws).read(move |tx| media::content(tx, id)).await
    }

    /// A link a provider can fetch a picture by, for a day, without signing in.
    ///
    /// It is sealed, so that it tells nothing and cannot be made by anybody else.
    #[must_use]
    pub fn media_url(&self, ws: WorkspaceId, id: MediaId, now: i64) -> String {
        let words = format!("{}/{}/{}", Id::uuid(ws).simple(), Id::uuid(id).simple(), now + LINK_MS);
        let sealed = self.parts.keys.seal(LINK_PLACE, words.as_bytes()).unwrap_or_else(|error| {
            tracing::error!(%error, "a picture cannot be linked");
            Vec::new()
        });
        format!("{}/m/{}", self.settings().public_url, hex::encode(sealed))
    }

    /// The picture behind a link of [`Self::media_url`], if the link is ours and holds.
    ///
    /// # Errors
    /// When the store fails.
    pub async fn media_by_link(&self, token: &str) -> Result<Option<(String, Vec<u8>)>, DbError> {
        let words = hex::decode(token).ok().and_then(|sealed| self.parts.keys.open(LINK_PLACE, &sealed).ok());
        let Some((ws, id)) = words.and_then(|words| linked(&words, self.now())) else { return Ok(None) };
        self.media_content(ws, id).await
    }
}

const LINK_PLACE: &str = "media link";

fn linked(words: &[u8], now: i64) -> Option<(WorkspaceId, MediaId)> {
    let mut words = std::str::from_utf8(words).ok()?.split('/');
    let (ws, id, until) = (words.next()?, words.next()?, words.next()?);
    let holds = until.parse::<i64>().ok()? > now;
    let ids = (WorkspaceId::new(uuid::Uuid::try_parse(ws).ok()?), MediaId::new(uuid::Uuid::try_parse(id).ok()?));
    holds.then_some(ids)
}

/// Decodes and encodes a picture anew: what is not picture (place, camera,
/// hidden payload) is gone afterwards. Animated GIFs keep their first image.
///
/// # Errors
/// [`MediaError`].
pub fn clean(content: &[u8]) -> Result<Cleaned, MediaError> {
    let format = image::guess_format(content).map_err(|_| MediaError::Unsupported)?;
    if !matches!(format, ImageFormat::Jpeg | ImageFormat::Png | ImageFormat::Gif) {
        return Err(MediaError::Unsupported);
    }
    let mut reader = ImageReader::with_format(Cursor::new(content), format);
    let mut limits = image::Limits::default();
    limits.max_image_width = Some(12_000);
    limits.max_image_height = Some(12_000);
    limits.max_alloc = Some(256 * 1024 * 1024);
    reader.limits(limits);
    let mut decoder = reader.into_decoder().map_err(|error| MediaError::Damaged(error.to_string()))?;
    let orientation =
        image::ImageDecoder::orientation(&mut decoder).unwrap_or(image::metadata::Orientation::NoTransforms);
    let mut picture =
        image::DynamicImage::from_decoder(decoder).map_err(|error| MediaError::Damaged(error.to_string()))?;
    // The way the phone was held is metadata too: turn the picture before it is dropped.
    picture.apply_orientation(orientation);
    if picture.width().max(picture.height()) > SIDE_MAX {
        picture = picture.thumbnail(SIDE_MAX, SIDE_MAX);
    }
    let clear = picture.color().has_alpha();
    let (content_type, target) = if clear || format == ImageFormat::Png && content.len() <= KEEP_BYTES {
        ("image/png", ImageFormat::Png)
    } else {
        ("image/jpeg", ImageFormat::Jpeg)
    };
    let mut out = Cursor::new(Vec::new());
    let written = match target {
        ImageFormat::Jpeg => {
            let encoder = image::codecs::jpeg::JpegEncoder::new_with_quality(&mut out, 85);
            picture.to_rgb8().write_with_encoder(encoder)
        }
        _ => picture.write_to(&mut out, target),
    };
    written.map_err(|error| MediaError::Damaged(error.to_string()))?;
    Ok(Cleaned { content_type, content: out.into_inner(), width: picture.width(), height: picture.height() })
}
