//! Every row of every pack, each with a case of its own.

#![expect(clippy::panic, reason = "a case that cannot be set up should stop the test")]

use domain::address::Address;
use domain::gate::{
    Consent, Decision, Facts, Inputs, LastTold, OptOut, Outlet, Reclassify, Stops, Talk, Verdict, Wish, decide,
};
use domain::message::{Channel, Origin, Purpose};
use domain::rule_pack::{ConsentKind, FILES, PACKS, RulePack};
use domain::zones::{Place, candidates_at, time_zone};
use jiff::Timestamp;
use jiff::civil::DateTime;
use std::collections::BTreeSet;

/// A text to ask about; what is not said is innocent.
pub struct Ask<'a> {
    pub to: &'a str,
    pub purpose: Purpose,
    pub body: &'a str,
    pub pack: &'a str,
    pub consent: Option<ConsentKind>,
    pub sent: &'a [i64],
    pub opt_outs: &'a [OptOut<'a>],
    pub brand: Option<&'a str>,
    pub age_gated: bool,
    pub reclassify: Reclassify,
    pub told: LastTold,
    pub origin: Origin,
}

pub const ASK: Ask<'static> = Ask {
    to: "+13035550100",
    purpose: Purpose::Marketing,
    body: "Acme: new boots are in. Reply STOP to cancel.",
    pack: "default",
    consent: Some(ConsentKind::Written),
    sent: &[],
    opt_outs: &[],
    brand: None,
    age_gated: false,
    reclassify: Reclassify::Never,
    told: LastTold::NotKept,
    origin: Origin::Api,
};

impl Ask<'_> {
    pub fn at(&self, now: i64) -> Decision {
        self.with(&[], now)
    }

    /// As [`Self::at`], with places of the customer.
    pub fn with(&self, known: &[Place], now: i64) -> Decision {
        let to = Address::parse(self.to);
        let places = candidates_at(&to, known);
        let consents: Vec<Consent> = self
            .consent
            .iter()
            .map(|kind| Consent {
                channel: Channel::Sms,
                purpose: Some(Purpose::Marketing),
                granted: true,
                kind: *kind,
                at: 0,
                entry: None,
            })
            .collect();
        let Some(pack) = RulePack::find(self.pack) else { panic!("no pack {}", self.pack) };
        decide(&Inputs {
            clock_in_doubt: false,
            now,
            origin: self.origin,
            purpose: self.purpose,
            to: &to,
            body: self.body,
            media: 0,
            stops: Stops::default(),
            outlet: Outlet::OPEN,
            wish: Wish::default(),
            talk: Talk::default(),
            candidates: &places,
            pack,
            facts: Facts {
                consents: &consents,
                opt_outs: self.opt_outs,
                marketing_sent: self.sent,
                brand: self.brand,
                age_gated: self.age_gated,
                reclassify: self.reclassify,
                opt_out_told: self.told,
                ..Facts::default()
            },
            send_after: None,
            valid_until: None,
        })
    }
}

/// The instant at which a zone's clock shows a local time, Unix ms.
pub fn local(zone: &str, time: &str) -> i64 {
    let (Some(zone), Ok(time)) = (time_zone(zone), time.parse::<DateTime>()) else { panic!("{zone} {time}") };
    zone.to_timestamp(time).map_or(0, Timestamp::as_millisecond)
}

struct Hours {
    row: &'static str,
    pack: &'static str,
    purpose: Purpose,
    to: &'static str,
    zone: &'static str,
    /// Days with the hours of the customer's clock in which a text may leave.
    open: &'static [(&'static str, &'static str, &'static str)],
    /// Days on which none may.
    closed: &'static [&'static str],
}

const fn hours(
    row: &'static str,
    to: &'static str,
    zone: &'static str,
    open: &'static [(&'static str, &'static str, &'static str)],
    closed: &'static [&'static str],
) -> Hours {
    Hours { row, pack: "default", purpose: Purpose::Marketing, to, zone, open, closed }
}

