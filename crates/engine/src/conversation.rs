//! What members do with conversations.

use crate::Engine;
use crate::accounts::audited;
use crate::courtesy;
use crate::idempotency::Keep;
use crate::reply::Author;
use domain::conversation::Status;
use domain::id::{ConversationId, Id, MemberId, MessageId, WorkspaceId};
use domain::message::{Kind, State};
use store::conversation::{Added, ConversationRow, Counts, Listing, View};
use store::media::MediaRow;
use store::message::MessageRow;
use store::{DbError, NewEvent, Tx, conversation, draft, media, message};
use uuid::Uuid;

/// Why something could not be done to a conversation.
#[derive(Debug, Clone, PartialEq, thiserror::Error)]
pub enum ConversationError {
    /// No such conversation.
    #[error("no such conversation")]
    NotFound,
    /// The customer has another open conversation in this inbox.
    #[error("the customer has a newer open conversation in this inbox")]
    NewerOpen,
    /// A time that is past.
    #[error("the time lies in the past")]
    Past,
    /// A closed conversation has no open complaint.
    #[error("the conversation is closed")]
    Closed,
    /// The id of a note is taken by another item.
    #[error("this message id was used for another text")]
    IdTaken,
    /// The store failed.
    #[error(transparent)]
    Store(DbError),
}

impl From<DbError> for ConversationError {
    fn from(error: DbError) -> Self {
        if error.is_conflict_on("conversations") { Self::NewerOpen } else { Self::Store(error) }
    }
}

/// A page of a list.
#[derive(Debug, Clone)]
pub struct Page {
    /// The conversations.
    pub rows: Vec<ConversationRow>,
    /// In which of them the member has a draft.
    pub drafts: Vec<ConversationId>,
    /// Which of their customers opted out, by canonical address.
    pub opted_out: Vec<String>,
    /// Where the next page starts, if there is one.
    pub next: Option<(i64, ConversationId)>,
}

/// A change of where a conversation stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Change {
    /// Close it.
    Close,
    /// Open it.
    Reopen,
    /// Let it come back at an instant (Unix ms).
    Snooze(i64),
    /// Give it to a member or to nobody.
    Assign(Option<MemberId>),
    /// A complaint is open in it, or is settled.
    Complaint(bool),
    /// Everything up to this number was read.
    Read(i64),
    /// The last item is unread again.
    Unread,
}

/// A page of a thread.
#[derive(Debug, Clone)]
pub struct Thread {
    /// The items, in their order.
    pub rows: Vec<MessageRow>,
    /// Their pictures.
    pub media: Vec<MediaRow>,
    /// Whether there are more in the asked direction.
    pub more: bool,
}

/// Which items of a thread.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Span {
    /// Those before a number, exclusive.
    Before(i64),
    /// Those after a number, exclusive.
    After(i64),
}

impl Engine {
    /// A page of a view after a place.
    ///
    /// # Errors
    /// When the store fails.
    pub async fn conversation_page(
        &self,
        ws: WorkspaceId,
        member: Option<MemberId>,
        listing: impl Into<Listing>,
        after: Option<(i64, ConversationId)>,
        limit: i64,
    ) -> Result<Page, DbError> {
        let listing = listing.into();
        let after = after.unwrap_or_else(|| start_of(listing));
        self.workspace(ws)
            .read(move |tx| {
                let mut rows = conversation::page(tx, listing, after, limit + 1)?;
                let keep = usize::try_from(limit).unwrap_or(0);
                let more = rows.len() > keep;
                rows.truncate(keep);
                let next = rows.last().filter(|_| more).map(|row| place_of(listing.view, row));
                let drafts = match member {
                    Some(member) => draft::of(tx, member, rows.iter().map(|row| Id::uuid(row.id)).collect())?,
                    None => Vec::new(),
                };
                let opted_out = opted_out(tx, rows.iter().map(|row| row.address.clone()).collect())?;
                Ok(Page { rows, drafts, opted_out, next })
            })
            .await
    }

    /// How many conversations the views hold, each counted up to 10,001.
    ///
    /// # Errors
    /// When the store fails.
    pub async fn conversation_counts(&self, ws: WorkspaceId, member: MemberId) -> Result<Counts, DbError> {
        self.workspace(ws).read(move |tx| conversation::counts(tx, member, 10_001)).await
    }

    /// One conversation, with the member's own marks.
    ///
    /// # Errors
    /// When the store fails.
    pub async fn conversation_get(
        &self,
        ws: WorkspaceId,
        member: Option<MemberId>,
        id: ConversationId,
    ) -> Result<Option<Page>, DbError> {
        self.workspace(ws).read(move |tx| page_of(tx, member, id)).await
    }

