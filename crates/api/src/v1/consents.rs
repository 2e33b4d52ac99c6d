//! Consent: what customers permit and take back, opt-outs, and texts of which
//! nobody knows whether they ask to stop.

use std::sync::Arc;

use axum::Json;
use axum::extract::State;
use engine::consent::{ConsentError, Disclosure, NewConsent, Recorded};
use engine::names::Names;
use engine::unsure_text::UnsureTextError;
use engine::{ConsentRow, ConsentsOf, DisclosureRow, UnsureTextRow};
use http::StatusCode;
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use super::conversations::start::outbound_address;
use super::opt_out::{OptOut, OptOutEmail};
use super::page::{Page, PageQuery, cursor, cursor_text, cut, limit};
use crate::caller::{Caller, Who};
use crate::extract::{Body, Checked, Faults, Path, Query};
use crate::idempotency::Ticket;
use crate::problem::{Answer, Code, Problem};
use crate::state::Api;
use crate::wire::{
    ConsentAction, ConsentId, ConsentMethod, ConsentPermits, ConsentProof, ConsentStatus, ConversationId, CustomerId,
    MessageId, UnsureAnswer,
};

/// The words that were shown when consent was asked for.
#[derive(Debug, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ConsentDisclosure {
    /// A language tag.
    #[schema(example = "en-US", max_length = 35)]
    pub locale: String,
    /// The words, exactly.
    #[schema(max_length = 4000)]
    pub text: String,
}

/// Something a customer permitted, was asked for, confirmed or took back.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ConsentNew {
    /// The customer's number.
    #[schema(example = "+12125550123")]
    pub address: String,
    /// What it is for. `all` can only be taken back, resumed or ended.
    pub permits: ConsentPermits,
    /// A topic of the shop's own; every topic where absent.
    #[schema(max_length = 40)]
    #[serde(default)]
    pub topic: String,
    /// What it does. `doubt` and `settle` come from texts alone.
    pub action: ConsentAction,
    /// How good a permission it is. Marketing needs `written` in the United States.
    pub proof: ConsentProof,
    /// By which way it came about.
    pub method: ConsentMethod,
    /// The words that were shown; written permission needs them.
    pub disclosure: Option<ConsentDisclosure>,
    /// What else proves it: source url, ip, user agent, order. At most 8,000 bytes.
    #[schema(value_type = Option<Object>)]
    pub evidence: Option<serde_json::Map<String, serde_json::Value>>,
    /// When the customer acted, Unix ms; now where absent.
    #[schema(minimum = 0)]
    pub occurred_at: Option<i64>,
}

/// How consent stands for a purpose and topic.
#[derive(Debug, Serialize, ToSchema)]
pub struct ConsentStanding {
    /// Whether it is permitted.
    pub status: ConsentStatus,
    /// How good the permission is.
    pub proof: ConsentProof,
    /// Since when, Unix ms.
    pub since: i64,
    /// When it last was taken back or ended, Unix ms: nothing of before stands again.
    pub ended_at: Option<i64>,
}

/// An entry of the consent ledger.
#[derive(Debug, Serialize, ToSchema)]
pub struct Consent {
    /// Its id.
    pub id: ConsentId,
    /// The customer's number.
    pub address: String,
    /// The customer, where one was known.
    pub customer_id: Option<CustomerId>,
    /// What it is for.
    pub permits: ConsentPermits,
    /// The topic; empty for every topic.
    pub topic: String,
    /// What it does.
    pub action: ConsentAction,
    /// How good a permission it is.
    pub proof: ConsentProof,
    /// By which way it came about.
    pub method: ConsentMethod,
    /// The words that were shown.
    pub disclosure: Option<ConsentDisclosure>,
    /// The customer's text, where one did it.
    pub message_id: Option<MessageId>,
    /// What else proves it.
    #[schema(value_type = Object)]
    pub evidence: serde_json::Value,
    /// Who wrote it down: `member`, `api_key`, `cli` or `system`.
    pub actor_kind: String,
    /// Their name, where known.
    pub actor_name: Option<String>,
    /// When the customer acted, Unix ms.
    pub occurred_at: i64,
    /// When it was written down, Unix ms.
    pub recorded_at: i64,
}

/// An entry as it was written down, and how consent stands after it.
#[derive(Debug, Serialize, ToSchema)]
pub struct ConsentRecorded {
    /// The entry.
    pub consent: Consent,
    /// How consent stands now for its purpose and topic; null where nothing stands.
    pub standing: Option<ConsentStanding>,
}

