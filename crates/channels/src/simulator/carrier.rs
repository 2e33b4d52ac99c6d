//! A mobile network in memory: it takes texts, carries them, and says what
//! became of them, with every fault real ones have.
//!
//! A deterministic state machine. No I/O, no timers, no clock: instants come
//! in, in the units of the caller's monotonic clock, and what happens to a
//! text depends only on the seed and the text's attempt, not on the order in
//! which texts arrive.

use super::faults::Faults;
use super::random::Random;
use crate::channel::{InboundMedia, InboundText, OwnWords, Receipt, Submission};
use domain::address::Address;
use domain::encoding::measure;
use domain::id::{AccountId, AttemptId, MessageId, WorkspaceId};
use domain::keyword::Class;
use domain::outcome::ErrorClass;
use domain::receipt::ReceiptState;
use domain::send::{OutboundMedia, OutboundText};
use std::cmp::Ordering;
use std::collections::{BinaryHeap, HashMap, HashSet};
use std::fmt;
use std::sync::{Mutex, MutexGuard, PoisonError};

/// The code with which the carrier refuses texts to a number that said STOP.
pub const OPTED_OUT_CODE: &str = "opted_out";
/// How much later a double comes, in ms, as a network's own repetition does.
const DOUBLE_AFTER_MS: i64 = 250;
/// The code with which it refuses texts that come too fast.
pub const THROTTLED_CODE: &str = "rate_limited";

/// A text that arrived on a simulated phone.
#[derive(Clone, PartialEq, Eq)]
pub struct HandsetText {
    /// Whose text it was.
    pub workspace: WorkspaceId,
    /// The account that carried it.
    pub account: AccountId,
    /// The phone.
    pub number: Address,
    /// The sender the phone shows.
    pub our_address: Address,
    /// The words.
    pub body: String,
    /// The pictures.
    pub media: Vec<OutboundMedia>,
    /// The message, and the try that brought it; `None` for the carrier's own confirmation of STOP.
    pub message: Option<(MessageId, AttemptId)>,
    /// Parts the carrier counted.
    pub parts: u32,
    /// When it arrived, on the caller's clock.
    pub at: i64,
}

impl fmt::Debug for HandsetText {
    /// Bodies never reach a log.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("HandsetText")
            .field("account", &self.account)
            .field("number", &self.number)
            .field("message", &self.message)
            .field("at", &self.at)
            .finish_non_exhaustive()
    }
}

/// Something that happened in the network.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum CarrierEvent {
    /// A text arrived on a phone.
    Delivered(HandsetText),
    /// The network reports on a text of ours.
    Receipt {
        /// Whose text it was.
        workspace: WorkspaceId,
        /// The account that carried it.
        account: AccountId,
        /// What is said.
        receipt: Receipt,
    },
    /// A phone wrote to us.
    Inbound {
        /// Who is written to.
        workspace: WorkspaceId,
        /// The account that has the number.
        account: AccountId,
        /// The text.
        text: InboundText,
    },
}

/// A text typed on a simulated phone.
#[derive(Clone, PartialEq, Eq)]
pub struct PhoneText {
    /// Who is written to.
    pub workspace: WorkspaceId,
    /// The account that has the number.
    pub account: AccountId,
    /// The carrier's id of it: the caller's, so that nothing here makes randomness.
    pub provider_id: String,
    /// The phone.
    pub from: Address,
    /// Our number.
    pub to: Address,
    /// The words.
    pub body: String,
    /// The pictures.
    pub media: Vec<InboundMedia>,
}

struct Due {
    at: i64,
    number: u64,
    event: Box<CarrierEvent>,
}

impl PartialEq for Due {
    fn eq(&self, other: &Self) -> bool {
        self.cmp(other) == Ordering::Equal
    }
}
impl Eq for Due {}
impl PartialOrd for Due {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}
impl Ord for Due {
    /// The earliest is the greatest, since the heap gives the greatest first.
    fn cmp(&self, other: &Self) -> Ordering {
        (other.at, other.number).cmp(&(self.at, self.number))
    }
}

