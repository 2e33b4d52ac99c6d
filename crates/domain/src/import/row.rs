//! What one row says.

use super::columns::{Column, Columns, plain};
use super::moment::{Moment, moment};
use super::{Fault, NumberEvent};
use crate::address::{Address, AddressError, calling_code};
use crate::consent::{Permits, TOPIC_CHARS_MAX};
use crate::keyword::{Class, classify};
use crate::message::Purpose;

/// Most characters kept of a source, a reason, a page's address and the like.
const NOTE_CHARS_MAX: usize = 300;
/// Most characters of the words shown.
const DISCLOSURE_CHARS_MAX: usize = 4_000;
/// A clock of another program may be ahead by this much, in ms.
const AHEAD_MS: i64 = 5 * 60 * 1000;
/// Twilio's code of a text to somebody who had opted out there.
const TWILIO_OPTED_OUT: &str = "21610";

/// What a row came to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Read<T> {
    /// It is what the file was said to tell; what was odd about it beside.
    Row(T, Vec<Fault>),
    /// It tells of a customer of the other kind, such as a subscriber in a list of opt-outs.
    Other,
    /// It cannot be taken.
    Bad(Fault),
}

/// Somebody who opted out.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OptedOutRow {
    /// Their number.
    pub address: Address,
    /// What they opted out of.
    pub permits: Permits,
    /// The topic; empty for every topic.
    pub topic: String,
    /// When at the latest, Unix ms; `None` where nobody knows.
    pub at: Option<i64>,
    /// How the other tool came to know.
    pub source: String,
    /// Why.
    pub reason: String,
}

/// Somebody who agreed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AgreedRow {
    /// Their number.
    pub address: Address,
    /// What for.
    pub permits: Permits,
    /// The topic; empty for every topic.
    pub topic: String,
    /// When at the earliest, Unix ms; `None` where nobody knows.
    pub at: Option<i64>,
    /// By which way, in the other tool's words.
    pub method: String,
    /// The words shown.
    pub disclosure: String,
    /// Their language.
    pub locale: String,
    /// More that proves it: the evidence's name and what it is.
    pub evidence: Vec<(&'static str, String)>,
}

/// A number that is no longer whose it was.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MovedRow {
    /// The number.
    pub address: Address,
    /// What became of it.
    pub event: NumberEvent,
    /// When at the latest, Unix ms; `None` where nobody knows.
    pub at: Option<i64>,
}

impl AgreedRow {
    /// Whether the row itself says when, by which way and at which words they agreed.
    /// Without that nobody can prove it, so it permits nothing until confirmed.
    #[must_use]
    pub fn proven(&self) -> bool {
        self.at.is_some() && !self.method.is_empty() && !self.disclosure.is_empty()
    }
}

/// Reads a row of a list of opt-outs at an instant (Unix ms). `country` is the ISO
/// code of the country whose numbers need no calling code.
#[must_use]
pub fn opted_out(columns: &Columns, fields: &[String], country: &str, now: i64) -> Read<OptedOutRow> {
    let get = |column| columns.get(fields, column);
    let mut odd = Vec::new();
    let number = match logged(columns, fields) {
        Logged::Number(number) => number,
        Logged::Other => return Read::Other,
        Logged::NoLog => match out_by_words(columns, fields) {
            Some(true) => get(Column::Number),
            Some(false) => return Read::Other,
            None => return Read::Bad(Fault::StatusUnknown),
        },
    };
    let address = match number_of(number, get(Column::Country), country) {
        Ok(address) => address,
        Err(fault) => return Read::Bad(fault),
    };
    let at = match when(get(Column::Date)) {
        // An opt-out without a date that can be read is an opt-out still.
        Ok(at) => at.map(|at| {
            if at.earliest > now + AHEAD_MS {
                odd.push(Fault::DateInTheFuture);
            }
            at.latest.min(now)
        }),
        Err(fault) => {
            odd.push(fault);
            None
        }
    };
    let permits = match plain(get(Column::Scope)).as_str() {
        "" | "all" | "everything" | "alltexts" | "global" | "optoutall" => Permits::All,
        "marketing" | "promotional" | "promotions" | "optoutmarketing" => Permits::Marketing,
        "transactional" | "notification" | "notifications" | "optoutnotification" => Permits::Transactional,
        _ => {
            odd.push(Fault::ScopeUnknown);
            Permits::All
        }
    };
    let topic = get(Column::Topic);
    let (permits, topic) = match (permits, topic_fits(topic)) {
        (_, false) => {
            odd.push(Fault::TopicUnfit);
            (Permits::All, String::new())
        }
        // What is named with a topic is about selling.
        (Permits::All, true) if !topic.is_empty() && get(Column::Scope).is_empty() => {
            (Permits::Marketing, topic.to_owned())
        }
        (Permits::All, true) => (Permits::All, String::new()),
        (permits, true) => (permits, topic.to_owned()),
    };
    let row = OptedOutRow {
        address,
        permits,
        topic,
        at,
        source: note(get(Column::Source)),
        reason: note(get(Column::Reason)),
    };
    Read::Row(row, odd)
}

