//! Join keywords as members set them up.

use crate::Engine;
use crate::accounts::changed;
use crate::audit::Actor;
use crate::consent::topic_reserved;
use crate::idempotency::Keep;
use domain::id::{Id, InboxId, JoinWordId, WorkspaceId};
use domain::join::{self, Finding, Offer, Unfit};
use domain::limits::JOIN_WORDS_MAX;
use serde_json::json;
use store::join_word::{self, JoinWordRow};
use store::{DbError, Tx, audit, inbox, sending};

/// One thing that is wrong with a join keyword.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Fault {
    /// Of which field.
    pub field: &'static str,
    /// The stable code.
    pub code: &'static str,
    /// What is wrong, and what mends it.
    pub detail: String,
}

/// Why a join keyword is not set up.
#[derive(Debug, thiserror::Error)]
pub enum JoinWordError {
    /// No such inbox, or no such keyword in it.
    #[error("no such inbox or join keyword")]
    NotFound,
    /// It cannot be used so.
    #[error("the join keyword has faults")]
    Faults(Vec<Fault>),
    /// The store failed.
    #[error(transparent)]
    Store(#[from] DbError),
}

/// A join keyword as the shop wants it.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct JoinWordForm {
    /// The word.
    pub word: String,
    /// What marketing it is for; empty for all of it.
    pub topic: String,
    /// Whether the customer must answer YES first.
    pub double_opt_in: bool,
    /// A language tag.
    pub locale: String,
    /// What they get.
    pub programme: String,
    /// How often.
    pub frequency: String,
    /// The words that stand beside it, byte by byte.
    pub disclosure: String,
    /// The shop's own confirmation; Hark's where empty.
    pub confirmation: String,
    /// More words behind the confirmation.
    pub welcome: String,
}

/// What may change of one. Absent fields stay.
#[derive(Debug, Clone, Default)]
pub struct JoinWordChange {
    /// The word.
    pub word: Option<String>,
    /// What marketing it is for.
    pub topic: Option<String>,
    /// Whether the customer must answer YES first.
    pub double_opt_in: Option<bool>,
    /// A language tag.
    pub locale: Option<String>,
    /// What they get.
    pub programme: Option<String>,
    /// How often.
    pub frequency: Option<String>,
    /// The words that stand beside it.
    pub disclosure: Option<String>,
    /// The shop's own confirmation.
    pub confirmation: Option<String>,
    /// More words behind the confirmation.
    pub welcome: Option<String>,
}

/// What customers would get by a keyword, and what is wrong with it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct JoinWordPreview {
    /// The request, where the opt-in is double.
    pub request: Option<String>,
    /// The confirmation, with the welcome.
    pub confirmation: String,
    /// What refuses it.
    pub faults: Vec<Fault>,
    /// What the confirmation lacks; the same among the faults.
    pub confirmation_findings: Vec<Finding>,
    /// What the words beside the keyword lack: advice.
    pub disclosure_findings: Vec<Finding>,
}

impl JoinWordForm {
    fn of(row: &JoinWordRow) -> Self {
        Self {
            word: row.word.clone(),
            topic: row.topic.clone(),
            double_opt_in: row.double_opt_in,
            locale: row.locale.clone(),
            programme: row.programme.clone(),
            frequency: row.frequency.clone(),
            disclosure: row.disclosure.clone(),
            confirmation: row.confirmation.clone(),
            welcome: row.welcome.clone(),
        }
    }

    fn changed(self, change: JoinWordChange) -> Self {
        Self {
            word: change.word.unwrap_or(self.word),
            topic: change.topic.unwrap_or(self.topic),
            double_opt_in: change.double_opt_in.unwrap_or(self.double_opt_in),
            locale: change.locale.unwrap_or(self.locale),
            programme: change.programme.unwrap_or(self.programme),
            frequency: change.frequency.unwrap_or(self.frequency),
            disclosure: change.disclosure.unwrap_or(self.disclosure),
            confirmation: change.confirmation.unwrap_or(self.confirmation),
            welcome: change.welcome.unwrap_or(self.welcome),
        }
    }

