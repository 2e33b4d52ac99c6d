//! What needs a person's look: shown as banners, counted as metrics.
//!
//! A banner says what happened, what it means and what to do.

mod look;
pub(crate) mod seen;

pub use seen::Disk;

use crate::Engine;
use crate::supervise::{DISPATCH, TaskHealth, meaning};
use domain::id::WorkspaceId;
use domain::watch::clock::Doubt;
use domain::watch::silence::{HOUR_MS, silence};
use domain::watch::{RECEIPTS_AFTER_MS, RECEIPTS_MISSING_FROM, receipts_missing};
use std::collections::{BTreeMap, HashMap};
use store::{DbError, account, inbox, watch};

/// How bad it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Severity {
    /// Texts are at risk now.
    Critical,
    /// Someone should look soon.
    Warning,
    /// Good to know.
    Info,
}

/// Something that needs a look.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Watch {
    /// A stable snake_case word.
    pub code: &'static str,
    /// How bad it is.
    pub severity: Severity,
    /// What happened, what it means and what to do, for people.
    pub detail: String,
    /// Since when, Unix ms.
    pub since: i64,
}

/// Every code there is.
pub const CODES: &[&str] = &[
    "account_sealed",
    "clock_in_doubt",
    "disk_low",
    "inbound_silent",
    "login_refused",
    "public_url",
    "receipts_missing",
    "sending_stopped",
    "task_failing",
    "webhook_unreached",
];

/// Codes of what the machine or its set-up lacks: only who runs the server can mend it.
pub const OF_SERVER: &[&str] = &["clock_in_doubt", "disk_low", "public_url", "task_failing", "webhook_unreached"];

impl Watch {
    /// Whether only who runs the server can mend it.
    #[must_use]
    pub fn of_server(&self) -> bool {
        OF_SERVER.contains(&self.code)
    }
}

impl Engine {
    /// What needs a look in a workspace, its server included, worst first.
    ///
    /// # Errors
    /// When the store fails.
    pub async fn watches(&self, ws: WorkspaceId) -> Result<Vec<Watch>, DbError> {
        let mut found = self.watches_server();
        found.extend(self.watches_workspace(ws).await?);
        found.sort_by_key(|watch| watch.severity);
        Ok(found)
    }

