//! Join keywords, and the requests of double opt-ins that still wait for their YES.

use crate::args;
use crate::consent::word;
use crate::db::{DbError, Row, Tx, statements};
use domain::consent::Proof;
use domain::id::{ConsentId, DisclosureId, InboxId, JoinWordId};
use uuid::Uuid;

statements! {
    tenant JOIN_WORD_INSERT = "insert into join_words (ws, id, inbox_id, word, plain, topic, double_opt_in, locale,
            programme, frequency, disclosure, disclosure_version, confirmation, welcome, created_at, changed_at)
        values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16) on conflict do nothing";
    tenant JOIN_WORD_UPDATE = "update join_words set word = $3, plain = $4, topic = $5, double_opt_in = $6, locale = $7,
            programme = $8, frequency = $9, disclosure = $10, disclosure_version = $11, confirmation = $12,
            welcome = $13, changed_at = $14
        where ws = $1 and id = $2";
    tenant JOIN_WORD_DELETE = "delete from join_words where ws = $1 and id = $2";
    tenant JOIN_WORD_GET = "select id, inbox_id, word, plain, topic, double_opt_in, locale, programme, frequency,
            disclosure, disclosure_version, confirmation, welcome, created_at, changed_at
        from join_words where ws = $1 and id = $2";
    tenant JOIN_WORD_OF_INBOXES = "select id, inbox_id, word, plain, topic, double_opt_in, locale, programme, frequency,
            disclosure, disclosure_version, confirmation, welcome, created_at, changed_at
        from join_words where ws = $1 and inbox_id {any:$2}";
    tenant JOIN_REQUESTS_OPEN = "select c.address, c.id, c.topic, c.proof, c.disclosure_id, c.evidence, c.occurred_at,
            l.last_person_at
        from standings s
        join consents c on c.ws = s.ws and c.id = s.consent_id
        left join address_locks l on l.ws = s.ws and l.address = s.address
        where s.ws = $1 and s.address {any:$2} and s.channel = 'sms' and s.permits = 'marketing'
            and s.status = 'pending' and c.action = 'request' and c.method in ('keyword', 'web_form')
            and c.occurred_at > $3";
}

/// A join keyword.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct JoinWordRow {
    /// Its identity.
    pub id: JoinWordId,
    /// The inbox it is texted to.
    pub inbox: InboxId,
    /// As the shop writes it.
    pub word: String,
    /// As it is recognised.
    pub plain: String,
    /// What marketing it is for; empty for all of it.
    pub topic: String,
    /// Whether the customer must answer YES to a request first.
    pub double_opt_in: bool,
    /// A language tag, such as `en-US`.
    pub locale: String,
    /// What they get.
    pub programme: String,
    /// How often.
    pub frequency: String,
    /// The words that stand beside it, byte by byte.
    pub disclosure: String,
    /// Counts the changes of those words, from 1.
    pub disclosure_version: i64,
    /// The shop's own confirmation; Hark's where empty.
    pub confirmation: String,
    /// More words behind the confirmation.
    pub welcome: String,
    /// Unix ms.
    pub created_at: i64,
    /// Unix ms.
    pub changed_at: i64,
}

/// The request of a double opt-in that has not been answered.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct JoinRequest {
    /// Whom we asked, canonical.
    pub address: String,
    /// The entry of the ledger.
    pub entry: ConsentId,
    /// What it is for; empty for all marketing.
    pub topic: String,
    /// How good the permission would be.
    pub proof: Proof,
    /// The words that stood beside the keyword.
    pub disclosure: Option<DisclosureId>,
    /// What is kept with the entry, as a JSON object.
    pub evidence: String,
    /// When they texted the keyword, Unix ms.
    pub occurred_at: i64,
    /// When somebody who chooses what to say last texted them, Unix ms.
    pub person_at: Option<i64>,
}

