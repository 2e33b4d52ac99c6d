//! The shell of a page: markup, the one style sheet, and what its browser may do.

use std::sync::LazyLock;

use axum::response::{IntoResponse, Response};
use base64::Engine as _;
use engine::optin::Visit;
use http::{HeaderValue, StatusCode, header};
use sha2::{Digest, Sha256};

use crate::request::{Browser, ClientIp};

/// Contrast is 4.5 : 1 at the least in both themes, and no line is wider than 320 px asks for.
const STYLE: &str = ":root{color-scheme:light dark;--back:#fff;--text:#16181d;--soft:#4d5561;--line:#79818d;\
--key:#1d57b0;--on:#fff;--bad:#a3161f}\
@media(prefers-color-scheme:dark){:root{--back:#14161a;--text:#eceef1;--soft:#b3bac4;--line:#8b939f;--key:#9bc0ff;\
--on:#10131a;--bad:#ffa3a3}}\
*{box-sizing:border-box}body{margin:0;background:var(--back);color:var(--text);\
font:1rem/1.5 system-ui,-apple-system,'Segoe UI',Roboto,sans-serif;overflow-wrap:anywhere}\
main{max-width:32rem;margin:0 auto;padding:1.5rem 1rem 2.5rem}h1{font-size:1.6rem;line-height:1.25;margin:.25rem 0 .75rem}\
h2{font-size:1.15rem;margin:2rem 0 .5rem}p{margin:.5rem 0}.brand,.hint,.fine{color:var(--soft)}.fine{font-size:.9rem}\
.words{white-space:pre-line}form{margin:1.25rem 0}fieldset{border:0;margin:0;padding:0}legend,.name{font-weight:600;padding:0}\
input[type=tel]{display:block;width:100%;min-height:3rem;margin:.35rem 0;padding:.5rem .75rem;font:inherit;color:inherit;\
background:transparent;border:1px solid var(--line);border-radius:.5rem}\
input[aria-invalid]{border:2px solid var(--bad)}.tick{display:flex;gap:.75rem;align-items:flex-start;margin:1rem 0}\
.tick input{flex:none;width:1.5rem;height:1.5rem;margin:0;accent-color:var(--key)}\
button{min-height:3rem;padding:.6rem 1.25rem;font:inherit;font-weight:600;color:var(--on);background:var(--key);\
border:1px solid transparent;border-radius:.5rem;cursor:pointer}button.quiet{color:var(--text);background:transparent;border-color:var(--line)}\
a{color:var(--key)}:focus-visible{outline:3px solid var(--key);outline-offset:2px}\
.problem,.done{margin:1rem 0;padding:.25rem .9rem;border-left:4px solid var(--key)}.problem{border-color:var(--bad);color:var(--bad);font-weight:600}";

/// The style sheet's own hash, so that no other style applies.
static STYLE_HASH: LazyLock<String> =
    LazyLock::new(|| base64::engine::general_purpose::STANDARD.encode(Sha256::digest(STYLE.as_bytes())));

/// Marks an answer that other sites may show in a frame; which ones its own header says.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Framed;

/// A page.
#[derive(Debug, Default)]
pub(super) struct Page<'a> {
    pub(super) status: StatusCode,
    pub(super) title: &'a str,
    /// The markup inside `main`.
    pub(super) body: String,
    /// Sites that may show it in a frame; none for a page of its own.
    pub(super) frames: Option<&'a [String]>,
}

