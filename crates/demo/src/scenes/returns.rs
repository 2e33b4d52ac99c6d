//! tidy: a data table. Broken, wrong and unwanted things, and money back.

use crate::picture::Picture;
use crate::scene::{About, Scene, Step::*};

pub const SCENES: &[Scene] = &[
    Scene {
        topic: "arrived_broken",
        weight: 85,
        about: About::Arrived,
        desk: 1,
        spanish: false,
        steps: &[
            Says(&[
                "$hi my $product {came|arrived|showed up} {today|yesterday|this morning|just now} {and it's|but it's|and sadly it's} $damage. $aside",
                "$hi {just opened|opening|I unpacked} $order and the $product is $damage. {What do I do?|Can I get another one?|Can you replace it?|Do I send it back?} $aside",
                "{so sad|ugh|oh no}, the $product is $damage [{already|out of the box|and I only opened it now}]. $aside",
            ]),
            Sometimes(
                45,
                &[Answers(&[
                    "$hello $sorry Could you send a photo of it and of the box? Then I can sort it right away.",
                    "$hello $sorry A quick picture would help me show the packers what happened.",
                ])],
            ),
            Shows(
                &[Picture::CrackedMug],
                &[
                    "",
                    "see the {crack|side|corner|bottom}?",
                    "{here you go|here|this is it|that's how it came}",
                    "{you can see it|it's worst} {on the left|near the handle|at the bottom|right there}. %for_whom",
                ],
            ),
            Sometimes(
                40,
                &[Shows(
                    &[Picture::TornParcel, Picture::Label],
                    &[
                        "{and|this is} the box",
                        "box looked like {this|that|someone sat on it}[ when {the carrier dropped it|I found it|$friend brought it up}]",
                        "",
                    ],
                )],
            ),
            Sometimes(
                30,
                &[Notes(&[
                    "Third one of these from the $day batch, told the warehouse.",
                    "Packing: no corner pads again.",
                    "Photo shows carrier damage, claim filed.",
                ])],
            ),
            Either(&[
                &[
                    Answers(&[
                        "I can replace it or refund $price, whichever you like better.",
                        "That's clearly on us. Would you like a new one, or your $price back?",
                    ]),
                    Says(&[
                        "{replacement|a new one|a new $product|replace it} {please|pls|would be great}. [%for_whom]",
                        "{refund|just the refund|money back} {please|pls|is fine}, {I found another|it was a gift and it's late now|I don't trust the box}. [%for_whom]",
                    ]),
                    Answers(&["Done, you'll have a text about it {tonight|tomorrow morning}."]),
                    Says(&["%short_thanks"]),
                ],
                &[
                    Answers(&[
                        "Thank you, that's clear. I'm sending a new $product, packed better this time, due $eta. No need to send the broken one back.",
                        "Ouch. A replacement leaves {today|tomorrow} and should be with you by $eta. Please recycle the broken one if you can.",
                    ]),
                    Either(&[&[Says(&["%pleased"])], &[Says(&["%short_thanks"])], &[Taps]]),
                ],
            ]),
            Answers(&["$bye"]),
            Sometimes(
                15,
                &[
                    Waits(60, 110),
                    Says(&[
                        "the new $product {came|is here|arrived} {in one piece|and it's perfect|safe and sound|today}[, {thank you|thanks again|so pretty}]. [%for_whom]",
                    ]),
                    Taps,
                ],
            ),
        ],
    },
    Scene {
        topic: "wrong_item",
        weight: 60,
        about: About::Arrived,
        desk: 1,
        spanish: false,
        steps: &[
            Says(&[
                "$hi I {ordered|got|paid for} the $product {in $variant|($variant)} but {you sent|I received|the box has|what came is} {the $variant_other one|a $other|somebody else's $other|$variant_other}. $aside",
                "$hi {wrong {item|color|thing}|not what I ordered}: {$order|the box} {should be|was supposed to be} a $product, {it's|I have} a $other. $aside",
                "{um|uh|so|ok so} I {opened|just opened} my {box|package|order} and {there's|it's} a $other in it?? I ordered the $product. $aside",
            ]),
            Sometimes(
                55,
                &[Shows(
                    &[Picture::WrongColor, Picture::Label],
                    &[
                        "",
                        "{this is what came|here|see}",
                        "{definitely not|does this look like} {$variant|a $product} [lol]",
                    ],
                )],
            ),
            Answers(&[
                "$hello $sorry We mixed up two orders. The right one, $variant, leaves {today|tomorrow} and I'm texting you a label for the other. No rush with it.",
                "$hello $sorry I've set the right $product to ship {today|first thing tomorrow}. Would you like to keep the other at half price, or send it back free?",
            ]),
            Either(&[
                &[
                    Says(&[
                        "{I'll send it back|send it back|the $other goes back}, {where do I drop it|can they pick it up|do I need the box}? %for_whom",
                    ]),
                    Answers(&["Any drop-off point is fine, box or bag. The label is here: $link"]),
                    Says(&["%short_thanks"]),
                ],
                &[
                    Says(&[
                        "{keep it|I'll keep it|half price? deal|ok I'll keep the $other}, {it's growing on me|it's actually nice|my {sister|mom|roommate} wants it}. [%for_whom]",
                    ]),
                    Answers(&["Ha, good home found. Half comes off your card shortly."]),
                ],
                &[
                    Says(&[
                        "{how long will that take|when would the right one come|will the $product come before $day}? %for_whom",
                    ]),
                    Answers(&["By $eta. Tracking: $tracking"]),
                    Says(&["%ok"]),
                ],
            ]),
            Answers(&["$bye"]),
        ],
    },
    Scene {
        topic: "return_request",
        weight: 75,
        about: About::PaidBack,
        desk: 1,
        spanish: false,
        steps: &[
            Says(&[
                "$hi {how do I|can I|what's the way to|I'd like to} return {the $product|$order|my $product}? {It's nice but|Nothing wrong with it, just|Sadly} {it doesn't fit the room|it's smaller than I thought|it's bigger than I pictured|the $variant is darker than online|it clashes with everything|I have nowhere to put it|my {wife|husband|partner|mom} hates it}. $aside",
                "$hi {do you take back|is it too late to return} the $product {I got $ago|if the box is gone|if it's been washed once}? $aside",
                "$hi {need to|want to} {send back|return} the $product {from $order|I got $ago}. {Didn't work out.|Wrong size, my fault.|It was a double gift.|Too $adjective.} $aside",
            ]),
            Answers(&[
                "$hello of course. You have 45 days and the label is on us: $link. Would you like your money back or something else instead?",
                "$hello sure thing. Print this label, or show the code at any drop-off point: $link. Refund, or an exchange?",
            ]),
            Either(&[
                &[
                    Says(&["{refund|money back} {please|pls|is fine|if possible}[, to the same card]. [%for_whom]"]),
                    Answers(&["Refund it is. $amount goes out the day it's back with us."]),
                ],
                &[
                    Says(&["{could I|can I} swap it for the {$variant|$other} {instead|one}? %for_whom"]),
                    Answers(&["Yes. I've put one aside for you; it ships when the carrier scans your return."]),
                ],
                &[
                    Says(&[
                        "I don't have {a printer|the box any more|any tape}[, {is that a problem|what now}]? %for_whom",
                    ]),
                    Answers(&[
                        "You don't need a thing: show the code on your phone and they pack it there. Any time before $eta works.",
                    ]),
                    Says(&[
                        "{oh nice|ok easy|great}, {dropping it off|I'll do it} {$day|tomorrow|after work|this weekend}. [%for_whom]",
                    ]),
                ],
            ]),
            Sometimes(60, &[Says(&["%short_thanks"])]),
            Sometimes(
                45,
                &[
                    Waits(70, 140),
                    Says(&[
                        "$hi I {sent back|returned|dropped off} the $product {$day|last week|{five|six|seven|eight} days ago}, {any sign of the refund|did you get it|when do I get the money|nothing on my card yet}? %for_whom",
                        "{is the refund for $order|did my refund} {go through|come|on its way}? {still nothing|card shows nothing|bank says no} [since $day]",
                    ]),
                    Notes(&["Return scanned $day, refund was waiting for inspection. Released."]),
                    Answers(&[
                        "$hello it arrived and your $amount went out {this morning|just now}. Banks take up to 5 business days to show it.",
                        "$hello $sorry It sat in inspection. I've released $amount, it should show by $eta.",
                    ]),
                    Either(&[&[Says(&["%pleased"])], &[Says(&["%short_thanks"])], &[Taps]]),
                ],
            ),
        ],
    },
    Scene {
        topic: "refund_and_anger",
        weight: 35,
        about: About::PaidBack,
        desk: 1,
        spanish: false,
        steps: &[
            Fumes(&[
                "{you still owe me|where is} my {refund|money|$amount}? I {returned|sent back} the $product $ago. %fed_up",
                "%fed_up. {my refund for $order|the $amount for the $product} {was promised|should have come|is late}: {$day|{two|three} weeks ago|last month}",
                "I {was charged|got charged} {twice|two times|again} for {$order|the $product}, {fix it|explain please|please explain}. %fed_up",
            ]),
            Answers(&[
                "$hello $sorry I'm looking at it now, give me a few minutes.",
                "$hello $sorry That's our mistake and I'm fixing it while we text.",
            ]),
            Notes(&[
                "Refund failed silently: card expired. Reissued by hand.",
                "Duplicate capture confirmed by finance, reversed.",
                "Please nobody ask for the order number again, it's $order.",
            ]),
            Sometimes(
                50,
                &[Fumes(&[
                    "{how long is this going to take|I've heard that before|a few minutes, sure|you said that {$day|last time}} [about $order]",
                    "{I have it in writing|I have the email} {from $day|here}. {do you want a screenshot|want me to send it} [of the $product order]?",
                ])],
            ),
            Answers(&[
                "Found it: the refund bounced because the card on file had expired. I've sent $amount again by another way and it can't bounce. You'll have it by $eta. I also added $credit for the trouble.",
            ]),
            Either(&[
                &[Says(&[
                    "{ok|fine|alright}. {thank you for sorting it|thanks for actually looking|sorry I got loud|I'll check my account {$day|tomorrow}} [%for_whom]",
                ])],
                &[Fumes(&[
                    "{we'll see|I'll believe it when it's there|it better be}. [{if it's not there by $day|last chance before} {I'm calling the bank|I dispute it}]",
                ])],
                &[Says(&["%short_thanks"])],
            ]),
            Answers(&["$bye"]),
        ],
    },
    Scene {
        topic: "wear_and_tear",
        weight: 30,
        about: About::Arrived,
        desk: 1,
        spanish: false,
        steps: &[
            Says(&[
                "$hi {after|it's been} {two|three|four|six} {weeks|months} {the|and the|my} $product {started to|began to} {$wear|$wear}. {Is that normal?|Should it do that?|Is that covered?|Did I do something wrong?} $aside",
                "{is it normal|should I worry} that {the|my} $product {$wears}? {I {only used|washed} it {twice|a few times|once}|it's {two|five} months old}. $aside",
            ]),
            Sometimes(
                60,
                &[Shows(
                    &[Picture::StainedCloth],
                    &["", "{close up|here|like this}", "{this part|this spot|this side} {mostly|right here}"],
                )],
            ),
            Answers(&[
                "$hello that shouldn't happen this early. It's within our two years, so I'm sending you a new one.",
                "$hello thanks for the detail. A little of that is normal with $stuff: $care If it gets worse, we replace it.",
            ]),
            Either(&[
                &[Says(&["%pleased"])],
                &[Says(&[
                    "{good to know|ah ok|makes sense|interesting}, I'll {try that|do that|keep an eye on it}. [%for_whom]",
                ])],
                &[Says(&["%ok"])],
            ]),
            Answers(&["$bye"]),
        ],
    },
];
