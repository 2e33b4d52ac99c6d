//! tidy: a data table. Conversations that the shop begins, and what comes back.

use crate::scene::{About, Scene, Step::*};
use domain::message::{Origin, Purpose};

const STOP_WORDS: &[&str] =
    &["STOP", "Stop", "stop", "STOP", "Stop.", "UNSUBSCRIBE", "stop texting me", "Please stop", "CANCEL", "quit"];

const CAMPAIGN: &[&str] = &[
    "$brand: the $product is back in $variant, and texters get it a day early: $link Reply STOP to opt out",
    "$brand: $percent off everything $material until Sunday with $code. $link Reply STOP to opt out",
    "$brand: new this week, the $product. First 50 come with a candle: $link Reply STOP to opt out",
];

const ABANDONED: &[&str] = &[
    "$brand: your cart is saved, the $product in $variant is still there: $link Reply STOP to opt out",
    "$brand: still thinking about the $product? We're here for questions, just text back. $link Reply STOP to opt out",
];

pub const SCENES: &[Scene] = &[
    Scene {
        topic: "shipping_update",
        weight: 90,
        about: About::JustBought,
        desk: 0,
        spanish: false,
        steps: &[
            Automates(
                Origin::Flow,
                Purpose::Transactional,
                &[
                    "$brand: thanks $name, we have your order $order ($product). We text you when it ships.",
                    "$brand: order $order is in, thank you! One $product, coming up.",
                ],
            ),
            Waits(20, 40),
            Automates(
                Origin::Flow,
                Purpose::Transactional,
                &[
                    "$brand: $order is on its way, due $eta. Follow it here: $link",
                    "$brand: your $product has left the building. Due $eta: $link",
                ],
            ),
            Either(&[
                &[Taps],
                &[Says(&["{great|yay|finally|perfect}{!|.} %for_whom", "%short_thanks"])],
                &[
                    Says(&[
                        "{can|could} they {leave it with the neighbor|put it behind the planter|ring twice|use the back door}? %for_whom",
                    ]),
                    Answers(&[
                        "$hello noted, I've passed it on to the carrier.",
                        "$hello sure, I've added that to the delivery notes.",
                    ]),
                    Says(&["%short_thanks"]),
                ],
                &[
                    Says(&[
                        "{I won't be home|nobody is home} {$day|then|that day}, {can it come {$day|later|next week}|what can we do}? [%for_whom]",
                    ]),
                    Answers(&[
                        "$hello you can move it by up to 3 days on the tracking page, or I do it for you: which day?",
                    ]),
                    Says(&[
                        "{$day|the day after|any time after {4|5|6}} {please|works best|would be great}. [%for_whom]",
                    ]),
                    Answers(&["Moved. $bye"]),
                    Says(&["%pleased"]),
                ],
                &[
                    Waits(30, 60),
                    Automates(
                        Origin::Flow,
                        Purpose::Transactional,
                        &["$brand: delivered! How was it? Reply 1 (poor) to 5 (great)."],
                    ),
                    Says(&["5", "5", "5!", "4", "5 stars", "3", "2", "5 ❤️", "1"]),
                ],
            ]),
        ],
    },
    Scene {
        topic: "campaign_question",
        weight: 45,
        about: About::Nothing,
        desk: 2,
        spanish: false,
        steps: &[
            Automates(Origin::Campaign, Purpose::Marketing, CAMPAIGN),
            Either(&[
                &[
                    Says(&[
                        "{ooh|oh|nice}, {does {the code|this|that} work|is {the code|this|that} {good|valid}} {on the $product|on sale items|if I order by $day|twice}? $aside",
                    ]),
                    Answers(&["$hello yes, once per person!"]),
                ],
                &[
                    Says(&["{does the $product come|is the $product still available} in $variant_other [too]? $aside"]),
                    Answers(&["$hello sure, only a few left though!", "$hello yes! Both are in stock."]),
                ],
                &[
                    Says(&["{what's|how much is} shipping {to $city|on that|for the $product}? $aside"]),
                    Answers(&["$hello it's free over $75, and $6 below!"]),
                ],
            ]),
            Either(&[
                &[Says(&["{ordered|done|just got one|in the cart}! [%for_whom]"])],
                &[Says(&["%pleased"])],
                &[Taps],
                &[Says(&["%short_thanks"])],
            ]),
        ],
    },
    Scene {
        topic: "campaign_stop",
        weight: 42,
        about: About::Nothing,
        desk: 3,
        spanish: false,
        steps: &[Automates(Origin::Campaign, Purpose::Marketing, CAMPAIGN), Stops(STOP_WORDS)],
    },
    Scene {
        topic: "stop_then_start",
        weight: 6,
        about: About::Nothing,
        desk: 3,
        spanish: false,
        steps: &[
            Automates(Origin::Campaign, Purpose::Marketing, CAMPAIGN),
            Stops(STOP_WORDS),
            Waits(10, 90),
            Starts,
            Says(&[
                "{sorry|oops}, {my kid had the phone|that was for another shop|I only meant the ads}. {when does the $product ship|is my order ok|did I miss anything}? [%for_whom]",
            ]),
            Answers(&["$hello no harm done, you're back on. $bye"]),
        ],
    },
    Scene {
        topic: "cart_question",
        weight: 30,
        about: About::Nothing,
        desk: 2,
        spanish: false,
        steps: &[
            Automates(Origin::Flow, Purpose::Marketing, ABANDONED),
            Either(&[
                &[
                    Either(&[
                        &[
                            Says(&[
                                "{I wasn't sure|I couldn't tell} {about the size|if it fits {my shelf|the corner|our place}|if the $variant is more {brown|green|gray}}. %for_whom",
                            ]),
                            Answers(&["$hello $measure Want me to put the $variant aside for you?"]),
                        ],
                        &[
                            Says(&[
                                "{shipping was|the total was} {more than I thought|a bit much}[, {any code|anything you can do} for the $product]? $aside",
                            ]),
                            Answers(&["$hello here's $code for free shipping, good today!"]),
                        ],
                    ]),
                    Says(&[
                        "{ok you convinced me|fine, take my money|ordering}{!| lol|, thanks}. [%for_whom]",
                        "%pleased",
                    ]),
                ],
                &[Stops(STOP_WORDS)],
                &[Taps],
                &[Says(&[
                    "{not right now|maybe next month|no thanks|just looking|bought it in the store}[, {thanks though|%for_whom}]",
                ])],
            ]),
        ],
    },
    Scene {
        topic: "angry_stop",
        weight: 14,
        about: About::Underway,
        desk: 0,
        spanish: false,
        steps: &[
            Fumes(&[
                "{all you send is ads|I get ads every {week|day}} {but|and} {nobody answers about $order|no $product|my $product is {two|three} weeks late}. %fed_up",
            ]),
            Answers(&["$hello $sorry I'm on it: $order is due $eta, and I've taken you off the ads."]),
            Fumes(&["{too late|whatever|don't bother}. {refund me|cancel it} {please|and that's it}[, %for_whom]"]),
            Stops(&["STOP", "stop", "Stop", "STOP ALL"]),
        ],
    },
];
