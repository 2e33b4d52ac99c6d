//! From what the generator tells to rows.

use crate::Engine;
use demo::{Author, DemoItem, DemoMessage, Happening};
use domain::conversation::{Status, shown};
use domain::encoding;
use domain::id::{AccountId, ConversationId, CustomerId, InboxId, MediaId, MemberId, MessageId};
use domain::message::{Kind, Origin, Purpose, State};
use domain::zones::{self, PlaceKind, PlaceSource};
use serde_json::json;
use std::collections::HashMap;
use store::conversation::ConversationRow;
use store::customer::CustomerRow;
use store::customer_place::PlaceRow;
use store::demo::Life;
use store::media::MediaRow;
use store::message::MessageRow;
use store::order::OrderRow;
use store::outbox::Intent;

/// Where the shop goes.
#[derive(Debug, Clone)]
pub struct Place {
    /// The simulated number.
    pub inbox: InboxId,
    /// Its account.
    pub account: AccountId,
    /// The shop's agents, in the generator's order.
    pub desks: Vec<MemberId>,
    /// The member who gets a share of the open conversations.
    pub mine: Option<MemberId>,
}

/// The customers of a shop, one by one, with everything of theirs.
pub fn lives<'a>(shop: demo::Shop, engine: &'a Engine, place: &'a Place) -> impl Iterator<Item = Life> + 'a {
    let mut shop = shop.peekable();
    std::iter::from_fn(move || {
        let mut life: Option<Life> = None;
        while let Some(item) = shop.next_if(|item| life.is_none() || !matches!(item, DemoItem::Customer(_))) {
            match (item, &mut life) {
                (DemoItem::Customer(customer), _) => life = Some(begin(engine, customer)),
                (DemoItem::Order(order), Some(life)) => life.orders.push(bought(engine, order)),
                (DemoItem::Conversation(conversation), Some(life)) => said(engine, place, life, conversation),
                (DemoItem::OptOut(out), Some(life)) => life.opt_out = Some((out.since, out.lifted_at)),
                _ => {}
            }
        }
        life
    })
}

/// Customers in groups of about so many rows.
pub fn chunks(lives: impl Iterator<Item = Life>, rows: usize) -> impl Iterator<Item = Vec<Life>> {
    let mut lives = lives.peekable();
    std::iter::from_fn(move || {
        let mut count = 0;
        let mut chunk = Vec::new();
        while let Some(life) = lives.next_if(|life| chunk.is_empty() || count + life.rows() <= rows) {
            count += life.rows();
            chunk.push(life);
        }
        (!chunk.is_empty()).then_some(chunk)
    })
}

fn begin(engine: &Engine, customer: demo::Customer) -> Life {
    Life {
        customer: CustomerRow {
            id: engine.new_id(),
            name: customer.name,
            notes: customer.notes,
            last_at: customer.created_at,
            created_at: customer.created_at,
            merged_into: None,
        },
        address: customer.phone,
        places: customer.shipping.map(|(state, zip)| shipping(state, zip, customer.created_at)).into_iter().collect(),
        orders: Vec::new(),
        conversations: Vec::new(),
        messages: Vec::new(),
        media: Vec::new(),
        held: Vec::new(),
        opt_out: None,
    }
}

/// Where parcels go, as the first order told it.
fn shipping(state: &str, zip: &str, known_at: i64) -> PlaceRow {
    PlaceRow {
        place: zones::Place {
            kind: PlaceKind::Shipping,
            country: "US".to_owned(),
            region: state.to_owned(),
            postal_code: zip.to_owned(),
            time_zone: String::new(),
        },
        source: PlaceSource::Shop,
        known_at,
    }
}

fn bought(engine: &Engine, order: demo::Order) -> OrderRow {
    let title = |product: u32| demo::catalog::WARES.get(product as usize).map_or("", |ware| ware.title);
    let items: Vec<_> =
        order.lines.iter().map(|line| json!({ "title": title(line.product), "quantity": line.quantity })).collect();
    OrderRow {
        id: engine.new_id(),
        number: order.number,
        status: order.status.word().to_owned(),
        total_minor: order.total_minor,
        currency: order.currency.to_owned(),
        items: json!(items).to_string(),
        tracking: order.tracking,
        placed_at: order.placed_at,
    }
}

