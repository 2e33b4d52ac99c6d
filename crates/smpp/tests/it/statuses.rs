//! One test for each code of a centre's answers: its class, written down a second time.

use domain::outcome::ErrorClass::{
    self, Account, CarrierFiltered, ContentRejected, InvalidNumber, Network, RateLimited, SenderBlocked, Unknown,
};
use smpp::status::{STATUSES, class_of, is_final_for_bind, shown};

macro_rules! statuses {
    ($($name:ident = $code:literal, $class:ident;)*) => {
        $(
            #[test]
            fn $name() {
                let row = STATUSES.iter().find(|row| row.code == $code).unwrap();
                assert_eq!((row.class, class_of($code)), ($class, $class), "{}", row.name);
                assert_eq!(row.name.to_ascii_lowercase(), stringify!($name));
            }
        )*

        #[test]
        fn no_code_is_without_a_test_of_its_own() {
            let tested: Vec<u32> = vec![$($code),*];
            assert_eq!(tested, STATUSES.iter().map(|row| row.code).collect::<Vec<_>>());
            assert!(tested.is_sorted_by(|one, next| one < next));
        }
    };
}

statuses! {
    rinvmsglen = 0x01, ContentRejected;
    rinvcmdlen = 0x02, ContentRejected;
    rinvcmdid = 0x03, ContentRejected;
    rinvbndsts = 0x04, Network;
    ralybnd = 0x05, Network;
    rinvprtflg = 0x06, ContentRejected;
    rinvregdlvflg = 0x07, ContentRejected;
    rsyserr = 0x08, Network;
    rinvsrcadr = 0x0A, SenderBlocked;
    rinvdstadr = 0x0B, InvalidNumber;
    rinvmsgid = 0x0C, Unknown;
    rbindfail = 0x0D, Account;
    rinvpaswd = 0x0E, Account;
    rinvsysid = 0x0F, Account;
    rcancelfail = 0x11, Unknown;
    rreplacefail = 0x13, Unknown;
    rmsgqful = 0x14, RateLimited;
    rinvsertyp = 0x15, Account;
    rinvnumdests = 0x33, ContentRejected;
    rinvdlname = 0x34, ContentRejected;
    rinvdestflag = 0x40, ContentRejected;
    rinvsubrep = 0x42, ContentRejected;
    rinvesmclass = 0x43, ContentRejected;
    rcntsubdl = 0x44, ContentRejected;
    rsubmitfail = 0x45, Network;
    rinvsrcton = 0x48, SenderBlocked;
    rinvsrcnpi = 0x49, SenderBlocked;
    rinvdstton = 0x50, InvalidNumber;
    rinvdstnpi = 0x51, InvalidNumber;
    rinvsystyp = 0x53, Account;
    rinvrepflag = 0x54, ContentRejected;
    rinvnummsgs = 0x55, ContentRejected;
    rthrottled = 0x58, RateLimited;
    rinvsched = 0x61, ContentRejected;
    rinvexpiry = 0x62, ContentRejected;
    rinvdftmsgid = 0x63, ContentRejected;
    rx_t_appn = 0x64, Network;
    rx_p_appn = 0x65, CarrierFiltered;
    rx_r_appn = 0x66, CarrierFiltered;
    rqueryfail = 0x67, Unknown;
    rinvoptparstream = 0xC0, ContentRejected;
    roptparnotallwd = 0xC1, ContentRejected;
    rinvparlen = 0xC2, ContentRejected;
    rmissingoptparam = 0xC3, ContentRejected;
    rinvoptparamval = 0xC4, ContentRejected;
    rdeliveryfailure = 0xFE, Network;
    runknownerr = 0xFF, Network;
    rsertypunauth = 0x100, Account;
    rprohibited = 0x101, CarrierFiltered;
    rsertypunavail = 0x102, Account;
    rsertypdenied = 0x103, Account;
    rinvdcs = 0x104, ContentRejected;
    rinvsrcaddrsubunit = 0x105, SenderBlocked;
    rinvdstaddrsubunit = 0x106, InvalidNumber;
}

#[test]
fn a_code_nobody_mapped_is_unknown_and_kept() {
    assert_eq!(class_of(0x0410), ErrorClass::Unknown);
    assert_eq!((shown(0x0410), shown(0x58)), ("0x0410".to_owned(), "0x0058".to_owned()));
    assert!(is_final_for_bind(0x0E) && !is_final_for_bind(0x05) && !is_final_for_bind(0x64));
}
