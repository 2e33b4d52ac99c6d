//! The carrier inside Hark: phones to type on, faults to switch on.

use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use super::messages::Media;
use super::page::{Page, PageQuery, cut, limit};
use axum::Json;
use axum::extract::State;
use domain::address::Address;
use domain::id::AccountId;
use domain::limits::MEDIA_MAX;
use domain::outcome::ErrorClass;
use engine::simulator::SimulatorError;
use engine::{Faults, HandsetText};
use http::StatusCode;

use crate::caller::Caller;
use crate::extract::{self, Body, Checked, Path, Query};
use crate::idempotency::Ticket;
use crate::problem::{Answer, Problem};
use crate::state::Api;
use crate::wire::{InboxId, MediaId};

/// A phone in the simulated network.
#[derive(Debug, Serialize, ToSchema)]
pub struct SimulatorPhone {
    /// Its number.
    #[schema(example = "+12125550123")]
    pub number: String,
    /// When it last got or sent a text, Unix ms.
    pub last_at: i64,
    /// The first words of that text.
    pub preview: String,
}

/// Which way a text went.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum SimulatorDirection {
    /// The phone shows it as received.
    ToPhone,
    /// The phone sent it.
    FromPhone,
}

/// A text on a simulated phone.
#[derive(Debug, Serialize, ToSchema)]
pub struct SimulatorText {
    /// Its id on the phone.
    pub id: String,
    /// Which way it went.
    pub direction: SimulatorDirection,
    /// The shop's number.
    pub inbox_address: String,
    /// The words.
    pub body: String,
    /// Its pictures; those from the phone once the text arrived.
    pub media: Vec<Media>,
    /// When, Unix ms.
    pub at: i64,
    /// Parts as carriers count them.
    pub parts: i64,
}

/// What a simulated phone shows.
#[derive(Debug, Serialize, ToSchema)]
pub struct SimulatorScreen {
    /// Its number.
    pub number: String,
    /// Its texts, oldest first, at most the last 200.
    pub texts: Vec<SimulatorText>,
}

/// A text typed on a simulated phone.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct SimulatorTextNew {
    /// The phone's number.
    #[schema(example = "+12125550123")]
    pub from: String,
    /// The inbox it texts to, of a simulated account.
    pub inbox_id: InboxId,
    /// The words.
    #[serde(default)]
    #[schema(max_length = 5000)]
    pub body: String,
    /// Pictures uploaded before.
    #[serde(default)]
    #[schema(max_items = 10)]
    pub media_ids: Vec<MediaId>,
}

/// What goes wrong in the simulated network.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct SimulatorFaults {
    /// How long a text travels, in ms.
    #[schema(maximum = 600_000)]
    pub delay_ms: u32,
    /// How long a receipt travels, in ms.
    #[schema(maximum = 600_000)]
    pub receipt_delay_ms: u32,
    /// How many of a hundred texts are lost.
    #[schema(maximum = 100)]
    pub loss_pct: u32,
    /// How many of a hundred texts and receipts come twice.
    #[schema(maximum = 100)]
    pub double_pct: u32,
    /// How many of a hundred receipts come in the wrong order.
    #[schema(maximum = 100)]
    pub disorder_pct: u32,
    /// Texts a second the carrier takes; null for any number.
    pub throttle_per_second: Option<u32>,
    /// The carrier refuses every text with this error class; null for none.
    #[schema(example = "carrier_filtered")]
    pub reject_code: Option<String>,
    /// Whether the carrier itself blocks who texted STOP.
    pub carrier_opt_out: bool,
}

/// Which inbox's carrier.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct SimulatorQuery {
    /// The inbox; the oldest simulated one where absent.
    pub inbox_id: Option<InboxId>,
}

