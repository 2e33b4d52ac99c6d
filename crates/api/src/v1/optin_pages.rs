//! Opt-in pages, their posters and codes, and links to preference pages.

use axum::Json;
use axum::extract::State;
use axum::response::{IntoResponse, Response};
use domain::consent::Region;
use engine::optin::{Code as QrCode, LeadsTo, OptinError, PageWish};
use engine::preferences::PreferenceError;
use engine::{OptinPageRow, PosterRow};
use http::{StatusCode, header};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use super::page::Items;
use crate::caller::Caller;
use crate::extract::{Body, Checked, Faults, Path, Query};
use crate::idempotency::Ticket;
use crate::problem::{Answer, Code, Problem};
use crate::state::Api;
use crate::wire::{CustomerId, DisclosureRegion, InboxId, OptinPageId, PosterId};

/// A page where customers agree to marketing texts.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct OptinPage {
    /// Its id.
    pub id: OptinPageId,
    /// Where browsers find it.
    pub url: String,
    /// Where the form alone is, for a frame of one of `origins`.
    pub embed_url: String,
    /// The inbox that texts whoever agrees.
    pub inbox_id: InboxId,
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
    /// Whose law its words are for.
    pub region: DisclosureRegion,
    /// The language of the disclosure.
    pub locale: String,
    /// The words beside the box, exactly.
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
    /// Sites that may show the form in a frame.
    pub origins: Vec<String>,
    /// How often its form was sent.
    pub signups: i64,
    /// When it was made, Unix ms.
    pub created_at: i64,
    /// When it was last changed, Unix ms.
    pub changed_at: i64,
}

/// A page to make, or all of a page that is changed.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct OptinPageWish {
    /// The inbox that texts whoever agrees.
    pub inbox_id: InboxId,
    /// Its heading.
    #[schema(min_length = 1, max_length = 120, example = "Offers by text")]
    pub title: String,
    /// What stands below the heading.
    #[serde(default)]
    #[schema(max_length = 500)]
    pub intro: String,
    /// How to reach the shop: a mailing address and more. Canada's law wants it.
    #[serde(default)]
    #[schema(max_length = 300)]
    pub contact: String,
    /// What they agree to, a topic of the shop's own; every topic where absent.
    #[serde(default)]
    #[schema(max_length = 40)]
    pub topic: String,
    /// The word that a text to the number begins with, for codes that open a text. No code of
    /// that kind where absent.
    #[serde(default)]
    #[schema(max_length = 20, example = "JOIN")]
    pub keyword: String,
    /// Whose law its words are for.
    pub region: DisclosureRegion,
    /// The language of `disclosure`, a language tag; that of the preset where absent.
    #[schema(max_length = 35, example = "en-US")]
    pub locale: Option<String>,
    /// The shop's own words beside the box; the region's preset where absent.
    #[schema(max_length = 2000)]
    pub disclosure: Option<String>,
    /// Whether whoever holds the phone must confirm by a link in a text. True where absent:
    /// anybody can type anybody's number.
    #[serde(default = "yes")]
    #[schema(default = true)]
    pub double_opt_in: bool,
    /// Whether it takes anybody. True where absent.
    #[serde(default = "yes")]
    #[schema(default = true)]
    pub active: bool,
    /// The shop's privacy policy.
    #[schema(max_length = 500, example = "https://shop.example/privacy")]
    pub privacy_url: Option<String>,
    /// The shop's terms.
    #[schema(max_length = 500)]
    pub terms_url: Option<String>,
    /// Sites that may show the form in a frame, such as `https://shop.example`.
    #[serde(default)]
    #[schema(max_items = 20)]
    pub origins: Vec<String>,
}

/// What hangs in a shop and leads to a page.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct Poster {
    /// Its id.
    pub id: PosterId,
    /// The page it leads to.
    pub page_id: OptinPageId,
    /// What it is called.
    pub name: String,
    /// What stands behind `?p=` in its address.
    pub token: String,
    /// The page's address as it stands on the poster.
    pub url: String,
    /// How often the form was sent by way of it.
    pub signups: i64,
    /// When it was made, Unix ms.
    pub created_at: i64,
}

/// A poster to make.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct PosterNew {
    /// What to call it: where it hangs.
    #[schema(min_length = 1, max_length = 80, example = "Till, Harbour Street")]
    pub name: String,
}

/// What a code is drawn as.
#[derive(Debug, Clone, Copy, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum CodeFormat {
    /// Lines, sharp at any size.
    Svg,
    /// Dots, at least 10 cm at 300 dpi.
    Png,
    /// A poster of A4 to print.
    Pdf,
}