const EAST: &str = "America/New_York";
const CENTRAL: &str = "America/Chicago";
const MOUNTAIN: &str = "America/Denver";
const PACIFIC: &str = "America/Los_Angeles";

/// A Tuesday, a Saturday and a Sunday without a holiday in summer and winter.
const HOURS: &[Hours] = &[
    hours(
        "us_federal_hours",
        "+13035550100",
        MOUNTAIN,
        &[("2026-12-08", "08:00", "21:00"), ("2026-07-05", "08:00", "21:00"), ("2026-12-25", "08:00", "21:00")],
        &[],
    ),
    hours(
        "us_al_hours",
        "+12055550100",
        CENTRAL,
        &[("2026-12-08", "08:00", "20:00"), ("2026-07-11", "08:00", "20:00")],
        &["2026-12-06", "2026-11-26", "2026-04-27", "2026-06-01", "2026-02-17"],
    ),
    hours(
        "us_az_hours",
        "+16025550100",
        "America/Phoenix",
        &[("2026-12-08", "08:00", "21:00"), ("2026-07-05", "08:00", "21:00")],
        &[],
    ),
    hours(
        "us_ca_hours",
        "+14155550100",
        PACIFIC,
        &[("2026-12-08", "09:00", "21:00"), ("2026-07-05", "09:00", "21:00")],
        &[],
    ),
    hours(
        "us_ct_hours",
        "+12035550100",
        EAST,
        &[("2026-12-08", "09:00", "20:00"), ("2026-07-05", "09:00", "20:00")],
        &[],
    ),
    hours(
        "us_fl_hours",
        "+13055550100",
        EAST,
        &[("2026-12-08", "08:00", "20:00"), ("2026-07-05", "08:00", "20:00")],
        &[],
    ),
    Hours {
        purpose: Purpose::Transactional,
        ..hours("us_fl_night", "+13055550100", EAST, &[("2026-12-08", "08:00", "20:00")], &[])
    },
    hours(
        "us_ga_hours",
        "+14045550100",
        EAST,
        &[("2026-12-08", "08:00", "21:00"), ("2026-07-05", "08:00", "21:00")],
        &[],
    ),
    hours(
        "us_ky_hours",
        "+15025550100",
        EAST,
        &[("2026-12-08", "10:00", "21:00"), ("2026-07-05", "10:00", "21:00")],
        &[],
    ),
    hours(
        "us_la_hours",
        "+15045550100",
        CENTRAL,
        &[("2026-12-08", "08:00", "20:00"), ("2026-07-11", "08:00", "20:00")],
        &["2026-12-06", "2026-11-26", "2026-11-27", "2026-02-17", "2026-04-03", "2026-11-03", "2026-07-03"],
    ),
    hours(
        "us_ma_hours",
        "+16175550100",
        EAST,
        &[("2026-12-08", "08:00", "20:00"), ("2026-07-05", "08:00", "20:00")],
        &[],
    ),
    hours(
        "us_md_hours",
        "+14105550100",
        EAST,
        &[("2026-12-08", "08:00", "20:00"), ("2026-07-05", "08:00", "20:00")],
        &[],
    ),
    hours(
        "us_mi_hours",
        "+13135550100",
        EAST,
        &[("2026-12-08", "09:00", "21:00"), ("2026-07-05", "09:00", "21:00")],
        &[],
    ),
    hours(
        "us_mn_hours",
        "+16125550100",
        CENTRAL,
        &[("2026-12-08", "09:00", "21:00"), ("2026-07-05", "09:00", "21:00")],
        &[],
    ),
    hours(
        "us_ms_hours",
        "+16015550100",
        CENTRAL,
        &[("2026-12-08", "08:00", "20:00"), ("2026-12-25", "08:00", "20:00")],
        &["2026-12-06", "2026-07-05"],
    ),
    hours(
        "us_nm_hours",
        "+15055550100",
        MOUNTAIN,
        &[("2026-12-08", "09:00", "21:00"), ("2026-07-05", "09:00", "21:00")],
        &[],
    ),
    hours(
        "us_nv_hours",
        "+17025550100",
        PACIFIC,
        &[("2026-12-08", "09:00", "20:00"), ("2026-07-05", "09:00", "20:00")],
        &[],
    ),
    hours(
        "us_nj_hours",
        "+19735550100",
        EAST,
        &[("2026-12-08", "08:00", "21:00"), ("2026-07-05", "08:00", "21:00")],
        &[],
    ),
    hours(
        "us_ny_hours",
        "+12125550100",
        EAST,
        &[("2026-12-08", "08:00", "21:00"), ("2026-07-05", "08:00", "21:00")],
        &[],
    ),
    hours(
        "us_ok_hours",
        "+14055550100",
        CENTRAL,
        &[("2026-12-08", "08:00", "20:00"), ("2026-07-05", "08:00", "20:00")],
        &[],
    ),
    hours(
        "us_or_hours",
        "+15035550100",
        PACIFIC,
        &[("2026-12-08", "08:00", "20:00"), ("2026-07-05", "08:00", "20:00")],
        &[],
    ),
    hours(
        "us_pa_hours",
        "+12155550100",
        EAST,
        &[("2026-12-08", "08:00", "21:00"), ("2026-07-05", "08:00", "21:00")],
        &["2026-11-26", "2026-12-25", "2026-04-03", "2026-07-03"],
    ),
    hours(
        "us_ri_hours",
        "+14015550100",
        EAST,
        &[("2026-12-08", "09:00", "18:00"), ("2026-12-12", "10:00", "17:00")],
        &["2026-12-06", "2026-11-26", "2026-08-10", "2026-11-03"],
    ),
    hours(
        "us_tx_hours",
        "+12145550100",
        CENTRAL,
        &[("2026-12-08", "09:00", "21:00"), ("2026-12-06", "12:00", "21:00")],
        &[],
    ),
    hours(
        "us_ut_hours",
        "+18015550100",
        MOUNTAIN,
        &[("2026-12-08", "08:00", "21:00"), ("2026-07-11", "08:00", "21:00")],
        &["2026-12-06", "2026-11-26", "2026-07-24"],
    ),
    hours(
        "us_va_hours",
        "+17035550100",
        EAST,
        &[("2026-12-08", "08:00", "21:00"), ("2026-07-05", "08:00", "21:00")],
        &[],
    ),
    hours(
        "us_wa_hours",
        "+12065550100",
        PACIFIC,
        &[("2026-12-08", "08:00", "20:00"), ("2026-07-05", "08:00", "20:00")],
        &[],
    ),
    hours(
        "ca_hours",
        "+14165550100",
        "America/Toronto",
        &[("2026-12-08", "09:00", "21:00"), ("2026-12-12", "10:00", "18:00"), ("2026-12-06", "10:00", "18:00")],
        &[],
    ),
    hours(
        "uk_hours",
        "+447400123456",
        "Europe/London",
        &[("2026-12-08", "08:00", "21:00"), ("2026-07-05", "08:00", "21:00")],
        &[],
    ),
    hours(
        "eu_hours",
        "+4915112345678",
        "Europe/Berlin",
        &[("2026-12-08", "08:00", "21:00"), ("2026-07-05", "08:00", "21:00")],
        &[],
    ),
    hours(
        "fr_hours",
        "+33612345678",
        "Europe/Paris",
        &[("2026-12-08", "08:00", "22:00"), ("2026-12-12", "08:00", "22:00")],
        &["2026-12-06", "2026-12-25", "2026-04-06", "2026-05-14", "2026-05-25", "2026-07-14"],
    ),
    Hours {
        purpose: Purpose::Transactional,
        ..hours(
            "fr_order_hours",
            "+33612345678",
            "Europe/Paris",
            &[("2026-12-08", "08:00", "21:00"), ("2026-12-06", "08:00", "21:00")],
            &[],
        )
    },
    hours(
        "au_hours",
        "+61255501234",
        "Australia/Sydney",
        &[("2026-12-08", "08:00", "21:00"), ("2026-07-05", "08:00", "21:00")],
        &[],
    ),
    Hours {
        pack: "strict_us",
        ..hours(
            "strict_us_hours",
            "+13035550100",
            MOUNTAIN,
            &[("2026-12-08", "08:00", "20:00"), ("2026-12-06", "08:00", "20:00")],
            &[],
        )
    },
    Hours {
        pack: "ultra",
        ..hours(
            "ultra_hours",
            "+13035550100",
            MOUNTAIN,
            &[("2026-12-08", "12:00", "20:00"), ("2026-12-25", "12:00", "20:00")],
            &[],
        )
    },
    Hours {
        pack: "ultra",
        ..hours("ultra_sundays", "+16015550100", CENTRAL, &[("2026-12-08", "12:00", "20:00")], &["2026-12-06"])
    },
    Hours {
        pack: "ultra",
        ..hours(
            "ultra_holidays",
            "+12155550100",
            EAST,
            &[("2026-12-08", "12:00", "20:00")],
            &["2026-11-26", "2026-10-12"],
        )
    },
    Hours {
        pack: "us_federal_0",
        ..hours(
            "us_federal_0_hours",
            "+13055550100",
            EAST,
            &[("2026-12-08", "08:00", "21:00"), ("2026-12-06", "08:00", "21:00")],
            &[],
        )
    },
];

