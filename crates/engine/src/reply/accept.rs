//! From destinations to conversations: all that is wrong with a text is found
//! here, before anything is written for it.

use super::enqueue::{Enqueue, enqueue_many};
use super::{Accepted, Destination, ReplyError, Wanted};
use crate::directory::Accounts;
use domain::address::Address;
use domain::conversation::{Last, Placement, Status, ends_wait, place_ours};
use domain::id::{ConversationId, Id, InboxId, MediaId, MessageId};
use domain::message::Kind;
use std::borrow::Cow;
use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};
use store::conversation::{NewConversation, Side};
use store::customer::Newcomer;
use store::message::MessageRow;
use store::sending::InboxFacts;
use store::{DbError, NewEvent, Tx, conversation, customer, media, message, sending, suppression};
use uuid::Uuid;

/// What becomes of one text.
enum Fate {
    /// Its id was accepted before.
    Known(Box<MessageRow>),
    /// It is not kept.
    Refused(Box<ReplyError>),
    /// The text with this place in the batch has its id.
    Same(usize),
    /// It goes into a conversation that exists.
    Thread { id: ConversationId, inbox: InboxId, address: Address },
    /// It goes to an address.
    Address { inbox: InboxId },
}

/// Accepts texts in one transaction, each as if it were alone; answers in their order.
pub(super) fn accept_in(
    tx: &mut Tx<'_>,
    accounts: &Accounts,
    wanted: &[Wanted],
    now: i64,
) -> Result<Vec<Result<Accepted, ReplyError>>, DbError> {
    let mut fates = fates(tx, wanted)?;
    let mut inboxes = HashMap::new();
    find_inboxes(tx, &mut fates, &mut inboxes)?;
    check_pictures(tx, &mut fates, wanted)?;
    // Before anything is written: claims and opt-outs of these addresses wait here.
    let addresses: Vec<&str> = fates.iter().zip(wanted).filter_map(|(fate, one)| fate.address(one)).collect();
    let locks = if addresses.is_empty() { HashMap::new() } else { suppression::lock_many(tx, &addresses)? };
    let (places, new) = places(tx, &fates, wanted, now)?;
    let mut enqueue = Vec::with_capacity(wanted.len());
    for (place, (fate, one)) in fates.iter().zip(wanted).enumerate() {
        let (conversation, inbox, address) = match (fate, &one.to) {
            (Fate::Thread { id, inbox, address }, _) => (Some(*id), inbox, address),
            (Fate::Address { inbox }, Destination::Address { to, .. }) => (places.get(&place).copied(), inbox, to),
            _ => continue,
        };
        if let (Some(conversation), Some(inbox)) = (conversation, inboxes.get(inbox)) {
            let ends_wait = ends_wait(one.text.origin, matches!(fate, Fate::Thread { .. }));
            let text = &one.text;
            let item = Enqueue { accounts, inbox, conversation, address, text, answers: None, ends_wait, now };
            enqueue.push((place, item));
        }
    }
    let (kept, items): (Vec<usize>, Vec<Enqueue<'_>>) = enqueue.into_iter().unzip();
    let mut accepted: HashMap<usize, Accepted> =
        kept.into_iter().zip(enqueue_many(tx, &items, &new, locks, now)?).collect();
    let places = repeated_places(tx, &fates, &accepted)?;
    Ok(answers(fates, wanted, &mut accepted, &places))
}

impl Fate {
    fn address<'a>(&'a self, one: &'a Wanted) -> Option<&'a str> {
        match (self, &one.to) {
            (Self::Thread { address, .. }, _) => Some(address.as_str()),
            (Self::Address { .. }, Destination::Address { to, .. }) => Some(to.as_str()),
            _ => None,
        }
    }

    fn refused(error: ReplyError) -> Self {
        Self::Refused(Box::new(error))
    }
}

/// Where conversations lead: the inbox and the customer's address.
type Places = HashMap<ConversationId, (InboxId, String)>;

/// Where the texts lead that some of these may repeat.
fn repeated_places(tx: &mut Tx<'_>, fates: &[Fate], accepted: &HashMap<usize, Accepted>) -> Result<Places, DbError> {
    let mut ids: Vec<Uuid> = fates
        .iter()
        .filter_map(|fate| match fate {
            Fate::Known(known) => Some(known.conversation_id),
            Fate::Same(first) => accepted.get(first).map(|first| first.message.conversation_id),
            Fate::Refused(_) | Fate::Thread { .. } | Fate::Address { .. } => None,
        })
        .map(Id::uuid)
        .collect();
    ids.sort_unstable();
    ids.dedup();
    if ids.is_empty() {
        return Ok(Places::new());
    }
    Ok(conversation::places(tx, ids)?.into_iter().map(|(id, inbox, address)| (id, (inbox, address))).collect())
}

/// A browser that did not hear the answer asks again: one text to one customer, one answer.
fn repeated(known: MessageRow, one: &Wanted, places: &Places) -> Result<Accepted, ReplyError> {
    let same_place = match &one.to {
        Destination::Conversation { id, .. } => *id == known.conversation_id,
        Destination::Address { inbox, to, .. } => places
            .get(&known.conversation_id)
            .is_some_and(|(known_inbox, address)| known_inbox == inbox && address == to.as_str()),
    };
    if !same_place || known.body != one.text.body || known.topic != one.text.topic || known.kind != Kind::Outbound {
        return Err(ReplyError::IdTaken);
    }
    Ok(Accepted { message: known, decision: None, repeated: true })
}

fn fates(tx: &mut Tx<'_>, wanted: &[Wanted]) -> Result<Vec<Fate>, DbError> {
    let ids = wanted.iter().map(|one| Id::uuid(one.text.message)).collect();
    let mut known: HashMap<MessageId, MessageRow> =
        message::get_many(tx, ids)?.into_iter().map(|row| (row.id, row)).collect();
    let mut first: HashMap<MessageId, usize> = HashMap::with_capacity(wanted.len());
    let mut fates = Vec::with_capacity(wanted.len());
    for (place, one) in wanted.iter().enumerate() {
        let id = one.text.message;
        let fate = match (first.get(&id), known.remove(&id), &one.to) {
            (Some(earlier), _, _) => Fate::Same(*earlier),
            (None, Some(row), _) => Fate::Known(Box::new(row)),
            (None, None, Destination::Address { inbox, .. }) => Fate::Address { inbox: *inbox },
            (None, None, Destination::Conversation { id, after_seq }) => thread(tx, *id, *after_seq)?,
        };
        first.entry(id).or_insert(place);
        fates.push(fate);
    }
    Ok(fates)
}

fn thread(tx: &mut Tx<'_>, id: ConversationId, after_seq: Option<i64>) -> Result<Fate, DbError> {
    let Some(to) = store::number::reply_to(tx, id)? else { return Ok(Fate::refused(ReplyError::NoConversation)) };
    if !to.theirs {
        return Ok(Fate::refused(ReplyError::NumberGone));
    }
    if let Some(seen) = after_seq {
        let missed = message::inbound_after(tx, id, seen)?;
        if !missed.is_empty() {
            return Ok(Fate::refused(ReplyError::Stale { missed }));
        }
    }
    Ok(Fate::Thread { id, inbox: to.inbox, address: Address::parse(&to.address) })
}

fn find_inboxes(
    tx: &mut Tx<'_>,
    fates: &mut [Fate],
    inboxes: &mut HashMap<InboxId, InboxFacts>,
) -> Result<(), DbError> {
    let named = |fate: &Fate| match fate {
        Fate::Thread { inbox, .. } | Fate::Address { inbox } => Some(*inbox),
        Fate::Known(_) | Fate::Refused(_) | Fate::Same(_) => None,
    };
    let mut ids: Vec<Uuid> = fates.iter().filter_map(named).map(Id::uuid).collect();
    ids.sort_unstable();
    ids.dedup();
    if !ids.is_empty() {
        inboxes.extend(sending::inbox_facts(tx, ids)?.into_iter().map(|facts| (facts.id, facts)));
    }
    for fate in fates {
        if named(fate).is_some_and(|inbox| !inboxes.contains_key(&inbox)) {
            *fate = Fate::refused(ReplyError::NoInbox);
        }
    }
    Ok(())
}

/// A picture goes with one text; the first in the batch that names it has it.
fn check_pictures(tx: &mut Tx<'_>, fates: &mut [Fate], wanted: &[Wanted]) -> Result<(), DbError> {
    let named: Vec<MediaId> = wanted.iter().flat_map(|one| one.text.media.iter().copied()).collect();
    let mut free: HashSet<MediaId> = media::free(tx, &named)?;
    for (fate, one) in fates.iter_mut().zip(wanted) {
        if matches!(fate, Fate::Thread { .. } | Fate::Address { .. }) {
            let wishes: HashSet<MediaId> = one.text.media.iter().copied().collect();
            if wishes.len() < one.text.media.len() || !wishes.is_subset(&free) {
                *fate = Fate::refused(ReplyError::NoMedia);
                continue;
            }
            free.retain(|picture| !wishes.contains(picture));
        }
    }
    Ok(())
}

/// The conversations of texts that go to addresses, by the texts' places:
/// the last one over that address, which a person's text opens, or one of the new ones, yet to be kept.
fn places(
    tx: &mut Tx<'_>,
    fates: &[Fate],
    wanted: &[Wanted],
    now: i64,
) -> Result<(HashMap<usize, ConversationId>, Vec<NewConversation>), DbError> {
    let going = || {
        fates.iter().zip(wanted).enumerate().filter_map(|(place, (fate, one))| match (fate, &one.to) {
            (Fate::Address { inbox }, Destination::Address { to, name, .. }) => {
                Some((place, *inbox, to.as_str(), name.as_deref().unwrap_or(""), one))
            }
            _ => None,
        })
    };
    let mut named = HashSet::new();
    let newcomers: Vec<Newcomer<'_>> = going()
        .filter(|(_, _, address, _, _)| named.insert(*address))
        .map(|(_, _, address, name, one)| Newcomer { address, kind: "phone", name, fresh: one.fresh.customer })
        .collect();
    if newcomers.is_empty() {
        return Ok((HashMap::new(), Vec::new()));
    }
    let customers = customer::resolve_many(tx, newcomers, now)?;
    // Whoever is new may have been erased: their number is still not texted.
    let new = going().filter(|(_, _, address, _, one)| customers.get(*address) == Some(&one.fresh.customer));
    let new: BTreeMap<String, &str> =
        new.map(|(_, _, address, _, one)| (hex::encode(one.fresh.hash), address)).collect();
    crate::erasure::recognise(tx, &new)?;
    let mut by_inbox: BTreeMap<InboxId, BTreeSet<Side>> = BTreeMap::new();
    for (_, inbox, address, _, _) in going() {
        let side = customers.get(address).map(|customer| (*customer, address.to_owned()));
        by_inbox.entry(inbox).or_default().extend(side);
    }
    let mut talks: HashMap<(InboxId, Cow<'_, str>), (ConversationId, Last)> = HashMap::new();
    for (inbox, all) in by_inbox {
        let known = conversation::last_for_many(tx, inbox, &all)?;
        talks.extend(known.into_iter().map(|((_, to), row)| ((inbox, Cow::Owned(to)), (row.id, row.last))));
    }
    let mut asleep = Vec::new();
    let mut found = HashMap::new();
    let mut begun: Vec<NewConversation> = Vec::new();
    for (place, inbox, address, _, one) in going() {
        let Some(customer) = customers.get(address).copied() else { continue };
        let thread = (inbox, Cow::Borrowed(address));
        let known = talks.get(&thread).copied();
        let placement = place_ours(known.map(|(_, last)| last), one.text.origin.by_program(), now);
        let talk = match (placement, known) {
            (Placement::Join, Some(talk)) => talk,
            (Placement::JoinAndOpen, Some((id, last))) => {
                if last.status != Status::Open {
                    // One that a program began in this very batch opens with a person's text after it.
                    match begun.iter_mut().find(|new| new.id == id) {
                        Some(new) => new.status = Status::Open,
                        None => asleep.push(id),
                    }
                }
                (id, Last { status: Status::Open, closed_at: None })
            }
            (placement, _) => {
                let (id, closed) = (one.fresh.conversation, placement == Placement::StartClosed);
                let status = if closed { Status::Closed } else { Status::Open };
                begun.push(NewConversation { id, inbox, customer, address: address.to_owned(), status, at: now });
                (id, Last { status, closed_at: closed.then_some(now) })
            }
        };
        talks.insert(thread, talk);
        found.insert(place, talk.0);
    }
    asleep.sort_unstable();
    conversation::open_many(tx, &asleep)?;
    for new in &begun {
        tx.event(NewEvent {
            kind: "conversation.created",
            conversation: Some(Id::uuid(new.id)),
            subject: Some(Id::uuid(new.id)),
            at: now,
            data: "{}".to_owned(),
        });
    }
    Ok((found, begun))
}

fn answers(
    fates: Vec<Fate>,
    wanted: &[Wanted],
    accepted: &mut HashMap<usize, Accepted>,
    places: &Places,
) -> Vec<Result<Accepted, ReplyError>> {
    let mut all: Vec<Result<Accepted, ReplyError>> = Vec::with_capacity(fates.len());
    for (place, (fate, one)) in fates.into_iter().zip(wanted).enumerate() {
        let answer = match fate {
            Fate::Known(known) => repeated(*known, one, places),
            Fate::Refused(error) => Err(*error),
            Fate::Same(first) => match all.get(first) {
                Some(Ok(known)) => repeated(known.message.clone(), one, places),
                Some(Err(error)) => Err(error.clone()),
                None => Err(ReplyError::IdTaken),
            },
            Fate::Thread { .. } | Fate::Address { .. } => accepted.remove(&place).ok_or(ReplyError::NoConversation),
        };
        all.push(answer);
    }
    all
}
