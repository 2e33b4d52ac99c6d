//! Reading Telnyx's webhooks: inbound texts and what became of ours.

use super::event::{Envelope, Event, Message, unix_ms};
use super::{CODES, Telnyx, WORDS, opt_out};
use crate::channel::{
    Account, InboundMedia, InboundText, ReadReceipts, Receipt, ReceiveTexts, WebhookAnswer, WebhookError,
    WebhookRequest, class_in, state_in,
};
use domain::address::Address;

/// The event of a text that came in.
const RECEIVED: &str = "message.received";

fn event(request: &WebhookRequest) -> Result<Event, WebhookError> {
    let envelope: Envelope<Event> = serde_json::from_slice(&request.body).map_err(|_| WebhookError::Malformed)?;
    if envelope.data.event_type.is_empty() {
        return Err(WebhookError::Missing("event_type"));
    }
    Ok(envelope.data)
}

fn message(event: Event) -> Result<Message, WebhookError> {
    let message: Message = serde_json::from_value(event.payload).map_err(|_| WebhookError::Malformed)?;
    if message.id.is_empty() { Err(WebhookError::Missing("id")) } else { Ok(message) }
}

impl ReceiveTexts for Telnyx {
    fn read_inbound(&self, account: &Account, request: &WebhookRequest) -> Result<Vec<InboundText>, WebhookError> {
        let event = event(request)?;
        // A profile's webhook also hears of texts that others send through the profile.
        if event.event_type != RECEIVED {
            return Ok(Vec::new());
        }
        let message = message(event)?;
        // Of the numbers of a group, the one that this webhook is for has a status of its own.
        let ours = message.to.iter().find(|end| end.status.as_deref() == Some("webhook_delivered"));
        let ours = ours.or_else(|| message.to.first()).and_then(|end| end.phone_number.as_deref());
        let to = Address::parse(ours.ok_or(WebhookError::Missing("to"))?);
        let from = message.from.ok_or(WebhookError::Missing("from"))?.phone_number.unwrap_or_default();
        let body = message.text.unwrap_or_default();
        let handled = opt_out::handled(account, &to, &body, message.autoresponse_type.as_deref());
        let media = message.media.unwrap_or_default().into_iter().filter_map(|picture| {
            Some(InboundMedia { url: picture.url?, content_type: picture.content_type.unwrap_or_default() })
        });
        Ok(vec![InboundText {
            provider_id: message.id,
            from: InboundText::sender(&from),
            to,
            media: media.collect(),
            at: message.received_at.as_deref().and_then(unix_ms),
            took_for: handled.took_for,
            answered: handled.answered,
            body,
        }])
    }

    fn inbound_answer(&self) -> WebhookAnswer {
        WebhookAnswer::NOTHING
    }
}

impl ReadReceipts for Telnyx {
    fn read_receipts(&self, _account: &Account, request: &WebhookRequest) -> Result<Vec<Receipt>, WebhookError> {
        let event = event(request)?;
        // A customer's text at this address would be lost without a word.
        if event.event_type == RECEIVED {
            return Err(WebhookError::Malformed);
        }
        let at = event.occurred_at.as_deref().and_then(unix_ms);
        let message = message(event)?;
        let word = message.to.into_iter().next().and_then(|end| end.status).ok_or(WebhookError::Missing("status"))?;
        let code = message.errors.unwrap_or_default().into_iter().next().map(|fault| fault.code);
        Ok(vec![Receipt {
            provider_id: message.id,
            attempt: request.attempt(),
            state: state_in(WORDS, &word),
            word,
            part: 0,
            error_class: code.as_deref().map(|code| class_in(CODES, code)),
            error_code: code,
            at,
        }])
    }

    fn receipt_answer(&self) -> WebhookAnswer {
        WebhookAnswer::NOTHING
    }
}
