//! Pages where customers agree to texts, and the posters that lead to them.

use crate::args;
use crate::db::{DbError, Row, ServerTx, Tx, statements};
use domain::consent::Region;
use domain::id::{InboxId, OptinPageId, PosterId, WorkspaceId};

statements! {
    tenant OPTIN_PAGE_INSERT = "insert into optin_pages (ws, id, inbox_id, token, title, intro, contact, topic, keyword, region,
            locale, disclosure, version, double_opt_in, active, privacy_url, terms_url, origins, created_at, changed_at)
        values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19, $19)";
    tenant OPTIN_PAGE_UPDATE = "update optin_pages set inbox_id = $3, title = $4, intro = $5, contact = $6, topic = $7,
            keyword = $8, region = $9, locale = $10, disclosure = $11, version = $12, double_opt_in = $13, active = $14,
            privacy_url = $15, terms_url = $16, origins = $17, changed_at = $18
        where ws = $1 and id = $2";
    tenant OPTIN_PAGE_GET = "select id, inbox_id, token, title, intro, contact, topic, keyword, region, locale, disclosure,
            version, double_opt_in, active, privacy_url, terms_url, origins, signups, created_at, changed_at
        from optin_pages where ws = $1 and id = $2";
    tenant OPTIN_PAGE_LIST = "select id, inbox_id, token, title, intro, contact, topic, keyword, region, locale, disclosure,
            version, double_opt_in, active, privacy_url, terms_url, origins, signups, created_at, changed_at
        from optin_pages where ws = $1 order by created_at, id",
        cold "a shop has a handful, and a member asks for them all";
    tenant OPTIN_PAGE_TOPICS = "select distinct topic from optin_pages where ws = $1 and active = 1 and topic <> '' order by topic",
        cold "a shop has a handful of pages";
    tenant OPTIN_PAGE_SIGNED = "update optin_pages set signups = signups + 1 where ws = $1 and id = $2";
    server OPTIN_PAGE_BY_TOKEN = "select p.ws, p.id from optin_pages p join workspaces w on w.id = p.ws
        where p.token = $1 and w.deleted_at is null";

    tenant POSTER_INSERT = "insert into posters (ws, id, page_id, token, name, created_at) values ($1, $2, $3, $4, $5, $6)";
    tenant POSTER_LIST = "select id, page_id, token, name, signups, created_at from posters
        where ws = $1 and page_id = $2 order by created_at, id", cold "a page has a handful, and a member asks for them all";
    tenant POSTER_BY_TOKEN = "select id, page_id, token, name, signups, created_at from posters
        where ws = $1 and page_id = $2 and token = $3";
    tenant POSTER_SIGNED = "update posters set signups = signups + 1 where ws = $1 and id = $2";
}

/// A page where customers agree to texts.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OptinPageRow {
    /// Its identity.
    pub id: OptinPageId,
    /// The inbox that texts whoever agrees.
    pub inbox: InboxId,
    /// What it is found by.
    pub token: String,
    /// Its heading.
    pub title: String,
    /// What stands below the heading.
    pub intro: String,
    /// How to reach the shop.
    pub contact: String,
    /// What they agree to; empty for every topic.
    pub topic: String,
    /// The word that a text to the number begins with; empty where none is offered.
    pub keyword: String,
    /// Whose law its words are written for.
    pub region: Region,
    /// The language of the disclosure, a language tag.
    pub locale: String,
    /// The words beside the box, byte by byte.
    pub disclosure: String,
    /// Rises with each change of what customers read.
    pub version: i64,
    /// Whether whoever holds the phone must confirm.
    pub double_opt_in: bool,
    /// Whether it takes anybody.
    pub active: bool,
    /// The shop's privacy policy.
    pub privacy_url: Option<String>,
    /// The shop's terms.
    pub terms_url: Option<String>,
    /// Sites that may show the form in a frame, as a JSON array of origins.
    pub origins: String,
    /// How often its form was sent.
    pub signups: i64,
    /// Unix ms.
    pub created_at: i64,
    /// Unix ms.
    pub changed_at: i64,
}

/// What hangs in a shop and leads to a page.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PosterRow {
    /// Its identity.
    pub id: PosterId,
    /// The page it leads to.
    pub page: OptinPageId,
    /// What stands behind `?p=`.
    pub token: String,
    /// What members call it.
    pub name: String,
    /// How often the form was sent by way of it.
    pub signups: i64,
    /// Unix ms.
    pub created_at: i64,
}

