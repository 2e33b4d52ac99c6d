//! The shop, customer by customer, in constant memory.

use crate::calendar::{DAY, HOUR, MINUTE, Zone, busyness};
use crate::catalog::WARES;
use crate::chance::Chance;
use crate::facts::Facts;
use crate::item::{
    Author, Conversation, Customer, DemoItem, DemoMessage, Happening, OptOut, Order, OrderLine, OrderStatus, Product,
    Size,
};
use crate::person::{self, Manner, SHOP};
use crate::scene::{About, Scene};
use crate::scenes;
use crate::story::{Story, event};
use domain::conversation::Status;
use domain::inbound;
use domain::message::{Kind, State};
use std::collections::VecDeque;

/// How far back the shop's memory goes, in days.
pub const DAYS: i64 = 400;
/// How old what nobody has answered yet can be.
const BACKLOG: i64 = 14 * HOUR;
/// A closed conversation reopens for five days; the next one of a customer
/// begins later than that.
const GAP: i64 = domain::limits::REOPEN_MS + HOUR;

/// Behind the things of all customers: the first of those that addresses follow from, so that
/// nothing else that is told hangs by them.
const ADDRESSES: u64 = 1 << 40;

/// Tells of a shop; see [`crate::shop`].
#[derive(Debug)]
pub struct Shop {
    seed: u64,
    now: i64,
    left: u32,
    next_customer: u32,
    brand: String,
    waiting: VecDeque<DemoItem>,
}

impl Shop {
    /// A shop of `size` as it stands at `now_ms`, texting as `brand`.
    #[must_use]
    pub fn new(seed: u64, now_ms: i64, size: Size, brand: &str) -> Self {
        let products = WARES.iter().zip(0..).map(|(ware, index)| {
            DemoItem::Product(Product { index, title: ware.title, price_minor: ware.price, currency: "USD" })
        });
        let (left, brand) = (size.conversations, brand.to_owned());
        Self { seed, now: now_ms, left, next_customer: 0, brand, waiting: products.collect() }
    }
}

impl Iterator for Shop {
    type Item = DemoItem;

    fn next(&mut self) -> Option<DemoItem> {
        while self.waiting.is_empty() && self.left > 0 {
            let index = self.next_customer;
            self.next_customer += 1;
            let told = Life::of(self.seed, index, self.now, self.left, &self.brand);
            self.left -= told.conversations.len() as u32;
            told.tell(&mut self.waiting);
        }
        self.waiting.pop_front()
    }
}

/// What of a customer enters every conversation.
#[derive(Clone, Copy)]
struct Who<'a> {
    brand: &'a str,
    manner: Manner,
    zone: Zone,
    city: &'static str,
}

/// Everything of one customer.
struct Life {
    customer: Customer,
    orders: Vec<Order>,
    conversations: Vec<Conversation>,
    opt_out: Option<OptOut>,
}

impl Life {
    fn of(seed: u64, index: u32, now: i64, most: u32, brand: &str) -> Self {
        let mut chance = Chance::of(seed, u64::from(index) + 1);
        let (phone, zone) = person::phone(index);
        let name = person::name(&mut chance);
        let manner = Manner::of(&mut chance);
        let city = person::city(zone, &mut chance);
        let spanish = chance.percent(8);
        let wanted = [1, 2, 3, 4, 6][chance.weighted([58, 24, 10, 6, 2].into_iter())].min(most);
        let mut starts: Vec<i64> = (0..wanted).map(|_| start(&mut chance, zone, now)).collect();
        starts.sort_unstable();

        let notes = notes(&mut chance);
        let customer = Customer { index, name, phone, zone: zone.name, shipping: None, notes, created_at: now };
        let mut life = Self { customer, orders: Vec::new(), conversations: Vec::new(), opt_out: None };
        let mut free_from = i64::MIN;
        let who = Who { brand, manner, zone, city };
        for sampled in starts {
            let started_at = sampled.max(free_from);
            if started_at > now - 2 * MINUTE || life.opt_out.as_ref().is_some_and(|out| out.lifted_at.is_none()) {
                break;
            }
            let scene = choose_scene(&mut chance, spanish);
            let end = life.talk(scene, started_at, who, now, &mut chance);
            free_from = end + GAP;
        }
        life.buy_more(now, &mut chance);
        life.orders.sort_by_key(|order| order.placed_at);
        if !life.orders.is_empty() {
            life.customer.shipping = Some(person::address(index, &mut Chance::of(seed, ADDRESSES + u64::from(index))));
        }
        let talked = life.conversations.iter().map(|conversation| conversation.started_at);
        let bought = life.orders.iter().map(|order| order.placed_at);
        life.customer.created_at = talked.chain(bought).min().unwrap_or(now);
        life
    }