/// Where a code leads.
#[derive(Debug, Clone, Copy, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum CodeLeadsTo {
    /// To the page.
    Page,
    /// To a text with the page's keyword, ready to be sent.
    Text,
}

/// Which code of a page.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct CodeQuery {
    /// What it is drawn as; lines where absent.
    #[param(inline)]
    pub format: Option<CodeFormat>,
    /// Where it leads; to the page where absent.
    #[param(inline)]
    pub leads_to: Option<CodeLeadsTo>,
    /// The token of the poster it is for; none where absent.
    #[param(max_length = 32)]
    pub poster: Option<String>,
}

/// The words of a region's law.
#[derive(Debug, Serialize, ToSchema)]
pub struct DisclosurePreset {
    /// Whose law.
    pub region: DisclosureRegion,
    /// Their language.
    pub locale: String,
    /// The words, with this workspace's brand.
    pub text: String,
    /// Whether the shop must say how it can be reached.
    pub needs_contact: bool,
}

/// A customer's link to their preference page.
#[derive(Debug, Serialize, ToSchema)]
pub struct PreferenceLink {
    /// The link. Whoever has it can change what the customer gets.
    pub url: String,
    /// Until when it holds, Unix ms.
    pub expires_at: i64,
}

const fn yes() -> bool {
    true
}

impl Checked for OptinPageWish {
    fn check(&self, faults: &mut Faults) {
        faults.text("title", &self.title, 1, 120);
        faults.text("intro", &self.intro, 0, 500);
        faults.text("contact", &self.contact, 0, 300);
        faults.text("topic", &self.topic, 0, 40);
        faults.text("keyword", &self.keyword, 0, 20);
        faults.text_opt("locale", self.locale.as_deref(), 1, 35);
        faults.text_opt("disclosure", self.disclosure.as_deref(), 1, 2000);
        faults.text_opt("privacy_url", self.privacy_url.as_deref(), 1, 500);
        faults.text_opt("terms_url", self.terms_url.as_deref(), 1, 500);
        faults.items("origins", self.origins.len(), 0, 20);
    }
}

impl Checked for PosterNew {
    fn check(&self, faults: &mut Faults) {
        faults.text("name", &self.name, 1, 80);
    }
}

/// The opt-in pages of this workspace.
#[utoipa::path(get, path = "/opt-in-pages", tag = "opt-in", responses((status = 200, description = "Oldest first", body = Items<OptinPage>)))]
pub async fn optin_page_list(State(api): State<Api>, caller: Caller) -> Answer<Json<Items<OptinPage>>> {
    let rows = api.engine.optin_page_list(caller.ws).await?;
    Ok(Json(Items { items: rows.iter().map(|row| OptinPage::of(&api.engine, row)).collect() }))
}

/// Makes an opt-in page. Whoever sends its form is written into the consent ledger with the exact
/// words that were shown, and texted once to confirm.
#[utoipa::path(post, path = "/opt-in-pages", tag = "opt-in", request_body = OptinPageWish, responses((status = 201, description = "Made", body = OptinPage)))]
pub async fn optin_page_create(
    State(api): State<Api>,
    caller: Caller,
    ticket: Ticket,
    Body(wish): Body<OptinPageWish>,
) -> Answer<(StatusCode, Json<OptinPage>)> {
    let engine = api.engine.clone();
    let keep = ticket.keep(StatusCode::CREATED, move |row: &OptinPageRow| OptinPage::of(&engine, row));
    let made = api.engine.optin_page_create(caller.ws, caller.actor(), wish.into(), keep).await?;
    Ok((StatusCode::CREATED, Json(OptinPage::of(&api.engine, &made))))
}

/// One opt-in page.
#[utoipa::path(get, path = "/opt-in-pages/{id}", tag = "opt-in", params(("id" = OptinPageId, Path, description = "The page")), responses((status = 200, description = "The page", body = OptinPage)))]
pub async fn optin_page_get(
    State(api): State<Api>,
    caller: Caller,
    Path(id): Path<OptinPageId>,
) -> Answer<Json<OptinPage>> {
    let row = api.engine.optin_page_get(caller.ws, id.0).await?.ok_or_else(|| Problem::not_found("opt-in page"))?;
    Ok(Json(OptinPage::of(&api.engine, &row)))
}

/// Replaces an opt-in page. Its address stays, and so do its posters.
#[utoipa::path(put, path = "/opt-in-pages/{id}", tag = "opt-in", params(("id" = OptinPageId, Path, description = "The page")), request_body = OptinPageWish, responses((status = 200, description = "Changed", body = OptinPage)))]
pub async fn optin_page_update(
    State(api): State<Api>,
    caller: Caller,
    Path(id): Path<OptinPageId>,
    Body(wish): Body<OptinPageWish>,
) -> Answer<Json<OptinPage>> {
    let row = api.engine.optin_page_update(caller.ws, caller.actor(), id.0, wish.into()).await?;
    Ok(Json(OptinPage::of(&api.engine, &row)))
}

