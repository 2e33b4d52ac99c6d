//! A leap year of sends through the gate: customers who agree, take it back, say
//! STOP and START, in every area code, against the slow oracle of `naive`.

use crate::naive::{Chance, DAY, Naive, QUARTER, cases, instant, places, spread};
use crate::naive_law::{counts, needed};
use domain::address::Address;
use domain::gate::{Consent, Decision, Facts, Inputs, OptOut, Outlet, Stops, Talk, Verdict, Wish, decide};
use domain::message::{Channel, Origin, Purpose};
use domain::rule_pack::{ConsentKind, RulePack};
use domain::zones::Candidates;

/// One customer as the shop's records have them.
struct Customer<'a> {
    to: Address,
    places: Candidates,
    country: &'static str,
    pack: &'a RulePack,
    consents: Vec<Consent>,
    sent: Vec<i64>,
    stopped_at: Option<i64>,
    topics: Vec<OptOut<'static>>,
    wrote_at: Option<i64>,
}

#[derive(Clone, Copy)]
struct Wished {
    purpose: Purpose,
    origin: Origin,
}

impl Customer<'_> {
    fn ask(&self, now: i64, wished: Wished) -> Decision {
        let wrote_since = matches!((self.stopped_at, self.wrote_at), (Some(stopped), Some(wrote)) if wrote > stopped);
        decide(&Inputs {
            clock_in_doubt: false,
            now,
            origin: wished.origin,
            purpose: wished.purpose,
            to: &self.to,
            body: "Acme: it is here. Reply STOP to cancel.",
            media: 0,
            stops: Stops::default(),
            outlet: Outlet::OPEN,
            wish: Wish { opted_out_since: self.stopped_at, wrote_since, ..Wish::default() },
            talk: Talk { last_inbound_at: self.wrote_at, ..Talk::default() },
            candidates: &self.places,
            pack: self.pack,
            facts: Facts {
                consents: &self.consents,
                opt_outs: &self.topics,
                marketing_sent: &self.sent,
                reclassify: domain::gate::Reclassify::OrderTexts,
                ..Facts::default()
            },
            send_after: None,
            valid_until: None,
        })
    }

    /// The kind of consent that stands, told without the gate.
    fn agreed(&self, now: i64) -> Option<ConsentKind> {
        let last_no =
            self.consents.iter().filter(|entry| !entry.granted).map(|entry| entry.at).max().unwrap_or(i64::MIN);
        self.consents
            .iter()
            .filter(|entry| entry.granted && entry.at > last_no && entry.at <= now)
            .map(|entry| entry.kind)
            .max()
    }

    fn capped(&self, now: i64) -> bool {
        counts(&self.places) && self.sent.iter().filter(|at| **at > now - DAY).count() >= 3
    }

    /// Something happens to the records.
    fn live(&mut self, now: i64, chance: &mut Chance) {
        match chance.below(16) {
            0 => self.stopped_at = Some(now),
            1 | 2 => self.stopped_at = None,
            3 => self.topics.push(OptOut { scope: "marketing", at: now }),
            4 | 5 => self.topics.clear(),
            6 => self.consents.push(Consent { granted: false, at: now, ..CONSENT }),
            7..=9 => {
                let kind = *chance.of(&[
                    ConsentKind::Written,
                    ConsentKind::Express,
                    ConsentKind::Inbound,
                    ConsentKind::Written,
                ]);
                self.consents.push(Consent { kind, at: now, ..CONSENT });
            }
            10 => self.wrote_at = Some(now),
            _ => {}
        }
        self.sent.retain(|at| *at > now - 2 * DAY);
        if self.consents.len() > 12 {
            self.consents.drain(..6);
        }
    }
}

const CONSENT: Consent = Consent {
    channel: Channel::Sms,
    purpose: Some(Purpose::Marketing),
    granted: true,
    kind: ConsentKind::Written,
    at: 0,
    entry: None,
};