/// Reads a row of a list of those who agreed, as [`opted_out`] does.
#[must_use]
pub fn agreed(columns: &Columns, fields: &[String], country: &str, now: i64) -> Read<AgreedRow> {
    let get = |column| columns.get(fields, column);
    let mut odd = Vec::new();
    let told = [Column::Status, Column::OptedOut].map(|column| columns.has(column).then(|| get(column)));
    if told.iter().any(Option::is_some) {
        if told.iter().flatten().all(|word| word.is_empty()) {
            return Read::Bad(Fault::StatusUnknown);
        }
        match out_by_words(columns, fields) {
            Some(false) if !never(get(Column::Status)) => {}
            Some(_) => return Read::Other,
            None => return Read::Bad(Fault::StatusUnknown),
        }
    }
    let address = match number_of(get(Column::Number), get(Column::Country), country) {
        Ok(address) => address,
        Err(fault) => return Read::Bad(fault),
    };
    let at = match when(get(Column::Date)) {
        Ok(Some(at)) if at.earliest > now + AHEAD_MS => {
            odd.push(Fault::DateInTheFuture);
            None
        }
        Ok(at) => at.map(|at| at.earliest),
        Err(fault) => {
            odd.push(fault);
            None
        }
    };
    let permits = match plain(get(Column::Scope)).as_str() {
        "transactional" | "notification" | "notifications" => Permits::Transactional,
        _ => Permits::Marketing,
    };
    let topic = get(Column::Topic);
    if !topic_fits(topic) {
        return Read::Bad(Fault::TopicUnfit);
    }
    let disclosure = get(Column::Disclosure);
    if disclosure.chars().count() > DISCLOSURE_CHARS_MAX {
        return Read::Bad(Fault::DisclosureTooLong);
    }
    let evidence =
        [("source_url", Column::Url), ("ip", Column::Ip), ("user_agent", Column::UserAgent), ("order", Column::Order)];
    let evidence = evidence.into_iter().map(|(name, column)| (name, note(get(column))));
    let row = AgreedRow {
        address,
        permits,
        topic: topic.to_owned(),
        at,
        method: note(get(Column::Method)),
        disclosure: disclosure.to_owned(),
        locale: get(Column::Locale).chars().take(35).collect(),
        evidence: evidence.filter(|(_, what)| !what.is_empty()).collect(),
    };
    Read::Row(row, odd)
}

/// Reads a row of a feed of numbers, as [`opted_out`] does: a carrier's list of those
/// switched off, or the answers of the FCC's Reassigned Numbers Database, where
/// *yes* says that a number was disconnected at some time after the date asked about.
#[must_use]
pub fn moved(columns: &Columns, fields: &[String], country: &str, now: i64) -> Read<MovedRow> {
    let get = |column| columns.get(fields, column);
    let mut odd = Vec::new();
    let (event, dated) = match plain(get(Column::Event)).as_str() {
        "" if columns.has(Column::Event) => return Read::Bad(Fault::StatusUnknown),
        "" | "deactivated" | "deactivation" | "disconnected" | "permanentlydisconnected" | "inactive" | "suspended" => {
            (NumberEvent::Deactivated, true)
        }
        "reassigned" | "changed" | "moved" => (NumberEvent::Reassigned, true),
        "yes" | "y" | "true" | "1" => (NumberEvent::Reassigned, false),
        "no" | "n" | "false" | "0" | "nodata" | "active" | "notreassigned" | "unknown" => return Read::Other,
        _ => return Read::Bad(Fault::StatusUnknown),
    };
    let address = match number_of(get(Column::Number), get(Column::Country), country) {
        Ok(address) => address,
        Err(fault) => return Read::Bad(fault),
    };
    let at = match when(get(Column::Date)) {
        Ok(at) => at.filter(|_| dated).map(|at| at.latest.min(now)),
        Err(fault) => {
            odd.push(fault);
            None
        }
    };
    Read::Row(MovedRow { address, event, at }, odd)
}