#[derive(Default)]
struct Line {
    faults: Faults,
    /// The second that is being counted, and the texts taken in it.
    window: (i64, u32),
    /// Phones that said STOP, with the number they said it to.
    stopped: HashSet<(Address, Address)>,
}

struct Network {
    seed: u64,
    next: u64,
    unix_offset: Option<i64>,
    lines: HashMap<AccountId, Line>,
    due: BinaryHeap<Due>,
}

/// The network. One per process, shared by all accounts of the simulator.
pub struct SimulatorCarrier {
    network: Mutex<Network>,
}

impl SimulatorCarrier {
    /// A network whose chances follow from a seed.
    #[must_use]
    pub fn new(seed: u64) -> Self {
        let network = Network { seed, next: 0, unix_offset: None, lines: HashMap::new(), due: BinaryHeap::new() };
        Self { network: Mutex::new(network) }
    }

    /// Tells the network what the caller's clock means in Unix time. Until then
    /// validity periods are not kept and receipts carry no time.
    pub fn set_unix(&self, now_ms: i64, unix_ms: i64) {
        self.network().unix_offset = Some(unix_ms.saturating_sub(now_ms));
    }

    /// The faults of an account's line.
    #[must_use]
    pub fn faults(&self, account: AccountId) -> Faults {
        self.network().lines.get(&account).map(|line| line.faults.clone()).unwrap_or_default()
    }

    /// Changes the faults of an account's line. What is on its way keeps its fate.
    pub fn set_faults(&self, account: AccountId, faults: Faults) {
        self.network().lines.entry(account).or_default().faults = faults.bounded();
    }

    /// Offers a text to the network.
    pub fn submit(&self, account: AccountId, text: OutboundText, now_ms: i64) -> Submission {
        self.network().submit(account, text, now_ms)
    }

    /// Offers many texts at once, each under its own permission: what comes
    /// after `hand_over_by` is handed back.
    pub fn submit_all(
        &self,
        account: AccountId,
        texts: impl IntoIterator<Item = (i64, OutboundText)>,
        now_ms: i64,
    ) -> Vec<(AttemptId, Submission)> {
        let mut network = self.network();
        texts
            .into_iter()
            .map(|(hand_over_by, text)| {
                let attempt = text.attempt;
                let late = now_ms > hand_over_by;
                (attempt, if late { Submission::HandedBack } else { network.submit(account, text, now_ms) })
            })
            .collect()
    }

    /// A phone writes to us.
    pub fn phone_writes(&self, text: PhoneText, now_ms: i64) {
        self.network().phone_writes(text, now_ms);
    }

    /// All that has happened up to an instant, in its order.
    #[must_use]
    pub fn due(&self, now_ms: i64) -> Vec<CarrierEvent> {
        let mut network = self.network();
        let mut events = Vec::new();
        while network.due.peek().is_some_and(|due| due.at <= now_ms) {
            if let Some(due) = network.due.pop() {
                events.push(*due.event);
            }
        }
        events
    }

    /// Takes back what nobody could be told. It is due again, in the order given,
    /// before all else: what a phone wrote first arrives first.
    pub fn put_back(&self, events: Vec<CarrierEvent>) {
        let mut network = self.network();
        for event in events {
            network.push(i64::MIN, event);
        }
    }

    /// When something will happen next, on the caller's clock.
    #[must_use]
    pub fn next_due(&self) -> Option<i64> {
        self.network().due.peek().map(|due| due.at)
    }

    /// How much is on its way.
    #[must_use]
    pub fn pending(&self) -> usize {
        self.network().due.len()
    }

    /// Drops what is on its way for an account, and forgets its faults and who said STOP.
    pub fn forget(&self, account: AccountId) {
        let mut network = self.network();
        network.lines.remove(&account);
        network.due.retain(|due| match due.event.as_ref() {
            CarrierEvent::Delivered(text) => text.account != account,
            CarrierEvent::Receipt { account: of, .. } | CarrierEvent::Inbound { account: of, .. } => *of != account,
        });
    }

    fn network(&self) -> MutexGuard<'_, Network> {
        // The state is whole between any two statements that could panic, so a
        // panic elsewhere while the lock was held does not spoil it.
        self.network.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl fmt::Debug for SimulatorCarrier {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "SimulatorCarrier({} pending)", self.pending())
    }
}