    /// How many of each code there are on this server.
    ///
    /// # Errors
    /// When the store fails.
    pub async fn watches_count(&self) -> Result<BTreeMap<&'static str, u64>, DbError> {
        let mut found = self.watches_server();
        for ws in self.workspaces_all().await? {
            found.extend(self.watches_workspace(ws).await?);
        }
        let mut counts: BTreeMap<_, u64> = CODES.iter().map(|code| (*code, 0)).collect();
        for watch in found {
            *counts.entry(watch.code).or_default() += 1;
        }
        Ok(counts)
    }

    /// What needs a look on this server itself.
    #[must_use]
    pub fn watches_server(&self) -> Vec<Watch> {
        let mut found: Vec<Watch> = self.tasks().into_iter().filter_map(task_failing).collect();
        if let Some(doubt) = self.clock_doubt() {
            let since = self.running.seen.lock().clock_since.unwrap_or_else(|| self.now());
            found.push(Watch { code: "clock_in_doubt", severity: Severity::Warning, detail: clock(doubt), since });
        }
        if let Some((disk, since)) = self.disk().and_then(|disk| Some((disk, disk.low_since?))) {
            // The last percents go fast.
            let bad = disk.free_bytes < disk.total_bytes / 33;
            let severity = if bad { Severity::Critical } else { Severity::Warning };
            let detail = format!(
                "The disk with Hark's data is almost full: {} of {} are free. When it is full, texts are refused: \
                 providers try again for some hours, then give up. Free some space or move the data to a larger disk.",
                size(disk.free_bytes),
                size(disk.total_bytes)
            );
            found.push(Watch { code: "disk_low", severity, detail, since });
        }
        found
    }

    /// What needs a look in a workspace alone.
    ///
    /// # Errors
    /// When the store fails.
    pub async fn watches_workspace(&self, ws: WorkspaceId) -> Result<Vec<Watch>, DbError> {
        let mut found = self.switches_thrown(ws).await?;
        found.extend(self.accounts_troubled(ws).await?);
        found.extend(self.inboxes_silent(ws).await?);
        Ok(found)
    }

    async fn switches_thrown(&self, ws: WorkspaceId) -> Result<Vec<Watch>, DbError> {
        let switches = self.sending_switches(ws).await?;
        let thrown = [(switches.server, "this whole server"), (switches.workspace, "this workspace")];
        Ok(thrown
            .into_iter()
            .filter_map(|(switch, whose)| {
                let since = switch.stopped_at?;
                let by = switch.by.as_deref().unwrap_or("somebody");
                let detail = format!(
                    "All sending of {whose} was stopped by {by}. Texts still come in, and what was to leave waits."
                );
                Some(Watch { code: "sending_stopped", severity: Severity::Warning, detail, since })
            })
            .collect())
    }

    async fn accounts_troubled(&self, ws: WorkspaceId) -> Result<Vec<Watch>, DbError> {
        let now = self.now();
        let mut found = Vec::new();
        let (rows, refused) =
            self.workspace(ws).read(|tx| Ok::<_, DbError>((account::list(tx)?, watch::logins_refused(tx)?))).await?;
        let refused: HashMap<_, _> = refused.into_iter().collect();
        let opened = self.accounts(ws).await?;
        for row in rows.iter().filter(|row| row.disabled_at.is_none()) {
            let Some(facts) = opened.get(&row.id) else {
                let detail = format!("The login “{}” cannot be opened: its secrets need another key file.", row.name);
                found.push(Watch { code: "account_sealed", severity: Severity::Critical, detail, since: now });
                continue;
            };
            if let Some(since) = refused.get(&row.id) {
                let title = self.registry().get(&row.provider).map_or(row.provider.as_str(), |channel| channel.title());
                let detail = format!(
                    "{title} refuses the login “{}”: texts through it do not leave. It may have been changed or \
                     suspended there. Look at the account at {title}, then enter its login anew in the settings.",
                    row.name
                );
                found.push(Watch { code: "login_refused", severity: Severity::Critical, detail, since: *since });
            }
            let capabilities = facts.capabilities;
            if capabilities.real && capabilities.receipts {
                let (id, before) = (row.id, now - RECEIPTS_AFTER_MS);
                let (any, taken) = self
                    .workspace(ws)
                    .read(move |tx| {
                        let any = watch::receipt_any(tx, id)?;
                        let taken = watch::taken_before(tx, id, before, RECEIPTS_MISSING_FROM)?;
                        Ok::<_, DbError>((any, taken))
                    })
                    .await?;
                let many = i64::try_from(taken.len()).unwrap_or(i64::MAX);
                if receipts_missing(capabilities.receipts, any, many) {
                    let url = self.settings().public_url.as_str();
                    let url = if url.is_empty() { "this server" } else { url };
                    let detail = format!(
                        "Texts through “{}” were taken by the provider, and no receipt ever came back: nobody knows \
                         whether they arrive. Check that {url} can be reached from the internet.",
                        row.name
                    );
                    let since = taken.into_iter().min().unwrap_or(now);
                    found.push(Watch { code: "receipts_missing", severity: Severity::Warning, detail, since });
                }
            }
        }
        if opened.values().any(|facts| facts.capabilities.real && !facts.disabled) {
            found.extend(self.address_troubled(now));
        }
        Ok(found)
    }

    /// What keeps providers from calling us. Who does not know our address cannot tell.
    fn address_troubled(&self, now: i64) -> Option<Watch> {
        let url = &self.settings().public_url;
        if url.is_empty() {
            return None;
        }
        if !url.starts_with("https://") {
            let detail = "Providers reach this server only over https, so texts may not come in. Start Hark with \
                          --public-url https://… and a certificate or proxy for that name.";
            return Some(Watch {
                code: "public_url",
                severity: Severity::Warning,
                detail: detail.to_owned(),
                since: now,
            });
        }
        let facts = self.running.seen.lock();
        let since = facts.reached.unreached(facts.called_at)?;
        let detail = format!(
            "{url} does not lead to this server, as tried from itself, and no provider has called since: texts and \
             receipts may not come in. Check the name, the proxy and the certificate."
        );
        Some(Watch { code: "webhook_unreached", severity: Severity::Warning, detail, since })
    }

    async fn inboxes_silent(&self, ws: WorkspaceId) -> Result<Vec<Watch>, DbError> {
        let now = self.now();
        let hour = now.div_euclid(HOUR_MS);
        let (inboxes, kept, present) = self
            .workspace(ws)
            .read(move |tx| {
                let kept = watch::inbound_hours(tx, hour - look::HOURS_KEPT)?;
                // What was not counted yet: this hour, and the last one for a minute.
                let present = watch::inbound_between(tx, (hour - 1) * HOUR_MS, now + 1)?;
                Ok::<_, DbError>((inbox::list(tx)?, kept, present))
            })
            .await?;
        let mut texts: HashMap<_, BTreeMap<i64, u64>> = HashMap::new();
        for (inbox, hour, count) in kept {
            texts.entry(inbox).or_default().insert(hour, u64::try_from(count).unwrap_or(0));
        }
        for (inbox, count) in present {
            texts.entry(inbox).or_default().insert(hour, u64::try_from(count).unwrap_or(0));
        }
        let accounts = self.accounts(ws).await?;
        let used = |row: &inbox::InboxRow| accounts.get(&row.account_id).is_some_and(|facts| !facts.disabled);
        Ok(inboxes
            .into_iter()
            .filter(used)
            .filter_map(|row| {
                let texts = texts.get(&row.id)?;
                let first = texts.first_key_value().map(|(hour, _)| *hour);
                let silent = silence(hour, first, |hour| texts.get(&hour).copied().unwrap_or(0))?;
                let detail = format!(
                    "No text came into “{}” for {} hours. In each of the last {} weeks these hours had {} or more. \
                     Texts may not reach Hark: write one to {} from your own phone, and check the number's webhook \
                     address at the provider.",
                    row.name, silent.hours, silent.weeks, silent.usual_at_least, row.address
                );
                let since = (hour - silent.hours) * HOUR_MS;
                Some(Watch { code: "inbound_silent", severity: Severity::Warning, detail, since })
            })
            .collect())
    }
}