fn said(engine: &Engine, place: &Place, life: &mut Life, told: demo::Conversation) {
    let id: ConversationId = engine.new_id();
    let desk = |agent: usize| place.desks.get(agent).copied();
    let mut assignee_id = told.assignee.and_then(desk);
    // A third of the open ones are given to whoever asked for the shop.
    if told.status == Status::Open && place.mine.is_some() && told.customer.is_multiple_of(3) {
        assignee_id = place.mine;
    }
    let mut failed: HashMap<String, MessageId> = HashMap::new();
    let mut row = ConversationRow {
        id,
        inbox_id: place.inbox,
        customer_id: life.customer.id,
        address: life.address.clone(),
        status: told.status,
        assignee_id,
        snoozed_until: told.snoozed_until,
        closed_at: told.closed_at,
        waiting_since: told.waiting_since,
        last_seq: 0,
        read_seq: 0,
        last_at: told.started_at,
        last_direction: "inbound".to_owned(),
        last_inbound_at: None,
        preview: String::new(),
        failed: 0,
        created_at: told.started_at,
        customer_name: String::new(),
        complaint_at: None,
        complaint_by: None,
    };
    for message in told.messages {
        row.last_seq += 1;
        let written = line(engine, &row, &message, desk, &mut failed);
        match message.kind {
            Kind::Inbound | Kind::Outbound => {
                let inbound = message.kind == Kind::Inbound;
                row.last_at = message.at;
                row.last_direction = message.kind.word().to_owned();
                row.preview = shown(&message.body, usize::from(message.media.is_some()));
                if inbound {
                    row.last_inbound_at = Some(message.at);
                }
                if told.read || !inbound {
                    row.read_seq = row.last_seq;
                }
            }
            Kind::Note | Kind::Event => {
                if row.read_seq + 1 == row.last_seq {
                    row.read_seq = row.last_seq;
                }
            }
        }
        if let Some(picture) = message.media {
            life.media.push(photo(engine, written.id, picture, message.at));
        }
        if message.state == State::Held {
            life.held.push(intent(place, &row, &written));
        }
        life.messages.push(written);
    }
    row.failed = i64::try_from(failed.len()).unwrap_or(0);
    life.customer.last_at = life.customer.last_at.max(row.last_at);
    life.conversations.push(row);
}

fn line(
    engine: &Engine,
    row: &ConversationRow,
    message: &DemoMessage,
    desk: impl Fn(usize) -> Option<MemberId>,
    failed: &mut HashMap<String, MessageId>,
) -> MessageRow {
    let id: MessageId = engine.new_id();
    let (author_kind, author) = match message.author {
        Author::Customer => ("customer", Some(CustomerId::uuid(row.customer_id))),
        Author::Agent(agent) => ("member", desk(agent).map(MemberId::uuid)),
        Author::Flow => ("flow", None),
        Author::System => ("system", None),
    };
    let mut retry_of = None;
    if message.kind == Kind::Outbound {
        // The same words again are the agent's second try.
        retry_of = failed.remove(&message.body);
        if message.state.failed() {
            failed.insert(message.body.clone(), id);
        }
    }
    let texted = matches!(message.kind, Kind::Inbound | Kind::Outbound);
    let measure = texted.then(|| encoding::measure(&message.body));
    MessageRow {
        id,
        conversation_id: row.id,
        seq: row.last_seq,
        kind: message.kind,
        body: message.body.clone(),
        author_kind: Some(author_kind.to_owned()),
        author_id: author,
        purpose: message.purpose,
        topic: String::new(),
        // No gate judged them.
        class: None,
        legal_basis: None,
        origin: message.origin,
        state: message.state,
        state_at: message.state_at,
        reason_code: message.reason.map(str::to_owned),
        reason_detail: None,
        held_until: message.held_until,
        send_after: None,
        valid_until: None,
        retry_of,
        encoding: measure.map(|measure| measure.encoding.as_str().to_owned()),
        parts: measure.map_or(0, |measure| i64::from(measure.parts)),
        media: i64::from(message.media.is_some()),
        in_flight_at_opt_out: false,
        data: message.happening.map(|happening| what(happening, desk)),
        created_at: message.at,
    }
}

/// What happened, in the form the road itself writes down.
fn what(happening: Happening, desk: impl Fn(usize) -> Option<MemberId>) -> String {
    match happening {
        Happening::Assigned(agent) => match desk(agent) {
            Some(member) => json!({ "what": "assigned", "member": member }),
            None => json!({ "what": "unassigned" }),
        },
        Happening::Closed(_) => json!({ "what": "closed" }),
        Happening::Reopened => json!({ "what": "reopened" }),
        Happening::Snoozed(_) => json!({ "what": "snoozed" }),
        Happening::OptedOut => json!({ "what": "opted_out" }),
        Happening::OptedIn => json!({ "what": "opted_in" }),
    }
    .to_string()
}

fn photo(engine: &Engine, message: MessageId, picture: demo::picture::Picture, at: i64) -> (MediaRow, Vec<u8>, i64) {
    let content = picture.png();
    let row = MediaRow {
        id: engine.new_id::<MediaId>(),
        message: Some(message),
        content_type: "image/png".to_owned(),
        bytes: i64::try_from(content.len()).unwrap_or(0),
        width: i64::try_from(demo::picture::WIDTH).ok(),
        height: i64::try_from(demo::picture::HEIGHT).ok(),
        source_url: None,
    };
    (row, content, at)
}

/// A held text waits like any other, for the simulated carrier.
fn intent(place: &Place, row: &ConversationRow, message: &MessageRow) -> Intent {
    let origin = message.origin.unwrap_or(Origin::Flow);
    let purpose = message.purpose.unwrap_or(Purpose::Transactional);
    Intent {
        message: message.id,
        conversation: row.id,
        inbox: place.inbox,
        account: place.account,
        address: row.address.clone(),
        origin,
        purpose,
        lane: crate::reply::lane(origin, purpose),
        due_at: message.held_until.unwrap_or(message.created_at),
        valid_until: None,
        created_at: message.created_at,
    }
}
