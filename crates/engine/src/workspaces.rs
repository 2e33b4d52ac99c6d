//! Workspaces, and the first set-up of a server.

use crate::Engine;
use crate::audit::Actor;
use crate::auth::{Browser, NewSession, SignInError, email_kept};
use crate::crypto::{self, CryptoError};
use crate::members::Role;
use crate::password::{self, PasswordError};
use crate::rules;
use domain::answers::{self, Answer, Fault, OwnWords};
use domain::gate::{Reclassify, SendingPolicy};
use domain::id::{MemberId, WorkspaceId};
use domain::language::Language;
use serde_json::json;
use store::member::MemberRow;
use store::workspace::WorkspaceRow;
use store::{DbError, Tx, audit, member, workspace};

/// The fact that holds the set-up code's digest until set-up is done.
const SETUP_CODE: &str = "setup_code";
/// The fact that names the members who may do what concerns the whole server.
const OPERATORS: &str = "operators";
/// Letters and digits nobody mixes up when reading them aloud.
const CODE_LETTERS: &[u8; 32] = b"ABCDEFGHJKLMNPQRSTUVWXYZ23456789";

/// Why a workspace is not made or changed, or a server not set up.
#[derive(Debug, thiserror::Error)]
pub enum WorkspaceError {
    /// No such workspace.
    #[error("no such workspace")]
    NotFound,
    /// It has no name, or no brand: the brand begins every text that Hark itself writes.
    #[error("a workspace needs a {0}, not only space")]
    Nameless(&'static str),
    /// The time zone is not in the IANA database.
    #[error("{0} is no IANA time zone")]
    TimeZone(String),
    /// The brand's own words for some answers cannot be sent.
    #[error("the brand's own words for an answer have faults")]
    Answers(Vec<AnswerFault>),
    /// Somebody set this server up already.
    #[error("this server is set up already")]
    AlreadySetUp,
    /// The set-up code is not the one printed.
    #[error("the set-up code is wrong")]
    WrongCode,
    /// The password cannot be used.
    #[error(transparent)]
    Password(#[from] PasswordError),
    /// No secret could be made.
    #[error(transparent)]
    Crypto(#[from] CryptoError),
    /// The session could not be made.
    #[error(transparent)]
    SignIn(#[from] SignInError),
    /// The store failed.
    #[error(transparent)]
    Store(#[from] DbError),
}

/// What keeps the brand's own words from being an answer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AnswerFault {
    /// In which language.
    pub language: Language,
    /// Which answer.
    pub answer: Answer,
    /// What is wrong.
    pub fault: Fault,
}

/// The brand's own words for an answer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OwnAnswer {
    /// In which language.
    pub language: Language,
    /// Which answer.
    pub answer: Answer,
    /// The words; empty for Hark's.
    pub words: String,
}

/// A workspace to make.
#[derive(Debug, Clone)]
pub struct NewWorkspace {
    /// Its name.
    pub name: String,
    /// The name that texts.
    pub brand: String,
    /// Its IANA time zone.
    pub time_zone: String,
}

/// What to change of a workspace.
#[derive(Debug, Clone, Default)]
pub struct WorkspaceChange {
    /// A new name.
    pub name: Option<String>,
    /// A new brand.
    pub brand: Option<String>,
    /// A new IANA time zone.
    pub time_zone: Option<String>,
    /// A new answer to HELP.
    pub help_text: Option<String>,
    /// Which texts count as marketing for an offer in them.
    pub reclassify: Option<Reclassify>,
    /// Whether whoever is texted was asked for their date of birth.
    pub age_gated: Option<bool>,
    /// How often it sells, who comes first, and when it would be rude.
    pub policy: Option<SendingPolicy>,
    /// The language of Hark's own answers where nothing is known of the customer's.
    pub language: Option<Language>,
    /// The brand's own words for some of them; others stay.
    pub answers: Vec<OwnAnswer>,
    /// For how many hours the answer counts to the question that the confirmation of an opt-out asks; 0: none is
    /// asked.
    pub clarify_hours: Option<i64>,
}

/// The first owner and the first workspace.
pub struct Setup {
    /// The code as typed.
    pub code: String,
    /// The owner's name.
    pub name: String,
    /// The owner's e-mail address.
    pub email: String,
    /// The owner's password.
    pub password: String,
    /// The workspace.
    pub workspace: NewWorkspace,
}

fn time_zone_known(name: &str) -> Result<(), WorkspaceError> {
    jiff::tz::TimeZone::get(name).map(|_| ()).map_err(|_| WorkspaceError::TimeZone(name.to_owned()))
}

/// A typed code as its digest: case, hyphens and spaces do not matter.
fn code_digest(typed: &str) -> [u8; 32] {
    let plain: String = typed.chars().filter(char::is_ascii_alphanumeric).map(|c| c.to_ascii_uppercase()).collect();
    crypto::digest(&plain)
}

impl Engine {
    /// Whether nobody has set this server up.
    ///
    /// # Errors
    /// When the store fails.
    pub async fn setup_needed(&self) -> Result<bool, DbError> {
        self.store().server().read(|tx| Ok(!member::any(tx)?)).await
    }

    /// A fresh set-up code, if set-up is still needed. The one before is void:
    /// only who sees the present start may set the server up.
    ///
    /// # Errors
    /// [`WorkspaceError`].
    pub async fn setup_code(&self) -> Result<Option<String>, WorkspaceError> {
        if !self.setup_needed().await? {
            return Ok(None);
        }
        // 32 letters divide a byte's values evenly: 40 bits, behind a rate limit.
        let letters: Vec<char> = crypto::random::<8>()?
            .iter()
            .filter_map(|byte| CODE_LETTERS.get(usize::from(byte % 32)).copied())
            .map(char::from)
            .collect();
        let code: String = letters.iter().take(4).chain(&['-']).chain(letters.iter().skip(4)).collect();
        let digest = hex::encode(code_digest(&code));
        let now = self.now();
        self.store().server().write(move |tx| workspace::fact_set(tx, SETUP_CODE, &digest, now)).await?;
        Ok(Some(code))
    }

    /// Makes the first owner and workspace, and signs the owner in.
    ///
    /// # Errors
    /// [`WorkspaceError`].
    pub async fn setup_run(&self, setup: Setup, browser: Browser) -> Result<NewSession, WorkspaceError> {
        time_zone_known(&setup.workspace.time_zone)?;
        let digest = hex::encode(code_digest(&setup.code));
        // Looked at first: hashing for a wrong code would be work for nothing.
        let asked = digest.clone();
        self.store().server().read(move |tx| setup_allowed(tx, &asked)).await?;
        let password_hash = password::hash(setup.password).await?;
        let now = self.now();
        let owner = MemberRow {
            id: self.new_id(),
            email: email_kept(&setup.email),
            name: setup.name,
            password_hash: Some(password_hash),
            disabled_at: None,
            created_at: now,
        };
        let row = self.workspace_row(setup.workspace);
        let (ws, id) = (row.id, owner.id);
        let entry = self.audit_entry(Actor::Member(id), "server.setup", ws.to_string(), &json!({}));
        self.store()
            .server()
            .write(move |tx| {
                setup_allowed(tx, &digest)?;
                workspace::fact_delete(tx, SETUP_CODE)?;
                workspace::insert(tx, &row)?;
                member::insert(tx, &owner)?;
                member::membership_put(tx, ws, id, Role::Owner.word(), now)?;
                workspace::fact_set(tx, OPERATORS, &id.to_string(), now)?;
                audit::insert_in(tx, ws, &entry)?;
                Ok::<_, WorkspaceError>(())
            })
            .await?;
        Ok(self.session_make(id, Some(ws), browser).await?)
    }

    /// Whether a member may do what concerns the whole server.
    ///
    /// # Errors
    /// When the store fails.
    pub async fn operator_is(&self, id: MemberId) -> Result<bool, DbError> {
        Ok(self.operator_ids().await?.contains(&id.to_string()))
    }

    /// The names of a workspace's members who may do what concerns the whole server.
    ///
    /// # Errors
    /// When the store fails.
    pub async fn operators_named(&self, ws: WorkspaceId) -> Result<Vec<String>, DbError> {
        let ids = self.operator_ids().await?;
        let members = self.member_list(ws).await?.into_iter().map(|found| found.member);
        let here = members.filter(|member| member.disabled_at.is_none() && ids.contains(&member.id.to_string()));
        Ok(here.map(|member| member.name).collect())
    }

    async fn operator_ids(&self) -> Result<Vec<String>, DbError> {
        let known = self.store().server().read(|tx| workspace::fact(tx, OPERATORS)).await?;
        Ok(known.unwrap_or_default().split_whitespace().map(str::to_owned).collect())
    }

    /// Makes a workspace, owned by a member where one is given.
    ///
    /// # Errors
    /// [`WorkspaceError`].
    pub async fn workspace_create(
        &self,
        by: Actor,
        new: NewWorkspace,
        owner: Option<MemberId>,
    ) -> Result<WorkspaceRow, WorkspaceError> {
        time_zone_known(&new.time_zone)?;
        for (field, words) in [("name", &new.name), ("brand", &new.brand)] {
            if words.trim().is_empty() {
                return Err(WorkspaceError::Nameless(field));
            }
        }
        let row = self.workspace_row(new);
        let entry = self.audit_entry(by, "workspace.create", row.id.to_string(), &json!({}));
        let now = self.now();
        self.store()
            .server()
            .write(move |tx| {
                workspace::insert(tx, &row)?;
                if let Some(owner) = owner {
                    member::membership_put(tx, row.id, owner, Role::Owner.word(), now)?;
                }
                audit::insert_in(tx, row.id, &entry)?;
                Ok(row.clone())
            })
            .await
    }

    fn workspace_row(&self, new: NewWorkspace) -> WorkspaceRow {
        WorkspaceRow {
            id: self.new_id(),
            name: new.name,
            brand: new.brand,
            time_zone: new.time_zone,
            help_text: String::new(),
            reclassify: Reclassify::default(),
            age_gated: false,
            policy: SendingPolicy::default(),
            language: Language::default(),
            answers: OwnWords::default(),
            clarify_hours: 0,
            created_at: self.now(),
        }
    }

    /// Every workspace of the server, oldest first.
    ///
    /// # Errors
    /// When the store fails.
    pub async fn workspace_list(&self) -> Result<Vec<WorkspaceRow>, DbError> {
        self.store().server().read(workspace::list).await
    }

    /// One workspace.
    ///
    /// # Errors
    /// When the store fails.
    pub async fn workspace_get(&self, ws: WorkspaceId) -> Result<Option<WorkspaceRow>, DbError> {
        self.workspace(ws).read(workspace::get).await
    }

    /// Changes a workspace.
    ///
    /// # Errors
    /// [`WorkspaceError`].
    pub async fn workspace_change(
        &self,
        ws: WorkspaceId,
        by: Actor,
        change: WorkspaceChange,
    ) -> Result<WorkspaceRow, WorkspaceError> {
        if let Some(zone) = &change.time_zone {
            time_zone_known(zone)?;
        }
        let detail = json!({
            "name": change.name, "brand": change.brand, "time_zone": change.time_zone, "help_text": change.help_text.is_some(),
            "reclassify": change.reclassify, "age_gated": change.age_gated, "policy": change.policy.map(told),
            "language": change.language,
            "answers": change.answers.iter().map(|own| format!("{}.{}", own.language, own.answer)).collect::<Vec<_>>(),
            "clarify_hours": change.clarify_hours,
        });
        let entry = self.audit_entry(by, "workspace.change", ws.to_string(), &detail);
        let asks_again = change.policy.is_some();
        let changed = self
            .workspace(ws)
            .write(move |tx| {
                let mut row = workspace::get(tx)?.ok_or(WorkspaceError::NotFound)?;
                let new = change.clone();
                row.name = new.name.unwrap_or(row.name);
                row.brand = new.brand.unwrap_or(row.brand);
                row.time_zone = new.time_zone.unwrap_or(row.time_zone);
                row.help_text = new.help_text.unwrap_or(row.help_text);
                row.reclassify = new.reclassify.unwrap_or(row.reclassify);
                row.age_gated = new.age_gated.unwrap_or(row.age_gated);
                row.policy = new.policy.unwrap_or(row.policy);
                row.language = new.language.unwrap_or(row.language);
                row.clarify_hours = new.clarify_hours.unwrap_or(row.clarify_hours);
                answers_in(tx, &mut row, &new.answers)?;
                workspace::update(tx, &row)?;
                audit::insert(tx, &entry)?;
                Ok::<_, WorkspaceError>(row)
            })
            .await?;
        // Also where the policy is as it was: whoever did not see the end of this may ask for it once more.
        if asks_again {
            self.policy_ask_again(ws).await?;
        }
        Ok(changed)
    }

    /// Removes a workspace with everything in it. False when there is none.
    ///
    /// # Errors
    /// When the store fails.
    pub async fn workspace_delete(&self, ws: WorkspaceId) -> Result<bool, DbError> {
        self.accounts_forget(ws);
        self.store().server().write(move |tx| workspace::delete(tx, ws)).await
    }
}

/// A policy as the audit log tells it.
fn told(policy: SendingPolicy) -> serde_json::Value {
    let SendingPolicy { caps, priority, courtesy } = policy;
    json!({
        "caps": { "day": caps.day, "week": caps.week, "month": caps.month },
        "priority": priority.order(),
        "courtesy": { "open_conversations": courtesy.open_conversations, "complaints": courtesy.complaints },
    })
}

/// Takes the brand's own words over, as far as they can be sent.
fn answers_in(tx: &mut Tx<'_>, row: &mut WorkspaceRow, answers: &[OwnAnswer]) -> Result<(), WorkspaceError> {
    if answers.is_empty() {
        return Ok(());
    }
    let pack = rules::current(tx)?;
    let worded = answers.iter().filter(|own| !own.words.trim().is_empty());
    let faults: Vec<AnswerFault> = worded
        .flat_map(|own| {
            let (language, answer) = (own.language, own.answer);
            let faults = answers::faults(answer, &own.words, &row.brand, &pack);
            faults.into_iter().map(move |fault| AnswerFault { language, answer, fault })
        })
        .collect();
    if !faults.is_empty() {
        return Err(WorkspaceError::Answers(faults));
    }
    for own in answers {
        row.answers.set(own.language, own.answer, &own.words);
    }
    Ok(())
}

fn setup_allowed(tx: &mut store::ServerTx<'_>, digest: &str) -> Result<(), WorkspaceError> {
    if member::any(tx)? {
        return Err(WorkspaceError::AlreadySetUp);
    }
    match workspace::fact(tx, SETUP_CODE)? {
        Some(known) if crypto::same(known.as_bytes(), digest.as_bytes()) => Ok(()),
        Some(_) | None => Err(WorkspaceError::WrongCode),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_typed_code_may_lack_its_hyphen_and_its_capitals() {
        assert_eq!(code_digest("7k2m q9rd"), code_digest("7K2M-Q9RD"));
        assert_ne!(code_digest("7K2M-Q9RE"), code_digest("7K2M-Q9RD"));
    }

    #[test]
    fn time_zones_are_looked_up() {
        assert!(time_zone_known("America/New_York").is_ok());
        assert!(time_zone_known("America/New_Amsterdam").is_err());
    }
}
