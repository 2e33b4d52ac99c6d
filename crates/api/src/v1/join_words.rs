//! Join keywords: words of the shop's own that opt a customer in who texts one to an inbox.

use axum::Json;
use axum::extract::State;
use domain::join::Finding;
use engine::JoinWordRow;
use engine::join_words::{Fault, JoinWordChange, JoinWordError, JoinWordForm};
use http::StatusCode;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::page::Items;
use crate::caller::Caller;
use crate::extract::{Body, Checked, Faults, Path};
use crate::idempotency::Ticket;
use crate::problem::{Answer, FieldError, Problem};
use crate::state::Api;
use crate::wire::{InboxId, JoinWordId};

/// A join keyword.
#[derive(Debug, Serialize, ToSchema)]
pub struct JoinWord {
    /// Its id.
    pub id: JoinWordId,
    /// The inbox it is texted to.
    pub inbox_id: InboxId,
    /// The word, as the shop writes it. Case, accents, marks, spaces and emoji do not matter.
    #[schema(example = "VIP")]
    pub word: String,
    /// What marketing it is for; empty for all of it.
    pub topic: String,
    /// Whether the customer must answer YES to a request first.
    pub double_opt_in: bool,
    /// The language of the texts and of the disclosure.
    #[schema(example = "en-US")]
    pub locale: String,
    /// What they get.
    #[schema(example = "weekly offers")]
    pub programme: String,
    /// How often.
    #[schema(example = "Up to 4 msgs/month")]
    pub frequency: String,
    /// The words that stand beside the keyword, exactly.
    pub disclosure: String,
    /// Counts the changes of those words, from 1.
    pub disclosure_version: i64,
    /// The shop's own confirmation; Hark's where empty.
    pub confirmation: String,
    /// More words behind the confirmation.
    pub welcome: String,
    /// When it was added, Unix ms.
    pub created_at: i64,
    /// When it was last changed, Unix ms.
    pub changed_at: i64,
}

/// A join keyword to add.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct JoinWordNew {
    /// The word: two to 20 letters and digits. One that asks for something else, or is a slip of the
    /// thumb away from it, is refused.
    #[schema(example = "VIP", min_length = 1, max_length = 40)]
    pub word: String,
    /// What marketing it is for; all of it where absent.
    #[serde(default)]
    #[schema(max_length = 40)]
    pub topic: String,
    /// Whether the customer must answer YES to a request first.
    #[serde(default)]
    pub double_opt_in: bool,
    /// The language of the texts and of the disclosure.
    #[schema(example = "en-US", min_length = 2, max_length = 35)]
    pub locale: String,
    /// What they get.
    #[schema(example = "weekly offers", min_length = 1, max_length = 100)]
    pub programme: String,
    /// How often.
    #[schema(example = "Up to 4 msgs/month", min_length = 1, max_length = 60)]
    pub frequency: String,
    /// The words that stand beside the keyword, exactly.
    #[schema(min_length = 1, max_length = 4000)]
    pub disclosure: String,
    /// The shop's own confirmation; Hark's where absent. It must say who texts what, how often, that it
    /// may cost, where help is and how to stop.
    #[serde(default)]
    #[schema(max_length = 600)]
    pub confirmation: String,
    /// More words behind the confirmation.
    #[serde(default)]
    #[schema(max_length = 300)]
    pub welcome: String,
}

/// Changes to a join keyword. Absent fields stay.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct JoinWordEdit {
    /// The word.
    #[schema(min_length = 1, max_length = 40)]
    pub word: Option<String>,
    /// What marketing it is for; empty for all of it.
    #[schema(max_length = 40)]
    pub topic: Option<String>,
    /// Whether the customer must answer YES to a request first.
    pub double_opt_in: Option<bool>,
    /// The language of the texts and of the disclosure.
    #[schema(min_length = 2, max_length = 35)]
    pub locale: Option<String>,
    /// What they get.
    #[schema(min_length = 1, max_length = 100)]
    pub programme: Option<String>,
    /// How often.
    #[schema(min_length = 1, max_length = 60)]
    pub frequency: Option<String>,
    /// The words that stand beside the keyword, exactly.
    #[schema(min_length = 1, max_length = 4000)]
    pub disclosure: Option<String>,
    /// The shop's own confirmation; Hark's where empty.
    #[schema(max_length = 600)]
    pub confirmation: Option<String>,
    /// More words behind the confirmation.
    #[schema(max_length = 300)]
    pub welcome: Option<String>,
}

/// A join keyword as it is being written.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct JoinWordPreviewAsk {
    /// The keyword that is being changed, where one is.
    pub id: Option<JoinWordId>,
    /// The word so far.
    #[serde(default)]
    #[schema(max_length = 40)]
    pub word: String,
    /// The topic so far.
    #[serde(default)]
    #[schema(max_length = 40)]
    pub topic: String,
    /// Whether the customer must answer YES to a request first.
    #[serde(default)]
    pub double_opt_in: bool,
    /// The language.
    #[serde(default)]
    #[schema(max_length = 35)]
    pub locale: String,
    /// What they get, so far.
    #[serde(default)]
    #[schema(max_length = 100)]
    pub programme: String,
    /// How often, so far.
    #[serde(default)]
    #[schema(max_length = 60)]
    pub frequency: String,
    /// The disclosure so far.
    #[serde(default)]
    #[schema(max_length = 4000)]
    pub disclosure: String,
    /// The shop's own confirmation so far.
    #[serde(default)]
    #[schema(max_length = 600)]
    pub confirmation: String,
    /// The welcome so far.
    #[serde(default)]
    #[schema(max_length = 300)]
    pub welcome: String,
}

