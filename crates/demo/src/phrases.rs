//! tidy: a data table. Turns of phrase that many scenes share, by name.

/// The lines of a rule.
#[must_use]
pub fn lines(name: &str) -> Option<&'static [&'static str]> {
    RULES.iter().find(|(rule, _)| *rule == name).map(|(_, lines)| *lines)
}

const RULES: &[(&str, &[&str])] = &[
    ("hey", &["hi", "hello", "hey", "hi there", "hey there", "hiya", "heyy"]),
    ("team", &["", "", "", "$brand", "team", "folks", "you all", "guys"]),
    (
        "for_whom",
        &[
            "it's for my {mom|dad|sister|brother|wife|husband|daughter|son|neighbor|boss|best friend|roommate|aunt|grandma|mother in law|kid's teacher}",
            "it's a {birthday|wedding|housewarming|anniversary|graduation|retirement|thank you|baby shower|Mother's Day|Christmas} {present|gift} [for my {mom|sister|brother|cousin|niece|friend $friend|neighbor $friend|coworker}]",
            "I need it {by|before} {$day|the {3rd|5th|8th|12th|15th|20th|24th|28th}|the weekend|we leave $day}",
            "we {have people over|are hosting|have my in-laws coming|are having a dinner} {on $day|this weekend|next weekend|tomorrow night}",
            "we {move|are moving} {next week|at the end of the month|on $day|on the {1st|10th|18th|26th}}",
            "I'm {going out of town|away|travelling for work|at my parents' place} {$day|from $day|next week|until the {4th|9th|14th|21st}}",
            "my {mom|sister|neighbor|friend $friend|coworker|roommate} {has the same one and loves it|told me about you|got hers in {two|three|four} days|swears by yours}",
            "I {already|also} {emailed|wrote|sent an email} {twice|once|last week|on $day|$count times} [and {got nothing back|heard nothing|no reply}]",
            "I've {been a customer|bought from you|been ordering here} {for {two|three|four} years|since {last spring|2023|the very first shop|last Christmas|$friend told me}}, {mostly|always|usually} {gifts|$material things|for the {kitchen|bedroom|porch|office}}",
            "this is my {first|second|third|fourth} order [with you], the {last one|one before} was {the $other|a gift for {my mom|$friend}|perfect}",
            "I'm in $city, {if that helps|near $street|{two|three} hours from anywhere|and $day is the only day I'm home}",
            "the {dog|cat|toddler|baby} {is obsessed with|already claimed|is trying to eat} the {box|packaging} {of the $other|from last time|you sent on $day}",
            "I {work nights|am at work all day|don't have a doorman|live on the {third|fourth|fifth} floor} so {mornings are best|text is best|I can't pick it up just anywhere|it can't sit outside} [{on $day|in this weather|with our neighbors}]",
        ],
    ),
    (
        "aside",
        &[
            "{btw|by the way|also|fyi|just so you know|for context}, %for_whom",
            "%for_whom",
            "I ask because %for_whom",
            "I only ask since %for_whom",
        ],
    ),
    (
        "can_you",
        &[
            "can you",
            "could you",
            "would you mind if you could",
            "any chance you can",
            "is there a way you can",
            "are you able to",
        ],
    ),
    (
        "please_check",
        &[
            "can you check",
            "could you look into it",
            "can someone look",
            "please check",
            "would you take a look",
            "can you find out",
        ],
    ),
    (
        "no_parcel",
        &[
            "{it still hasn't come|it still isn't here|nothing has shown up|no sign of it|it never arrived|I have nothing}",
            "the tracking {hasn't moved|hasn't changed|is stuck|says the same thing} since $day",
            "it {was supposed to|was meant to|should} {be here|arrive|come} {$day|by $day|{two|three|four|five} days ago|last week}",
            "{all it says is|it just says|the page only says} {label created|in transit|pre-shipment|arriving late|out for delivery for {two|three} days}",
        ],
    ),
    (
        "order_ref",
        &[
            "order $order",
            "my order is $order",
            "the order number is $order",
            "#$order",
            "it's $order",
            "order no $order",
            "conf says $order",
        ],
    ),
    (
        "pleased",
        &[
            "{thank you|thanks} {so much|a ton|a lot|a million|a bunch} {for {sorting this|the quick reply|being so quick|your help|looking into the $product|checking on it|being a real person}|%and_so}[. %and_so]",
            "{you're the best|you guys are great|you're a lifesaver|that's amazing|wow that was fast|best service ever}[, {thank you|thanks again|really appreciate it}]. [%and_so]",
            "{perfect|great|awesome|wonderful|amazing|lovely}, {thank you|thanks}[ so much]. [%and_so]",
            "{appreciate|really appreciate|I appreciate} {it|you|the help|the fast answer|you fixing this|the help with the $product}. [%and_so]",
            "{phew|ok phew|oh good|oh great}, {I was worried|I thought it was gone|that's a relief|I feel better} [about the $product]. {thank you|thanks}. [%and_so]",
            "{thanks|thank you}, {I'll watch for it|I'll keep an eye out|I'll let you know when the $product comes|looking forward to it|can't wait for the $product}. %and_so",
            "{made my day|you just made my week|that made my morning}, {thanks|thank you}! %and_so",
        ],
    ),
    (
        "and_so",
        &[
            "my {wife|husband|mom|sister|kid|roommate|dad|neighbor} {will be thrilled|will be so happy|was ready to call you|said you'd fix it|can stop asking now}",
            "I'll {leave a nice review|tell $friend|order the $other next|be back for the $other|stop refreshing the page|sleep better tonight}",
            "have a {good|great|lovely|nice} {day|night|weekend|one|rest of your day}",
            "you saved {my day|the party|the dinner|the weekend|the birthday|me a trip}",
            "now I just have to {find room for it|hide it from $friend|get rid of the old one|wait for the $other to go on sale|explain it to my {husband|wife|cat}}",
            "say hi to {whoever packs these|the packing team|everyone there} [from {$friend|$city|us}]",
            "wish every shop {answered like this|had a number to text|was this easy}, {$friend|my mom|my boss} {won't believe it|told me so|laughed at me for asking}",
        ],
    ),
    (
        "short_thanks",
        &[
            "thanks",
            "thank you",
            "ty!",
            "thx",
            "ok thanks",
            "great, thanks",
            "perfect",
            "awesome",
            "thank you!!",
            "ok ty",
            "cool",
            "got it, thanks",
        ],
    ),
    (
        "ok",
        &[
            "ok",
            "okay",
            "ok sounds good",
            "sounds good",
            "sure",
            "yes please",
            "yes",
            "yep",
            "that works",
            "works for me",
            "k",
            "fine",
            "ok do that",
        ],
    ),
    (
        "fed_up",
        &[
            "this is {ridiculous|unacceptable|so frustrating|a joke|really disappointing|the worst}[, {honestly|seriously|I mean it}]",
            "I {paid|spent} $amount [on this] and {this is what I get|I have nothing to show for it|nobody can tell me anything|I get silence}",
            "{seriously|honestly|come on}, {how hard can it be|how long does this take|is anyone there|does anyone read these} [{to send one $product|to find a $product|to answer a text}]?",
            "I {will|am going to} {dispute the charge|call my bank|leave a review|tell everyone|never order here again} {if this isn't fixed|if I don't hear back|unless someone answers} {today|by $day|by tomorrow|this week}",
            "this is the {second|third|fourth} time {I write|I'm asking|something went wrong|I've had to text} [{about $order|about this $product|this month}]",
            "{I'm done|I give up|forget it}, {just give me my money back|I want a refund|send it back|cancel the whole thing}",
            "{nobody|no one} {answered|called back|cares|replied} {for {two|three|four|five} days|since $day|all week}",
        ],
    ),
    (
        "promise",
        &[
            "I'll text you as soon as I know more",
            "I'll write to you on $eta either way",
            "You'll hear from me by $eta",
            "I'll keep an eye on it myself",
        ],
    ),
    (
        "review",
        &["I've gone through the order", "I've had a look", "I checked with the packing team", "I just looked it up"],
    ),
    // Spanish, as spoken in the United States.
    (
        "hola",
        &[
            "hola",
            "hola buenas",
            "buenos días",
            "buenas tardes",
            "buenas",
            "hola qué tal",
            "disculpe",
            "hola, una pregunta",
        ],
    ),
    (
        "gracias",
        &[
            "{muchas gracias|mil gracias|gracias} {por la ayuda|por responder tan rápido|de verdad|por todo|por revisar $producto}",
            "{ay qué bueno|perfecto|excelente|súper}, {gracias|muchas gracias}[ por {todo|la ayuda}]. [{saludos desde $city|que pasen buen $dia|mi {mamá|esposa|hija} se va a poner feliz|le cuento a $friend}]",
            "se los agradezco {mucho|de corazón}, {quedo pendiente {de $producto|del pedido}|saludos desde $city|que tengan buen $dia|le digo a $friend que les compre}",
        ],
    ),
    (
        "para_quien",
        &[
            "es {para|un regalo para} mi {mamá|hermana|esposa|suegra|hija|abuelita|vecina} {$friend|que cumple años el $dia|en $city|y no quiero quedar mal}",
            "lo necesito {para el $dia|antes del $dia|para este fin de semana}, {viene mi {suegra|mamá|familia}|es el cumpleaños de $friend|tenemos fiesta|me voy de viaje}",
            "es mi {primer|segundo|tercer} pedido con ustedes, {me los recomendó $friend|el otro fue para mi {mamá|hermana}|todo bien hasta ahora|soy de $city}",
            "vivo en $city{ por si ayuda|, cerca de $street|, trabajo hasta las {5|6|7}|, mi vecina $friend puede recibirlo}",
        ],
    ),
];
