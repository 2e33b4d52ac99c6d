//! Files from another tool: who opted out there, who agreed to what.

use crate::on_both;
use domain::consent::{Action, Permits, Proof, Status};
use domain::id::ImportId;
use domain::import::Told;
use domain::message::{Purpose, State};
use engine::ConsentsOf;
use engine::audit::Actor;
use engine::import::{Counts, ImportError, ImportRow, NewImport, Phase};
use std::fmt::Write as _;
use std::sync::Arc;
use std::sync::atomic::AtomicI64;
use store::Faults;
use testkit::world::World;

const AVA: &str = "+12125550101";
const BEN: &str = "+12125550102";
const CAM: &str = "+12125550103";
const WORDS: &str = "I agree to get marketing texts from Fern. Consent is not a condition of purchase.";

async fn begin(world: &World, told: Told, file: &str) -> Result<ImportRow, ImportError> {
    let new = NewImport { told, content: file.as_bytes().to_vec(), country: "US".to_owned() };
    world.engine.import_begin(world.ws, Actor::Cli, new).await
}

async fn read(world: &World, told: Told, file: &str) -> (ImportId, Counts) {
    let begun = begin(world, told, file).await.unwrap();
    let (row, phase) = world.engine.import_read(world.ws, begun.id, |_| {}).await.unwrap();
    assert_eq!((phase, row.counts.rows), (Phase::Done, row.rows));
    (row.id, row.counts)
}

async fn faults(world: &World, id: ImportId) -> Vec<(i64, String, bool)> {
    let rows = world.engine.import_faults(world.ws, id, None, 100).await.unwrap().unwrap();
    rows.into_iter().map(|row| (row.line, row.code, row.refused)).collect()
}

async fn entries(world: &World) -> usize {
    world.engine.consent_page(world.ws, ConsentsOf::Everybody, None, 10_000).await.unwrap().0.len()
}

async fn status(world: &World, number: &str, permits: Permits) -> Option<(Status, Proof)> {
    let (rows, _) = world.engine.consent_standing(world.ws, number.to_owned()).await.unwrap();
    rows.into_iter().find(|row| row.permits == permits).map(|row| (row.standing.status, row.standing.proof))
}

/// The ledger, what stands and who is suppressed fit each other, and the chain holds.
async fn sound(world: &World) {
    assert_eq!(world.engine.evidence_verify(world.ws, Vec::new(), &[]).await.unwrap().problems, []);
}

/// How long something takes, for people to read.
struct Stopwatch(std::time::Instant);

impl Stopwatch {
    #[expect(clippy::disallowed_methods, reason = "a measurement decides nothing")]
    fn start() -> Self {
        Self(std::time::Instant::now())
    }

    fn ms(&self) -> u128 {
        self.0.elapsed().as_millis()
    }
}

fn numbers(count: usize) -> String {
    let mut file = "phone\n".to_owned();
    for n in 0..count {
        let _ = writeln!(file, "+1212{:07}", 5_550_000 + n);
    }
    file
}

