//! One test for each of Telnyx's error codes.

use crate::error_codes;
use channels::telnyx::CODES;
use domain::outcome::ErrorClass::{
    Account, CarrierFiltered, ContentRejected, DailyCap, Expired, GeoBlocked, InvalidNumber, Landline, Media, OptedOut,
    ProviderFiltered, RateLimited, SenderBlocked, SenderUnregistered, Unreachable,
};

error_codes! {
    CODES;
    code_10001 = 10001, InvalidNumber, Page;
    code_10002 = 10002, InvalidNumber, Page;
    code_10003 = 10003, Account, Page;
    code_10004 = 10004, ContentRejected, Page;
    code_10005 = 10005, Account, Page;
    code_10006 = 10006, Account, Page;
    code_10009 = 10009, Account, Page;
    code_10010 = 10010, Account, Page;
    code_10011 = 10011, RateLimited, Page;
    code_10015 = 10015, ContentRejected, Page;
    code_10016 = 10016, InvalidNumber, Page;
    code_20002 = 20002, Account, Title;
    code_20006 = 20006, Account, Title;
    code_20012 = 20012, Account, Title;
    code_20013 = 20013, Account, Title;
    code_20014 = 20014, Account, Title;
    code_20015 = 20015, Account, Title;
    code_20016 = 20016, Account, Title;
    code_20017 = 20017, Account, Title;
    code_20100 = 20100, Account, Title;
    code_40001 = 40001, Landline, Page;
    code_40002 = 40002, CarrierFiltered, Page;
    code_40003 = 40003, CarrierFiltered, Page;
    code_40004 = 40004, Unreachable, Page;
    code_40005 = 40005, Expired, Page;
    code_40006 = 40006, Unreachable, Page;
    code_40009 = 40009, ContentRejected, Page;
    code_40010 = 40010, SenderUnregistered, Page;
    code_40011 = 40011, RateLimited, Page;
    code_40012 = 40012, InvalidNumber, Page;
    code_40013 = 40013, SenderBlocked, Page;
    code_40014 = 40014, Expired, Page;
    code_40015 = 40015, ProviderFiltered, Page;
    code_40016 = 40016, DailyCap, Page;
    code_40017 = 40017, CarrierFiltered, Page;
    code_40018 = 40018, RateLimited, Page;
    code_40019 = 40019, SenderUnregistered, Page;
    code_40020 = 40020, ProviderFiltered, Page;
    code_40100 = 40100, SenderBlocked, Page;
    code_40150 = 40150, SenderUnregistered, Page;
    code_40151 = 40151, SenderBlocked, Page;
    code_40155 = 40155, SenderBlocked, Page;
    code_40300 = 40300, OptedOut, Page;
    code_40301 = 40301, SenderBlocked, Page;
    code_40302 = 40302, ContentRejected, Page;
    code_40304 = 40304, ContentRejected, Page;
    code_40305 = 40305, SenderBlocked, Page;
    code_40306 = 40306, SenderBlocked, Page;
    code_40307 = 40307, SenderBlocked, Page;
    code_40308 = 40308, Media, Page;
    code_40309 = 40309, GeoBlocked, Page;
    code_40310 = 40310, InvalidNumber, Page;
    code_40311 = 40311, Account, Page;
    code_40312 = 40312, Account, Page;
    code_40313 = 40313, Account, Page;
    code_40314 = 40314, Account, Page;
    code_40315 = 40315, SenderBlocked, Page;
    code_40316 = 40316, ContentRejected, Page;
    code_40317 = 40317, Media, Page;
    code_40318 = 40318, RateLimited, Page;
    code_40319 = 40319, SenderBlocked, Page;
    code_40320 = 40320, SenderBlocked, Page;
    code_40321 = 40321, SenderBlocked, Page;
    code_40322 = 40322, ContentRejected, Page;
    code_40323 = 40323, SenderBlocked, Page;
    code_40325 = 40325, SenderBlocked, Page;
    code_40328 = 40328, ContentRejected, Page;
    code_40329 = 40329, SenderUnregistered, Page;
    code_40330 = 40330, SenderUnregistered, Page;
    code_40331 = 40331, GeoBlocked, Page;
    code_40333 = 40333, Account, Page;
}

/// What Telnyx leaves open is tried once more and shown with its code, as everything unknown.
#[test]
fn a_carrier_that_did_not_accept_a_text_says_nothing_about_why() {
    assert!(CODES.iter().all(|row| row.code != 40_008));
}
