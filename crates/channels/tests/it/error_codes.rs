//! One test for each error code of a provider: its class, its source, and how it is found.
//!
//! The classes are written down a second time where this is used, by what was read about each
//! code, so that a slip in the table shows.

/// Named tests of a provider's table.
#[macro_export]
macro_rules! error_codes {
    ($table:expr; $($name:ident = $code:literal, $class:ident, $source:ident;)*) => {
        $(
            #[test]
            fn $name() {
                let row = $table.iter().find(|row| row.code == $code).unwrap();
                assert_eq!((row.class, row.source), ($class, channels::channel::Source::$source), "{}", row.title);
                assert_eq!(channels::channel::class_in($table, stringify!($code)), $class);
                assert!(!row.title.is_empty());
            }
        )*

        #[test]
        fn no_code_is_without_a_test_of_its_own() {
            let tested: Vec<u32> = vec![$($code),*];
            assert_eq!(tested, $table.iter().map(|row| row.code).collect::<Vec<_>>());
        }
    };
}
