//! Where browsers and providers reach a server, as a command may be told.

use clap::Args;
use engine::Engine;

use crate::exit::Failure;

/// Where the server of a command is reached. One that runs knows by itself.
#[derive(Debug, Clone, Default, Args)]
pub struct PublicUrl {
    /// Where browsers and providers reach the server, for when it does not run: as `hark serve` was told.
    #[arg(long, env = "HARK_PUBLIC_URL", value_name = "URL", global = true)]
    public_url: Option<String>,
}

impl PublicUrl {
    /// The address without its last slash; empty where none was given.
    pub fn checked(&self) -> Result<String, Failure> {
        self.public_url.as_deref().map_or_else(|| Ok(String::new()), checked)
    }
}

/// An address as given: a scheme and a host, without the last slash.
pub fn checked(given: &str) -> Result<String, Failure> {
    let url = given.trim_end_matches('/');
    let rest = url.strip_prefix("https://").or_else(|| url.strip_prefix("http://"));
    match rest {
        Some(host) if !host.is_empty() && !host.contains(['/', '?', '#', '@', ' ']) => Ok(url.to_owned()),
        _ => Err(Failure::Config(format!(
            "--public-url {given}: give a scheme and a host, such as https://hark.example.com"
        ))),
    }
}

/// A link into a server's web app, on a line of its own; where the address is not known, with a
/// second line on what to put before it.
pub fn link(engine: &Engine, path: &str) -> String {
    let url = &engine.settings().public_url;
    let advice = if url.is_empty() {
        "Put the shop's address before it, such as https://hark.example.com, or give --public-url.\n"
    } else {
        ""
    };
    format!("{url}/{path}\n{advice}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_is_a_scheme_and_a_host() -> Result<(), Box<dyn std::error::Error>> {
        assert_eq!(checked("https://a.example/")?, "https://a.example");
        for wrong in ["", "a.example", "ftp://a.example", "https://a.example/x", "https://"] {
            assert!(checked(wrong).is_err(), "{wrong}");
        }
        assert_eq!(PublicUrl::default().checked()?, "");
        Ok(())
    }
}
