//! Step 1: claim what is due, through the gate, before the first byte leaves.

use super::{Claimed, LEASE_MS, count_failed};
use crate::Engine;
use crate::consent::{Leaving, Recipients};
use crate::courtesy::Asked;
use crate::directory::Accounts;
use crate::gate::{self, Subject, Surroundings};
use crate::reply::event_state;
use crate::rules;
use domain::address::Address;
use domain::gate::{Decision, SendingPolicy, Verdict};
use domain::id::{AccountId, AttemptId, ConversationId, Id, MessageId, WorkspaceId};
use domain::limits::HAND_OVER_MS;
use domain::message::{Origin, Purpose, State};
use domain::rule_pack::RulePack;
use domain::send::{Cleared, OutboundMedia, OutboundText};
use std::collections::HashMap;
use std::ops::RangeInclusive;
use std::sync::Arc;
use store::attempt::NewAttempt;
use store::decision::{NewDecision, Pass};
use store::message::{ClassChange, StateChange};
use store::outbox::Claim;
use store::{DbError, Tx, attempt, decision, media, message, outbox, sending, suppression};
use uuid::Uuid;

/// What a round of claiming knows.
pub(super) struct Round<'a> {
    pub(super) workspace: WorkspaceId,
    pub(super) engine: &'a Engine,
    pub(super) accounts: &'a Accounts,
    pub(super) account: AccountId,
    pub(super) lanes: RangeInclusive<i64>,
    pub(super) limit: i64,
    pub(super) now: i64,
    pub(super) deadline: i64,
}

pub(super) fn claim_in(tx: &mut Tx<'_>, round: &Round<'_>, attempts: &[AttemptId]) -> Result<Claimed, DbError> {
    let now = round.now;
    let due = outbox::peek(tx, round.account, round.lanes.clone(), now, round.limit)?;
    if due.is_empty() {
        return Ok(Claimed::default());
    }
    let locks: HashMap<String, suppression::AddressFacts> =
        suppression::lock_free(tx, due.iter().map(|(_, address)| address.clone()).collect())?.into_iter().collect();
    if locks.is_empty() {
        // Others hold them all, or they have no rows yet: what came in bulk, or by hand, may lack them.
        suppression::ensure(tx, due.iter().map(|(_, address)| address.as_str()).collect())?;
        return Ok(Claimed::default());
    }
    let free = due.iter().filter(|(_, address)| locks.contains_key(address)).map(|(id, _)| *id);
    let mut claims = outbox::claim(tx, free.zip(attempts.iter().copied()), now + LEASE_MS)?;
    let mut around = read_around(tx, &claims, locks, now)?;
    // Of two texts that sell to one customer, the one of the higher priority is weighed first and counts for
    // the other. What sells comes last of its line anyway, and all else stays as it was.
    claims.sort_by_key(|claim| around.rank(claim));
    let clock_in_doubt = round.engine.clock_doubt().is_some();
    let mut out = Outcome::default();
    for claim in &claims {
        weigh(round, &mut around, clock_in_doubt, claim, &mut out);
    }
    out.write(tx, now)?;
    Ok(Claimed { stopped: out.stopped, cleared: out.cleared })
}

/// What the store says around a round of claims.
struct Around {
    locks: HashMap<String, suppression::AddressFacts>,
    bodies: HashMap<MessageId, message::Body>,
    pictures: HashMap<MessageId, Vec<media::MediaRow>>,
    recipients: Recipients,
    talks: HashMap<ConversationId, Option<i64>>,
    inboxes: HashMap<Uuid, sending::InboxFacts>,
    pack: Arc<RulePack>,
    /// The shop's own, as all of its inboxes have it.
    policy: SendingPolicy,
}

impl Around {
    /// The place of a text among those that sell; none for what does not, and comes before them.
    fn rank(&self, claim: &Claim) -> Option<usize> {
        let intent = &claim.intent;
        (intent.purpose == Purpose::Marketing).then(|| self.policy.priority.rank(intent.origin))
    }
}

