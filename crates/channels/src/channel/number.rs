//! How our numbers are set up at a provider, as far as it tells.

use super::{Account, BoxFuture, CheckError};
use domain::address::Address;

/// Where a provider posts the texts that come in to a number.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum InboundAddress {
    /// There.
    Url(String),
    /// Nowhere: customers' texts would be lost.
    Nowhere,
    /// The provider does not tell by the way we ask.
    Untold,
}

/// What a provider says about a number.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NumberReport {
    /// Whether the number may send and receive texts.
    pub texts: bool,
    /// Whether it may send and receive pictures.
    pub pictures: bool,
    /// Where its texts are posted.
    pub inbound: InboundAddress,
}

/// Asks a provider about our numbers, without changing anything.
pub trait CheckNumbers: Send + Sync {
    /// What it says about a number; `None` where the account does not have it.
    fn number<'a>(
        &'a self,
        account: &'a Account,
        number: &'a Address,
    ) -> BoxFuture<'a, Result<Option<NumberReport>, CheckError>>;
}