fn page(row: &Row) -> Result<OptinPageRow, DbError> {
    Ok(OptinPageRow {
        id: row.get(0)?,
        inbox: row.get(1)?,
        token: row.get(2)?,
        title: row.get(3)?,
        intro: row.get(4)?,
        contact: row.get(5)?,
        topic: row.get(6)?,
        keyword: row.get(7)?,
        region: crate::consent::word(row, 8, Region::from_word)?,
        locale: row.get(9)?,
        disclosure: row.get(10)?,
        version: row.get(11)?,
        double_opt_in: row.get::<i64>(12)? != 0,
        active: row.get::<i64>(13)? != 0,
        privacy_url: row.get(14)?,
        terms_url: row.get(15)?,
        origins: row.get(16)?,
        signups: row.get(17)?,
        created_at: row.get(18)?,
        changed_at: row.get(19)?,
    })
}

fn poster(row: &Row) -> Result<PosterRow, DbError> {
    Ok(PosterRow {
        id: row.get(0)?,
        page: row.get(1)?,
        token: row.get(2)?,
        name: row.get(3)?,
        signups: row.get(4)?,
        created_at: row.get(5)?,
    })
}

/// Adds a page.
pub fn insert(tx: &mut Tx<'_>, row: &OptinPageRow) -> Result<(), DbError> {
    tx.exec(
        &OPTIN_PAGE_INSERT,
        args![
            row.id,
            row.inbox,
            &row.token,
            &row.title,
            &row.intro,
            &row.contact,
            &row.topic,
            &row.keyword,
            row.region.word(),
            &row.locale,
            &row.disclosure,
            row.version,
            i64::from(row.double_opt_in),
            i64::from(row.active),
            row.privacy_url.clone(),
            row.terms_url.clone(),
            &row.origins,
            row.created_at
        ],
    )?;
    Ok(())
}

/// Replaces what can be changed of a page. False when there is none.
pub fn update(tx: &mut Tx<'_>, row: &OptinPageRow) -> Result<bool, DbError> {
    let changed = tx.exec(
        &OPTIN_PAGE_UPDATE,
        args![
            row.id,
            row.inbox,
            &row.title,
            &row.intro,
            &row.contact,
            &row.topic,
            &row.keyword,
            row.region.word(),
            &row.locale,
            &row.disclosure,
            row.version,
            i64::from(row.double_opt_in),
            i64::from(row.active),
            row.privacy_url.clone(),
            row.terms_url.clone(),
            &row.origins,
            row.changed_at
        ],
    )?;
    Ok(changed > 0)
}

/// One page.
pub fn get(tx: &mut Tx<'_>, id: OptinPageId) -> Result<Option<OptinPageRow>, DbError> {
    tx.query_opt(&OPTIN_PAGE_GET, args![id])?.as_ref().map(page).transpose()
}

/// All pages, oldest first.
pub fn list(tx: &mut Tx<'_>) -> Result<Vec<OptinPageRow>, DbError> {
    tx.query(&OPTIN_PAGE_LIST, args![])?.iter().map(page).collect()
}

/// The topics that active pages ask consent for.
pub fn topics(tx: &mut Tx<'_>) -> Result<Vec<String>, DbError> {
    tx.query(&OPTIN_PAGE_TOPICS, args![])?.iter().map(|row| row.get(0)).collect()
}

/// Counts a form that was sent, and the poster that led to it.
pub fn signed(tx: &mut Tx<'_>, page: OptinPageId, poster: Option<PosterId>) -> Result<(), DbError> {
    tx.later(&OPTIN_PAGE_SIGNED, args![page])?;
    poster.map_or(Ok(()), |poster| tx.later(&POSTER_SIGNED, args![poster]))
}

/// Whose page a token finds: who asks is a customer, of whom nothing else is known.
pub fn by_token(tx: &mut ServerTx<'_>, token: &str) -> Result<Option<(WorkspaceId, OptinPageId)>, DbError> {
    tx.query_opt(&OPTIN_PAGE_BY_TOKEN, args![token])?.map(|row| Ok((row.get(0)?, row.get(1)?))).transpose()
}

/// Adds a poster.
pub fn poster_insert(tx: &mut Tx<'_>, row: &PosterRow) -> Result<(), DbError> {
    tx.exec(&POSTER_INSERT, args![row.id, row.page, &row.token, &row.name, row.created_at])?;
    Ok(())
}

/// The posters of a page, oldest first.
pub fn posters(tx: &mut Tx<'_>, page: OptinPageId) -> Result<Vec<PosterRow>, DbError> {
    tx.query(&POSTER_LIST, args![page])?.iter().map(poster).collect()
}

/// The poster of a page with this token.
pub fn poster_by_token(tx: &mut Tx<'_>, page: OptinPageId, token: &str) -> Result<Option<PosterRow>, DbError> {
    tx.query_opt(&POSTER_BY_TOKEN, args![page, token])?.as_ref().map(poster).transpose()
}