    /// Items of a thread. `None` when there is no such conversation.
    ///
    /// # Errors
    /// When the store fails.
    pub async fn conversation_thread(
        &self,
        ws: WorkspaceId,
        id: ConversationId,
        span: Span,
        limit: i64,
    ) -> Result<Option<Thread>, DbError> {
        self.workspace(ws)
            .read(move |tx| {
                if conversation::get(tx, id)?.is_none() {
                    return Ok(None);
                }
                let keep = usize::try_from(limit).unwrap_or(0);
                let mut rows = match span {
                    Span::Before(seq) => message::before(tx, id, seq, limit + 1)?,
                    Span::After(seq) => message::after(tx, id, seq, limit + 1)?,
                };
                let more = rows.len() > keep;
                match span {
                    Span::Before(_) if more => drop(rows.remove(0)),
                    Span::Before(_) | Span::After(_) => rows.truncate(keep),
                }
                let with_media = rows.iter().filter(|row| row.media > 0).map(|row| Id::uuid(row.id)).collect();
                let media = media::of_messages(tx, with_media)?;
                Ok(Some(Thread { rows, media, more }))
            })
            .await
    }

    /// Does something to a conversation, with a line in its thread where others should see it.
    ///
    /// # Errors
    /// [`ConversationError`].
    pub async fn conversation_change(
        &self,
        ws: WorkspaceId,
        id: ConversationId,
        by: Author,
        change: Change,
    ) -> Result<ConversationRow, ConversationError> {
        let now = self.now();
        let line: MessageId = self.new_id();
        let changed = self.workspace(ws).write(move |tx| change_in(tx, id, by, change, line, now)).await?;
        // What waited for it may leave.
        self.wake();
        Ok(changed)
    }

    /// Adds a private note.
    ///
    /// # Errors
    /// [`ConversationError`].
    pub async fn conversation_note(
        &self,
        ws: WorkspaceId,
        id: ConversationId,
        by: Author,
        note: MessageId,
        body: String,
        keep: Keep<MessageRow>,
    ) -> Result<MessageRow, ConversationError> {
        let now = self.now();
        self.workspace(ws)
            .write(move |tx| {
                let row = match message::get(tx, note)? {
                    Some(known) if known.kind == Kind::Note && known.body == body => known,
                    Some(_) => return Err(ConversationError::IdTaken),
                    None => add_line(tx, id, note, Kind::Note, body.clone(), None, by, now)?,
                };
                keep.keep(tx, &row, now)?;
                Ok(row)
            })
            .await
    }

    /// A member's draft in a conversation: words, revision, Unix ms.
    ///
    /// # Errors
    /// When the store fails.
    pub async fn draft_get(
        &self,
        ws: WorkspaceId,
        id: ConversationId,
        member: MemberId,
    ) -> Result<Option<(String, i64, i64)>, DbError> {
        self.workspace(ws).read(move |tx| draft::get(tx, id, member)).await
    }

    /// Saves a draft. False when a later revision is kept already.
    ///
    /// # Errors
    /// [`ConversationError`].
    pub async fn draft_put(
        &self,
        ws: WorkspaceId,
        id: ConversationId,
        member: MemberId,
        body: String,
        revision: i64,
    ) -> Result<bool, ConversationError> {
        let now = self.now();
        self.workspace(ws)
            .write(move |tx| {
                if conversation::get(tx, id)?.is_none() {
                    return Err(ConversationError::NotFound);
                }
                Ok(draft::put(tx, id, member, &body, revision, now)?)
            })
            .await
    }
}

/// One conversation, with a member's own marks.
pub(crate) fn page_of(tx: &mut Tx<'_>, member: Option<MemberId>, id: ConversationId) -> Result<Option<Page>, DbError> {
    let Some(row) = conversation::get(tx, id)? else { return Ok(None) };
    let drafts = match member {
        Some(member) => draft::of(tx, member, vec![Id::uuid(id)])?,
        None => Vec::new(),
    };
    let opted_out = opted_out(tx, vec![row.address.clone()])?;
    Ok(Some(Page { rows: vec![row], drafts, opted_out, next: None }))
}

const NEWEST: i64 = i64::MAX;

fn start_of(listing: Listing) -> (i64, ConversationId) {
    if listing.ascending() {
        (i64::MIN, ConversationId::new(Uuid::nil()))
    } else {
        (NEWEST, ConversationId::new(Uuid::max()))
    }
}

fn place_of(view: View, row: &ConversationRow) -> (i64, ConversationId) {
    match view {
        View::Waiting => (row.waiting_since.unwrap_or(row.last_at), row.id),
        View::Mine(_) | View::Unassigned | View::Open | View::Snoozed | View::Closed | View::Failed | View::All => {
            (row.last_at, row.id)
        }
    }
}

fn opted_out(tx: &mut Tx<'_>, addresses: Vec<String>) -> Result<Vec<String>, DbError> {
    Ok(store::suppression::of(tx, crate::gate::BRAND, addresses)?.into_iter().map(|(address, _)| address).collect())
}

