//! Who may do what: the only place that says so.
//!
//! Each operation names one [`Access`]; a router test fails where one is missing,
//! and a request to an operation without a line here is refused.

use engine::members::Role;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// What an API key may do.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Scope {
    /// Read conversations, messages and customers.
    Read,
    /// Change conversations and customers.
    Write,
    /// Send texts.
    Send,
    /// Change settings.
    Admin,
}

/// One thing that may be allowed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Permission {
    /// See conversations, messages, customers and the live stream.
    Read,
    /// Assign, close, snooze, note; change customers.
    Write,
    /// Send texts.
    Send,
    /// See accounts, inboxes, switches and the simulator's faults.
    SettingsRead,
    /// Change accounts, inboxes, the workspace and the demo shop.
    SettingsWrite,
    /// Stop and resume sending of the workspace and its inboxes.
    SendingStop,
    /// Invite, change and shut out members.
    MembersWrite,
    /// Make and revoke API keys.
    KeysWrite,
    /// Read the audit log, and make packs of evidence.
    AuditRead,
    /// Take out everything about one customer, and erase customers.
    Privacy,
    /// What concerns the whole server.
    ServerOperate,
}

/// What an operation asks of its caller.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Access {
    /// Anybody.
    Public,
    /// A signed-in member, in a browser: keys have no session.
    Session,
    /// A member or key with this permission.
    May(Permission),
}

/// What a role may do.
#[must_use]
pub const fn role_permissions(role: Role) -> &'static [Permission] {
    match role {
        Role::Owner | Role::Admin => {
            &[Read, Write, Send, SettingsRead, SettingsWrite, SendingStop, MembersWrite, KeysWrite, AuditRead, Privacy]
        }
        Role::Agent => &[Read, Write, Send, SettingsRead, SendingStop],
        Role::Viewer => &[Read, SettingsRead],
    }
}

impl Scope {
    const ALL: &'static [Self] = &[Self::Read, Self::Write, Self::Send, Self::Admin];

    /// The word stored and sent.
    #[must_use]
    pub const fn word(self) -> &'static str {
        match self {
            Self::Read => "read",
            Self::Write => "write",
            Self::Send => "send",
            Self::Admin => "admin",
        }
    }

    /// The scope of a word.
    #[must_use]
    pub fn from_word(word: &str) -> Option<Self> {
        Self::ALL.iter().copied().find(|scope| scope.word() == word)
    }

    /// What this scope allows. No key makes keys or members: a stolen one must
    /// not be able to outlive its own revocation.
    #[must_use]
    pub const fn permissions(self) -> &'static [Permission] {
        match self {
            Self::Read => &[Read, SettingsRead],
            Self::Write => &[Write],
            Self::Send => &[Send],
            Self::Admin => &[SettingsRead, SettingsWrite, SendingStop, AuditRead, Privacy],
        }
    }
}

use Access::{May, Public, Session};
use Permission::{
    AuditRead, KeysWrite, MembersWrite, Privacy, Read, Send, SendingStop, ServerOperate, SettingsRead, SettingsWrite,
    Write,
};