/// The phones of the simulated network.
#[utoipa::path(get, path = "/simulator/phones", tag = "simulator", params(PageQuery), responses((status = 200, description = "Latest first", body = Page<SimulatorPhone>)))]
pub async fn simulator_phone_list(
    State(api): State<Api>,
    caller: Caller,
    Query(query): Query<PageQuery>,
) -> Answer<Json<Page<SimulatorPhone>>> {
    let limit = limit(query.limit)?;
    let before = query.cursor.as_deref().map(|text| {
        let place = text.split_once('.').and_then(|(at, number)| Some((at.parse().ok()?, number.to_owned())));
        place.ok_or_else(|| Problem::field("cursor", "cursor", "`next_cursor` of the page before"))
    });
    let mut rows = api.engine.simulator_phones(caller.ws, before.transpose()?, i64::from(limit) + 1).await?;
    let more = cut(&mut rows, limit);
    let next_cursor = rows.last().filter(|_| more).map(|(number, at, _)| format!("{at}.{number}"));
    let items = rows
        .into_iter()
        .map(|(number, last_at, words)| SimulatorPhone {
            number,
            last_at,
            preview: if words.trim().is_empty() { "Photo".to_owned() } else { domain::conversation::preview(&words) },
        })
        .collect();
    Ok(Json(Page { items, next_cursor }))
}

/// What a phone shows. A number never used is an empty screen.
#[utoipa::path(get, path = "/simulator/phones/{number}", tag = "simulator", params(("number" = String, Path, description = "The phone's number")), responses((status = 200, description = "The screen", body = SimulatorScreen)))]
pub async fn simulator_phone_get(
    State(api): State<Api>,
    caller: Caller,
    Path(number): Path<String>,
) -> Answer<Json<SimulatorScreen>> {
    let number = Address::parse(&number);
    let rows = api.engine.simulator_texts(caller.ws, number.clone()).await?;
    let mut texts = Vec::with_capacity(rows.len());
    for row in rows {
        // Pictures are kept with our message; few texts on a phone have one.
        let media = match row.message {
            Some(id) => api.engine.message_get(caller.ws, id).await?.map(|whole| whole.media).unwrap_or_default(),
            None => Vec::new(),
        };
        texts.push(SimulatorText { media: media.iter().map(Media::from).collect(), ..text(row) });
    }
    Ok(Json(SimulatorScreen { number: number.as_str().to_owned(), texts }))
}

/// Texts from a phone to an inbox, through the simulated carrier.
#[utoipa::path(post, path = "/simulator/texts", tag = "simulator", request_body = SimulatorTextNew, responses((status = 201, description = "On its way", body = SimulatorText)))]
pub async fn simulator_text_create(
    State(api): State<Api>,
    caller: Caller,
    ticket: Ticket,
    Body(new): Body<SimulatorTextNew>,
) -> Answer<(StatusCode, Json<SimulatorText>)> {
    let from = Address::parse(&new.from);
    if !from.answerable() {
        return Err(Problem::field("from", "not_a_number", "a phone number"));
    }
    let keep = ticket.keep(StatusCode::CREATED, |row: &HandsetText| text(row.clone()));
    let pictures = new.media_ids.iter().map(|id| id.0).collect();
    let typed = api.engine.simulator_type(caller.ws, new.inbox_id.0, from, new.body, pictures, keep).await?;
    Ok((StatusCode::CREATED, Json(text(typed))))
}

/// What goes wrong in the simulated network.
#[utoipa::path(get, path = "/simulator/faults", tag = "simulator", params(SimulatorQuery), responses((status = 200, description = "The faults", body = SimulatorFaults)))]
pub async fn simulator_fault_get(
    State(api): State<Api>,
    caller: Caller,
    Query(query): Query<SimulatorQuery>,
) -> Answer<Json<SimulatorFaults>> {
    let account = simulated(&api, &caller, query.inbox_id).await?;
    Ok(Json(api.engine.simulator_faults(account).into()))
}

