//! A form that was sent, and the confirmation that the phone is theirs who sent it.
//!
//! Anybody can type anybody's number into a page. So the ledger gets a request, and one text
//! goes to the number; consent stands once whoever reads it there confirms. Whatever is known
//! of a number, the page answers alike.

use super::{OptinError, Shown};
use crate::Engine;
use crate::audit::Actor;
use crate::consent::{ConsentError, Disclosure, NewConsent, Slip, record_in, standing_in};
use crate::crypto::{self, CryptoError};
use crate::directory::Accounts;
use crate::erasure::LINK_MARK;
use crate::gate::BRAND;
use crate::reply::{Author, Destination, NewText, Wanted, accept_one};
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use domain::address::Address;
use domain::consent::{self as rule, Action, Channel, Method, Permits, Proof, Status, Unfit};
use domain::id::{ConsentId, Id, InboxId, WorkspaceId};
use domain::language::Language;
use domain::limits::PAGE_CONFIRM_HOURS;
use domain::message::{Origin, Purpose};
use serde_json::json;
use sha2::{Digest, Sha256};
use std::collections::BTreeMap;
use store::consent::ConsentRow;
use store::optin_page::{self, OptinPageRow};
use store::{Tx, consent, suppression};
use uuid::Uuid;

/// How long the link of a confirmation holds, in ms; so long a word confirms, too.
pub const LINK_MS: i64 = PAGE_CONFIRM_HOURS * 60 * 60 * 1000;
/// Most characters of a header that is kept as evidence.
const HEADER_CHARS_MAX: usize = 500;

/// What the customer had read when they sent the form.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Seen {
    /// The page's version.
    pub version: i64,
    /// SHA-256 of the words beside the box, in hexadecimal.
    pub sha256: String,
}

impl Seen {
    /// What a page shows.
    #[must_use]
    pub fn of(page: &OptinPageRow) -> Self {
        Self { version: page.version, sha256: hex::encode(Sha256::digest(page.disclosure.as_bytes())) }
    }
}

/// Where a form came from.
#[derive(Debug, Clone, Default)]
pub struct Visit {
    /// The address of the page.
    pub source_url: String,
    /// The site that showed the form in a frame, where the browser said so.
    pub site: String,
    /// The client's address.
    pub ip: String,
    /// The browser's own words.
    pub user_agent: String,
}

impl Visit {
    /// What of it is kept beside an entry.
    pub(crate) fn evidence(&self) -> serde_json::Value {
        let cut = |text: &str| text.chars().filter(|c| !c.is_control()).take(HEADER_CHARS_MAX).collect::<String>();
        let mut kept = json!({
            "source_url": cut(&self.source_url), "ip": cut(&self.ip), "user_agent": cut(&self.user_agent),
        });
        if !self.site.is_empty() {
            kept["site"] = json!(cut(&self.site));
        }
        kept
    }
}

/// A form that was sent.
#[derive(Debug, Clone)]
pub struct SignUp {
    /// The number that was typed.
    pub number: Address,
    /// What stood there.
    pub seen: Seen,
    /// The token of the poster that led there.
    pub poster: Option<String>,
    /// Where it came from.
    pub visit: Visit,
}

/// What came of a link that asks to confirm.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Confirmed {
    /// Consent stands.
    Stands,
    /// It was taken back since it was asked for.
    Withdrawn,
}

