//! Prints conversations of the demo shop, to read them: `cargo run -p demo --example read -- SEED COUNT`.

use demo::{Author, DemoItem, Size, agent::AGENTS, shop};

fn main() {
    let mut numbers = std::env::args().skip(1).filter_map(|argument| argument.parse().ok());
    let (seed, conversations) = (numbers.next().unwrap_or(1), numbers.next().unwrap_or(20));
    // Monday 2026-11-23, 15:00 UTC: the same shop on every day.
    for item in shop(seed, 1_795_446_000_000, Size { conversations: conversations as u32 }, demo::NAME) {
        match item {
            DemoItem::Customer(customer) => println!("\n═══ {} {} {}", customer.name, customer.phone, customer.zone),
            DemoItem::Order(order) => println!("    order {} {}", order.number, order.status.word()),
            DemoItem::Conversation(conversation) => {
                println!(
                    "\n─── {} {:?} waiting {:?}",
                    conversation.topic, conversation.status, conversation.waiting_since
                );
                for message in conversation.messages {
                    let author = match message.author {
                        Author::Customer => "customer",
                        Author::Agent(agent) => AGENTS.get(agent).map_or("?", |agent| agent.name),
                        Author::Flow => "flow",
                        Author::System => "hark",
                    };
                    let minutes = (message.at - conversation.started_at) / 60_000;
                    let photo =
                        message.media.map(|picture| format!("[photo: {}] ", picture.word())).unwrap_or_default();
                    let event = message.happening.map(|event| format!("{event:?}")).unwrap_or_default();
                    println!("{minutes:>6}m {author:<12} {:<9} {photo}{event}{}", message.kind.word(), message.body);
                }
            }
            DemoItem::OptOut(out) => println!("    opted out, lifted {:?}", out.lifted_at.is_some()),
            DemoItem::Product(_) => {}
        }
    }
}
