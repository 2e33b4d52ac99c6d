//! Pages where customers agree to texts: set up by members, shown to anybody.

mod code;
mod poster;
mod sign_up;
mod wish;

pub use code::{Code, LeadsTo};
pub(crate) use sign_up::language_of;
pub use sign_up::{Confirmed, LINK_MS, Seen, SignUp, Visit};
pub use wish::PageWish;

use crate::Engine;
use crate::audit::Actor;
use crate::consent::ConsentError;
use crate::crypto::{self, CryptoError};
use crate::idempotency::Keep;
use crate::reply::ReplyError;
use domain::id::{Id, OptinPageId, WorkspaceId};
use serde_json::json;
use store::optin_page::{self, OptinPageRow, PosterRow};
use store::{DbError, NewEvent, Tx, audit, inbox, sending};

/// Most pages of a workspace.
pub const PAGES_MAX: usize = 100;
/// Most posters of a page.
pub const POSTERS_MAX: usize = 500;

/// Why a page is not kept, shown or answered.
#[derive(Debug, thiserror::Error)]
pub enum OptinError {
    /// No such page or poster, or one that takes nobody.
    #[error("no such page")]
    NotFound,
    /// No such inbox.
    #[error("no such inbox")]
    NoInbox,
    /// A field of it is wrong.
    #[error("{detail}")]
    Field {
        /// Which.
        field: &'static str,
        /// A stable word.
        code: &'static str,
        /// A sentence for people.
        detail: String,
    },
    /// The page's words are not those that were read any more.
    #[error("the words of this page have changed since it was opened")]
    Changed,
    /// There are as many as there may be.
    #[error("there are as many as there may be")]
    TooMany,
    /// It cannot be written into the ledger.
    #[error(transparent)]
    Consent(#[from] ConsentError),
    /// The text could not be kept.
    #[error(transparent)]
    Text(#[from] ReplyError),
    /// No token could be made.
    #[error(transparent)]
    Crypto(#[from] CryptoError),
    /// The store failed.
    #[error(transparent)]
    Store(#[from] DbError),
}

/// A page with what is shown of its shop.
#[derive(Debug, Clone)]
pub struct Shown {
    /// The page.
    pub page: OptinPageRow,
    /// The name that texts.
    pub brand: String,
    /// The number that texts.
    pub number: String,
}

impl Engine {
    /// Every page of a workspace, oldest first.
    ///
    /// # Errors
    /// When the store fails.
    pub async fn optin_page_list(&self, ws: WorkspaceId) -> Result<Vec<OptinPageRow>, DbError> {
        self.workspace(ws).read(optin_page::list).await
    }

    /// One page.
    ///
    /// # Errors
    /// When the store fails.
    pub async fn optin_page_get(&self, ws: WorkspaceId, id: OptinPageId) -> Result<Option<OptinPageRow>, DbError> {
        self.workspace(ws).read(move |tx| optin_page::get(tx, id)).await
    }

    /// Adds a page.
    ///
    /// # Errors
    /// [`OptinError`].
    pub async fn optin_page_create(
        &self,
        ws: WorkspaceId,
        by: Actor,
        wish: PageWish,
        keep: Keep<OptinPageRow>,
    ) -> Result<OptinPageRow, OptinError> {
        wish.check()?;
        let (id, now, token): (OptinPageId, i64, String) = (self.new_id(), self.now(), short_token()?);
        let entry = self.audit_entry(by, "optin_page.create", id.to_string(), &json!({ "title": wish.title }));
        self.workspace(ws)
            .write(move |tx| {
                if optin_page::list(tx)?.len() >= PAGES_MAX {
                    return Err(OptinError::TooMany);
                }
                let row = wish.row(&shop(tx, &wish)?, id, token.clone(), now);
                optin_page::insert(tx, &row)?;
                audit::insert(tx, &entry)?;
                changed(tx, id, now);
                keep.keep(tx, &row, now)?;
                Ok(row)
            })
            .await
    }

    /// Changes a page. Its version rises where what customers read has changed.
    ///
    /// # Errors
    /// [`OptinError`].
    pub async fn optin_page_update(
        &self,
        ws: WorkspaceId,
        by: Actor,
        id: OptinPageId,
        wish: PageWish,
    ) -> Result<OptinPageRow, OptinError> {
        wish.check()?;
        let now = self.now();
        let entry = self.audit_entry(by, "optin_page.update", id.to_string(), &json!({ "title": wish.title }));
        self.workspace(ws)
            .write(move |tx| {
                let known = optin_page::get(tx, id)?.ok_or(OptinError::NotFound)?;
                let mut row = wish.row(&shop(tx, &wish)?, id, known.token.clone(), now);
                let told = |row: &OptinPageRow| {
                    let words = [&row.title, &row.intro, &row.contact, &row.topic, &row.locale, &row.disclosure];
                    (words.map(Clone::clone), row.privacy_url.clone(), row.terms_url.clone())
                };
                row.version = known.version + i64::from(told(&known) != told(&row));
                (row.signups, row.created_at) = (known.signups, known.created_at);
                optin_page::update(tx, &row)?;
                audit::insert(tx, &entry)?;
                changed(tx, id, now);
                Ok(row)
            })
            .await
    }

    /// The posters of a page, oldest first.
    ///
    /// # Errors
    /// [`OptinError::NotFound`] where there is no such page.
    pub async fn poster_list(&self, ws: WorkspaceId, page: OptinPageId) -> Result<Vec<PosterRow>, OptinError> {
        self.workspace(ws)
            .read(move |tx| {
                optin_page::get(tx, page)?.ok_or(OptinError::NotFound)?;
                Ok(optin_page::posters(tx, page)?)
            })
            .await
    }

    /// Adds a poster to a page.
    ///
    /// # Errors
    /// [`OptinError`].
    pub async fn poster_create(
        &self,
        ws: WorkspaceId,
        by: Actor,
        page: OptinPageId,
        name: String,
        keep: Keep<PosterRow>,
    ) -> Result<PosterRow, OptinError> {
        let token = hex::encode(crypto::random::<4>()?);
        let row = PosterRow { id: self.new_id(), page, token, name, signups: 0, created_at: self.now() };
        let entry = self.audit_entry(by, "poster.create", row.id.to_string(), &json!({ "page": page.to_string() }));
        self.workspace(ws)
            .write(move |tx| {
                optin_page::get(tx, page)?.ok_or(OptinError::NotFound)?;
                if optin_page::posters(tx, page)?.len() >= POSTERS_MAX {
                    return Err(OptinError::TooMany);
                }
                optin_page::poster_insert(tx, &row)?;
                audit::insert(tx, &entry)?;
                changed(tx, page, row.created_at);
                keep.keep(tx, &row, row.created_at)?;
                Ok(row.clone())
            })
            .await
    }

    /// Where browsers find a page, with the poster that led there.
    #[must_use]
    pub fn optin_page_url(&self, page: &OptinPageRow, poster: Option<&PosterRow>) -> String {
        let base = format!("{}/o/{}", self.settings().public_url, page.token);
        poster.map_or(base.clone(), |poster| format!("{base}?p={}", poster.token))
    }

    /// The page that a token finds, whether or not it takes anybody now.
    ///
    /// # Errors
    /// When the store fails.
    pub async fn optin_page_find(&self, token: &str) -> Result<Option<(WorkspaceId, Shown)>, DbError> {
        if token.len() != TOKEN_CHARS || !token.bytes().all(|byte| byte.is_ascii_alphanumeric()) {
            return Ok(None);
        }
        let token = token.to_owned();
        let found = self.store().server().read(move |tx| optin_page::by_token(tx, &token)).await?;
        let Some((ws, id)) = found else { return Ok(None) };
        let shown = self.workspace(ws).read(move |tx| shown_in(tx, id)).await?;
        Ok(shown.map(|shown| (ws, shown)))
    }

    /// A page as customers see it.
    ///
    /// # Errors
    /// When the store fails.
    pub async fn optin_page_shown(&self, ws: WorkspaceId, id: OptinPageId) -> Result<Option<Shown>, DbError> {
        self.workspace(ws).read(move |tx| shown_in(tx, id)).await
    }
}

/// Letters of a page's token: 80 bits, which nobody tries through, in an address short
/// enough for a coarse QR code.
const TOKEN_CHARS: usize = 20;

fn short_token() -> Result<String, CryptoError> {
    Ok(hex::encode(crypto::random::<{ TOKEN_CHARS / 2 }>()?))
}

fn shown_in(tx: &mut Tx<'_>, id: OptinPageId) -> Result<Option<Shown>, DbError> {
    let Some(page) = optin_page::get(tx, id)? else { return Ok(None) };
    let facts = sending::inbox_facts(tx, vec![Id::uuid(page.inbox)])?.pop();
    Ok(facts.map(|facts| Shown { page, brand: facts.brand, number: facts.address }))
}

/// The brand of the shop whose inbox a wish names.
fn shop(tx: &mut Tx<'_>, wish: &PageWish) -> Result<String, OptinError> {
    inbox::get(tx, wish.inbox)?.ok_or(OptinError::NoInbox)?;
    let facts = sending::inbox_facts(tx, vec![Id::uuid(wish.inbox)])?.pop();
    Ok(facts.map(|facts| facts.brand).unwrap_or_default())
}

fn changed(tx: &mut Tx<'_>, id: OptinPageId, at: i64) {
    let (kind, subject) = ("optin_page.changed", Some(Id::uuid(id)));
    tx.event(NewEvent { kind, conversation: None, subject, at, data: "{}".to_owned() });
}
