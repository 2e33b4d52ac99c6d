//! Rows of a file as entries of the ledger.

use super::{ImportRow, origin};
use crate::Engine;
use crate::audit::Actor;
use crate::consent::{Disclosure, NewConsent, Slip};
use domain::consent::{Action, Channel, Method, Proof};
use domain::import::{AgreedRow, Columns, Fault, MovedRow, OptedOutRow, Read, Records, Told, agreed, moved, opted_out};
use serde_json::Value;
use store::import::{Counts, FaultRow, Piece};

/// The rows of a piece, ready to be written down.
#[derive(Debug)]
pub(super) struct Prepared {
    /// Entries of the ledger, in the rows' order.
    pub(super) slips: Vec<Slip>,
    /// What was odd.
    pub(super) faults: Vec<FaultRow>,
    /// What is known of the rows so far.
    pub(super) counts: Counts,
}

impl Engine {
    /// Reads the rows of a piece.
    pub(super) fn import_prepare(&self, by: Actor, row: &ImportRow, columns: &Columns, piece: &Piece) -> Prepared {
        let now = self.now();
        let first = u32::try_from(piece.first_line).unwrap_or(1);
        let mut done = Prepared { slips: Vec::new(), faults: Vec::new(), counts: Counts::default() };
        for record in Records::new(&piece.content, first, row.delimiter.chars().next().unwrap_or(',')) {
            done.counts.rows += 1;
            let Some(fields) = record.fields else {
                done.refuse(record.line, Fault::BrokenQuotes.code());
                continue;
            };
            let read = match row.told {
                Told::OptOuts => {
                    told(opted_out(columns, &fields, &row.country, now), |out| of_opt_out(row, record.line, out))
                }
                Told::Consents => {
                    told(agreed(columns, &fields, &row.country, now), |agreed| of_agreement(row, record.line, agreed))
                }
                Told::NumberEvents => {
                    told(moved(columns, &fields, &row.country, now), |moved| of_event(row, record.line, &moved))
                }
            };
            match read {
                Read::Row(new, odd) => match self.slip(by, new, now) {
                    Ok(slip) => {
                        done.slips.push(slip);
                        done.faults.extend(odd.iter().map(|fault| fault_row(record.line, fault.code(), false)));
                    }
                    Err(error) => done.refuse(record.line, error.code()),
                },
                Read::Other => done.counts.other += 1,
                Read::Bad(fault) => done.refuse(record.line, fault.code()),
            }
        }
        done
    }
}

impl Prepared {
    fn refuse(&mut self, line: u32, code: &str) {
        self.counts.refused += 1;
        self.faults.push(fault_row(line, code, true));
    }
}

fn fault_row(line: u32, code: &str, refused: bool) -> FaultRow {
    FaultRow { line: i64::from(line), code: code.to_owned(), refused }
}

fn told<T>(read: Read<T>, new: impl FnOnce(T) -> NewConsent) -> Read<NewConsent> {
    match read {
        Read::Row(row, odd) => Read::Row(new(row), odd),
        Read::Other => Read::Other,
        Read::Bad(fault) => Read::Bad(fault),
    }
}

fn of_opt_out(file: &ImportRow, line: u32, row: OptedOutRow) -> NewConsent {
    let mut evidence = origin(file, line);
    for (name, what) in [("source", row.source), ("reason", row.reason)] {
        if !what.is_empty() {
            evidence.insert(name.to_owned(), what.into());
        }
    }
    NewConsent {
        address: row.address,
        channel: Channel::Sms,
        permits: row.permits,
        topic: row.topic,
        action: Action::Revoke,
        proof: Proof::Express,
        method: Method::Import,
        disclosure: None,
        evidence: Value::Object(evidence),
        occurred_at: Some(row.at.unwrap_or(file.since)),
    }
}

fn of_agreement(file: &ImportRow, line: u32, row: AgreedRow) -> NewConsent {
    let mut evidence = origin(file, line);
    let proof = if row.proven() { Proof::Written } else { Proof::Unproven };
    let method = Some(("method", row.method)).filter(|(_, what)| !what.is_empty());
    for (name, what) in row.evidence.into_iter().chain(method) {
        evidence.insert(name.to_owned(), what.into());
    }
    // BCP 47's word for a language nobody names.
    let locale = if row.locale.is_empty() { "und".to_owned() } else { row.locale };
    NewConsent {
        address: row.address,
        channel: Channel::Sms,
        permits: row.permits,
        topic: row.topic,
        action: Action::Grant,
        proof,
        method: Method::Import,
        disclosure: (!row.disclosure.is_empty()).then_some(Disclosure { locale, text: row.disclosure }),
        evidence: Value::Object(evidence),
        occurred_at: Some(row.at.unwrap_or(file.since)),
    }
}

fn of_event(file: &ImportRow, line: u32, row: &MovedRow) -> NewConsent {
    let mut evidence = origin(file, line);
    evidence.insert("event".to_owned(), row.event.word().into());
    crate::number_events::ended(row.address.clone(), Value::Object(evidence), row.at.unwrap_or(file.since))
}
