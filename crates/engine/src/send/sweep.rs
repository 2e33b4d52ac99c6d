//! Claims whose lease ran out.

use super::{AMBIGUOUS, ANSWER_LOST, ambiguous, count_failed, state};
use crate::directory::Accounts;
use crate::reply::event_state;
use domain::limits::ATTEMPTS_MAX;
use domain::message::State;
use store::attempt::Settlement;
use store::{DbError, Tx, attempt, message, outbox};

pub(super) fn sweep_in(tx: &mut Tx<'_>, accounts: &Accounts, ended: i64, now: i64) -> Result<usize, DbError> {
    let expired = outbox::expired_leases(tx, ended, 500)?;
    // Asked again, it would leave for somebody who has opted out, had it not left before.
    let may = |claim: &&outbox::Expired| claim.attempts < i64::from(ATTEMPTS_MAX) && !claim.in_flight_at_opt_out;
    let (again, unknown): (Vec<&outbox::Expired>, Vec<&outbox::Expired>) = expired
        .iter()
        .partition(|claim| may(claim) && accounts.get(&claim.account).is_some_and(|facts| facts.repeats_safely));
    let mut states = Vec::with_capacity(expired.len());
    for claim in &again {
        outbox::give_back(tx, claim.message, claim.attempt, now, false)?;
        states.push(state(claim.message, State::Queued, now, ANSWER_LOST));
    }
    for claim in &unknown {
        outbox::set_ambiguous(tx, claim.message, claim.attempt)?;
        states.push(state(claim.message, State::Ambiguous, now, AMBIGUOUS));
    }
    let attempts: Vec<Settlement> =
        expired.iter().filter_map(|claim| claim.attempt).map(|id| ambiguous(id, now)).collect();
    attempt::settle_many(tx, &attempts)?;
    message::set_states(tx, &states)?;
    for (claim, change) in again.iter().chain(&unknown).zip(&states) {
        event_state(tx, claim.message, claim.conversation, change.state, now);
    }
    count_failed(tx, unknown.iter().map(|claim| claim.conversation))?;
    Ok(expired.len())
}