#[test]
fn each_row_opens_and_closes_to_the_second_and_keeps_its_closed_days() {
    for case in HOURS {
        let ask = Ask { to: case.to, pack: case.pack, purpose: case.purpose, ..ASK };
        for (day, opens, closes) in case.open {
            let at = |time: &str| local(case.zone, &format!("{day}T{time}"));
            let (opens, closes) = (at(opens), at(closes));
            for (instant, open) in [
                (opens - 1000, false),
                (opens - 1, false),
                (opens, true),
                (closes - 1000, true),
                (closes - 1, true),
                (closes, false),
            ] {
                let decision = ask.at(instant);
                let said = (decision.verdict == Verdict::Send, decision.code.as_str());
                let want = if open { (true, "clear") } else { (false, "quiet_hours") };
                assert_eq!(said, want, "{} {day} {}: {decision:?}", case.row, instant - opens);
                assert_eq!(
                    decision.pack.rsplit_once('_').map(|(name, _)| name),
                    Some(if case.pack == "us_federal_0" { "us_federal" } else { case.pack })
                );
                if open {
                    assert_eq!(decision.valid_until, Some(closes), "{} {day}", case.row);
                }
            }
            assert_eq!(ask.at(opens - 1000).verdict, Verdict::Hold { until: opens }, "{} {day}", case.row);
        }
        for day in case.closed {
            for hour in ["00:00", "09:59", "12:00", "17:00", "23:59"] {
                let decision = ask.at(local(case.zone, &format!("{day}T{hour}")));
                let Verdict::Hold { until } = decision.verdict else {
                    panic!("{} {day} {hour}: {decision:?}", case.row)
                };
                assert!(until > local(case.zone, &format!("{day}T23:59")), "{} {day} {hour}", case.row);
                assert_eq!(ask.at(until).verdict, Verdict::Send, "{} {day} {hour}", case.row);
            }
        }
    }
}

