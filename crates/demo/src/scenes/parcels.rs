//! tidy: a data table. Where is my order, late and lost parcels, addresses, cancellations.

use crate::picture::Picture;
use crate::scene::{About, Scene, Step::*};

const ASKS_WHERE: &[&str] = &[
    "$hi {where is|where's|what happened to} my {order|package|parcel|$product}? I {ordered|bought} it $ago [and %no_parcel]. $aside",
    "$hi I {ordered|bought|paid for} the $product $ago {and|but} %no_parcel. {Any idea when it gets here?|%please_check?|What's going on?|Is it lost?|Should I worry?} $aside",
    "$hi {any update on|any news on|checking on|following up on|wondering about} {my $product|the $product [I ordered $ago]|the order I placed $ago}? %no_parcel. $aside",
    "$hi {do you know|can you tell me} {when my $product will {come|arrive|get here}|if the $product has shipped|what's holding up the $product}? $aside",
    "{where's|wheres} my $product",
    "$hi is the $product {on its way|coming soon|still coming {this week|by $day}|shipped yet}? $aside",
    "$hi I got {an email|a text|a notice} {on $day|$ago} {saying|that said} the $product {shipped|was on the way|would come by $day} {but|and} %no_parcel. $aside",
];

const ASKS_WHERE_BY_NUMBER: &[&str] = &[
    "$hi {where is|where's|any news on|any update on|checking on} {order $order|$order|my order $order}? I {ordered|bought} the $product $ago [and %no_parcel]. $aside",
    "$hi has $order {left yet|shipped already|gone out}? %no_parcel. $aside",
    "{where's|wheres|any sign of} my $product, %order_ref. $aside",
    "%order_ref, %no_parcel. {%please_check?|Any news?|Is it lost?} $aside",
];

const LOOKS_UP: &[&str] = &[
    "$hello %review: $order left us $shipped_day and the carrier shows it {in their $city hub|on the truck to you|one stop away from you}. It should reach you by $eta. Tracking: $tracking",
    "$hello your $product is on its way. The carrier had a backlog, and now expects it by $eta. Here is the tracking: $tracking",
    "$hello $sorry The parcel was scanned in $city this morning, so $eta looks right. Tracking $tracking",
];

