//! Version 1 of the REST API: one file per noun.

pub mod accounts;
pub mod api_keys;
pub mod conversations;
pub mod customers;
pub mod decision;
mod follow;
pub mod inboxes;
pub mod invites;
pub mod live;
pub mod media;
pub mod members;
pub mod messages;
pub mod operate;
pub mod page;
pub mod resets;
pub mod search;
pub mod sending;
pub mod session;
pub mod setup;
pub mod simulator;
pub mod text_preview;
pub mod workspace;

use axum::extract::DefaultBodyLimit;
use utoipa_axum::router::{OpenApiRouter, UtoipaMethodRouterExt};
use utoipa_axum::routes;

use crate::state::Api;

/// Every operation, below `/api/v1`.
pub fn routes() -> OpenApiRouter<Api> {
    use conversations::{act, draft, list, start, thread};

    OpenApiRouter::new()
        .routes(routes!(setup::setup_get, setup::setup_create))
        .routes(routes!(session::me_get))
        .routes(routes!(session::session_create, session::session_delete))
        .routes(routes!(session::session_workspace_set))
        .routes(routes!(session::session_list))
        .routes(routes!(session::session_revoke))
        .routes(routes!(invites::invite_list, invites::invite_create))
        .routes(routes!(invites::invite_delete))
        .routes(routes!(invites::invite_link_get, invites::invite_link_accept))
        .routes(routes!(resets::reset_request))
        .routes(routes!(resets::reset_link_accept))
        .routes(routes!(resets::member_reset_create))
        .routes(routes!(members::member_list))
        .routes(routes!(members::member_update))
        .routes(routes!(api_keys::api_key_list, api_keys::api_key_create))
        .routes(routes!(api_keys::api_key_delete))
        .routes(routes!(list::conversation_list, start::conversation_create))
        .routes(routes!(list::conversation_count))
        .routes(routes!(list::conversation_get))
        .routes(routes!(thread::conversation_message_list, thread::conversation_reply))
        .routes(routes!(thread::conversation_note))
        .routes(routes!(act::conversation_assign))
        .routes(routes!(act::conversation_close))
        .routes(routes!(act::conversation_reopen))
        .routes(routes!(act::conversation_snooze))
        .routes(routes!(act::conversation_read))
        .routes(routes!(act::conversation_unread))
        .routes(routes!(draft::conversation_draft_get, draft::conversation_draft_set, draft::conversation_draft_delete))
        .routes(routes!(messages::message_create))
        .routes(routes!(messages::message_get))
        .routes(routes!(messages::message_retry))
        .routes(routes!(messages::message_cancel))
        .routes(routes!(messages::message_decision_list))
        .routes(routes!(media::media_create).layer(DefaultBodyLimit::max(media::UPLOAD_BODY_MAX)))
        .routes(routes!(media::media_get))
        .routes(routes!(text_preview::text_preview))
        .routes(routes!(customers::customer_list, customers::customer_create))
        .routes(routes!(customers::customer_get, customers::customer_update))
        .routes(routes!(search::search))
        .routes(routes!(live::live_stream))
        .routes(routes!(live::event_list))
        .routes(routes!(accounts::provider_list))
        .routes(routes!(accounts::account_list, accounts::account_create))
        .routes(routes!(accounts::account_update, accounts::account_delete))
        .routes(routes!(accounts::account_test))
        .routes(routes!(inboxes::inbox_list, inboxes::inbox_create))
        .routes(routes!(inboxes::inbox_get, inboxes::inbox_update))
        .routes(routes!(inboxes::inbox_live_set))
        .routes(routes!(sending::sending_get))
        .routes(routes!(sending::sending_workspace_set))
        .routes(routes!(sending::sending_inbox_set))
        .routes(routes!(sending::sending_server_set))
        .routes(routes!(operate::opt_out_list))
        .routes(routes!(operate::audit_list))
        .routes(routes!(operate::onboarding_get))
        .routes(routes!(operate::watch_list))
        .routes(routes!(operate::version_get))
        .routes(routes!(workspace::workspace_get, workspace::workspace_update))
        .routes(routes!(workspace::demo_get, workspace::demo_create, workspace::demo_delete))
        .routes(routes!(simulator::simulator_phone_list))
        .routes(routes!(simulator::simulator_phone_get))
        .routes(routes!(simulator::simulator_text_create))
        .routes(routes!(simulator::simulator_fault_get, simulator::simulator_fault_set))
}
