//! Reading Twilio's webhooks: inbound texts and message statuses.

use super::{Twilio, class_of, opt_out, state_of};
use crate::channel::{
    Account, Fields, InboundMedia, InboundText, ReadReceipts, Receipt, ReceiveTexts, WebhookAnswer, WebhookError,
    WebhookRequest,
};
use domain::address::Address;

/// The most pictures a webhook can name.
const MEDIA_MAX: usize = 10;

/// `SmsSid` is what `MessageSid` was called before; both are still sent.
fn sid(fields: &Fields) -> Result<&str, WebhookError> {
    fields
        .get("MessageSid")
        .or_else(|| fields.get("SmsMessageSid"))
        .or_else(|| fields.get("SmsSid"))
        .ok_or(WebhookError::Missing("MessageSid"))
}

impl ReceiveTexts for Twilio {
    fn read_inbound(&self, account: &Account, request: &WebhookRequest) -> Result<Vec<InboundText>, WebhookError> {
        let fields = Fields::read(request)?;
        let count: usize = fields.get("NumMedia").and_then(|count| count.parse().ok()).unwrap_or(0);
        let media = (0..count.min(MEDIA_MAX)).filter_map(|number| {
            let url = fields.get(&format!("MediaUrl{number}"))?;
            let content_type = fields.get(&format!("MediaContentType{number}")).unwrap_or_default();
            Some(InboundMedia { url: url.to_owned(), content_type: content_type.to_owned() })
        });
        let to = Address::parse(fields.need("To")?);
        let body = fields.get("Body").unwrap_or_default();
        let own = opt_out::handled(account, &to, body, fields.get("OptOutType"));
        Ok(vec![InboundText {
            provider_id: sid(&fields)?.to_owned(),
            from: InboundText::sender(fields.there("From")?),
            to,
            body: body.to_owned(),
            media: media.collect(),
            at: None,
            took_for: own.took_for,
            answered: own.answered,
        }])
    }

    fn inbound_answer(&self) -> WebhookAnswer {
        // An empty TwiML document: nothing is to be said at once.
        WebhookAnswer {
            status: 200,
            content_type: "text/xml; charset=utf-8",
            body: "<?xml version=\"1.0\" encoding=\"UTF-8\"?><Response></Response>",
        }
    }
}

impl ReadReceipts for Twilio {
    fn read_receipts(&self, _account: &Account, request: &WebhookRequest) -> Result<Vec<Receipt>, WebhookError> {
        let fields = Fields::read(request)?;
        let word = fields.get("MessageStatus").or_else(|| fields.get("SmsStatus"));
        let word = word.ok_or(WebhookError::Missing("MessageStatus"))?;
        let error_code = fields.get("ErrorCode").filter(|code| *code != "0");
        Ok(vec![Receipt {
            provider_id: sid(&fields)?.to_owned(),
            attempt: request.attempt(),
            word: word.to_owned(),
            state: state_of(word),
            part: 0,
            error_code: error_code.map(str::to_owned),
            error_class: error_code.map(class_of),
            at: None,
        }])
    }

    fn receipt_answer(&self) -> WebhookAnswer {
        WebhookAnswer::NOTHING
    }
}