impl Network {
    fn submit(&mut self, account: AccountId, text: OutboundText, now: i64) -> Submission {
        let line = self.lines.entry(account).or_default();
        if let Some(refusal) = line.refuse(&text, now) {
            return refusal;
        }
        let faults = line.faults.clone();
        let mut random = Random::for_text(self.seed, text.attempt);
        let provider_id = format!("sim_{}", text.attempt.uuid().simple());
        let parts = measure(&text.body).parts;
        let answer = if random.percent(faults.ambiguous_pct) {
            Submission::Unknown { detail: "simulated: taken, but the answer was lost".to_owned() }
        } else {
            Submission::Taken { provider_id: provider_id.clone(), parts: Some(parts) }
        };
        self.carry(Carried { account, provider_id, parts, text }, &faults, &mut random, now);
        answer
    }

    /// Decides a text's whole fate, and puts what will happen on the heap.
    fn carry(&mut self, carried: Carried, faults: &Faults, random: &mut Random, now: i64) {
        let jitter = |random: &mut Random, faults: &Faults| {
            if random.percent(faults.disorder_pct) { random.up_to(2 * faults.delay_ms + 1_000) } else { 0 }
        };
        // An early receipt is on its way before the submit's answer.
        let early = random.percent(faults.early_receipt_pct);
        let receipt_delay = if early { 0 } else { faults.receipt_delay_ms };
        let sent_at = now + receipt_delay + jitter(random, faults);
        self.report(&carried, ReceiptState::Sent, None, sent_at, faults, random);

        let arrives = now + faults.delay_ms + jitter(random, faults);
        let expired = match (carried.text.valid_until, self.unix_offset) {
            (Some(until), Some(offset)) => arrives.saturating_add(offset) > until,
            _ => false,
        };
        if expired {
            let code = Some((ErrorClass::Expired.code().to_owned(), ErrorClass::Expired));
            self.report(&carried, ReceiptState::Undelivered, code, arrives + receipt_delay, faults, random);
            return;
        }
        if random.percent(faults.loss_pct) {
            return;
        }
        let late = if random.percent(faults.late_receipt_pct) { faults.late_receipt_ms } else { 0 };
        let reported = arrives + receipt_delay + late + jitter(random, faults);
        if random.percent(faults.fail_pct) {
            let code = faults.fail_code.clone().unwrap_or_else(|| ErrorClass::Unreachable.code().to_owned());
            let class = ErrorClass::from_code(&code).unwrap_or(ErrorClass::Unknown);
            self.report(&carried, ReceiptState::Undelivered, Some((code, class)), reported, faults, random);
            return;
        }
        self.report(&carried, ReceiptState::Delivered, None, reported, faults, random);
        let copies = if random.percent(faults.double_pct) { 2 } else { 1 };
        let Carried { account, parts, text, .. } = carried;
        let shown = HandsetText {
            workspace: text.workspace,
            account,
            number: text.to,
            our_address: text.from,
            body: text.body,
            media: text.media,
            message: Some((text.message, text.attempt)),
            parts,
            at: arrives,
        };
        for copy in 0..copies {
            let at = arrives + copy * DOUBLE_AFTER_MS;
            self.push(at, CarrierEvent::Delivered(HandsetText { at, ..shown.clone() }));
        }
    }

    fn report(
        &mut self,
        carried: &Carried,
        state: ReceiptState,
        error: Option<(String, ErrorClass)>,
        at: i64,
        faults: &Faults,
        random: &mut Random,
    ) {
        let parts = u16::try_from(carried.parts).unwrap_or(u16::MAX);
        let speak_of = if faults.per_part_receipts && parts > 1 { 1..=parts } else { 0..=0 };
        for part in speak_of {
            let copies = if random.percent(faults.double_pct) { 2 } else { 1 };
            for copy in 0..copies {
                let at = at + copy * DOUBLE_AFTER_MS;
                let receipt = Receipt {
                    provider_id: carried.provider_id.clone(),
                    attempt: Some(carried.text.attempt),
                    word: word(state).to_owned(),
                    state: Some(state),
                    part,
                    error_code: error.as_ref().map(|(code, _)| code.clone()),
                    error_class: error.as_ref().map(|(_, class)| *class),
                    at: self.unix_offset.map(|offset| at.saturating_add(offset)),
                };
                let (workspace, account) = (carried.text.workspace, carried.account);
                self.push(at, CarrierEvent::Receipt { workspace, account, receipt });
            }
        }
    }

