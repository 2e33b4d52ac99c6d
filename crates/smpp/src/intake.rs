//! What the centre sends: customers' texts, put together, and receipts.

use crate::clock::now;
use crate::coding::Alphabet;
use crate::event::{Ack, AckOne, Event, Settled, text_between};
use crate::link::Out;
use crate::part::part_of;
use crate::pdu::{EsmKind, Pdu, ShortMessage};
use crate::reassembly::{ENDED_MAX, Key, Piece, Reassembly, Whole};
use crate::receipt;
use crate::settings::Settings;
use crate::status;
use std::sync::{Mutex, MutexGuard, PoisonError};
use tokio::sync::{Notify, mpsc};
use tokio::time::{sleep_until, timeout};

/// Longest part that waits for others, in octets; a longer one cannot have come by radio.
const PART_OCTETS_MAX: usize = 1_024;

/// Takes in what comes over all connections of an account.
pub(crate) struct Intake {
    settings: Settings,
    inbox: Mutex<Option<mpsc::Sender<Event>>>,
    parts: Mutex<Reassembly<AckOne>>,
    changed: Notify,
}

/// A unit, read.
enum Read {
    Event(Box<dyn FnOnce(Ack) -> Event>),
    Part(Key, crate::part::Place, Piece),
}

impl Intake {
    pub(crate) fn new(settings: Settings) -> (Self, mpsc::Receiver<Event>) {
        let (inbox, events) = mpsc::channel(settings.bounds.inbox.max(ENDED_MAX + 1));
        let patience = settings.patience;
        let parts = Reassembly::new(settings.bounds.long_texts, patience.parts, patience.hold);
        let intake =
            Self { settings, inbox: Mutex::new(Some(inbox)), parts: Mutex::new(parts), changed: Notify::new() };
        (intake, events)
    }

    /// Takes a unit, and sees to it that it is answered. Where there is no room, the centre is told
    /// to send it later.
    pub(crate) fn take(&self, pdu: &Pdu, out: &mpsc::Sender<Out>) {
        let ack = AckOne::new(out.clone(), pdu);
        let Some(inbox) = self.inbox() else { return ack.answer(status::TEMPORARY) };
        let Ok(mut places) = inbox.try_reserve_many(ENDED_MAX) else { return ack.answer(status::QUEUE_FULL) };
        let unit = match ShortMessage::read(pdu.command, &pdu.body) {
            Ok(unit) => unit,
            Err(error) => {
                // Sent again it would be the same.
                tracing::warn!(%error, "a text of the centre that cannot be read was refused");
                return ack.answer(status::REJECTED);
            }
        };
        match self.read(unit) {
            Read::Event(event) => {
                if let Some(place) = places.next() {
                    place.send(event(Ack::of([ack])));
                }
            }
            Read::Part(key, place, piece) => {
                let ended = self.parts().add(now(), key, place, piece, ack);
                for ((whole, acks), place) in ended.into_iter().zip(places) {
                    place.send(told(whole, Ack::of(acks)));
                }
                self.changed.notify_one();
            }
        }
    }

    fn read(&self, unit: ShortMessage) -> Read {
        let settings = &self.settings;
        let part = part_of(&unit);
        let alphabet = Alphabet::of(unit.data_coding, settings.inbound_default);
        let units = alphabet.units(&unit.octets[part.header..], part.header, settings.gsm);
        let is_receipt = match unit.kind() {
            EsmKind::Receipt | EsmKind::Intermediate => true,
            EsmKind::Text => settings.unmarked_receipts && receipt::looks_like_one(&alphabet.text(&units)),
        };
        if is_receipt {
            let read = receipt::read(&unit, &alphabet.text(&units), settings.id_form, settings.receipt_offset_minutes);
            return Read::Event(Box::new(move |ack| Event::Receipt(read, ack)));
        }
        let ShortMessage { source, dest, .. } = unit;
        match part.place {
            Some(place) if units.len() <= PART_OCTETS_MAX => {
                let key = Key { source, dest, reference: place.reference, total: place.total };
                Read::Part(key, place, Piece { alphabet, units })
            }
            _ => {
                let binary = alphabet == Alphabet::Binary;
                let text = text_between(&source, &dest, alphabet.text(&units), Vec::new(), binary);
                Read::Event(Box::new(move |ack| Event::Text(text, ack)))
            }
        }
    }

    /// Tells of a late answer. Where there is no room it is left to a receipt.
    pub(crate) fn settled(&self, settled: Settled) {
        if self.inbox().is_none_or(|inbox| inbox.try_send(Event::Settled(settled)).is_err()) {
            tracing::warn!("a late answer could not be told");
        }
    }

    /// Sees to parts that wait: answers what was held long enough, tells what will not be completed.
    pub(crate) async fn watch(&self) {
        loop {
            let due = self.parts().next_due();
            match due {
                Some(due) => tokio::select! {
                    () = sleep_until(due) => {}
                    () = self.changed.notified() => continue,
                },
                None => {
                    self.changed.notified().await;
                    continue;
                }
            }
            for ack in self.parts().overdue_answers(now()) {
                ack.answer(status::OK);
            }
            let Some(inbox) = self.inbox() else { return };
            loop {
                // The place comes first, so that no text is taken out that cannot be told.
                let Ok(place) = inbox.reserve().await else { return };
                let Some((whole, acks)) = self.parts().overdue_text(now()) else { break };
                place.send(told(whole, Ack::of(acks)));
            }
        }
    }

    /// Ends: what the centre believes is safe, and is not complete, is told as it is.
    pub(crate) async fn close(&self) {
        let Some(inbox) = self.inbox() else { return };
        loop {
            let Some(whole) = self.parts().answered_text() else { break };
            if timeout(self.settings.patience.drain, inbox.send(told(whole, Ack::default()))).await.is_err() {
                tracing::error!("an incomplete text was lost: nobody took it");
            }
        }
        *self.inbox.lock().unwrap_or_else(PoisonError::into_inner) = None;
    }

    fn inbox(&self) -> Option<mpsc::Sender<Event>> {
        self.inbox.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    fn parts(&self) -> MutexGuard<'_, Reassembly<AckOne>> {
        self.parts.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

fn told(whole: Whole, ack: Ack) -> Event {
    let Whole { key, body, missing, binary } = whole;
    Event::Text(text_between(&key.source, &key.dest, body, missing, binary), ack)
}