/// Without its row, a place whose row is stricter than the others would be
/// open at that hour: the row itself is what closes it.
#[test]
fn each_row_is_named_where_it_is_what_holds() {
    for (row, to, instant) in [
        ("us_al_hours", "+12055550100", local(CENTRAL, "2026-12-06T12:00")),
        ("us_ct_hours", "+12035550100", local(EAST, "2026-12-08T08:30")),
        ("us_fl_hours", "+13055550100", local(EAST, "2026-12-08T20:30")),
        ("us_ky_hours", "+15025550100", local(EAST, "2026-12-08T09:30")),
        ("us_tx_hours", "+12145550100", local(CENTRAL, "2026-12-06T11:59")),
        ("us_ri_hours", "+14015550100", local(EAST, "2026-08-10T12:00")),
        ("fr_hours", "+33612345678", local("Europe/Paris", "2026-07-14T12:00")),
    ] {
        let decision = Ask { to, ..ASK }.at(instant);
        let named: Vec<_> =
            decision.findings.iter().filter(|found| matches!(found.verdict, Verdict::Hold { .. })).collect();
        assert_eq!(named.len(), 1, "{row}: {decision:?}");
        assert_eq!(named[0].rule, row);
        assert!(named[0].version.as_deref().is_some_and(|version| version.ends_with("_1")));
    }
}

