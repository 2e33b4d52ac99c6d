//! Looking: clocks, disk, logins, our own address, and who writes when.

use super::seen::Disk;
use crate::Engine;
use channels::channel::{CheckError, CheckReport};
use domain::id::{AccountId, Id, WorkspaceId};
use domain::outcome::Submission;
use domain::watch::clock::{Doubt, Reading};
use domain::watch::silence::{HOUR_MS, WEEKS_MAX};
use domain::watch::{Login, disk_low};
use std::time::Duration;
use store::{DbError, NewEvent, event, watch};

/// How often clocks are compared, in ms.
const LOOK: Duration = Duration::from_secs(1);
/// How often the disk is looked at, in ms.
const DISK_MS: i64 = 30_000;
/// How often our own public address is tried, in ms.
const REACH_MS: i64 = 5 * 60_000;
/// How often providers are asked whether they take our logins, in ms; their
/// answers also tell the time.
const CHECK_MS: i64 = 15 * 60_000;
/// The same while a login is refused or our clock is in doubt.
const CHECK_SOON_MS: i64 = 60_000;
/// How often full hours are counted, in ms.
const COUNT_MS: i64 = 60_000;
/// Hours counted in one round.
const HOURS_AT_ONCE: i64 = 24;
/// Hours that are kept: those compared, the silence itself, and one more.
pub(super) const HOURS_KEPT: i64 = (WEEKS_MAX + 2) * 7 * 24;
/// The follower's name under which counted hours are kept.
const FOLLOWER: &str = "inbound_hours";
/// What a token of our own address is sealed for.
const REACH_PLACE: &str = "self test";
/// Most bytes of an answer of our own.
const REACH_BYTES: u64 = 1_024;

impl Engine {
    /// Looks around until told to stop.
    pub(crate) async fn watch(self) {
        while !self.stopped() {
            self.watch_round().await;
            self.nap(LOOK).await;
        }
    }

    /// Looks at whatever is due to be looked at.
    pub async fn watch_round(&self) {
        let doubt = self.clock_doubt();
        let (seen, now) = (&self.running.seen, self.clock().monotonic_ms());
        if seen.due("disk", DISK_MS, now) {
            self.disk_look();
        }
        let all = match self.workspaces_all().await {
            Ok(all) => all,
            Err(error) => {
                tracing::debug!(%error, "watches cannot look at workspaces");
                return;
            }
        };
        let mut refused = false;
        for ws in &all {
            refused |= self.workspace(*ws).read(watch::logins_refused).await.is_ok_and(|refused| !refused.is_empty());
        }
        let often = if refused || doubt.is_some() { CHECK_SOON_MS } else { CHECK_MS };
        let first = !seen.lock().looked.contains_key("check");
        if seen.due("check", often, now) && (!first || doubt.is_some()) {
            for ws in &all {
                if let Err(error) = self.logins_check(*ws).await {
                    tracing::debug!(workspace.id = %ws, %error, "logins cannot be checked");
                }
            }
        }
        if seen.due("count", COUNT_MS, now) {
            for ws in &all {
                if let Err(error) = self.inbound_count_round(*ws).await {
                    tracing::warn!(workspace.id = %ws, %error, "texts of the last hours cannot be counted");
                }
            }
        }
        if self.settings().public_url.starts_with("https://") && seen.due("reach", REACH_MS, now) {
            self.reach_look().await;
        }
    }

    /// Whether the clock is in doubt, looked at now.
    #[must_use]
    pub fn clock_doubt(&self) -> Option<Doubt> {
        let now = Reading { wall: self.now(), monotonic: self.clock().monotonic_ms() };
        let mut facts = self.running.seen.lock();
        facts.clock.look(now);
        for date in self.registry().http().dates() {
            // Each answer speaks once: after a suspension its age would be wrong.
            if facts.dates.insert(date.host.clone(), date.at) != Some(date.at) {
                facts.clock.heard(&date.host, date.at + date.age_ms, now);
            }
        }
        let doubt = facts.clock.doubt(now);
        match (doubt, facts.clock_since) {
            (Some(doubt), None) => {
                tracing::warn!(?doubt, "the clock is in doubt; marketing is held");
                facts.clock_since = Some(now.wall);
            }
            (None, Some(_)) => {
                tracing::info!("the clock is believed again");
                facts.clock_since = None;
            }
            (Some(_), Some(_)) | (None, None) => {}
        }
        doubt
    }

