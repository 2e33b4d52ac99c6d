//! The page where a customer agrees to texts, its form for other sites' frames, and the link
//! that confirms.

use axum::Extension;
use axum::Form;
use axum::extract::rejection::FormRejection;
use axum::extract::{Path, RawQuery, State};
use axum::response::{IntoResponse, Response};
use domain::address::Address;
use domain::id::WorkspaceId;
use engine::optin::{Confirmed, OptinError, Seen, Shown, SignUp};
use http::{HeaderMap, StatusCode};

use super::html::{Page, escaped, failed, field, nothing, notice, sentence, visit};
use crate::request::{Browser, ClientIp};
use crate::state::Api;

/// Most characters of a number that was typed, with every space and bracket.
const TYPED_CHARS_MAX: usize = 40;

type Fields = Result<Form<Vec<(String, String)>>, FormRejection>;

/// What a form shows beside the page's own words.
#[derive(Default)]
struct Filled<'a> {
    status: StatusCode,
    /// What is wrong, and whether with the number.
    problem: Option<(&'a str, bool)>,
    /// What was typed.
    number: &'a str,
    poster: Option<&'a str>,
    /// The site that shows it in a frame, possibly unknown; none on a page of its own.
    framed: Option<&'a str>,
}

/// The page.
pub(super) async fn page_get(State(api): State<Api>, Path(token): Path<String>, RawQuery(query): RawQuery) -> Response {
    shown(&api, &token, query.as_deref(), None).await
}

/// The form alone, for a frame.
pub(super) async fn embed_get(
    State(api): State<Api>,
    Path(token): Path<String>,
    RawQuery(query): RawQuery,
    headers: HeaderMap,
) -> Response {
    let site = headers.get(http::header::REFERER).and_then(|value| value.to_str().ok()).unwrap_or_default();
    shown(&api, &token, query.as_deref(), Some(site)).await
}

/// `framed` is the site that shows the form in a frame, possibly unknown.
async fn shown(api: &Api, token: &str, query: Option<&str>, framed: Option<&str>) -> Response {
    match api.engine.optin_page_find(token).await {
        Ok(Some((_, shown))) if shown.page.active => {
            let poster = poster_of(query);
            form(&shown, &Filled { poster: poster.as_deref(), framed, ..Filled::default() })
        }
        Ok(_) => nothing(),
        Err(error) => failed(&error),
    }
}

/// A form that was sent, from the page or from a frame.
pub(super) async fn form_post<const FRAMED: bool>(
    State(api): State<Api>,
    Path(token): Path<String>,
    RawQuery(query): RawQuery,
    ip: Option<Extension<ClientIp>>,
    browser: Browser,
    fields: Fields,
) -> Response {
    let asked = Asked { token, query, ip: ip.map(|ip| ip.0), browser, framed: FRAMED };
    sent(&api, asked, fields).await
}

struct Asked {
    token: String,
    query: Option<String>,
    ip: Option<ClientIp>,
    browser: Browser,
    framed: bool,
}

async fn sent(api: &Api, asked: Asked, fields: Fields) -> Response {
    let (ws, shown) = match api.engine.optin_page_find(&asked.token).await {
        Ok(Some((ws, shown))) if shown.page.active => (ws, shown),
        Ok(_) => return nothing(),
        Err(error) => return failed(&error),
    };
    let form_fields = fields.map(|Form(fields)| fields).unwrap_or_default();
    let typed: String =
        field(&form_fields, "number").chars().filter(|c| !c.is_control()).take(TYPED_CHARS_MAX).collect();
    let poster = poster_of(asked.query.as_deref());
    let site = field(&form_fields, "site");
    let framed = asked.framed.then_some(site);
    let again = |status: StatusCode, problem: &str, number_wrong: bool| {
        let problem = Some((problem, number_wrong));
        form(&shown, &Filled { status, problem, number: &typed, poster: poster.as_deref(), framed })
    };
    let number = match Address::parse_outbound(&typed, shown.page.region.home().unwrap_or_default()) {
        Ok(number) => number,
        Err(error) => return again(StatusCode::UNPROCESSABLE_ENTITY, &sentence(&error.to_string()), true),
    };
    if field(&form_fields, "agree") != "yes" {
        return again(StatusCode::UNPROCESSABLE_ENTITY, "Tick the box if you agree.", false);
    }
    if let Err(response) = limited(api, ws, &asked, &number) {
        let mut limited =
            again(StatusCode::TOO_MANY_REQUESTS, "That was tried too often. Please try again later.", false);
        limited.headers_mut().extend(response);
        return limited;
    }
    let seen = Seen {
        version: field(&form_fields, "version").parse().unwrap_or_default(),
        sha256: field(&form_fields, "words").to_owned(),
    };
    let path = if asked.framed { "/embed" } else { "" };
    let source = format!("{}{path}", api.engine.optin_page_url(&shown.page, None));
    let visit = visit(source, site, asked.ip, asked.browser);
    let signed = api.engine.optin_sign_up(ws, &shown, SignUp { number, seen, poster: poster.clone(), visit }).await;
    match signed {
        Ok(()) => thanks(&shown, framed.is_some()),
        Err(OptinError::Changed) => {
            // The newest words, to be read before they are agreed to.
            match api.engine.optin_page_shown(ws, shown.page.id).await {
                Ok(Some(newer)) if newer.page.active => {
                    let problem = Some(("The words below have changed. Please read them again.", false));
                    let status = StatusCode::CONFLICT;
                    form(&newer, &Filled { status, problem, number: &typed, poster: poster.as_deref(), framed })
                }
                Ok(_) => nothing(),
                Err(error) => failed(&error),
            }
        }
        Err(OptinError::NotFound) => nothing(),
        Err(error) => failed(&error),
    }
}

