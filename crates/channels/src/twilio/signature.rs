//! Twilio's two ways of signing webhooks.
//!
//! The signature covers the full URL and, for a form, each distinct field and
//! value in order; a body of another kind is covered by its digest in the URL.
//! It is an HMAC: SHA-1 under the account's auth token, or SHA-256 under a
//! shared key, where a header says so.

use super::Twilio;
use crate::channel::{Account, Secret, SignatureError, VerifyWebhooks, WebhookRequest};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use hmac::{Hmac, KeyInit, Mac};
use sha1::Sha1;
use sha2::{Digest, Sha256};
use std::collections::{BTreeMap, BTreeSet};
use subtle::ConstantTimeEq;

const SIGNATURE: &str = "X-Twilio-Signature";
const SETTINGS: &str = "X-Twilio-Webhooks-Signature-Settings";

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Algorithm {
    Sha1,
    Sha256,
}

impl VerifyWebhooks for Twilio {
    fn verify(&self, account: &Account, request: &WebhookRequest) -> Result<(), SignatureError> {
        let given = request.header(SIGNATURE).filter(|given| !given.is_empty()).ok_or(SignatureError::Absent)?;
        let algorithm = algorithm(request.header(SETTINGS).unwrap_or_default())?;
        let secret = match algorithm {
            Algorithm::Sha1 => "auth_token",
            Algorithm::Sha256 => "webhook_shared_key",
        };
        let secret = account.secrets.get(secret).ok_or(SignatureError::NoSecret)?;
        let given = STANDARD.decode(given.trim()).map_err(|_| SignatureError::Wrong)?;
        let fields = covered_fields(request)?;
        // Which of the two forms is signed differs between Twilio's own systems.
        let fits = [without_port(&request.url), with_port(&request.url)]
            .into_iter()
            .any(|url| bool::from(sign(algorithm, secret, &url, &fields).ct_eq(&given)));
        if fits { Ok(()) } else { Err(SignatureError::Wrong) }
    }
}

/// The algorithm named in the settings header; none named means SHA-1.
fn algorithm(settings: &str) -> Result<Algorithm, SignatureError> {
    let named = settings.split(',').filter_map(|part| part.split_once('='));
    let named = named
        .map(|(name, value)| (name.trim(), value.trim()))
        .find(|(name, value)| *name == "algorithm" && !value.is_empty());
    match named {
        None => Ok(Algorithm::Sha1),
        Some((_, value)) if value.eq_ignore_ascii_case("HMAC_SHA1") => Ok(Algorithm::Sha1),
        Some((_, value)) if value.eq_ignore_ascii_case("HMAC_SHA256") => Ok(Algorithm::Sha256),
        Some(_) => Err(SignatureError::UnknownScheme),
    }
}

/// The part of the body that is signed beside the URL.
fn covered_fields(request: &WebhookRequest) -> Result<String, SignatureError> {
    if request.is_form() {
        let mut fields: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
        for (name, value) in request.form() {
            fields.entry(name).or_default().insert(value);
        }
        let mut covered = String::new();
        for (name, values) in &fields {
            for value in values {
                covered.push_str(name);
                covered.push_str(value);
            }
        }
        return Ok(covered);
    }
    let digest = request.query().into_iter().find(|(name, _)| name == "bodySHA256").map(|(_, value)| value);
    match digest {
        Some(digest) => {
            let ours = hex::encode(Sha256::digest(&request.body));
            let same = bool::from(ours.as_bytes().ct_eq(digest.to_ascii_lowercase().as_bytes()));
            if same { Ok(String::new()) } else { Err(SignatureError::Wrong) }
        }
        None if request.body.is_empty() => Ok(String::new()),
        // Nothing would cover such a body.
        None => Err(SignatureError::Wrong),
    }
}

fn sign(algorithm: Algorithm, secret: &Secret, url: &str, fields: &str) -> Vec<u8> {
    match algorithm {
        Algorithm::Sha1 => hmac::<Hmac<Sha1>>(secret, url, fields),
        Algorithm::Sha256 => hmac::<Hmac<Sha256>>(secret, url, fields),
    }
}

fn hmac<M: Mac + KeyInit>(secret: &Secret, url: &str, fields: &str) -> Vec<u8> {
    // HMAC takes a key of any length, so this cannot fail; an empty answer fits nothing.
    let Ok(mut mac) = <M as KeyInit>::new_from_slice(secret.expose().as_bytes()) else { return Vec::new() };
    mac.update(url.as_bytes());
    mac.update(fields.as_bytes());
    mac.finalize().into_bytes().to_vec()
}

/// Splits a URL around the end of its host: scheme and host, port, the rest.
/// By hand, since a URL parser would also rewrite what is signed as it stands.
fn around_port(url: &str) -> Option<(&str, Option<&str>, &str)> {
    let start = url.find("://")? + 3;
    let end = url[start..].find(['/', '?', '#']).map_or(url.len(), |at| start + at);
    let authority = &url[start..end];
    let host_end = authority.rfind(']').map_or(0, |at| at + 1);
    match authority[host_end..].rfind(':') {
        Some(colon) => {
            let colon = start + host_end + colon;
            Some((&url[..colon], Some(&url[colon + 1..end]), &url[end..]))
        }
        None => Some((&url[..end], None, &url[end..])),
    }
}

fn without_port(url: &str) -> String {
    match around_port(url) {
        Some((host, _, rest)) => format!("{host}{rest}"),
        None => url.to_owned(),
    }
}

fn with_port(url: &str) -> String {
    match around_port(url) {
        Some((host, None, rest)) => {
            let port = if host.starts_with("https:") { 443 } else { 80 };
            format!("{host}:{port}{rest}")
        }
        _ => url.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ports_come_and_go_without_touching_the_rest() {
        for (url, without, with) in [
            ("https://h.example/a?b=1%2B", "https://h.example/a?b=1%2B", "https://h.example:443/a?b=1%2B"),
            ("http://h.example", "http://h.example", "http://h.example:80"),
            ("https://h.example:8443/a:9", "https://h.example/a:9", "https://h.example:8443/a:9"),
            ("https://[2001:db8::1]:81/", "https://[2001:db8::1]/", "https://[2001:db8::1]:81/"),
            ("https://[2001:db8::1]?x", "https://[2001:db8::1]?x", "https://[2001:db8::1]:443?x"),
            ("nonsense", "nonsense", "nonsense"),
        ] {
            assert_eq!(without_port(url), without);
            assert_eq!(with_port(url), with);
        }
    }

    #[test]
    fn the_settings_header_names_the_algorithm() {
        assert_eq!(algorithm(""), Ok(Algorithm::Sha1));
        assert_eq!(algorithm("key=webhooks_sharedkey_1"), Ok(Algorithm::Sha1));
        assert_eq!(algorithm("key=k, algorithm = hmac_sha256 "), Ok(Algorithm::Sha256));
        assert_eq!(algorithm("algorithm=HMAC_SHA1,key=k"), Ok(Algorithm::Sha1));
        assert_eq!(algorithm("algorithm=none"), Err(SignatureError::UnknownScheme));
    }
}