    fn offer<'a>(&'a self, brand: &'a str) -> Offer<'a> {
        Offer {
            brand,
            programme: &self.programme,
            frequency: &self.frequency,
            locale: &self.locale,
            confirmation: &self.confirmation,
            welcome: &self.welcome,
        }
    }

    /// What is wrong with it by itself, beside the inbox's `others`.
    fn faults(&self, brand: &str, others: &[JoinWordRow]) -> Vec<Fault> {
        let word = join::unfit(&self.word).map(|unfit: Unfit| Fault {
            field: "word",
            code: unfit.code(),
            detail: unfit.detail(),
        });
        let plain = join::plain(&self.word);
        let taken = others.iter().any(|other| other.plain == plain).then(taken);
        let topic = topic_reserved(&self.topic).then(|| Fault {
            field: "topic",
            code: "topic_reserved",
            detail: "This name stands for a purpose or for everything.".to_owned(),
        });
        let offer = self.offer(brand);
        let said = join::confirmation(&offer);
        let lacking = join::confirmation_findings(&said, &offer).into_iter().map(|finding| Fault {
            field: "confirmation",
            code: finding.code(),
            detail: format!("{} {}", finding.detail, finding.fix),
        });
        word.into_iter().chain(taken).chain(topic).chain(lacking).collect()
    }

    fn row(self, id: JoinWordId, inbox: InboxId, now: i64) -> JoinWordRow {
        let plain = join::plain(&self.word);
        let trimmed = |words: &str| words.trim().to_owned();
        JoinWordRow {
            id,
            inbox,
            word: trimmed(&self.word),
            plain,
            topic: trimmed(&self.topic),
            double_opt_in: self.double_opt_in,
            locale: trimmed(&self.locale),
            programme: trimmed(&self.programme),
            frequency: trimmed(&self.frequency),
            disclosure: self.disclosure,
            disclosure_version: 1,
            confirmation: trimmed(&self.confirmation),
            welcome: trimmed(&self.welcome),
            created_at: now,
            changed_at: now,
        }
    }
}

/// The brand, and the inbox's words.
fn around(tx: &mut Tx<'_>, id: InboxId) -> Result<(String, Vec<JoinWordRow>), JoinWordError> {
    let facts = sending::inbox_facts(tx, vec![Id::uuid(id)])?.pop().ok_or(JoinWordError::NotFound)?;
    Ok((facts.brand, join_word::of_inboxes(tx, vec![Id::uuid(id)])?))
}

fn told(row: &JoinWordRow) -> serde_json::Value {
    json!({
        "inbox": row.inbox.to_string(), "word": row.word, "topic": row.topic, "double_opt_in": row.double_opt_in,
        "disclosure_version": row.disclosure_version,
    })
}

impl Engine {
    /// The join keywords of an inbox, oldest first.
    ///
    /// # Errors
    /// [`JoinWordError`].
    pub async fn join_word_list(&self, ws: WorkspaceId, inbox: InboxId) -> Result<Vec<JoinWordRow>, JoinWordError> {
        self.workspace(ws)
            .read(move |tx| {
                inbox::get(tx, inbox)?.ok_or(JoinWordError::NotFound)?;
                Ok(join_word::of_inboxes(tx, vec![Id::uuid(inbox)])?)
            })
            .await
    }

    /// Adds a join keyword to an inbox.
    ///
    /// # Errors
    /// [`JoinWordError`].
    pub async fn join_word_create(
        &self,
        ws: WorkspaceId,
        by: Actor,
        inbox: InboxId,
        form: JoinWordForm,
        keep: Keep<JoinWordRow>,
    ) -> Result<JoinWordRow, JoinWordError> {
        let row = form.clone().row(self.new_id(), inbox, self.now());
        let entry = self.audit_entry(by, "join_word.create", row.id.to_string(), &told(&row));
        self.workspace(ws)
            .write(move |tx| {
                let (brand, others) = around(tx, inbox)?;
                let mut faults = form.faults(&brand, &others);
                if others.len() >= JOIN_WORDS_MAX {
                    faults.push(too_many());
                }
                if !faults.is_empty() {
                    return Err(JoinWordError::Faults(faults));
                }
                if !join_word::insert(tx, &row)? {
                    return Err(JoinWordError::Faults(vec![taken()]));
                }
                changed(tx, "inbox.changed", Id::uuid(inbox), row.created_at);
                audit::insert(tx, &entry)?;
                keep.keep(tx, &row, row.created_at)?;
                Ok(row.clone())
            })
            .await
    }

