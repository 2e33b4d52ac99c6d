//! Every row about one address, as items of a pack.

use crate::Engine;
use crate::gate::BRAND;
use domain::evidence::pack::{
    Attempt, Audit, Consent, Decision, Disclosure, Item, Media, Message, OptOut, Standing, sha256_hex,
};
use domain::id::{ConversationId, CustomerId, DisclosureId, Id, WorkspaceId};
use domain::message::{Kind, Origin, Purpose, State};
use sha2::{Digest as _, Sha256};
use std::collections::HashMap;
use store::consent::{ConsentRow, Of};
use store::evidence_pack::PackConversation;
use store::message::MessageRow;
use store::{
    DbError, Tx, attempt, audit, consent, customer, decision, erasure, evidence_pack, media, message, suppression,
};
use uuid::Uuid;

/// Rows read in one transaction.
const PAGE: i64 = 500;
/// Texts read in one transaction, each with its verdicts, tries and pictures.
const TEXTS: i64 = 50;
/// Subjects of the audit log asked for at once.
const SUBJECTS: usize = 500;

/// How far a pack is: texts put in, and texts in all.
pub(crate) type Told<'a> = &'a mut (dyn FnMut(i64, i64) + Send);

/// What was found about an address.
pub(super) struct Gathered {
    pub(super) customer: Option<CustomerId>,
    pub(super) customer_name: String,
    pub(super) items: Vec<Item>,
}

/// An identity as the chain keeps it, where its kind is told beside it.
fn plain(id: Uuid) -> String {
    id.simple().to_string()
}

impl Engine {
    /// Gathers what a workspace knows about an address: how consent stands, opt-outs,
    /// wordings, the ledger, texts with their verdicts, and entries of the audit log.
    pub(super) async fn gather(&self, ws: WorkspaceId, address: &str, told: Told<'_>) -> Result<Gathered, DbError> {
        let key = address.to_owned();
        let (customer, customer_name, standings, stories, conversations) = self
            .workspace(ws)
            .read(move |tx| {
                let now = customer::by_address(tx, &key)?;
                // Whose the number was before belongs to its story as well.
                let mut all = store::number::former(tx, &key)?;
                all.extend(now);
                // What was said with one who was merged since is with whoever was kept.
                for id in all.clone() {
                    all.extend(store::customer_merge::root(tx, id)?);
                }
                all.sort_unstable();
                all.dedup();
                let customer = now.or_else(|| all.last().copied());
                let name = match customer {
                    Some(id) => customer::get(tx, id)?.map(|row| row.name).unwrap_or_default(),
                    None => String::new(),
                };
                let mut conversations = Vec::new();
                for id in all {
                    conversations.extend(evidence_pack::conversations(tx, id)?);
                }
                // A customer may write from other numbers too; those have packs of their own.
                conversations.retain(|row| row.address == key);
                let standings = consent::standings(tx, vec![key.clone()])?;
                let stories = suppression::story(tx, BRAND, &key)?;
                Ok::<_, DbError>((customer, name, standings, stories, conversations))
            })
            .await?;
        let ledger = self.ledger(ws, address).await?;
        let (sealed, erased_since) = self.sealed(ws, address).await?;
        let mut texts = self.texts(ws, address, &conversations, told).await?;
        let mut items = Vec::new();
        for row in standings {
            items.push(Item::Standing(Standing {
                channel: row.channel.word().to_owned(),
                permits: row.permits.word().to_owned(),
                topic: row.topic,
                status: row.standing.status.word().to_owned(),
                proof: row.standing.proof.word().to_owned(),
                since: row.standing.since,
                consent: row.consent.to_string(),
            }));
        }
        items.sort_by_key(Item::key);
        for story in stories {
            let id = story.message.map(|id| id.to_string());
            let body = texts.iter().find_map(|item| {
                let Item::Message(row) = item else { return None };
                (Some(&row.id) == id.as_ref()).then(|| row.body.clone())
            });
            let told_by = story.source.rsplit_once(':').map(|(_, id)| id.to_owned());
            items.push(Item::OptOut(OptOut {
                scope: story.scope,
                since: story.since,
                lifted_at: story.lifted_at,
                message: id,
                words: body.unwrap_or_default(),
                consent: told_by.filter(|id| ledger.iter().any(|row| row.id.to_string() == *id)),
                source: story.source,
            }));
        }
        if let Some(since) = erased_since {
            items.push(Item::OptOut(OptOut {
                scope: suppression::ALL_TEXTS.to_owned(),
                since,
                lifted_at: None,
                message: None,
                words: String::new(),
                consent: None,
                source: crate::erasure::SOURCE.to_owned(),
            }));
        }
        // Who was erased has no customer any more; the log still tells that they were.
        let former: Vec<String> = sealed.iter().filter_map(|entry| entry.customer.clone()).collect();
        let mut consents: Vec<Item> = sealed.into_iter().map(Item::Consent).collect();
        consents.extend(ledger.iter().map(consent_item));
        items.extend(self.wordings(ws, &consents).await?);
        items.append(&mut consents);
        let mut subjects = subjects(customer, &conversations, &texts);
        subjects.extend(former);
        subjects.sort_unstable();
        subjects.dedup();
        items.append(&mut texts);
        items.extend(self.audited(ws, subjects).await?);
        Ok(Gathered { customer, customer_name, items })
    }

