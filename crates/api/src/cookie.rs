//! The session cookie.

use http::{HeaderMap, HeaderValue, header};

/// Its name.
pub const NAME: &str = "hark_session";

/// The session's secret in a request, if there is one.
#[must_use]
pub fn token(headers: &HeaderMap) -> Option<&str> {
    let lines = headers.get_all(header::COOKIE).iter().filter_map(|value| value.to_str().ok());
    lines
        .flat_map(|line| line.split(';'))
        .filter_map(|pair| pair.trim().split_once('='))
        .find(|(name, _)| *name == NAME)
        .map(|(_, token)| token)
        .filter(|token| !token.is_empty())
}

/// The header value that sets it. `None` takes it away.
#[must_use]
pub fn set(token: Option<&str>, secure: bool) -> HeaderValue {
    let (token, age) = match token {
        Some(token) => (token, engine::auth::SESSION_MS / 1000),
        None => ("", 0),
    };
    let secure = if secure { "; Secure" } else { "" };
    HeaderValue::from_str(&format!("{NAME}={token}; Path=/; HttpOnly; SameSite=Lax; Max-Age={age}{secure}"))
        .unwrap_or(HeaderValue::from_static("hark_session=; Path=/; Max-Age=0"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_cookie_is_found_among_others() {
        let mut headers = HeaderMap::new();
        headers.append(header::COOKIE, HeaderValue::from_static("a=b; hark_session=abc; hark_session_x=no"));
        assert_eq!(token(&headers), Some("abc"));
        headers.insert(header::COOKIE, HeaderValue::from_static("hark_session="));
        assert_eq!(token(&headers), None);
    }

    #[test]
    fn behind_https_it_is_for_https_alone() {
        assert!(
            set(Some("x"), true).to_str().is_ok_and(|text| text.ends_with("; Secure") && text.contains("HttpOnly"))
        );
        assert!(set(None, false).to_str().is_ok_and(|text| text.contains("Max-Age=0") && !text.contains("Secure")));
    }
}
