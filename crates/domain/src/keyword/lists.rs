//! The words, and what each is good for.

use super::{Class, Intent, intent};

/// Halts something: stop, quit, end …
pub(super) const HALT: u64 = 1;
/// Revokes by itself and can mean little else in a text.
pub(super) const STRONG: u64 = 1 << 1;
/// Revokes by itself, but is said about orders too.
pub(super) const WEAK: u64 = 1 << 2;
/// Leaves a list: unsubscribe in all its spellings.
pub(super) const UNSUB: u64 = 1 << 3;
/// A text, or what we do when we text.
pub(super) const TEXT: u64 = 1 << 4;
/// Manners.
pub(super) const POLITE: u64 = 1 << 5;
/// Words that change nothing in a wish.
pub(super) const FILL: u64 = 1 << 6;
/// Sending and getting.
pub(super) const SEND: u64 = 1 << 7;
/// The one who writes: me, us.
pub(super) const ME: u64 = 1 << 8;
/// A negation that forbids: don't, do not, never.
pub(super) const NOT: u64 = 1 << 9;
/// Wanting, agreeing, signing up.
pub(super) const WANT: u64 = 1 << 10;
/// Reaching somebody: text, contact, message as a verb.
pub(super) const REACH: u64 = 1 << 11;
/// What follows the wish's verb and stands before its object.
pub(super) const BETWEEN: u64 = 1 << 12;
/// A list, or where numbers are kept.
pub(super) const LIST: u64 = 1 << 13;
/// Taking away: remove, delete, take.
pub(super) const TAKE: u64 = 1 << 14;
/// The wish holds only sometimes: until, after, at …
pub(super) const WHEN: u64 = 1 << 15;
/// What a shop sells, ships, bills and books.
pub(super) const ORDER: u64 = 1 << 16;
/// Somebody who acts: I, you …
pub(super) const WHO: u64 = 1 << 17;
/// Said or sent, now or before.
pub(super) const SAID: u64 = 1 << 18;
/// By mistake.
pub(super) const SLIP: u64 = 1 << 19;
/// A telephone number.
pub(super) const NUMBER: u64 = 1 << 20;
/// What nobody wants: crap, junk, stuff …
pub(super) const STUFF: u64 = 1 << 21;
/// Takes consent back.
pub(super) const WITHDRAW: u64 = 1 << 22;
/// Consent.
pub(super) const CONSENT: u64 = 1 << 23;
/// Any word that a rule of `phrases` starts from.
pub(super) const TRIGGER: u64 = HALT | STRONG | UNSUB | TAKE | NOT | START | WITHDRAW;
/// Starts a rule of its own.
pub(super) const START: u64 = 1 << 24;
/// Opting, in or out.
pub(super) const OPT: u64 = 1 << 25;

