//! What the codes of a centre's answers mean. One code has one class.

use domain::outcome::ErrorClass::{
    self, Account, CarrierFiltered, ContentRejected, InvalidNumber, Network, RateLimited, SenderBlocked, Unknown,
};

/// All is well.
pub const OK: u32 = 0x00;
/// The length of a unit is wrong.
pub const INVALID_LENGTH: u32 = 0x02;
/// Nobody knows such a command.
pub const INVALID_COMMAND: u32 = 0x03;
/// The queue of the centre, or ours, is full.
pub const QUEUE_FULL: u32 = 0x14;
/// More than the centre takes in this time.
pub const THROTTLED: u32 = 0x58;
/// Not now: to be sent again.
pub const TEMPORARY: u32 = 0x64;
/// Never: not to be sent again.
pub const REJECTED: u32 = 0x66;

/// What one code means.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct StatusRow {
    /// The number in `command_status`.
    pub code: u32,
    /// Its class. A code of an operation that Hark does not use is [`ErrorClass::Unknown`].
    pub class: ErrorClass,
    /// The protocol's name, without `ESME_`.
    pub name: &'static str,
}

const fn row(code: u32, class: ErrorClass, name: &'static str) -> StatusRow {
    StatusRow { code, class, name }
}

/// Every code of SMPP 3.4 (5.1.3), and those of 5.0 that a centre may answer to a 3.4 text; sorted.
///
/// What says that a unit of ours is malformed is `ContentRejected`: the text cannot be sent as it
/// is, and trying again would not mend it. 0x08, 0xFE and 0xFF say that the centre failed, not that
/// it took the text: an answer that is no yes is a no.
pub static STATUSES: &[StatusRow] = &[
    row(0x01, ContentRejected, "RINVMSGLEN"),
    row(0x02, ContentRejected, "RINVCMDLEN"),
    row(0x03, ContentRejected, "RINVCMDID"),
    row(0x04, Network, "RINVBNDSTS"),
    // An old connection of ours that the centre has not given up yet.
    row(0x05, Network, "RALYBND"),
    row(0x06, ContentRejected, "RINVPRTFLG"),
    row(0x07, ContentRejected, "RINVREGDLVFLG"),
    row(0x08, Network, "RSYSERR"),
    row(0x0A, SenderBlocked, "RINVSRCADR"),
    row(0x0B, InvalidNumber, "RINVDSTADR"),
    row(0x0C, Unknown, "RINVMSGID"),
    row(0x0D, Account, "RBINDFAIL"),
    row(0x0E, Account, "RINVPASWD"),
    row(0x0F, Account, "RINVSYSID"),
    row(0x11, Unknown, "RCANCELFAIL"),
    row(0x13, Unknown, "RREPLACEFAIL"),
    row(0x14, RateLimited, "RMSGQFUL"),
    row(0x15, Account, "RINVSERTYP"),
    row(0x33, ContentRejected, "RINVNUMDESTS"),
    row(0x34, ContentRejected, "RINVDLNAME"),
    row(0x40, ContentRejected, "RINVDESTFLAG"),
    row(0x42, ContentRejected, "RINVSUBREP"),
    row(0x43, ContentRejected, "RINVESMCLASS"),
    row(0x44, ContentRejected, "RCNTSUBDL"),
    row(0x45, Network, "RSUBMITFAIL"),
    row(0x48, SenderBlocked, "RINVSRCTON"),
    row(0x49, SenderBlocked, "RINVSRCNPI"),
    row(0x50, InvalidNumber, "RINVDSTTON"),
    row(0x51, InvalidNumber, "RINVDSTNPI"),
    row(0x53, Account, "RINVSYSTYP"),
    row(0x54, ContentRejected, "RINVREPFLAG"),
    row(0x55, ContentRejected, "RINVNUMMSGS"),
    row(0x58, RateLimited, "RTHROTTLED"),
    row(0x61, ContentRejected, "RINVSCHED"),
    row(0x62, ContentRejected, "RINVEXPIRY"),
    row(0x63, ContentRejected, "RINVDFTMSGID"),
    row(0x64, Network, "RX_T_APPN"),
    row(0x65, CarrierFiltered, "RX_P_APPN"),
    row(0x66, CarrierFiltered, "RX_R_APPN"),
    row(0x67, Unknown, "RQUERYFAIL"),
    row(0xC0, ContentRejected, "RINVOPTPARSTREAM"),
    row(0xC1, ContentRejected, "ROPTPARNOTALLWD"),
    row(0xC2, ContentRejected, "RINVPARLEN"),
    row(0xC3, ContentRejected, "RMISSINGOPTPARAM"),
    row(0xC4, ContentRejected, "RINVOPTPARAMVAL"),
    row(0xFE, Network, "RDELIVERYFAILURE"),
    row(0xFF, Network, "RUNKNOWNERR"),
    row(0x100, Account, "RSERTYPUNAUTH"),
    row(0x101, CarrierFiltered, "RPROHIBITED"),
    row(0x102, Account, "RSERTYPUNAVAIL"),
    row(0x103, Account, "RSERTYPDENIED"),
    row(0x104, ContentRejected, "RINVDCS"),
    row(0x105, SenderBlocked, "RINVSRCADDRSUBUNIT"),
    row(0x106, InvalidNumber, "RINVDSTADDRSUBUNIT"),
];

/// The class of a code; `Unknown` for one that is not in the table, as vendors' own from 0x400 are not.
#[must_use]
pub fn class_of(code: u32) -> ErrorClass {
    STATUSES.binary_search_by_key(&code, |row| row.code).map_or(Unknown, |at| STATUSES[at].class)
}

/// A code as it is kept and shown: four hexadecimal digits, as centres' own lists have them.
#[must_use]
pub fn shown(code: u32) -> String {
    format!("{code:#06x}")
}

/// Whether a refused log-in will be refused again until somebody changes the account.
#[must_use]
pub fn is_final_for_bind(code: u32) -> bool {
    class_of(code) == Account
}
