//! Whoever changes a row that proves something is found out, and where.

use crate::on_both;
use domain::address::Address;
use domain::consent::{Action, Channel, Method, Permits, Proof};
use domain::message::{Purpose, State};
use engine::audit::Actor;
use engine::consent::{Disclosure, NewConsent};
use engine::evidence::{Fault, SignedHead, Signer, Verification, check_head};
use engine::reply::Author;
use engine::sending::Hand;
use serde_json::json;
use store::{Scope, Sql};
use testkit::world::World;

const AVA: &str = "+12125550101";
const BEA: &str = "+12125550102";

/// A workspace with every kind of sealed row, and its head signed and carried away.
async fn lived(world: &World) -> (Signer, Vec<SignedHead>) {
    let grant = NewConsent {
        address: Address::parse(AVA),
        channel: Channel::Sms,
        permits: Permits::Marketing,
        topic: String::new(),
        action: Action::Grant,
        proof: Proof::Written,
        method: Method::Checkout,
        disclosure: Some(Disclosure { locale: "en-US".to_owned(), text: "Yes to texts from Fern.".to_owned() }),
        evidence: json!({ "order": "1001" }),
        occurred_at: None,
    };
    world.engine.consent_record(world.ws, Actor::Cli, grant).await.unwrap();
    world.clock.advance(10);
    for number in [AVA, BEA] {
        world.types(number, "hello").await;
        world.sends(number, "your parcel left", Purpose::Transactional).await.unwrap();
        world.settle().await;
        world.clock.advance(10);
    }
    world.types(BEA, "STOP").await;
    world.settle().await;
    world.clock.advance(10);
    let signer = Signer::from_seed(&[7; 32]).unwrap();
    let heads = world.engine.heads_sign(&signer).await.unwrap();
    assert_eq!(heads.len(), 1);
    assert!(check_head(&heads[0]));
    (signer, heads)
}

async fn verify(world: &World, heads: &[SignedHead]) -> Verification {
    world.engine.evidence_verify(world.ws, heads.to_vec(), &[]).await.unwrap()
}

async fn tamper(world: &World, sql: &'static Sql) {
    let changed = world.engine.store().server().write(move |tx| tx.exec(sql, &[])).await.unwrap();
    assert!(changed > 0, "{} changed nothing", sql.name);
}

macro_rules! tampering {
    ($($name:ident: $text:literal => $fault:ident of $of:literal;)*) => {
        const TAMPERINGS: &[(&Sql, Fault, &str)] = &[$({
            static $name: Sql = Sql { cold: None, name: stringify!($name), scope: Scope::Server, text: $text };
            (&$name, Fault::$fault, $of)
        }),*];
    };
}

tampering! {
    CONSENT_PROOF: "update consents set proof = 'express' where action = 'grant'" => Altered of "consent";
    CONSENT_ADDRESS: "update consents set address = '+12125550199' where action = 'grant'" => Altered of "consent";
    CONSENT_TIME: "update consents set occurred_at = occurred_at - 1 where action = 'grant'" => Altered of "consent";
    CONSENT_WORDS: "update consents set evidence = '{}' where action = 'revoke'" => Altered of "consent";
    CONSENT_SALT: "update consents set salt = disclosures.sha256 from disclosures" => Altered of "consent";
    CONSENT_GONE: "delete from consents where action = 'revoke'" => Missing of "consent";
    CONSENT_TURNED: "update consents set action = 'resume' where action = 'revoke'" => Altered of "consent";
    DISCLOSURE_TEXT: "update disclosures set text = 'Yes to everything.'" => Altered of "disclosure";
    DISCLOSURE_HASH: "update disclosures set sha256 = consents.salt from consents" => Altered of "disclosure";
    DISCLOSURE_GONE: "delete from disclosures" => Missing of "disclosure";
    DECISION_CODE: "update decisions set code = 'fine'" => Altered of "decision";
    DECISION_RECORD: "update decisions set record = '{}' where no in (select min(no) from decisions)" => Altered of "decision";
    DECISION_GONE: "delete from decisions where no in (select max(no) from decisions)" => Missing of "decision";
    AUDIT_ACTOR: "update audit set actor_kind = 'cli'" => Altered of "audit";
    AUDIT_GONE: "delete from audit" => Missing of "audit";
    ENTRY_GONE: "delete from chain where seq = 2" => Broken of "chain";
    ENTRY_ALTERED: "update chain set at = at + 1 where seq = 3" => Broken of "chain";
    END_CUT_OFF: "delete from chain where seq in (select max(seq) from chain)" => Truncated of "chain";
    HEAD_MOVED: "update chain_heads set seq = seq - 1" => Truncated of "chain";
    OPT_OUT_GONE: "delete from suppressions" => Unfounded of "suppression";
    OPT_OUT_LIFTED: "update suppressions set lifted_at = 1" => Unfounded of "suppression";
    STANDING_TURNED: "update standings set status = 'granted' where status = 'revoked'" => Unfounded of "standing";
    STANDING_GONE: "delete from standings where permits = 'all'" => Unfounded of "standing";
    STANDING_ENDS_FORGOTTEN: "update standings set ended_at = null where ended_at is not null" => Unfounded of "standing";
    STANDING_OF_A_STRANGER: "insert into standings (ws, address, channel, permits, topic, status, proof, since, consent_id)
        select ws, '+12125550199', channel, permits, topic, 'granted', 'written', since, consent_id from standings
        where status = 'granted'" => Unfounded of "standing";
    SIGNATURE_MOVED: "update chain_signatures set at = at + 1" => Forged of "head";
    SIGNATURE_OF_OTHER: "update chain_signatures set hash = (select hash from chain where seq = 1)" => Forged of "head";
}