    /// Changes a join keyword. Other words beside it are a new version of them: what customers agreed
    /// to before keeps the old ones.
    ///
    /// # Errors
    /// [`JoinWordError`].
    pub async fn join_word_update(
        &self,
        ws: WorkspaceId,
        by: Actor,
        inbox: InboxId,
        id: JoinWordId,
        change: JoinWordChange,
    ) -> Result<JoinWordRow, JoinWordError> {
        let now = self.now();
        let entry = self.audit_entry(by, "join_word.update", id.to_string(), &json!({}));
        self.workspace(ws)
            .write(move |tx| {
                let (brand, mut others) = around(tx, inbox)?;
                let at = others.iter().position(|row| row.id == id).ok_or(JoinWordError::NotFound)?;
                let before = others.remove(at);
                let form = JoinWordForm::of(&before).changed(change.clone());
                let faults = form.faults(&brand, &others);
                if !faults.is_empty() {
                    return Err(JoinWordError::Faults(faults));
                }
                let mut row = form.row(id, inbox, now);
                row.created_at = before.created_at;
                let other_words = row.disclosure != before.disclosure || row.locale != before.locale;
                row.disclosure_version = before.disclosure_version + i64::from(other_words);
                if !join_word::update(tx, &row)? {
                    return Err(JoinWordError::NotFound);
                }
                changed(tx, "inbox.changed", Id::uuid(inbox), now);
                let entry = store::audit::AuditRow { detail: told(&row).to_string(), ..entry.clone() };
                audit::insert(tx, &entry)?;
                Ok(row)
            })
            .await
    }

    /// Takes a join keyword away. What was agreed to by it stays.
    ///
    /// # Errors
    /// [`JoinWordError`].
    pub async fn join_word_delete(
        &self,
        ws: WorkspaceId,
        by: Actor,
        inbox: InboxId,
        id: JoinWordId,
    ) -> Result<(), JoinWordError> {
        let now = self.now();
        let entry = self.audit_entry(by, "join_word.delete", id.to_string(), &json!({}));
        self.workspace(ws)
            .write(move |tx| {
                let row = join_word::get(tx, id)?.filter(|row| row.inbox == inbox).ok_or(JoinWordError::NotFound)?;
                join_word::delete(tx, id)?;
                changed(tx, "inbox.changed", Id::uuid(inbox), now);
                let entry = store::audit::AuditRow { detail: told(&row).to_string(), ..entry.clone() };
                audit::insert(tx, &entry)?;
                Ok(())
            })
            .await
    }

    /// What customers would get by a keyword, and what is wrong with it. `of` is the keyword that is
    /// being changed, where one is.
    ///
    /// # Errors
    /// [`JoinWordError`].
    pub async fn join_word_preview(
        &self,
        ws: WorkspaceId,
        inbox: InboxId,
        of: Option<JoinWordId>,
        form: JoinWordForm,
    ) -> Result<JoinWordPreview, JoinWordError> {
        let (brand, mut others) = self.workspace(ws).read(move |tx| around(tx, inbox)).await?;
        others.retain(|row| Some(row.id) != of);
        let offer = form.offer(&brand);
        let confirmation = join::confirmation(&offer);
        Ok(JoinWordPreview {
            request: form.double_opt_in.then(|| join::request(&offer)),
            confirmation_findings: join::confirmation_findings(&confirmation, &offer),
            disclosure_findings: join::disclosure_findings(&form.disclosure, &offer),
            faults: form.faults(&brand, &others),
            confirmation,
        })
    }
}

fn taken() -> Fault {
    Fault { field: "word", code: "keyword_taken", detail: "This number has the keyword already.".to_owned() }
}

fn too_many() -> Fault {
    Fault { field: "word", code: "too_many", detail: format!("A number has at most {JOIN_WORDS_MAX} join keywords.") }
}