enum Logged<'a> {
    /// The customer's number in a text that tells of an opt-out.
    Number(&'a str),
    /// A text that tells of none.
    Other,
    /// This is no log of texts.
    NoLog,
}

/// A log of texts has both ends of each: whoever wrote STOP, or was refused for it, opted out.
fn logged<'a>(columns: &Columns, fields: &'a [String]) -> Logged<'a> {
    if columns.has(Column::Number) || !columns.has(Column::From) || !columns.has(Column::To) {
        return Logged::NoLog;
    }
    if columns.get(fields, Column::ErrorCode) == TWILIO_OPTED_OUT {
        return Logged::Number(columns.get(fields, Column::To));
    }
    let came_in = matches!(plain(columns.get(fields, Column::Status)).as_str(), "received" | "receiving");
    let body = columns.get(fields, Column::Body);
    if came_in && classify(body).class == Class::OptOut {
        return Logged::Number(columns.get(fields, Column::From));
    }
    Logged::Other
}

/// Whether a row's own words say that its customer opted out; `None` where they are unknown.
fn out_by_words(columns: &Columns, fields: &[String]) -> Option<bool> {
    let get = |column| columns.get(fields, column);
    if columns.has(Column::OptedOut) && !get(Column::OptedOut).is_empty() {
        return match plain(get(Column::OptedOut)).as_str() {
            "true" | "yes" | "y" | "1" | "optedout" | "unsubscribed" | "suppressed" | "blocked" => Some(true),
            "false" | "no" | "n" | "0" | "subscribed" | "optedin" => Some(false),
            _ => None,
        };
    }
    if columns.has(Column::Status) && !get(Column::Status).is_empty() {
        return match plain(get(Column::Status)).as_str() {
            "unsubscribed" | "unsubscribe" | "optedout" | "optout" | "out" | "stop" | "stopped" | "suppressed"
            | "revoked" | "blocked" | "blacklisted" | "denied" | "declined" | "false" | "no" | "n" | "0" => Some(true),
            "subscribed" | "subscribe" | "active" | "eligible" | "optedin" | "optin" | "reoptin" | "in" | "pending"
            | "confirmed" | "granted" | "true" | "yes" | "y" | "1" => Some(false),
            word if never(word) => Some(false),
            _ => None,
        };
    }
    // A list with both kinds tells who opted out by when they did.
    Some(!columns.has(Column::Agreed) || !get(Column::Date).is_empty())
}

/// They never agreed, and never opted out either.
fn never(status: &str) -> bool {
    matches!(
        plain(status).as_str(),
        "neversubscribed" | "notsubscribed" | "never" | "none" | "nonsubscribed" | "pending"
    )
}

fn number_of(text: &str, named: &str, country: &str) -> Result<Address, Fault> {
    // Signs that keep a spreadsheet from reading a number, and what one did not keep it from.
    let text = text.trim_start_matches(['\'', '=', '"']).trim_end_matches('"');
    let text = text.strip_suffix(".0").unwrap_or(text).trim();
    if text.is_empty() {
        return Err(Fault::NumberMissing);
    }
    let rounded = |text: &str| {
        let (digits, exponent) = text.split_once(['E', 'e'])?;
        let number = digits.bytes().all(|byte| byte.is_ascii_digit() || byte == b'.' || byte == b',');
        Some(number && exponent.trim_start_matches('+').bytes().all(|byte| byte.is_ascii_digit()))
    };
    if rounded(text) == Some(true) {
        return Err(Fault::NumberRounded);
    }
    let named = named.to_uppercase();
    let country = if calling_code(&named).is_some() { &named } else { country };
    Address::parse_outbound(text, country).map_err(|error| match error {
        AddressError::Empty => Fault::NumberMissing,
        AddressError::NotANumber => Fault::NotANumber,
        AddressError::TooShort
        | AddressError::TooLong
        | AddressError::UnknownCountry
        | AddressError::ImpossibleNumber
        | AddressError::Emergency
        | AddressError::Premium => Fault::NumberImpossible,
    })
}