/// The classes of a word, as a set of bits.
pub(super) fn classes(word: &str) -> u64 {
    match word {
        "stop" | "stopp" | "stoppp" | "sotp" | "stpo" | "tsop" | "st0p" => HALT | STRONG,
        "stopall" | "optout" => STRONG,
        "opt" | "opting" => OPT | START,
        "quit" => HALT | WEAK,
        "cease" | "halt" | "discontinue" | "stopping" => HALT,
        "end" | "cancel" => HALT | WEAK,
        "revoke" => WEAK | WITHDRAW,
        "remove" => WEAK | TAKE,
        "withdraw" | "rescind" | "retract" | "withdrawing" | "revoking" | "revoked" => WITHDRAW,
        "consent" => CONSENT | WANT,
        "permission" | "authorization" | "authorisation" => CONSENT,
        "unsubscribe" | "unsub" | "unsubscribed" | "unsubscribing" | "unsubscribes" | "unsubscription"
        | "desabonner" | "desabonnez" | "desabonne" | "desinscrire" | "desinscrivez" | "desuscribir"
        | "desuscribirme" | "desuscribanme" | "unenroll" => UNSUB,
        "text" => TEXT | REACH | FILL,
        "texts" | "txts" | "sms" | "smss" | "msgs" | "messages" | "mssgs" | "mesages" | "messeges" => TEXT | FILL,
        "txt" | "msg" | "message" => TEXT | REACH | FILL,
        "texting" | "txting" | "messaging" | "messagin" | "msging" | "textin" | "contacting" | "bothering"
        | "bugging" | "harassing" | "pestering" | "spamming" | "soliciting" | "notifying" => TEXT | FILL,
        "spam" => TEXT | REACH | STUFF,
        "notifications" | "notification" | "notifs" | "alerts" | "promos" | "promo" | "promotions" | "promotional"
        | "ads" | "ad" | "advertising" | "advertisements" | "blasts" | "solicitations" | "solicitation"
        | "communications" | "communication" | "reminders" | "robotexts" => TEXT,
        "marketing" => TEXT | BETWEEN,
        "texted" | "messaged" | "contacted" | "bothered" | "spammed" | "solicited" => TEXT | SAID,
        "updates" | "offers" | "deals" => TEXT | STUFF,
        "contact" => REACH | TEXT,
        "bother" | "harass" | "bug" | "dm" | "disturb" => REACH,
        "call" | "calling" | "email" => BETWEEN,
        "please" | "pls" | "plz" | "pleas" | "pleaseee" | "plss" | "pleese" | "kindly" | "now" | "immediately"
        | "asap" | "thanks" | "thank" | "thx" | "ty" | "thankyou" | "tnx" | "svp" | "merci" | "stp" | "por"
        | "favor" | "gracias" | "ya" | "ahora" => POLITE,
        "all" | "any" | "these" | "those" | "your" | "ur" | "more" | "such" | "unwanted" | "annoying" | "stupid"
        | "daily" | "constant" | "automated" | "automatic" | "random" | "further" | "future" | "dumb" | "damn"
        | "fucking" | "fuckin" | "freaking" => FILL | BETWEEN,
        "the" | "this" | "that" | "it" | "and" | "or" | "with" | "to" | "from" | "of" | "for" | "so" | "a" | "up" => {
            FILL | BETWEEN
        }
        "every" | "in" | "be" | "being" | "hear" | "hearing" | "part" | "added" | "phone" | "cell" | "mobile"
        | "bot" | "bots" | "many" | "constantly" | "shop" | "out" | "off" | "customer" | "via" | "by" => BETWEEN,
        "on" => BETWEEN | FILL,
        "me" | "us" | "myself" => ME | FILL | BETWEEN,
        "my" | "here" => FILL | BETWEEN,
        "already" | "right" | "away" | "today" | "forever" | "anymore" | "again" | "ever" | "sir" | "maam" | "guys"
        | "god" | "omg" | "jesus" | "enough" | "everything" | "very" | "really" | "seriously" | "at" | "once"
        | "hi" | "hello" | "hey" | "yes" | "yeah" | "yep" | "ok" | "okay" | "k" | "sorry" | "just" | "would"
        | "like" | "have" | "rather" | "much" | "good" | "day" | "wtf" | "ffs" | "lol" | "permanently" | "time"
        | "times" | "also" | "bye" | "alright" | "then" | "u" | "vous" | "plait" | "sil" | "te" | "hola"
        | "bonjour" | "completely" | "effective" | "literally" | "dude" | "bro" | "man" | "im" | "id" | "am"
        | "number" | "oh" | "well" | "done" | "gonna" | "need" => match word {
            "number" => FILL | NUMBER,
            "ever" | "anymore" | "again" | "really" | "just" => FILL | BETWEEN,
            "once" | "enough" | "yes" => FILL | START,
            "need" => FILL | WANT,
            "at" => FILL | WHEN,
            "today" => FILL | WHEN,
            _ => FILL,
        },
        "i" | "we" => WHO | FILL,
        "you" => WHO | FILL | BETWEEN,
        "they" | "he" | "she" | "why" | "yall" => WHO,
        "ive" | "youre" | "its" | "were" | "no" | "not" | "dont" | "never" | "cant" | "wont" => match word {
            "no" | "not" | "dont" | "never" => NOT | START,
            _ => WHO,
        },
        "didnt" => NOT,
        "do" | "longer" => BETWEEN | FILL,
        "want" | "wish" | "wanna" | "wants" => WANT | FILL | START,
        "care" | "agree" | "agreed" | "asked" | "ask" | "sign" | "signed" | "subscribe" | "subscribed"
        | "authorize" | "authorized" | "interested" | "requested" | "request" | "consented" | "opted" => match word {
            "asked" => WANT | SAID | FILL,
            "opted" => WANT | START | OPT,
            "subscribe" => WANT | START,
            _ => WANT,
        },
        "sending" | "giving" => SEND | BETWEEN | FILL,
        "send" | "sends" | "get" | "getting" | "receive" | "receiving" | "recieve" | "recieving" => match word {
            "get" => SEND | BETWEEN | TAKE,
            "send" => SEND | BETWEEN | SAID,
            _ => SEND | BETWEEN,
        },
        "list" | "lists" | "database" | "records" | "contacts" | "roster" | "distribution" | "registry" | "mailing" => {
            match word {
                "mailing" | "distribution" => BETWEEN,
                _ => LIST,
            }
        }
        "take" | "delete" | "drop" | "scrub" | "erase" | "pull" | "exclude" | "taken" => TAKE,
        "removed" => TAKE | SAID,
        "until" | "before" | "after" | "while" | "when" | "during" | "unless" | "if" | "till" | "til" | "tonight"
        | "yet" | "between" | "because" => WHEN,
        "order" | "orders" | "ship" | "shipping" | "shipped" | "shipment" | "package" | "parcel" | "delivery"
        | "deliver" | "delivered" | "refund" | "return" | "returns" | "item" | "items" | "address" | "payment"
        | "charge" | "charges" | "charging" | "card" | "size" | "color" | "colour" | "exchange" | "appointment"
        | "booking" | "reservation" | "subscription" | "membership" | "plan" | "autoship" | "box" | "account"
        | "product" | "purchase" | "invoice" | "warranty" | "insurance" | "billing" => ORDER,
        "said" | "replied" | "reply" | "told" | "typed" | "wrote" | "sent" | "saying" | "responded" | "replying"
        | "say" | "hit" => SAID,
        "accidentally" | "mistake" | "mistakenly" | "accident" | "mean" | "meant" | "oops" => SLIP,
        "phonenumber" | "numbers" | "cellphone" => NUMBER,
        "stuff" | "crap" | "junk" | "shit" | "bs" | "garbage" | "things" | "nonsense" | "bullshit" | "anything" => {
            STUFF
        }
        "resubscribe" | "leave" | "lose" | "wrong" | "fuck" | "piss" | "go" | "screw" | "buzz" | "how" | "start"
        | "resume" | "sin" | "ne" | "je" | "plus" | "mas" | "baja" | "dejen" | "deja" | "dejar" | "deje" | "paren"
        | "parar" | "pare" | "para" | "basta" | "detener" | "numero" | "mauvais" | "faux" | "erreur" | "arretez"
        | "arreter" | "arrete" | "arret" | "stoppez" | "cessez" | "cesser" | "quitar" | "quiteme" | "quitenme"
        | "quitame" | "sacame" | "saquenme" | "borrenme" | "borrame" | "eliminenme" | "eliminame" | "borren"
        | "eliminen" | "quiten" | "retirez" | "enlevez" | "supprimez" | "effacez" | "retirer" | "isnt" | "reached"
        | "dnc" | "desist" | "blow" | "cancelen" | "cancelar" | "cancela" => START,
        _ if near_unsubscribe(word) => UNSUB,
        _ => 0,
    }
}