#[test]
fn mississippi_and_texas_also_keep_central_time() {
    // El Paso: the mountain clock shows 20:00 when Central shows 21:00.
    let ask = Ask { to: "+19155550100", ..ASK };
    assert_eq!(ask.at(local(MOUNTAIN, "2026-12-08T19:59:59")).verdict.word(), "send");
    assert_eq!(ask.at(local(MOUNTAIN, "2026-12-08T20:00:00")).verdict.word(), "hold");
    assert_eq!(ask.at(local(MOUNTAIN, "2026-12-08T08:59:59")).verdict.word(), "hold");
    assert_eq!(ask.at(local(MOUNTAIN, "2026-12-08T09:00:00")).verdict.word(), "send");
}

const CAPS: &[(&str, &str)] = &[
    ("us_fl_cap", "+13055550100"),
    ("us_md_cap", "+14105550100"),
    ("us_nj_cap", "+19735550100"),
    ("us_ok_cap", "+14055550100"),
    ("us_or_cap", "+15035550100"),
];

#[test]
fn a_cap_holds_the_fourth_text_until_the_first_is_a_day_old() {
    const HOUR: i64 = 3_600_000;
    let now = 1_796_756_400_000; // Tuesday, 2026-12-08 19:00 UTC: open on the whole continent.
    for (row, to) in CAPS {
        let three = [now - HOUR, now - 23 * HOUR, now - 2 * HOUR];
        let ask = Ask { to, ..ASK };
        let held = Ask { sent: &three, ..ask }.at(now);
        assert_eq!((held.verdict, held.code.as_str()), (Verdict::Hold { until: now + HOUR }, "frequency_cap"), "{row}");
        assert_eq!(
            held.findings
                .iter()
                .filter(|found| found.code == "frequency_cap")
                .map(|found| found.rule.as_str())
                .collect::<Vec<_>>(),
            [*row]
        );
        assert_eq!(
            Ask { sent: &three, ..ask }.at(now + HOUR).verdict,
            Verdict::Send,
            "{row}: a day later it is open again"
        );
        assert_eq!(Ask { sent: &three, ..ask }.at(now + HOUR - 1).verdict.word(), "hold", "{row}");
        assert_eq!(Ask { sent: &three[..2], ..ask }.at(now).verdict, Verdict::Send, "{row}: two are no three");
        let order = Ask { sent: &three, purpose: Purpose::Transactional, ..ask }.at(now);
        assert_eq!(order.verdict, Verdict::Send, "{row}: order texts are not counted");
    }
    let many = [now - 1; 40];
    assert_eq!(Ask { sent: &many, ..ASK }.at(now).verdict, Verdict::Send, "Colorado has no cap");
    // A cap that reopens at night holds until morning.
    let evening = local(EAST, "2026-12-08T19:00");
    let three = [evening - 20 * HOUR; 3];
    let held = Ask { to: "+13055550100", sent: &three, ..ASK }.at(evening);
    assert_eq!(held.verdict, Verdict::Hold { until: local(EAST, "2026-12-09T08:00") });
}

const CONSENTS: &[(&str, &str, ConsentKind)] = &[
    ("us_federal_consent", "+13035550100", ConsentKind::Written),
    ("us_ct_consent", "+12035550100", ConsentKind::Written),
    ("us_fl_consent", "+13055550100", ConsentKind::Written),
    ("us_ok_consent", "+14055550100", ConsentKind::Written),
    ("us_wa_consent", "+12065550100", ConsentKind::Written),
    ("ca_consent", "+14165550100", ConsentKind::Express),
    ("uk_consent", "+447400123456", ConsentKind::Express),
    ("eu_consent", "+33612345678", ConsentKind::Express),
    ("au_consent", "+61255501234", ConsentKind::Express),
];