macro_rules! statements {
    ($($name:ident: $text:literal;)*) => {
        $(static $name: Sql = Sql { cold: None, name: stringify!($name), scope: Scope::Server, text: $text };)*
    };
}

statements! {
    NO_CHAIN: "delete from chain";
    NO_HEAD: "delete from chain_heads";
    NO_SIGNATURE: "delete from chain_signatures";
    BEGAN_LATER: "update schema_migrations set applied_at = 9000000000000";
    BEGAN_EARLIER: "update schema_migrations set applied_at = 1000000000000";
}

on_both! {
    async fn what_nobody_touched_verifies(world) {
        let (signer, heads) = lived(&world).await;
        let found = verify(&world, &heads).await;
        assert_eq!(found.problems, []);
        assert!(found.entries > 5 && found.rows > 8 && found.heads == 2 && found.older == 0, "{found:?}");
        // Signed again only when something came after.
        assert!(world.engine.heads_sign(&signer).await.unwrap().is_empty());
        world.types(AVA, "STOP").await;
        assert_eq!(world.engine.heads_sign(&signer).await.unwrap().len(), 1);
        assert_eq!(verify(&world, &heads).await.problems, []);
    }

    async fn a_hold_and_an_opt_out_in_one_millisecond_are_two_verdicts(world) {
        world.types(AVA, "hello").await;
        let waits = world.sends(AVA, "your parcel left", Purpose::Transactional).await.unwrap().message.id;
        let hand = Hand { author: Author::SYSTEM, name: "Test".to_owned() };
        world.engine.sending_set_workspace(world.ws, hand, true, "drill".to_owned()).await.unwrap();
        world.settle().await;
        assert_eq!(world.message(waits).await.state, State::Held);
        world.types(AVA, "STOP").await;
        assert_eq!(world.message(waits).await.state, State::Refused);
        let kept = world.engine.store().workspace(world.ws).read(move |tx| store::decision::of_message(tx, waits)).await.unwrap();
        let codes: Vec<String> = kept.iter().map(|row| {
            assert_eq!((row.pass, row.at), (store::decision::Pass::Claim, testkit::world::NOON));
            serde_json::from_str::<domain::gate::Decision>(&row.record).unwrap().code
        }).collect();
        assert_eq!(codes, ["sending_stopped", "opted_out"]);
        assert_eq!(verify(&world, &[]).await.problems, []);
    }

    async fn a_head_signed_by_somebody_else_is_forged_where_it_is_said_who_may_sign(world) {
        let (signer, heads) = lived(&world).await;
        let named = |keys: Vec<String>| { let world = &world; async move {
            let found = world.engine.evidence_verify(world.ws, Vec::new(), &keys).await.unwrap();
            found.problems.iter().map(|p| (p.fault, p.of)).collect::<Vec<_>>()
        }};
        assert_eq!(named(vec![signer.public_key()]).await, []);
        // It lies in the database alone; nobody carried it away.
        let stranger = Signer::from_seed(&[8; 32]).unwrap();
        assert_eq!(world.engine.heads_sign(&stranger).await.unwrap().len(), 1);
        assert_eq!(named(vec![signer.public_key()]).await, [(Fault::Forged, "head")]);
        assert_eq!(named(vec![signer.public_key(), stranger.public_key()]).await, []);
        assert_eq!(verify(&world, &heads).await.problems, []);
    }

    async fn two_nodes_sign_a_head_once_each(world) {
        let (first, _) = lived(&world).await;
        let second = Signer::from_seed(&[8; 32]).unwrap();
        assert_eq!(world.engine.heads_sign(&second).await.unwrap().len(), 1);
        for _ in 0..3 {
            world.clock.advance(3_600_000);
            assert_eq!(world.engine.heads_sign(&first).await.unwrap(), []);
            assert_eq!(world.engine.heads_sign(&second).await.unwrap(), []);
        }
        assert_eq!(world.engine.heads_signed(world.ws).await.unwrap().len(), 2);
    }

    async fn without_a_chain_only_what_came_before_it_is_older(world) {
        lived(&world).await;
        for sql in [&NO_CHAIN, &NO_HEAD, &NO_SIGNATURE] {
            tamper(&world, sql).await;
        }
        // The database learned to seal after all that was written.
        tamper(&world, &BEGAN_LATER).await;
        let found = verify(&world, &[]).await;
        assert!(found.older > 8 && found.rows == 0, "{found:?}");
        assert!(found.problems.iter().all(|p| p.fault != Fault::Unsealed), "{:?}", found.problems);
        // It knew how to before: somebody took the chain away.
        tamper(&world, &BEGAN_EARLIER).await;
        let found = verify(&world, &[]).await;
        assert_eq!(found.older, 0);
        for kind in ["consent", "disclosure", "audit", "decision"] {
            assert!(found.problems.iter().any(|p| p.fault == Fault::Unsealed && p.of == kind), "{kind}");
        }
    }

    async fn a_row_put_there_by_somebody_else_is_found(world) {
        let (_, heads) = lived(&world).await;
        static COPY: Sql = Sql { cold: None, name: "COPY", scope: Scope::Server, text: "insert into consents
            select ws, message_id, address, customer_id, channel, permits, topic, 'resume', proof, method, disclosure_id,
            message_id, evidence, actor_kind, actor_id, occurred_at, recorded_at, salt from consents where action = 'revoke'" };
        tamper(&world, &COPY).await;
        let found = verify(&world, &heads).await;
        assert_eq!(found.problems.iter().map(|p| (p.fault, p.of)).collect::<Vec<_>>(), [(Fault::Unsealed, "consent")]);
    }

    async fn a_chain_made_anew_does_not_fit_the_heads_carried_away(world) {
        let (_, heads) = lived(&world).await;
        // Everything about the opt-out is removed, and the chain is made as if it had never been.
        static FORGET: Sql = Sql { cold: None, name: "FORGET", scope: Scope::Server, text: "delete from chain_signatures" };
        tamper(&world, &FORGET).await;
        static CUT: Sql = Sql { cold: None, name: "CUT", scope: Scope::Server, text: "delete from chain where seq > 3" };
        tamper(&world, &CUT).await;
        static HEAD: Sql = Sql { cold: None, name: "HEAD", scope: Scope::Server,
            text: "update chain_heads set seq = 3, hash = (select hash from chain where seq = 3)" };
        tamper(&world, &HEAD).await;
        let found = verify(&world, &heads).await;
        assert!(found.problems.iter().any(|p| p.fault == Fault::Rewritten && p.of == "head"), "{:?}", found.problems);
    }

    async fn the_demo_shop_leaves_a_chain_that_verifies(world) {
        let (_, heads) = lived(&world).await;
        world.engine.demo_wish(world.ws, Actor::System, 30, 7, None).await.unwrap();
        world.engine.demo_fill(world.ws, |_| {}).await.unwrap();
        let id = world.list(store::conversation::View::Open).await.iter().find(|row| row.address != AVA && row.address != BEA).unwrap().id;
        world.answers(id, "On its way.").await.unwrap();
        world.settle().await;
        world.engine.demo_remove(world.ws, Actor::System, |_| {}).await.unwrap();
        assert_eq!(verify(&world, &heads).await.problems, []);
    }
}

macro_rules! sealed_tables {
    ($($table:literal)*) => {
        const COPIES: &[&Sql] = &[$({
            static COPY: Sql = Sql { cold: None, name: concat!("COPY ", $table), scope: Scope::Server,
                text: concat!("create table kept_", $table, " as select * from ", $table) };
            &COPY
        }),*];
        const REPAIRS: &[(&Sql, &Sql)] = &[$({
            static CLEAR: Sql = Sql { cold: None, name: concat!("CLEAR ", $table), scope: Scope::Server,
                text: concat!("delete from ", $table) };
            static FILL: Sql = Sql { cold: None, name: concat!("FILL ", $table), scope: Scope::Server,
                text: concat!("insert into ", $table, " select * from kept_", $table) };
            (&CLEAR, &FILL)
        }),*];
    };
}

sealed_tables! {
    "consents" "disclosures" "standings" "suppressions" "decisions" "audit" "chain" "chain_heads" "chain_signatures"
}

on_both! {
    async fn every_tampering_is_found_and_named(world) {
        let (_, heads) = lived(&world).await;
        let server = world.engine.store().server();
        for copy in COPIES {
            server.write(move |tx| tx.exec(copy, &[])).await.unwrap();
        }
        for (sql, fault, of) in TAMPERINGS {
            tamper(&world, sql).await;
            let found = verify(&world, &heads).await;
            let named = found.problems.iter().any(|p| p.fault == *fault && p.of == *of && !p.which.is_empty());
            assert!(named, "{}: {:?}", sql.name, found.problems);
            for (clear, fill) in REPAIRS {
                server.write(move |tx| { tx.exec(clear, &[])?; tx.exec(fill, &[]) }).await.unwrap();
            }
            assert_eq!(verify(&world, &heads).await.problems, [], "repaired after {}", sql.name);
        }
    }
}