impl Engine {
    /// Takes a form: an entry in the ledger with the words that were shown, and a text to the number.
    ///
    /// # Errors
    /// [`OptinError`].
    pub async fn optin_sign_up(&self, ws: WorkspaceId, shown: &Shown, sent: SignUp) -> Result<(), OptinError> {
        let page = shown.page.clone();
        if !page.active {
            return Err(OptinError::NotFound);
        }
        if sent.seen != Seen::of(&page) {
            return Err(OptinError::Changed);
        }
        let now = self.now();
        let token = sent.poster.clone();
        let poster = match token {
            Some(token) => self.workspace(ws).read(move |tx| optin_page::poster_by_token(tx, page.id, &token)).await?,
            None => None,
        };
        let mut evidence = sent.visit.evidence();
        evidence["page"] = json!(page.id.to_string());
        evidence["page_version"] = json!(page.version);
        if let Some(poster) = &poster {
            evidence["poster"] = json!(poster.id.to_string());
            evidence["poster_name"] = json!(poster.name);
        }
        let asked = NewConsent {
            address: sent.number.clone(),
            channel: Channel::Sms,
            permits: Permits::Marketing,
            topic: page.topic.clone(),
            action: Action::Request,
            proof: Proof::Written,
            method: Method::WebForm,
            disclosure: Some(Disclosure { locale: page.locale.clone(), text: page.disclosure.clone() }),
            evidence,
            occurred_at: None,
        };
        let slip = self.slip(Actor::System, asked, now)?;
        let link = self.confirm_link(ws, &page, slip.entry.id)?;
        let language = language_of(&page);
        let ask = rule::ask_to_confirm(&shown.brand, &link, language);
        let ask = self.automatic_text(ws, page.inbox, &sent.number, ask);
        let welcome = self.automatic_text(ws, page.inbox, &sent.number, rule::welcome(&shown.brand, language));
        let accounts = self.accounts(ws).await?;
        let hash = hex::encode(self.address_hash(ws, sent.number.as_str()));
        let poster = poster.map(|poster| poster.id);
        self.workspace(ws)
            .write(move |tx| {
                // The page may have changed on another node; what was read is what is kept.
                if optin_page::get(tx, page.id)?.is_none_or(|now| !now.active || Seen::of(&now) != Seen::of(&page)) {
                    return Err(OptinError::Changed);
                }
                let address = slip.entry.address.as_str();
                suppression::lock_many(tx, &[address])?;
                crate::erasure::recognise(tx, &BTreeMap::from([(hash.clone(), address)]))?;
                // Nobody brings another person back who left: a form asks, and texts no one who opted out.
                let left = !suppression::scopes_of(tx, BRAND, vec![address.to_owned()])?.is_empty();
                let standing = granted(tx, &slip.entry)?;
                let double = page.double_opt_in || left;
                let action = if double { Action::Request } else { Action::Grant };
                let texted = !left && !standing;
                let mut entry = ConsentRow { action, ..slip.entry.clone() };
                if double && texted {
                    entry.evidence = answerable(&entry.evidence, page.inbox);
                }
                record_in(tx, &Slip { entry, ..slip.clone() }, now)?;
                optin_page::signed(tx, page.id, poster)?;
                if texted {
                    consent_ask_to_confirm(tx, &accounts, if double { &ask } else { &welcome }, now)?;
                }
                Ok(())
            })
            .await?;
        self.wake();
        Ok(())
    }

    /// The page's address with what confirms one entry of the ledger behind it.
    fn confirm_link(&self, ws: WorkspaceId, page: &OptinPageRow, entry: ConsentId) -> Result<String, CryptoError> {
        let mark = self.hasher()?.link_mark(&confirm_words(ws, entry));
        let token = URL_SAFE_NO_PAD.encode([&Id::uuid(entry).as_bytes()[..], &mark].concat());
        Ok(format!("{}/o/{}/{token}", self.settings().public_url, page.token))
    }

    /// The request of a page that a link confirms, if the link is ours and holds.
    ///
    /// # Errors
    /// When the store fails, or no key is there.
    pub async fn optin_request_find(
        &self,
        ws: WorkspaceId,
        shown: &Shown,
        token: &str,
    ) -> Result<Option<ConsentRow>, OptinError> {
        let bytes = URL_SAFE_NO_PAD.decode(token).unwrap_or_default();
        let Some((id, mark)) = bytes.split_first_chunk::<16>().filter(|(_, mark)| mark.len() == LINK_MARK) else {
            return Ok(None);
        };
        let entry = ConsentId::new(Uuid::from_bytes(*id));
        if !crypto::same(mark, &self.hasher()?.link_mark(&confirm_words(ws, entry))) {
            return Ok(None);
        }
        let (now, page) = (self.now(), shown.page.id.to_string());
        let found = self.workspace(ws).read(move |tx| consent::by_ids(tx, vec![Id::uuid(entry)])).await?;
        Ok(found.into_iter().find(|row| row.recorded_at + LINK_MS > now && page_of(row).as_deref() == Some(&*page)))
    }

