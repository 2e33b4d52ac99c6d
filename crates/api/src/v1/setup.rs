//! The first set-up of a server.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::session::Me;
use axum::Json;
use axum::extract::State;
use axum::response::Response;
use engine::audit::Actor;
use engine::demo::CONVERSATIONS;
use engine::workspaces::{AnswerFault, NewWorkspace, WorkspaceError};

use super::session::signed_in;
use crate::extract::{Body, Checked, Faults};
use crate::problem::{Answer, Code, FieldError, Problem};
use crate::request::Browser;
use crate::state::Api;

/// Whether somebody has to set this server up.
#[derive(Debug, Serialize, ToSchema)]
pub struct Setup {
    /// True until the first owner exists.
    pub needed: bool,
}

/// The first owner and the first workspace.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct SetupNew {
    /// The one-time code printed when Hark started.
    #[schema(example = "7K2M-Q9RD")]
    pub code: String,
    /// The owner's name.
    #[schema(min_length = 1, max_length = 100, example = "Dana Reyes")]
    pub name: String,
    /// The owner's e-mail address.
    #[schema(max_length = 254, example = "dana@example.com")]
    pub email: String,
    /// The owner's password.
    #[schema(min_length = 10, max_length = 200, format = Password)]
    pub password: String,
    /// The workspace's name.
    #[schema(min_length = 1, max_length = 100, example = "Acme Outdoor")]
    pub workspace_name: String,
    /// The name that texts.
    #[schema(min_length = 1, max_length = 60, example = "Acme")]
    pub brand: String,
    /// The workspace's IANA time zone.
    #[schema(example = "America/New_York")]
    pub time_zone: String,
    /// Whether to fill the workspace with the demo shop.
    #[serde(default)]
    pub demo: bool,
}

/// Whether this server still needs its first set-up.
#[utoipa::path(get, path = "/setup", tag = "setup", responses((status = 200, description = "Whether set-up is needed", body = Setup)))]
pub async fn setup_get(State(api): State<Api>) -> Answer<Json<Setup>> {
    Ok(Json(Setup { needed: api.engine.setup_needed().await? }))
}

/// Creates the first owner and workspace, and signs the owner in.
#[utoipa::path(post, path = "/setup", tag = "setup", request_body = SetupNew, responses(
    (status = 201, description = "Set up; the session cookie is set", body = Me),
))]
pub async fn setup_create(
    State(api): State<Api>,
    Browser(browser): Browser,
    Body(new): Body<SetupNew>,
) -> Answer<Response> {
    let setup = engine::workspaces::Setup {
        code: new.code,
        name: new.name,
        email: new.email,
        password: new.password,
        workspace: NewWorkspace { name: new.workspace_name, brand: new.brand, time_zone: new.time_zone },
    };
    let session = api.engine.setup_run(setup, browser).await?;
    if let Some(ws) = session.open.session.ws {
        api.engine.simulator_provide(ws).await?;
        if new.demo || api.config.demo_at_setup {
            let owner = session.open.session.member;
            super::workspace::demo_begin(&api, ws, Actor::Member(owner), CONVERSATIONS, Some(owner)).await?;
        }
    }
    signed_in(&api, session).await
}

impl Checked for SetupNew {
    fn check(&self, faults: &mut Faults) {
        faults.text("name", &self.name, 1, 100);
        faults.email("email", &self.email);
        faults.text("workspace_name", &self.workspace_name, 1, 100);
        faults.text("brand", &self.brand, 1, 60);
    }
}

fn answer_fault(AnswerFault { language, answer, fault }: AnswerFault) -> FieldError {
    FieldError { field: format!("answers.{language}.{answer}"), code: fault.code.to_owned(), detail: fault.detail }
}

impl From<WorkspaceError> for Problem {
    fn from(error: WorkspaceError) -> Self {
        match error {
            WorkspaceError::NotFound => Self::not_found("workspace"),
            WorkspaceError::Nameless(field) => Self::field(field, "too_short", error.to_string()),
            WorkspaceError::TimeZone(_) => Self::field("time_zone", "time_zone", error.to_string()),
            WorkspaceError::Answers(faults) => Self::invalid(faults.into_iter().map(answer_fault).collect()),
            WorkspaceError::AlreadySetUp => {
                Self::new(Code::AlreadySetUp, "Sign in, or ask an owner for an invitation.")
            }
            WorkspaceError::WrongCode => {
                Self::new(Code::WrongSetupCode, "The code is in the output of the last start.")
            }
            WorkspaceError::Password(error) => error.into(),
            WorkspaceError::Crypto(error) => Self::internal(&error),
            WorkspaceError::SignIn(error) => error.into(),
            WorkspaceError::Store(error) => error.into(),
        }
    }
}
