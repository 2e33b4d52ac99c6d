//! Which words can be join keywords, and which texts are one.

use crate::keyword::{self, Class, Collision};
use crate::limits::{JOIN_WORD_LETTERS_MAX, JOIN_WORD_LETTERS_MIN};

/// From so many letters on, a slip of the thumb is told from another word.
const SLIP_LETTERS: usize = 5;
/// From so many letters on, two slips are.
const SLIPS_LETTERS: usize = 9;
/// Most words of a text that may be a join keyword, spaced letters included.
const TOKENS_MAX: usize = JOIN_WORD_LETTERS_MAX;

/// Answers and greetings that customers text for other reasons every day, in English, Spanish and French.
const EVERYDAY: &[&str] = &[
    "no",
    "nope",
    "nah",
    "ok",
    "okay",
    "k",
    "sure",
    "thanks",
    "thankyou",
    "thx",
    "ty",
    "please",
    "hi",
    "hello",
    "hey",
    "yo",
    "good",
    "great",
    "cool",
    "nice",
    "done",
    "here",
    "home",
    "bye",
    "lol",
    "what",
    "why",
    "who",
    "when",
    "where",
    "order",
    "delivery",
    "refund",
    "return",
    "tracking",
    "menu",
    "hours",
    "open",
    "closed",
    "price",
    "hola",
    "gracias",
    "bueno",
    "bien",
    "adios",
    "donde",
    "cuando",
    "pedido",
    "non",
    "merci",
    "bonjour",
    "salut",
    "daccord",
    "commande",
    // What the confirmation of an opt-out may ask for.
    "orders",
    "pedidos",
    "commandes",
];

/// Why a word cannot be a join keyword.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Unfit {
    /// It asks for something else, or nearly does, in one of the languages texts are read in.
    Collides(Collision),
    /// Customers text it for other reasons every day.
    Everyday,
    /// It is a number: an answer to a question, a ZIP code, an order.
    Number,
    /// One letter is texted by accident.
    Short,
    /// Nobody types so much without a slip.
    Long,
}

impl Unfit {
    /// The stable code of the refusal.
    #[must_use]
    pub fn code(self) -> &'static str {
        match self {
            Self::Collides(collision) => collision.code(),
            Self::Everyday => "keyword_everyday",
            Self::Number => "keyword_number",
            Self::Short => "keyword_short",
            Self::Long => "keyword_long",
        }
    }

    /// What is wrong with it, in a sentence.
    #[must_use]
    pub fn detail(self) -> String {
        match self {
            Self::Collides(Collision::Empty) => "It has no letter and no digit.".to_owned(),
            Self::Collides(Collision::Reads(..)) => {
                "Customers who text it ask for something else: to stop, to start again, or help.".to_owned()
            }
            Self::Collides(Collision::Begins(_)) => {
                "It begins with a word that opts out, and some providers look no further.".to_owned()
            }
            Self::Collides(Collision::Near(word)) => {
                format!("One slip of the thumb lies between it and {}.", word.to_uppercase())
            }
            Self::Everyday => "Customers text it for other reasons every day.".to_owned(),
            Self::Number => "A number answers questions; take a word, or letters with it.".to_owned(),
            Self::Short => format!("It needs at least {JOIN_WORD_LETTERS_MIN} letters or digits."),
            Self::Long => format!("It may have at most {JOIN_WORD_LETTERS_MAX} letters and digits."),
        }
    }
}

/// A text that is a join keyword.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Match {
    /// Its place among the words that were looked through.
    pub word: usize,
    /// Whether it is the word but for a slip of the thumb.
    pub slip: bool,
}

/// The form in which a join keyword is recognised: without case, accents, marks, spaces and emoji.
#[must_use]
pub fn plain(word: &str) -> String {
    keyword::plain_words(word).concat()
}

/// Why a word cannot be a join keyword; none where it can.
#[must_use]
pub fn unfit(word: &str) -> Option<Unfit> {
    if let Some(collision) = keyword::collides(word) {
        return Some(Unfit::Collides(collision));
    }
    let plain = plain(word);
    match plain.chars().count() {
        letters if letters < JOIN_WORD_LETTERS_MIN => Some(Unfit::Short),
        letters if letters > JOIN_WORD_LETTERS_MAX => Some(Unfit::Long),
        _ if plain.chars().all(char::is_numeric) => Some(Unfit::Number),
        _ if EVERYDAY.contains(&plain.as_str()) => Some(Unfit::Everyday),
        _ => None,
    }
}

/// Whether a text is short enough to be a join keyword. Costs nothing, so that the words of an
/// inbox are looked up for few texts.
#[must_use]
pub fn could_be(text: &str) -> bool {
    // Spaced letters, marks and emoji may stand around it; each is at most a few bytes.
    text.len() <= 12 * JOIN_WORD_LETTERS_MAX
}

/// Which of an inbox's words (in their plain form) a text is.
///
/// A slip counts in a word of five letters or more, and only where the text is neither near a word
/// that asks for something else nor as near to another join keyword. Digits have no slips: `SUMMER24`
/// and `SUMMER25` are two offers.
#[must_use]
pub fn find(text: &str, words: &[String]) -> Option<Match> {
    if words.is_empty() || keyword::is_tapback(text) {
        return None;
    }
    let mut tokens = keyword::plain_words(text);
    if tokens.len() > TOKENS_MAX {
        return None;
    }
    let exact = |typed: &str| words.iter().position(|word| word == typed).map(|word| Match { word, slip: false });
    if let Some(found) = exact(&tokens.concat()) {
        return Some(found);
    }
    // "Join please": manners change nothing.
    tokens.retain(|token| !keyword::is_manners(token));
    let typed = tokens.concat();
    exact(&typed).or_else(|| slip(text, &typed, words))
}

fn slip(text: &str, typed: &str, words: &[String]) -> Option<Match> {
    let letters = typed.len();
    // What is read as a wish, or might be one, is no slip; nor what is nearly one.
    if !typed.is_ascii()
        || !(SLIP_LETTERS..=JOIN_WORD_LETTERS_MAX + 2).contains(&letters)
        || keyword::classify(text).class != Class::None
        || keyword::near_reserved(typed).is_some()
        || EVERYDAY.contains(&typed)
    {
        return None;
    }
    let digits = |word: &str| word.bytes().filter(u8::is_ascii_digit).collect::<Vec<_>>();
    let near = words.iter().enumerate().filter_map(|(place, word)| {
        let most = match word.len() {
            length if length >= SLIPS_LETTERS => 2,
            length if length >= SLIP_LETTERS => 1,
            _ => return None,
        };
        let slips = keyword::slips_between(typed, word);
        (word.is_ascii() && slips <= most && digits(typed) == digits(word)).then_some((slips, place))
    });
    let mut near: Vec<(usize, usize)> = near.collect();
    near.sort_unstable();
    match near.as_slice() {
        [(first, _), (second, _), ..] if first == second => None,
        [(_, word), ..] => Some(Match { word: *word, slip: true }),
        [] => None,
    }
}