/// Holds how often one address sends forms, and how often a number is typed: by whomever, and
/// whether or not anybody knows it. The headers say when to come back.
fn limited(api: &Api, ws: WorkspaceId, asked: &Asked, number: &Address) -> Result<(), HeaderMap> {
    let now = api.engine.now();
    let by_ip = asked.ip.map_or(Ok(()), |ip| api.sign_ups.take(ip.0, now));
    let taken = by_ip.and_then(|()| api.signed_numbers.take((ws, number.as_str().to_owned()), now));
    taken.map_err(|seconds| HeaderMap::from_iter([(http::header::RETRY_AFTER, http::HeaderValue::from(seconds))]))
}

/// The poster that a query names. Another word there is none of ours.
fn poster_of(query: Option<&str>) -> Option<String> {
    let token = query?.split('&').find_map(|pair| pair.strip_prefix("p="))?;
    (token.len() <= 32 && !token.is_empty() && token.bytes().all(|byte| byte.is_ascii_hexdigit()))
        .then(|| token.to_owned())
}

fn origins(shown: &Shown) -> Vec<String> {
    serde_json::from_str(&shown.page.origins).unwrap_or_default()
}

fn form(shown: &Shown, filled: &Filled<'_>) -> Response {
    let page = &shown.page;
    let seen = Seen::of(page);
    let frames = origins(shown);
    let path = if filled.framed.is_some() { "/embed" } else { "" };
    let site = filled
        .framed
        .map_or_else(String::new, |site| format!("<input type=\"hidden\" name=\"site\" value=\"{}\">", escaped(site)));
    let poster = filled.poster.map(|poster| format!("?p={poster}")).unwrap_or_default();
    let problem = filled.problem.map_or_else(String::new, |(words, _)| {
        format!("<div class=\"problem\" role=\"alert\" id=\"problem\"><p>{}</p></div>", escaped(words))
    });
    let wrong = if filled.problem.is_some_and(|(_, number)| number) { " aria-invalid=\"true\"" } else { "" };
    let described = if filled.problem.is_some() { "hint problem" } else { "hint" };
    let hint = match page.region.home() {
        Some(_) => "With area code. For another country, begin with + and its code.",
        None => "Begin with + and the code of your country.",
    };
    let intro = paragraph("", &page.intro);
    let contact = paragraph("fine ", &page.contact);
    let links: Vec<String> = [("Privacy policy", &page.privacy_url), ("Terms", &page.terms_url)]
        .into_iter()
        .filter_map(|(name, url)| {
            let url = escaped(url.as_deref()?);
            Some(format!("<a href=\"{url}\" target=\"_blank\" rel=\"noopener noreferrer\">{name}</a>"))
        })
        .collect();
    let links = if links.is_empty() { String::new() } else { format!("<p class=\"fine\">{}</p>", links.join(" · ")) };
    let body = format!(
        "<p class=\"brand\">{brand}</p><h1>{title}</h1>{intro}{problem}<form method=\"post\" action=\"/o/{token}{path}{poster}\">\
         <label class=\"name\" for=\"number\">Mobile number</label><input type=\"tel\" id=\"number\" name=\"number\" \
         autocomplete=\"tel\" maxlength=\"{TYPED_CHARS_MAX}\" required value=\"{number}\" aria-describedby=\"{described}\"{wrong}>\
         <p class=\"hint fine\" id=\"hint\">{hint}</p><div class=\"tick\"><input type=\"checkbox\" id=\"agree\" name=\"agree\" \
         value=\"yes\" required><label for=\"agree\" id=\"words\" class=\"words\" lang=\"{locale}\">{words}</label></div>\
         <input type=\"hidden\" name=\"version\" value=\"{version}\"><input type=\"hidden\" name=\"words\" value=\"{sha256}\">{site}\
         <button>Sign up</button></form>{contact}{links}",
        brand = escaped(&shown.brand),
        title = escaped(&page.title),
        token = page.token,
        number = escaped(filled.number),
        locale = escaped(&page.locale),
        words = escaped(&page.disclosure),
        version = seen.version,
        sha256 = seen.sha256,
    );
    let frames = filled.framed.map(|_| frames.as_slice());
    Page { status: filled.status, title: &page.title, body, frames }.into_response()
}