#[test]
fn each_consent_row_asks_for_its_kind() {
    for (row, to, needed) in CONSENTS {
        let now = if to.starts_with("+61") {
            local("Australia/Sydney", "2026-12-08T12:00")
        } else {
            local(EAST, "2026-12-08T14:00")
        };
        for consent in [None, Some(ConsentKind::Inbound), Some(ConsentKind::Express), Some(ConsentKind::Written)] {
            let decision = Ask { to, consent, ..ASK }.at(now);
            let want = match consent {
                None => "consent_missing",
                Some(kind) if kind < *needed => "consent_too_weak",
                Some(_) => "clear",
            };
            assert_eq!(decision.code, want, "{row} {consent:?}: {decision:?}");
        }
        // The row itself, alone, asks for it too.
        let all = RulePack::find("default").map(RulePack::rows).unwrap_or_default();
        assert!(all.iter().any(|known| known.id == *row), "{row}");
    }
}

const REVOKE_ALL: &str = "us_federal_revoke_all";

#[test]
fn from_2027_01_31_one_topic_counts_for_all() {
    let opt_outs = [OptOut { scope: "marketing", at: 0 }];
    let ask = Ask { purpose: Purpose::Transactional, opt_outs: &opt_outs, body: "Your order left.", ..ASK };
    let switch = 1_801_353_600_000; // 2027-01-31T00:00:00Z
    let before = ask.at(switch - 1);
    assert!(before.findings.iter().any(|found| found.code == "other_topic"), "{before:?}");
    assert_ne!(before.verdict, Verdict::Refuse);
    let after = ask.at(switch);
    assert_eq!((after.verdict, after.code.as_str()), (Verdict::Refuse, "revoke_all"));
    assert!(
        after.findings.iter().any(|found| found.rule == REVOKE_ALL && found.version.as_deref() == Some("us_federal_1"))
    );
    // Marketing was over long before.
    assert_eq!(Ask { purpose: Purpose::Marketing, ..ask }.at(switch - 86_400_000).code, "opted_out_topic");
}

struct Said {
    row: &'static str,
    purpose: Purpose,
    code: &'static str,
    refuses: bool,
    hits: &'static [&'static str],
    misses: &'static [&'static str],
}

const fn said(
    row: &'static str,
    code: &'static str,
    refuses: bool,
    hits: &'static [&'static str],
    misses: &'static [&'static str],
) -> Said {
    Said { row, purpose: Purpose::Marketing, code, refuses, hits, misses }
}

