//! Pictures sent from a simulated phone.

use crate::on_both;
use domain::address::Address;
use domain::id::MediaId;
use engine::idempotency::Keep;
use engine::simulator::SimulatorError;
use store::conversation::View;
use testkit::world::World;

const AVA: &str = "+12125550101";

/// A picture uploaded and not yet sent.
async fn upload(world: &World, width: u32) -> MediaId {
    let mut png = std::io::Cursor::new(Vec::new());
    image::DynamicImage::new_rgb8(width, 5).write_to(&mut png, image::ImageFormat::Png).unwrap();
    world.engine.media_upload(world.ws, png.into_inner()).await.unwrap().id
}

async fn types(world: &World, body: &str, pictures: Vec<MediaId>) -> Result<engine::HandsetText, SimulatorError> {
    let from = Address::parse(AVA);
    world.engine.simulator_type(world.ws, world.inbox, from, body.to_owned(), pictures, Keep::NOTHING).await
}

on_both! {
    async fn what_was_typed_before_the_process_ended_arrives_once_it_runs_again(world) {
        let picture = upload(&world, 3).await;
        types(&world, "carried", Vec::new()).await.unwrap();
        world.carry().await;
        types(&world, "It came like this", vec![picture]).await.unwrap();
        types(&world, "hello?", Vec::new()).await.unwrap();
        // What was on its way was in the memory of a process that is gone.
        world.carrier.forget(world.account);
        assert_eq!(world.carry().await, 0);
        // Whatever the engine has not carried by the time it is told to end is carried by hand.
        world.engine.start().await.unwrap();
        world.engine.shutdown().await;
        world.carry().await;
        let open = world.list(View::Open).await;
        assert_eq!(open.len(), 1);
        let thread = world.thread(open[0].id).await;
        assert_eq!(thread.iter().map(|row| (row.body.as_str(), row.media)).collect::<Vec<_>>(),
            [("carried", 0), ("It came like this", 1), ("hello?", 0)]);
        assert!(world.engine.media_content(world.ws, picture).await.unwrap().is_some());
        assert_eq!(world.engine.simulator_recall(world.ws).await.unwrap(), 0, "each is a message now");
        let shown = world.engine.simulator_texts(world.ws, Address::parse(AVA)).await.unwrap();
        assert_eq!(shown.len(), 3);
    }

    async fn what_the_network_brings_twice_is_one_text_on_both_sides(world) {
        let faults = channels::simulator::Faults { double_pct: 100, ..channels::simulator::Faults::none() };
        world.engine.simulator_faults_set(world.account, faults);
        types(&world, "hello", Vec::new()).await.unwrap();
        world.carry().await;
        let open = world.list(View::Open).await;
        world.answers(open[0].id, "Hi Ava").await.unwrap();
        world.settle().await;
        world.clock.advance(1_000);
        assert!(world.carry().await >= 3, "the doubles of two texts and of a receipt");
        let thread = world.thread(open[0].id).await;
        assert_eq!(thread.iter().map(|row| row.body.as_str()).collect::<Vec<_>>(), ["hello", "Hi Ava"]);
        let shown = world.engine.simulator_texts(world.ws, Address::parse(AVA)).await.unwrap();
        assert_eq!(shown.iter().map(|text| text.body.as_str()).collect::<Vec<_>>(), ["hello", "Hi Ava"]);
    }

    async fn arrive_with_and_without_words_in_their_order(world) {
        let (wide, narrow, alone) = (upload(&world, 9).await, upload(&world, 3).await, upload(&world, 4).await);
        // Not the order of their ids.
        let typed = types(&world, "It came like this", vec![narrow, wide]).await.unwrap();
        world.carry().await;
        types(&world, "", vec![alone]).await.unwrap();
        world.carry().await;

        let open = world.list(View::Open).await;
        assert_eq!(open.len(), 1);
        assert_eq!(open[0].preview, "Photo");
        let thread = world.thread(open[0].id).await;
        assert_eq!(thread.iter().map(|row| (row.body.as_str(), row.media)).collect::<Vec<_>>(),
            [("It came like this", 2), ("", 1)]);
        let first = world.engine.message_get(world.ws, thread[0].id).await.unwrap().unwrap();
        assert_eq!(first.media.iter().map(|one| (one.id, one.width)).collect::<Vec<_>>(),
            [(narrow, Some(3)), (wide, Some(9))]);
        for id in [wide, narrow, alone] {
            assert!(world.engine.media_content(world.ws, id).await.unwrap().is_some());
        }
        assert_eq!(world.engine.media_fetch_round(world.ws).await.unwrap(), 0, "nothing waits at a provider");

        // The handset finds its own pictures through the message they went with.
        let shown = world.engine.simulator_texts(world.ws, Address::parse(AVA)).await.unwrap();
        assert_eq!(shown.iter().map(|text| text.message).collect::<Vec<_>>(),
            thread.iter().map(|row| Some(row.id)).collect::<Vec<_>>());
        assert_eq!(shown[0].id, typed.id);
    }

    async fn go_with_one_text_alone(world) {
        let (sent, other) = (upload(&world, 3).await, upload(&world, 4).await);
        types(&world, "", vec![sent]).await.unwrap();
        world.carry().await;
        for refused in [vec![sent], vec![other, other], vec![world.engine.new_id()]] {
            assert_eq!(types(&world, "again", refused).await.unwrap_err(), SimulatorError::NoMedia);
        }
        let shown = world.engine.simulator_texts(world.ws, Address::parse(AVA)).await.unwrap();
        assert_eq!(shown.len(), 1, "what is refused is on no handset");

        // Two texts under way with one picture: the first has it, the second says that it is lost.
        types(&world, "first", vec![other]).await.unwrap();
        types(&world, "second", vec![other]).await.unwrap();
        world.carry().await;
        let open = world.list(View::Open).await;
        let thread = world.thread(open[0].id).await;
        let mut pictures = Vec::new();
        for row in &thread[1..] {
            let whole = world.engine.message_get(world.ws, row.id).await.unwrap().unwrap();
            pictures.push((row.body.clone(), whole.media[0].id == other, whole.media[0].bytes < 0));
        }
        assert_eq!(pictures, [("first".to_owned(), true, false), ("second".to_owned(), false, true)]);
        assert_eq!(world.engine.media_fetch_round(world.ws).await.unwrap(), 0);
    }
}