    /// Adds one conversation and what it is about; returns when it ends.
    fn talk(
        &mut self,
        scene: &'static Scene,
        started_at: i64,
        Who { brand, manner, zone, city }: Who<'_>,
        now: i64,
        chance: &mut Chance,
    ) -> i64 {
        let product = chance.below(WARES.len());
        let ware = &WARES[product];
        let first = chance.below(ware.variants.len());
        let variants = (ware.variants[first], ware.variants[(first + 1) % ware.variants.len()]);
        let (placed_at, order) = self.order_for(scene.about, product as u32, started_at, now, chance);
        let chosen = Facts::choose(chance);
        let facts = Facts {
            brand: brand.to_owned(),
            name: self.customer.name.clone(),
            manner,
            zone,
            ware,
            other: &WARES[(product + 1 + chance.below(WARES.len() - 1)) % WARES.len()],
            variants,
            order: order.as_ref().map(|order| order.number.clone()).unwrap_or_default(),
            tracking: order.as_ref().and_then(|order| order.tracking.clone()).unwrap_or_else(|| tracking(chance)),
            amount: order.as_ref().map_or(ware.price, |order| order.total_minor),
            placed_at,
            started_at,
            friend: chosen.friend,
            city,
            street: chosen.street,
            eta_days: chosen.eta_days,
            percent: chosen.percent,
            credit: chosen.credit,
            link: chosen.link,
        };
        self.orders.extend(order);

        let story = Story::play(&facts, scene, chance);
        let (messages, mut agent, opt_out) = (story.messages, story.agent, story.opt_out);
        let end = messages.last().map_or(started_at, |last| last.at);
        let told_until =
            if now - started_at < BACKLOG && chance.percent(55) { backlog(&messages, now, chance) } else { now };
        let messages = until(messages, told_until);
        // An automation that waits for the morning has not begun anything yet.
        if messages.is_empty() {
            return now;
        }
        if let Some((since, lifted_at)) = opt_out.filter(|(since, _)| *since <= now) {
            let lifted_at = lifted_at.filter(|at| *at <= now);
            self.opt_out = Some(OptOut { customer: self.customer.index, since, lifted_at });
        }
        // An agent who comes only after the present has not come.
        if !messages.iter().any(|message| matches!(message.happening, Some(Happening::Assigned(_)))) {
            agent = None;
        }
        self.conversations.push(stand(self.customer.index, scene.topic, messages, agent, now, chance));
        end
    }

    fn order_for(
        &self,
        about: About,
        product: u32,
        started_at: i64,
        now: i64,
        chance: &mut Chance,
    ) -> (i64, Option<Order>) {
        let ago = match about {
            About::Nothing => return (started_at - chance.between(2 * DAY, 12 * DAY), None),
            About::JustBought => MINUTE,
            About::Fresh | About::TakenBack => chance.between(10 * MINUTE, 14 * HOUR),
            About::Underway => chance.between(5 * DAY, 14 * DAY),
            About::Arrived => chance.between(4 * DAY, 20 * DAY),
            About::PaidBack => chance.between(9 * DAY, 30 * DAY),
        };
        let placed_at = started_at - ago;
        let age = now - placed_at;
        let status = match about {
            About::PaidBack => OrderStatus::Refunded,
            About::TakenBack => OrderStatus::Cancelled,
            About::Arrived => OrderStatus::Delivered,
            About::Underway if age < 20 * DAY => OrderStatus::Shipped,
            _ => status_by_age(age),
        };
        (placed_at, Some(self.order(product, status, placed_at, chance)))
    }