fn paragraph(class: &str, words: &str) -> String {
    if words.is_empty() { String::new() } else { format!("<p class=\"{class}words\">{}</p>", escaped(words)) }
}

/// The same for every number, whatever is known of it.
fn thanks(shown: &Shown, framed: bool) -> Response {
    let brand = escaped(&shown.brand);
    let number = escaped(&shown.number);
    let next = if shown.page.double_opt_in {
        format!(
            "We have sent a text to your phone. Open the link in it to confirm; until then, {brand} sends you no offers."
        )
    } else {
        "You will get a text from us shortly.".to_owned()
    };
    let body = format!(
        "<p class=\"brand\">{brand}</p><h1>Check your phone</h1><div class=\"done\" role=\"status\"><p>{next}</p></div>\
         <p class=\"fine\">No text? Look whether the number was right. If you once told us to stop, text START to {number} \
         first, then sign up again.</p>"
    );
    let frames = origins(shown);
    Page { status: StatusCode::OK, title: "Check your phone", body, frames: framed.then_some(frames.as_slice()) }
        .into_response()
}

/// The link in the text: asks once more, since programs open links too.
pub(super) async fn confirm_get(State(api): State<Api>, Path((token, link)): Path<(String, String)>) -> Response {
    let (_, shown, _) = match request(&api, &token, &link).await {
        Ok(found) => found,
        Err(response) => return response,
    };
    let body = format!(
        "<p class=\"brand\">{}</p><h1>Confirm your sign-up</h1><p class=\"words\" lang=\"{}\">{}</p>\
         <form method=\"post\"><button>Confirm</button></form><p class=\"fine\">If you did not ask for this, close the page: \
         nothing happens.</p>",
        escaped(&shown.brand),
        escaped(&shown.page.locale),
        escaped(&shown.page.disclosure),
    );
    Page { status: StatusCode::OK, title: "Confirm your sign-up", body, frames: None }.into_response()
}

/// The customer confirms.
pub(super) async fn confirm_post(
    State(api): State<Api>,
    Path((token, link)): Path<(String, String)>,
    ip: Option<Extension<ClientIp>>,
    browser: Browser,
) -> Response {
    let (ws, shown, asked) = match request(&api, &token, &link).await {
        Ok(found) => found,
        Err(response) => return response,
    };
    let source = api.engine.optin_page_url(&shown.page, None);
    let visit = visit(source, "", ip.map(|ip| ip.0), browser);
    match api.engine.optin_confirm(ws, &shown, &asked, &visit).await {
        Ok(Confirmed::Stands) => {
            let words = format!("You will get texts from {}. Reply STOP to any of them to end them.", shown.brand);
            notice(StatusCode::OK, "You are signed up", &words)
        }
        Ok(Confirmed::Withdrawn) => {
            let words = "You have told us to stop since, so this link changes nothing. Sign up again if you like.";
            notice(StatusCode::CONFLICT, "Not signed up", words)
        }
        Err(error) => failed(&error),
    }
}

async fn request(api: &Api, token: &str, link: &str) -> Result<(WorkspaceId, Shown, engine::ConsentRow), Response> {
    let found = api.engine.optin_page_find(token).await.map_err(|error| failed(&error))?;
    let (ws, shown) = found.ok_or_else(nothing)?;
    let asked = api.engine.optin_request_find(ws, &shown, link).await.map_err(|error| failed(&error))?;
    let gone = || notice(StatusCode::NOT_FOUND, "This link has run out", "Sign up again to get a new one.");
    asked.map(|asked| (ws, shown, asked)).ok_or_else(gone)
}