fn when(text: &str) -> Result<Option<Moment>, Fault> {
    if text.is_empty() {
        return Ok(None);
    }
    moment(text).filter(|at| at.earliest >= 0).map(Some).ok_or(Fault::DateUnreadable)
}

fn topic_fits(topic: &str) -> bool {
    let word = topic.to_lowercase();
    topic.chars().count() <= TOPIC_CHARS_MAX
        && !matches!(word.as_str(), "all" | "unsure")
        && Purpose::from_word(&word).is_none()
}

fn note(text: &str) -> String {
    text.chars().take(NOTE_CHARS_MAX).collect()
}

#[cfg(test)]
mod tests {
    use super::super::{Records, Told, delimiter};
    use super::*;

    const NOW: i64 = 1_700_000_000_000;

    fn outs(text: &str) -> Vec<Read<OptedOutRow>> {
        let mut records = Records::new(text, 1, delimiter(text));
        let first = records.next().unwrap().fields.unwrap();
        let (columns, _) = Columns::of(Told::OptOuts, &first).unwrap();
        records.map(|record| opted_out(&columns, &record.fields.unwrap(), "US", NOW)).collect()
    }

    fn agreements(text: &str) -> Vec<Read<AgreedRow>> {
        let mut records = Records::new(text, 1, delimiter(text));
        let first = records.next().unwrap().fields.unwrap();
        let (columns, _) = Columns::of(Told::Consents, &first).unwrap();
        records.map(|record| agreed(&columns, &record.fields.unwrap(), "US", NOW)).collect()
    }

    /// Each row in a word: its number's last digits, `other`, or its fault.
    fn said(rows: &[Read<OptedOutRow>]) -> Vec<String> {
        let tail = |text: &str| text[text.len() - 3..].to_owned();
        let one = |read: &Read<OptedOutRow>| match read {
            Read::Row(row, odd) if odd.is_empty() => tail(row.address.as_str()),
            Read::Row(row, odd) => format!("{} {}", tail(row.address.as_str()), odd[0].code()),
            Read::Other => "other".to_owned(),
            Read::Bad(fault) => fault.code().to_owned(),
        };
        rows.iter().map(one).collect()
    }

    #[test]
    fn numbers_are_read_as_files_hold_them_or_refused_with_a_reason() {
        let rows = outs(
            "phone,country\n+12125550101,\n(212) 555-0102,\n'+12125550103,\n12125550104.0,\n2.12556E+10,\n,x\nava@fern.example,\n\
             911,\n020 7946 0958,GB\n12,\n",
        );
        assert_eq!(
            said(&rows),
            [
                "101",
                "102",
                "103",
                "104",
                "number_rounded",
                "number_missing",
                "not_a_number",
                "number_impossible",
                "958",
                "number_impossible",
            ]
        );
    }

    #[test]
    fn only_who_opted_out_is_read_from_a_list_of_both_kinds() {
        let rows = outs(
            "Phone Number,SMS Consent\n+12125550101,SUBSCRIBED\n+12125550102,UNSUBSCRIBED\n\
             +12125550103,NEVER_SUBSCRIBED\n+12125550104,perhaps\n+12125550105,\n",
        );
        assert_eq!(said(&rows), ["other", "102", "other", "status_unknown", "105"]);
        let rows =
            outs("phone,subscribed_at,unsubscribed_at\n+12125550101,2023-01-01,\n+12125550102,2023-01-01,2023-02-01\n");
        assert_eq!(said(&rows), ["other", "102"]);
        let rows = outs("phone,opted_out\n+12125550101,TRUE\n+12125550102,FALSE\n");
        assert_eq!(said(&rows), ["101", "other"]);
        let rows = outs(
            "From,To,Body,Status,SentDate,ErrorCode\n+12125550999,+12125550101,Sale,failed,2023-01-01,21610\n\
             +12125550102,+12125550999,STOP,received,2023-01-01,\n+12125550103,+12125550999,where is it,received,2023-01-01,\n\
             +12125550999,+12125550104,Sale,delivered,2023-01-01,0\n",
        );
        assert_eq!(said(&rows), ["101", "102", "other", "other"]);
    }

