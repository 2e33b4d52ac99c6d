//! What a message is: its kind, purpose, author and where it stands.

macro_rules! words {
    ($(#[$doc:meta])* $name:ident { $($(#[$vdoc:meta])* $variant:ident = $word:literal,)* }) => {
        $(#[$doc])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, serde::Serialize, serde::Deserialize)]
        pub enum $name { $($(#[$vdoc])* #[serde(rename = $word)] $variant,)* }

        impl $name {
            /// Every value.
            pub const ALL: &'static [Self] = &[$(Self::$variant),*];
            /// The word stored and sent on the wire.
            #[must_use]
            pub const fn word(self) -> &'static str { match self { $(Self::$variant => $word,)* } }
            /// The value of a word.
            #[must_use]
            pub fn from_word(word: &str) -> Option<Self> { match word { $($word => Some(Self::$variant),)* _ => None } }
        }

        impl std::fmt::Display for $name {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result { f.write_str(self.word()) }
        }
    };
}
pub(crate) use words;

words! {
    /// Why a message is sent.
    Purpose {
        /// Part of a talk the customer takes part in.
        Conversational = "conversational",
        /// About an order or account.
        Transactional = "transactional",
        /// To sell.
        Marketing = "marketing",
        /// A one-time password.
        Otp = "otp",
    }
}

words! {
    /// What permits an outbound text in law. It follows from what the gate judged the text as.
    LegalBasis {
        /// The customer agreed to marketing in writing (47 CFR 64.1200(f)(9)).
        WrittenConsent = "written_consent",
        /// The customer agreed to marketing, though not in writing.
        ExpressConsent = "express_consent",
        /// It answers a text the customer sent.
        Inquiry = "inquiry",
        /// The shop begins a talk with a customer of its own that sells nothing.
        Relationship = "relationship",
        /// It is about an order or account of the customer's.
        Order = "order",
        /// The customer asked for this code.
        CodeAsked = "code_asked",
        /// The customer texted a keyword that must be answered.
        Keyword = "keyword",
        /// The customer has just asked for it by the form of an opt-in page.
        SignUp = "sign_up",
    }
}

words! {
    /// What a text travels on.
    Channel {
        /// A text.
        Sms = "sms",
        /// A text with pictures.
        Mms = "mms",
        /// E-mail.
        Email = "email",
        /// Chat on the shop's site.
        Chat = "chat",
    }
}

impl Channel {
    /// Whether consent to it covers texts to a phone number.
    #[must_use]
    pub const fn is_text(self) -> bool {
        matches!(self, Self::Sms | Self::Mms)
    }
}

words! {
    /// What an item in a conversation is.
    Kind {
        /// A customer's text.
        Inbound = "inbound",
        /// Our text.
        Outbound = "outbound",
        /// A private note.
        Note = "note",
        /// Something that happened: assigned, closed, opted out.
        Event = "event",
    }
}

words! {
    /// Who asked for an outbound message. Every origin passes the same gate.
    Origin {
        /// A member typed it.
        Person = "person",
        /// A bot wrote it.
        Bot = "bot",
        /// A flow sent it.
        Flow = "flow",
        /// A campaign sent it.
        Campaign = "campaign",
        /// A program asked by API.
        Api = "api",
        /// The single confirmation of an opt-out.
        OptOutConfirmation = "opt_out_confirmation",
        /// The answer to START or to a join keyword.
        OptInConfirmation = "opt_in_confirmation",
        /// The answer to the form of an opt-in page: the request to confirm it, or the welcome.
        SignUpRequest = "sign_up_request",
        /// The answer to HELP.
        HelpAnswer = "help_answer",
    }
}

impl Origin {
    /// Whether a program wrote it, not a person in a thread.
    #[must_use]
    pub const fn by_program(self) -> bool {
        match self {
            Self::Person => false,
            Self::Api
            | Self::Campaign
            | Self::Bot
            | Self::Flow
            | Self::OptOutConfirmation
            | Self::OptInConfirmation
            | Self::SignUpRequest
            | Self::HelpAnswer => true,
        }
    }

    /// Whether it answers a keyword, in words that law and carriers ask for.
    #[must_use]
    pub const fn answers_keyword(self) -> bool {
        match self {
            Self::OptOutConfirmation | Self::OptInConfirmation | Self::HelpAnswer => true,
            Self::Person | Self::Bot | Self::Flow | Self::Campaign | Self::Api | Self::SignUpRequest => false,
        }
    }

    /// Whether no person decided on this very text. Automatic texts are limited
    /// so that two machines never talk to each other without end.
    #[must_use]
    pub const fn automatic(self) -> bool {
        match self {
            Self::Person | Self::Api | Self::Campaign => false,
            Self::Bot
            | Self::Flow
            | Self::OptOutConfirmation
            | Self::OptInConfirmation
            | Self::SignUpRequest
            | Self::HelpAnswer => true,
        }
    }
}

words! {
    /// Where a message stands.
    State {
        /// A customer's text that we have.
        Received = "received",
        /// A note or event: nothing to deliver.
        Noted = "noted",
        /// Waits in the outbox.
        Queued = "queued",
        /// Waits for a legal or chosen instant.
        Held = "held",
        /// The gate said no.
        Refused = "refused",
        /// Claimed; on its way to the provider.
        HandingOver = "handing_over",
        /// Nobody knows whether the provider took it.
        Ambiguous = "ambiguous",
        /// The provider took it.
        Accepted = "accepted",
        /// The provider gave it to the carrier.
        Sent = "sent",
        /// No receipt came within 72 hours.
        SentUnconfirmed = "sent_unconfirmed",
        /// The carrier could not deliver it.
        Undelivered = "undelivered",
        /// The provider failed to send it.
        Failed = "failed",
        /// The carrier says it arrived.
        Delivered = "delivered",
        /// Taken back before it left.
        Cancelled = "cancelled",
    }
}

impl State {
    /// Whether the message waits in the outbox and can still be taken back.
    #[must_use]
    pub const fn waiting(self) -> bool {
        matches!(self, Self::Queued | Self::Held)
    }

    /// Whether a person should look: it did not arrive, or nobody knows.
    #[must_use]
    pub const fn failed(self) -> bool {
        matches!(self, Self::Refused | Self::Undelivered | Self::Failed | Self::Ambiguous)
    }

    /// Whether it is known that the message did not arrive and never will.
    #[must_use]
    pub const fn lost(self) -> bool {
        matches!(self, Self::Refused | Self::Undelivered | Self::Failed | Self::Cancelled)
    }
}
