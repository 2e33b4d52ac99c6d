//! Identities. Each noun has its own type, so that no two can be swapped.
//!
//! Stored as a UUIDv7, written on the wire as `conv_<32 hex digits>`. The
//! time inside a UUIDv7 is never trusted for order: clients make ids too.

use std::fmt;
use uuid::Uuid;

/// What every identity can do.
pub trait Id: Copy + Eq + Ord + std::hash::Hash + fmt::Display + fmt::Debug + Send + 'static {
    /// The letters in front of the underscore on the wire.
    const PREFIX: &'static str;
    /// The value as stored.
    fn uuid(self) -> Uuid;
    /// An identity from its stored value.
    fn from_uuid(value: Uuid) -> Self;
}

/// Why a string is no identity of the asked kind.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("not an id of the form {prefix}_<32 hex digits>")]
pub struct ParseIdError {
    /// The prefix that was expected.
    pub prefix: &'static str,
}

macro_rules! ids {
    ($($(#[$doc:meta])* $name:ident = $prefix:literal;)*) => {
        $(
            $(#[$doc])*
            #[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
            pub struct $name(Uuid);

            impl $name {
                /// An identity from its stored value.
                #[must_use]
                pub const fn new(value: Uuid) -> Self { Self(value) }
                /// The value as stored.
                #[must_use]
                pub const fn uuid(self) -> Uuid { self.0 }
            }

            impl Id for $name {
                const PREFIX: &'static str = $prefix;
                fn uuid(self) -> Uuid { self.0 }
                fn from_uuid(value: Uuid) -> Self { Self(value) }
            }

            impl fmt::Display for $name {
                fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                    write!(f, concat!($prefix, "_{}"), self.0.simple())
                }
            }

            impl fmt::Debug for $name {
                fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                    fmt::Display::fmt(self, f)
                }
            }

            impl std::str::FromStr for $name {
                type Err = ParseIdError;
                fn from_str(text: &str) -> Result<Self, Self::Err> {
                    let error = ParseIdError { prefix: $prefix };
                    let rest = text
                        .strip_prefix($prefix)
                        .and_then(|rest| rest.strip_prefix('_'))
                        .ok_or_else(|| error.clone())?;
                    // Browsers write UUIDs with hyphens; both forms name the same value.
                    if rest.len() != 32 && rest.len() != 36 {
                        return Err(error);
                    }
                    Uuid::try_parse(rest).map(Self).map_err(|_| error)
                }
            }

            impl serde::Serialize for $name {
                fn serialize<S: serde::Serializer>(&self, s: S) -> Result<S::Ok, S::Error> {
                    s.collect_str(self)
                }
            }

            impl<'de> serde::Deserialize<'de> for $name {
                fn deserialize<D: serde::Deserializer<'de>>(d: D) -> Result<Self, D::Error> {
                    let text = <std::borrow::Cow<'de, str>>::deserialize(d)?;
                    text.parse().map_err(serde::de::Error::custom)
                }
            }
        )*

        /// Calls a macro once with the list of all identity types.
        #[macro_export]
        macro_rules! for_each_id {
            ($callback:path) => { $callback! { $($name),* } };
        }

        #[cfg(test)]
        const PREFIXES: &[&str] = &[$($prefix),*];
    };
}

ids! {
    /// One shop's data.
    WorkspaceId = "ws";
    /// A person who signs in.
    MemberId = "mem";
    /// A login at a provider, with its senders.
    AccountId = "acc";
    /// An address customers write to.
    InboxId = "inb";
    /// The person who texts.
    CustomerId = "cus";
    /// Two customers made one.
    MergeId = "mrg";
    /// One thread between a customer's address and an inbox.
    ConversationId = "conv";
    /// One item in a conversation.
    MessageId = "msg";
    /// A picture or file in a message.
    MediaId = "med";
    /// One try at handing a message to a provider.
    AttemptId = "att";
    /// A key for the API.
    ApiKeyId = "key";
    /// A sign-in of a member in one browser.
    SessionId = "ses";
    /// An invitation to a workspace.
    InviteId = "inv";
    /// A piece of due work.
    JobId = "job";
    /// An order in a shop.
    OrderId = "ord";
    /// An entry of the audit log.
    AuditId = "aud";
    /// An entry of the consent ledger.
    ConsentId = "con";
    /// A disclosure: the words shown when consent was asked for.
    DisclosureId = "dis";
    /// A pack of evidence about one address.
    EvidencePackId = "pack";
    /// A file from another tool.
    ImportId = "imp";
    /// An erasure of one customer.
    ErasureId = "ers";
    /// A join keyword.
    JoinWordId = "join";
    /// A page where customers agree to texts.
    OptinPageId = "opt";
    /// A poster that leads to such a page.
    PosterId = "pos";
    /// A change of one rule of law by an operator.
    RuleOverrideId = "ovr";
    /// A dry run of rules.
    DryRunId = "dry";
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn wire_form_round_trips_and_refuses_other_kinds() {
        let id = MessageId::new(Uuid::from_u128(0x0192_0000_0000_7000_8000_0000_0000_0001));
        assert_eq!(id.to_string(), "msg_01920000000070008000000000000001");
        assert_eq!(id.to_string().parse(), Ok(id));
        assert_eq!("msg_01920000-0000-7000-8000-000000000001".parse(), Ok(id));
        for wrong in
            ["", "msg_", "conv_01920000000070008000000000000001", "msg01920000000070008000000000000001", "msg_zz"]
        {
            assert!(wrong.parse::<MessageId>().is_err(), "{wrong}");
        }
    }

    #[test]
    fn no_prefix_is_used_twice() {
        let mut seen = PREFIXES.to_vec();
        seen.sort_unstable();
        seen.dedup();
        assert_eq!(seen.len(), PREFIXES.len());
    }
}