    /// The ledger of an address, oldest first.
    async fn ledger(&self, ws: WorkspaceId, address: &str) -> Result<Vec<ConsentRow>, DbError> {
        let (mut all, mut before) = (Vec::new(), (i64::MAX, Uuid::max()));
        loop {
            let of = Of::Address(address.to_owned());
            let page = self.workspace(ws).read(move |tx| consent::page(tx, &of, before, PAGE)).await?;
            let Some(last) = page.last() else { break };
            before = (last.recorded_at, Id::uuid(last.id));
            all.extend(page);
        }
        all.reverse();
        Ok(all)
    }

    /// What was sealed of an address when it was erased, oldest first, and since when it is
    /// not texted for that, Unix ms.
    async fn sealed(&self, ws: WorkspaceId, address: &str) -> Result<(Vec<Consent>, Option<i64>), DbError> {
        let Ok(hasher) = self.hasher() else { return Ok((Vec::new(), None)) };
        let hash = hasher.hash_hex(ws, address);
        let (rows, known) = self
            .workspace(ws)
            .read(move |tx| {
                Ok::<_, DbError>((erasure::sealed_of(tx, &hash, PAGE)?, erasure::known(tx, vec![hash.clone()])?))
            })
            .await?;
        let mut entries = Vec::with_capacity(rows.len());
        for (id, content) in rows {
            match hasher.open(ws, address, id, &content).ok().and_then(|text| serde_json::from_slice(&text).ok()) {
                Some(Item::Consent(entry)) => entries.push(entry),
                _ => tracing::warn!(workspace.id = %ws, "a sealed entry of the ledger cannot be opened"),
            }
        }
        Ok((entries, known.first().map(|(_, since)| *since)))
    }

    /// The words that some entries of the ledger refer to.
    async fn wordings(&self, ws: WorkspaceId, ledger: &[Item]) -> Result<Vec<Item>, DbError> {
        let named = |item: &Item| match item {
            Item::Consent(entry) => entry.disclosure.as_deref()?.parse::<DisclosureId>().ok(),
            _ => None,
        };
        let mut ids: Vec<Uuid> = ledger.iter().filter_map(named).map(Id::uuid).collect();
        ids.sort_unstable();
        ids.dedup();
        let mut rows = self.workspace(ws).read(move |tx| consent::disclosures(tx, ids)).await?;
        rows.sort_by_key(|row| (row.created_at, row.id));
        let item = |row: store::consent::DisclosureRow| {
            Item::Disclosure(Disclosure {
                id: row.id.to_string(),
                channel: row.channel.word().to_owned(),
                permits: row.permits.word().to_owned(),
                text_sha256: sha256_hex(row.text.as_bytes()),
                locale: row.locale,
                text: row.text,
                created_at: row.created_at,
                way: None,
            })
        };
        Ok(rows.into_iter().map(item).collect())
    }

    /// Every text either way, each followed by its verdicts.
    async fn texts(
        &self,
        ws: WorkspaceId,
        address: &str,
        conversations: &[PackConversation],
        told: Told<'_>,
    ) -> Result<Vec<Item>, DbError> {
        let total = conversations.iter().map(|row| row.last_seq).sum();
        let (mut items, mut before) = (Vec::new(), 0);
        told(0, total);
        for conversation in conversations {
            let (id, mut after) = (conversation.id, 0);
            loop {
                let place = (address.to_owned(), conversation.our_address.clone());
                let (last, page) = self.workspace(ws).read(move |tx| texts_page(tx, id, after, &place)).await?;
                let Some(last) = last else { break };
                after = last;
                items.extend(page);
                told((before + after).min(total), total);
            }
            before += conversation.last_seq;
        }
        Ok(items)
    }

    async fn audited(&self, ws: WorkspaceId, subjects: Vec<String>) -> Result<Vec<Item>, DbError> {
        let mut rows = Vec::new();
        for some in subjects.chunks(SUBJECTS) {
            let some = some.to_vec();
            rows.extend(self.workspace(ws).read(move |tx| audit::about(tx, some)).await?);
        }
        rows.sort_by_key(|row| (row.at, row.id));
        let item = |row: store::audit::AuditRow| {
            Item::Audit(Audit {
                id: row.id.to_string(),
                at: row.at,
                actor_kind: row.actor_kind,
                actor: row.actor_id.map(plain),
                action: row.action,
                subject: row.subject,
                detail: row.detail,
                way: None,
            })
        };
        Ok(rows.into_iter().map(item).collect())
    }
}