/// A part that is missing, and words that mend it.
#[derive(Debug, Serialize, ToSchema)]
pub struct JoinWordFinding {
    /// A stable snake_case word.
    #[schema(example = "fees_missing")]
    pub code: String,
    /// What is missing, in a sentence.
    pub detail: String,
    /// Words that mend it.
    pub fix: String,
}

/// What customers would get by a keyword, and what is wrong with it.
#[derive(Debug, Serialize, ToSchema)]
pub struct JoinWordPreview {
    /// The request of a double opt-in; null for a single one.
    pub request: Option<String>,
    /// The confirmation, with the welcome.
    pub confirmation: String,
    /// Parts of one text that the confirmation takes.
    pub confirmation_parts: u32,
    /// What would refuse it.
    pub faults: Vec<FieldError>,
    /// Which required contents the confirmation lacks.
    pub confirmation_findings: Vec<JoinWordFinding>,
    /// What the disclosure lacks: advice, since it may stand elsewhere on the page or poster.
    pub disclosure_findings: Vec<JoinWordFinding>,
}

/// The join keywords of an inbox.
#[utoipa::path(get, path = "/inboxes/{id}/join-words", tag = "inboxes", params(("id" = InboxId, Path, description = "The inbox")), responses((status = 200, description = "Oldest first", body = Items<JoinWord>)))]
pub async fn inbox_join_word_list(
    State(api): State<Api>,
    caller: Caller,
    Path(id): Path<InboxId>,
) -> Answer<Json<Items<JoinWord>>> {
    let rows = api.engine.join_word_list(caller.ws, id.0).await?;
    Ok(Json(Items { items: rows.iter().map(JoinWord::from).collect() }))
}

/// Adds a join keyword. 422 with `keyword_reserved`, `keyword_near_reserved`, `keyword_taken` and others
/// for a word that cannot be one, and with a code for each part that the confirmation lacks.
#[utoipa::path(post, path = "/inboxes/{id}/join-words", tag = "inboxes", params(("id" = InboxId, Path, description = "The inbox")), request_body = JoinWordNew, responses((status = 201, description = "Added", body = JoinWord)))]
pub async fn inbox_join_word_create(
    State(api): State<Api>,
    caller: Caller,
    ticket: Ticket,
    Path(id): Path<InboxId>,
    Body(new): Body<JoinWordNew>,
) -> Answer<(StatusCode, Json<JoinWord>)> {
    let keep = ticket.keep(StatusCode::CREATED, |row: &JoinWordRow| JoinWord::from(row));
    let form = JoinWordForm {
        word: new.word,
        topic: new.topic,
        double_opt_in: new.double_opt_in,
        locale: new.locale,
        programme: new.programme,
        frequency: new.frequency,
        disclosure: new.disclosure,
        confirmation: new.confirmation,
        welcome: new.welcome,
    };
    let row = api.engine.join_word_create(caller.ws, caller.actor(), id.0, form, keep).await?;
    Ok((StatusCode::CREATED, Json((&row).into())))
}

/// Changes a join keyword. Another disclosure is a new version of it.
#[utoipa::path(patch, path = "/inboxes/{id}/join-words/{word_id}", tag = "inboxes", params(("id" = InboxId, Path, description = "The inbox"), ("word_id" = JoinWordId, Path, description = "The keyword")), request_body = JoinWordEdit, responses((status = 200, description = "Changed", body = JoinWord)))]
pub async fn inbox_join_word_update(
    State(api): State<Api>,
    caller: Caller,
    Path((inbox, id)): Path<(InboxId, JoinWordId)>,
    Body(new): Body<JoinWordEdit>,
) -> Answer<Json<JoinWord>> {
    let change = JoinWordChange {
        word: new.word,
        topic: new.topic,
        double_opt_in: new.double_opt_in,
        locale: new.locale,
        programme: new.programme,
        frequency: new.frequency,
        disclosure: new.disclosure,
        confirmation: new.confirmation,
        welcome: new.welcome,
    };
    let row = api.engine.join_word_update(caller.ws, caller.actor(), inbox.0, id.0, change).await?;
    Ok(Json((&row).into()))
}

