//! Consent: what a customer permits, and how that stands after each entry of the ledger.
//!
//! The ledger only grows. How consent *stands* for an address, a channel, a
//! purpose and a topic is folded from its entries in the order they occurred;
//! an entry that arrives late never undoes a later one.

mod disclosure;
mod standing;

pub use disclosure::{PAGE_DISCLOSURE_CHARS_MAX, Region, ask_to_confirm, settled, welcome};
pub use standing::{Standing, Status, Unfit, apply, kept, marketing};

use crate::message::words;

/// The topic that stands for all topics.
pub const EVERY_TOPIC: &str = "";

/// Most characters of a topic's name.
pub const TOPIC_CHARS_MAX: usize = 40;

words! {
    /// The channel a consent is for. Pictures go with texts.
    Channel {
        /// Texts, with or without pictures.
        Sms = "sms",
        /// E-mail.
        Email = "email",
    }
}

words! {
    /// What a consent is for.
    Permits {
        /// To sell. 47 CFR 64.1200(f)(9) wants it in writing.
        Marketing = "marketing",
        /// About an order or account. 47 CFR 64.1200(a)(1) wants it express.
        Transactional = "transactional",
        /// Everything; only ever withdrawn or resumed, never granted.
        All = "all",
    }
}

words! {
    /// What an entry of the ledger does.
    Action {
        /// Permission was asked for and is not confirmed yet (double opt-in).
        Request = "request",
        /// The customer gave permission.
        Grant = "grant",
        /// The customer confirmed what was asked for.
        Confirm = "confirm",
        /// The customer withdrew it, in any reasonable manner (47 CFR 64.1200(a)(10)).
        Revoke = "revoke",
        /// The customer wants texts again after an opt-out. Marketing needs a grant of its own.
        Resume = "resume",
        /// Asked which texts an opt-out of everything meant, the customer keeps these: the rest stays ended
        /// (47 CFR 64.1200(a)(12)).
        Keep = "keep",
        /// The number belongs to nobody, or to somebody else, so what was permitted ended.
        Expire = "expire",
        /// The customer may have withdrawn it, and nobody has said yet whether.
        Doubt = "doubt",
        /// A person read the doubtful words: they withdrew nothing.
        Settle = "settle",
    }
}

words! {
    /// What became of the question whether a text asked to stop.
    UnsureAnswer {
        /// It did: they are opted out.
        OptedOut = "opted_out",
        /// It did not: all stays as it was.
        Stays = "stays",
        /// Something else decided it first: STOP, START, or another text of theirs.
        Moot = "moot",
    }
}

words! {
    /// How good a permission is, weakest first.
    Proof {
        /// Said to exist by an import without evidence. Never enough for marketing.
        Unproven = "unproven",
        /// The customer wrote first. Enough to answer.
        Inbound = "inbound",
        /// Given by word or by handing over the number for it.
        Express = "express",
        /// Signed, a ticked box or a keyword included, with the disclosure shown
        /// (47 CFR 64.1200(f)(9), E-SIGN).
        Written = "written",
    }
}

words! {
    /// By which way an entry came about.
    Method {
        /// A keyword texted to us.
        Keyword = "keyword",
        /// The customer's own words, as understood.
        OwnWords = "own_words",
        /// A form on a web page.
        WebForm = "web_form",
        /// The shop's checkout.
        Checkout = "checkout",
        /// Paper.
        Paper = "paper",
        /// A file from another tool.
        Import = "import",
        /// A member, on the customer's behalf.
        Agent = "agent",
        /// A program.
        Api = "api",
        /// The carrier or provider refused a text for it.
        Network = "network",
        /// An e-mail.
        Email = "email",
        /// The customer's preference page.
        PreferencePage = "preference_page",
        /// A feed of numbers that changed hands or were switched off.
        NumberFeed = "number_feed",
        /// Two customers were parted again, and the other one's opt-out came while they were one.
        Unmerge = "unmerge",
    }
}

/// An entry, as far as the fold cares.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Entry {
    /// What it does.
    pub action: Action,
    /// How good the permission is.
    pub proof: Proof,
    /// When the customer acted, Unix ms.
    pub occurred_at: i64,
}