/// What entries of the audit log may be about, for an address.
fn subjects(customer: Option<CustomerId>, conversations: &[PackConversation], texts: &[Item]) -> Vec<String> {
    let mut all: Vec<String> = customer.iter().map(ToString::to_string).collect();
    all.extend(conversations.iter().map(|row| row.id.to_string()));
    all.extend(texts.iter().filter_map(|item| {
        let Item::Message(row) = item else { return None };
        Some(row.id.clone())
    }));
    all
}

/// An entry of the ledger as an item of a pack.
pub(crate) fn consent_item(row: &ConsentRow) -> Item {
    Item::Consent(Consent {
        id: row.id.to_string(),
        address: row.address.clone(),
        customer: row.customer.map(|id| id.to_string()),
        channel: row.channel.word().to_owned(),
        permits: row.permits.word().to_owned(),
        topic: row.topic.clone(),
        action: row.action.word().to_owned(),
        proof: row.proof.word().to_owned(),
        method: row.method.word().to_owned(),
        disclosure: row.disclosure.map(|id| id.to_string()),
        message: row.message.map(|id| id.to_string()),
        evidence: row.evidence.clone(),
        actor_kind: row.actor_kind.clone(),
        actor: row.actor_id.map(plain),
        occurred_at: row.occurred_at,
        recorded_at: row.recorded_at,
        salt: hex::encode(&row.salt),
        way: None,
    })
}

/// Texts after a number, with the number of the last item looked at; none at the end.
fn texts_page(
    tx: &mut Tx<'_>,
    conversation: ConversationId,
    after: i64,
    place: &(String, String),
) -> Result<(Option<i64>, Vec<Item>), DbError> {
    let mut rows = message::after(tx, conversation, after, TEXTS)?;
    let last = rows.last().map(|row| row.seq);
    // Private notes and what happened to the thread were never between the shop and the customer.
    rows.retain(|row| matches!(row.kind, Kind::Inbound | Kind::Outbound));
    let ids: Vec<Uuid> = rows.iter().map(|row| Id::uuid(row.id)).collect();
    let mut verdicts: HashMap<_, Vec<_>> = HashMap::new();
    for row in decision::of_messages(tx, ids.clone())? {
        verdicts.entry(row.message).or_default().push(row);
    }
    let mut pictures: HashMap<_, Vec<Media>> = HashMap::new();
    for row in media::of_messages(tx, ids)? {
        let Some(id) = row.message else { continue };
        let content = media::content(tx, row.id)?.map(|(_, content)| content);
        pictures.entry(id).or_default().push(Media {
            id: row.id.to_string(),
            content_type: row.content_type,
            bytes: row.bytes,
            sha256: content.map(|content| hex::encode(Sha256::digest(content))),
        });
    }
    let mut items = Vec::with_capacity(rows.len() * 2);
    for row in rows {
        let tries = attempt::of_message(tx, row.id)?;
        let (id, media) = (row.id, pictures.remove(&row.id).unwrap_or_default());
        items.push(message_item(row, place, media, tries));
        for one in verdicts.remove(&id).unwrap_or_default() {
            items.push(Item::Decision(Decision {
                message: one.message.to_string(),
                no: one.no,
                verdict: one.verdict,
                code: one.code,
                at: one.at,
                record: one.record,
                way: None,
            }));
        }
    }
    Ok((last, items))
}

fn message_item(
    row: MessageRow,
    (address, our_address): &(String, String),
    media: Vec<Media>,
    tries: Vec<attempt::AttemptStory>,
) -> Item {
    Item::Message(Message {
        id: row.id.to_string(),
        conversation: row.conversation_id.to_string(),
        seq: row.seq,
        direction: row.kind.word().to_owned(),
        address: address.clone(),
        our_address: our_address.clone(),
        body_sha256: sha256_hex(row.body.as_bytes()),
        body: row.body,
        media,
        purpose: row.purpose.map(Purpose::word).map(str::to_owned),
        origin: row.origin.map(Origin::word).map(str::to_owned),
        author_kind: row.author_kind,
        author: row.author_id.map(plain),
        held_until: row.held_until.filter(|_| row.state == State::Held),
        state: row.state.word().to_owned(),
        state_at: row.state_at,
        reason_code: row.reason_code,
        reason_detail: row.reason_detail,
        send_after: row.send_after,
        valid_until: row.valid_until,
        retry_of: row.retry_of.map(|id| id.to_string()),
        parts: row.parts,
        in_flight_at_opt_out: row.in_flight_at_opt_out,
        attempts: tries
            .into_iter()
            .map(|one| Attempt {
                id: one.id.to_string(),
                state: one.state,
                provider_id: one.provider_id,
                error_class: one.error_class,
                error_code: one.error_code,
                created_at: one.created_at,
                settled_at: one.settled_at,
            })
            .collect(),
        created_at: row.created_at,
    })
}
