//! Long work has one doer at a time, and never none for long.

use crate::on_both;
use store::{DbError, job};
use uuid::Uuid;

on_both! {
    async fn whoever_slept_through_a_lease_is_fenced_off(world) {
        let store = world.engine.store().workspace(world.ws);
        let begun = store
            .write(|tx| {
                job::put(tx, Uuid::from_u128(1), "work", "{}", "doing", 1_000)?;
                job::take(tx, "work", 1_000, 2_000)
            })
            .await
            .unwrap()
            .unwrap();
        let early = store.write(|tx| job::take(tx, "work", 1_999, 3_000)).await.unwrap();
        assert_eq!(early, None, "its lease runs");
        let waiting = store.read(|tx| job::waiting(tx, 1_999, 5)).await.unwrap();
        assert_eq!(waiting, Vec::<String>::new());
        assert_eq!(store.read(|tx| job::waiting(tx, 2_000, 5)).await.unwrap(), ["work"]);

        let successor = store.write(|tx| job::take(tx, "work", 2_000, 3_000)).await.unwrap().unwrap();
        assert_eq!((successor.attempts, successor.fence > begun.fence), (2, true));
        let (former, next) = (begun.clone(), successor.clone());
        let held = store.write(move |tx| Ok::<_, DbError>((job::hold(tx, &former, 9_000)?, job::hold(tx, &next, 4_000)?)));
        assert_eq!(held.await.unwrap(), (false, true));
        assert!(!store.write(move |tx| job::rest(tx, &begun, "done")).await.unwrap());
        assert_eq!(store.read(|tx| job::waiting(tx, 4_000, 2)).await.unwrap(), Vec::<String>::new(), "tried in vain");

        assert!(store.write(move |tx| job::rest(tx, &successor, "done")).await.unwrap());
        let at_rest = store.read(|tx| job::get(tx, "work")).await.unwrap().unwrap();
        assert_eq!((at_rest.state.as_str(), at_rest.lease_until), ("done", None));
        assert_eq!(store.write(|tx| job::take(tx, "work", 99_000, 99_999)).await.unwrap(), None);
    }

    async fn what_is_asked_anew_takes_the_work_away_from_whoever_is_at_it(world) {
        let store = world.engine.store().workspace(world.ws);
        let begun = store
            .write(|tx| {
                job::put(tx, Uuid::from_u128(1), "work", "{}", "doing", 1_000)?;
                job::take(tx, "work", 1_000, 90_000)
            })
            .await
            .unwrap()
            .unwrap();
        store.write(|tx| job::put(tx, Uuid::from_u128(2), "work", "[]", "undoing", 1_500)).await.unwrap();
        assert!(!store.write(move |tx| job::hold(tx, &begun, 99_000)).await.unwrap());
        let taken = store.write(|tx| job::take(tx, "work", 1_500, 2_000)).await.unwrap().unwrap();
        assert_eq!((taken.payload.as_str(), taken.state.as_str(), taken.attempts), ("[]", "undoing", 1));
    }
}
