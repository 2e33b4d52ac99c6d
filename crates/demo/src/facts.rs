//! What one conversation is about, and how it enters the sentences.

use crate::agent::{AGENTS, Agent};
use crate::calendar::{DAY, WEEKDAYS, Zone, date, weekday};
use crate::catalog::{Stuff, Ware};
use crate::chance::Chance;
use crate::grammar::Words;
use crate::person::{self, Manner};
use crate::phrases;

const STREETS: &[&str] = &[
    "Alder St",
    "Birch Ave",
    "Canal Rd",
    "Dogwood Ln",
    "Elm St",
    "Ferry Rd",
    "Grove Ave",
    "Hill St",
    "Ivy Ct",
    "Juniper Way",
    "Kiln Rd",
    "Larch Dr",
    "Mill St",
    "North Ave",
    "Orchard Ln",
    "Pond Rd",
    "Quarry St",
    "Ridge Rd",
    "Spruce St",
    "Tern Ct",
    "Union St",
    "Valley Rd",
    "Willow Way",
];
const DIAS: [&str; 7] = ["lunes", "martes", "miércoles", "jueves", "viernes", "sábado", "domingo"];

/// What a conversation is about. Fixed when it begins, so that it stays consistent.
#[derive(Debug)]
pub struct Facts {
    /// The name the shop texts under.
    pub brand: String,
    /// The customer's name as the shop knows it.
    pub name: String,
    /// How they type.
    pub manner: Manner,
    /// Their clock.
    pub zone: Zone,
    /// The product it is about.
    pub ware: &'static Ware,
    /// A product that has nothing to do with it.
    pub other: &'static Ware,
    /// How they have it, and how they do not.
    pub variants: (&'static str, &'static str),
    /// The order's number.
    pub order: String,
    /// The carrier's number.
    pub tracking: String,
    /// The order's total in cents.
    pub amount: i64,
    /// When the order was placed, Unix ms.
    pub placed_at: i64,
    /// When the conversation begins, Unix ms.
    pub started_at: i64,
    /// Somebody they know.
    pub friend: &'static str,
    /// Where they live.
    pub city: &'static str,
    /// At which address.
    pub street: String,
    /// In how many days what was promised comes.
    pub eta_days: i64,
    /// The discount in percent.
    pub percent: i64,
    /// What the shop adds for the trouble, in dollars.
    pub credit: i64,
    /// The last digits of a short link.
    pub link: u64,
}

impl Facts {
    /// Where the shop would be on the net, under the name kept for examples (RFC 2606).
    pub fn site(&self) -> String {
        let letters: String = self.brand.chars().filter(char::is_ascii_alphanumeric).collect();
        let name = if letters.is_empty() { "shop".to_owned() } else { letters.to_ascii_lowercase() };
        format!("{name}.example")
    }

    /// Fills in what the conversation is free to choose.
    pub fn choose(chance: &mut Chance) -> Chosen {
        Chosen {
            friend: person::first_name(chance),
            street: format!("{} {}", chance.between(2, 4_800), chance.pick(STREETS)),
            eta_days: chance.between(1, 3),
            percent: chance.pick(&[10, 15, 20, 25]),
            credit: chance.pick(&[5, 10, 15, 20]),
            link: chance.next() % 100_000_000,
        }
    }

    /// How long ago they ordered, as people say it.
    fn ago(&self, chance: &mut Chance) -> String {
        let days = (self.started_at - self.placed_at) / DAY;
        let local = self.zone.local(self.placed_at).div_euclid(DAY);
        let (_, month, of_month) = date(local);
        let day = WEEKDAYS[weekday(local)];
        match days {
            ..=0 => chance.pick(&["today", "a few hours ago", "earlier", "just now"]).to_owned(),
            1 => "yesterday".to_owned(),
            2..=6 if chance.percent(60) => format!("on {day}"),
            7..=13 if chance.percent(35) => format!("last {day}"),
            7..=13 if chance.percent(30) => "last week".to_owned(),
            14..=20 if chance.percent(40) => "two weeks ago".to_owned(),
            _ if chance.percent(30) => format!("on the {}", ordinal(of_month)),
            _ if chance.percent(25) => format!("on {}/{of_month}", month),
            _ => format!("{days} days ago"),
        }
    }

