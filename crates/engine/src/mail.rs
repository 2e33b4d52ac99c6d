//! Mail to members: invitations and reset links. Optional: a link can be copied instead.

use crate::crypto::{self, CryptoError};
use lettre::message::Mailbox;
use lettre::message::header::{Header, HeaderName, HeaderValue};
use lettre::{AsyncSmtpTransport, AsyncTransport, Message, Tokio1Executor};

/// Why mail does not leave.
#[derive(Debug, thiserror::Error)]
pub enum MailError {
    /// The address or sender cannot be one.
    #[error("{0} is no mail address")]
    Address(String),
    /// The server's URL is wrong, or it refused.
    #[error("the mail server: {0}")]
    Smtp(#[from] lettre::transport::smtp::Error),
    /// No name for the message could be made.
    #[error(transparent)]
    Crypto(#[from] CryptoError),
    /// The message could not be written.
    #[error("the mail could not be written: {0}")]
    Message(#[from] lettre::error::Error),
}

/// A way to send mail.
#[derive(Clone)]
pub struct Mailer {
    transport: AsyncSmtpTransport<Tokio1Executor>,
    from: Mailbox,
}

impl std::fmt::Debug for Mailer {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Mailer(from {})", self.from)
    }
}

impl Mailer {
    /// A way through a server such as `smtps://user:password@mail.example.com`.
    ///
    /// # Errors
    /// [`MailError`].
    pub fn new(url: &str, from: &str) -> Result<Self, MailError> {
        let transport = AsyncSmtpTransport::<Tokio1Executor>::from_url(url)?
            .timeout(Some(std::time::Duration::from_secs(10)))
            .build();
        Ok(Self { transport, from: mailbox(from)? })
    }

    /// Sends a plain text.
    ///
    /// # Errors
    /// [`MailError`].
    pub async fn send(&self, to: &str, subject: &str, body: String) -> Result<(), MailError> {
        // Without a name of its own (RFC 5322, 3.6.4) many servers take a message for spam.
        let name = format!("<{}@{}>", crypto::token()?, self.from.email.domain());
        let message = Message::builder()
            .message_id(Some(name))
            .from(self.from.clone())
            .to(mailbox(to)?)
            .subject(subject)
            .header(Automatic)
            .body(body)?;
        self.transport.send(message).await?;
        Ok(())
    }
}

/// Nobody's absence note shall answer (RFC 3834, 5).
#[derive(Clone)]
struct Automatic;

impl Header for Automatic {
    fn name() -> HeaderName {
        HeaderName::new_from_ascii_str("Auto-Submitted")
    }

    fn parse(_: &str) -> Result<Self, Box<dyn std::error::Error + Send + Sync>> {
        Ok(Self)
    }

    fn display(&self) -> HeaderValue {
        HeaderValue::new(Self::name(), "auto-generated".to_owned())
    }
}

fn mailbox(text: &str) -> Result<Mailbox, MailError> {
    text.parse().map_err(|_| MailError::Address(text.to_owned()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn wrong_settings_are_found_at_start() {
        assert!(Mailer::new("smtp://127.0.0.1:2525", "Hark <hark@example.com>").is_ok());
        assert!(Mailer::new("ftp://127.0.0.1", "hark@example.com").is_err());
        assert!(Mailer::new("smtp://127.0.0.1", "nobody").is_err());
    }
}
