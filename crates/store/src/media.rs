//! Pictures and files of messages.

use crate::args;
use crate::db::{DbError, Row, Tx, statements};
use domain::id::{AccountId, ConversationId, MediaId, MessageId};
use std::collections::HashSet;
use uuid::Uuid;

statements! {
    tenant MEDIA_INSERT = "insert into media (ws, id, message_id, position, content_type, bytes, width, height, content, source_url, created_at)
        values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)";
    tenant MEDIA_GET = "select id, message_id, content_type, bytes, width, height, source_url from media where ws = $1 and id = $2";
    tenant MEDIA_CONTENT = "select content_type, content from media where ws = $1 and id = $2 and content is not null";
    tenant MEDIA_ATTACH = "update media set message_id = $3, position = $4 where ws = $1 and id = $2 and message_id is null";
    tenant MEDIA_FREE = "select id from media where ws = $1 and id {any:$2} and message_id is null order by id {for_update}";
    tenant MEDIA_FILL = "update media set content_type = $3, bytes = $4, width = $5, height = $6, content = $7
        where ws = $1 and id = $2 and content is null and try_at = $8";
    tenant MEDIA_OF = "select id, message_id, content_type, bytes, width, height, source_url from media
        where ws = $1 and message_id {any:$2} order by message_id, position";
    tenant MEDIA_MISSING = "select d.id, d.message_id, d.content_type, d.bytes, d.width, d.height, d.source_url,
            m.conversation_id, i.account_id, d.tries
        from media d
        join messages m on m.ws = d.ws and m.id = d.message_id
        join conversations c on c.ws = m.ws and c.id = m.conversation_id
        join inboxes i on i.ws = c.ws and i.id = c.inbox_id
        where d.ws = $1 and d.content is null and d.source_url is not null and d.bytes >= 0 and d.try_at <= $2
        order by d.try_at limit $3";
    tenant MEDIA_LEASE = "update media set try_at = $5 where ws = $1 and id = $2
        and content is null and bytes >= 0 and tries = $3 and try_at <= $4";
    tenant MEDIA_TRIED = "update media set tries = tries + 1, try_at = $3, bytes = $4
        where ws = $1 and id = $2 and content is null and try_at = $5";
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

/// Those of some pictures that exist and went with no text yet, locked.
pub fn free(tx: &mut Tx<'_>, ids: &[MediaId]) -> Result<HashSet<MediaId>, DbError> {
    if ids.is_empty() {
        return Ok(HashSet::new());
    }
    tx.query(&MEDIA_FREE, args![ids])?.iter().map(|row| row.get(0)).collect()
}

/// Gives an uploaded picture to a message. False when it belongs to one already or does not exist.
pub fn attach(tx: &mut Tx<'_>, id: MediaId, message: MessageId, position: i64) -> Result<bool, DbError> {
    Ok(tx.exec(&MEDIA_ATTACH, args![id, message, position])? > 0)
}

/// Fills in what was fetched under the lease until `lease`. False when another
/// node took it over, or it is here already.
pub fn fill(tx: &mut Tx<'_>, row: &MediaRow, content: Vec<u8>, lease: i64) -> Result<bool, DbError> {
    let args = args![row.id, &row.content_type, row.bytes, row.width, row.height, content, lease];
    Ok(tx.exec(&MEDIA_FILL, args)? > 0)
}

/// The pictures of some messages, in their order.
pub fn of_messages(tx: &mut Tx<'_>, messages: Vec<Uuid>) -> Result<Vec<MediaRow>, DbError> {
    if messages.is_empty() {
        return Ok(Vec::new());
    }
    tx.query(&MEDIA_OF, args![messages])?.iter().map(media).collect()
}

/// `bytes` of a picture that could not be had from its provider.
pub const FAILED: i64 = -1;
/// `bytes` of a file of a kind Hark does not show.
pub const UNSUPPORTED: i64 = -2;

/// A picture that still lies at its provider.
#[derive(Debug, Clone)]
pub struct MissingRow {
    /// The picture.
    pub media: MediaRow,
    /// The conversation it was sent in.
    pub conversation: ConversationId,
    /// The account it came by.
    pub account: AccountId,
    /// How often it was tried.
    pub tries: i64,
}

/// Pictures that still lie at a provider and are due to be got.
pub fn missing(tx: &mut Tx<'_>, now: i64, limit: i64) -> Result<Vec<MissingRow>, DbError> {
    tx.query(&MEDIA_MISSING, args![now, limit])?
        .iter()
        .map(|row| {
            Ok(MissingRow { media: media(row)?, conversation: row.get(7)?, account: row.get(8)?, tries: row.get(9)? })
        })
        .collect()
}

/// Takes a picture for getting it until an instant (Unix ms). False when
/// another node has it. The instant is the fence of [`fill`] and [`tried`].
pub fn lease(tx: &mut Tx<'_>, row: &MissingRow, now: i64, until: i64) -> Result<bool, DbError> {
    Ok(tx.exec(&MEDIA_LEASE, args![row.media.id, row.tries, now, until])? > 0)
}

/// Notes a try that did not bring the picture: when the next is due, or with
/// negative `bytes` that there is none. False when another node took it over.
pub fn tried(tx: &mut Tx<'_>, id: MediaId, next: i64, bytes: i64, lease: i64) -> Result<bool, DbError> {
    Ok(tx.exec(&MEDIA_TRIED, args![id, next, bytes, lease])? > 0)
}
