//! Who may read `/metrics`: they tell how busy a shop is.

use std::net::{IpAddr, SocketAddr};

use axum::extract::{ConnectInfo, Request};
use http::{HeaderMap, header};

use crate::problem::{Code, Problem};
use crate::state::Api;

/// Headers by which a proxy says that it asks for somebody else.
const FORWARDED: &[&str] = &["forwarded", "x-forwarded-for", "x-real-ip", "via"];

/// Refuses whoever may not read them.
pub fn allowed(api: &Api, request: &Request) -> Result<(), Problem> {
    let peer = request.extensions().get::<ConnectInfo<SocketAddr>>().map(|info| info.0.ip());
    judge(api.config.metrics_token.as_deref(), peer, request.headers())
}

/// With a token, whoever has it. Without one, programs of this machine that ask
/// by themselves: what a proxy hands on comes from anywhere.
fn judge(token: Option<&str>, peer: Option<IpAddr>, headers: &HeaderMap) -> Result<(), Problem> {
    let Some(token) = token else {
        let near = peer.is_some_and(|peer| peer.to_canonical().is_loopback());
        let handed_on = FORWARDED.iter().any(|name| headers.contains_key(*name));
        return if near && !handed_on {
            Ok(())
        } else {
            Err(Problem::new(Code::Forbidden, "Metrics are told on this machine alone, unless --metrics-token is set."))
        };
    };
    let given = headers.get(header::AUTHORIZATION).and_then(|value| value.to_str().ok());
    let given = given.and_then(|value| value.strip_prefix("Bearer ")).unwrap_or_default();
    let digest = engine::crypto::digest;
    // Digests have one length, so that comparing tells nothing of the token's.
    if engine::crypto::same(&digest(given), &digest(token)) {
        Ok(())
    } else {
        Err(Problem::new(Code::Unauthenticated, "Metrics are told to whoever has the metrics token."))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn code(token: Option<&str>, peer: &str, given: &[(&'static str, &str)]) -> Option<String> {
        let headers = given.iter().map(|(name, value)| ((*name).parse().unwrap(), value.parse().unwrap())).collect();
        judge(token, peer.parse().ok(), &headers).err().map(|problem| problem.code().to_owned())
    }

    #[test]
    fn without_a_token_this_machine_alone_is_told() {
        assert_eq!(code(None, "127.0.0.1", &[]), None);
        assert_eq!(code(None, "::1", &[]), None);
        assert_eq!(code(None, "::ffff:127.0.0.1", &[]), None);
        for peer in ["10.0.0.5", "203.0.113.9", "nobody"] {
            assert_eq!(code(None, peer, &[]), Some("forbidden".to_owned()), "{peer}");
        }
        for header in FORWARDED {
            assert_eq!(code(None, "127.0.0.1", &[(header, "203.0.113.9")]), Some("forbidden".to_owned()), "{header}");
        }
    }

    #[test]
    fn with_a_token_whoever_has_it_is_told_from_anywhere() {
        assert_eq!(code(Some("open sesame"), "203.0.113.9", &[("authorization", "Bearer open sesame")]), None);
        assert_eq!(
            code(Some("open sesame"), "127.0.0.1", &[]),
            Some("unauthenticated".to_owned()),
            "the token is asked for here too"
        );
        for wrong in ["Bearer open", "open sesame", "Basic open sesame", "Bearer "] {
            let said = code(Some("open sesame"), "203.0.113.9", &[("authorization", wrong)]);
            assert_eq!(said, Some("unauthenticated".to_owned()), "{wrong}");
        }
        assert_eq!(code(Some("x"), "127.0.0.1", &[("authorization", "Bearer ")]), Some("unauthenticated".to_owned()));
    }
}
