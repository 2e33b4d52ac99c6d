//! A member who is shut out keeps no conversation that is not closed.

use crate::on_both;
use domain::conversation::Status;
use domain::id::{ConversationId, MemberId};
use domain::message::Kind;
use engine::AuditFilter;
use engine::audit::Actor;
use engine::conversation::Change;
use engine::departure::AT_ONCE;
use engine::members::{MemberChange, MemberError};
use engine::reply::Author;
use std::collections::HashMap;
use store::conversation::View;
use store::member::{self, MemberRow};
use testkit::world::World;

/// A member of the workspace.
async fn joins(world: &World, name: &str, role: &'static str) -> MemberId {
    let row = MemberRow {
        id: world.engine.new_id(),
        email: format!("{name}@example.com"),
        name: name.to_owned(),
        password_hash: None,
        disabled_at: None,
        created_at: world.engine.now(),
    };
    let (id, ws) = (row.id, world.ws);
    let server = world.engine.store().server();
    server
        .write(move |tx| {
            member::insert(tx, &row)?;
            member::membership_put(tx, ws, row.id, role, row.created_at)
        })
        .await
        .unwrap();
    id
}

/// Customers who wrote, each with their conversation.
async fn write(world: &World, count: usize) -> Vec<ConversationId> {
    for number in 0..count {
        world.types(&format!("+1212555{number:04}"), "hello").await;
    }
    world.list(View::Open).await.into_iter().map(|row| row.id).collect()
}

async fn change(world: &World, id: ConversationId, change: Change) {
    world.engine.conversation_change(world.ws, id, Author::SYSTEM, change).await.unwrap();
}

async fn shuts_out(world: &World, id: MemberId, disabled: bool) -> Result<(), MemberError> {
    let change = MemberChange { disabled: Some(disabled), ..MemberChange::default() };
    world.engine.member_change(world.ws, Actor::Cli, None, id, change).await.map(drop)
}

async fn whose(world: &World) -> HashMap<ConversationId, Option<MemberId>> {
    world.list(View::All).await.into_iter().map(|row| (row.id, row.assignee_id)).collect()
}

async fn lines(world: &World, id: ConversationId) -> Vec<(String, Option<String>)> {
    let thread = world.thread(id).await;
    thread
        .into_iter()
        .filter(|row| row.kind == Kind::Event)
        .map(|row| (row.data.unwrap_or_default(), row.author_kind))
        .collect()
}

on_both! {
    async fn their_conversations_are_nobodys_again_and_the_thread_says_so(world) {
        let (dana, eve) = (joins(&world, "dana", "agent").await, joins(&world, "eve", "agent").await);
        let all = write(&world, 4).await;
        let [open, snoozed, closed, hers] = all[..] else { panic!("four conversations") };
        for (id, member) in [(open, dana), (snoozed, dana), (closed, dana), (hers, eve)] {
            change(&world, id, Change::Assign(Some(member))).await;
        }
        change(&world, snoozed, Change::Snooze(world.engine.now() + 60_000)).await;
        change(&world, closed, Change::Close).await;
        let told = world.engine.events_last(world.ws).await.unwrap();
        shuts_out(&world, dana, true).await.unwrap();
        let whose = whose(&world).await;
        assert_eq!((whose[&open], whose[&snoozed], whose[&closed], whose[&hers]), (None, None, Some(dana), Some(eve)));
        let snoozed_row = world.list(View::Snoozed).await.pop().unwrap();
        assert_eq!((snoozed_row.id, snoozed_row.status), (snoozed, Status::Snoozed), "it comes back as it would have");
        let handed_back = (r#"{"what":"unassigned"}"#.to_owned(), Some("cli".to_owned()));
        for id in [open, snoozed] {
            assert_eq!(lines(&world, id).await.last(), Some(&handed_back));
        }
        assert_eq!(lines(&world, hers).await.len(), 1);
        // Whoever looks at a list learns it as of any other change of hands.
        assert!(world.engine.events_last(world.ws).await.unwrap() >= told + 4);
        let audit = world.engine.audit_page(world.ws, AuditFilter::default(), None, 50).await.unwrap();
        let by_cli = |action: &str| audit.iter().filter(|row| row.action == action && row.actor_kind == "cli").count();
        assert_eq!((by_cli("conversation.assign"), by_cli("member.change")), (2, 1));
        assert_eq!(world.engine.evidence_verify(world.ws, Vec::new(), &[]).await.unwrap().problems, []);
        // Let in again, they begin with none; asked twice, nothing more happens.
        shuts_out(&world, dana, false).await.unwrap();
        shuts_out(&world, dana, true).await.unwrap();
        assert_eq!(lines(&world, open).await.len(), 2);
    }

    async fn who_may_not_be_shut_out_keeps_theirs(world) {
        let olga = joins(&world, "olga", "owner").await;
        let all = write(&world, 1).await;
        change(&world, all[0], Change::Assign(Some(olga))).await;
        assert!(matches!(shuts_out(&world, olga, true).await, Err(MemberError::LastOwner)));
        assert_eq!(whose(&world).await[&all[0]], Some(olga));
    }

    async fn many_change_hands_in_steps(world) {
        let dana = joins(&world, "dana", "agent").await;
        let all = write(&world, AT_ONCE + 7).await;
        for id in &all {
            change(&world, *id, Change::Assign(Some(dana))).await;
        }
        shuts_out(&world, dana, true).await.unwrap();
        let left = || async { whose(&world).await.values().filter(|member| member.is_some()).count() };
        assert_eq!(left().await, 7, "the first go with the member");
        world.engine.jobs_round(world.ws).await.unwrap();
        assert_eq!(left().await, 0);
        for id in &all {
            let told = lines(&world, *id).await;
            assert_eq!(told.last().unwrap().0, r#"{"what":"unassigned"}"#);
            assert_eq!(told.len(), 2, "once each");
        }
        // The job rests, and is there for the next.
        world.engine.jobs_round(world.ws).await.unwrap();
        assert_eq!(left().await, 0);
    }
}