    fn order(&self, product: u32, status: OrderStatus, placed_at: i64, chance: &mut Chance) -> Order {
        let mut lines = vec![OrderLine { product, quantity: if chance.percent(15) { 2 } else { 1 } }];
        while lines.len() < 4 && chance.percent(35) {
            let more = chance.below(WARES.len()) as u32;
            if lines.iter().all(|line| line.product != more) {
                lines.push(OrderLine { product: more, quantity: 1 });
            }
        }
        let total =
            |line: &OrderLine| WARES.get(line.product as usize).map_or(0, |ware| ware.price) * i64::from(line.quantity);
        let total_minor = lines.iter().map(total).sum();
        let shipped = !matches!(status, OrderStatus::Processing | OrderStatus::Cancelled);
        // Later orders have higher numbers, and none is given twice.
        let mut day = placed_at / DAY - 20_000;
        let numbered = |day: i64| format!("OM-{day}{:04}", self.customer.index);
        while self.orders.iter().any(|order| order.number == numbered(day)) {
            day += 1;
        }
        Order {
            customer: self.customer.index,
            number: numbered(day),
            status,
            lines,
            total_minor,
            currency: "USD",
            tracking: shipped.then(|| tracking(chance)),
            placed_at,
        }
    }

    /// Orders nobody texted about.
    fn buy_more(&mut self, now: i64, chance: &mut Chance) {
        for _ in 0..chance.weighted([50, 28, 14, 8].into_iter()) {
            let placed_at = now - chance.between(12 * HOUR, DAYS * DAY);
            let product = chance.below(WARES.len()) as u32;
            let order = self.order(product, status_by_age(now - placed_at), placed_at, chance);
            self.orders.push(order);
        }
    }

    fn tell(self, to: &mut VecDeque<DemoItem>) {
        // A customer who never came to write is none the shop knows.
        if self.conversations.is_empty() {
            return;
        }
        to.push_back(DemoItem::Customer(self.customer));
        to.extend(self.orders.into_iter().map(DemoItem::Order));
        to.extend(self.conversations.into_iter().map(DemoItem::Conversation));
        to.extend(self.opt_out.map(DemoItem::OptOut));
    }
}

const fn status_by_age(age: i64) -> OrderStatus {
    match age / DAY {
        ..2 => OrderStatus::Processing,
        2..7 => OrderStatus::Shipped,
        _ => OrderStatus::Delivered,
    }
}

fn tracking(chance: &mut Chance) -> String {
    format!("PX{:010}", chance.next() % 10_000_000_000)
}

fn notes(chance: &mut Chance) -> String {
    const NOTES: &[&str] = &[
        "Prefers texts after 5 pm.",
        "Buys for a cafe, ask about trade prices.",
        "Gate code is on the order, not in the address.",
        "Lovely to deal with. Sends photos.",
        "Had two breakages in a row, pack with care.",
        "Please answer in Spanish.",
        "Collects the Harbor line in slate.",
        "Refund twice last year, both our fault.",
    ];
    if chance.percent(9) { chance.pick(NOTES).to_owned() } else { String::new() }
}

fn choose_scene(chance: &mut Chance, spanish: bool) -> &'static Scene {
    let fitting = scenes::all().filter(move |scene| scene.spanish == spanish);
    let index = chance.weighted(fitting.clone().map(|scene| scene.weight));
    fitting.clone().nth(index).unwrap_or(&scenes::SUBJECTS[0][0])
}

/// When a conversation begins: by the season, the week and the customer's day.
/// One in seventeen begins in the last day or so, so that there is work to do.
fn start(chance: &mut Chance, zone: Zone, now: i64) -> i64 {
    const HOURS: [u32; 24] = [2, 1, 0, 0, 0, 1, 6, 18, 34, 48, 56, 54, 58, 52, 46, 46, 50, 56, 64, 72, 70, 52, 28, 9];
    const BUSIEST: usize = 425;
    if chance.percent(6) {
        for _ in 0..8 {
            let at = now - chance.between(3 * MINUTE, 28 * HOUR);
            if (7..23).contains(&zone.hour(at)) {
                return at;
            }
        }
    }
    loop {
        let ago = chance.between(1, DAYS - 1);
        let day = SHOP.local(now).div_euclid(DAY) - ago;
        // The shop grows: a year ago it was written to a third as often.
        let weight = i64::from(busyness(day)) * (35 + 65 * (DAYS - ago) / DAYS) / 100;
        if (chance.below(BUSIEST) as i64) < weight {
            let hour = chance.weighted(HOURS.into_iter()) as i64;
            return zone.at_hour(now - ago * DAY, hour) + chance.between(0, HOUR - 1);
        }
    }
}