/// A text that is this one word.
pub(super) fn exact(word: &str) -> Option<Intent> {
    use Class::{Help, OptIn, OptOut};
    let (class, matched_by, confidence) = match word {
        "stop" => (OptOut, "keyword:stop", 1.0),
        "stopall" => (OptOut, "keyword:stopall", 1.0),
        "unsubscribe" => (OptOut, "keyword:unsubscribe", 1.0),
        "end" => (OptOut, "keyword:end", 1.0),
        "quit" => (OptOut, "keyword:quit", 1.0),
        "revoke" => (OptOut, "keyword:revoke", 1.0),
        "optout" => (OptOut, "keyword:optout", 1.0),
        "cancel" => (OptOut, "keyword:cancel", 1.0),
        "remove" => (OptOut, "keyword:remove", 0.9),
        "unsub" | "unsubscribed" | "unsubscribing" => (OptOut, "keyword:unsubscribe", 0.97),
        "leave" | "desist" => (OptOut, "keyword:other", 0.8),
        "alto" | "parar" | "baja" => (OptOut, "keyword:es", 1.0),
        "basta" | "salir" | "cancelar" | "detener" | "detente" | "pare" | "paren" | "desuscribir" | "desuscribirme" => {
            (OptOut, "keyword:es", 0.9)
        }
        "para" => (OptOut, "keyword:es", 0.75),
        "arret" | "desabonner" => (OptOut, "keyword:fr", 1.0),
        "arreter" | "arretez" | "desabonnement" | "desabonnez" | "desinscrire" | "desinscription" | "desinscrivez"
        | "stoppez" => (OptOut, "keyword:fr", 0.95),
        // Portuguese, German, Chinese; the Russian word with its letters folded.
        "sair" | "abmelden" | "退订" | "停止" | "ctoп" => (OptOut, "keyword:other", 0.9),
        "start" => (OptIn, "keyword:start", 1.0),
        "unstop" => (OptIn, "keyword:unstop", 1.0),
        "optin" | "subscribe" | "resubscribe" => (OptIn, "keyword:subscribe", 0.95),
        "iniciar" | "comenzar" => (OptIn, "keyword:es", 1.0),
        "commencer" => (OptIn, "keyword:fr", 1.0),
        "help" => (Help, "keyword:help", 1.0),
        "info" => (Help, "keyword:info", 1.0),
        "ayuda" => (Help, "keyword:es", 1.0),
        "aide" => (Help, "keyword:fr", 1.0),
        _ => return None,
    };
    Some(intent(class, matched_by, confidence))
}

