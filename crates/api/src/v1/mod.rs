//! Version 1 of the REST API: one file per noun.

pub mod accounts;
pub mod api_keys;
pub mod audit;
pub mod consents;
pub mod conversations;
pub mod customer_merges;
pub mod customer_places;
pub mod customers;
pub mod decision;
pub mod erasures;
pub mod evidence_packs;
pub mod exports;
mod follow;
pub mod gated_texts;
pub mod imports;
pub mod inboxes;
pub mod invites;
pub mod join_words;
pub mod live;
pub mod media;
pub mod members;
pub mod message_batch_preview;
pub mod message_batches;
pub mod message_tries;
pub mod messages;
pub mod number_events;
pub mod operate;
pub mod opt_out;
pub mod optin_pages;
pub mod page;
pub mod resets;
pub mod retention;
pub mod rule_dry_runs;
pub mod rule_packs;
pub mod rules;
pub mod search;
pub mod sending;
pub mod sending_policy;
pub mod session;
pub mod setup;
pub mod simulator;
pub mod text_preview;
pub mod windows;
pub mod workspace;

use axum::extract::DefaultBodyLimit;
use utoipa_axum::router::{OpenApiRouter, UtoipaMethodRouterExt};
use utoipa_axum::routes;

use crate::state::Api;

/// Every operation, below `/api/v1`.
pub fn routes() -> OpenApiRouter<Api> {
    use conversations::{act, draft, list, presence, start, thread};

    OpenApiRouter::new()
        .routes(routes!(setup::setup_get, setup::setup_create))
        .routes(routes!(session::me_get))
        .routes(routes!(session::session_create, session::session_delete))
        .routes(routes!(session::session_workspace_set))
        .routes(routes!(session::session_password_set))
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
        .routes(routes!(act::conversation_complaint))
        .routes(routes!(act::conversation_read))
        .routes(routes!(act::conversation_unread))
        .routes(routes!(presence::conversation_presence_set))
        .routes(routes!(draft::conversation_draft_get, draft::conversation_draft_set, draft::conversation_draft_delete))
        .routes(routes!(messages::message_create))
        .routes(routes!(message_batches::message_batch_create).layer(DefaultBodyLimit::max(message_batches::BODY_MAX)))
        .routes(
            routes!(message_batch_preview::message_batch_preview)
                .layer(DefaultBodyLimit::max(message_batches::BODY_MAX)),
        )
        .routes(routes!(messages::message_get))
        .routes(routes!(message_tries::message_retry))
        .routes(routes!(message_tries::message_try_now))
        .routes(routes!(messages::message_cancel))
        .routes(routes!(messages::message_decision_list))
        .routes(routes!(messages::message_decision_get))
        .routes(routes!(media::media_create).layer(DefaultBodyLimit::max(media::UPLOAD_BODY_MAX)))
        .routes(routes!(media::media_get))
        .routes(routes!(text_preview::text_preview))
        .routes(routes!(customers::customer_list, customers::customer_create))
        .routes(routes!(customers::customer_get, customers::customer_update))
        .routes(routes!(customer_merges::customer_merge))
        .routes(routes!(customer_merges::customer_unmerge))
        .routes(routes!(customer_places::customer_place_set, customer_places::customer_place_delete))
        .routes(routes!(erasures::customer_erasure_get, erasures::customer_erasure_create))
        .routes(routes!(erasures::erasure_list))
        .routes(routes!(erasures::erasure_get))
        .routes(routes!(exports::customer_export_create))
        .routes(routes!(exports::export_get))
        .routes(routes!(exports::export_file))
        .routes(routes!(retention::retention_list))
        .routes(routes!(retention::retention_due))
        .routes(routes!(retention::retention_set))
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
        .routes(routes!(join_words::inbox_join_word_list, join_words::inbox_join_word_create))
        .routes(routes!(join_words::inbox_join_word_preview))
        .routes(routes!(join_words::inbox_join_word_update, join_words::inbox_join_word_delete))
        .routes(routes!(sending::sending_get))
        .routes(routes!(sending::sending_workspace_set))
        .routes(routes!(sending::sending_inbox_set))
        .routes(routes!(sending::sending_server_set))
        .routes(routes!(consents::opt_out_list, consents::opt_out_create))
        .routes(routes!(imports::opt_out_import).layer(DefaultBodyLimit::max(imports::FILE_BODY_MAX)))
        .routes(routes!(imports::consent_import).layer(DefaultBodyLimit::max(imports::FILE_BODY_MAX)))
        .routes(routes!(imports::number_event_import).layer(DefaultBodyLimit::max(imports::FILE_BODY_MAX)))
        .routes(routes!(number_events::number_event_create))
        .routes(routes!(imports::import_list))
        .routes(routes!(imports::import_get))
        .routes(routes!(imports::import_fault_list))
        .routes(routes!(imports::opt_outs_none_set))
        .routes(routes!(gated_texts::held_text_list))
        .routes(routes!(gated_texts::refused_text_list))
        .routes(routes!(consents::consent_list, consents::consent_create))
        .routes(routes!(optin_pages::optin_page_list, optin_pages::optin_page_create))
        .routes(routes!(optin_pages::optin_page_get, optin_pages::optin_page_update))
        .routes(routes!(optin_pages::optin_code_get))
        .routes(routes!(optin_pages::poster_list, optin_pages::poster_create))
        .routes(routes!(optin_pages::disclosure_list))
        .routes(routes!(optin_pages::preference_link_create))
        .routes(routes!(consents::unsure_text_list))
        .routes(routes!(consents::unsure_text_answer))
        .routes(routes!(audit::audit_list))
        .routes(routes!(audit::audit_action_list))
        .routes(routes!(audit::audit_export))
        .routes(routes!(evidence_packs::evidence_pack_list, evidence_packs::evidence_pack_create))
        .routes(routes!(evidence_packs::evidence_pack_get))
        .routes(routes!(evidence_packs::evidence_pack_file))
        .routes(routes!(evidence_packs::evidence_key_get))
        .routes(routes!(windows::window_map))
        .routes(routes!(rule_packs::rule_pack_list))
        .routes(routes!(rule_packs::rule_pack_get))
        .routes(routes!(rules::rules_get, rules::rules_set))
        .routes(routes!(rules::rule_version_list))
        .routes(routes!(rules::rule_override_list, rules::rule_override_create))
        .routes(routes!(rules::rule_override_end))
        .routes(routes!(rule_dry_runs::rule_dry_run_list, rule_dry_runs::rule_dry_run_create))
        .routes(routes!(rule_dry_runs::rule_dry_run_get))
        .routes(routes!(rule_dry_runs::rule_dry_run_cancel))
        .routes(routes!(rule_dry_runs::rule_dry_run_change_list))
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
