//! Pictures that customers sent are brought home from the provider.
//!
//! The text itself came first and does not wait for them: a picture appears
//! in the thread once it is here and cleaned.

use crate::Engine;
use crate::media::{MediaError as CleanError, clean};
use channels::channel::{MediaError, MediaLimits};
use domain::id::{Id, WorkspaceId};
use domain::limits::UPLOAD_BYTES_MAX;
use store::media::{FAILED, MediaRow, MissingRow, UNSUPPORTED, missing};
use store::{DbError, NewEvent, Tx, media};

/// What may be brought home.
const LIMITS: MediaLimits = MediaLimits { max_bytes: UPLOAD_BYTES_MAX, content_types: &["image/*"] };
/// How long one picture is this node's to get, in ms. Longer than a try takes;
/// after a crash another node gets it this much later.
const LEASE_MS: i64 = 3 * 60_000;
/// Most pictures brought home in one round.
const AT_ONCE: i64 = 8;
/// How long to wait after the first, second and third try that failed, in ms.
const WAITS_MS: [i64; 3] = [10_000, 60_000, 10 * 60_000];

/// What came of a try.
enum Brought {
    Here { content_type: String, content: Vec<u8>, width: i64, height: i64 },
    Later,
    Never(i64),
}

impl Engine {
    /// Brings pictures home that wait at a provider. Returns how many tries were made.
    ///
    /// # Errors
    /// When the store fails.
    pub async fn media_fetch_round(&self, ws: WorkspaceId) -> Result<usize, DbError> {
        let now = self.now();
        let waiting = self.workspace(ws).read(move |tx| missing(tx, now, AT_ONCE)).await?;
        let tries = waiting.into_iter().map(|row| self.media_try(ws, row));
        futures::future::join_all(tries).await.into_iter().try_fold(0, |sum, tried| Ok(sum + usize::from(tried?)))
    }

    /// Tries to bring one picture home. False when another node has it.
    async fn media_try(&self, ws: WorkspaceId, row: MissingRow) -> Result<bool, DbError> {
        let (now, taken) = (self.now(), row.clone());
        let lease = now + LEASE_MS;
        if !self.workspace(ws).write(move |tx| media::lease(tx, &taken, now, lease)).await? {
            return Ok(false);
        }
        let (brought, now) = (self.media_bring(ws, &row).await?, self.now());
        self.workspace(ws).write(move |tx| note(tx, &row, &brought, now, lease)).await?;
        Ok(true)
    }

    async fn media_bring(&self, ws: WorkspaceId, row: &MissingRow) -> Result<Brought, DbError> {
        let facts = self.account_facts(ws, row.account).await?;
        let channel = facts.as_ref().and_then(|facts| self.registry().get(&facts.provider));
        let (Some(facts), Some(fetches), Some(url)) =
            (facts.as_ref(), channel.and_then(|channel| channel.media()), row.media.source_url.as_deref())
        else {
            return Ok(Brought::Never(FAILED));
        };
        let fetched = match fetches.fetch_media(&facts.account, url, LIMITS).await {
            Ok(fetched) => fetched,
            Err(MediaError::ContentType) => return Ok(Brought::Never(UNSUPPORTED)),
            Err(error) if error.passing() => {
                tracing::info!(media.id = %row.media.id, %error, "a picture could not be had yet");
                return Ok(Brought::Later);
            }
            Err(error) => {
                tracing::warn!(media.id = %row.media.id, %error, "a picture cannot be had");
                return Ok(Brought::Never(FAILED));
            }
        };
        let cleaned = tokio::task::spawn_blocking(move || clean(&fetched.bytes)).await;
        Ok(match cleaned {
            Ok(Ok(cleaned)) => Brought::Here {
                content_type: cleaned.content_type.to_owned(),
                content: cleaned.content,
                width: i64::from(cleaned.width),
                height: i64::from(cleaned.height),
            },
            Ok(Err(CleanError::Unsupported)) => Brought::Never(UNSUPPORTED),
            Ok(Err(error)) => {
                tracing::warn!(media.id = %row.media.id, %error, "a picture cannot be read");
                Brought::Never(FAILED)
            }
            Err(_) => Brought::Never(FAILED),
        })
    }
}

fn note(tx: &mut Tx<'_>, row: &MissingRow, brought: &Brought, now: i64, lease: i64) -> Result<(), DbError> {
    let id = row.media.id;
    let noted = match brought {
        Brought::Here { content_type, content, width, height } => {
            let filled = MediaRow {
                content_type: content_type.clone(),
                bytes: i64::try_from(content.len()).unwrap_or(i64::MAX),
                width: Some(*width),
                height: Some(*height),
                ..row.media.clone()
            };
            media::fill(tx, &filled, content.clone(), lease)?
        }
        Brought::Later => match usize::try_from(row.tries).ok().and_then(|tries| WAITS_MS.get(tries)) {
            Some(wait) => {
                media::tried(tx, id, now + wait, row.media.bytes, lease)?;
                return Ok(());
            }
            None => media::tried(tx, id, now, FAILED, lease)?,
        },
        Brought::Never(bytes) => media::tried(tx, id, now, *bytes, lease)?,
    };
    if noted {
        changed(tx, row, now);
    }
    Ok(())
}

fn changed(tx: &mut Tx<'_>, row: &MissingRow, now: i64) {
    tx.event(NewEvent {
        kind: "message.changed",
        conversation: Some(Id::uuid(row.conversation)),
        subject: row.media.message.map(Id::uuid),
        at: now,
        data: r#"{"media":true}"#.to_owned(),
    });
}
