//! A believable shop to try Hark with: products, customers in several zones,
//! orders, and more than a year of conversations, from a seed.
//!
//! The shop goes by the brand it is given and does not exist. Nothing here is anybody's:
//! the words are our own, the numbers are fictional ([`person::phone`]), the
//! photos are drawn ([`picture::Picture`]), the agents are desks.
//!
//! Pure and streamed: the same seed, instant and size tell the same shop on
//! every machine, one customer at a time, in constant memory.

pub mod agent;
pub mod calendar;
mod canvas;
pub mod catalog;
mod chance;
mod facts;
mod grammar;
mod item;
pub mod person;
mod phrases;
pub mod picture;
mod scene;
mod scenes;
mod shop;
mod story;
mod typing;

pub use item::{
    Author, Conversation, Customer, DemoItem, DemoMessage, Happening, OptOut, Order, OrderLine, OrderStatus, Product,
    Size,
};
pub use shop::{DAYS, Shop};

/// A name for the shop where there is none yet.
pub const NAME: &str = "Ottermoss";

/// Tells of a shop, item by item: all products, then each customer followed by
/// their orders, conversations and opt-out.
///
/// `now_ms` is the present in Unix ms: nothing is told of later times, bar until
/// when something is held or snoozed. Its texts begin with `brand`; nothing else
/// follows from it.
#[must_use]
pub fn shop(seed: u64, now_ms: i64, size: Size, brand: &str) -> Shop {
    Shop::new(seed, now_ms, size, brand)
}