    #[test]
    fn a_feed_of_numbers_says_which_are_gone() {
        let read = |text: &str| {
            let mut records = Records::new(text, 1, delimiter(text));
            let first = records.clone().next().unwrap().fields.unwrap();
            let (columns, heading) = Columns::of(Told::NumberEvents, &first).unwrap();
            if heading {
                records.next();
            }
            let one = |record: super::super::Record| match moved(&columns, &record.fields.unwrap(), "US", NOW) {
                Read::Row(row, _) => format!("{} {:?}", row.event, row.at),
                Read::Other => "other".to_owned(),
                Read::Bad(fault) => fault.code().to_owned(),
            };
            records.map(one).collect::<Vec<_>>()
        };
        assert_eq!(read("+12125550101\n+12125550102\n"), ["deactivated None", "deactivated None"]);
        let answers = "phone,date,response\n+12125550101,2023-01-01,yes\n+12125550102,2023-01-01,no\n\
             +12125550103,2023-01-01,no_data\n+12125550104,2023-01-01,perhaps\n";
        assert_eq!(read(answers), ["reassigned None", "other", "other", "status_unknown"]);
        let dated = "number,event,event_date\n+12125550101,disconnected,2023-01-01T00:00:00Z\n";
        assert_eq!(read(dated), ["deactivated Some(1672531200000)"]);
    }

    #[test]
    fn an_opt_out_counts_whatever_is_odd_about_it() {
        let rows = outs(
            "number,date,scope,topic\n+12125550101,soon,,\n+12125550102,2033-01-01,,\n+12125550103,,weekly,\n\
             +12125550104,,,all\n",
        );
        assert_eq!(
            said(&rows),
            ["101 date_unreadable", "102 date_in_the_future", "103 scope_unknown", "104 topic_unfit"]
        );
        for row in &rows {
            assert!(matches!(row, Read::Row(OptedOutRow { permits: Permits::All, .. }, _)), "{row:?}");
        }
        let rows = outs("number,scope,topic,date\n+12125550101,marketing,,2023-01-31\n+12125550102,,weekly,\n");
        let Read::Row(first, _) = &rows[0] else { unreachable!("{rows:?}") };
        assert_eq!((first.permits, first.at), (Permits::Marketing, Some(1_675_252_799_999)));
        let Read::Row(second, _) = &rows[1] else { unreachable!("{rows:?}") };
        assert_eq!((second.permits, second.topic.as_str(), second.at), (Permits::Marketing, "weekly", None));
    }

    #[test]
    fn an_agreement_is_proven_by_when_and_how_and_the_words_alone() {
        let rows = agreements(
            "phone,date,method,disclosure,ip\n+12125550101,2023-01-31T00:00:00Z,checkout,I agree to texts.,192.0.2.7\n\
             +12125550102,2023-01-31T00:00:00Z,checkout,,\n+12125550103,,checkout,I agree to texts.,\n\
             +12125550104,2023-01-31T00:00:00Z,,I agree to texts.,\n+12125550105,2033-01-31T00:00:00Z,form,I agree.,\n",
        );
        let proven: Vec<bool> = rows.iter().map(|row| matches!(row, Read::Row(row, _) if row.proven())).collect();
        assert_eq!(proven, [true, false, false, false, false]);
        let Read::Row(first, _) = &rows[0] else { unreachable!("{rows:?}") };
        assert_eq!(first.evidence, [("ip", "192.0.2.7".to_owned())]);
        let rows =
            agreements("phone,status\n+12125550101,subscribed\n+12125550102,unsubscribed\n+12125550103,pending\n");
        assert!(matches!(rows[..], [Read::Row(..), Read::Other, Read::Other]), "{rows:?}");
    }
}