/// What the oracle found wrong with a verdict.
fn check(
    customer: &Customer<'_>,
    naive: &mut Naive,
    now: i64,
    wished: Wished,
    decision: &Decision,
    deep: bool,
) -> Result<(), String> {
    let country = customer.country;
    let needed = needed(country, &customer.places);
    let textable =
        customer.to.answerable() && customer.to.phone().and_then(domain::address::E164::area_code) != Some("900");
    let direct = wished.purpose == Purpose::Conversational && customer.wrote_at.is_some_and(|at| now - at <= DAY);
    let sent = decision.verdict == Verdict::Send;
    if decision.pack != "default_2" || decision.basis.at != now {
        return Err("it does not say under which pack and when it was decided".into());
    }
    // Invariant 1: nobody who opted out hears more, but the answer of a person they wrote to.
    if let Some(stopped) = customer.stopped_at {
        let answer =
            wished.origin == Origin::Person && direct && customer.wrote_at.is_some_and(|wrote| wrote > stopped);
        let confirmation = wished.origin == Origin::OptOutConfirmation;
        if sent && !answer && !confirmation {
            return Err("it passes after an opt-out".into());
        }
    }
    if wished.purpose != Purpose::Marketing {
        return Ok(());
    }
    // Invariant 2 and consent and caps: the verdict is the oracle's, both ways.
    let legal = naive.legal(now, &customer.places, country);
    let allowed = textable
        && customer.stopped_at.is_none()
        && customer.topics.is_empty()
        && customer.agreed(now).is_some_and(|kind| kind >= needed);
    let want = match (allowed, legal && !customer.capped(now)) {
        (false, _) => "refuse",
        (true, true) => "send",
        (true, false) => "hold",
    };
    // Places that are never open together refuse, and say so.
    let never = decision.code == "no_legal_window";
    if decision.verdict.word() != want && !(never && want == "hold") {
        return Err(format!("the oracle says {want}"));
    }
    match decision.verdict {
        Verdict::Send => {
            // Invariant 6.
            let consent = decision.findings.iter().any(|found| found.code == "consent" && found.version.is_some());
            if !consent || decision.local_times.len() != customer.places.zones.len() || decision.tz_db.is_empty() {
                return Err("it cannot be explained".into());
            }
            let dies = decision.valid_until.ok_or("it would live on into the night")?;
            if dies <= now
                || !naive.legal(dies - 1, &customer.places, country)
                || naive.legal(dies, &customer.places, country)
            {
                return Err(format!("it dies at {dies}, which is no closing time"));
            }
        }
        Verdict::Hold { until } => {
            if until <= now {
                return Err("it waits for the past".into());
            }
            if deep && customer.ask(until, wished).verdict != Verdict::Send {
                return Err(format!("at {until} it still waits"));
            }
            if deep
                && !customer.capped(until - 1)
                && until % QUARTER == 0
                && naive.legal(until - QUARTER, &customer.places, country)
                && !customer.capped(until - QUARTER)
                && until - QUARTER > now
            {
                return Err(format!("it could have left before {until}"));
            }
        }
        Verdict::Refuse => {}
    }
    Ok(())
}

#[test]
fn a_year_of_sends_breaks_no_invariant() {
    const SENDS: u64 = 64;
    let Some(pack) = RulePack::find("default") else { panic!("no default pack") };
    spread(cases(60_000, 10_000_000) / SENDS, |thread, count| {
        let mut naive = Naive::default();
        let mut chance = Chance(0x0ea7 + (thread << 32));
        for _ in 0..count {
            let seed = chance.0;
            let (to, places, country) = places(&mut chance);
            let mut customer = Customer {
                to,
                places,
                country,
                pack,
                consents: vec![CONSENT],
                sent: Vec::new(),
                stopped_at: None,
                topics: Vec::new(),
                wrote_at: None,
            };
            if !matches!(country, "US" | "CA") && !customer.places.states.is_empty() {
                continue;
            }
            let mut now = instant(&mut chance);
            for send in 0..SENDS {
                now += i64::try_from(chance.below(6 * 60 * 60_000)).unwrap_or(0);
                customer.live(now, &mut chance);
                let purpose = if chance.one_in(4) { *chance.of(Purpose::ALL) } else { Purpose::Marketing };
                let wished = Wished {
                    purpose,
                    origin: *chance.of(&[Origin::Api, Origin::Campaign, Origin::Person, Origin::OptOutConfirmation]),
                };
                let wished =
                    if purpose == Purpose::Marketing { Wished { origin: Origin::Campaign, ..wished } } else { wished };
                let accepted = customer.ask(now, wished);
                let told = check(&customer, &mut naive, now, wished, &accepted, send % 8 == 0);
                assert_eq!(
                    told,
                    Ok(()),
                    "customer {seed:#x}, send {send} at {now}: {accepted:?} {:?}",
                    customer.places
                );
                if accepted.verdict == Verdict::Send && purpose == Purpose::Marketing {
                    // A STOP between accept and claim wins.
                    if chance.one_in(16) {
                        customer.stopped_at = Some(now + 1);
                        assert_eq!(customer.ask(now + 2, wished).code, "opted_out", "customer {seed:#x}, send {send}");
                    }
                    customer.sent.push(now);
                }
            }
        }
    });
}
