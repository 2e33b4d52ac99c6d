//! Whose word on a client's address counts.

use std::net::IpAddr;
use std::str::FromStr;

use http::HeaderMap;

/// A range of addresses, such as `10.0.0.0/8`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Cidr {
    base: IpAddr,
    bits: u32,
}

/// Not a range of addresses.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{0} is no range of addresses such as 10.0.0.0/8")]
pub struct CidrError(String);

impl FromStr for Cidr {
    type Err = CidrError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let broken = || CidrError(text.to_owned());
        let (base, bits) = match text.split_once('/') {
            Some((base, bits)) => (base, Some(bits.parse().map_err(|_| broken())?)),
            None => (text, None),
        };
        let base: IpAddr = base.parse().map_err(|_| broken())?;
        let most = if base.is_ipv4() { 32 } else { 128 };
        let bits = bits.unwrap_or(most);
        if bits > most { Err(broken()) } else { Ok(Self { base, bits }) }
    }
}

impl Cidr {
    /// Whether an address lies in the range.
    #[must_use]
    pub fn holds(&self, address: IpAddr) -> bool {
        fn wide(address: IpAddr) -> (u128, u32) {
            match address {
                IpAddr::V4(v4) => (u128::from(u32::from(v4)), 32),
                IpAddr::V6(v6) => (u128::from(v6), 128),
            }
        }
        let ((base, width), (other, other_width)) = (wide(self.base), wide(address.to_canonical()));
        let shift = width - self.bits;
        width == other_width && (shift >= 128 || base >> shift == other >> shift)
    }
}

/// The proxies in front of us. Only their `X-Forwarded-For` is believed.
#[derive(Debug, Clone, Default)]
pub struct Proxies(pub Vec<Cidr>);

impl Proxies {
    fn trusts(&self, address: IpAddr) -> bool {
        self.0.iter().any(|range| range.holds(address))
    }

    /// The client's address: the peer's, or, behind trusted proxies, the last
    /// one they name that is not theirs. What stands before it a client may
    /// have written itself.
    #[must_use]
    pub fn client(&self, peer: IpAddr, headers: &HeaderMap) -> IpAddr {
        if !self.trusts(peer) {
            return peer.to_canonical();
        }
        let named = headers.get_all("x-forwarded-for").iter().filter_map(|value| value.to_str().ok());
        let mut chain: Vec<&str> = named.flat_map(|value| value.split(',')).map(str::trim).collect();
        let mut client = peer;
        while let Some(address) = chain.pop().and_then(|text| text.parse::<IpAddr>().ok()) {
            client = address;
            if !self.trusts(client) {
                break;
            }
        }
        client.to_canonical()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn client(proxies: &[&str], peer: &str, forwarded: &[&str]) -> String {
        let mut headers = HeaderMap::new();
        for value in forwarded {
            if let Ok(value) = value.parse() {
                headers.append("x-forwarded-for", value);
            }
        }
        let proxies = Proxies(proxies.iter().filter_map(|range| range.parse().ok()).collect());
        peer.parse().map_or_else(|_| String::new(), |peer| proxies.client(peer, &headers).to_string())
    }

    #[test]
    fn only_trusted_proxies_are_believed() {
        assert_eq!(client(&[], "203.0.113.9", &["198.51.100.1"]), "203.0.113.9");
        assert_eq!(client(&["10.0.0.0/8"], "203.0.113.9", &["198.51.100.1"]), "203.0.113.9");
        assert_eq!(client(&["10.0.0.0/8"], "10.1.2.3", &["198.51.100.1"]), "198.51.100.1");
        assert_eq!(client(&["10.0.0.0/8"], "10.1.2.3", &["1.2.3.4, 198.51.100.1, 10.9.9.9"]), "198.51.100.1");
        assert_eq!(client(&["10.0.0.0/8"], "10.1.2.3", &["1.2.3.4", "198.51.100.1"]), "198.51.100.1");
        assert_eq!(client(&["10.0.0.0/8"], "10.1.2.3", &["nonsense"]), "10.1.2.3");
        assert_eq!(client(&["::1"], "::1", &["2001:db8::1"]), "2001:db8::1");
        assert_eq!(client(&["10.0.0.0/8"], "::ffff:10.0.0.1", &["198.51.100.1"]), "198.51.100.1");
        assert_eq!(client(&["0.0.0.0/0"], "10.0.0.1", &["198.51.100.1"]), "198.51.100.1");
    }

    #[test]
    fn ranges_are_read_or_refused() {
        for bad in ["", "10.0.0.0/33", "10.0.0/8", "::1/129", "x"] {
            assert!(bad.parse::<Cidr>().is_err(), "{bad}");
        }
    }
}