const CONTENT: &[Said] = &[
    said(
        "content_link_shortener",
        "link_shortener",
        true,
        &["Sale: https://bit.ly/3x STOP to end", "see TinyURL.com/abc", "go to x.app.link/y"],
        &["see habit.ly/x", "https://shop.example/bit.ly"],
    ),
    Said {
        purpose: Purpose::Transactional,
        ..said(
            "content_link_shortener_service",
            "link_shortener",
            false,
            &["Track it: bit.ly/3x"],
            &["Track it: shop.example/3x"],
        )
    },
    said(
        "content_many_links",
        "many_links",
        false,
        &["a.example/1 and b.example/2"],
        &["a.example/1 only. STOP to end"],
    ),
    said(
        "content_stop_only_way",
        "stop_only_way",
        true,
        &[
            "Replying STOP is the only way to opt out",
            "You can only unsubscribe by STOP",
            "Texting \"STOP\" is the only way",
        ],
        &["The only way is up. Reply STOP to end", "Reply STOP to end, or write to us"],
    ),
    said(
        "content_digit_opt_out",
        "opt_out_by_digit",
        false,
        &["Sale! Reply 2 to unsubscribe"],
        &["Reply 2 to confirm, STOP to end"],
    ),
    said(
        "content_shaft_cannabis",
        "shaft_cannabis",
        true,
        &["Fresh CBD gummies", "Delta-8 is back"],
        &["Rope and hemp-free"],
    ),
    said("content_shaft_tobacco", "shaft_tobacco", true, &["New vapes", "Cigarette holders"], &["cigarless"]),
    said(
        "content_shaft_firearms",
        "shaft_firearms",
        true,
        &["Ammo in stock", "Handguns 10 off"],
        &["camouflage trousers"],
    ),
    said("content_shaft_adult", "shaft_adult", true, &["Sex toys in one day"], &["Sextant, brass"]),
    said(
        "content_shaft_alcohol",
        "age_gate_missing",
        true,
        &["Bourbon is back", "Join our wine club"],
        &["Wine red scarves", "Ginger tea"],
    ),
    said("content_gambling", "restricted_gambling", true, &["Free spins tonight at the casino"], &["casinette chairs"]),
    said("content_debt", "restricted_finance", true, &["Payday loans in minutes"], &["Payday pastries"]),
    Said {
        purpose: Purpose::Transactional,
        ..said(
            "content_marketing_words",
            "marketing_words",
            false,
            &["Shipped! 20% off your next order", "Order 5 left. Use promo code A1", "Flash sale"],
            &["Your parcel is held at customs clearance", "Driver just dropped off your parcel", "Refund of 20 sent"],
        )
    },
    Said {
        purpose: Purpose::Conversational,
        ..said(
            "content_marketing_words",
            "marketing_words",
            false,
            &["Hi Ava! Use promo code A1 until Friday"],
            &["Hi Ava! Shall we hold the parcel for you?"],
        )
    },
    said(
        "content_opt_out_wording",
        "opt_out_wording_due",
        false,
        &["New boots"],
        &["New boots. Reply STOP to cancel", "Text UNSUBSCRIBE to leave", "Nouveau! ARRÊT pour finir"],
    ),
    said(
        "content_sender",
        "sender_not_named",
        false,
        &["New boots. STOP to end"],
        &["ACME: boots. STOP to end", "A.C.M.E. boots. STOP to end"],
    ),
];

#[test]
fn each_content_row_finds_what_it_looks_for_and_says_what_to_do() {
    let now = local(MOUNTAIN, "2026-12-08T12:00");
    for case in CONTENT {
        let ask = Ask { purpose: case.purpose, brand: Some("Acme"), ..ASK };
        for (bodies, hit) in [(case.hits, true), (case.misses, false)] {
            for body in bodies {
                let decision = Ask { body, ..ask }.at(now);
                let found = decision.findings.iter().find(|found| found.rule == case.row);
                assert_eq!(found.map(|found| found.code.as_str()), hit.then_some(case.code), "{}: {body}", case.row);
                if let Some(found) = found {
                    assert_eq!(found.verdict == Verdict::Refuse, case.refuses, "{}: {body}", case.row);
                    assert!(found.fix.as_deref().is_some_and(|fix| fix.len() > 10) && found.version.is_some());
                    assert_eq!(decision.verdict == Verdict::Refuse, case.refuses, "{}: {body} {decision:?}", case.row);
                }
            }
        }
    }
    let gated = Ask { body: "Bourbon is back. STOP to end", age_gated: true, ..ASK }.at(now);
    assert_eq!(gated.verdict, Verdict::Send, "an age gate lets alcohol pass");
    let lately = [now - 86_400_000];
    let reminded = Ask { body: "New boots", sent: &lately, ..ASK }.at(now);
    assert!(!reminded.findings.iter().any(|found| found.code == "opt_out_wording_due"));
}

#[test]
fn an_offer_in_an_order_text_makes_it_marketing_where_the_shop_says_so() {
    let now = local(MOUNTAIN, "2026-12-08T12:00");
    let ask = Ask { purpose: Purpose::Transactional, body: "Shipped! 20% off your next order", consent: None, ..ASK };
    let flagged = ask.at(now);
    assert_eq!((flagged.verdict, flagged.basis.purpose.as_str()), (Verdict::Send, "transactional"));
    let sells = Ask { reclassify: Reclassify::OrderTexts, ..ask }.at(now);
    assert_eq!((sells.code.as_str(), sells.basis.purpose.as_str()), ("consent_missing", "marketing"));
    let agreed = Ask { reclassify: Reclassify::OrderTexts, consent: Some(ConsentKind::Written), ..ask }.at(now);
    assert_eq!(agreed.verdict, Verdict::Send);
}