/// Takes a join keyword away. What customers agreed to by it stays.
#[utoipa::path(delete, path = "/inboxes/{id}/join-words/{word_id}", tag = "inboxes", params(("id" = InboxId, Path, description = "The inbox"), ("word_id" = JoinWordId, Path, description = "The keyword")), responses((status = 204, description = "Taken away")))]
pub async fn inbox_join_word_delete(
    State(api): State<Api>,
    caller: Caller,
    Path((inbox, id)): Path<(InboxId, JoinWordId)>,
) -> Answer<StatusCode> {
    api.engine.join_word_delete(caller.ws, caller.actor(), inbox.0, id.0).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// What customers would get by a join keyword, and what is wrong with it. Keeps nothing.
#[utoipa::path(post, path = "/inboxes/{id}/join-words/preview", tag = "inboxes", params(("id" = InboxId, Path, description = "The inbox")), request_body = JoinWordPreviewAsk, responses((status = 200, description = "The texts and findings", body = JoinWordPreview)))]
pub async fn inbox_join_word_preview(
    State(api): State<Api>,
    caller: Caller,
    Path(id): Path<InboxId>,
    Body(ask): Body<JoinWordPreviewAsk>,
) -> Answer<Json<JoinWordPreview>> {
    let form = JoinWordForm {
        word: ask.word,
        topic: ask.topic,
        double_opt_in: ask.double_opt_in,
        locale: ask.locale,
        programme: ask.programme,
        frequency: ask.frequency,
        disclosure: ask.disclosure,
        confirmation: ask.confirmation,
        welcome: ask.welcome,
    };
    let seen = api.engine.join_word_preview(caller.ws, id.0, ask.id.map(|id| id.0), form).await?;
    let findings = |all: Vec<Finding>| all.iter().map(JoinWordFinding::from).collect();
    Ok(Json(JoinWordPreview {
        request: seen.request,
        confirmation_parts: domain::encoding::measure(&seen.confirmation).parts,
        confirmation: seen.confirmation,
        faults: seen.faults.into_iter().map(field_error).collect(),
        confirmation_findings: findings(seen.confirmation_findings),
        disclosure_findings: findings(seen.disclosure_findings),
    }))
}

impl Checked for JoinWordNew {
    fn check(&self, faults: &mut Faults) {
        faults.text("word", &self.word, 1, 40);
        faults.text("topic", &self.topic, 0, 40);
        faults.text("locale", &self.locale, 2, 35);
        faults.text("programme", &self.programme, 1, 100);
        faults.text("frequency", &self.frequency, 1, 60);
        faults.text("disclosure", &self.disclosure, 1, 4000);
        faults.text("confirmation", &self.confirmation, 0, 600);
        faults.text("welcome", &self.welcome, 0, 300);
    }
}

impl Checked for JoinWordEdit {
    fn check(&self, faults: &mut Faults) {
        faults.text_opt("word", self.word.as_deref(), 1, 40);
        faults.text_opt("topic", self.topic.as_deref(), 0, 40);
        faults.text_opt("locale", self.locale.as_deref(), 2, 35);
        faults.text_opt("programme", self.programme.as_deref(), 1, 100);
        faults.text_opt("frequency", self.frequency.as_deref(), 1, 60);
        faults.text_opt("disclosure", self.disclosure.as_deref(), 1, 4000);
        faults.text_opt("confirmation", self.confirmation.as_deref(), 0, 600);
        faults.text_opt("welcome", self.welcome.as_deref(), 0, 300);
    }
}

impl Checked for JoinWordPreviewAsk {
    fn check(&self, faults: &mut Faults) {
        faults.text("word", &self.word, 0, 40);
        faults.text("topic", &self.topic, 0, 40);
        faults.text("locale", &self.locale, 0, 35);
        faults.text("programme", &self.programme, 0, 100);
        faults.text("frequency", &self.frequency, 0, 60);
        faults.text("disclosure", &self.disclosure, 0, 4000);
        faults.text("confirmation", &self.confirmation, 0, 600);
        faults.text("welcome", &self.welcome, 0, 300);
    }
}

fn field_error(fault: Fault) -> FieldError {
    FieldError { field: fault.field.to_owned(), code: fault.code.to_owned(), detail: fault.detail }
}

impl From<&Finding> for JoinWordFinding {
    fn from(finding: &Finding) -> Self {
        Self { code: finding.code().to_owned(), detail: finding.detail.clone(), fix: finding.fix.clone() }
    }
}

impl From<&JoinWordRow> for JoinWord {
    fn from(row: &JoinWordRow) -> Self {
        Self {
            id: row.id.into(),
            inbox_id: row.inbox.into(),
            word: row.word.clone(),
            topic: row.topic.clone(),
            double_opt_in: row.double_opt_in,
            locale: row.locale.clone(),
            programme: row.programme.clone(),
            frequency: row.frequency.clone(),
            disclosure: row.disclosure.clone(),
            disclosure_version: row.disclosure_version,
            confirmation: row.confirmation.clone(),
            welcome: row.welcome.clone(),
            created_at: row.created_at,
            changed_at: row.changed_at,
        }
    }
}

impl From<JoinWordError> for Problem {
    fn from(error: JoinWordError) -> Self {
        match error {
            JoinWordError::NotFound => Self::not_found("inbox or join keyword"),
            JoinWordError::Faults(faults) => Self::invalid(faults.into_iter().map(field_error).collect()),
            JoinWordError::Store(error) => error.into(),
        }
    }
}