/// A page's QR code, as a picture or a poster to print. 422 `keyword` where it should lead to a
/// text and the page has no keyword, or its sender takes no texts.
#[utoipa::path(get, path = "/opt-in-pages/{id}/code", tag = "opt-in", params(("id" = OptinPageId, Path, description = "The page"), CodeQuery), responses((status = 200, description = "The file", content(
    (Vec<u8> = "image/svg+xml"), (Vec<u8> = "image/png"), (Vec<u8> = "application/pdf"),
))))]
pub async fn optin_code_get(
    State(api): State<Api>,
    caller: Caller,
    Path(id): Path<OptinPageId>,
    Query(query): Query<CodeQuery>,
) -> Answer<Response> {
    let missing = || Problem::not_found("opt-in page");
    let shown = api.engine.optin_page_shown(caller.ws, id.0).await?.ok_or_else(missing)?;
    let poster = match query.poster {
        Some(token) => {
            let all = api.engine.poster_list(caller.ws, id.0).await?;
            Some(all.into_iter().find(|row| row.token == token).ok_or_else(|| Problem::not_found("poster"))?)
        }
        None => None,
    };
    let leads = match query.leads_to.unwrap_or(CodeLeadsTo::Page) {
        CodeLeadsTo::Page => LeadsTo::Page,
        CodeLeadsTo::Text => LeadsTo::Text,
    };
    let words = api.engine.optin_code_words(&shown, poster.as_ref(), leads);
    let words = words.ok_or_else(|| Problem::field("leads_to", "keyword", "The page offers no text to send."))?;
    let code = QrCode::of(&words).ok_or_else(|| Problem::internal(&"an address is too long for a code"))?;
    let url = api.engine.optin_page_url(&shown.page, poster.as_ref());
    let (kind, name, content) = match query.format.unwrap_or(CodeFormat::Svg) {
        CodeFormat::Svg => {
            ("image/svg+xml", "code.svg", code.svg(&format!("{}: {url}", shown.page.title)).into_bytes())
        }
        CodeFormat::Png => {
            let picture = code.png().ok_or_else(|| Problem::internal(&"a code could not be drawn"))?;
            ("image/png", "code.png", picture)
        }
        CodeFormat::Pdf => ("application/pdf", "poster.pdf", shown.poster(&code, leads, &url)),
    };
    let disposition = format!("attachment; filename=\"{name}\"");
    Ok(([(header::CONTENT_TYPE, kind.to_owned()), (header::CONTENT_DISPOSITION, disposition)], content).into_response())
}

/// The posters of a page.
#[utoipa::path(get, path = "/opt-in-pages/{id}/posters", tag = "opt-in", params(("id" = OptinPageId, Path, description = "The page")), responses((status = 200, description = "Oldest first", body = Items<Poster>)))]
pub async fn poster_list(
    State(api): State<Api>,
    caller: Caller,
    Path(id): Path<OptinPageId>,
) -> Answer<Json<Items<Poster>>> {
    let rows = api.engine.poster_list(caller.ws, id.0).await?;
    let page = api.engine.optin_page_get(caller.ws, id.0).await?.ok_or_else(|| Problem::not_found("opt-in page"))?;
    Ok(Json(Items { items: rows.iter().map(|row| Poster::of(&api.engine, &page, row)).collect() }))
}

/// Makes a poster, so that what comes by way of it is told from the rest.
#[utoipa::path(post, path = "/opt-in-pages/{id}/posters", tag = "opt-in", params(("id" = OptinPageId, Path, description = "The page")), request_body = PosterNew, responses((status = 201, description = "Made", body = Poster)))]
pub async fn poster_create(
    State(api): State<Api>,
    caller: Caller,
    Path(id): Path<OptinPageId>,
    ticket: Ticket,
    Body(new): Body<PosterNew>,
) -> Answer<(StatusCode, Json<Poster>)> {
    let page = api.engine.optin_page_get(caller.ws, id.0).await?.ok_or_else(|| Problem::not_found("opt-in page"))?;
    let (engine, of) = (api.engine.clone(), page.clone());
    let keep = ticket.keep(StatusCode::CREATED, move |row: &PosterRow| Poster::of(&engine, &of, row));
    let made = api.engine.poster_create(caller.ws, caller.actor(), id.0, new.name, keep).await?;
    Ok((StatusCode::CREATED, Json(Poster::of(&api.engine, &page, &made))))
}