/// Whose entries, which page.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct ConsentQuery {
    /// Those of one number.
    pub address: Option<String>,
    /// Those of one customer, whichever of their numbers they were of.
    pub customer_id: Option<CustomerId>,
    /// Most items of the page.
    #[param(minimum = 1, maximum = 200, default = 50)]
    pub limit: Option<u32>,
    /// `next_cursor` of the page before.
    pub cursor: Option<String>,
}

/// A customer who asked, by whatever way, to get no more texts.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct OptOutNew {
    /// The customer's number.
    #[schema(example = "+12125550123")]
    pub address: String,
    /// What they want no more of; everything where absent.
    pub permits: Option<ConsentPermits>,
    /// How they asked, in a few words.
    #[serde(default)]
    #[schema(max_length = 1000, example = "asked on the phone")]
    pub note: String,
    /// The e-mail by which they asked, where they asked by one: the entry then came by way of `email`.
    pub email: Option<OptOutEmail>,
}

/// A text that may have asked to stop.
#[derive(Debug, Serialize, ToSchema)]
pub struct UnsureText {
    /// The text.
    pub message_id: MessageId,
    /// Its conversation.
    pub conversation_id: ConversationId,
    /// Its customer.
    pub customer_id: CustomerId,
    /// Their number.
    pub address: String,
    /// What the customer wrote.
    pub body: String,
    /// What the words were taken for.
    #[schema(example = "unsure:too_many")]
    pub matched_by: String,
    /// Since when marketing to the customer rests, Unix ms.
    pub asked_at: i64,
    /// When it was answered, Unix ms.
    pub answered_at: Option<i64>,
    /// What was answered.
    pub answer: Option<UnsureAnswer>,
}

/// The answer to whether a text asked to stop.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct UnsureTextAnswer {
    /// True opts the customer out; false lets marketing go on.
    pub asked_to_stop: bool,
}

/// Who must not be texted.
#[utoipa::path(get, path = "/opt-outs", tag = "consents", params(PageQuery), responses((status = 200, description = "Newest first", body = Page<OptOut>)))]
pub async fn opt_out_list(
    State(api): State<Api>,
    caller: Caller,
    Query(query): Query<PageQuery>,
) -> Answer<Json<Page<OptOut>>> {
    let limit = limit(query.limit)?;
    let after = query.cursor.as_deref().map(|text| {
        // Addresses have no dot; a topic may.
        let mut parts = text.splitn(3, '.').map(str::to_owned);
        let mut place = || Some((parts.next()?.parse().ok()?, parts.next()?, parts.next()?));
        place().ok_or_else(|| Problem::field("cursor", "cursor", "`next_cursor` of the page before"))
    });
    let mut rows = api.engine.opt_out_page(caller.ws, after.transpose()?, i64::from(limit) + 1).await?;
    let more = cut(&mut rows, limit);
    let next_cursor = rows.last().filter(|_| more).map(|row| format!("{}.{}.{}", row.since, row.address, row.scope));
    let addresses = rows.iter().map(|row| row.address.clone()).collect();
    let owners = api.engine.customers_by_address(caller.ws, addresses).await?;
    let heard = api.engine.opt_outs_heard(caller.ws, &rows).await?;
    let names = api.engine.names(caller.ws).await?;
    let items = rows.into_iter().map(|row| OptOut::of(row, &owners, &heard, &names)).collect();
    Ok(Json(Page { items, next_cursor }))
}

/// Opts a customer out who asked otherwise than by text. What waits for them is
/// refused at once. START, texted by the customer, takes it back.
#[utoipa::path(post, path = "/opt-outs", tag = "consents", request_body = OptOutNew, responses((status = 201, description = "Opted out", body = ConsentRecorded)))]
pub async fn opt_out_create(
    State(api): State<Api>,
    caller: Caller,
    ticket: Ticket,
    Body(new): Body<OptOutNew>,
) -> Answer<(StatusCode, Json<ConsentRecorded>)> {
    use domain::consent::{Action, Method, Permits, Proof};
    let consent = NewConsent {
        address: outbound_address("address", &new.address)?,
        channel: domain::consent::Channel::Sms,
        permits: new.permits.map_or(Permits::All, |permits| permits.0),
        topic: String::new(),
        action: Action::Revoke,
        proof: Proof::Express,
        method: match (&new.email, &caller.who) {
            (Some(_), _) => Method::Email,
            (None, Who::Member(_)) => Method::Agent,
            (None, Who::Key(_)) => Method::Api,
        },
        disclosure: None,
        evidence: match &new.email {
            Some(email) => email.evidence(new.note.trim()),
            None => serde_json::json!({ "note": new.note.trim() }),
        },
        // They acted when they wrote; the days within which it must be honoured count from its receipt.
        occurred_at: new.email.as_ref().map(|email| email.sent_at),
    };
    record(&api, &caller, &ticket, consent).await
}

