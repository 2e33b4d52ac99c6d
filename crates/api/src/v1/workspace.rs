//! The workspace and its demo shop.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use axum::Json;
use axum::extract::State;
use domain::answers::Voice;
use domain::id::{MemberId, WorkspaceId as Ws};
use domain::limits::CLARIFY_HOURS_MAX;
use engine::WorkspaceRow;
use engine::audit::Actor;
use engine::demo::{CONVERSATIONS, DemoError, Phase, Progress};
use http::StatusCode;

use crate::caller::Caller;
use crate::extract::{Body, Checked, Faults};
use crate::problem::{Answer, Code, Problem};
use crate::state::Api;
use crate::v1::sending_policy::SendingPolicy;
use crate::wire::{AnswerKind, Language, Reclassify, WorkspaceId};

/// Every answer in every language.
const ANSWERS_MAX: usize = 9;

/// One shop's data.
#[derive(Debug, Serialize, ToSchema)]
pub struct Workspace {
    /// Its id.
    pub id: WorkspaceId,
    /// Its name.
    pub name: String,
    /// The name that texts.
    pub brand: String,
    /// Its IANA time zone.
    pub time_zone: String,
    /// What HELP is answered with; empty for Hark's own words.
    pub help_text: String,
    /// Which texts count as marketing for an offer in them, whatever they are sent as.
    pub reclassify: Reclassify,
    /// Whether whoever is texted was asked for their date of birth: texts about alcohol are
    /// refused without.
    pub age_gated: bool,
    /// How often it sells, who comes first, and when it would be rude.
    pub sending_policy: SendingPolicy,
    /// The language of the answers to STOP, START and HELP where nothing is known of the customer's.
    pub language: Language,
    /// For how many hours the answer counts to the question, in the confirmation of an opt-out, whether order
    /// updates shall go on (47 CFR 64.1200(a)(12)); 0: it is not asked. Only who had agreed to marketing and got
    /// order texts is asked, and who does not answer gets nothing.
    #[schema(minimum = 0, maximum = 72)]
    pub clarify_hours: i64,
    /// The answers to STOP, START and HELP in every language.
    pub answers: Vec<AutomaticAnswer>,
    /// When it was made, Unix ms.
    pub created_at: i64,
}

/// An answer that Hark sends by itself.
#[derive(Debug, Serialize, ToSchema)]
pub struct AutomaticAnswer {
    /// In which language.
    pub language: Language,
    /// To what: the confirmation of an opt-out of everything, the answer to START, or that to HELP.
    pub answer: AnswerKind,
    /// The brand's own words; empty where Hark's are sent.
    pub own: String,
    /// What customers get.
    pub words: String,
    /// How many parts that is.
    pub parts: u32,
}

/// The brand's own words for an answer.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct OwnAnswer {
    /// In which language.
    pub language: Language,
    /// Which.
    pub answer: AnswerKind,
    /// The words; empty for Hark's. They name the brand and sell nothing; those for HELP say how to opt
    /// out, those for START that and where help is.
    #[schema(max_length = 320)]
    pub own: String,
}

/// Changes to the workspace. Absent fields stay.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct WorkspaceChange {
    /// A new name.
    #[schema(min_length = 1, max_length = 100)]
    pub name: Option<String>,
    /// A new brand.
    #[schema(min_length = 1, max_length = 60)]
    pub brand: Option<String>,
    /// A new IANA time zone.
    pub time_zone: Option<String>,
    /// New words to answer HELP with.
    #[schema(max_length = 320)]
    pub help_text: Option<String>,
    /// Which texts count as marketing for an offer in them: `never` (the offer is told, no
    /// more), `order_texts` (order texts and one-time codes), `every_text` (those of talks, too).
    pub reclassify: Option<Reclassify>,
    /// Whether whoever is texted was asked for their date of birth.
    pub age_gated: Option<bool>,
    /// A new policy on what it sells; what waited by the old one is asked about again at once.
    pub sending_policy: Option<SendingPolicy>,
    /// The language of the answers to STOP, START and HELP where nothing is known of the customer's.
    pub language: Option<Language>,
    /// For how many hours the answer counts to the question whether order updates shall go on; 0: it is not asked.
    #[schema(minimum = 0, maximum = 72)]
    pub clarify_hours: Option<i64>,
    /// The brand's own words for some answers; others stay.
    #[schema(max_items = 9)]
    pub answers: Option<Vec<OwnAnswer>>,
}

