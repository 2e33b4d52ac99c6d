//! The shop's agents: roles, not people, each with a voice of its own.

/// One desk of the shop.
#[derive(Debug)]
pub struct Agent {
    /// As shown beside its texts.
    pub name: &'static str,
    /// How it begins.
    pub hello: &'static [&'static str],
    /// How it ends a talk.
    pub bye: &'static [&'static str],
    /// What it says when something went wrong.
    pub sorry: &'static [&'static str],
    /// The local hours it works in, of the shop's clock.
    pub hours: (i64, i64),
    /// Whether it works on Saturday and Sunday.
    pub weekends: bool,
}

/// Every desk. Conversations and messages refer to them by index.
pub const AGENTS: &[Agent] = &[
    Agent {
        name: "Orders desk",
        hello: &["Hi $name,", "Hello $name,", "Hi $name, thanks for texting $brand."],
        bye: &["Anything else, just text back.", "We're here if you need us.", "Text this number any time."],
        sorry: &["Sorry for the wait on this.", "I'm sorry about the delay.", "Sorry, that's not how it should go."],
        hours: (8, 17),
        weekends: false,
    },
    Agent {
        name: "Returns desk",
        hello: &["Hi $name, thank you for letting us know.", "Hello $name, thanks for reaching out.", "Hi $name."],
        bye: &[
            "Thank you for your patience, $name.",
            "Thanks for giving us the chance to fix the $product, $name.",
            "Take care, and thank you.",
        ],
        sorry: &[
            "I'm so sorry about that.",
            "That must be disappointing, I'm sorry.",
            "I'm really sorry it reached you like this.",
        ],
        hours: (9, 18),
        weekends: false,
    },
    Agent {
        name: "Product help",
        hello: &["Hi $name!", "Hey $name!", "Hi $name, happy to help!"],
        bye: &["Enjoy the $product!", "Send us a picture when it's set up!", "Happy to help any time!"],
        sorry: &["Oh no, sorry!", "Ah, sorry about that!", "Oh dear, that's on us!"],
        hours: (10, 19),
        weekends: true,
    },
    Agent {
        name: "Evening desk",
        hello: &["Hey $name,", "Hey there $name,", "Hi,"],
        bye: &["All set, $name.", "Shout if not.", "That's you sorted, have a good one."],
        sorry: &["Sorry about that.", "Not great, sorry.", "Sorry, our mistake."],
        hours: (13, 22),
        weekends: true,
    },
];
