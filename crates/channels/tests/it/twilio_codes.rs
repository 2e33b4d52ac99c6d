//! One test for each of Twilio's error codes: its class, its source, and what follows from it.
//!
//! The classes are written down here a second time, by what was read about each
//! code, so that a slip in the table shows.

use crate::error_codes;
use channels::twilio::{CODES, Source, class_of};
use domain::outcome::ErrorClass::{
    self, Account, CarrierFiltered, ContentRejected, DailyCap, Deactivated, Expired, GeoBlocked, InvalidNumber,
    Landline, Media, Network, OptedOut, ProviderFiltered, RateLimited, RecipientBlocked, SenderBlocked,
    SenderUnregistered, Unreachable,
};

error_codes! {
    CODES;
    code_11751 = 11751, Media, Title;
    code_20003 = 20003, Account, Page;
    code_20429 = 20429, RateLimited, Page;
    code_21211 = 21211, InvalidNumber, Title;
    code_21212 = 21212, SenderBlocked, Page;
    code_21408 = 21408, GeoBlocked, Title;
    code_21602 = 21602, ContentRejected, Page;
    code_21605 = 21605, ContentRejected, Page;
    code_21606 = 21606, SenderBlocked, Page;
    code_21609 = 21609, Account, Page;
    code_21610 = 21610, OptedOut, Title;
    code_21611 = 21611, RateLimited, Title;
    code_21614 = 21614, InvalidNumber, Title;
    code_21617 = 21617, ContentRejected, Page;
    code_21620 = 21620, Media, Page;
    code_21659 = 21659, SenderBlocked, Page;
    code_21660 = 21660, SenderBlocked, Page;
    code_21703 = 21703, SenderBlocked, Unread;
    code_30001 = 30001, RateLimited, Title;
    code_30002 = 30002, Account, Title;
    code_30003 = 30003, Unreachable, Title;
    code_30004 = 30004, RecipientBlocked, Title;
    code_30005 = 30005, Deactivated, Title;
    code_30006 = 30006, Landline, Title;
    code_30007 = 30007, CarrierFiltered, Title;
    code_30008 = 30008, Network, Title;
    code_30011 = 30011, Media, Title;
    code_30019 = 30019, ContentRejected, Title;
    code_30022 = 30022, RateLimited, Page;
    code_30023 = 30023, DailyCap, Title;
    code_30024 = 30024, SenderUnregistered, Title;
    code_30027 = 30027, DailyCap, Title;
    code_30032 = 30032, SenderUnregistered, Title;
    code_30034 = 30034, SenderUnregistered, Title;
    code_30036 = 30036, Expired, Title;
    code_30037 = 30037, SenderBlocked, Title;
    code_30038 = 30038, ProviderFiltered, Title;
    code_30040 = 30040, SenderUnregistered, Title;
    code_30041 = 30041, SenderUnregistered, Title;
    code_30125 = 30125, SenderUnregistered, Title;
    code_30410 = 30410, Network, Page;
    code_30450 = 30450, ProviderFiltered, Title;
    code_30485 = 30485, Network, Title;
}

#[test]
fn the_table_is_sorted_and_maps_nothing_to_the_unknown() {
    assert!(CODES.is_sorted_by(|one, next| one.code < next.code), "sorted and without doubles");
    assert!(CODES.iter().all(|row| row.class != ErrorClass::Unknown));
    for strange in ["", "1", "99999", "21610x", "-1", "999999999999"] {
        assert_eq!(class_of(strange), ErrorClass::Unknown, "{strange}");
    }
}

/// What nobody has read may neither opt anybody out nor be tried again.
#[test]
fn what_is_only_generally_known_does_no_harm() {
    let unread: Vec<_> = CODES.iter().filter(|row| row.source == Source::Unread).collect();
    assert_eq!(unread.len(), 1, "read about the new one, or say here why it cannot be");
    for row in unread {
        assert_eq!(row.class.retry(), domain::outcome::Retry::Never, "{}", row.code);
        assert_ne!(row.class, OptedOut, "{}", row.code);
    }
}