fn task_failing(task: TaskHealth) -> Option<Watch> {
    let since = task.failing_since?;
    let detail = format!(
        "The server's task “{}” breaks down again and again; it was started {} times. {} Look into the server's log \
         for the error, and report it to Hark's makers.",
        task.name,
        task.restarts + 1,
        meaning(task.name)
    );
    let severity = if task.name == DISPATCH { Severity::Critical } else { Severity::Warning };
    Some(Watch { code: "task_failing", severity, detail, since })
}

fn clock(doubt: Doubt) -> String {
    let seconds = |ms: i64| (ms.abs() + 500) / 1_000;
    let what = match doubt {
        Doubt::Stepped { by_ms } => {
            let way = if by_ms > 0 { "forward" } else { "back" };
            format!("The server's clock jumped {way} by {} seconds.", seconds(by_ms))
        }
        Doubt::Off { by_ms } => {
            let way = if by_ms > 0 { "behind" } else { "ahead of" };
            format!("The server's clock is {} seconds {way} the providers'.", seconds(by_ms))
        }
    };
    format!(
        "{what} Marketing is held until it is right, since quiet hours go by the clock. Turn on time synchronisation \
         on the server."
    )
}

/// A size for people.
fn size(bytes: u64) -> String {
    let mib = bytes / (1024 * 1024);
    if mib < 10 * 1024 { format!("{mib} MiB") } else { format!("{} GiB", mib / 1024) }
}