/// Where the demo shop stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum DemoState {
    /// There is none.
    None,
    /// It is being made.
    Filling,
    /// It is there.
    Ready,
    /// It is being removed.
    Removing,
    /// Making it failed.
    Failed,
}

/// The demo shop.
#[derive(Debug, Serialize, ToSchema)]
pub struct Demo {
    /// Where it stands.
    pub state: DemoState,
    /// Conversations made or removed so far.
    pub done: i64,
    /// Conversations in all.
    pub total: i64,
}

/// A demo shop to make.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct DemoNew {
    /// How many conversations.
    #[schema(minimum = 1, maximum = 100_000, default = 2000)]
    pub conversations: Option<u32>,
}

/// This workspace.
#[utoipa::path(get, path = "/workspace", tag = "workspace", responses((status = 200, description = "The workspace", body = Workspace)))]
pub async fn workspace_get(State(api): State<Api>, caller: Caller) -> Answer<Json<Workspace>> {
    let row = api.engine.workspace_get(caller.ws).await?.ok_or_else(|| Problem::not_found("workspace"))?;
    Ok(Json(row.into()))
}

/// Changes this workspace.
#[utoipa::path(patch, path = "/workspace", tag = "workspace", request_body = WorkspaceChange, responses((status = 200, description = "Changed", body = Workspace)))]
pub async fn workspace_update(
    State(api): State<Api>,
    caller: Caller,
    Body(new): Body<WorkspaceChange>,
) -> Answer<Json<Workspace>> {
    let change = engine::workspaces::WorkspaceChange {
        name: new.name,
        brand: new.brand,
        time_zone: new.time_zone,
        help_text: new.help_text,
        reclassify: new.reclassify.map(|reclassify| reclassify.0),
        age_gated: new.age_gated,
        policy: new.sending_policy.map(|policy| policy.asked()),
        language: new.language.map(|language| language.0),
        answers: new.answers.into_iter().flatten().map(Into::into).collect(),
        clarify_hours: new.clarify_hours,
    };
    Ok(Json(api.engine.workspace_change(caller.ws, caller.actor(), change).await?.into()))
}

/// The demo shop of this workspace.
#[utoipa::path(get, path = "/demo", tag = "workspace", responses((status = 200, description = "Where it stands", body = Demo)))]
pub async fn demo_get(State(api): State<Api>, caller: Caller) -> Answer<Json<Demo>> {
    Ok(Json(api.engine.demo_progress(caller.ws).await?.into()))
}

/// Fills this workspace with a demo shop.
#[utoipa::path(post, path = "/demo", tag = "workspace", request_body = DemoNew, responses((status = 202, description = "Begun", body = Demo)))]
pub async fn demo_create(
    State(api): State<Api>,
    caller: Caller,
    Body(new): Body<DemoNew>,
) -> Answer<(StatusCode, Json<Demo>)> {
    let conversations = new.conversations.unwrap_or(CONVERSATIONS);
    let begun = demo_begin(&api, caller.ws, caller.actor(), conversations, caller.member_id()).await?;
    Ok((StatusCode::ACCEPTED, Json(begun.into())))
}

/// Removes the demo shop; nothing else is touched.
#[utoipa::path(delete, path = "/demo", tag = "workspace", responses((status = 202, description = "Begun", body = Demo)))]
pub async fn demo_delete(State(api): State<Api>, caller: Caller) -> Answer<(StatusCode, Json<Demo>)> {
    let before = api.engine.demo_progress(caller.ws).await?;
    if before.phase == Phase::Removing {
        return Err(DemoError::Busy.into());
    }
    let (engine, ws, by) = (api.engine.clone(), caller.ws, caller.actor());
    tokio::spawn(async move {
        match engine.demo_remove(ws, by, |_| {}).await {
            // Whoever is at it finishes.
            Ok(_) | Err(DemoError::Busy) => {}
            Err(error) => tracing::error!(workspace.id = %ws, %error, "the demo shop could not be removed"),
        }
    });
    let phase = if before.phase == Phase::None { Phase::None } else { Phase::Removing };
    Ok((StatusCode::ACCEPTED, Json(Progress { phase, ..before }.into())))
}

