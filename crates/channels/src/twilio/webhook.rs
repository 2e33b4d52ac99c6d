//! Reading Twilio's webhooks: inbound texts and message statuses.

use super::{Twilio, class_of, opt_out, state_of};
use crate::channel::{
    Account, InboundMedia, InboundText, ReadReceipts, Receipt, ReceiveTexts, WebhookAnswer, WebhookError,
    WebhookRequest,
};
use domain::address::Address;
use std::collections::HashMap;

/// The most pictures a webhook can name.
const MEDIA_MAX: usize = 10;

/// What stands for a sender who is not told. It is too long for a sender's name.
const WITHHELD: &str = "unknown sender";

struct Fields(HashMap<String, String>);

impl Fields {
    /// The fields of a request: its form, or the query where it is a GET.
    fn read(request: &WebhookRequest) -> Result<Self, WebhookError> {
        if request.method.eq_ignore_ascii_case("GET") {
            return Ok(Self(request.query().into_iter().collect()));
        }
        if request.is_form() { Ok(Self(request.form().into_iter().collect())) } else { Err(WebhookError::Malformed) }
    }

    fn get(&self, name: &str) -> Option<&str> {
        self.0.get(name).map(String::as_str).filter(|value| !value.is_empty())
    }

    fn need(&self, name: &'static str) -> Result<&str, WebhookError> {
        self.get(name).ok_or(WebhookError::Missing(name))
    }

    /// Who wrote. A text whose sender is withheld is still somebody's: it is kept, under one
    /// address for all of them, which nothing can be sent to.
    fn sender(&self) -> Result<Address, WebhookError> {
        let from = self.0.get("From").ok_or(WebhookError::Missing("From"))?;
        Ok(Address::parse(if from.trim().is_empty() { WITHHELD } else { from }))
    }

    /// `SmsSid` is what `MessageSid` was called before; both are still sent.
    fn sid(&self) -> Result<&str, WebhookError> {
        self.get("MessageSid")
            .or_else(|| self.get("SmsMessageSid"))
            .or_else(|| self.get("SmsSid"))
            .ok_or(WebhookError::Missing("MessageSid"))
    }
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
            provider_id: fields.sid()?.to_owned(),
            from: fields.sender()?,
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
        let attempt = request.query().into_iter().find(|(name, _)| name == "attempt");
        let error_code = fields.get("ErrorCode").filter(|code| *code != "0");
        Ok(vec![Receipt {
            provider_id: fields.sid()?.to_owned(),
            attempt: attempt.and_then(|(_, id)| id.parse().ok()),
            word: word.to_owned(),
            state: state_of(word),
            part: 0,
            error_code: error_code.map(str::to_owned),
            error_class: error_code.map(class_of),
            at: None,
        }])
    }

    fn receipt_answer(&self) -> WebhookAnswer {
        WebhookAnswer { status: 204, content_type: "", body: "" }
    }
}