/// Sets what goes wrong in the simulated network.
#[utoipa::path(put, path = "/simulator/faults", tag = "simulator", params(SimulatorQuery), request_body = SimulatorFaults, responses((status = 200, description = "The faults now", body = SimulatorFaults)))]
pub async fn simulator_fault_set(
    State(api): State<Api>,
    caller: Caller,
    Query(query): Query<SimulatorQuery>,
    Body(new): Body<SimulatorFaults>,
) -> Answer<Json<SimulatorFaults>> {
    let account = simulated(&api, &caller, query.inbox_id).await?;
    let percent = |value: u32| u8::try_from(value).unwrap_or(100);
    let faults = Faults {
        delay_ms: i64::from(new.delay_ms),
        receipt_delay_ms: i64::from(new.receipt_delay_ms),
        loss_pct: percent(new.loss_pct),
        double_pct: percent(new.double_pct),
        disorder_pct: percent(new.disorder_pct),
        throttle_per_second: new.throttle_per_second,
        reject_code: new.reject_code,
        carrier_opt_out: new.carrier_opt_out,
        ..api.engine.simulator_faults(account)
    };
    api.engine.simulator_faults_set(account, faults);
    Ok(Json(api.engine.simulator_faults(account).into()))
}

impl Checked for SimulatorTextNew {
    fn check(&self, faults: &mut extract::Faults) {
        if self.body.trim().is_empty() && self.media_ids.is_empty() {
            faults.add("body", "empty", "a text needs words or a picture");
        }
        faults.text("body", &self.body, 0, 5000);
        faults.items("media_ids", self.media_ids.len(), 0, MEDIA_MAX);
    }
}

impl Checked for SimulatorFaults {
    fn check(&self, faults: &mut extract::Faults) {
        let percents =
            [("loss_pct", self.loss_pct), ("double_pct", self.double_pct), ("disorder_pct", self.disorder_pct)];
        for (field, value) in percents {
            faults.number(field, i64::from(value), 0, 100);
        }
        for (field, value) in [("delay_ms", self.delay_ms), ("receipt_delay_ms", self.receipt_delay_ms)] {
            faults.number(field, i64::from(value), 0, 600_000);
        }
        if let Some(code) = &self.reject_code
            && ErrorClass::from_code(code).is_none()
        {
            faults.add("reject_code", "unknown", "an error class such as carrier_filtered");
        }
    }
}

/// The simulated account of an inbox, or the oldest there is.
async fn simulated(api: &Api, caller: &Caller, inbox: Option<InboxId>) -> Answer<AccountId> {
    let Some(id) = inbox else {
        let found = api.engine.simulator_account(caller.ws).await?;
        return found.ok_or_else(|| Problem::not_found("simulated account"));
    };
    let rows = api.engine.inbox_list(caller.ws).await?;
    let row = rows.into_iter().find(|row| row.id == id.0).ok_or_else(|| Problem::not_found("inbox"))?;
    let facts = api.engine.account_facts(caller.ws, row.account_id).await?;
    let simulated = facts.filter(|facts| !facts.capabilities.real);
    simulated.map(|_| row.account_id).ok_or_else(|| Problem::not_found("simulated inbox"))
}

fn text(row: HandsetText) -> SimulatorText {
    SimulatorText {
        id: row.id.simple().to_string(),
        direction: if row.direction == "to_phone" {
            SimulatorDirection::ToPhone
        } else {
            SimulatorDirection::FromPhone
        },
        inbox_address: row.our_address,
        body: row.body,
        media: Vec::new(),
        at: row.at,
        parts: row.parts,
    }
}

impl From<Faults> for SimulatorFaults {
    fn from(faults: Faults) -> Self {
        let small = |ms: i64| u32::try_from(ms.clamp(0, 600_000)).unwrap_or(0);
        Self {
            delay_ms: small(faults.delay_ms),
            receipt_delay_ms: small(faults.receipt_delay_ms),
            loss_pct: faults.loss_pct.into(),
            double_pct: faults.double_pct.into(),
            disorder_pct: faults.disorder_pct.into(),
            throttle_per_second: faults.throttle_per_second,
            reject_code: faults.reject_code,
            carrier_opt_out: faults.carrier_opt_out,
        }
    }
}

impl From<SimulatorError> for Problem {
    fn from(error: SimulatorError) -> Self {
        match error {
            SimulatorError::NotSimulated => Self::not_found("simulated inbox"),
            SimulatorError::NoMedia => Self::field("media_ids", "unknown", error.to_string()),
            SimulatorError::Store(error) => error.into(),
        }
    }
}
