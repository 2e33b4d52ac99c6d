//! Plivo's two ways of signing webhooks, both HMAC-SHA256 under the auth token.
//!
//! V3 covers the address with its query, the fields and a nonce. V2, which is all
//! that Plivo's pages promise for messages, covers the address without its query
//! and the nonce, and so nothing of what is said. Where both are there, V3 counts.

use super::Plivo;
use crate::channel::{Account, Secret, SignatureError, VerifyWebhooks, WebhookRequest};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use hmac::{Hmac, KeyInit, Mac};
use sha2::Sha256;
use subtle::ConstantTimeEq;
use url::Url;

/// A way of signing: the headers of the signature under the account's own token and under its main
/// account's, and of the nonce.
struct Scheme {
    signatures: [&'static str; 2],
    nonce: &'static str,
}

const V3: Scheme =
    Scheme { signatures: ["X-Plivo-Signature-V3", "X-Plivo-Signature-Ma-V3"], nonce: "X-Plivo-Signature-V3-Nonce" };
const V2: Scheme =
    Scheme { signatures: ["X-Plivo-Signature-V2", "X-Plivo-Signature-Ma-V2"], nonce: "X-Plivo-Signature-V2-Nonce" };

impl Scheme {
    /// The signatures and the nonce of a request, where it is signed this way.
    fn of<'a>(&self, request: &'a WebhookRequest) -> Option<(Vec<&'a str>, &'a str)> {
        let given: Vec<&str> = self.signatures.iter().filter_map(|name| request.header(name)).collect();
        // Several, where a token was just renewed, are joined by commas.
        let given: Vec<&str> = given.into_iter().flat_map(|value| value.split(',')).map(str::trim).collect();
        let given: Vec<&str> = given.into_iter().filter(|value| !value.is_empty()).collect();
        let nonce = request.header(self.nonce)?.trim();
        (!given.is_empty() && !nonce.is_empty()).then_some((given, nonce))
    }
}

impl VerifyWebhooks for Plivo {
    fn verify(&self, account: &Account, request: &WebhookRequest) -> Result<(), SignatureError> {
        let (covered, given, nonce) = match (V3.of(request), V2.of(request)) {
            (Some((given, nonce)), _) => (covered_by_v3(request)?, given, nonce),
            (None, Some((given, nonce))) => (without_query(&request.url).to_owned(), given, nonce),
            (None, None) => return Err(SignatureError::Absent),
        };
        let secret = account.secrets.get("auth_token").ok_or(SignatureError::NoSecret)?;
        let separator = if V3.of(request).is_some() { "." } else { "" };
        let ours = sign(secret, &format!("{covered}{separator}{nonce}"));
        let fits = given
            .iter()
            .any(|given| STANDARD.decode(given).is_ok_and(|given| bool::from(ours.as_slice().ct_eq(given.as_slice()))));
        if fits { Ok(()) } else { Err(SignatureError::Wrong) }
    }
}

fn without_query(url: &str) -> &str {
    url.split(['?', '#']).next().unwrap_or(url)
}

/// The address with its query in order, and each field with its value in order.
fn covered_by_v3(request: &WebhookRequest) -> Result<String, SignatureError> {
    let mut fields = if request.is_form() { request.form() } else { Vec::new() };
    // Nothing would cover such a body.
    if !request.is_form() && !request.body.is_empty() {
        return Err(SignatureError::Wrong);
    }
    fields.sort();
    let url = Url::parse(&request.url).map_err(|_| SignatureError::Wrong)?;
    let mut query: Vec<(String, String)> = url.query_pairs().into_owned().collect();
    query.sort();
    let query: Vec<String> = query.into_iter().map(|(name, value)| format!("{name}={value}")).collect();
    let mut covered = without_query(&request.url).to_owned();
    if !query.is_empty() || !fields.is_empty() {
        covered.push('?');
        covered.push_str(&query.join("&"));
    }
    if !query.is_empty() && !fields.is_empty() {
        covered.push('.');
    }
    for (name, value) in &fields {
        covered.push_str(name);
        covered.push_str(value);
    }
    Ok(covered)
}

fn sign(secret: &Secret, covered: &str) -> Vec<u8> {
    // HMAC takes a key of any length, so this cannot fail; an empty answer fits nothing.
    let Ok(mut mac) = Hmac::<Sha256>::new_from_slice(secret.expose().as_bytes()) else { return Vec::new() };
    mac.update(covered.as_bytes());
    mac.finalize().into_bytes().to_vec()
}
