//! tidy: a data table. Questions before and after buying, discounts, thanks, strays.

use crate::picture::Picture;
use crate::scene::{About, Scene, Step::*};

pub const SCENES: &[Scene] = &[
    Scene {
        topic: "which_one",
        weight: 80,
        about: About::Nothing,
        desk: 2,
        spanish: false,
        steps: &[
            Either(&[
                &[
                    Says(&[
                        "$hi {which|what} {size|version|kind} of the $product would you {get|take|recommend} for {a small {kitchen|apartment|bathroom|balcony}|two people|a family of {four|five|six}|somebody tall|a queen bed|a rental}? [$variant or $variant_other?] $aside",
                    ]),
                    Answers(&[
                        "$hello I'd go with the $variant. $measure Most people in your spot are happiest with it.",
                    ]),
                ],
                &[
                    Says(&[
                        "$hi is the $product {true to {size|color}|really $variant or more {gray|brown|yellow}|as {heavy|soft|big} as it looks|good for every day}? $aside",
                    ]),
                    Answers(&[
                        "$hello yes, that's what we hear from everyone who has it. $measure",
                        "$hello it is! The pictures are in plain daylight, nothing done to them.",
                    ]),
                ],
                &[
                    Says(&[
                        "$hi how {big|tall|wide|deep|heavy} is the $product {exactly|really|in $variant}? {The page doesn't say.|I measured {11|14|18|22} inches of space.|It has to fit a {shelf|drawer|corner|windowsill}.} $aside",
                    ]),
                    Answers(&["$hello I just went and measured one. $measure", "$hello $measure"]),
                ],
                &[
                    Says(&[
                        "$hi I {can't decide|am torn} between the $product and the $other. {Which {lasts longer|would you keep|sells better}?|Thoughts?|Help!} $aside",
                    ]),
                    Answers(&[
                        "$hello honestly? The $product is the sturdier of the two. $measure",
                        "$hello the $product, if it's for every day. The $other is more of a treat!",
                    ]),
                ],
                &[
                    Says(&[
                        "$hi does the $product {come|ship} {in $variant|with a lid|with hardware|gift wrapped|assembled}? $aside",
                    ]),
                    Answers(&["$hello it does, just tick the box at checkout!", "$hello yes! It comes ready to use."]),
                ],
            ]),
            Sometimes(
                65,
                &[Either(&[
                    &[
                        Says(&[
                            "{and|ok and|great, and} {how do I clean it|is it easy to keep clean|what does it need}? %for_whom",
                        ]),
                        Answers(&["$care"]),
                    ],
                    &[
                        Says(&[
                            "{is the $variant|do you have the $variant_other} in stock {right now|this week}? %for_whom",
                        ]),
                        Answers(&[
                            "Yes, $variant and $variant_other are both here and ship within a day!",
                            "The $variant one is, {4|7|11|19|26} left as of this morning!",
                        ]),
                    ],
                    &[
                        Says(&["{can I return it|what if it doesn't fit|what if {she|he} doesn't like it}? %for_whom"]),
                        Answers(&[
                            "You have 45 days, and we pay for the way back!",
                            "Then the $product comes back to us, at our cost, any time within 45 days!",
                        ]),
                    ],
                ])],
            ),
            Either(&[
                &[
                    Says(&[
                        "{ok|great|perfect}, {ordering now|just ordered|I'll take the $variant|in my cart|sold}! [%for_whom]",
                    ]),
                    Answers(&["Yay! $bye"]),
                ],
                &[Says(&["%pleased"]), Answers(&["$bye"])],
                &[
                    Says(&[
                        "{let me think|I'll talk to my {wife|husband|partner|sister}|I'll sleep on it|hm, let me measure again}[ about the $product]",
                    ]),
                    Answers(&["Take your time! $bye"]),
                ],
                &[Taps],
            ]),
        ],
    },
    Scene {
        topic: "care",
        weight: 45,
        about: About::Arrived,
        desk: 2,
        spanish: false,
        steps: &[
            Says(&[
                "$hi how do I {clean|wash|take care of|look after} {the|my} $product? {It got {coffee|wine|wax|oil|mud|tomato sauce} on it.|First wash and I'm scared.|The tag fell off.|I lost the card.} $aside",
                "$hi {can|should} {the|my} $product {go in the {dishwasher|dryer|oven|washing machine}|be oiled|sit in the sun|stay outside in winter}? $aside",
            ]),
            Sometimes(
                25,
                &[Shows(
                    &[Picture::StainedCloth],
                    &["", "{this|that} is the {stain|spot|damage} [from {$day|last night}]"],
                )],
            ),
            Answers(&["$hello $care", "$hello easy: $care"]),
            Sometimes(
                50,
                &[Either(&[
                    &[
                        Says(&[
                            "{and if that doesn't work|what if it doesn't come out|what if it's still there after}? %for_whom",
                        ]),
                        Answers(&[
                            "Then text me a picture and we'll try plan B!",
                            "Then let it dry until $day, send a photo of the $product, and I'll ask the makers!",
                        ]),
                    ],
                    &[
                        Says(&["{how often|once a week|every time} [{should I do that|is enough}]? %for_whom"]),
                        Answers(&[
                            "About once a month is plenty!",
                            "Every {three|four|five|six} weeks, more if the $product sees a lot of use!",
                        ]),
                    ],
                ])],
            ),
            Either(&[
                &[Says(&["%pleased"])],
                &[Says(&[
                    "{it worked|that did it|good as new}[, {thank you|you're a genius|thanks so much}]. [%for_whom]",
                ])],
                &[Says(&["%short_thanks"])],
                &[Taps],
            ]),
        ],
    },
    Scene {
        topic: "discount",
        weight: 60,
        about: About::Nothing,
        desk: 3,
        spanish: false,
        steps: &[
            Either(&[
                &[
                    Says(&[
                        "$hi {do you have|are there|is there} {any|a} {coupon|discount|promo|code|sale} {for the $product|right now|coming up|for {first orders|teachers|nurses|students}}? $aside",
                    ]),
                    Answers(&[
                        "$hello try $code, that takes $percent off and is good until $eta.",
                        "$hello for you, $code: $percent off, once. Good until $eta.",
                    ]),
                ],
                &[
                    Says(&[
                        "$hi the code {$code|from your text|from the {email|card|receipt}} {doesn't work|says expired|won't apply|does nothing} {on the $product|at checkout|with $amount in my cart}. $aside",
                    ]),
                    Answers(&[
                        "$hello that one ended $day, but use $code instead: $percent off, once.",
                        "$hello odd, it should. I've made you a fresh one: $code",
                    ]),
                ],
                &[
                    Says(&[
                        "$hi will the $product {go on sale|be cheaper|be in the sale} {for Black Friday|this month|soon|after Christmas}? $aside",
                    ]),
                    Answers(&[
                        "$hello I can't see that far, but $code takes $percent off until $eta.",
                        "$hello not that I know of, but nobody says I can't give you $code: $percent off.",
                    ]),
                ],
                &[
                    Says(&[
                        "I {bought|ordered} the $product $ago and {now it's|today it's|I see it's} {$percent off|on sale|cheaper}. {Can I get the difference?|Any way to adjust that?|Bad luck or can you help?} $aside",
                    ]),
                    Answers(&["$hello we do price adjustments within two weeks. $credit goes back to your card."]),
                ],
            ]),
            Either(&[
                &[Says(&["{it worked|that worked|yes|oh nice}! {thank you|thanks|you rock}. [%for_whom]"])],
                &[
                    Says(&[
                        "{still doesn't work|nope|says not valid}, {for the $product|it says minimum {$50|$75|$100}|tried {twice|three times}}. [%for_whom]",
                    ]),
                    Answers(&[
                        "Ah, it needs the $product in the cart without the gift box. I've fixed it on our side, try again?",
                    ]),
                    Says(&["%pleased"]),
                ],
                &[Says(&["%short_thanks"])],
                &[Taps],
            ]),
            Answers(&["$bye"]),
        ],
    },
    Scene {
        topic: "back_in_stock",
        weight: 30,
        about: About::Nothing,
        desk: 2,
        spanish: false,
        steps: &[
            Says(&[
                "$hi when {will|do you get} the $product {be back|back|again} in $variant? {It's been sold out {for weeks|since $day|every time I look}.|I missed it twice.} $aside",
                "$hi is the $variant $product {gone for good|discontinued|coming back|sold out forever}? $aside",
            ]),
            Answers(&[
                "$hello it's on the boat and due around $eta. Shall I put one aside for you?",
                "$hello the next firing comes out of the kiln on $eta. I can hold one with your name on it!",
            ]),
            Says(&[
                "{yes please|yes|oh yes|please do}{!|, two if you can|, thank you|, {in|the} $variant}. [%for_whom]",
            ]),
            Answers(&[
                "Done! You'll get a text the moment the $product is here.",
                "It's yours, $variant, under your name until a week after $eta!",
            ]),
            Either(&[&[Says(&["%pleased"])], &[Taps], &[Says(&["%short_thanks"])]]),
        ],
    },
    Scene {
        topic: "gift",
        weight: 25,
        about: About::Fresh,
        desk: 0,
        spanish: false,
        steps: &[
            Says(&[
                "$hi can you {add|put|include} a {gift note|card|note} {to|with|in} $order? It should say: {\"Happy birthday $friend, love from all of us\"|\"For your new home, $friend\"|\"$friend, put the kettle on. Miss you\"|\"Congratulations you two\"|\"Get well soon $friend\"}. $aside",
                "$hi {please don't|could you not|make sure not to} {put|include|send} the {price|receipt|invoice} in the box for $order, {it's a gift|it goes straight to $friend|she'd see it}. $aside",
            ]),
            Answers(&[
                "$hello done, handwritten and without a price anywhere.",
                "$hello of course, it's on the packing slip and nowhere on the outside.",
            ]),
            Either(&[&[Says(&["%pleased"])], &[Says(&["%short_thanks"])]]),
            Answers(&["$bye"]),
        ],
    },
    Scene {
        topic: "thanks",
        weight: 45,
        about: About::Arrived,
        desk: 2,
        spanish: false,
        steps: &[
            Says(&[
                "$hi {just wanted to say|no question, just|wanted you to know} {I love|we love|I'm so happy with|everyone asks about} {the|my|our} $product. {It's {gorgeous|so soft|even nicer in person|perfect|just right}.|Best thing I bought {this year|in a while}.|Worth every penny.} $aside",
                "the $product {is here|came} and {it's {gorgeous|so pretty|perfect|even better than the pictures}|I'm in love|my {kitchen|bedroom|porch} looks like a magazine}! $aside",
            ]),
            Sometimes(
                70,
                &[Shows(
                    &[Picture::AtHome, Picture::Plant],
                    &[
                        "",
                        "{look|ta-da|here it is|in its new home|doesn't it look great}",
                        "{first morning|day one} with the $product [{and|plus} {coffee|the cat}]",
                    ],
                )],
            ),
            Answers(&[
                "$hello you just made our day! May we show the picture on our page?",
                "$hello oh that looks wonderful, thank you for sharing!",
            ]),
            Either(&[
                &[Says(&[
                    "{of course|sure|go ahead|yes}[, {just no last name|tag me|crop the mess out}][, %for_whom]",
                ])],
                &[Taps],
                &[Says(&["%short_thanks"])],
            ]),
        ],
    },
    Scene {
        topic: "wholesale",
        weight: 12,
        about: About::Nothing,
        desk: 3,
        spanish: false,
        steps: &[
            Says(&[
                "$hi {do you do|can you do|is there} {wholesale|bulk|trade} {pricing|orders} {on|for} the $product? {I run a {cafe|small hotel|studio|bakery|yoga place} in $city and need {about|around} {20|36|48|60|120}.|We're {24|40|80} people and want one each.}",
            ]),
            Notes(&["Trade lead, passed to sales.", "Sent the trade sheet. Follow up $day."]),
            Answers(&[
                "$hello we do, from 24 pieces. Which color, and by when do you need them? Then I'll text you a price today.",
            ]),
            Says(&[
                "{$variant|mixed colors|mostly $variant, some $variant_other}, {by|before} {the {1st|15th}|$day in two weeks|the end of next month}. {Delivered to|We're at} $street.",
                "$variant if you have that many. {no rush, opening is in {spring|two months}|need them by $eta ideally}",
            ]),
            Answers(&["That works. $percent off at that number, and we deliver in one go. I'll e-mail the offer."]),
            Says(&["%pleased"]),
        ],
    },
    Scene {
        topic: "stray",
        weight: 25,
        about: About::Nothing,
        desk: 3,
        spanish: false,
        steps: &[Either(&[
            &[
                Says(&[
                    "{are you still coming|you close|what time|did you feed the dog|can you grab {milk|eggs|diapers}} {tonight|later|on the way|at {6|7|8}}[ $friend]?",
                    "{hey it's $friend|its $friend, new phone}, {did you get my {text|voicemail}|who is this|call me when you can|we still on for {$day|dinner|the {game|gym}}}?",
                    "{is this|am I texting} {the pizza place|the plumber|$friend|dr. $friend's office}? [{I have a leak|need to move my $day appointment}]",
                ]),
                Answers(&[
                    "Hi, this is $brand, a home goods shop. I think you have the wrong number.",
                    "Hey, wrong number I'm afraid. This is a shop. Good luck though!",
                ]),
                Says(&[
                    "{oh|omg|oops} {sorry|so sorry|my bad|embarrassing}[, {wrong $friend|I misread a digit|have a good one|saved it wrong}]",
                    "{lol|haha} {sorry|oops}",
                ]),
            ],
            &[
                Says(&["?", "hello", "hi", "test", "yo", "👋"]),
                Answers(&["Hi, this is $brand. How can we help?"]),
                Sometimes(
                    50,
                    &[Says(&[
                        "{nvm|never mind|just checking this is real|wanted to see if a human answers}[, {thanks|found it|bye}]",
                    ])],
                ),
            ],
            &[AsksHelp],
        ])],
    },
];