/// The words that each region's law asks for, to show where consent is asked for.
#[utoipa::path(get, path = "/disclosures", tag = "opt-in", responses((status = 200, description = "Every region", body = Items<DisclosurePreset>)))]
pub async fn disclosure_list(State(api): State<Api>, caller: Caller) -> Answer<Json<Items<DisclosurePreset>>> {
    let shop = api.engine.workspace_get(caller.ws).await?;
    let brand = shop.map(|shop| shop.brand).unwrap_or_default();
    let preset = |region: &Region| DisclosurePreset {
        region: (*region).into(),
        locale: region.locale().to_owned(),
        text: region.disclosure(&brand, ""),
        needs_contact: region.needs_contact(),
    };
    Ok(Json(Items { items: Region::ALL.iter().map(preset).collect() }))
}

/// Makes a link to a customer's preference page, to be sent to them and to nobody else. It holds
/// for 90 days.
#[utoipa::path(post, path = "/customers/{id}/preference-link", tag = "opt-in", params(("id" = CustomerId, Path, description = "The customer")), responses((status = 201, description = "Made", body = PreferenceLink)))]
pub async fn preference_link_create(
    State(api): State<Api>,
    caller: Caller,
    Path(id): Path<CustomerId>,
) -> Answer<(StatusCode, Json<PreferenceLink>)> {
    let (url, expires_at) = api.engine.preference_link_create(caller.ws, caller.actor(), id.0).await?;
    Ok((StatusCode::CREATED, Json(PreferenceLink { url, expires_at })))
}

impl From<OptinPageWish> for PageWish {
    fn from(wish: OptinPageWish) -> Self {
        Self {
            inbox: wish.inbox_id.0,
            title: wish.title,
            intro: wish.intro,
            contact: wish.contact,
            topic: wish.topic,
            keyword: wish.keyword,
            region: wish.region.0,
            locale: wish.locale,
            disclosure: wish.disclosure,
            double_opt_in: wish.double_opt_in,
            active: wish.active,
            privacy_url: wish.privacy_url,
            terms_url: wish.terms_url,
            origins: wish.origins,
        }
    }
}

impl OptinPage {
    fn of(engine: &engine::Engine, row: &OptinPageRow) -> Self {
        let url = engine.optin_page_url(row, None);
        Self {
            id: row.id.into(),
            embed_url: format!("{url}/embed"),
            url,
            inbox_id: row.inbox.into(),
            title: row.title.clone(),
            intro: row.intro.clone(),
            contact: row.contact.clone(),
            topic: row.topic.clone(),
            keyword: row.keyword.clone(),
            region: row.region.into(),
            locale: row.locale.clone(),
            disclosure: row.disclosure.clone(),
            version: row.version,
            double_opt_in: row.double_opt_in,
            active: row.active,
            privacy_url: row.privacy_url.clone(),
            terms_url: row.terms_url.clone(),
            origins: serde_json::from_str(&row.origins).unwrap_or_default(),
            signups: row.signups,
            created_at: row.created_at,
            changed_at: row.changed_at,
        }
    }
}

impl Poster {
    fn of(engine: &engine::Engine, page: &OptinPageRow, row: &PosterRow) -> Self {
        Self {
            id: row.id.into(),
            page_id: row.page.into(),
            name: row.name.clone(),
            token: row.token.clone(),
            url: engine.optin_page_url(page, Some(row)),
            signups: row.signups,
            created_at: row.created_at,
        }
    }
}

impl From<OptinError> for Problem {
    fn from(error: OptinError) -> Self {
        match error {
            OptinError::NotFound => Self::not_found("opt-in page"),
            OptinError::NoInbox => Self::not_found("inbox"),
            OptinError::Field { field, code, detail } => Self::field(field, code, detail),
            OptinError::Changed => Self::new(Code::Conflict, "The page has changed meanwhile."),
            OptinError::TooMany => Self::new(Code::Conflict, "There are as many of them as there may be."),
            OptinError::Consent(error) => error.into(),
            OptinError::Text(error) => error.into(),
            OptinError::Crypto(error) => Self::internal(&error),
            OptinError::Store(error) => error.into(),
        }
    }
}

impl From<PreferenceError> for Problem {
    fn from(error: PreferenceError) -> Self {
        match error {
            PreferenceError::NotFound => Self::not_found("customer"),
            PreferenceError::Changed => Self::new(Code::Conflict, "The page has changed meanwhile."),
            PreferenceError::Consent(error) => error.into(),
            PreferenceError::Crypto(error) => Self::internal(&error),
            PreferenceError::Store(error) => error.into(),
        }
    }
}