/// Every operation of the API and what it asks for.
pub const OPERATIONS: &[(&str, Access)] = &[
    ("setup_get", Public),
    ("setup_create", Public),
    ("version_get", Public),
    ("session_create", Public),
    ("invite_link_get", Public),
    ("invite_link_accept", Public),
    ("reset_request", Public),
    ("reset_link_accept", Public),
    ("me_get", Session),
    ("session_delete", Session),
    ("session_list", Session),
    ("session_revoke", Session),
    ("session_workspace_set", Session),
    ("session_password_set", Session),
    ("invite_list", May(MembersWrite)),
    ("invite_create", May(MembersWrite)),
    ("invite_delete", May(MembersWrite)),
    ("member_list", May(Read)),
    ("member_update", May(MembersWrite)),
    ("member_reset_create", May(MembersWrite)),
    ("api_key_list", May(KeysWrite)),
    ("api_key_create", May(KeysWrite)),
    ("api_key_delete", May(KeysWrite)),
    ("conversation_list", May(Read)),
    ("conversation_count", May(Read)),
    ("conversation_get", May(Read)),
    ("conversation_create", May(Send)),
    ("conversation_message_list", May(Read)),
    ("conversation_reply", May(Send)),
    ("conversation_note", May(Write)),
    ("conversation_assign", May(Write)),
    ("conversation_close", May(Write)),
    ("conversation_complaint", May(Write)),
    ("conversation_reopen", May(Write)),
    ("conversation_snooze", May(Write)),
    ("conversation_read", May(Write)),
    ("conversation_unread", May(Write)),
    ("conversation_presence_set", Session),
    ("conversation_draft_get", Session),
    ("conversation_draft_set", Session),
    ("conversation_draft_delete", Session),
    ("message_create", May(Send)),
    ("message_batch_create", May(Send)),
    ("message_batch_preview", May(Send)),
    ("message_get", May(Read)),
    ("message_retry", May(Send)),
    ("message_try_now", May(Send)),
    ("message_cancel", May(Send)),
    ("message_decision_list", May(Read)),
    ("message_decision_get", May(Read)),
    ("media_create", May(Send)),
    ("media_get", May(Read)),
    ("text_preview", May(Read)),
    ("customer_list", May(Read)),
    ("customer_create", May(Write)),
    ("customer_get", May(Read)),
    ("customer_update", May(Write)),
    ("customer_merge", May(Write)),
    ("customer_unmerge", May(Write)),
    ("customer_place_set", May(Write)),
    ("customer_place_delete", May(Write)),
    ("customer_erasure_get", May(Privacy)),
    ("customer_erasure_create", May(Privacy)),
    ("customer_export_create", May(Privacy)),
    ("export_get", May(Privacy)),
    ("export_file", May(Privacy)),
    ("retention_list", May(SettingsRead)),
    ("retention_due", May(SettingsRead)),
    ("retention_set", May(SettingsWrite)),
    ("erasure_list", May(Privacy)),
    ("erasure_get", May(Privacy)),
    ("search", May(Read)),
    ("live_stream", May(Read)),
    ("event_list", May(Read)),
    ("provider_list", May(SettingsRead)),
    ("account_list", May(SettingsRead)),
    ("account_create", May(SettingsWrite)),
    ("account_update", May(SettingsWrite)),
    ("account_delete", May(SettingsWrite)),
    ("account_test", May(SettingsWrite)),
    ("inbox_list", May(SettingsRead)),
    ("inbox_create", May(SettingsWrite)),
    ("inbox_get", May(SettingsRead)),
    ("inbox_update", May(SettingsWrite)),
    ("inbox_live_set", May(SettingsWrite)),
    ("inbox_join_word_list", May(SettingsRead)),
    ("inbox_join_word_create", May(SettingsWrite)),
    ("inbox_join_word_preview", May(SettingsRead)),
    ("inbox_join_word_update", May(SettingsWrite)),
    ("inbox_join_word_delete", May(SettingsWrite)),
    ("sending_get", May(SettingsRead)),
    ("sending_workspace_set", May(SendingStop)),
    ("sending_inbox_set", May(SendingStop)),
    ("sending_server_set", May(ServerOperate)),
    ("opt_out_list", May(Read)),
    ("opt_out_create", May(Write)),
    ("opt_out_import", May(SettingsWrite)),
    ("opt_outs_none_set", May(SettingsWrite)),
    ("consent_import", May(SettingsWrite)),
    ("number_event_create", May(Write)),
    ("number_event_import", May(SettingsWrite)),
    ("import_list", May(SettingsRead)),
    ("import_get", May(SettingsRead)),
    ("import_fault_list", May(SettingsRead)),
    ("consent_list", May(Read)),
    ("consent_create", May(Write)),
    ("optin_page_list", May(SettingsRead)),
    ("optin_page_create", May(SettingsWrite)),
    ("optin_page_get", May(SettingsRead)),
    ("optin_page_update", May(SettingsWrite)),
    ("optin_code_get", May(SettingsRead)),
    ("poster_list", May(SettingsRead)),
    ("poster_create", May(SettingsWrite)),
    ("disclosure_list", May(SettingsRead)),
    ("preference_link_create", May(Write)),
    ("unsure_text_list", May(Read)),
    ("unsure_text_answer", May(Write)),
    ("held_text_list", May(Read)),
    ("refused_text_list", May(Read)),
    ("window_map", May(Read)),
    ("rule_pack_list", May(Read)),
    ("rule_pack_get", May(Read)),
    ("rules_get", May(Read)),
    ("rules_set", May(SettingsWrite)),
    ("rule_version_list", May(Read)),
    ("rule_override_list", May(Read)),
    ("rule_override_create", May(SettingsWrite)),
    ("rule_override_end", May(SettingsWrite)),
    ("rule_dry_run_create", May(SettingsWrite)),
    ("rule_dry_run_list", May(Read)),
    ("rule_dry_run_get", May(Read)),
    ("rule_dry_run_cancel", May(SettingsWrite)),
    ("rule_dry_run_change_list", May(Read)),
    ("audit_list", May(AuditRead)),
    ("audit_action_list", May(AuditRead)),
    ("audit_export", May(AuditRead)),
    ("evidence_pack_list", May(AuditRead)),
    ("evidence_pack_create", May(AuditRead)),
    ("evidence_pack_get", May(AuditRead)),
    ("evidence_pack_file", May(AuditRead)),
    ("evidence_key_get", May(AuditRead)),
    ("onboarding_get", May(Read)),
    ("watch_list", May(SettingsRead)),
    ("workspace_get", May(Read)),
    ("workspace_update", May(SettingsWrite)),
    ("demo_get", May(Read)),
    ("demo_create", May(SettingsWrite)),
    ("demo_delete", May(SettingsWrite)),
    ("simulator_phone_list", May(Read)),
    ("simulator_phone_get", May(Read)),
    ("simulator_text_create", May(Write)),
    ("simulator_fault_get", May(SettingsRead)),
    ("simulator_fault_set", May(SettingsWrite)),
];

/// What an operation asks for; nothing where it is not listed.
#[must_use]
pub fn access(operation: &str) -> Option<Access> {
    OPERATIONS.iter().find(|(id, _)| *id == operation).map(|(_, access)| *access)
}