impl IntoResponse for Page<'_> {
    fn into_response(self) -> Response {
        let title = escaped(self.title);
        let text = format!(
            "<!doctype html>\n<html lang=\"en\"><head><meta charset=\"utf-8\">\
             <meta name=\"viewport\" content=\"width=device-width,initial-scale=1\"><meta name=\"robots\" content=\"noindex\">\
             <title>{title}</title><style>{STYLE}</style></head><body><main>{}</main></body></html>\n",
            self.body
        );
        let frames = match self.frames {
            Some(origins) if !origins.is_empty() => origins.join(" "),
            Some(_) | None => "'none'".to_owned(),
        };
        let policy = format!(
            "default-src 'none'; style-src 'sha256-{}'; form-action 'self'; base-uri 'none'; frame-ancestors {frames}",
            *STYLE_HASH
        );
        let mut response = (self.status, [(header::CONTENT_TYPE, "text/html; charset=utf-8")], text).into_response();
        // Origins are held to letters, digits and a few signs before they are kept.
        if let Ok(policy) = HeaderValue::from_str(&policy) {
            response.headers_mut().insert(header::CONTENT_SECURITY_POLICY, policy);
            if self.frames.is_some_and(|origins| !origins.is_empty()) {
                response.extensions_mut().insert(Framed);
            }
        }
        response
    }
}

/// Text as it stands in markup, between tags and inside quotes.
pub(super) fn escaped(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for letter in text.chars() {
        match letter {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '"' => out.push_str("&quot;"),
            '\'' => out.push_str("&#39;"),
            letter => out.push(letter),
        }
    }
    out
}

/// A page that says one thing.
pub(super) fn notice(status: StatusCode, title: &str, words: &str) -> Response {
    let body = format!("<h1>{}</h1><p>{}</p>", escaped(title), escaped(words));
    Page { status, title, body, frames: None }.into_response()
}

/// There is no such page.
pub(super) fn nothing() -> Response {
    let words = "This page does not exist, or it takes nobody any more.";
    notice(StatusCode::NOT_FOUND, "Nothing here", words)
}

/// Something failed that the customer cannot help.
pub(super) fn failed(error: &dyn std::fmt::Display) -> Response {
    tracing::error!(%error, "a customer's page failed");
    notice(StatusCode::SERVICE_UNAVAILABLE, "Please try again", "Something went wrong here. Nothing was kept.")
}

/// What stands between a sentence's own letters and the page's.
pub(super) fn sentence(words: &str) -> String {
    let mut letters = words.chars();
    letters.next().map_or_else(String::new, |first| format!("{}{}.", first.to_uppercase(), letters.as_str()))
}

/// Where a form came from.
pub(super) fn visit(source_url: String, site: &str, ip: Option<ClientIp>, browser: Browser) -> Visit {
    Visit {
        source_url,
        site: site.to_owned(),
        ip: ip.map(|ip| ip.0.to_string()).unwrap_or_default(),
        user_agent: browser.0.user_agent,
    }
}

/// The first value of a form's field.
pub(super) fn field<'a>(form: &'a [(String, String)], name: &str) -> &'a str {
    form.iter().find(|(known, _)| known == name).map_or("", |(_, value)| value)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn markup_in_words_stays_words() {
        assert_eq!(
            escaped("<a href=\"x\" title='y'>&</a>"),
            "&lt;a href=&quot;x&quot; title=&#39;y&#39;&gt;&amp;&lt;/a&gt;"
        );
        assert_eq!((sentence("type a number"), sentence("")), ("Type a number.".to_owned(), String::new()));
    }

    #[test]
    fn a_page_is_allowed_its_sheet_and_its_form_alone() {
        let answer = |frames| Page { status: StatusCode::OK, title: "t", body: String::new(), frames }.into_response();
        let policy = |response: &Response| {
            response.headers()[header::CONTENT_SECURITY_POLICY].to_str().unwrap_or_default().to_owned()
        };
        let own = answer(None);
        assert!(policy(&own).ends_with("frame-ancestors 'none'") && !policy(&own).contains("script"));
        let origins = ["https://shop.example".to_owned()];
        let framed = answer(Some(&origins));
        assert!(policy(&framed).ends_with("frame-ancestors https://shop.example"));
        assert!(framed.extensions().get::<Framed>().is_some() && own.extensions().get::<Framed>().is_none());
        let nobody = answer(Some(&[]));
        assert!(policy(&nobody).ends_with("'none'") && nobody.extensions().get::<Framed>().is_none());
    }
}
