//! A customer says STOP.

use crate::on_both;
use channels::simulator::Faults;
use domain::message::{Kind, Origin, Purpose, State};
use store::conversation::View;

const AVA: &str = "+12125550101";

on_both! {
    async fn stop_while_a_thousand_wait_lets_exactly_one_confirmation_leave(world) {
        world.types(AVA, "hello").await;
        for n in 0..1_000 {
            let sent = world.sends(AVA, &format!("update {n}"), Purpose::Transactional).await.unwrap();
            assert_eq!(sent.message.state, State::Queued);
        }
        world.types(AVA, "STOP").await;
        world.settle().await;
        let confirmation = domain::answers::Voice::plain("Fern").opt_out(domain::keyword::Scope::All, None);
        assert_eq!(world.phone(AVA).await, std::slice::from_ref(&confirmation));
        // START lets later texts pass; what was refused stays refused.
        world.clock.advance(60_000);
        world.types(AVA, "START").await;
        world.settle().await;
        let after = world.sends(AVA, "your parcel left", Purpose::Transactional).await.unwrap();
        assert_eq!(after.message.state, State::Queued);
        world.settle().await;
        let phone = world.phone(AVA).await;
        assert_eq!(phone, [confirmation, domain::answers::Voice::plain("Fern").opt_in(), "your parcel left".to_owned()]);
        let thread = world.thread(world.list(View::All).await[0].id).await;
        let refused = thread.iter().filter(|row| row.state == State::Refused);
        assert_eq!(refused.clone().count(), 1_000);
        assert!(refused.clone().all(|row| row.reason_code.as_deref() == Some("opted_out")));
        // Each can be explained afterwards.
        let id = refused.clone().next().unwrap().id;
        let verdicts = world.engine.store().workspace(world.ws).read(move |tx| store::decision::of_message(tx, id)).await.unwrap();
        assert!(verdicts.last().unwrap().record.contains("They opted out while it waited."), "{verdicts:?}");
    }

    async fn a_second_stop_is_not_confirmed_again(world) {
        world.types(AVA, "STOP").await;
        world.types(AVA, "stop!!").await;
        world.settle().await;
        assert_eq!(world.phone(AVA).await.len(), 1);
    }

    async fn an_opt_out_is_confirmed_by_the_carrier_or_by_us_but_never_by_both(world) {
        world.engine.simulator_faults_set(world.account, Faults { carrier_opt_out: true, ..Faults::none() });
        for (phone, words, theirs) in [
            (AVA, "STOP", true),
            ("+12125550102", "please stop texting me", false),
            ("+12125550103", "STOP PLEASE", false),
        ] {
            world.types(phone, words).await;
            world.settle().await;
            let got = world.phone(phone).await;
            assert_eq!(got.len(), 1, "{words}: {got:?}");
            assert_eq!(got[0] != domain::answers::Voice::plain("Fern").opt_out(domain::keyword::Scope::All, None), theirs, "{words}: {got:?}");
            let refused = world.sends(phone, "Sale!", Purpose::Transactional).await.unwrap();
            assert_eq!(refused.message.state, State::Refused, "{words}");
        }
    }

    async fn after_stop_nothing_is_accepted_but_a_persons_answer_to_a_new_text(world) {
        world.types(AVA, "hello").await;
        let id = world.list(View::Open).await[0].id;
        world.clock.advance(1_000);
        world.types(AVA, "STOP").await;
        world.settle().await;
        let refused = world.answers(id, "sorry to see you go").await.unwrap();
        assert_eq!((refused.message.state, refused.message.reason_code.as_deref()), (State::Refused, Some("opted_out")));
        world.clock.advance(1_000);
        world.types(AVA, "where is my refund though?").await;
        let person = world.answers(id, "It left today.").await.unwrap();
        assert_eq!(person.message.state, State::Queued);
        let machine = world.sends(AVA, "Rate us!", Purpose::Transactional).await.unwrap();
        assert_eq!(machine.message.state, State::Refused);
        let marketing = world.sends(AVA, "Sale!", Purpose::Marketing).await.unwrap();
        assert_eq!(marketing.message.state, State::Refused);
    }

    async fn what_was_claimed_before_the_stop_is_marked_in_flight(world) {
        world.types(AVA, "hello").await;
        let sent = world.sends(AVA, "on its way", Purpose::Transactional).await.unwrap();
        let account = world.engine.account_facts(world.ws, world.account).await.unwrap().unwrap();
        let claimed = world.engine.send_claim_one(world.ws, world.account).await.unwrap();
        assert_eq!(claimed.cleared.len(), 1);
        world.types(AVA, "STOP").await;
        world.engine.send_hand_over(world.ws, &account, claimed.cleared).await.unwrap();
        assert!(world.message(sent.message.id).await.in_flight_at_opt_out);
    }

    async fn machines_do_not_talk_to_each_other_without_end(world) {
        for _ in 0..10 {
            world.types(AVA, "HELP").await;
            world.settle().await;
        }
        assert_eq!(world.phone(AVA).await.len(), 2, "two automatic texts an hour");
        let help = world.phone(AVA).await[0].clone();
        let id = world.list(View::All).await[0].id;
        world.answers(id, "A person here.").await.unwrap();
        world.settle().await;
        world.types(AVA, "HELP").await;
        world.settle().await;
        assert_eq!(world.phone(AVA).await.len(), 4, "a person's text starts the count anew");
        world.clock.advance(3_600_001);
        world.types(AVA, &help).await;
        world.settle().await;
        let answers = world.thread(id).await.into_iter().filter(|row| row.kind == Kind::Outbound && row.state != State::Refused);
        assert_eq!(answers.filter(|row| row.origin == Some(Origin::HelpAnswer)).count(), 3, "our own words are not answered");
    }
}