    /// Confirms a request that [`Engine::optin_request_find`] found, and welcomes the customer.
    ///
    /// # Errors
    /// [`OptinError`].
    pub async fn optin_confirm(
        &self,
        ws: WorkspaceId,
        shown: &Shown,
        asked: &ConsentRow,
        visit: &Visit,
    ) -> Result<Confirmed, OptinError> {
        let now = self.now();
        let address = Address::parse(&asked.address);
        let mut evidence = visit.evidence();
        evidence["confirms"] = json!(asked.id.to_string());
        let yes = NewConsent {
            address: address.clone(),
            channel: asked.channel,
            permits: asked.permits,
            topic: asked.topic.clone(),
            action: Action::Confirm,
            proof: Proof::Express,
            method: Method::WebForm,
            disclosure: None,
            evidence,
            occurred_at: None,
        };
        let slip = self.slip(Actor::System, yes, now)?;
        let welcome =
            self.automatic_text(ws, shown.page.inbox, &address, rule::welcome(&shown.brand, language_of(&shown.page)));
        let accounts = self.accounts(ws).await?;
        let done = self
            .workspace(ws)
            .write(move |tx| {
                suppression::lock_many(tx, &[slip.entry.address.as_str()])?;
                // A second click confirms what stands; nothing is written or texted again.
                if granted(tx, &slip.entry)? {
                    return Ok(());
                }
                record_in(tx, &slip, now)?;
                consent_ask_to_confirm(tx, &accounts, &welcome, now)
            })
            .await;
        match done {
            Ok(()) => {
                self.wake();
                Ok(Confirmed::Stands)
            }
            Err(OptinError::Consent(ConsentError::Unfit(Unfit::Withdrawn | Unfit::NothingToConfirm))) => {
                Ok(Confirmed::Withdrawn)
            }
            Err(error) => Err(error),
        }
    }

    /// A text that Hark sends by itself to whoever signs up.
    fn automatic_text(&self, ws: WorkspaceId, inbox: InboxId, to: &Address, body: String) -> Wanted {
        let to = Destination::Address { inbox, to: to.clone(), name: None };
        let text = NewText {
            message: self.new_id(),
            body,
            media: Vec::new(),
            origin: Origin::SignUpRequest,
            purpose: Purpose::Conversational,
            topic: String::new(),
            author: Author::SYSTEM,
            send_after: None,
            valid_until: Some(self.now() + LINK_MS),
            retry_of: None,
        };
        Wanted { fresh: self.fresh(ws, &to), to, text }
    }
}

/// The language of the texts around a page.
pub(crate) fn language_of(page: &OptinPageRow) -> Language {
    Language::of_tag(&page.locale).unwrap_or_default()
}

/// What makes a request one that a word confirms: it was texted, by which inbox, and for how long its answer
/// counts. Whoever was not texted has nothing to say yes to.
fn answerable(evidence: &str, inbox: InboxId) -> String {
    let mut kept: serde_json::Value = serde_json::from_str(evidence).unwrap_or_else(|_| json!({}));
    kept["inbox"] = json!(inbox.to_string());
    kept["confirm_within_hours"] = json!(PAGE_CONFIRM_HOURS);
    kept.to_string()
}

/// Asks the holder of a number to confirm, or welcomes them: one text, through the gate, which
/// refuses it to who opted out. It opens no conversation.
fn consent_ask_to_confirm(tx: &mut Tx<'_>, accounts: &Accounts, text: &Wanted, now: i64) -> Result<(), OptinError> {
    accept_one(tx, accounts, text, now)?;
    Ok(())
}

/// Whether consent to what an entry is about stands already.
fn granted(tx: &mut Tx<'_>, entry: &ConsentRow) -> Result<bool, OptinError> {
    let standings = consent::standings(tx, vec![entry.address.clone()])?;
    let standing = standing_in(&standings, &entry.address, entry.permits, &entry.topic);
    Ok(standing.is_some_and(|standing| standing.status == Status::Granted))
}

fn confirm_words(ws: WorkspaceId, entry: ConsentId) -> Vec<u8> {
    [&b"confirm"[..], Id::uuid(ws).as_bytes(), Id::uuid(entry).as_bytes()].concat()
}

/// The page that a request came from.
fn page_of(row: &ConsentRow) -> Option<String> {
    let evidence: serde_json::Value = serde_json::from_str(&row.evidence).ok()?;
    (row.action == Action::Request).then(|| evidence["page"].as_str().map(str::to_owned)).flatten()
}
