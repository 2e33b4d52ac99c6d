//! Reading Plivo's webhooks: inbound texts and message statuses.

use super::{CODES, Plivo, WORDS, opt_out};
use crate::channel::{
    Account, Fields, InboundMedia, InboundText, ReadReceipts, Receipt, ReceiveTexts, WebhookAnswer, WebhookError,
    WebhookRequest, class_in, state_in,
};
use domain::address::Address;

/// The most pictures a webhook can name. Plivo's pages count them from 0 and from 1.
const MEDIA_MAX: usize = 10;

impl ReceiveTexts for Plivo {
    fn read_inbound(&self, account: &Account, request: &WebhookRequest) -> Result<Vec<InboundText>, WebhookError> {
        let fields = Fields::read(request)?;
        let media = (0..=MEDIA_MAX).filter_map(|number| {
            let url = fields.get(&format!("Media{number}"))?;
            Some(InboundMedia { url: url.to_owned(), content_type: String::new() })
        });
        let to = Address::parse(fields.need("To")?);
        // The words of a text stand in one field, those beside a picture in another.
        let body = fields.get("Text").or_else(|| fields.get("Body")).unwrap_or_default();
        let handled = opt_out::handled(account, &to, body, fields.there("MessageIntent").ok());
        Ok(vec![InboundText {
            provider_id: fields.need("MessageUUID")?.to_owned(),
            from: InboundText::sender(fields.there("From")?),
            to,
            body: body.to_owned(),
            media: media.take(MEDIA_MAX).collect(),
            at: None,
            took_for: handled.took_for,
            answered: handled.answered,
        }])
    }

    fn inbound_answer(&self) -> WebhookAnswer {
        // An empty document: nothing is to be said at once.
        WebhookAnswer { status: 200, content_type: "application/xml", body: "<Response></Response>" }
    }
}

impl ReadReceipts for Plivo {
    fn read_receipts(&self, _account: &Account, request: &WebhookRequest) -> Result<Vec<Receipt>, WebhookError> {
        let fields = Fields::read(request)?;
        let word = fields.need("Status")?;
        let id = fields.need("MessageUUID")?;
        let whole = fields.get("ParentMessageUUID").unwrap_or(id);
        // A receipt speaks of the whole text, and its part is to be ignored, says Plivo's page on
        // callbacks; where a part has an id of its own after all, it is one part's.
        let part = if whole == id { 0 } else { part(fields.get("PartInfo")) };
        let code = fields.get("ErrorCode").filter(|code| code.bytes().any(|digit| digit != b'0'));
        Ok(vec![Receipt {
            provider_id: whole.to_owned(),
            attempt: request.attempt(),
            state: state_in(WORDS, word),
            word: word.to_owned(),
            part,
            error_class: code.map(|code| class_in(CODES, code)),
            error_code: code.map(str::to_owned),
            at: None,
        }])
    }

    fn receipt_answer(&self) -> WebhookAnswer {
        WebhookAnswer::NOTHING
    }
}

/// The part of `2 of 3`; a text of one part is spoken of as a whole.
fn part(info: Option<&str>) -> u16 {
    let numbers = info.and_then(|info| info.split_once(" of "));
    let numbers =
        numbers.and_then(|(part, of)| Some((part.trim().parse::<u16>().ok()?, of.trim().parse::<u16>().ok()?)));
    numbers.filter(|(part, of)| *of > 1 && part <= of).map_or(0, |(part, _)| part)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_part_is_told_where_there_are_several() {
        for (info, expected) in
            [("1 of 1", 0), ("1 of 2", 1), ("2 of 2", 2), ("3 of 2", 0), ("", 0), ("a of b", 0), ("1", 0)]
        {
            assert_eq!(part(Some(info)), expected, "{info}");
        }
        assert_eq!(part(None), 0);
    }
}
