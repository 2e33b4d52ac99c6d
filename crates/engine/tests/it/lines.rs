//! Hand-overs run beside each other: nobody waits behind a slow provider or a campaign.

use crate::look_up::{desk, provider};
use crate::on_both;
use crate::supervise::until;
use channels::channel::InboundText;
use domain::address::Address;
use domain::id::MessageId;
use domain::message::{Origin, Purpose, State};
use engine::accounts::InboxChange;
use engine::idempotency::Keep;
use engine::reply::{Author, Destination, NewText};
use store::conversation::View;
use testkit::world::World;

const AVA: &str = "+12125550101";
const BEA: &str = "+12125550102";

async fn stands(world: &World, id: MessageId, wanted: &[State]) {
    until(&format!("{wanted:?}"), async || wanted.contains(&world.message(id).await.state)).await;
}

on_both! {
    async fn a_slow_provider_holds_up_no_other_account(world) {
        let (provider, url) = provider().await;
        let desk = desk(&world, &url, Vec::new()).await;
        world.types(BEA, "hello").await;
        let quick = world.list(View::Open).await.into_iter().find(|row| row.address == BEA).unwrap().id;
        provider.lock().unwrap().held = true;
        world.engine.start().await.unwrap();
        let slow = world.answers(desk.conversation, "slow").await.unwrap().message.id;
        stands(&world, slow, &[State::HandingOver]).await;
        for n in 0..3 {
            let id = world.answers(quick, &format!("quick {n}")).await.unwrap().message.id;
            stands(&world, id, &[State::Accepted, State::Sent, State::Delivered]).await;
        }
        assert_eq!(world.message(slow).await.state, State::HandingOver, "the provider still thinks");
        // Stopping waits for its word: the provider closes without one.
        provider.lock().unwrap().held = false;
        world.engine.shutdown().await;
        assert_eq!(world.message(slow).await.state, State::Ambiguous);
    }

    async fn a_persons_text_passes_a_campaign_that_waits_for_the_same_provider(world) {
        let (provider, url) = provider().await;
        let desk = desk(&world, &url, Vec::new()).await;
        let inbox = world.engine.inbox_list(world.ws).await.unwrap().into_iter().find(|row| row.account_id != world.account).unwrap();
        let numbers: Vec<String> = (0..90).map(|n| format!("+1212555{:04}", 1_000 + n)).chain([AVA.to_owned()]).collect();
        let change = InboxChange { test_numbers: Some(numbers.clone()), ..InboxChange::default() };
        world.engine.inbox_update(world.ws, Author::SYSTEM, inbox.id, change).await.unwrap();
        let facts = world.engine.account_facts(world.ws, inbox.account_id).await.unwrap().unwrap();
        for (n, number) in numbers.iter().take(90).enumerate() {
            // Who wrote lately is not held by the hour, nor does a text to them expire with it.
            let text = InboundText {
                provider_id: format!("SM{n}"),
                from: Address::parse(number),
                to: Address::parse(&inbox.address),
                body: "hello".to_owned(),
                media: Vec::new(),
                at: None,
                took_for: None,
                answered: false,
            };
            world.engine.inbound_receive(world.ws, &facts, text).await.unwrap();
        }
        let texts = numbers.iter().take(90).map(|number| {
            let to = Destination::Address { inbox: inbox.id, to: Address::parse(number), name: None };
            (to, NewText { origin: Origin::Campaign, purpose: Purpose::Conversational, ..world.text("news") })
        });
        let campaign = world.engine.texts_accept(world.ws, texts.collect(), Keep::NOTHING).await.unwrap();
        let campaign: Vec<MessageId> = campaign.into_iter().map(|one| one.unwrap().message.id).collect();
        provider.lock().unwrap().held = true;
        world.engine.start().await.unwrap();
        let under_way = async || {
            let mut count = 0;
            for id in &campaign {
                count += usize::from(world.message(*id).await.state == State::HandingOver);
            }
            count
        };
        until("two batches, half a window each", async || under_way().await == 32).await;
        let reply = world.answers(desk.conversation, "a person").await.unwrap().message.id;
        stands(&world, reply, &[State::HandingOver]).await;
        assert_eq!(under_way().await, 32, "no more than one window of one line is under way");
        provider.lock().unwrap().held = false;
        until("the rest", async || {
            let mut left = 0;
            for id in &campaign {
                left += usize::from(world.message(*id).await.state != State::Ambiguous);
            }
            left == 0
        }).await;
        world.engine.shutdown().await;
    }

    async fn a_text_that_comes_while_a_line_is_at_work_is_not_left(world) {
        world.types(AVA, "hello").await;
        let talk = world.list(View::Open).await[0].id;
        world.engine.start().await.unwrap();
        let mut last = None;
        for n in 0..40 {
            last = Some(world.answers(talk, &format!("text {n}")).await.unwrap().message.id);
        }
        stands(&world, last.unwrap(), &[State::Accepted, State::Sent, State::Delivered]).await;
        until("all", async || world.engine.store().workspace(world.ws).read(store::outbox::waiting).await.unwrap() == 0).await;
        world.engine.shutdown().await;
    }
}
