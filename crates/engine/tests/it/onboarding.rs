//! A first step counts as done when somebody did it, and by nothing else.

use crate::on_both;
use channels::channel::{CheckError, CheckReport};
use domain::message::Purpose;
use engine::audit::Actor;
use engine::idempotency::Keep;
use engine::members::Role;
use engine::reply::Author;
use serde_json::json;
use testkit::world::World;

async fn done(world: &World, key: &str) -> bool {
    world.engine.onboarding(world.ws).await.unwrap().into_iter().find(|step| step.key == key).unwrap().done
}

/// An account on a real network, where nothing answers.
async fn real(world: &World, name: &str) -> domain::id::AccountId {
    let values = [
        ("account_sid", json!("AC00000000000000000000000000000001")),
        ("auth_token", json!("token")),
        ("api_base_url", json!("http://127.0.0.1:9")),
    ];
    let values = values.into_iter().map(|(name, value)| (name.to_owned(), value)).collect();
    let made = world.engine.account_create(world.ws, Author::SYSTEM, "twilio", name.to_owned(), values, Keep::NOTHING);
    made.await.unwrap().row.id
}

fn taken() -> Result<CheckReport, CheckError> {
    let (name, status) = ("Main".to_owned(), "active".to_owned());
    Ok(CheckReport { name, active: true, status, provider_at: None })
}

on_both! {
    async fn the_team_is_whoever_was_invited_and_not_the_demo_shops(world) {
        world.engine.demo_wish(world.ws, Actor::Cli, 20, 7, None).await.unwrap();
        world.engine.demo_fill(world.ws, |_| {}).await.unwrap();
        assert!(world.engine.member_list(world.ws).await.unwrap().len() > 1, "the shop has agents");
        assert!(!done(&world, "team").await);
        let link = world.engine
            .invite_create(world.ws, Actor::Cli, None, Some("bo@example.com".to_owned()), Role::Agent, Keep::NOTHING)
            .await;
        link.unwrap();
        assert!(done(&world, "team").await);
    }

    async fn a_provider_is_connected_once_it_took_the_login(world) {
        let account = real(&world, "Main").await;
        assert!(!done(&world, "provider").await, "an account is no connection");
        let refused = Err(CheckError::Refused { code: "20003".to_owned() });
        world.engine.login_checked(world.ws, account, &refused).await;
        assert!(!done(&world, "provider").await);
        world.engine.login_checked(world.ws, account, &taken()).await;
        assert!(done(&world, "provider").await);
        world.engine.login_checked(world.ws, account, &refused).await;
        assert!(!done(&world, "provider").await);

        // What outlives the process: a text that the provider took.
        let used = async || {
            let (account, now) = (world.account, world.engine.now() + 1);
            world.engine.store().workspace(world.ws).read(move |tx| store::watch::account_used(tx, account, now)).await.unwrap()
        };
        assert!(!used().await);
        world.sends("+12125550101", "Your order shipped", Purpose::Transactional).await.unwrap();
        world.settle().await;
        assert!(used().await);
    }
}