    /// How far our clock is off against the provider heard last, in ms.
    #[must_use]
    pub fn clock_skew_ms(&self) -> Option<i64> {
        self.running.seen.lock().clock.skew_ms()
    }

    /// The disk of the data directory, looked at now; nothing where it cannot be.
    pub fn disk_look(&self) -> Option<Disk> {
        let dir = self.settings().data_dir.as_deref()?;
        let Ok(found) = rustix::fs::statvfs(dir) else { return None };
        self.disk_note(found.f_bavail.saturating_mul(found.f_frsize), found.f_blocks.saturating_mul(found.f_frsize))
    }

    /// Notes a disk's free and whole size, in bytes.
    pub fn disk_note(&self, free_bytes: u64, total_bytes: u64) -> Option<Disk> {
        let now = self.now();
        let mut facts = self.running.seen.lock();
        let since = facts.disk.and_then(|disk| disk.low_since);
        let low_since = disk_low(free_bytes, total_bytes).then(|| since.unwrap_or(now));
        facts.disk = Some(Disk { free_bytes, total_bytes, low_since });
        facts.disk
    }

    /// The disk as last seen.
    #[must_use]
    pub fn disk(&self) -> Option<Disk> {
        self.running.seen.lock().disk
    }

    /// Notes what answers to submits tell of an account's login.
    pub(crate) async fn login_told<T>(&self, ws: WorkspaceId, account: AccountId, answers: &[(T, Submission)]) {
        if let Some(login) = answers.iter().rev().find_map(|(_, answer)| Login::told_by(answer)) {
            self.login_seen(ws, account, login).await;
        }
    }

    /// Notes whether a provider takes an account's login. What fails is noted with the next answer.
    pub async fn login_seen(&self, ws: WorkspaceId, account: AccountId, login: Login) {
        if self.running.seen.lock().logins.get(&account) == Some(&login) {
            return;
        }
        let now = self.now();
        let noted = self
            .workspace(ws)
            .write(move |tx| {
                let changed = watch::login(tx, account, (login == Login::Refused).then_some(now))?;
                if changed {
                    changed_event(tx, account, now);
                }
                Ok::<_, DbError>(changed)
            })
            .await;
        match noted {
            Ok(changed) => {
                if changed && login == Login::Refused {
                    tracing::warn!(account.id = %account, "a provider refuses the login");
                }
                self.running.seen.lock().logins.insert(account, login);
            }
            Err(error) => tracing::debug!(account.id = %account, %error, "how a login fares was not noted"),
        }
    }

    /// Asks providers whether they take the logins of a workspace's accounts.
    ///
    /// # Errors
    /// When the store fails. A provider that does not answer tells nothing.
    pub async fn logins_check(&self, ws: WorkspaceId) -> Result<(), DbError> {
        for facts in self.accounts(ws).await?.values().filter(|facts| facts.capabilities.real && !facts.disabled) {
            let channel = self.registry().get(&facts.provider);
            let Some(checks) = channel.and_then(|channel| channel.checks()) else { continue };
            let checked = checks.check(&facts.account).await;
            self.login_checked(ws, facts.account.id, &checked).await;
        }
        Ok(())
    }

