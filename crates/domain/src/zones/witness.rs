//! What told of a customer's places.

use super::PlaceKind;

/// A set of what can tell of a customer's places: the number, and each kind of place.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub struct Witnesses(u8);

impl Witnesses {
    /// Nothing.
    pub const NONE: Self = Self(0);
    /// The number itself.
    pub const NUMBER: Self = Self(1);

    /// A kind of place.
    #[must_use]
    pub const fn of(kind: PlaceKind) -> Self {
        Self(match kind {
            PlaceKind::Shipping => 2,
            PlaceKind::Billing => 4,
            PlaceKind::Declared => 8,
        })
    }

    /// Both sets.
    #[must_use]
    pub const fn and(self, other: Self) -> Self {
        Self(self.0 | other.0)
    }

    /// Whether it holds all of the other.
    #[must_use]
    pub const fn hold(self, other: Self) -> bool {
        self.0 & other.0 == other.0
    }

    /// The words of what is in it: `number`, then the kinds of places.
    pub fn words(self) -> impl Iterator<Item = &'static str> {
        let number = self.hold(Self::NUMBER).then_some("number");
        let kinds = PlaceKind::ALL.iter().filter(move |kind| self.hold(Self::of(**kind)));
        number.into_iter().chain(kinds.map(|kind| kind.word()))
    }
}