pub const SCENES: &[Scene] = &[
    Scene {
        topic: "where_is_my_order",
        weight: 150,
        about: About::Underway,
        desk: 0,
        spanish: false,
        steps: &[
            Either(&[
                &[Says(ASKS_WHERE_BY_NUMBER)],
                &[
                    Says(ASKS_WHERE),
                    Answers(&[
                        "$hello happy to check. What's the order number, or the name on the order?",
                        "$hello I can look that up. Do you have the order number handy? It starts with OM.",
                    ]),
                    Says(&[
                        "{%order_ref|$order|sure, $order|$order I think|the email says $order}",
                        "I don't have {it|the number} {handy|with me|here}, {the name is|it's under|try} $name_full [or {my email|my wife's name|this number}]",
                    ]),
                ],
                &[Says(ASKS_WHERE)],
            ]),
            Answers(LOOKS_UP),
            Sometimes(
                45,
                &[Either(&[
                    &[
                        Says(&[
                            "{is that|so that's} {definite|for sure|a promise|guaranteed}? %for_whom",
                            "{ok|hm ok|alright} but {the tracking said the same {$day|last week}|that's {two|three|four} days late|I was told $day}. [%for_whom]",
                        ]),
                        Answers(&["I can't promise for the carrier, but they've been good on this stretch. %promise."]),
                    ],
                    &[
                        Says(&[
                            "can {I pick it up at the {depot|hub}|they leave it with {my neighbor|the front desk|$friend next door}|you have them hold it}? %for_whom",
                        ]),
                        Answers(&[
                            "You can choose that on the tracking page, under delivery options. If it isn't with you by $eta, text me and we send a new one.",
                        ]),
                    ],
                    &[
                        Says(&[
                            "will {someone have to sign|they knock|it fit in the mailbox|they leave it outside} for the $product? %for_whom",
                        ]),
                        Answers(&[
                            "No signature needed. They leave it at the door on $eta unless you tell them otherwise on the tracking page.",
                            "They leave it at $street, by the door. You can change that until the night before $eta.",
                        ]),
                    ],
                ])],
            ),
            Either(&[&[Says(&["%pleased"])], &[Says(&["%short_thanks"])], &[Taps], &[Says(&["%ok"])]]),
            Answers(&["$bye", "You're welcome. $bye", "Of course. $bye"]),
            Sometimes(
                18,
                &[
                    Waits(20, 70),
                    Says(&[
                        "{it came|it's here|got it|just arrived}[{!|, and it's beautiful|, thank you|, the $product is lovely| and my {mom|dog|kid} loves it}] [%for_whom]",
                        "{update|just to tell you}: the $product {came|is here|got here} {today|this morning|while I was at work|an hour ago}[, {thanks|all good|love it}]",
                    ]),
                    Answers(&["So glad to hear it. $bye", "Wonderful, enjoy the $product."]),
                ],
            ),
        ],
    },
    Scene {
        topic: "late_and_angry",
        weight: 55,
        about: About::Underway,
        desk: 0,
        spanish: false,
        steps: &[
            Fumes(&[
                "I ordered the $product $ago and %no_parcel. %fed_up. {%order_ref|}",
                "%fed_up. {where is my $product|%order_ref and %no_parcel|%no_parcel and it's been since $bought_day}. $aside",
                "{still no $product|day $count and no $product|it's been {ten days|two weeks|eleven days|nine days}}. %fed_up",
            ]),
            Sometimes(
                40,
                &[Fumes(&[
                    "{hello??|hello|anyone?|is this a bot?|are you even there|???}",
                    "{I'm still waiting|still waiting here|an answer would be nice|is anyone going to answer about $order}",
                ])],
            ),
            Notes(&[
                "$tracking stuck since $day, opened a trace with the carrier.",
                "Second complaint about this lane this week. Ok to reship if no scan by tomorrow.",
                "High value order ($amount), be generous.",
            ]),
            Answers(&[
                "$hello $sorry You should not have to chase us. The carrier has had no scan since $day, so I'm not going to make you wait: I can send a new $product today, or refund you in full. Which do you prefer?",
                "$hello $sorry $order is stuck at a sorting center and I've opened a trace. I can reship by express right now at our cost, or pay you back. Your call.",
            ]),
            Either(&[
                &[
                    Fumes(&[
                        "{just send it|send a new one|reship it}, {but express|fast|and I want tracking this time}. [%for_whom]",
                        "{reship|new one please} {but it has to|it must} {be here|arrive} by $day. [%for_whom]",
                    ]),
                    Answers(&[
                        "Done. A new $product leaves in tonight's pickup by express, due $eta. New tracking: $tracking. If the first one turns up, keep it or refuse it, whichever is easier.",
                        "It's being packed now and goes express, $eta at the latest. $tracking is the new tracking.",
                    ]),
                    Either(&[
                        &[Says(&["%short_thanks"])],
                        &[Says(&[
                            "{fine|ok|alright}. {I'll believe it when I see it|we'll see|thank you for answering at least|I appreciate you being straight with me} [about $order]",
                        ])],
                        &[Taps],
                    ]),
                ],
                &[
                    Fumes(&[
                        "{refund|I want my money back|just refund me|money back please}. {I bought {one|a $other} somewhere else [on $day]|it's too late now, {$friend's|my mom's|our} {party|birthday|dinner} {is over|was $day}|I can't wait {past $day|any more for a $product}}",
                    ]),
                    Answers(&[
                        "Understood. $amount is on its way back to your card, which takes 3 to 5 business days. I've also put $credit of store credit on your account, no strings.",
                    ]),
                    Says(&[
                        "{ok thank you|thanks for not arguing|fair enough|appreciated}[, {sorry for the tone|it's not your fault|I know it's the carrier|I was just upset about the $product}]",
                        "%short_thanks",
                    ]),
                ],
            ]),
            Answers(&["$bye"]),
        ],
    },
    Scene {
        topic: "delivered_but_not_here",
        weight: 40,
        about: About::Arrived,
        desk: 0,
        spanish: false,
        steps: &[
            Says(&[
                "$hi {tracking|the app|it} says {delivered|my $product was delivered} {today|yesterday|at {1:15|2:40|11:05|4:30}|$day} {but|and} {there's nothing here|nothing at the door|I don't have it|I was home and nobody came}. $aside",
                "$hi {your email says|apparently} $order was {delivered|left at the door|handed to a resident}. {It wasn't.|Not to me!|Wrong house?|I checked with the neighbors too.} $aside",
            ]),
            Sometimes(
                50,
                &[Shows(
                    &[Picture::EmptyPorch],
                    &[
                        "{this is|here's} my {porch|door|front step} {right now|an hour ago|just now}",
                        "nothing. see? %for_whom",
                        "",
                    ],
                )],
            ),
            Answers(&[
                "$hello $sorry Would you check with neighbors and anyone at home? Sometimes it's scanned a little before it's handed over. Meanwhile I'm asking the driver for the photo.",
                "$hello let me pull the delivery photo. Is there a side door, mail room or garage they may have used?",
            ]),
            Says(&[
                "{checked|I checked|already checked} {everywhere|both doors|with $friend next door|the mailroom|the garage}, {no|nothing|not there|nobody has it}. [%for_whom]",
                "{there's no|we have no} {doorman|mailroom|side door|garage}, {it's a house|it's a small building|you'd see it right away}. [%for_whom]",
            ]),
            Waits(1, 5),
            Either(&[
                &[
                    Answers(&[
                        "The photo shows a green door with the number {14|27|208|31}. Is that yours?",
                        "The driver marked it at a house with a white fence. Does that sound like yours?",
                    ]),
                    Says(&[
                        "{no|nope}, {ours is {red|blue|white|brown}|we don't have a fence|that's {the neighbors|across the street|two houses down}}! {I'll walk over|let me go look|going now|give me {five|ten} minutes} [and ask about the $product]",
                    ]),
                    Says(&[
                        "{found it|got it}! {they had it|it was on their porch|$friend had taken it in|it was behind their planter} [{the whole time|since $day}]. {thank you|thanks so much|phew}",
                    ]),
                    Answers(&["Glad it turned up. I've told the carrier about the mix-up. $bye"]),
                ],
                &[
                    Answers(&[
                        "The carrier can't show where it went, so that's ours to fix. I'm sending a new $product now, due $eta, no charge: $tracking",
                    ]),
                    Says(&[
                        "%pleased",
                        "{oh wow|really?|that's it?} {thank you|thanks}, {I thought I'd have to fight for it|I didn't expect that|that was easy}. [%for_whom]",
                    ]),
                    Answers(&["$bye"]),
                ],
            ]),
        ],
    },
    Scene {
        topic: "change_address",
        weight: 35,
        about: About::Fresh,
        desk: 0,
        spanish: false,
        steps: &[
            Says(&[
                "$hi {I put|I think I put|I used} the {wrong|old} address on {$order|my order|the $product order}. {Can you change it|Is it too late|Can it go} to $street[, $city]? $aside",
                "$hi {just ordered|I just placed an order for} the $product and {autofill|my browser|my phone} {used|put in} {my old address|my parents' address|last year's address}. {It should be|Please send it to} $street[, $city]. $aside",
                "can {$order|my order from {today|this morning|last night}} go to $street instead? %for_whom",
            ]),
            Answers(&[
                "$hello caught it in time, it hasn't been packed. I have: $street. Shall I save that?",
                "$hello it's still with us, so yes. To be sure: $street, is that everything? Apartment number?",
            ]),
            Says(&[
                "{yes|yep|that's it|correct|yes exactly}[{, apt {2B|4|11|3C|109}|, thank you|, same zip}]",
                "{add|plus|it's} {apt|unit|suite} {2B|4|11|3C|109|7} [{please|on the second floor|buzz code {2040|1188|0075}}]",
            ]),
            Answers(&["Saved. It leaves {tomorrow|tonight|Monday}, you'll get tracking by text. $bye"]),
            Either(&[&[Says(&["%short_thanks"])], &[Says(&["%pleased"])], &[Taps]]),
        ],
    },
    Scene {
        topic: "cancel",
        weight: 35,
        about: About::TakenBack,
        desk: 0,
        spanish: false,
        steps: &[
            Says(&[
                "$hi {can I|I'd like to|I need to|please} cancel {$order|my order|the $product}? {I ordered {two|the wrong one|the wrong size|it twice} by accident|I found it cheaper|my {wife|husband|roommate|sister} ordered one too|changed my mind, sorry|it ships too late for me}. $aside",
                "{cancel|pls cancel|please cancel} {$order|my order from {today|yesterday}}, {the $product|%for_whom}",
            ]),
            Answers(&[
                "$hello no problem, it hasn't left us. Cancelled, and $amount goes back to your card within 3 to 5 business days.",
                "$hello done. You'll see $amount back in a few days, depending on your bank.",
            ]),
            Either(&[
                &[Says(&["%short_thanks"])],
                &[Says(&[
                    "{that was quick|easy|wow ok}, {thanks|thank you}. {will order again|I'll be back for the $variant one|maybe at Christmas|next time I'll look twice} [%for_whom]",
                ])],
                &[
                    Says(&[
                        "{actually|oh wait|hold on}, {can you just swap it for|could I have} the $variant {instead|one instead}? %for_whom",
                    ]),
                    Answers(&[
                        "Sure. I've made a new order for the $variant, same price. It goes out {today|tomorrow}.",
                    ]),
                    Says(&["%pleased"]),
                ],
            ]),
            Answers(&["$bye"]),
        ],
    },
];