#[test]
fn every_file_is_read_whole_and_every_row_has_a_case() {
    let mut cases: BTreeSet<&str> = HOURS.iter().map(|case| case.row).collect();
    cases.extend(CAPS.iter().map(|(row, _)| *row));
    cases.extend(CONSENTS.iter().map(|(row, ..)| *row));
    cases.extend(CONTENT.iter().map(|case| case.row));
    cases.insert(REVOKE_ALL);
    let mut rows = BTreeSet::new();
    for (name, file) in FILES {
        let read = RulePack::read(name, file);
        assert!(read.is_ok(), "{name}: {read:?}");
        for row in read.iter().flat_map(RulePack::rows) {
            assert_eq!(row.version, *name);
            assert!(!row.law.is_empty() && !row.source.is_empty(), "{}", row.id);
            rows.insert(row.id.clone());
        }
        assert_eq!(read.map(|pack| pack.rows().len()), Ok(file.lines().filter(|line| line.starts_with('[')).count()));
    }
    let rows: BTreeSet<&str> = rows.iter().map(String::as_str).collect();
    assert_eq!(rows, cases);
    for (id, files) in PACKS {
        let count: usize = FILES
            .iter()
            .filter(|(name, _)| files.contains(name))
            .map(|(_, file)| file.lines().filter(|line| line.starts_with('[')).count())
            .sum();
        assert_eq!(RulePack::find(id).map(|pack| pack.rows().len()), Some(count), "{id}");
    }
    assert_eq!(RulePack::find("ultra").map(|pack| pack.id.as_str()), Some("ultra_2"));
    assert_eq!(RulePack::find("us_federal").map(|pack| pack.id.as_str()), Some("us_federal_0"));
    assert_eq!(RulePack::find(""), None);
}

#[test]
fn every_source_is_on_the_page_of_sources() {
    let page = include_str!("../../../../docs/rules/sources.md");
    let keys: BTreeSet<&str> = page
        .lines()
        .filter_map(|line| line.strip_prefix("| ")?.split_once(" | "))
        .flat_map(|(keys, _)| keys.split(", "))
        .collect();
    for (name, file) in FILES {
        for row in RulePack::read(name, file).iter().flat_map(RulePack::rows) {
            let named = row.source.split(':').next().unwrap_or_default();
            for key in named.split(',').map(str::trim) {
                assert!(keys.contains(key), "{}: {key} is not in docs/rules/sources.md", row.id);
            }
        }
    }
}

/// A file that a decision has named must never change: a new reading is a new
/// file. Whoever changes one on purpose, before it was ever released, renews its
/// number here.
#[test]
fn a_released_file_of_rows_stays_as_it_is() {
    let seal = |text: &str| {
        text.lines()
            .filter(|line| !line.starts_with('#'))
            .flat_map(str::bytes)
            .fold(0xcbf2_9ce4_8422_2325_u64, |hash, byte| (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3))
    };
    let seals: Vec<(&str, String)> = FILES.iter().map(|(name, file)| (*name, format!("{:016x}", seal(file)))).collect();
    assert_eq!(seals, SEALS.iter().map(|(name, seal)| (*name, (*seal).to_owned())).collect::<Vec<_>>());
}

const SEALS: &[(&str, &str)] = &[
    ("us_federal_0", "0b37f74dac99ee2b"),
    ("us_federal_1", "59f4c85d85eeeda8"),
    ("us_states_1", "28cd29b091190480"),
    ("ca_1", "1ec40e4ffb3cd0d5"),
    ("uk_1", "6ffbd936c4f20c76"),
    ("eu_1", "5f8444d0127b554e"),
    ("au_1", "cbcd299e9313eb1b"),
    ("strict_us_1", "98ce567578448458"),
    ("ultra_1", "6a30c698a258ece3"),
    ("content_1", "dcc815ed683460bc"),
    ("content_2", "71ace065b14276a0"),
];
