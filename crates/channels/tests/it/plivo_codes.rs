//! One test for each of Plivo's error codes.

use crate::error_codes;
use channels::plivo::CODES;
use domain::outcome::ErrorClass::{
    Account, CarrierFiltered, ContentRejected, Deactivated, Expired, GeoBlocked, InvalidNumber, Landline, Network,
    OptedOut, SenderBlocked, Unreachable,
};

error_codes! {
    CODES;
    code_10 = 10, ContentRejected, Page;
    code_20 = 20, Network, Page;
    code_30 = 30, CarrierFiltered, Page;
    code_40 = 40, SenderBlocked, Page;
    code_50 = 50, InvalidNumber, Title;
    code_60 = 60, Network, Title;
    code_70 = 70, Deactivated, Title;
    code_80 = 80, Unreachable, Title;
    code_90 = 90, Network, Title;
    code_100 = 100, Landline, Title;
    code_110 = 110, ContentRejected, Title;
    code_200 = 200, OptedOut, Page;
    code_201 = 201, GeoBlocked, Title;
    code_300 = 300, Network, Title;
    code_420 = 420, Expired, Page;
    code_900 = 900, Account, Title;
    code_910 = 910, Account, Title;
    code_1000 = 1000, Network, Title;
}