    fn weekday_after(&self, days: i64) -> usize {
        self.zone.weekday(self.started_at + days * DAY)
    }

    /// What is said of the product's material: (clean it so, it breaks so, it wears so, its name, its measure).
    const fn of_stuff(&self) -> (&'static str, &'static str, &'static str, &'static str, &'static str) {
        match self.ware.stuff {
            Stuff::Ceramic => (
                "Dishwasher is fine on the top rack. For coffee rings, a paste of baking soda overnight.",
                "{cracked [down the side]|in {two|three|four|many} pieces|chipped {on the rim|at the bottom|in two places}|missing a piece of the handle}",
                "{showing fine cracks|losing its glaze [near the rim]|leaking a little [from below]}",
                "glazed stoneware",
                "It stands about 4 inches tall and holds a generous serving.",
            ),
            Stuff::Textile => (
                "Cold wash, low tumble, no softener. Stains come out with dish soap before the wash.",
                "{torn {at the seam|in one corner}|stained [with something {black|yellow|oily}]|missing a button|smelling of smoke|{pulled|snagged} in {two|three} places}",
                "{pilling [all over]|shedding everywhere|fading [on one side]|coming apart at the seam}",
                "natural fibers",
                "It runs a touch large, and softens with every wash.",
            ),
            Stuff::Glass => (
                "Warm water and vinegar brings the shine back. The lid washes by hand.",
                "{shattered|in {a hundred|a million|two} pieces|cracked {across|from top to bottom}|scratched [all over]|chipped at the rim}",
                "{getting cloudy|scratched [inside]|rattling at the lid}",
                "hand-blown glass",
                "It's 9 inches tall with a 4 inch opening.",
            ),
            Stuff::Wood => (
                "Wipe it damp, dry it standing, and oil it once a month with any food-safe oil.",
                "{split [along the grain]|{scratched|dented} {on top|on one leg|along the edge}|warped|missing {two|three|all the} screws|wobbly}",
                "{warping|splitting [at one end]|losing its finish|wobbling}",
                "solid wood",
                "It takes 40 pounds when both screws sit in wood.",
            ),
            Stuff::Wax => (
                "Trim the wick to a quarter inch, and let the first burn reach the edge.",
                "{melted [to one side]|broken in {two|three}|without a wick|cracked across the top|leaking out of the tin}",
                "{tunneling|smoking [a lot]|hardly smelling of anything|crumbling}",
                "soy wax",
                "The small one burns for about 45 hours, the large one for 80.",
            ),
            Stuff::Metal => (
                "A soft cloth and a drop of dish soap; never steel wool. Brass darkens, lemon brings it back.",
                "{bent [at the {neck|base|side}]|dented {on one side|badly|at the bottom}|scratched [through the finish]|not turning on|missing {a screw|the plug adapter|its base}}",
                "{rusting [at the bottom]|flickering|losing its color|squeaking}",
                "metal",
                "It's 14 inches at the widest, and the cord is 6 feet.",
            ),
        }
    }
}

/// The free part of [`Facts`].
#[derive(Debug)]
pub struct Chosen {
    /// Somebody they know.
    pub friend: &'static str,
    /// At which address.
    pub street: String,
    /// In how many days what was promised comes.
    pub eta_days: i64,
    /// The discount in percent.
    pub percent: i64,
    /// What the shop adds for the trouble, in dollars.
    pub credit: i64,
    /// The last digits of a short link.
    pub link: u64,
}

fn ordinal(number: i64) -> String {
    let ending = match (number % 10, number % 100) {
        (_, 11..=13) => "th",
        (1, _) => "st",
        (2, _) => "nd",
        (3, _) => "rd",
        _ => "th",
    };
    format!("{number}{ending}")
}