fn read_around(
    tx: &mut Tx<'_>,
    claims: &[Claim],
    locks: HashMap<String, suppression::AddressFacts>,
    now: i64,
) -> Result<Around, DbError> {
    let distinct = |of: fn(&Claim) -> Uuid| {
        let mut ids: Vec<Uuid> = claims.iter().map(of).collect();
        ids.sort_unstable();
        ids.dedup();
        ids
    };
    let messages = distinct(|claim| Id::uuid(claim.intent.message));
    let bodies: HashMap<_, _> = message::bodies(tx, messages)?.into_iter().map(|body| (body.id, body)).collect();
    let with_pictures = bodies.values().filter(|body| body.media > 0).map(|body| Id::uuid(body.id)).collect();
    let mut pictures: HashMap<MessageId, Vec<media::MediaRow>> = HashMap::new();
    for picture in media::of_messages(tx, with_pictures)? {
        if let Some(message) = picture.message {
            pictures.entry(message).or_default().push(picture);
        }
    }
    let inboxes: HashMap<Uuid, sending::InboxFacts> =
        sending::inbox_facts(tx, distinct(|claim| Id::uuid(claim.intent.inbox)))?
            .into_iter()
            .map(|facts| (Id::uuid(facts.id), facts))
            .collect();
    // All of one workspace, and so by the same rules.
    let (pack, policy) = match inboxes.values().next() {
        Some(inbox) => (rules::for_inbox(tx, inbox)?, inbox.policy),
        None => (rules::current(tx)?, SendingPolicy::default()),
    };
    let leaving = claims.iter().filter_map(|claim| {
        let body = bodies.get(&claim.intent.message)?;
        Some(Leaving { address: &claim.intent.address, purpose: sent_as(claim, body), body: &body.body })
    });
    Ok(Around {
        recipients: Recipients::read(tx, leaving, &pack, Asked::at_claim(&policy, now), now)?,
        bodies,
        pictures,
        talks: store::conversation::talks(tx, distinct(|claim| Id::uuid(claim.intent.conversation)))?
            .into_iter()
            .collect(),
        inboxes,
        pack,
        policy,
        locks,
    })
}

/// What a text was sent as: the outbox has what it was judged as when it was accepted.
fn sent_as(claim: &Claim, body: &message::Body) -> Purpose {
    body.purpose.unwrap_or(claim.intent.purpose)
}

/// A text that waits on.
struct Held {
    message: MessageId,
    conversation: ConversationId,
    due_at: i64,
    valid_until: Option<i64>,
    change: StateChange,
}

/// What a round of claiming will write.
#[derive(Default)]
struct Outcome {
    cleared: Vec<Cleared<OutboundText>>,
    attempts: Vec<NewAttempt>,
    leaving: Vec<Uuid>,
    /// Each with the number of the verdict before it.
    decisions: Vec<(MessageId, Option<i64>, Decision)>,
    held: Vec<Held>,
    refused: Vec<(MessageId, ConversationId, StateChange)>,
    /// What is judged as something else than when it was accepted.
    classes: Vec<ClassChange>,
    stopped: usize,
}

fn weigh(round: &Round<'_>, around: &mut Around, clock_in_doubt: bool, claim: &Claim, out: &mut Outcome) {
    let (intent, attempt) = (&claim.intent, claim.attempt);
    let (Some(body), Some(inbox), Some(lock)) = (
        around.bodies.get(&intent.message),
        around.inboxes.get(&Id::uuid(intent.inbox)),
        around.locks.get(&intent.address),
    ) else {
        // Foreign keys keep all three present; a missing one leaves the lease to the sweeper.
        tracing::error!(message.id = %intent.message, "claimed intent misses its message, inbox or address row");
        return;
    };
    let to = Address::parse(&intent.address);
    let pictures = around.pictures.get(&intent.message).map(Vec::as_slice).unwrap_or_default();
    let subject = Subject {
        now: round.now,
        origin: intent.origin,
        purpose: sent_as(claim, body),
        to: &to,
        body: &body.body,
        media: pictures.len(),
        send_after: body.send_after,
        valid_until: worthless_after(claim, body, round.now),
        accepted_at: intent.created_at,
    };
    let recipient = around.recipients.of(&intent.address);
    let candidates = recipient.candidates(&to);
    let told = recipient.told(Some(intent.message), &body.topic);
    let surroundings = Surroundings {
        inbox,
        capabilities: gate::capabilities(round.accounts, inbox),
        opted_out_since: recipient.opted_out_since,
        overtaken: body.in_flight_at_opt_out,
        last_inbound_at: around.talks.get(&intent.conversation).copied().flatten(),
        address: lock,
        answers: None,
        accepted: true,
        candidates: &candidates,
        pack: &around.pack,
        facts: told.facts(inbox),
    };
    let item = OutboundText {
        workspace: round.workspace,
        account: intent.account,
        message: intent.message,
        attempt,
        from: Address::parse(&inbox.address),
        to: to.clone(),
        body: body.body.clone(),
        media: pictures.iter().map(|picture| round.picture(picture)).collect(),
        // An end that the gate passes over is none: what waits for an hour was given one once.
        valid_until: intent.valid_until.filter(|until| *until > round.now),
    };
    let inputs = domain::gate::Inputs { clock_in_doubt, ..gate::inputs(&subject, &surroundings) };
    let body_hash = gate::body_hash(&body.body);
    match domain::gate::clear(&inputs, item, round.deadline) {
        Ok((cleared, mut decision)) => {
            gate::note_body(&mut decision, &body_hash);
            // As the gate judged it: an offer in the words counts, whatever the text was sent as.
            let marketing = decision.class() == Some(Purpose::Marketing);
            // Only marketing is ever asked about it.
            let tells_opt_out = marketing && around.pack.tells_opt_out(&body.body);
            out.note_class(body, &decision);
            out.attempts.push(NewAttempt {
                id: attempt,
                message: intent.message,
                account: intent.account,
                address: intent.address.clone(),
                hand_over_by: round.now + HAND_OVER_MS,
                body_hash,
                marketing,
                tells_opt_out,
                at: round.now,
            });
            out.leaving.push(Id::uuid(intent.message));
            out.cleared.push(cleared);
            out.decisions.push((intent.message, body.last_decision, decision));
            if marketing {
                around.recipients.sold(&intent.address, intent.message, round.now);
            }
            if tells_opt_out {
                around.recipients.told(&intent.address, round.now);
            }
        }
        Err(mut decision) => {
            gate::note_body(&mut decision, &body_hash);
            out.note_class(body, &decision);
            out.stop(claim, body, *decision, round.now);
        }
    }
}