/// Entries of the consent ledger.
#[utoipa::path(get, path = "/consents", tag = "consents", params(ConsentQuery), responses((status = 200, description = "Newest first", body = Page<Consent>)))]
pub async fn consent_list(
    State(api): State<Api>,
    caller: Caller,
    Query(query): Query<ConsentQuery>,
) -> Answer<Json<Page<Consent>>> {
    let limit = limit(query.limit)?;
    let of = match (query.address, query.customer_id) {
        (Some(_), Some(_)) => {
            return Err(Problem::field("customer_id", "exclusive", "either a number or a customer"));
        }
        (Some(address), None) => ConsentsOf::Address(outbound_address("address", &address)?.as_str().to_owned()),
        (None, Some(customer)) => {
            let known = api.engine.customer_profile(caller.ws, customer.0).await?;
            known.ok_or_else(|| Problem::not_found("customer"))?;
            ConsentsOf::Customer(customer.0)
        }
        (None, None) => ConsentsOf::Everybody,
    };
    let before = cursor::<domain::id::ConsentId>(query.cursor.as_deref())?.map(|(at, id)| (at, id.uuid()));
    let (mut rows, wordings) = api.engine.consent_page(caller.ws, of, before, i64::from(limit) + 1).await?;
    let more = cut(&mut rows, limit);
    let next_cursor = rows.last().filter(|_| more).map(|row| cursor_text(row.recorded_at, row.id.uuid()));
    let words = |row: &ConsentRow| row.disclosure.and_then(|id| wordings.get(&id));
    let names = api.engine.names(caller.ws).await?;
    let items = rows.iter().map(|row| Consent::of(row, words(row), &names)).collect();
    Ok(Json(Page { items, next_cursor }))
}

/// Writes an entry into the consent ledger. 409 `nothing_to_confirm` and
/// `consent_withdrawn` where a confirmation confirms nothing.
#[utoipa::path(post, path = "/consents", tag = "consents", request_body = ConsentNew, responses((status = 201, description = "Written down", body = ConsentRecorded)))]
pub async fn consent_create(
    State(api): State<Api>,
    caller: Caller,
    ticket: Ticket,
    Body(new): Body<ConsentNew>,
) -> Answer<(StatusCode, Json<ConsentRecorded>)> {
    let consent = NewConsent {
        address: outbound_address("address", &new.address)?,
        channel: domain::consent::Channel::Sms,
        permits: new.permits.0,
        topic: new.topic,
        action: new.action.0,
        proof: new.proof.0,
        method: new.method.0,
        disclosure: new.disclosure.map(|words| Disclosure { locale: words.locale, text: words.text }),
        evidence: serde_json::Value::Object(new.evidence.unwrap_or_default()),
        occurred_at: new.occurred_at,
    };
    record(&api, &caller, &ticket, consent).await
}

/// Texts that may have asked to stop and that nobody has answered. Marketing to
/// their customers rests.
#[utoipa::path(get, path = "/unsure-texts", tag = "consents", params(PageQuery), responses((status = 200, description = "Oldest first", body = Page<UnsureText>)))]
pub async fn unsure_text_list(
    State(api): State<Api>,
    caller: Caller,
    Query(query): Query<PageQuery>,
) -> Answer<Json<Page<UnsureText>>> {
    let limit = limit(query.limit)?;
    let after = cursor::<domain::id::MessageId>(query.cursor.as_deref())?;
    let mut rows = api.engine.unsure_text_page(caller.ws, after, i64::from(limit) + 1).await?;
    let more = cut(&mut rows, limit);
    let next_cursor = rows.last().filter(|_| more).map(|row| cursor_text(row.asked_at, row.message.uuid()));
    Ok(Json(Page { items: rows.into_iter().map(UnsureText::from).collect(), next_cursor }))
}

/// Says whether a text asked to stop. Yes opts the customer out with the usual
/// confirmation; no lets marketing go on. 409 `already_answered` where it was said before.
#[utoipa::path(post, path = "/unsure-texts/{id}/answer", tag = "consents", params(("id" = MessageId, Path, description = "The text")), request_body = UnsureTextAnswer, responses((status = 200, description = "Answered", body = UnsureText)))]
pub async fn unsure_text_answer(
    State(api): State<Api>,
    caller: Caller,
    Path(id): Path<MessageId>,
    Body(new): Body<UnsureTextAnswer>,
) -> Answer<Json<UnsureText>> {
    let answered = api.engine.unsure_text_answer(caller.ws, caller.actor(), id.0, new.asked_to_stop).await?;
    Ok(Json(answered.into()))
}