fn dollars(cents: i64) -> String {
    if cents % 100 == 0 { format!("${}", cents / 100) } else { format!("${}.{:02}", cents / 100, cents % 100) }
}

/// The words of one speaker at one moment.
#[derive(Debug)]
pub struct Speaker<'a> {
    /// What it is about.
    pub facts: &'a Facts,
    /// Who answers.
    pub agent: usize,
    /// Whether a hello is due.
    pub greets: bool,
    /// When it is said, Unix ms.
    pub now: i64,
}

impl Words for Speaker<'_> {
    fn rule(&self, name: &str) -> Option<&'static [&'static str]> {
        phrases::lines(name)
    }

    fn slot(&self, name: &str, chance: &mut Chance) -> Option<String> {
        let facts = self.facts;
        let desk: &Agent = AGENTS.get(self.agent).or(AGENTS.first())?;
        let (care, breaks, wears, stuff, measure) = facts.of_stuff();
        let said = |text: &str| Some(text.to_owned());
        match name {
            "hi" if !self.greets => said(""),
            "hi" if chance.percent(25) => said(match facts.zone.hour(self.now) {
                5..=11 => "good morning,",
                12..=17 => "good afternoon,",
                _ => "good evening,",
            }),
            "hi" => said("%hey %team,"),
            "hola" => said(if self.greets { "%hola," } else { "" }),
            "hello" => said(if self.greets { chance.pick(desk.hello) } else { "" }),
            "bye" => said(chance.pick(desk.bye)),
            "sorry" => said(chance.pick(desk.sorry)),
            "aside" => said(if facts.manner.chatty { "{%aside.|%aside.|}" } else { "[{%for_whom.|}]" }),
            "name" => said(facts.name.split(' ').next().unwrap_or_default()),
            "name_full" => said(if facts.name.is_empty() { facts.friend } else { &facts.name }),
            "product" => said(facts.ware.said),
            "producto" => said(facts.ware.dicho),
            "other" => said(facts.other.said),
            "variant" => said(facts.variants.0),
            "variant_other" => said(facts.variants.1),
            "order" => said(&facts.order),
            "tracking" => said(&facts.tracking),
            "amount" => Some(dollars(facts.amount)),
            "price" => Some(dollars(facts.ware.price)),
            "credit" => Some(format!("${}", facts.credit)),
            "percent" => Some(format!("{}%", facts.percent)),
            "code" => Some(format!("MOSS{}", facts.percent)),
            "brand" => said(&facts.brand),
            "link" => Some(format!("https://{}/t/{:06x}", facts.site(), facts.link)),
            "friend" => said(facts.friend),
            "city" => said(facts.city),
            "street" => said(&facts.street),
            "ago" => Some(facts.ago(chance)),
            "bought_day" => said(WEEKDAYS[facts.zone.weekday(facts.placed_at)]),
            "shipped_day" => said(WEEKDAYS[facts.zone.weekday(facts.placed_at + DAY)]),
            "eta" => said(WEEKDAYS[facts.weekday_after(facts.eta_days)]),
            "dia" => said(DIAS[facts.weekday_after(facts.eta_days)]),
            "day" => said(WEEKDAYS[facts.weekday_after(chance.between(1, 6))]),
            "count" => Some(chance.between(4, 12).to_string()),
            "damage" => said(breaks),
            "wear" => said(wears),
            "wears" => said("{keeps|is} $wear"),
            "care" => said(care),
            "stuff" => said(stuff),
            "measure" => said(measure),
            "material" => said(match facts.ware.stuff {
                Stuff::Ceramic => "stoneware",
                Stuff::Textile => "linen and wool",
                Stuff::Glass => "glass",
                Stuff::Wood => "wooden",
                Stuff::Wax => "scented",
                Stuff::Metal => "brass and steel",
            }),
            "adjective" => said(chance.pick(&["small", "big", "shiny", "dark", "heavy", "bright", "thin"])),
            _ => None,
        }
    }
}
