//! Forms of stored JSON: what an older Hark wrote is read, and means what it meant.

use domain::answers::OwnWords;
use domain::gate::{Decision, Verdict};
use domain::import::Columns;
use domain::outcome::ErrorClass;
use domain::receipt::{Progress, ReceiptState};
use domain::rule_pack::Override;
use store::customer_merge::Moved;
use store::erasure::Counts;
use store::sending::Stopped;
use testkit::stored;

type Outcome = Result<(), Box<dyn std::error::Error>>;

fn samples<T: serde::Serialize + serde::de::DeserializeOwned>(
    kind: &str,
) -> Result<Vec<T>, Box<dyn std::error::Error>> {
    stored::samples(env!("CARGO_MANIFEST_DIR"), kind)
}

#[test]
fn decisions_of_the_gate_are_still_read() -> Outcome {
    let read: Vec<Decision> = samples("decision")?;
    let bare = read.first().ok_or("no decision")?;
    assert_eq!(bare.verdict, Verdict::Hold { until: 1_767_358_800_000 });
    assert_eq!(
        bare.findings.first().map(|found| (found.verdict, found.version.as_deref())),
        Some((bare.verdict, None))
    );
    let basis = &bare.basis;
    assert_eq!((basis.states.as_str(), basis.certainty.as_str(), basis.marketing_known), ("", "", 0));
    assert_eq!((&basis.consent, &basis.body_sha256, &basis.overrides), (&None, &None, &None));
    let told: Vec<_> = read.iter().map(Decision::told_by).collect();
    let number = &["number"][..];
    assert_eq!(told, [&[][..], number, number, number, &["number", "shipping"]], "the number told alone until then");
    Ok(())
}

#[test]
fn what_receipts_came_to_is_still_read() -> Outcome {
    let read: Vec<Progress> = samples("progress")?;
    let states: Vec<_> = read.iter().map(|progress| progress.state(2)).collect();
    let (sent, not) = (Some(ReceiptState::Sent), Some(ReceiptState::Undelivered));
    assert_eq!(states, [sent, not, not]);
    let errors: Vec<_> = read.iter().map(Progress::error).collect();
    assert_eq!(errors, [None, None, Some((ErrorClass::Unreachable, "30003"))]);
    Ok(())
}

#[test]
fn overrides_of_rules_are_still_read() -> Outcome {
    let read: Vec<Vec<Override>> = samples("override")?;
    let holds: Vec<_> = read.iter().flatten().map(|change| change.holds(i64::MAX - 1, i64::MAX)).collect();
    assert_eq!(holds, [true, true, true, false], "one without an end holds for good");
    Ok(())
}

#[test]
fn what_else_is_stored_as_json_is_still_read() -> Outcome {
    samples::<Columns>("import_columns")?;
    samples::<Moved>("moved")?;
    samples::<OwnWords>("own_words")?;
    samples::<Stopped>("stop_switch")?;
    let read: Vec<Counts> = samples("erased_counts")?;
    let told: Vec<_> = read.iter().map(|counts| (counts.texts, counts.orders, counts.consents)).collect();
    assert_eq!(told, [(9, 0, 0), (9, 3, 4)], "what was not counted then is none");
    Ok(())
}
