//! Which column holds what, by the headings other tools write.

use super::Told;
use crate::address::Address;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// What a column holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Column {
    /// The phone number.
    Number,
    /// The country whose numbers need no calling code, by its ISO 3166 code.
    Country,
    /// When the customer opted out, or agreed.
    Date,
    /// What it covers: everything, or a purpose.
    Scope,
    /// A topic of the shop's own.
    Topic,
    /// How the other tool came to know.
    Source,
    /// Why they opted out.
    Reason,
    /// Whether they get texts, in the other tool's word.
    Status,
    /// The same, the other way round: whether they opted out.
    OptedOut,
    /// In a list of opt-outs: when they had agreed. Tells that the list has both kinds.
    Agreed,
    /// What became of the number.
    Event,
    /// By which way they agreed.
    Method,
    /// The words shown.
    Disclosure,
    /// The language of those words.
    Locale,
    /// The page.
    Url,
    /// The computer's address.
    Ip,
    /// The browser.
    UserAgent,
    /// The order at whose checkout it was.
    Order,
    /// In a log of texts: who sent it.
    From,
    /// In a log of texts: whom it went to.
    To,
    /// In a log of texts: why it failed.
    ErrorCode,
    /// In a log of texts: its words.
    Body,
}

/// Headings without case, space and signs, the most telling first.
const NUMBER: &[&str] = &[
    "phonenumber",
    "phone",
    "phonenumbers",
    "mobilenumber",
    "mobile",
    "mobilephone",
    "cellphone",
    "cell",
    "smsnumber",
    "smsphonenumber",
    "phonee164",
    "e164",
    "msisdn",
    "number",
    "contactid",
    "recipient",
    "subscriber",
    "contact",
    "telephone",
    "tel",
    "address",
];
const COUNTRY: &[&str] = &["country", "countrycode", "phonecountry", "iso2"];
const OPTED_OUT_AT: &[&str] = &[
    "optedoutat",
    "optoutat",
    "optoutdate",
    "optouttime",
    "optouttimestamp",
    "unsubscribedat",
    "unsubscribedate",
    "unsubscribeddate",
    "unsubscribedon",
    "unsubscribetimestamp",
    "unsubscribetime",
    "smsunsubscribedat",
    "suppressedat",
    "suppressiondate",
    "suppressiontimestamp",
    "datesuppressed",
    "dateunsubscribed",
    "revokedat",
];
const AGREED_AT: &[&str] = &[
    "optedinat",
    "optinat",
    "optindate",
    "optintime",
    "optintimestamp",
    "subscribedat",
    "subscribedate",
    "subscribedon",
    "subscriptiondate",
    "consentdate",
    "consentat",
    "consentedat",
    "consenttimestamp",
    "smsconsenttimestamp",
    "smsmarketingconsenttimestamp",
    "signupdate",
    "signupat",
    "joinedat",
    "joindate",
    "activesince",
    "dateofoptin",
];
/// Headings of dates that say nothing of what happened then.
const SOME_DATE: &[&str] = &[
    "dateofconsent",
    "date",
    "timestamp",
    "occurredat",
    "sentdate",
    "datesent",
    "createdat",
    "datecreated",
    "dateadded",
    "updatedat",
    "lastupdated",
    "time",
];
const EVENT: &[&str] =
    &["event", "eventtype", "result", "response", "disposition", "status", "permanentlydisconnected"];
const EVENT_AT: &[&str] =
    &["deactivatedat", "deactivationdate", "disconnectedat", "disconnectdate", "reassignedat", "eventdate"];
const SCOPE: &[&str] = &["scope", "purpose", "messagetype", "consenttype"];
const TOPIC: &[&str] = &["topic"];
const SOURCE: &[&str] =
    &["source", "optoutsource", "unsubscribesource", "unsubscribemethod", "optoutmethod", "channel"];
const REASON: &[&str] =
    &["reason", "optoutreason", "unsubscribereason", "suppressionreason", "note", "notes", "keyword"];
const STATUS: &[&str] = &[
    "status",
    "smsconsent",
    "smsconsentstatus",
    "smsmarketingconsent",
    "smsmarketingstatus",
    "smsstatus",
    "subscriptionstatus",
    "subscriberstatus",
    "consentstatus",
    "subscribed",
    "optedin",
    "optin",
    "acceptssms",
    "acceptssmsmarketing",
    "smsmarketing",
    "consent",
    "state",
];
const OPTED_OUT: &[&str] =
    &["optedout", "optout", "unsubscribed", "suppressed", "isoptedout", "isunsubscribed", "blocked"];
const METHOD: &[&str] = &[
    "method",
    "optinmethod",
    "consentmethod",
    "optinsource",
    "signupsource",
    "subscribersource",
    "subscriptionsource",
    "consentsource",
    "source",
    "acquisitionsource",
    "signupmethod",
    "keyword",
];
const DISCLOSURE: &[&str] = &[
    "disclosure",
    "disclosuretext",
    "consentlanguage",
    "consenttext",
    "optinlanguage",
    "optintext",
    "legaltext",
    "compliancelanguage",
    "disclaimer",
    "terms",
];
const LOCALE: &[&str] = &["locale", "language", "lang"];
const URL: &[&str] = &["sourceurl", "optinurl", "consenturl", "pageurl", "formurl", "landingpage", "url"];
const IP: &[&str] = &["ip", "ipaddress", "optinip", "consentip", "clientip"];
const USER_AGENT: &[&str] = &["useragent", "browser"];
const ORDER: &[&str] = &["order", "orderid", "ordernumber", "checkoutid"];