/// Whether a text has an end that no hold outlasts: its sender's word, or that of a confirmation.
fn ends_by_itself(claim: &Claim, body: &message::Body) -> bool {
    body.valid_until.is_some() || claim.intent.origin == Origin::OptOutConfirmation
}

/// What ends it by itself: its sender's word and the five minutes of a confirmation at any time; else that
/// it was due too long. What was held until an hour has not been due.
fn worthless_after(claim: &Claim, body: &message::Body, now: i64) -> Option<i64> {
    let intent = &claim.intent;
    if ends_by_itself(claim, body) {
        return intent.valid_until;
    }
    intent.valid_until.filter(|until| *until <= now && body.held_until.is_none())
}

impl Round<'_> {
    fn picture(&self, row: &media::MediaRow) -> OutboundMedia {
        OutboundMedia {
            url: self.engine.media_url(self.workspace, row.id, self.now),
            content_type: row.content_type.clone(),
            bytes: u64::try_from(row.bytes).unwrap_or(0),
        }
    }
}

impl Outcome {
    /// Notes what a text is judged as, where its row does not say so already.
    fn note_class(&mut self, body: &message::Body, decision: &Decision) {
        let (class, legal_basis) = (decision.class(), decision.basis.legal_basis);
        if body.class != (class, legal_basis) {
            self.classes.push(ClassChange { id: body.id, class, legal_basis });
        }
    }

    fn stop(&mut self, claim: &Claim, body: &message::Body, decision: Decision, now: i64) {
        let (message, conversation) = (claim.intent.message, claim.intent.conversation);
        let change = |state, held_until| StateChange {
            id: message,
            state,
            at: now,
            code: Some(decision.code.clone()),
            detail: Some(decision.detail.clone()),
            held_until,
        };
        match decision.verdict {
            Verdict::Hold { until } => {
                let (shown, due_at) = gate::held(&decision, until);
                // A hold until an hour never becomes a drop: nobody but the sender gives it up.
                let valid_until = claim.intent.valid_until.filter(|_| ends_by_itself(claim, body) || shown.is_none());
                self.held.push(Held { message, conversation, due_at, valid_until, change: change(State::Held, shown) });
            }
            Verdict::Refuse | Verdict::Send => self.refused.push((message, conversation, change(State::Refused, None))),
        }
        self.stopped += 1;
        self.decisions.push((message, body.last_decision, decision));
    }

    fn write(&self, tx: &mut Tx<'_>, now: i64) -> Result<(), DbError> {
        attempt::insert_many(tx, &self.attempts)?;
        if !self.leaving.is_empty() {
            message::set_handing_over(tx, self.leaving.clone(), now)?;
        }
        if !self.classes.is_empty() {
            message::set_classes(tx, &self.classes)?;
        }
        let decisions = self.decisions.iter();
        let decisions =
            decisions.map(|(message, last, decision)| NewDecision { message: *message, last: *last, decision });
        decision::insert_many(tx, decisions, Pass::Claim, now)?;
        for held in &self.held {
            outbox::hold(tx, held.message, held.due_at, held.valid_until)?;
            message::set_states(tx, std::slice::from_ref(&held.change))?;
            event_state(tx, held.message, held.conversation, State::Held, now);
        }
        outbox::remove_many(tx, self.refused.iter().map(|(message, _, _)| Id::uuid(*message)).collect())?;
        let changes: Vec<StateChange> = self.refused.iter().map(|(_, _, change)| change.clone()).collect();
        message::set_states(tx, &changes)?;
        for (message, conversation, _) in &self.refused {
            event_state(tx, *message, *conversation, State::Refused, now);
        }
        count_failed(tx, self.refused.iter().map(|(_, conversation, _)| *conversation))
    }
}