fn join_word(row: &Row) -> Result<JoinWordRow, DbError> {
    Ok(JoinWordRow {
        id: row.get(0)?,
        inbox: row.get(1)?,
        word: row.get(2)?,
        plain: row.get(3)?,
        topic: row.get(4)?,
        double_opt_in: row.get::<i64>(5)? > 0,
        locale: row.get(6)?,
        programme: row.get(7)?,
        frequency: row.get(8)?,
        disclosure: row.get(9)?,
        disclosure_version: row.get(10)?,
        confirmation: row.get(11)?,
        welcome: row.get(12)?,
        created_at: row.get(13)?,
        changed_at: row.get(14)?,
    })
}

/// Adds a word. False when the inbox has it already.
pub fn insert(tx: &mut Tx<'_>, row: &JoinWordRow) -> Result<bool, DbError> {
    let added = tx.exec(
        &JOIN_WORD_INSERT,
        args![
            row.id,
            row.inbox,
            &row.word,
            &row.plain,
            &row.topic,
            i64::from(row.double_opt_in),
            &row.locale,
            &row.programme,
            &row.frequency,
            &row.disclosure,
            row.disclosure_version,
            &row.confirmation,
            &row.welcome,
            row.created_at,
            row.changed_at
        ],
    )?;
    Ok(added > 0)
}

/// Replaces what can be changed of a word. False when there is none.
pub fn update(tx: &mut Tx<'_>, row: &JoinWordRow) -> Result<bool, DbError> {
    let changed = tx.exec(
        &JOIN_WORD_UPDATE,
        args![
            row.id,
            &row.word,
            &row.plain,
            &row.topic,
            i64::from(row.double_opt_in),
            &row.locale,
            &row.programme,
            &row.frequency,
            &row.disclosure,
            row.disclosure_version,
            &row.confirmation,
            &row.welcome,
            row.changed_at
        ],
    )?;
    Ok(changed > 0)
}

/// Removes a word. False when there is none.
pub fn delete(tx: &mut Tx<'_>, id: JoinWordId) -> Result<bool, DbError> {
    Ok(tx.exec(&JOIN_WORD_DELETE, args![id])? > 0)
}

/// One word.
pub fn get(tx: &mut Tx<'_>, id: JoinWordId) -> Result<Option<JoinWordRow>, DbError> {
    tx.query_opt(&JOIN_WORD_GET, args![id])?.as_ref().map(join_word).transpose()
}

/// The words of some inboxes, each inbox's oldest first. They are few.
pub fn of_inboxes(tx: &mut Tx<'_>, inboxes: Vec<Uuid>) -> Result<Vec<JoinWordRow>, DbError> {
    let mut rows = tx
        .query(&JOIN_WORD_OF_INBOXES, args![inboxes])?
        .iter()
        .map(join_word)
        .collect::<Result<Vec<JoinWordRow>, DbError>>()?;
    rows.sort_by_key(|row| (row.inbox, row.created_at, row.id));
    Ok(rows)
}

/// The requests to some addresses, made after an instant (Unix ms), that wait for their YES; each
/// address's latest last.
pub fn requests_open(tx: &mut Tx<'_>, addresses: Vec<String>, after: i64) -> Result<Vec<JoinRequest>, DbError> {
    let mut rows = tx
        .query(&JOIN_REQUESTS_OPEN, args![addresses, after])?
        .iter()
        .map(|row| {
            Ok(JoinRequest {
                address: row.get(0)?,
                entry: row.get(1)?,
                topic: row.get(2)?,
                proof: word(row, 3, Proof::from_word)?,
                disclosure: row.get(4)?,
                evidence: row.get(5)?,
                occurred_at: row.get(6)?,
                person_at: row.get(7)?,
            })
        })
        .collect::<Result<Vec<JoinRequest>, DbError>>()?;
    rows.sort_by_key(|row| (row.occurred_at, row.entry));
    Ok(rows)
}