    /// Notes what a provider said of an account.
    pub async fn login_checked(&self, ws: WorkspaceId, id: AccountId, said: &Result<CheckReport, CheckError>) {
        let login = match said {
            Ok(report) if report.active => Login::Taken,
            Ok(_) | Err(CheckError::Refused { .. }) => Login::Refused,
            Err(CheckError::Settings(_) | CheckError::Unreachable { .. }) => return,
        };
        // Another node, or a submit, may have seen it change.
        self.running.seen.lock().logins.remove(&id);
        self.login_seen(ws, id, login).await;
    }

    /// Counts full hours of inbound texts that are not counted yet, some at a time.
    ///
    /// # Errors
    /// When the store fails; the next round begins at the same place.
    pub async fn inbound_count_round(&self, ws: WorkspaceId) -> Result<(), DbError> {
        let hour = self.now().div_euclid(HOUR_MS);
        let counted = self.workspace(ws).read(|tx| event::follower(tx, FOLLOWER)).await?;
        let from = counted.max(hour - HOURS_KEPT);
        let to = hour.min(from + HOURS_AT_ONCE);
        if to <= counted {
            return Ok(());
        }
        let counts = self
            .workspace(ws)
            .read(move |tx| {
                let count = |at: i64| watch::inbound_between(tx, at * HOUR_MS, (at + 1) * HOUR_MS).map(|n| (at, n));
                (from..to).map(count).collect::<Result<Vec<_>, DbError>>()
            })
            .await?;
        self.workspace(ws)
            .write(move |tx| {
                // Another node may have been faster.
                if !event::follower_move(tx, FOLLOWER, counted, to)? {
                    return Ok(());
                }
                for (at, inboxes) in &counts {
                    for (inbox, texts) in inboxes {
                        watch::inbound_hour_put(tx, *inbox, *at, *texts)?;
                    }
                }
                watch::inbound_hours_forget(tx, hour - HOURS_KEPT)
            })
            .await
    }

    /// Whether an account's provider took its login or called with a good signature, as this
    /// process saw.
    pub(crate) fn account_answered(&self, account: AccountId) -> bool {
        let facts = self.running.seen.lock();
        facts.callers.contains(&account) || facts.logins.get(&account) == Some(&Login::Taken)
    }

    /// Notes that an account's provider called with a good signature.
    pub(crate) fn called(&self, account: AccountId) {
        let now = self.now();
        let mut facts = self.running.seen.lock();
        facts.called_at = Some(now);
        facts.callers.insert(account);
    }

    /// Tries whether our public address leads to a server with our key.
    pub async fn reach_look(&self) {
        let Ok(nonce) = crate::crypto::random::<16>() else { return };
        let Ok(token) = self.parts.keys.seal(REACH_PLACE, &nonce) else { return };
        let address = format!("{}/healthz/{}", self.settings().public_url, hex::encode(token));
        let Ok(url) = address.parse() else { return };
        let ours = match self.registry().http().read(&url, None, REACH_BYTES).await {
            Ok(answer) => answer.status == 200 && answer.body.as_ref() == hex::encode(nonce).as_bytes(),
            // An address that we must not ask is not known to be out of a provider's reach.
            Err(channels::http::ReadError::Reach(error)) => {
                tracing::debug!(%error, "our public address is not tried from here");
                return;
            }
            Err(error) => {
                tracing::info!(%error, "our public address did not answer");
                false
            }
        };
        let now = self.now();
        let mut facts = self.running.seen.lock();
        facts.reached = facts.reached.tested(ours, now);
    }

    /// The answer to a self-test; nothing where the token was sealed by no key of ours.
    #[must_use]
    pub fn reach_answer(&self, token: &str) -> Option<String> {
        let sealed = hex::decode(token).ok()?;
        self.parts.keys.open(REACH_PLACE, &sealed).ok().map(hex::encode)
    }
}

fn changed_event(tx: &mut store::Tx<'_>, subject: AccountId, at: i64) {
    tx.event(NewEvent {
        kind: "watch.changed",
        conversation: None,
        subject: Some(Id::uuid(subject)),
        at,
        data: "{}".to_owned(),
    });
}
