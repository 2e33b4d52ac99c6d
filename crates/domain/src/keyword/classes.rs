//! What each word is good for in a wish.

use std::collections::HashMap;
use std::sync::OnceLock;

/// Halts something: stop, quit, end …
pub(super) const HALT: u64 = 1 << 0;
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
/// Starts a rule of its own.
pub(super) const START: u64 = 1 << 24;
/// Opting, in or out.
pub(super) const OPT: u64 = 1 << 25;
/// Every class that a rule starts from. A text without one is not a wish.
pub(super) const TRIGGER: u64 = HALT | STRONG | UNSUB | TAKE | NOT | START | WITHDRAW;

/// The words of each class; a word may be in several.
const LISTS: &[(u64, &str)] = &[
    (HALT, "cancel cease discontinue end halt quit sotp st0p stop stopp stopping stoppp stpo tsop"),
    (STRONG, "optout sotp st0p stop stopall stopp stoppp stpo tsop"),
    (WEAK, "cancel end quit remove revoke"),
    (
        UNSUB,
        "desabonne desabonner desabonnez desinscrire desinscrivez desuscribanme desuscribir desuscribirme \
         unenroll unsub unsubscribe unsubscribed unsubscribes unsubscribing unsubscription",
    ),
    (
        TEXT,
        "ad ads advertisements advertising alerts blasts bothered bothering bugging communication \
         communications contact contacted contacting deals harassing marketing mesages message messaged \
         messages messagin messaging messeges msg msging msgs mssgs notification notifications notifs \
         notifying offers pestering promo promos promotional promotions reminders robotexts sms smss \
         solicitation solicitations solicited soliciting spam spammed spamming text texted textin texting \
         texts txt txting txts updates",
    ),
    (
        POLITE,
        "ahora asap favor gracias immediately kindly merci now pleas please pleaseee pleese pls plss plz \
         por stp svp thank thanks thankyou thx tnx ty ya",
    ),
    (
        FILL,
        "can could make will should must nope nah no a again all already alright also am and annoying any anymore asked at automated automatic away \
         bonjour bothering bro bugging bye completely constant contacting daily damn day do done dude \
         dumb effective enough ever everything ffs for forever freaking from fuckin fucking further \
         future giving god gonna good guys harassing have hello here hey hi hola i id im it jesus just k \
         like literally lol longer maam man me mesages message messages messagin messaging messeges more \
         msg msging msgs mssgs much my myself need notifying number of oh ok okay omg on once or \
         permanently pestering plait random rather really right sending seriously sil sir sms smss so \
         soliciting sorry spamming stupid such te text textin texting texts that the then these this \
         those time times to today txt txting txts u unwanted up ur us very vous wanna want wants we well \
         wish with would wtf yeah yep yes you your",
    ),
    (SEND, "get getting giving receive receiving recieve recieving send sending sends"),
    (ME, "me myself us"),
    (NOT, "didnt dont never no not"),
    (
        WANT,
        "agree agreed ask asked authorize authorized care consent consented interested need opted request \
         requested sign signed subscribe subscribed wanna want wants wish",
    ),
    (REACH, "bother bug contact disturb dm harass message msg spam text txt"),
    (
        BETWEEN,
        "a added again all and annoying any anymore automated automatic be being bot bots by call calling \
         cell constant constantly customer daily damn distribution do dumb email ever every for freaking \
         from fuckin fucking further future get getting giving hear hearing here in it just longer \
         mailing many marketing me mobile more my myself of off on or out part phone random really \
         receive receiving recieve recieving send sending sends shop so stupid such that the these this \
         those to unwanted up ur us via with you your",
    ),
    (LIST, "contacts database list lists records registry roster"),
    (TAKE, "delete drop erase exclude get pull remove removed scrub take taken"),
    (WHEN, "after at because before between during if til till today tonight unless until when while yet"),
    (
        ORDER,
        "account address appointment autoship billing booking box card charge charges charging color \
         colour deliver delivered delivery exchange insurance invoice item items membership order orders \
         package parcel payment plan product purchase refund reservation return returns ship shipment \
         shipped shipping size subscription warranty",
    ),
    (WHO, "cant he i its ive she they we were why wont yall you youre"),
    (
        SAID,
        "asked bothered contacted hit messaged removed replied reply replying responded said say saying \
         send sent solicited spammed texted told typed wrote",
    ),
    (SLIP, "accident accidentally mean meant mistake mistakenly oops"),
    (NUMBER, "number numbers phonenumber"),
    (STUFF, "anything bs bullshit crap deals garbage junk nonsense offers shit spam stuff things updates"),
    (WITHDRAW, "rescind retract revoke revoked revoking withdraw withdrawing"),
    (CONSENT, "authorisation authorization consent permission"),
    (
        START,
        "done arret arrete arreter arretez baja basta blow borrame borren borrenme buzz cancela cancelar \
         cancelen cesser cessez deja dejar deje dejen desist detener dnc dont effacez eliminame eliminen \
         eliminenme enlevez enough erreur faux fuck go how isnt je leave lose mas mauvais ne never no not \
         numero once opt opted opting para parar pare paren piss plus quitame quitar quiteme quiten \
         quitenme reached resubscribe resume retirer retirez sacame saquenme screw sin start stoppez \
         subscribe supprimez wanna want wants wish wrong yes",
    ),
    (OPT, "opt opted opting"),
];

/// The classes of a word, as a set of bits.
pub(super) fn classes(word: &str) -> u64 {
    static WORDS: OnceLock<HashMap<&str, u64>> = OnceLock::new();
    let words = WORDS.get_or_init(|| {
        let mut words = HashMap::new();
        for (class, list) in LISTS {
            for word in list.split_whitespace() {
                *words.entry(word).or_default() |= class;
            }
        }
        words
    });
    match words.get(word) {
        Some(classes) => *classes,
        None if near_unsubscribe(word) => UNSUB,
        None => 0,
    }
}

/// Within two slips of "unsubscribe", which is long enough for that to mean
/// little else.
pub(super) fn near_unsubscribe(word: &str) -> bool {
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
