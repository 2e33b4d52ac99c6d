//! Chains: what is written reads back, and no change goes unseen.

use domain::evidence::{Canon, Kind, Sealed, decode, encode, entry_digest, genesis, link, slices, tree};
use proptest::prelude::*;
use uuid::Uuid;

fn sealed() -> impl Strategy<Value = Sealed> {
    (0..Kind::ALL.len(), proptest::collection::vec(any::<u8>(), 0..40), any::<[u8; 32]>())
        .prop_map(|(kind, key, digest)| Sealed { kind: Kind::ALL[kind], key, digest })
}

proptest! {
    #[test]
    fn what_is_encoded_reads_back(items in proptest::collection::vec(sealed(), 0..20)) {
        prop_assert_eq!(decode(&encode(&items)).unwrap(), items);
    }

    #[test]
    fn cut_bytes_are_refused_or_whole_rows(items in proptest::collection::vec(sealed(), 1..6), cut in 1_usize..200) {
        let bytes = encode(&items);
        if let Some(short) = bytes.len().checked_sub(cut)
            && let Ok(read) = decode(&bytes[..short])
        {
            prop_assert!(read.len() < items.len());
            prop_assert_eq!(&items[..read.len()], &read[..]);
        }
    }

    #[test]
    fn any_changed_bit_of_an_entry_changes_every_later_hash(
        items in proptest::collection::vec(sealed(), 1..5), at in any::<i64>(), flip in any::<prop::sample::Index>(),
    ) {
        let before = genesis(Uuid::from_u128(7));
        let bytes = encode(&items);
        let mut altered = bytes.clone();
        let place = flip.index(altered.len());
        altered[place] ^= 1;
        let good = link(&before, &entry_digest(at, &bytes));
        let bad = link(&before, &entry_digest(at, &altered));
        prop_assert_ne!(good, bad);
        let after = entry_digest(0, &[]);
        prop_assert_ne!(link(&good, &after), link(&bad, &after));
        prop_assert_ne!(good, link(&before, &entry_digest(at.wrapping_add(1), &bytes)));
    }
}

#[test]
fn fields_cannot_flow_into_each_other() {
    let row = || Canon::new(Kind::Consent);
    let different = [
        row().text("ab").text("c").digest(),
        row().text("a").text("bc").digest(),
        row().text("abc").digest(),
        row().bytes(b"abc").digest(),
        row().text("abc").text("").digest(),
        row().text("abc").maybe(None::<&str>, Canon::text).digest(),
        row().text("abc").maybe(Some(""), Canon::text).maybe(None::<&str>, Canon::text).digest(),
        Canon::new(Kind::Audit).text("abc").digest(),
        row().int(0).digest(),
        row().uuid(Uuid::nil()).digest(),
    ];
    for (i, left) in different.iter().enumerate() {
        for right in &different[i + 1..] {
            assert_ne!(left, right);
        }
    }
}

#[test]
fn tags_stand_for_good() {
    let tags: Vec<u8> = Kind::ALL.iter().map(|kind| kind.tag()).collect();
    assert_eq!(tags, [1, 2, 3, 4, 5], "a number once given is never given anew");
    assert_ne!(genesis(Uuid::from_u128(1)), genesis(Uuid::from_u128(2)));
    assert_eq!(Kind::from_tag(0), None);
}

proptest! {
    #[test]
    fn a_row_leads_to_the_root_from_its_own_place_alone(
        rows in proptest::collection::vec(proptest::collection::vec(any::<u8>(), 0..40), 1..40), at in any::<prop::sample::Index>(),
        shift in 1_u64..8,
    ) {
        let rows: Vec<&[u8]> = rows.iter().map(Vec::as_slice).collect();
        let (index, count) = (at.index(rows.len()), u64::try_from(rows.len()).unwrap());
        let place = u64::try_from(index).unwrap();
        let root = tree::root(&rows);
        let mut beside = tree::path(&rows, index).unwrap();
        prop_assert_eq!(tree::climb(rows[index], place, count, &beside), Some(root));
        prop_assert_ne!(tree::climb(b"something else entirely, longer than any row of these", place, count, &beside), Some(root));
        let elsewhere = (place + shift) % count;
        if rows.iter().filter(|row| **row == rows[index]).count() == 1 && elsewhere != place {
            prop_assert_ne!(tree::climb(rows[index], elsewhere, count, &beside), Some(root));
        }
        prop_assert_eq!(tree::climb(rows[index], count, count, &beside), None);
        beside.push([0; 32]);
        prop_assert_eq!(tree::climb(rows[index], place, count, &beside), None);
        prop_assert_eq!(tree::path(&rows, rows.len()), None);
    }

    #[test]
    fn rows_cut_apart_are_the_rows_that_were_encoded(items in proptest::collection::vec(sealed(), 0..20), cut in 0_usize..100) {
        let bytes = encode(&items);
        let apart = slices(&bytes);
        prop_assert_eq!(apart.len(), items.len());
        for (row, item) in apart.iter().zip(&items) {
            prop_assert_eq!(*row, &encode(std::slice::from_ref(item))[..]);
        }
        // Whatever the bytes, none is lost: two entries differ wherever their bytes do.
        let short = &bytes[..bytes.len() - cut.min(bytes.len())];
        prop_assert_eq!(slices(short).concat(), short);
    }
}

#[test]
fn the_tree_has_the_shape_that_others_know() {
    // The test vectors of Certificate Transparency (RFC 6962) for its first leaves.
    let rows: [&[u8]; 3] = [b"", &[0x00], &[0x10]];
    let root = |count: usize| hex(&tree::root(&rows[..count]));
    assert_eq!(root(0), "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
    assert_eq!(root(1), "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d");
    assert_eq!(root(2), "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125");
    assert_eq!(root(3), "aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77");
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}
