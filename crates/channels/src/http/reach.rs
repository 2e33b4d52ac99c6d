//! Which hosts may be asked at all.
//!
//! A member can set a provider's base URL, and a webhook can name a picture's
//! URL. Neither may lead into the network Hark runs in, so names are judged by
//! the addresses they resolve to, at the moment of connecting.

use reqwest::dns::{Addrs, Name, Resolve, Resolving};
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};
use url::{Host, Url};

/// Which hosts may be asked.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Reach {
    /// Public addresses over HTTPS: what a server on the open network needs.
    Public,
    /// Any address over HTTP or HTTPS: for tests, and for gateways in one's own network.
    Anywhere,
}

/// Why a URL is not asked.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum ReachError {
    /// Neither HTTP nor HTTPS, or plain HTTP where HTTPS is needed.
    #[error("only https URLs are allowed here")]
    Scheme,
    /// No host, or a login inside the URL.
    #[error("the URL needs a host, and no login inside it")]
    Form,
    /// A host inside a private network.
    #[error("the host is not a public one")]
    Private,
}

impl Reach {
    /// Judges a URL by itself. Names are judged again when they are resolved.
    ///
    /// # Errors
    /// Why it must not be asked.
    pub fn check(self, url: &Url) -> Result<(), ReachError> {
        match (url.scheme(), self) {
            ("https", _) | ("http", Self::Anywhere) => {}
            _ => return Err(ReachError::Scheme),
        }
        if !url.username().is_empty() || url.password().is_some() {
            return Err(ReachError::Form);
        }
        let public = match (url.host(), self) {
            (None, _) => return Err(ReachError::Form),
            (_, Self::Anywhere) => true,
            (Some(Host::Ipv4(address)), _) => is_public(IpAddr::V4(address)),
            (Some(Host::Ipv6(address)), _) => is_public(IpAddr::V6(address)),
            (Some(Host::Domain(name)), _) => {
                let name = name.trim_end_matches('.').to_ascii_lowercase();
                name.contains('.')
                    && !name.ends_with(".localhost")
                    && !name.ends_with(".local")
                    && !name.ends_with(".internal")
            }
        };
        if public { Ok(()) } else { Err(ReachError::Private) }
    }
}

/// Whether an address is one of the open network: none of the special-purpose
/// blocks of the IANA registries (RFC 6890 and its successors).
#[must_use]
pub fn is_public(address: IpAddr) -> bool {
    match address {
        IpAddr::V4(v4) => is_public_v4(v4),
        IpAddr::V6(v6) => is_public_v6(v6),
    }
}

fn is_public_v4(v4: Ipv4Addr) -> bool {
    let [a, b, c, _] = v4.octets();
    !(v4.is_private()
        || v4.is_loopback()
        || v4.is_link_local()
        || v4.is_multicast()
        || v4.is_documentation()
        || a == 0
        || a >= 240
        || (a == 100 && (64..128).contains(&b))
        || (a == 192 && b == 0 && c == 0)
        || (a == 192 && b == 88 && c == 99)
        || (a == 198 && (b == 18 || b == 19)))
}

fn is_public_v6(v6: Ipv6Addr) -> bool {
    if let Some(v4) = v6.to_ipv4_mapped() {
        return is_public_v4(v4);
    }
    let segments = v6.segments();
    // Only 2000::/3 is handed out; 2001:0::/23 is for protocols, 2001:db8::/32
    // and 3fff::/20 for documents; 2002::/16 and 64:ff9b::/96 wrap IPv4.
    let handed_out = segments[0] & 0xe000 == 0x2000;
    let special = (segments[0] == 0x2001 && (segments[1] < 0x200 || segments[1] == 0x0db8))
        || segments[0] == 0x2002
        || (segments[0] == 0x3fff && segments[1] < 0x1000);
    handed_out && !special
}

/// Resolves names, and keeps only the addresses that may be asked.
#[derive(Debug, Clone, Copy)]
pub(super) struct GuardedResolver(pub(super) Reach);

impl Resolve for GuardedResolver {
    fn resolve(&self, name: Name) -> Resolving {
        let reach = self.0;
        Box::pin(async move {
            let found = tokio::net::lookup_host((name.as_str(), 0)).await?;
            let allowed: Vec<SocketAddr> =
                found.filter(|socket| reach == Reach::Anywhere || is_public(socket.ip())).collect();
            if allowed.is_empty() {
                return Err(Box::new(ReachError::Private) as Box<dyn std::error::Error + Send + Sync>);
            }
            Ok(Box::new(allowed.into_iter()) as Addrs)
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn special_blocks_are_not_public() {
        for private in [
            "127.0.0.1",
            "10.1.2.3",
            "172.16.0.1",
            "192.168.1.1",
            "169.254.169.254",
            "100.64.0.1",
            "0.0.0.0",
            "224.0.0.1",
            "255.255.255.255",
            "198.18.0.1",
            "192.0.2.1",
            "192.0.0.8",
            "::1",
            "::",
            "fe80::1",
            "fc00::1",
            "::ffff:10.0.0.1",
            "::ffff:127.0.0.1",
            "2001:db8::1",
            "64:ff9b::a00:1",
            "2002:a00:1::",
            "ff02::1",
        ] {
            assert!(!is_public(private.parse().unwrap()), "{private}");
        }
        for public in ["1.1.1.1", "54.172.60.0", "100.63.0.1", "100.128.0.1", "2606:4700::1111", "2a00:1450:4001::5"] {
            assert!(is_public(public.parse().unwrap()), "{public}");
        }
    }

    #[test]
    fn urls_are_judged_before_anything_is_asked() {
        let check = |reach: Reach, url: &str| reach.check(&Url::parse(url).unwrap());
        assert_eq!(check(Reach::Public, "https://api.twilio.com"), Ok(()));
        assert_eq!(check(Reach::Public, "http://api.twilio.com"), Err(ReachError::Scheme));
        assert_eq!(check(Reach::Public, "https://u:p@api.twilio.com"), Err(ReachError::Form));
        for private in [
            "https://127.0.0.1/",
            "https://localhost/",
            "https://db/",
            "https://[::1]/",
            "https://2130706433/",
            "https://printer.local/",
            "https://a.localhost./",
            "https://metadata.google.internal/",
        ] {
            assert_eq!(check(Reach::Public, private), Err(ReachError::Private), "{private}");
        }
        assert_eq!(check(Reach::Anywhere, "http://127.0.0.1:4010"), Ok(()));
        assert_eq!(check(Reach::Anywhere, "file:///etc/passwd"), Err(ReachError::Scheme));
    }

    #[tokio::test]
    async fn a_name_that_resolves_inwards_is_refused() {
        let name: Name = "localhost".parse().unwrap();
        let refused = GuardedResolver(Reach::Public).resolve(name).await;
        assert!(refused.is_err());
    }
}
