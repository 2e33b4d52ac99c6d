//! Numbers that were switched off or given to somebody else.

use axum::Json;
use axum::extract::State;
use engine::number_events::{EVENTS_MAX, NewNumberEvent};
use http::StatusCode;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::conversations::start::outbound;
use crate::caller::Caller;
use crate::extract::{Body, Checked, Faults};
use crate::idempotency::Ticket;
use crate::problem::{Answer, Problem};
use crate::state::Api;
use crate::wire::NumberEvent;

/// What became of a number.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NumberEventNew {
    /// The number.
    #[schema(example = "+12125550123", max_length = 40)]
    pub address: String,
    /// What became of it.
    pub event: NumberEvent,
    /// When, Unix ms; now where absent. A customer who first wrote later is another one and keeps what they permitted.
    #[schema(minimum = 0)]
    pub occurred_at: Option<i64>,
}

/// What became of some numbers.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NumberEventsNew {
    /// Each number with what became of it.
    #[schema(min_items = 1, max_items = 1000)]
    pub items: Vec<NumberEventNew>,
}

/// What an event came to.
#[derive(Debug, Serialize, ToSchema)]
pub struct NumberEventTold {
    /// Whether it told something new.
    pub ended: bool,
}

/// What some events came to.
#[derive(Debug, Serialize, ToSchema)]
pub struct NumberEventsTold {
    /// Each in the order of the request.
    pub items: Vec<NumberEventTold>,
}

/// Tells of numbers that were switched off or given to somebody else. What was
/// permitted to them ends, what waits is refused, and who writes from one next is a
/// new customer.
#[utoipa::path(post, path = "/number-events", tag = "consents", request_body = NumberEventsNew, responses((status = 201, description = "Noted", body = NumberEventsTold)))]
pub async fn number_event_create(
    State(api): State<Api>,
    caller: Caller,
    ticket: Ticket,
    Body(new): Body<NumberEventsNew>,
) -> Answer<(StatusCode, Json<NumberEventsTold>)> {
    let (mut events, mut faults) = (Vec::with_capacity(new.items.len()), Vec::new());
    for (place, one) in new.items.into_iter().enumerate() {
        match outbound(&format!("items.{place}.address"), &one.address) {
            Ok(address) => events.push(NewNumberEvent { address, event: one.event.0, occurred_at: one.occurred_at }),
            Err(fault) => faults.push(fault),
        }
    }
    if !faults.is_empty() {
        return Err(Problem::invalid(faults));
    }
    let keep = ticket.keep(StatusCode::CREATED, |told: &Vec<bool>| NumberEventsTold::of(told));
    let told = api.engine.number_events_record(caller.ws, caller.actor(), events, keep).await?;
    Ok((StatusCode::CREATED, Json(NumberEventsTold::of(&told))))
}

impl NumberEventsTold {
    fn of(told: &[bool]) -> Self {
        Self { items: told.iter().map(|ended| NumberEventTold { ended: *ended }).collect() }
    }
}

impl Checked for NumberEventsNew {
    fn check(&self, faults: &mut Faults) {
        faults.items("items", self.items.len(), 1, EVENTS_MAX);
        for (place, one) in self.items.iter().enumerate().take(EVENTS_MAX) {
            if let Some(at) = one.occurred_at {
                faults.instant(&format!("items.{place}.occurred_at"), at);
            }
        }
    }
}