/// A text of the customer that nobody has come to answer yet: what follows it
/// has not been said.
fn backlog(messages: &[DemoMessage], now: i64, chance: &mut Chance) -> i64 {
    let said = messages.iter().take_while(|message| message.at <= now);
    let waits: Vec<i64> = said
        .zip(messages.iter().skip(1))
        .filter(|(one, next)| one.kind == Kind::Inbound && next.kind != Kind::Inbound)
        .map(|(one, _)| one.at)
        .collect();
    // What a STOP sets off is never late.
    let stopped = messages.iter().any(|message| message.happening == Some(Happening::OptedOut));
    match waits.get(chance.below(waits.len())) {
        Some(at) if !stopped => *at,
        _ => now,
    }
}

/// What has been said by `now`. A text that an automation would send within the
/// next hours already waits, held.
fn until(mut messages: Vec<DemoMessage>, now: i64) -> Vec<DemoMessage> {
    let said = messages.iter().take_while(|message| message.at <= now).count();
    let next = messages.get(said).cloned();
    messages.truncate(said);
    for message in &mut messages {
        if message.kind == Kind::Outbound && message.state_at > now {
            message.state = State::Sent;
            message.state_at = message.at;
            message.reason = None;
        }
    }
    if let Some(mut next) = next
        && next.author == Author::Flow
        && next.kind == Kind::Outbound
        && next.at - now < 14 * HOUR
        && let Some(last) = messages.last()
    {
        next.held_until = Some(next.at);
        next.at = last.at.max(now - 10 * MINUTE);
        next.state = State::Held;
        next.reason = Some("quiet_hours");
        next.state_at = next.at;
        messages.push(next);
    }
    messages
}

/// Whether it is a customer's text that asks for an answer, read as the road would read it.
fn asks(message: &DemoMessage) -> bool {
    let pictures = usize::from(message.media.is_some());
    message.kind == Kind::Inbound && inbound::read(&message.body, pictures, inbound::Facts::default()).asks_for_answer
}

/// Where a conversation stands once its messages are known.
fn stand(
    customer: u32,
    topic: &'static str,
    mut messages: Vec<DemoMessage>,
    assignee: Option<usize>,
    now: i64,
    chance: &mut Chance,
) -> Conversation {
    let started_at = messages.first().map_or(now, |first| first.at);
    let last_at = messages.last().map_or(now, |last| last.at);
    // Closed, and not come back to.
    let closed_at =
        messages.last().filter(|last| matches!(last.happening, Some(Happening::Closed(_)))).map(|last| last.at);
    let spoken = messages.iter().rev().take_while(|message| message.kind != Kind::Outbound);
    let waiting_since = spoken.filter(|message| asks(message)).map(|message| message.at).last();
    let spoke = messages.iter().any(asks);
    let stopped = messages.iter().any(|message| message.happening == Some(Happening::OptedOut));
    // What nobody had to answer never was open: a survey answer, a tapback, a STOP.
    let needs_nobody = assignee.is_none() && (!spoke || stopped || now - last_at > 2 * DAY);

    let mut conversation = Conversation {
        customer,
        topic,
        status: Status::Open,
        assignee,
        started_at,
        closed_at: None,
        snoozed_until: None,
        waiting_since,
        read: true,
        messages: Vec::new(),
    };
    if let Some(at) = closed_at.or(needs_nobody.then_some(last_at)) {
        conversation.status = Status::Closed;
        conversation.closed_at = Some(at);
        conversation.waiting_since = None;
    } else if let (Some(agent), None) = (assignee, waiting_since)
        && chance.percent(20)
    {
        let at = (last_at + 2 * MINUTE).min(now);
        conversation.status = Status::Snoozed;
        conversation.snoozed_until = Some(SHOP.at_hour(now + DAY, 9));
        messages.push(DemoMessage { at, state_at: at, ..event(Author::Agent(agent), Happening::Snoozed(agent)) });
    } else if waiting_since.is_some() {
        conversation.read = chance.percent(35);
    }
    conversation.messages = messages;
    conversation
}