    fn phone_writes(&mut self, text: PhoneText, now: i64) {
        let PhoneText { workspace, account, provider_id, from, to, body, media } = text;
        let line = self.lines.entry(account).or_default();
        let took_for = if line.faults.carrier_opt_out { CARRIER_WORDS.class_of(&body) } else { None };
        let pair = (from.clone(), to.clone());
        let confirm = match took_for {
            Some(Class::OptOut) => line.stopped.insert(pair),
            Some(Class::OptIn) => {
                line.stopped.remove(&pair);
                false
            }
            Some(Class::Help | Class::Unsure | Class::None) | None => false,
        };
        let delay = line.faults.delay_ms;
        let doubled = Random::for_phone(self.seed, &provider_id).percent(line.faults.double_pct);
        if confirm {
            let body =
                "You have been unsubscribed and will get no more texts from this number. Reply START to resubscribe.";
            let at = now + delay;
            let (number, our_address) = (from.clone(), to.clone());
            let text = HandsetText {
                workspace,
                account,
                number,
                our_address,
                body: body.to_owned(),
                media: Vec::new(),
                message: None,
                parts: 1,
                at,
            };
            self.push(at, CarrierEvent::Delivered(text));
        }
        let at = self.unix_offset.map(|offset| now.saturating_add(offset));
        let text = InboundText { provider_id, from, to, body, media, at, took_for, answered: confirm };
        // The same text once more, as a provider posts it whose answer was lost.
        if doubled {
            let text = text.clone();
            self.push(now + DOUBLE_AFTER_MS, CarrierEvent::Inbound { workspace, account, text });
        }
        self.push(now, CarrierEvent::Inbound { workspace, account, text });
    }

    fn push(&mut self, at: i64, event: CarrierEvent) {
        self.next += 1;
        self.due.push(Due { at, number: self.next, event: Box::new(event) });
    }
}

struct Carried {
    account: AccountId,
    provider_id: String,
    parts: u32,
    text: OutboundText,
}

impl Line {
    /// Why the network does not take a text, if so. Nothing happens to such a text.
    fn refuse(&mut self, text: &OutboundText, now: i64) -> Option<Submission> {
        let not_taken = |class, code: &str, retry_after_ms| {
            Some(Submission::NotTaken { class, code: code.to_owned(), retry_after_ms })
        };
        if self.faults.carrier_opt_out && self.stopped.contains(&(text.to.clone(), text.from.clone())) {
            return not_taken(ErrorClass::OptedOut, OPTED_OUT_CODE, None);
        }
        if let Some(code) = &self.faults.reject_code {
            return not_taken(ErrorClass::from_code(code).unwrap_or(ErrorClass::Unknown), code, None);
        }
        let limit = self.faults.throttle_per_second?;
        let second = now.div_euclid(1_000);
        if self.window.0 != second {
            self.window = (second, 0);
        }
        if self.window.1 >= limit {
            return not_taken(ErrorClass::RateLimited, THROTTLED_CODE, Some(1_000 - now.rem_euclid(1_000)));
        }
        self.window.1 += 1;
        None
    }
}

const fn word(state: ReceiptState) -> &'static str {
    match state {
        ReceiptState::Accepted => "accepted",
        ReceiptState::Sent => "sent",
        ReceiptState::Failed => "failed",
        ReceiptState::Undelivered => "undelivered",
        ReceiptState::Delivered => "delivered",
    }
}

/// What a carrier knows by itself where it acts on STOP at all.
const CARRIER_WORDS: OwnWords = OwnWords {
    stop: &["STOP", "STOPALL", "UNSUBSCRIBE", "CANCEL", "END", "QUIT", "REVOKE", "OPTOUT"],
    start: &["START", "YES", "UNSTOP"],
    help: &["HELP", "INFO"],
};