/// Where the columns of a file are.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Columns(BTreeMap<Column, usize>);

impl Columns {
    /// Reads a file's first row, and says whether it was a heading. A list of numbers
    /// needs none. `None` where no column holds phone numbers.
    #[must_use]
    pub fn of(told: Told, first: &[String]) -> Option<(Self, bool)> {
        let headings: Vec<String> = first.iter().map(|heading| plain(heading)).collect();
        let mut columns = Self::default();
        columns.find_all(told, &headings);
        if columns.0.contains_key(&Column::Number) {
            return Some((columns, true));
        }
        if [Column::From, Column::To].iter().all(|end| columns.0.contains_key(end)) {
            return Some((columns, true));
        }
        let number = first.iter().position(|field| Address::parse_outbound(field, "US").is_ok())?;
        Some((Self(BTreeMap::from([(Column::Number, number)])), false))
    }

    fn find_all(&mut self, told: Told, headings: &[String]) {
        let dates: [&[&str]; 2] = match told {
            Told::OptOuts => [OPTED_OUT_AT, SOME_DATE],
            Told::Consents => [AGREED_AT, SOME_DATE],
            Told::NumberEvents => [EVENT_AT, SOME_DATE],
        };
        self.find(Column::Number, headings, NUMBER);
        let about = |heading: &String| heading.contains("phone") || heading.contains("mobile");
        if let Some(at) = headings.iter().position(about) {
            self.0.entry(Column::Number).or_insert(at);
        }
        for names in dates {
            self.find(Column::Date, headings, names);
        }
        for (column, names) in [
            (Column::Country, COUNTRY),
            (Column::Scope, SCOPE),
            (Column::Topic, TOPIC),
            (Column::Status, STATUS),
            (Column::OptedOut, OPTED_OUT),
        ] {
            self.find(column, headings, names);
        }
        match told {
            Told::OptOuts => {
                self.find(Column::Source, headings, SOURCE);
                self.find(Column::Reason, headings, REASON);
                self.find(Column::Agreed, headings, AGREED_AT);
                self.find(Column::From, headings, &["from"]);
                self.find(Column::To, headings, &["to"]);
                self.find(Column::ErrorCode, headings, &["errorcode"]);
                self.find(Column::Body, headings, &["body"]);
            }
            Told::NumberEvents => self.find(Column::Event, headings, EVENT),
            Told::Consents => {
                for (column, names) in [
                    (Column::Method, METHOD),
                    (Column::Disclosure, DISCLOSURE),
                    (Column::Locale, LOCALE),
                    (Column::Url, URL),
                    (Column::Ip, IP),
                    (Column::UserAgent, USER_AGENT),
                    (Column::Order, ORDER),
                ] {
                    self.find(column, headings, names);
                }
            }
        }
    }

    fn find(&mut self, column: Column, headings: &[String], names: &[&str]) {
        let at = names.iter().find_map(|name| headings.iter().position(|heading| heading == name));
        if let Some(at) = at {
            self.0.entry(column).or_insert(at);
        }
    }

    /// Whether the file has such a column.
    #[must_use]
    pub fn has(&self, column: Column) -> bool {
        self.0.contains_key(&column)
    }

    /// What a row says there; nothing where it has no such column.
    #[must_use]
    pub fn get<'a>(&self, fields: &'a [String], column: Column) -> &'a str {
        self.0.get(&column).and_then(|at| fields.get(*at)).map_or("", |field| field.trim())
    }
}

/// A heading or word without case, space and signs.
pub(super) fn plain(text: &str) -> String {
    text.chars().filter(|ch| ch.is_alphanumeric()).flat_map(char::to_lowercase).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(told: Told, heading: &str) -> Option<(Columns, bool)> {
        let first: Vec<String> = heading.split(',').map(str::to_owned).collect();
        Columns::of(told, &first)
    }

    #[test]
    fn headings_of_other_tools_are_known() {
        for (heading, number, date) in [
            ("Phone Number,Unsubscribed At,Subscribed At", 0, Some(1)),
            ("Email,First Name,Phone Number,SMS Consent,SMS Consent Timestamp", 2, None),
            ("phone,opt_out_date,reason", 0, Some(1)),
            ("contact_id,correlation_id,sender_id,status,source,date_of_consent", 0, Some(5)),
            ("Date,Customer Mobile (E.164)", 1, Some(0)),
            ("number", 0, None),
        ] {
            let (columns, heading_there) = of(Told::OptOuts, heading).unwrap();
            assert!(heading_there, "{heading}");
            assert_eq!(columns.0.get(&Column::Number), Some(&number), "{heading}");
            assert_eq!(columns.0.get(&Column::Date).copied(), date, "{heading}");
        }
        let (columns, _) = of(Told::Consents, "Phone,Opt-in date,Opt-in source,Consent language,IP address").unwrap();
        for column in [Column::Date, Column::Method, Column::Disclosure, Column::Ip] {
            assert!(columns.has(column), "{column:?}");
        }
        assert!(of(Told::OptOuts, "From,To,Body,Status,SentDate,ErrorCode").is_some());
    }

    #[test]
    fn a_list_of_numbers_needs_no_heading_and_one_without_numbers_is_none() {
        assert_eq!(of(Told::OptOuts, "+12125550101").map(|(_, heading)| heading), Some(false));
        assert_eq!(of(Told::OptOuts, "Ava,(212) 555-0101").map(|(_, heading)| heading), Some(false));
        assert_eq!(of(Told::OptOuts, "Email,First Name"), None);
    }
}
