//! Pictures and files of messages.

use crate::args;
use crate::db::{DbError, Row, Tx, statements};
use domain::id::{MediaId, MessageId};
use uuid::Uuid;

statements! {
    tenant MEDIA_INSERT = "insert into media (ws, id, message_id, position, content_type, bytes, width, height, content, source_url, created_at)
        values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)";
    tenant MEDIA_GET = "select id, message_id, content_type, bytes, width, height, source_url from media where ws = $1 and id = $2";
    tenant MEDIA_CONTENT = "select content_type, content from media where ws = $1 and id = $2 and content is not null";
    tenant MEDIA_ATTACH = "update media set message_id = $3, position = $4 where ws = $1 and id = $2 and message_id is null";
    tenant MEDIA_FILL = "update media set content_type = $3, bytes = $4, width = $5, height = $6, content = $7 where ws = $1 and id = $2";
    tenant MEDIA_OF = "select id, message_id, content_type, bytes, width, height, source_url from media
        where ws = $1 and message_id {any:$2} order by message_id, position";
    tenant MEDIA_MISSING = "select id, message_id, content_type, bytes, width, height, source_url from media
        where ws = $1 and content is null and source_url is not null and bytes >= 0 order by created_at limit $2";
}

/// A picture or file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MediaRow {
    /// Its identity.
    pub id: MediaId,
    /// The message it belongs to, once it does.
    pub message: Option<MessageId>,
    /// Its MIME type.
    pub content_type: String,
    /// Its size; 0 while it is not fetched, negative when it cannot be.
    pub bytes: i64,
    /// Pixels.
    pub width: Option<i64>,
    /// Pixels.
    pub height: Option<i64>,
    /// Where the provider keeps it.
    pub source_url: Option<String>,
}

fn media(row: &Row) -> Result<MediaRow, DbError> {
    Ok(MediaRow {
        id: row.get(0)?,
        message: row.get(1)?,
        content_type: row.get(2)?,
        bytes: row.get(3)?,
        width: row.get(4)?,
        height: row.get(5)?,
        source_url: row.get(6)?,
    })
}

/// Adds a picture, with its content where it is here already.
pub fn insert(
    tx: &mut Tx<'_>,
    row: &MediaRow,
    position: i64,
    content: Option<Vec<u8>>,
    at: i64,
) -> Result<(), DbError> {
    tx.exec(
        &MEDIA_INSERT,
        args![
            row.id,
            row.message,
            position,
            &row.content_type,
            row.bytes,
            row.width,
            row.height,
            content,
            row.source_url.clone(),
            at
        ],
    )?;
    Ok(())
}

/// One picture without its content.
pub fn get(tx: &mut Tx<'_>, id: MediaId) -> Result<Option<MediaRow>, DbError> {
    tx.query_opt(&MEDIA_GET, args![id])?.as_ref().map(media).transpose()
}

/// A picture's type and content.
pub fn content(tx: &mut Tx<'_>, id: MediaId) -> Result<Option<(String, Vec<u8>)>, DbError> {
    tx.query_opt(&MEDIA_CONTENT, args![id])?.map(|row| Ok((row.get(0)?, row.get(1)?))).transpose()
}

/// Gives an uploaded picture to a message. False when it belongs to one already or does not exist.
pub fn attach(tx: &mut Tx<'_>, id: MediaId, message: MessageId, position: i64) -> Result<bool, DbError> {
    Ok(tx.exec(&MEDIA_ATTACH, args![id, message, position])? > 0)
}

/// Fills in what was fetched; negative `bytes` note that it cannot be.
pub fn fill(tx: &mut Tx<'_>, row: &MediaRow, content: Option<Vec<u8>>) -> Result<(), DbError> {
    tx.exec(&MEDIA_FILL, args![row.id, &row.content_type, row.bytes, row.width, row.height, content])?;
    Ok(())
}

/// The pictures of some messages, in their order.
pub fn of_messages(tx: &mut Tx<'_>, messages: Vec<Uuid>) -> Result<Vec<MediaRow>, DbError> {
    if messages.is_empty() {
        return Ok(Vec::new());
    }
    tx.query(&MEDIA_OF, args![messages])?.iter().map(media).collect()
}

/// Pictures that still lie at a provider, oldest first.
pub fn missing(tx: &mut Tx<'_>, limit: i64) -> Result<Vec<MediaRow>, DbError> {
    tx.query(&MEDIA_MISSING, args![limit])?.iter().map(media).collect()
}