pub(crate) fn change_in(
    tx: &mut Tx<'_>,
    id: ConversationId,
    by: Author,
    change: Change,
    line: MessageId,
    now: i64,
) -> Result<ConversationRow, ConversationError> {
    let before = conversation::get(tx, id)?.ok_or(ConversationError::NotFound)?;
    let told = match change {
        Change::Close if before.status != Status::Closed => {
            let waiting = courtesy::lock_in(tx, &before.address)?;
            conversation::set_status(tx, id, Status::Closed, None, now)?;
            courtesy::wake_in(tx, &waiting, now)?;
            Some(r#"{"what":"closed"}"#.to_owned())
        }
        Change::Complaint(true) if before.status == Status::Closed => return Err(ConversationError::Closed),
        Change::Complaint(true) if before.complaint_at.is_none() => {
            conversation::set_complaint(tx, id, Some((now, conversation::BY_MEMBER)))?;
            Some(r#"{"what":"complaint_opened"}"#.to_owned())
        }
        Change::Complaint(false) if before.complaint_at.is_some() => {
            let waiting = courtesy::lock_in(tx, &before.address)?;
            conversation::set_complaint(tx, id, None)?;
            courtesy::wake_in(tx, &waiting, now)?;
            Some(r#"{"what":"complaint_settled"}"#.to_owned())
        }
        Change::Reopen if before.status != Status::Open => {
            conversation::set_status(tx, id, Status::Open, None, now)?;
            Some(r#"{"what":"reopened"}"#.to_owned())
        }
        Change::Snooze(until) if until <= now => return Err(ConversationError::Past),
        Change::Snooze(until) => {
            conversation::set_status(tx, id, Status::Snoozed, Some(until), now)?;
            Some(format!(r#"{{"what":"snoozed","until":{until}}}"#))
        }
        Change::Assign(member) if before.assignee_id != member => {
            conversation::assign(tx, id, member)?;
            Some(match member {
                Some(member) => format!(r#"{{"what":"assigned","member":"{member}"}}"#),
                None => r#"{"what":"unassigned"}"#.to_owned(),
            })
        }
        Change::Read(seq) => {
            conversation::set_read(tx, id, seq.clamp(0, before.last_seq).max(before.read_seq))?;
            None
        }
        Change::Unread => {
            conversation::set_read(tx, id, (before.last_seq - 1).max(0))?;
            None
        }
        // Already so: nothing to do and nothing to tell.
        Change::Close | Change::Reopen | Change::Assign(_) | Change::Complaint(_) => return Ok(before),
    };
    if let Some(data) = told {
        // The line's identity is fresh for each change, and names the entry of the log as well.
        audited(tx, Id::uuid(line), by, action(change), &id.to_string(), &data, now)?;
        add_line(tx, id, line, Kind::Event, String::new(), Some(data), by, now)?;
    }
    tx.event(NewEvent {
        kind: "conversation.changed",
        conversation: Some(Id::uuid(id)),
        subject: Some(Id::uuid(id)),
        at: now,
        data: "{}".to_owned(),
    });
    conversation::get(tx, id)?.ok_or(ConversationError::NotFound)
}

/// What the audit log calls a change.
const fn action(change: Change) -> &'static str {
    match change {
        Change::Close => "conversation.close",
        Change::Reopen => "conversation.reopen",
        Change::Snooze(_) => "conversation.snooze",
        Change::Assign(_) => "conversation.assign",
        Change::Complaint(true) => "conversation.complaint_open",
        Change::Complaint(false) => "conversation.complaint_settle",
        Change::Read(_) => "conversation.read",
        Change::Unread => "conversation.unread",
    }
}

#[expect(clippy::too_many_arguments, reason = "a line of a thread has this many independent facts")]
pub(crate) fn add_line(
    tx: &mut Tx<'_>,
    conversation: ConversationId,
    id: MessageId,
    kind: Kind,
    body: String,
    data: Option<String>,
    by: Author,
    now: i64,
) -> Result<MessageRow, ConversationError> {
    let seq = conversation::add(tx, conversation, Added::Silent, "", now)?.ok_or(ConversationError::NotFound)?;
    let row = MessageRow {
        id,
        conversation_id: conversation,
        seq,
        kind,
        body,
        author_kind: Some(by.kind.to_owned()),
        author_id: by.id,
        purpose: None,
        topic: String::new(),
        class: None,
        legal_basis: None,
        origin: None,
        state: State::Noted,
        state_at: now,
        reason_code: None,
        reason_detail: None,
        held_until: None,
        send_after: None,
        valid_until: None,
        retry_of: None,
        encoding: None,
        parts: 0,
        media: 0,
        in_flight_at_opt_out: false,
        data,
        created_at: now,
    };
    message::insert(tx, &row)?;
    tx.event(NewEvent {
        kind: "message.created",
        conversation: Some(Id::uuid(conversation)),
        subject: Some(Id::uuid(id)),
        at: now,
        data: format!(r#"{{"seq":{seq},"kind":"{}","state":"noted"}}"#, kind.word()),
    });
    Ok(row)
}
