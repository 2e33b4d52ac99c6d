//! The web app's files.
//!
//! Built into the binary with the feature `ui`; without it one page says so,
//! so that tests need no web build.

use axum::extract::Request;
use axum::response::{IntoResponse, Response};
use http::{HeaderMap, Method, StatusCode, header};

use crate::problem::{Code, Problem};

#[cfg(feature = "ui")]
#[derive(rust_embed::RustEmbed)]
#[folder = "$CARGO_MANIFEST_DIR/../../web/dist"]
struct Files;

/// One file: its bytes and what names its content.
struct File {
    bytes: std::borrow::Cow<'static, [u8]>,
    hash: [u8; 32],
}

#[cfg(feature = "ui")]
fn file(path: &str) -> Option<File> {
    Files::get(path).map(|file| File { hash: file.metadata.sha256_hash(), bytes: file.data })
}

#[cfg(not(feature = "ui"))]
fn file(path: &str) -> Option<File> {
    use sha2::Digest;
    const NOTICE: &[u8] = b"<!doctype html><html lang=\"en\"><meta charset=\"utf-8\"><title>Hark</title>\
        <p>This Hark was built without its web app. The API is at /api/v1.</p></html>";
    (path == "index.html").then(|| File { bytes: NOTICE.into(), hash: sha2::Sha256::digest(NOTICE).into() })
}

/// Names the build of the web app; none where none is inside.
#[must_use]
pub fn build() -> Option<String> {
    cfg!(feature = "ui").then(|| file("index.html").map(|file| short(&file.hash))).flatten()
}

fn short(hash: &[u8; 32]) -> String {
    hex::encode(hash.iter().take(8).copied().collect::<Vec<u8>>())
}

/// Answers what no route took: a file of the web app, its first page, or a JSON 404 below the API.
pub async fn fallback(request: Request) -> Response {
    let path = request.uri().path();
    let of_programs = ["/api", "/hooks", "/2010-04-01", "/m", "/o", "/p"]
        .iter()
        .any(|root| path.strip_prefix(root).is_some_and(|rest| rest.is_empty() || rest.starts_with('/')));
    if of_programs {
        return Problem::new(Code::NotFound, "There is nothing at this address.").into_response();
    }
    if !matches!(*request.method(), Method::GET | Method::HEAD) {
        return Problem::new(Code::MethodNotAllowed, "Only GET and HEAD are allowed here.").into_response();
    }
    let name = path.trim_start_matches('/');
    // Compressed twins are chosen by header, never by name.
    let asked = Some(name).filter(|name| !name.is_empty() && !name.ends_with(".br") && !name.ends_with(".gz"));
    match asked.filter(|name| file(name).is_some()) {
        Some(name) => serve(name, request.headers()),
        // A page of the app; a missing script must not look like one.
        None if !name.rsplit('/').next().unwrap_or_default().contains('.') => serve("index.html", request.headers()),
        None => Problem::new(Code::NotFound, "There is no such file.").into_response(),
    }
}

fn serve(name: &str, headers: &HeaderMap) -> Response {
    let chosen = encodings(headers)
        .into_iter()
        .find_map(|(encoding, ending)| file(&format!("{name}{ending}")).map(|file| (Some(encoding), file)));
    let Some((encoding, file)) = chosen.or_else(|| file(name).map(|file| (None, file))) else {
        return Problem::new(Code::NotFound, "There is no such file.").into_response();
    };
    let tag = format!("\"{}\"", short(&file.hash));
    let fresh = headers
        .get_all(header::IF_NONE_MATCH)
        .iter()
        .filter_map(|value| value.to_str().ok())
        .flat_map(|value| value.split(','))
        .any(|known| known.trim().trim_start_matches("W/") == tag || known.trim() == "*");
    let kept = if name.starts_with("assets/") { "public, max-age=31536000, immutable" } else { "no-cache" };
    let mut response = if fresh {
        StatusCode::NOT_MODIFIED.into_response()
    } else {
        ([(header::CONTENT_TYPE, content_type(name))], file.bytes.into_owned()).into_response()
    };
    let out = response.headers_mut();
    out.insert(header::CACHE_CONTROL, http::HeaderValue::from_static(kept));
    out.insert(header::VARY, http::HeaderValue::from_static("accept-encoding"));
    if let Ok(tag) = tag.parse() {
        out.insert(header::ETAG, tag);
    }
    if let Some(encoding) = encoding.filter(|_| !fresh) {
        out.insert(header::CONTENT_ENCODING, http::HeaderValue::from_static(encoding));
    }
    response
}

/// The encodings a client takes, best first, with the file endings of twins.
fn encodings(headers: &HeaderMap) -> Vec<(&'static str, &'static str)> {
    let accepted = headers.get(header::ACCEPT_ENCODING).and_then(|value| value.to_str().ok()).unwrap_or_default();
    let takes = |name: &str| {
        accepted.split(',').any(|one| {
            let mut words = one.split(';').map(str::trim);
            words.next() == Some(name) && !words.any(|word| matches!(word, "q=0" | "q=0.0" | "q=0.00" | "q=0.000"))
        })
    };
    [("br", ".br"), ("gzip", ".gz")].into_iter().filter(|(name, _)| takes(name)).collect()
}

fn content_type(name: &str) -> &'static str {
    match name.rsplit('.').next().unwrap_or_default() {
        "html" => "text/html; charset=utf-8",
        "js" | "mjs" => "text/javascript; charset=utf-8",
        "css" => "text/css; charset=utf-8",
        "json" | "map" => "application/json",
        "webmanifest" => "application/manifest+json",
        "svg" => "image/svg+xml",
        "png" => "image/png",
        "jpg" | "jpeg" => "image/jpeg",
        "ico" => "image/x-icon",
        "woff2" => "font/woff2",
        "txt" => "text/plain; charset=utf-8",
        "wasm" => "application/wasm",
        _ => "application/octet-stream",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn encodings_follow_the_header() {
        let of = |text: &'static str| {
            let mut headers = HeaderMap::new();
            headers.insert(header::ACCEPT_ENCODING, http::HeaderValue::from_static(text));
            encodings(&headers).into_iter().map(|(name, _)| name).collect::<Vec<_>>()
        };
        assert_eq!(of("gzip, deflate, br"), ["br", "gzip"]);
        assert_eq!(of("gzip;q=1.0, br;q=0"), ["gzip"]);
        assert!(of("identity").is_empty());
    }
}
