//! What the generator tells, item by item.

use crate::picture::Picture;
use domain::conversation::Status;
use domain::message::{Kind, Origin, Purpose, State};

/// How large a shop to tell of.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Size {
    /// Its conversations, about ten messages each.
    pub conversations: u32,
}

/// One thing of the shop. A customer comes before everything of theirs.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub enum DemoItem {
    /// Something the shop sells. All products come first.
    Product(Product),
    /// A person who texts.
    Customer(Customer),
    /// What they bought.
    Order(Order),
    /// What was said.
    Conversation(Conversation),
    /// That they do not want to be texted.
    OptOut(OptOut),
}

/// Something the shop sells.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Product {
    /// Its place in the catalog, from 0.
    pub index: u32,
    /// As on the label.
    pub title: &'static str,
    /// Its price in cents.
    pub price_minor: i64,
    /// ISO 4217.
    pub currency: &'static str,
}

/// A person who texts.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Customer {
    /// Counted from 0; what others of their items refer to.
    pub index: u32,
    /// As they signed their first order; sometimes unknown and empty.
    pub name: String,
    /// E.164, always a fictional number, see [`crate::person::phone`].
    pub phone: String,
    /// The clock of their number's area, a name of the tz database.
    pub zone: &'static str,
    /// Where their parcels go, once they bought something: state and ZIP code.
    pub shipping: Option<(&'static str, &'static str)>,
    /// What an agent wrote down about them; mostly empty.
    pub notes: String,
    /// When the shop first heard of them, Unix ms.
    pub created_at: i64,
}

/// Where an order stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum OrderStatus {
    /// Paid, not yet packed.
    Processing,
    /// With the carrier.
    Shipped,
    /// At the door.
    Delivered,
    /// Paid back.
    Refunded,
    /// Taken back before it left.
    Cancelled,
}

impl OrderStatus {
    /// The word stored.
    #[must_use]
    pub const fn word(self) -> &'static str {
        match self {
            Self::Processing => "processing",
            Self::Shipped => "shipped",
            Self::Delivered => "delivered",
            Self::Refunded => "refunded",
            Self::Cancelled => "cancelled",
        }
    }
}

/// A line of an order.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct OrderLine {
    /// The product's place in the catalog.
    pub product: u32,
    /// How many.
    pub quantity: u32,
}

/// What a customer bought.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Order {
    /// Whose it is.
    pub customer: u32,
    /// As the customer knows it.
    pub number: String,
    /// Where it stands now.
    pub status: OrderStatus,
    /// What is in it.
    pub lines: Vec<OrderLine>,
    /// Everything together, in cents.
    pub total_minor: i64,
    /// ISO 4217.
    pub currency: &'static str,
    /// The carrier's number, once there is one.
    pub tracking: Option<String>,
    /// When it was placed, Unix ms.
    pub placed_at: i64,
}

/// What was said between a customer and the shop's inbox.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Conversation {
    /// Who wrote.
    pub customer: u32,
    /// What it is about, for measuring; never shown.
    pub topic: &'static str,
    /// Where it stands.
    pub status: Status,
    /// Which of the shop's agents has it, an index into [`crate::agent::AGENTS`].
    pub assignee: Option<usize>,
    /// When it began, Unix ms.
    pub started_at: i64,
    /// When it was closed last, if it is closed.
    pub closed_at: Option<i64>,
    /// When it comes back, if it is snoozed.
    pub snoozed_until: Option<i64>,
    /// Since when the customer waits for us, if they do.
    pub waiting_since: Option<i64>,
    /// Whether an agent has read all of it.
    pub read: bool,
    /// In order of time; never empty.
    pub messages: Vec<DemoMessage>,
}

/// Who made a message.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Author {
    /// The person who texts.
    Customer,
    /// One of the shop's agents, an index into [`crate::agent::AGENTS`].
    Agent(usize),
    /// The shop's automations.
    Flow,
    /// Hark itself.
    System,
}

/// Something that happened in a conversation.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Happening {
    /// An agent took it.
    Assigned(usize),
    /// An agent closed it.
    Closed(usize),
    /// The customer wrote again.
    Reopened,
    /// An agent put it off.
    Snoozed(usize),
    /// The customer said STOP.
    OptedOut,
    /// The customer said START.
    OptedIn,
}

/// One item of a conversation.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct DemoMessage {
    /// What it is.
    pub kind: Kind,
    /// Who made it.
    pub author: Author,
    /// Why it was sent; only for outbound ones.
    pub purpose: Option<Purpose>,
    /// Who asked for it; only for outbound ones.
    pub origin: Option<Origin>,
    /// Where it stands.
    pub state: State,
    /// Why it stands there, a stable code, where there is something to say.
    pub reason: Option<&'static str>,
    /// Until when it is held, if it is.
    pub held_until: Option<i64>,
    /// What it says. Empty for a picture alone and for events.
    pub body: String,
    /// When it was made, Unix ms.
    pub at: i64,
    /// When it came to stand where it stands, Unix ms.
    pub state_at: i64,
    /// A picture that came with it.
    pub media: Option<Picture>,
    /// What happened; only for events.
    pub happening: Option<Happening>,
}

/// That a customer does not want to be texted.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct OptOut {
    /// Who.
    pub customer: u32,
    /// Since when, Unix ms.
    pub since: i64,
    /// Until when, if they said START later.
    pub lifted_at: Option<i64>,
}
