//! tidy: a data table. What comes after: one more question, and coming back days later.

use crate::picture::Picture;
use crate::scene::Step::{self, *};

/// One more thing, in the same breath.
pub const ONE_MORE: &[Step] = &[Either(&[
    &[
        Says(&[
            "{oh and|one more thing|while I have you|last question}, {do you still make|will you have|is there} the $other [in $variant_other]? %for_whom",
            "{oh and|also|one more thing}: {can I|could I|is it ok to} {add the $other to|put the $other in with} {my next order|the same box}? %for_whom",
        ]),
        Answers(&[
            "We do, and it ships with anything else.",
            "Yes, it's back on the shelf since $day.",
            "You can. Text us when you order, and we put it in one box.",
        ]),
        Says(&[
            "%short_thanks",
            "{good to know|noted|perfect}, {thanks|I'll order it {$day|tonight|this weekend}}. %for_whom",
        ]),
    ],
    &[
        Says(&[
            "{btw|oh|also}, {who do I talk to|is this the right number} {about {my receipt|the invoice} for the {$product|$other}|for a tax invoice|about the {email|newsletter}}? [{need it for work|it's for our office|my accountant asks}]",
            "{could|can} you {send|email} me the {receipt|invoice} for {the $product|that}? %for_whom",
        ]),
        Answers(&[
            "Right here. I've just e-mailed it to the address on your account.",
            "Sent to your e-mail, check spam if you don't see it.",
        ]),
        Says(&["{got it|found it|there it is}, {thanks|thank you|perfect}. [%and_so]", "%short_thanks"]),
    ],
    &[
        Says(&[
            "{are you open|is the shop open|do you have a store} {on $day|this weekend|in $city|over the holidays}? %for_whom",
            "{how late|until when} {do you answer texts|are you there} {tonight|on $day|on weekends}? %for_whom",
        ]),
        Answers(&[
            "We're online only, and answer texts every day until 10 pm Eastern.",
            "Every day, mornings to 10 pm Eastern. A person, always.",
        ]),
        Says(&["%ok", "{good to know|oh nice|that's great}, {thanks|thank you}. %for_whom"]),
    ],
    &[
        Says(&[
            "{can|could} you {change|update|fix} my {email|name|number} {on the account|on file} [too]? {It still has my {old|work|married} one.|It's misspelled.|I never get the emails.}",
        ]),
        Notes(&["Updated account details as asked.", "Name fixed, merge not needed."]),
        Answers(&["Done, everything goes to the new one from now on."]),
        Says(&["%pleased"]),
    ],
])];

/// Back a while later, in the same thread.
pub const COMES_BACK: &[Step] = &[Either(&[
    &[
        Says(&[
            "{hi again|hey again|me again|hello again}, {one thing I forgot|sorry to bother you again|quick one about the $product}: {does it come with {a warranty|instructions}|can I order a spare|how long does it last|is it ok to {gift it|repaint it|leave it out}}? %for_whom",
        ]),
        Answers(&[
            "$hello two years on everything, no receipt needed.",
            "$hello of course! Ask any time. It's all on the little card, and I've texted you a copy: $link",
        ]),
        Says(&["%pleased"]),
    ],
    &[
        Says(&[
            "{update|quick update|just so you know}: {all good now|it worked out|everything is fine|it's sorted} [with the $product]. {thank you again|thanks for the help|you were great}. %for_whom",
        ]),
        Answers(&[
            "$hello that's good to hear. $bye",
            "$hello thank you for telling us, {I'll pass it on to the packers|that's nice to read|enjoy the $product}!",
        ]),
        Taps,
    ],
    &[
        Shows(
            &[Picture::AtHome, Picture::Plant],
            &[
                "",
                "{thought you'd like to see|since you asked|as promised} {how it looks|where it lives now}[ {with|next to} the {$other|plants|cat|books}]",
                "{look at it|happy ending} [{thanks to you|finally}]",
            ],
        ),
        Answers(&["$hello that looks lovely, thank you for sending it."]),
    ],
    &[
        Says(&[
            "{hello|hi|hey}, {still waiting on|I haven't seen|nothing yet about} {what we talked about|the $product|what you promised} {on $day|the other day|last time}. %for_whom",
        ]),
        Notes(&["Slipped through on $day, fixed now.", "Checked: it went out, mail was delayed."]),
        Answers(&[
            "$hello $sorry I've just chased it, you have it by $eta.",
            "$hello $sorry It's done as of this minute, and I've added $credit for the wait.",
        ]),
        Either(&[&[Says(&["%pleased"])], &[Says(&["%short_thanks"])], &[Taps]]),
    ],
])];

/// One more thing, in Spanish.
pub const OTRA_COSA: &[Step] = &[Either(&[
    &[
        Says(&[
            "{otra pregunta|ah, y otra cosa|por cierto}, {hacen envíos a|mandan a|llegan a} {México|Puerto Rico|$city}? %para_quien",
        ]),
        Answers(&["Por ahora sólo en Estados Unidos, pero a todos los estados."]),
        Says(&["{ah ok|bueno|entendido}, gracias. %para_quien"]),
    ],
    &[
        Says(&[
            "{ah, y|también|por cierto}, {me pueden mandar|necesito} {la factura|el recibo} {de $producto|por correo}? %para_quien",
        ]),
        Answers(&["Claro, ya se lo mandé a su correo."]),
        Says(&["%gracias"]),
    ],
])];