/// A text that is one of the words once its spaces are taken out.
pub(super) fn spaced(joined: &str) -> Option<Intent> {
    match joined {
        "stop" | "stopall" | "unsubscribe" | "optout" | "optin" => exact(joined),
        "stopstop" | "stopstopstop" | "allstop" => Some(intent(Class::OptOut, "keyword:stop", 0.98)),
        "stop2end" | "stop2quit" | "stop2stop" | "stop2cancel" | "stoptoend" | "stoptocancel" | "stoptoquit"
        | "stoptostop" => Some(intent(Class::OptOut, "keyword:stop", 0.95)),
        "nomas" => Some(intent(Class::OptOut, "keyword:es", 0.95)),
        "optbackin" | "optmein" => Some(intent(Class::OptIn, "keyword:subscribe", 0.95)),
        _ => None,
    }
}

/// A text that is one word and nearly one of ours.
pub(super) fn slip(word: &str) -> Option<Intent> {
    if stretched_stop(word) {
        return Some(intent(Class::OptOut, "typo:stop", 0.95));
    }
    match word {
        "sotp" | "tsop" | "stpo" | "stip" | "stlp" | "stpp" | "dtop" | "srop" | "sgop" | "syop" | "stol" | "stp"
        | "st0p" | "5top" | "s7op" | "5t0p" | "stopo" | "stopl" | "atop" | "stops" | "stopit" | "stopnow"
        | "stopplease" | "pleasestop" | "stop1" | "stopq" | "stopthis" | "stopmessages" | "stoptexts"
        | "stoptexting" | "stoptextingme" | "stopsms" | "stoptext" => Some(intent(Class::OptOut, "typo:stop", 0.85)),
        "hlep" | "hepl" | "helpp" => Some(intent(Class::Help, "typo:help", 0.85)),
        "cancle" | "cancell" | "cancal" => Some(intent(Class::OptOut, "typo:cancel", 0.8)),
        "starr" | "strat" | "satrt" => Some(intent(Class::OptIn, "typo:start", 0.8)),
        "optmeout" | "optouts" => Some(intent(Class::OptOut, "typo:optout", 0.9)),
        "unsubscribeme" | "unsubscribeall" => Some(intent(Class::OptOut, "typo:unsubscribe", 0.95)),
        _ if near_unsubscribe(word) => Some(intent(Class::OptOut, "typo:unsubscribe", 0.9)),
        _ => None,
    }
}

/// The letters of STOP in their order, any of them held down.
fn stretched_stop(word: &str) -> bool {
    let mut rest = word;
    for letter in ['s', 't', 'o', 'p'] {
        let cut = rest.trim_start_matches(letter);
        if cut.len() == rest.len() {
            return false;
        }
        rest = cut;
    }
    rest.is_empty()
}

/// Within two slips of "unsubscribe", which is long enough for that to mean
/// little else.
fn near_unsubscribe(word: &str) -> bool {
    (8..=15).contains(&word.len())
        && word.is_ascii()
        && !word.starts_with("sub")
        && !word.starts_with("resub")
        && distance(word.as_bytes(), b"unsubscribe") <= 2
}

/// Edits between two words, where swapping two neighbours is one edit.
fn distance(left: &[u8], right: &[u8]) -> usize {
    let width = right.len() + 1;
    let mut before: Vec<usize> = vec![0; width];
    let mut above: Vec<usize> = (0..width).collect();
    for (row, &a) in left.iter().enumerate() {
        let mut line = vec![row + 1; width];
        for (column, &b) in right.iter().enumerate() {
            let substitute = above[column] + usize::from(a != b);
            let mut best = substitute.min(above[column + 1] + 1).min(line[column] + 1);
            if row > 0 && column > 0 && a == right[column - 1] && left[row - 1] == b {
                best = best.min(before[column - 1] + 1);
            }
            line[column + 1] = best;
        }
        before = std::mem::replace(&mut above, line);
    }
    above[width - 1]
}
