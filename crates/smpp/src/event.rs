//! What comes in, and how the centre is told that it is safe.

use crate::link::Out;
use crate::outgoing::Text;
use crate::pdu::{Party, Pdu};
use crate::receipt::Receipt;
use crate::status;
use domain::address::Address;
use tokio::sync::mpsc;

/// A text a customer sent.
#[derive(Clone, PartialEq, Eq)]
pub struct InboundText {
    /// The customer.
    pub from: Address,
    /// Our sender.
    pub to: Address,
    /// The words; a replacement character stands where a part never came.
    pub body: String,
    /// The numbers of parts that never came.
    pub missing: Vec<u8>,
    /// Whether some of it is no text; each octet is a character then.
    pub binary: bool,
}

impl std::fmt::Debug for InboundText {
    /// Bodies never reach a log.
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("InboundText").field("from", &self.from).field("to", &self.to).finish_non_exhaustive()
    }
}

/// What became, after all, of a part whose answer came when it had been called ambiguous, or when
/// nobody waited for it any more.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Settled {
    /// The caller's name of the text; see [`crate::Client::submit`].
    pub reference: u128,
    /// Which part, from 1.
    pub part: u8,
    /// How many there are.
    pub parts: u8,
    /// The centre's id of it, or its refusal.
    pub outcome: Result<String, u32>,
}

/// Something that came in.
#[derive(Debug)]
pub enum Event {
    /// A customer's text. The centre hears of it when the [`Ack`] is told.
    Text(InboundText, Ack),
    /// What became of a text of ours.
    Receipt(Receipt, Ack),
    /// A late answer.
    Settled(Settled),
}

/// Tells the centre whether what it sent is safe. Dropped, it asks for it again.
#[derive(Debug, Default)]
#[must_use = "a dropped acknowledgement asks the centre to send again"]
pub struct Ack(Vec<AckOne>);

impl Ack {
    pub(crate) fn of(answers: impl IntoIterator<Item = AckOne>) -> Self {
        Self(answers.into_iter().collect())
    }

    /// It is stored: the centre may forget it.
    pub fn stored(self) {
        self.answer(status::OK);
    }

    /// It could not be stored: the centre shall send it again.
    pub fn again(self) {
        self.answer(status::TEMPORARY);
    }

    fn answer(mut self, status: u32) {
        for one in self.0.drain(..) {
            one.answer(status);
        }
    }
}

/// The answer owed to one unit.
#[derive(Debug)]
pub(crate) struct AckOne {
    out: Option<mpsc::Sender<Out>>,
    command: u32,
    sequence: u32,
}

impl AckOne {
    pub(crate) fn new(out: mpsc::Sender<Out>, request: &Pdu) -> Self {
        Self { out: Some(out), command: request.command, sequence: request.sequence }
    }

    /// A connection that is gone cannot be told: the centre sends again on the next.
    pub(crate) fn answer(mut self, status: u32) {
        self.tell(status);
    }

    fn tell(&mut self, status: u32) {
        if let Some(out) = self.out.take() {
            let _ = out.try_send(Out::Pdu(Pdu::answer(self.command, status, self.sequence)));
        }
    }
}

impl Drop for AckOne {
    fn drop(&mut self) {
        self.tell(status::TEMPORARY);
    }
}

/// The addresses of a text that came in.
pub(crate) fn text_between(source: &Party, dest: &Party, body: String, missing: Vec<u8>, binary: bool) -> InboundText {
    let (from, to) = (crate::address::read(source), crate::address::read(dest));
    InboundText { from, to, body, missing, binary }
}

impl Text {
    /// Whether it is addressed to somebody the protocol can carry: at most 20 octets of ASCII.
    #[must_use]
    pub fn addressable(&self) -> bool {
        let fits = |word: &str| !word.is_empty() && word.len() <= 21 && word.is_ascii() && !word.contains('\0');
        fits(self.from.as_str()) && fits(self.to.as_str())
    }
}