impl Checked for WorkspaceChange {
    fn check(&self, faults: &mut Faults) {
        faults.text_opt("name", self.name.as_deref(), 1, 100);
        faults.text_opt("brand", self.brand.as_deref(), 1, 60);
        faults.text_opt("help_text", self.help_text.as_deref(), 0, 320);
        if let Some(policy) = &self.sending_policy {
            faults.within("sending_policy", |faults| policy.check(faults));
        }
        faults.number("clarify_hours", self.clarify_hours.unwrap_or(0), 0, CLARIFY_HOURS_MAX);
        let answers = self.answers.as_deref().unwrap_or_default();
        faults.items("answers", answers.len(), 0, ANSWERS_MAX);
        for own in answers {
            faults.text(&format!("answers.{}.{}", own.language.0, own.answer.0), &own.own, 0, 320);
        }
    }
}

impl Checked for DemoNew {
    fn check(&self, faults: &mut Faults) {
        faults.number("conversations", i64::from(self.conversations.unwrap_or(1)), 1, 100_000);
    }
}

impl From<OwnAnswer> for engine::workspaces::OwnAnswer {
    fn from(own: OwnAnswer) -> Self {
        Self { language: own.language.0, answer: own.answer.0, words: own.own }
    }
}

/// Every answer in every language, as customers get it.
fn answers(row: &WorkspaceRow) -> Vec<AutomaticAnswer> {
    let each = |language: domain::language::Language, answer: domain::answers::Answer| {
        let voice = Voice { brand: &row.brand, language, own: Some(&row.answers) };
        let words = voice.answer(answer, &row.help_text);
        AutomaticAnswer {
            language: language.into(),
            answer: answer.into(),
            own: row.answers.get(language, answer).unwrap_or_default().to_owned(),
            parts: domain::encoding::measure(&words).parts,
            words,
        }
    };
    let languages = domain::language::Language::ALL.iter();
    languages
        .flat_map(|language| domain::answers::Answer::ALL.iter().map(move |answer| each(*language, *answer)))
        .collect()
}

impl From<WorkspaceRow> for Workspace {
    fn from(row: WorkspaceRow) -> Self {
        Self {
            answers: answers(&row),
            id: row.id.into(),
            name: row.name,
            brand: row.brand,
            time_zone: row.time_zone,
            help_text: row.help_text,
            reclassify: row.reclassify.into(),
            age_gated: row.age_gated,
            sending_policy: row.policy.into(),
            language: row.language.into(),
            clarify_hours: row.clarify_hours,
            created_at: row.created_at,
        }
    }
}

/// Notes the wish for a demo shop and has it carried out beside the request.
pub(crate) async fn demo_begin(
    api: &Api,
    ws: Ws,
    by: Actor,
    conversations: u32,
    mine: Option<MemberId>,
) -> Answer<Progress> {
    // The workspace's own random bits: the same workspace tells the same shop.
    let seed = ws.uuid().as_u64_pair().1;
    let begun = api.engine.demo_wish(ws, by, conversations, seed, mine).await?;
    let engine = api.engine.clone();
    tokio::spawn(async move {
        if let Err(error) = engine.demo_fill(ws, |_| {}).await {
            tracing::error!(workspace.id = %ws, %error, "the demo shop could not be filled");
        }
    });
    Ok(begun)
}

impl From<Progress> for Demo {
    fn from(progress: Progress) -> Self {
        let state = match progress.phase {
            Phase::None => DemoState::None,
            Phase::Filling => DemoState::Filling,
            Phase::Ready => DemoState::Ready,
            Phase::Removing => DemoState::Removing,
            Phase::Failed => DemoState::Failed,
        };
        Self { state, done: progress.done, total: progress.total }
    }
}

impl From<DemoError> for Problem {
    fn from(error: DemoError) -> Self {
        match error {
            DemoError::Busy => Self::new(Code::DemoBusy, "Wait until the demo shop is there or gone."),
            DemoError::Exists => Self::new(Code::Conflict, "There is a demo shop already; remove it first."),
            DemoError::Setup(error) => error.into(),
            DemoError::Store(error) => error.into(),
        }
    }
}