async fn record(
    api: &Api,
    caller: &Caller,
    ticket: &Ticket,
    consent: NewConsent,
) -> Answer<(StatusCode, Json<ConsentRecorded>)> {
    let names = Arc::new(api.engine.names(caller.ws).await?);
    let known = names.clone();
    let keep = ticket.keep(StatusCode::CREATED, move |recorded: &Recorded| ConsentRecorded::of(recorded, &known));
    let recorded = api.engine.consent_create(caller.ws, caller.actor(), consent, keep).await?;
    Ok((StatusCode::CREATED, Json(ConsentRecorded::of(&recorded, &names))))
}

impl Checked for ConsentNew {
    fn check(&self, faults: &mut Faults) {
        faults.text("topic", &self.topic, 0, 40);
        if let Some(words) = &self.disclosure {
            faults.text("disclosure.locale", &words.locale, 1, 35);
            faults.text("disclosure.text", &words.text, 1, 4000);
        }
        if let Some(at) = self.occurred_at {
            faults.instant("occurred_at", at);
        }
    }
}

impl Checked for OptOutNew {
    fn check(&self, faults: &mut Faults) {
        faults.text("note", &self.note, 0, 1000);
        if let Some(email) = &self.email {
            faults.within("email", |faults| email.check(faults));
        }
    }
}

impl Checked for UnsureTextAnswer {}

impl Consent {
    fn of(row: &ConsentRow, words: Option<&DisclosureRow>, names: &Names) -> Self {
        let words = words.map(|row| ConsentDisclosure { locale: row.locale.clone(), text: row.text.clone() });
        Self {
            id: row.id.into(),
            address: row.address.clone(),
            customer_id: row.customer.map(Into::into),
            permits: row.permits.into(),
            topic: row.topic.clone(),
            action: row.action.into(),
            proof: row.proof.into(),
            method: row.method.into(),
            disclosure: words,
            message_id: row.message.map(Into::into),
            evidence: serde_json::from_str(&row.evidence).unwrap_or_default(),
            // A key writes texts as `api` and entries as `api_key`: one actor.
            actor_kind: if row.actor_kind == "api" { "api_key".to_owned() } else { row.actor_kind.clone() },
            actor_name: names.actor(&row.actor_kind, row.actor_id).1,
            occurred_at: row.occurred_at,
            recorded_at: row.recorded_at,
        }
    }
}

impl ConsentRecorded {
    fn of(recorded: &Recorded, names: &Names) -> Self {
        Self {
            consent: Consent::of(&recorded.entry, recorded.disclosure.as_ref(), names),
            standing: recorded.stands.as_ref().map(|row| ConsentStanding {
                status: row.standing.status.into(),
                proof: row.standing.proof.into(),
                since: row.standing.since,
                ended_at: row.standing.ended_at,
            }),
        }
    }
}

impl From<UnsureTextRow> for UnsureText {
    fn from(row: UnsureTextRow) -> Self {
        Self {
            message_id: row.message.into(),
            conversation_id: row.conversation.into(),
            customer_id: row.customer.into(),
            address: row.address,
            body: row.body,
            matched_by: row.matched_by,
            asked_at: row.asked_at,
            answered_at: row.answered_at,
            answer: row.answer.map(Into::into),
        }
    }
}

impl From<ConsentError> for Problem {
    fn from(error: ConsentError) -> Self {
        let field = match &error {
            ConsentError::BadAddress => "address",
            ConsentError::EverythingOnlyWithdrawn => "permits",
            ConsentError::TopicOfEverything | ConsentError::TopicReserved | ConsentError::TopicTooLong => "topic",
            ConsentError::ByTextOnly | ConsentError::Unfit(domain::consent::Unfit::NothingToKeep) => "action",
            ConsentError::DisclosureMissing | ConsentError::DisclosureTooLong => "disclosure",
            ConsentError::BadEvidence => "evidence",
            ConsentError::InTheFuture => "occurred_at",
            ConsentError::Unfit(domain::consent::Unfit::NothingToConfirm) => {
                return Self::new(Code::NothingToConfirm, format!("{error}."));
            }
            ConsentError::Unfit(domain::consent::Unfit::Withdrawn) => {
                return Self::new(Code::ConsentWithdrawn, format!("{error}."));
            }
            ConsentError::Store(_) => "",
        };
        match error {
            ConsentError::Store(error) => error.into(),
            error => Self::field(field, error.code(), format!("{error}.")),
        }
    }
}

impl From<UnsureTextError> for Problem {
    fn from(error: UnsureTextError) -> Self {
        match error {
            UnsureTextError::NotFound => Self::not_found("unsure text"),
            UnsureTextError::Answered => Self::new(Code::AlreadyAnswered, "It was answered already."),
            UnsureTextError::Reply(error) => error.into(),
            UnsureTextError::Store(error) => error.into(),
        }
    }
}
