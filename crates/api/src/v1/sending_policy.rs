//! The workspace's own policy on what it sells: how often, who comes first, when it would be rude.

use domain::gate;
use domain::message::Origin;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::extract::{Checked, Faults};

/// Who may sell.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Seller {
    /// A member who writes to one customer.
    Person,
    /// A bot.
    Bot,
    /// A flow.
    Flow,
    /// A campaign.
    Campaign,
    /// A program by this API.
    Api,
}

/// At most so many marketing texts to one customer, whoever sends them; null for no limit. The law's own
/// limits hold beside these.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct MarketingCaps {
    /// In any 24 hours.
    #[schema(required = true, minimum = 1, maximum = 1000)]
    pub day: Option<u32>,
    /// In any 7 days.
    #[schema(required = true, minimum = 1, maximum = 1000)]
    pub week: Option<u32>,
    /// In any 30 days.
    #[schema(required = true, minimum = 1, maximum = 1000)]
    pub month: Option<u32>,
}

/// When marketing waits out of courtesy. Answers, order texts and codes never do.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Courtesy {
    /// While the customer waits for an answer in an open conversation, or wrote in one within 24 hours.
    pub open_conversations: bool,
    /// While a complaint of theirs is open.
    pub complaints: bool,
}

/// The workspace's own policy on what it sells. It holds marketing texts back and drops none of them.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct SendingPolicy {
    /// How often a customer is sold to.
    pub caps: MarketingCaps,
    /// Whose text goes first where a limit leaves room for one: each seller once, the first first.
    #[schema(min_items = 5, max_items = 5)]
    pub priority: Vec<Seller>,
    /// When marketing waits.
    pub courtesy: Courtesy,
}

impl Seller {
    const fn origin(self) -> Origin {
        match self {
            Self::Person => Origin::Person,
            Self::Bot => Origin::Bot,
            Self::Flow => Origin::Flow,
            Self::Campaign => Origin::Campaign,
            Self::Api => Origin::Api,
        }
    }

    /// None for what never sells.
    const fn of(origin: Origin) -> Option<Self> {
        match origin {
            Origin::Person => Some(Self::Person),
            Origin::Bot => Some(Self::Bot),
            Origin::Flow => Some(Self::Flow),
            Origin::Campaign => Some(Self::Campaign),
            Origin::Api => Some(Self::Api),
            Origin::OptOutConfirmation | Origin::OptInConfirmation | Origin::SignUpRequest | Origin::HelpAnswer => None,
        }
    }
}

impl SendingPolicy {
    fn order(&self) -> Option<gate::Priority> {
        gate::Priority::of(&self.priority.iter().map(|seller| seller.origin()).collect::<Vec<_>>())
    }

    /// As the engine takes it, once it is checked.
    pub(crate) fn asked(&self) -> gate::SendingPolicy {
        let (caps, courtesy) = (self.caps, self.courtesy);
        gate::SendingPolicy {
            caps: gate::Caps { day: caps.day, week: caps.week, month: caps.month },
            priority: self.order().unwrap_or_default(),
            courtesy: gate::Courtesy {
                open_conversations: courtesy.open_conversations,
                complaints: courtesy.complaints,
            },
        }
    }
}

impl From<gate::SendingPolicy> for SendingPolicy {
    fn from(policy: gate::SendingPolicy) -> Self {
        let (caps, courtesy) = (policy.caps, policy.courtesy);
        Self {
            caps: MarketingCaps { day: caps.day, week: caps.week, month: caps.month },
            priority: policy.priority.order().iter().copied().filter_map(Seller::of).collect(),
            courtesy: Courtesy { open_conversations: courtesy.open_conversations, complaints: courtesy.complaints },
        }
    }
}

impl Checked for SendingPolicy {
    fn check(&self, faults: &mut Faults) {
        for (field, most) in [("day", self.caps.day), ("week", self.caps.week), ("month", self.caps.month)] {
            if let Some(most) = most {
                faults.number(&format!("caps.{field}"), i64::from(most), 1, i64::from(gate::CAP_MAX));
            }
        }
        if self.order().is_none() {
            faults.add("priority", "order", "person, bot, flow, campaign and api, each once");
        }
    }
}