on_both! {
    async fn who_opted_out_before_is_opted_out_and_what_waits_is_refused(world) {
        world.types(AVA, "hello").await;
        world.agrees(AVA).await;
        world.clock.advance(60_000);
        let waits = world.sends(AVA, "your parcel left", Purpose::Transactional).await.unwrap();
        let file = format!("Phone Number,Unsubscribed At,Reason\n{AVA},,STOP\nnobody,,\n{BEN},soon,\n");
        let (id, counts) = read(&world, Told::OptOuts, &file).await;
        assert_eq!(counts, Counts { rows: 3, added: 2, refused: 1, ..Counts::default() });
        assert_eq!(faults(&world, id).await, [
            (3, "not_a_number".to_owned(), true), (4, "date_unreadable".to_owned(), false),
        ]);
        world.settle().await;
        let row = world.message(waits.message.id).await;
        assert_eq!((row.state, row.reason_code.as_deref()), (State::Refused, Some("opted_out")));
        for number in [AVA, BEN] {
            assert_eq!(status(&world, number, Permits::All).await.map(|(status, _)| status), Some(Status::Revoked));
            let sent = world.sends(number, "your parcel left", Purpose::Transactional).await.unwrap();
            assert_eq!(sent.message.state, State::Refused);
        }
        let (rows, _) = world.engine.consent_page(world.ws, ConsentsOf::Address(AVA.to_owned()), None, 1).await.unwrap();
        let evidence: serde_json::Value = serde_json::from_str(&rows[0].evidence).unwrap();
        assert_eq!((evidence["line"].as_i64(), evidence["reason"].as_str()), (Some(2), Some("STOP")));
        assert_eq!(rows[0].actor_kind, "cli");
        sound(&world).await;
    }

    async fn the_same_file_again_adds_nothing_and_opts_nobody_out_who_came_back(world) {
        let file = format!("phone,date\n{AVA},\n{BEN},2020-01-01T00:00:00Z\n{AVA},\n");
        let (_, first) = read(&world, Told::OptOuts, &file).await;
        assert_eq!((first.added, first.already), (2, 1));
        let before = entries(&world).await;
        world.clock.advance(60_000);
        let (_, again) = read(&world, Told::OptOuts, &file).await;
        assert_eq!((again.added, again.already, entries(&world).await), (0, 3, before));
        world.types(AVA, "START").await;
        world.clock.advance(60_000);
        // A row without a date is of when its file first came, however often it comes.
        let (_, late) = read(&world, Told::OptOuts, &file).await;
        assert_eq!((late.added, late.already, late.overtaken), (0, 1, 2));
        let sent = world.sends(AVA, "your parcel left", Purpose::Transactional).await.unwrap();
        assert_eq!(sent.message.state, State::Queued);
        sound(&world).await;
    }

    async fn a_scope_is_kept_and_a_subscriber_is_no_opt_out(world) {
        world.types(AVA, "hello").await;
        world.agrees(AVA).await;
        world.agrees(CAM).await;
        world.clock.advance(60_000);
        let file = format!("phone,status,scope\n{AVA},unsubscribed,marketing\n{BEN},subscribed,\n{CAM},perhaps,\n");
        let (id, counts) = read(&world, Told::OptOuts, &file).await;
        assert_eq!(counts, Counts { rows: 3, added: 1, other: 1, refused: 1, ..Counts::default() });
        assert_eq!(faults(&world, id).await, [(4, "status_unknown".to_owned(), true)]);
        let sale = world.sends(AVA, "Sale!", Purpose::Marketing).await.unwrap();
        assert_eq!(sale.message.state, State::Refused);
        let parcel = world.sends(AVA, "your parcel left", Purpose::Transactional).await.unwrap();
        assert_eq!(parcel.message.state, State::Queued);
        let sale = world.sends(CAM, "Sale!", Purpose::Marketing).await.unwrap();
        assert_eq!(sale.message.state, State::Queued);
        sound(&world).await;
    }

    async fn an_agreement_without_proof_permits_nothing_until_confirmed(world) {
        let file = format!(
            "phone,opt-in date,opt-in source,disclosure\n{AVA},2020-01-01T00:00:00Z,checkout,{WORDS}\n\
             {BEN},2020-01-01T00:00:00Z,checkout,\n{CAM},2020-01-01T00:00:00Z,checkout,{WORDS}\n"
        );
        world.types(CAM, "STOP").await;
        world.clock.advance(60_000);
        let (_, counts) = read(&world, Told::Consents, &file).await;
        assert_eq!(counts, Counts { rows: 3, added: 2, overtaken: 1, unproven: 1, ..Counts::default() });
        assert_eq!(status(&world, AVA, Permits::Marketing).await, Some((Status::Granted, Proof::Written)));
        assert_eq!(status(&world, BEN, Permits::Marketing).await, Some((Status::Unproven, Proof::Unproven)));
        let states = [AVA, BEN, CAM].map(|number| world.sends(number, "Sale!", Purpose::Marketing));
        let mut came = Vec::new();
        for sent in states {
            came.push(sent.await.unwrap().message.state);
        }
        assert_eq!(came, [State::Queued, State::Refused, State::Refused]);
        let before = entries(&world).await;
        let (_, again) = read(&world, Told::Consents, &file).await;
        assert_eq!((again.added, again.already, again.overtaken, entries(&world).await), (0, 2, 1, before));
        world.clock.advance(60_000);
        let yes = engine::consent::NewConsent { action: Action::Confirm, ..testkit::world::agreement(BEN, None) };
        world.engine.consent_record(world.ws, Actor::System, yes).await.unwrap();
        let sale = world.sends(BEN, "Sale!", Purpose::Marketing).await.unwrap();
        assert_eq!(sale.message.state, State::Queued);
        sound(&world).await;
    }

    async fn a_feed_of_numbers_ends_what_was_permitted(world) {
        world.agrees(AVA).await;
        world.types(BEN, "hello").await;
        world.clock.advance(60_000);
        let file = format!("{AVA}\n{BEN}\n");
        let (_, counts) = read(&world, Told::NumberEvents, &file).await;
        assert_eq!(counts, Counts { rows: 2, added: 2, ..Counts::default() });
        assert_eq!(status(&world, AVA, Permits::Marketing).await.map(|(status, _)| status), Some(Status::Expired));
        let (_, again) = read(&world, Told::NumberEvents, &file).await;
        assert_eq!((again.added, again.already), (0, 2));
        sound(&world).await;
    }

    async fn wherever_the_process_dies_the_rest_is_read_once(world) {
        let mut world = world;
        let file = format!("{}nobody\n", numbers(700));
        for crash_at in [2, 9, 17, 25, 31, 38] {
            // A file of its own for each death.
            let file = file.replace("+1212", &format!("+1{}", 300 + crash_at));
            let begun = begin(&world, Told::OptOuts, &file).await.unwrap();
            world = world.reborn(Faults { crash_at: Some(Arc::new(AtomicI64::new(crash_at))), ..Faults::default() }).await;
            let died = world.engine.import_take_up(world.ws).await;
            world = world.reborn(Faults { run_twice: true, ..Faults::default() }).await;
            if died.is_err() {
                // Nobody takes it up while the dead process may still be at it.
                let phase = world.engine.import_get(world.ws, begun.id).await.unwrap().unwrap().1;
                assert_eq!(phase, Phase::Reading, "{crash_at}");
                world.clock.advance(60_000);
                world.engine.jobs_round(world.ws).await.unwrap();
            }
            let (row, phase) = world.engine.import_get(world.ws, begun.id).await.unwrap().unwrap();
            assert_eq!(phase, Phase::Done, "{crash_at}");
            assert_eq!(row.counts, Counts { rows: 701, added: 700, refused: 1, ..Counts::default() }, "{crash_at}");
            assert_eq!(faults(&world, begun.id).await, [(702, "not_a_number".to_owned(), true)]);
        }
        assert_eq!(entries(&world).await, 6 * 700);
        sound(&world).await;
    }

    /// As many as `HARK_IMPORT_ROWS` says, to see how long they take.
    async fn a_long_file_goes_in_piece_by_piece(world) {
        let rows = std::env::var("HARK_IMPORT_ROWS").ok().and_then(|rows| rows.parse().ok()).unwrap_or(2_000);
        let begun = Stopwatch::start();
        let (_, counts) = read(&world, Told::OptOuts, &numbers(rows)).await;
        eprintln!("{rows} opt-outs in {} ms", begun.ms());
        assert_eq!(counts.added, i64::try_from(rows).unwrap());
        let begun = Stopwatch::start();
        let (_, counts) = read(&world, Told::OptOuts, &numbers(rows)).await;
        eprintln!("the same again in {} ms", begun.ms());
        assert_eq!(counts.already, i64::try_from(rows).unwrap());
        let agreements: String = (0..rows)
            .map(|n| format!("+1646{:07},2020-01-01T00:00:00Z,checkout,{WORDS}\n", 5_550_000 + n))
            .collect();
        let begun = Stopwatch::start();
        let (_, counts) = read(&world, Told::Consents, &format!("phone,date,method,disclosure\n{agreements}")).await;
        eprintln!("{rows} agreements in {} ms", begun.ms());
        assert_eq!((counts.added, counts.unproven), (i64::try_from(rows).unwrap(), 0));
    }

    async fn one_file_is_read_at_a_time_and_a_stranger_file_is_refused_with_a_code(world) {
        let begun = begin(&world, Told::OptOuts, &numbers(3)).await.unwrap();
        assert!(matches!(begin(&world, Told::OptOuts, &numbers(4)).await, Err(ImportError::Busy)));
        assert_eq!(begin(&world, Told::OptOuts, &numbers(3)).await.unwrap().id, begun.id);
        world.engine.import_read(world.ws, begun.id, |_| {}).await.unwrap();
        assert!(matches!(begin(&world, Told::OptOuts, "email\na@fern.example\n").await, Err(ImportError::NoNumbers)));
        let abroad = NewImport { told: Told::OptOuts, content: numbers(1).into_bytes(), country: "XX".to_owned() };
        let refused = world.engine.import_begin(world.ws, Actor::Cli, abroad).await;
        assert!(matches!(refused, Err(ImportError::UnknownCountry)));
        let uk = NewImport { told: Told::OptOuts, content: b"phone\n020 7946 0958\n".to_vec(), country: "gb".to_owned() };
        let row = world.engine.import_begin(world.ws, Actor::Cli, uk).await.unwrap();
        world.engine.import_read(world.ws, row.id, |_| {}).await.unwrap();
        assert!(status(&world, "+442079460958", Permits::All).await.is_some());
    }

    async fn the_first_steps_ask_for_opt_outs_until_they_are_there_or_there_are_none(world) {
        let asked = || async {
            let steps = world.engine.onboarding(world.ws).await.unwrap();
            !steps.iter().find(|step| step.key == "opt_outs").unwrap().done
        };
        assert!(asked().await);
        world.engine.opt_outs_none_set(world.ws, Actor::Cli, true).await.unwrap();
        assert!(!asked().await);
        world.engine.opt_outs_none_set(world.ws, Actor::Cli, false).await.unwrap();
        assert!(asked().await);
        let agreements = format!("phone,date\n{AVA},\n");
        read(&world, Told::Consents, &agreements).await;
        assert!(asked().await, "agreements are no opt-outs");
        read(&world, Told::OptOuts, &numbers(1)).await;
        assert!(!asked().await);
    }
}
