//! Everything of a workspace, table by table, for an export.
//!
//! tidy: a data table. Secrets and their digests are left out, and so is what
//! only this server can use: locks, jobs, kept answers, the search index.

use crate::db::{DbError, Row, Sql, Tx, Val, statements};

/// Rows of one page.
const PAGE: usize = 500;

/// How a column is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// An identity.
    Uuid,
    /// A number or an instant.
    Int,
    /// Words.
    Text,
    /// JSON kept as text.
    Json,
    /// Bytes.
    Blob,
}

/// One table and how its rows are read in pages.
#[derive(Debug)]
pub struct Table {
    /// Its name.
    pub name: &'static str,
    /// Its columns without `ws`, in the order of a row's values.
    pub columns: &'static [(&'static str, Kind)],
    key: &'static [usize],
    sql: &'static Sql,
}

statements! {
    tenant EXPORT_MEMBERS = "select m.id, m.name, m.email
        from memberships s join members m on m.id = s.member_id where s.ws = $1 and m.id > $2 order by m.id limit 500";
    tenant EXPORT_MEMBERSHIPS = "select member_id, role, created_at
        from memberships where ws = $1 and member_id > $2 order by member_id limit 500";
    tenant EXPORT_ACCOUNTS = "select id, provider, name, settings, created_at, disabled_at
        from accounts where ws = $1 and id > $2 order by id limit 500";
    tenant EXPORT_INBOXES = "select id, account_id, name, address, live_at, test_numbers, stopped_at, stopped_by, stopped_reason, created_at
        from inboxes where ws = $1 and id > $2 order by id limit 500";
    tenant EXPORT_API_KEYS = "select id, name, scopes, purpose, inbox_id, created_by, created_at, last_used_at, revoked_at
        from api_keys where ws = $1 and id > $2 order by id limit 500";
    tenant EXPORT_CUSTOMERS = "select id, name, notes, demo, last_at, created_at, merged_into
        from customers where ws = $1 and id > $2 order by id limit 500";
    tenant EXPORT_IDENTITIES = "select address, kind, customer_id, created_at
        from identities where ws = $1 and address > $2 order by address limit 500";
    tenant EXPORT_FORMER_IDENTITIES = "select address, customer_id, created_at, ended_at
        from former_identities where ws = $1 and (address, customer_id, ended_at) > ($2, $3, $4) order by address, customer_id, ended_at limit 500";
    tenant EXPORT_CUSTOMER_PLACES = "select customer_id, kind, country, region, postal_code, time_zone, source, known_at
        from customer_places where ws = $1 and (customer_id, kind) > ($2, $3) order by customer_id, kind limit 500";
    tenant EXPORT_CUSTOMER_MERGES = "select id, customer_id, other_id, moved, actor_kind, actor_id, merged_at, unmerged_at, unmerged_kind, unmerged_by, refused
        from customer_merges where ws = $1 and id > $2 order by id limit 500";
    tenant EXPORT_PRODUCTS = "select id, title, price_minor, currency, demo
        from products where ws = $1 and id > $2 order by id limit 500";
    tenant EXPORT_ORDERS = "select id, customer_id, number, status, total_minor, currency, items, tracking, placed_at, demo
        from orders where ws = $1 and id > $2 order by id limit 500";
    tenant EXPORT_CONVERSATIONS = "select id, inbox_id, customer_id, address, status, assignee_id, snoozed_until, closed_at, waiting_since, last_seq, read_seq, last_at, last_direction, last_inbound_at, preview, failed, demo, created_at, complaint_at, complaint_by
        from conversations where ws = $1 and id > $2 order by id limit 500";
    tenant EXPORT_MESSAGES = "select id, conversation_id, seq, kind, body, author_kind, author_id, purpose, origin, state, state_at, reason_code, reason_detail, held_until, send_after, valid_until, retry_of, encoding, parts, media, in_flight_at_opt_out, data, demo, created_at, class, legal_basis, topic
        from messages where ws = $1 and id > $2 order by id limit 500";
    tenant EXPORT_MEDIA = "select id, message_id, position, content_type, bytes, width, height, content, source_url, created_at
        from media where ws = $1 and id > $2 order by id limit 500";
    tenant EXPORT_INBOUND_IDS = "select account_id, provider_id, message_id, created_at
        from inbound_ids where ws = $1 and (account_id, provider_id) > ($2, $3) order by account_id, provider_id limit 500";
    tenant EXPORT_ATTEMPTS = "select id, message_id, account_id, address, state, hand_over_by, provider_id, progress, error_class, error_code, created_at, settled_at, marketing, tells_opt_out
        from attempts where ws = $1 and id > $2 order by id limit 500";
    tenant EXPORT_RECEIPTS = "select account_id, provider_id, word, part, state, error_class, error_code, attempt_id, created_at
        from receipts where ws = $1 and (account_id, provider_id, word, part) > ($2, $3, $4, $5) order by account_id, provider_id, word, part limit 500";
    tenant EXPORT_DECISIONS = "select message_id, no, verdict, code, at, record
        from decisions where ws = $1 and (message_id, no) > ($2, $3) order by message_id, no limit 500";
    tenant EXPORT_SUPPRESSIONS = "select brand, address, scope, since, source, message_id, lifted_at
        from suppressions where ws = $1 and (brand, address, scope) > ($2, $3, $4) order by brand, address, scope limit 500";
    tenant EXPORT_DRAFTS = "select conversation_id, member_id, body, revision, updated_at
        from drafts where ws = $1 and (conversation_id, member_id) > ($2, $3) order by conversation_id, member_id limit 500";
    tenant EXPORT_OUTBOX = "select message_id, conversation_id, inbox_id, account_id, address, origin, purpose, lane, due_at, attempts, state, lease_until, attempt_id, valid_until, created_at
        from outbox where ws = $1 and message_id > $2 order by message_id limit 500";
    tenant EXPORT_EVENTS = "select seq, kind, conversation, subject, at, data
        from events where ws = $1 and seq > $2 order by seq limit 500";
    tenant EXPORT_AUDIT = "select id, at, actor_kind, actor_id, action, subject, detail
        from audit where ws = $1 and id > $2 order by id limit 500";
    tenant EXPORT_RULE_VERSIONS = "select no, pack, fingerprint, overrides, reason, actor_kind, actor_id, created_at
        from rule_versions where ws = $1 and no > $2 order by no limit 500";
    tenant EXPORT_RULE_OVERRIDES = "select id, change, loosens, actor_kind, actor_id, created_at, until_at, ended_at, ended_kind, ended_id, ended_reason
        from rule_overrides where ws = $1 and id > $2 order by id limit 500";
    tenant EXPORT_DISCLOSURES = "select id, channel, permits, locale, text, sha256, created_at
        from disclosures where ws = $1 and id > $2 order by id limit 500";
    tenant EXPORT_CONSENTS = "select id, address, customer_id, channel, permits, topic, action, proof, method, disclosure_id, message_id, evidence, actor_kind, actor_id, occurred_at, recorded_at, salt
        from consents where ws = $1 and id > $2 order by id limit 500";
    tenant EXPORT_STANDINGS = "select address, channel, permits, topic, status, proof, since, consent_id, ended_at
        from standings where ws = $1 and (address, channel, permits, topic) > ($2, $3, $4, $5) order by address, channel, permits, topic limit 500";
    tenant EXPORT_CHAIN = "select seq, at, items, hash
        from chain where ws = $1 and seq > $2 order by seq limit 500";
    tenant EXPORT_CHAIN_HEADS = "select seq, hash
        from chain_heads where ws = $1 and seq > $2 order by seq limit 500";
    tenant EXPORT_CHAIN_SIGNATURES = "select seq, hash, at, public_key, signature
        from chain_signatures where ws = $1 and (seq, public_key, at) > ($2, $3, $4) order by seq, public_key, at limit 500";
    tenant EXPORT_UNSURE_TEXTS = "select message_id, conversation_id, address, matched_by, asked_at, answered_at, answer
        from unsure_texts where ws = $1 and message_id > $2 order by message_id limit 500";
    tenant EXPORT_JOIN_WORDS = "select id, inbox_id, word, plain, topic, double_opt_in, locale, programme, frequency, disclosure, disclosure_version, confirmation, welcome, created_at, changed_at
        from join_words where ws = $1 and id > $2 order by id limit 500";
    tenant EXPORT_IMPORTS = "select id, told, sha256, columns, delimiter, country, since, rows, pieces, place, rows_done, added, already, overtaken, unproven, other, refused, actor_kind, actor_id, created_at, finished_at
        from imports where ws = $1 and id > $2 order by id limit 500";
    tenant EXPORT_IMPORT_FAULTS = "select import_id, line, code, refused
        from import_faults where ws = $1 and (import_id, line, code) > ($2, $3, $4) order by import_id, line, code limit 500";
    tenant EXPORT_OPTIN_PAGES = "select id, inbox_id, token, title, intro, contact, topic, keyword, region, locale, disclosure, version, double_opt_in, active, privacy_url, terms_url, origins, signups, created_at, changed_at
        from optin_pages where ws = $1 and id > $2 order by id limit 500";
    tenant EXPORT_POSTERS = "select id, page_id, token, name, signups, created_at
        from posters where ws = $1 and id > $2 order by id limit 500";
    tenant EXPORT_SIMULATOR_TEXTS = "select id, account_id, number, our_address, direction, body, parts, message_id, at, pictures
        from simulator_texts where ws = $1 and id > $2 order by id limit 500";
}

/// Every table of an export, those first that others name.
pub const TABLES: &[Table] = &[
    // People are the server's; who wrote what should still be readable elsewhere.
    Table {
        name: "members",
        columns: &[("id", Kind::Uuid), ("name", Kind::Text), ("email", Kind::Text)],
        key: &[0],
        sql: &EXPORT_MEMBERS,
    },
    Table {
        name: "memberships",
        columns: &[("member_id", Kind::Uuid), ("role", Kind::Text), ("created_at", Kind::Int)],
        key: &[0],
        sql: &EXPORT_MEMBERSHIPS,
    },
    Table {
        name: "accounts",
        columns: &[
            ("id", Kind::Uuid),
            ("provider", Kind::Text),
            ("name", Kind::Text),
            ("settings", Kind::Json),
            ("created_at", Kind::Int),
            ("disabled_at", Kind::Int),
        ],
        key: &[0],
        sql: &EXPORT_ACCOUNTS,
    },
    Table {
        name: "inboxes",
        columns: &[
            ("id", Kind::Uuid),
            ("account_id", Kind::Uuid),
            ("name", Kind::Text),
            ("address", Kind::Text),
            ("live_at", Kind::Int),
            ("test_numbers", Kind::Json),
            ("stopped_at", Kind::Int),
            ("stopped_by", Kind::Text),
            ("stopped_reason", Kind::Text),
            ("created_at", Kind::Int),
        ],
        key: &[0],
        sql: &EXPORT_INBOXES,
    },
    Table {
        name: "api_keys",
        columns: &[
            ("id", Kind::Uuid),
            ("name", Kind::Text),
            ("scopes", Kind::Text),
            ("purpose", Kind::Text),
            ("inbox_id", Kind::Uuid),
            ("created_by", Kind::Uuid),
            ("created_at", Kind::Int),
            ("last_used_at", Kind::Int),
            ("revoked_at", Kind::Int),
        ],
        key: &[0],
        sql: &EXPORT_API_KEYS,
    },
    Table {
        name: "customers",
        columns: &[
            ("id", Kind::Uuid),
            ("name", Kind::Text),
            ("notes", Kind::Text),
            ("demo", Kind::Int),
            ("last_at", Kind::Int),
            ("created_at", Kind::Int),
            ("merged_into", Kind::Uuid),
        ],
        key: &[0],
        sql: &EXPORT_CUSTOMERS,
    },
    Table {
        name: "identities",
        columns: &[
            ("address", Kind::Text),
            ("kind", Kind::Text),
            ("customer_id", Kind::Uuid),
            ("created_at", Kind::Int),
        ],
        key: &[0],
        sql: &EXPORT_IDENTITIES,
    },
    Table {
        name: "former_identities",
        columns: &[
            ("address", Kind::Text),
            ("customer_id", Kind::Uuid),
            ("created_at", Kind::Int),
            ("ended_at", Kind::Int),
        ],
        key: &[0, 1, 3],
        sql: &EXPORT_FORMER_IDENTITIES,
    },
    Table {
        name: "customer_places",
        columns: &[
            ("customer_id", Kind::Uuid),
            ("kind", Kind::Text),
            ("country", Kind::Text),
            ("region", Kind::Text),
            ("postal_code", Kind::Text),
            ("time_zone", Kind::Text),
            ("source", Kind::Text),
            ("known_at", Kind::Int),
        ],
        key: &[0, 1],
        sql: &EXPORT_CUSTOMER_PLACES,
    },
    Table {
        name: "customer_merges",
        columns: &[
            ("id", Kind::Uuid),
            ("customer_id", Kind::Uuid),
            ("other_id", Kind::Uuid),
            ("moved", Kind::Json),
            ("actor_kind", Kind::Text),
            ("actor_id", Kind::Uuid),
            ("merged_at", Kind::Int),
            ("unmerged_at", Kind::Int),
            ("unmerged_kind", Kind::Text),
            ("unmerged_by", Kind::Uuid),
            ("refused", Kind::Int),
        ],
        key: &[0],
        sql: &EXPORT_CUSTOMER_MERGES,
    },
    Table {
        name: "products",
        columns: &[
            ("id", Kind::Uuid),
            ("title", Kind::Text),
            ("price_minor", Kind::Int),
            ("currency", Kind::Text),
            ("demo", Kind::Int),
        ],
        key: &[0],
        sql: &EXPORT_PRODUCTS,
    },
    Table {
        name: "orders",
        columns: &[
            ("id", Kind::Uuid),
            ("customer_id", Kind::Uuid),
            ("number", Kind::Text),
            ("status", Kind::Text),
            ("total_minor", Kind::Int),
            ("currency", Kind::Text),
            ("items", Kind::Json),
            ("tracking", Kind::Text),
            ("placed_at", Kind::Int),
            ("demo", Kind::Int),
        ],
        key: &[0],
        sql: &EXPORT_ORDERS,
    },
    Table {
        name: "conversations",
        columns: &[
            ("id", Kind::Uuid),
            ("inbox_id", Kind::Uuid),
            ("customer_id", Kind::Uuid),
            ("address", Kind::Text),
            ("status", Kind::Text),
            ("assignee_id", Kind::Uuid),
            ("snoozed_until", Kind::Int),
            ("closed_at", Kind::Int),
            ("waiting_since", Kind::Int),
            ("last_seq", Kind::Int),
            ("read_seq", Kind::Int),
            ("last_at", Kind::Int),
            ("last_direction", Kind::Text),
            ("last_inbound_at", Kind::Int),
            ("preview", Kind::Text),
            ("failed", Kind::Int),
            ("demo", Kind::Int),
            ("created_at", Kind::Int),
            ("complaint_at", Kind::Int),
            ("complaint_by", Kind::Text),
        ],
        key: &[0],
        sql: &EXPORT_CONVERSATIONS,
    },
    Table {
        name: "messages",
        columns: &[
            ("id", Kind::Uuid),
            ("conversation_id", Kind::Uuid),
            ("seq", Kind::Int),
            ("kind", Kind::Text),
            ("body", Kind::Text),
            ("author_kind", Kind::Text),
            ("author_id", Kind::Uuid),
            ("purpose", Kind::Text),
            ("origin", Kind::Text),
            ("state", Kind::Text),
            ("state_at", Kind::Int),
            ("reason_code", Kind::Text),
            ("reason_detail", Kind::Text),
            ("held_until", Kind::Int),
            ("send_after", Kind::Int),
            ("valid_until", Kind::Int),
            ("retry_of", Kind::Uuid),
            ("encoding", Kind::Text),
            ("parts", Kind::Int),
            ("media", Kind::Int),
            ("in_flight_at_opt_out", Kind::Int),
            ("data", Kind::Json),
            ("demo", Kind::Int),
            ("created_at", Kind::Int),
            ("class", Kind::Text),
            ("legal_basis", Kind::Text),
            ("topic", Kind::Text),
        ],
        key: &[0],
        sql: &EXPORT_MESSAGES,
    },
    Table {
        name: "media",
        columns: &[
            ("id", Kind::Uuid),
            ("message_id", Kind::Uuid),
            ("position", Kind::Int),
            ("content_type", Kind::Text),
            ("bytes", Kind::Int),
            ("width", Kind::Int),
            ("height", Kind::Int),
            ("content", Kind::Blob),
            ("source_url", Kind::Text),
            ("created_at", Kind::Int),
        ],
        key: &[0],
        sql: &EXPORT_MEDIA,
    },
    Table {
        name: "inbound_ids",
        columns: &[
            ("account_id", Kind::Uuid),
            ("provider_id", Kind::Text),
            ("message_id", Kind::Uuid),
            ("created_at", Kind::Int),
        ],
        key: &[0, 1],
        sql: &EXPORT_INBOUND_IDS,
    },
    Table {
        name: "attempts",
        columns: &[
            ("id", Kind::Uuid),
            ("message_id", Kind::Uuid),
            ("account_id", Kind::Uuid),
            ("address", Kind::Text),
            ("state", Kind::Text),
            ("hand_over_by", Kind::Int),
            ("provider_id", Kind::Text),
            ("progress", Kind::Text),
            ("error_class", Kind::Text),
            ("error_code", Kind::Text),
            ("created_at", Kind::Int),
            ("settled_at", Kind::Int),
            ("marketing", Kind::Int),
            ("tells_opt_out", Kind::Int),
        ],
        key: &[0],
        sql: &EXPORT_ATTEMPTS,
    },
    Table {
        name: "receipts",
        columns: &[
            ("account_id", Kind::Uuid),
            ("provider_id", Kind::Text),
            ("word", Kind::Text),
            ("part", Kind::Int),
            ("state", Kind::Text),
            ("error_class", Kind::Text),
            ("error_code", Kind::Text),
            ("attempt_id", Kind::Uuid),
            ("created_at", Kind::Int),
        ],
        key: &[0, 1, 2, 3],
        sql: &EXPORT_RECEIPTS,
    },
    Table {
        name: "decisions",
        columns: &[
            ("message_id", Kind::Uuid),
            ("no", Kind::Int),
            ("verdict", Kind::Text),
            ("code", Kind::Text),
            ("at", Kind::Int),
            ("record", Kind::Json),
        ],
        key: &[0, 1],
        sql: &EXPORT_DECISIONS,
    },
    Table {
        name: "suppressions",
        columns: &[
            ("brand", Kind::Text),
            ("address", Kind::Text),
            ("scope", Kind::Text),
            ("since", Kind::Int),
            ("source", Kind::Text),
            ("message_id", Kind::Uuid),
            ("lifted_at", Kind::Int),
        ],
        key: &[0, 1, 2],
        sql: &EXPORT_SUPPRESSIONS,
    },
    Table {
        name: "drafts",
        columns: &[
            ("conversation_id", Kind::Uuid),
            ("member_id", Kind::Uuid),
            ("body", Kind::Text),
            ("revision", Kind::Int),
            ("updated_at", Kind::Int),
        ],
        key: &[0, 1],
        sql: &EXPORT_DRAFTS,
    },
    Table {
        name: "outbox",
        columns: &[
            ("message_id", Kind::Uuid),
            ("conversation_id", Kind::Uuid),
            ("inbox_id", Kind::Uuid),
            ("account_id", Kind::Uuid),
            ("address", Kind::Text),
            ("origin", Kind::Text),
            ("purpose", Kind::Text),
            ("lane", Kind::Int),
            ("due_at", Kind::Int),
            ("attempts", Kind::Int),
            ("state", Kind::Text),
            ("lease_until", Kind::Int),
            ("attempt_id", Kind::Uuid),
            ("valid_until", Kind::Int),
            ("created_at", Kind::Int),
        ],
        key: &[0],
        sql: &EXPORT_OUTBOX,
    },
    Table {
        name: "events",
        columns: &[
            ("seq", Kind::Int),
            ("kind", Kind::Text),
            ("conversation", Kind::Uuid),
            ("subject", Kind::Uuid),
            ("at", Kind::Int),
            ("data", Kind::Json),
        ],
        key: &[0],
        sql: &EXPORT_EVENTS,
    },
    Table {
        name: "audit",
        columns: &[
            ("id", Kind::Uuid),
            ("at", Kind::Int),
            ("actor_kind", Kind::Text),
            ("actor_id", Kind::Uuid),
            ("action", Kind::Text),
            ("subject", Kind::Text),
            ("detail", Kind::Json),
        ],
        key: &[0],
        sql: &EXPORT_AUDIT,
    },
    Table {
        name: "rule_versions",
        columns: &[
            ("no", Kind::Int),
            ("pack", Kind::Text),
            ("fingerprint", Kind::Text),
            ("overrides", Kind::Json),
            ("reason", Kind::Text),
            ("actor_kind", Kind::Text),
            ("actor_id", Kind::Uuid),
            ("created_at", Kind::Int),
        ],
        key: &[0],
        sql: &EXPORT_RULE_VERSIONS,
    },
    Table {
        name: "rule_overrides",
        columns: &[
            ("id", Kind::Uuid),
            ("change", Kind::Json),
            ("loosens", Kind::Int),
            ("actor_kind", Kind::Text),
            ("actor_id", Kind::Uuid),
            ("created_at", Kind::Int),
            ("until_at", Kind::Int),
            ("ended_at", Kind::Int),
            ("ended_kind", Kind::Text),
            ("ended_id", Kind::Uuid),
            ("ended_reason", Kind::Text),
        ],
        key: &[0],
        sql: &EXPORT_RULE_OVERRIDES,
    },
    Table {
        name: "disclosures",
        columns: &[
            ("id", Kind::Uuid),
            ("channel", Kind::Text),
            ("permits", Kind::Text),
            ("locale", Kind::Text),
            ("text", Kind::Text),
            ("sha256", Kind::Blob),
            ("created_at", Kind::Int),
        ],
        key: &[0],
        sql: &EXPORT_DISCLOSURES,
    },
    Table {
        name: "consents",
        columns: &[
            ("id", Kind::Uuid),
            ("address", Kind::Text),
            ("customer_id", Kind::Uuid),
            ("channel", Kind::Text),
            ("permits", Kind::Text),
            ("topic", Kind::Text),
            ("action", Kind::Text),
            ("proof", Kind::Text),
            ("method", Kind::Text),
            ("disclosure_id", Kind::Uuid),
            ("message_id", Kind::Uuid),
            ("evidence", Kind::Json),
            ("actor_kind", Kind::Text),
            ("actor_id", Kind::Uuid),
            ("occurred_at", Kind::Int),
            ("recorded_at", Kind::Int),
            ("salt", Kind::Blob),
        ],
        key: &[0],
        sql: &EXPORT_CONSENTS,
    },
    Table {
        name: "standings",
        columns: &[
            ("address", Kind::Text),
            ("channel", Kind::Text),
            ("permits", Kind::Text),
            ("topic", Kind::Text),
            ("status", Kind::Text),
            ("proof", Kind::Text),
            ("since", Kind::Int),
            ("consent_id", Kind::Uuid),
            ("ended_at", Kind::Int),
        ],
        key: &[0, 1, 2, 3],
        sql: &EXPORT_STANDINGS,
    },
    Table {
        name: "chain",
        columns: &[("seq", Kind::Int), ("at", Kind::Int), ("items", Kind::Blob), ("hash", Kind::Blob)],
        key: &[0],
        sql: &EXPORT_CHAIN,
    },
    Table {
        name: "chain_heads",
        columns: &[("seq", Kind::Int), ("hash", Kind::Blob)],
        key: &[0],
        sql: &EXPORT_CHAIN_HEADS,
    },
    Table {
        name: "chain_signatures",
        columns: &[
            ("seq", Kind::Int),
            ("hash", Kind::Blob),
            ("at", Kind::Int),
            ("public_key", Kind::Blob),
            ("signature", Kind::Blob),
        ],
        key: &[0, 3, 2],
        sql: &EXPORT_CHAIN_SIGNATURES,
    },
    Table {
        name: "unsure_texts",
        columns: &[
            ("message_id", Kind::Uuid),
            ("conversation_id", Kind::Uuid),
            ("address", Kind::Text),
            ("matched_by", Kind::Text),
            ("asked_at", Kind::Int),
            ("answered_at", Kind::Int),
            ("answer", Kind::Text),
        ],
        key: &[0],
        sql: &EXPORT_UNSURE_TEXTS,
    },
    Table {
        name: "join_words",
        columns: &[
            ("id", Kind::Uuid),
            ("inbox_id", Kind::Uuid),
            ("word", Kind::Text),
            ("plain", Kind::Text),
            ("topic", Kind::Text),
            ("double_opt_in", Kind::Int),
            ("locale", Kind::Text),
            ("programme", Kind::Text),
            ("frequency", Kind::Text),
            ("disclosure", Kind::Text),
            ("disclosure_version", Kind::Int),
            ("confirmation", Kind::Text),
            ("welcome", Kind::Text),
            ("created_at", Kind::Int),
            ("changed_at", Kind::Int),
        ],
        key: &[0],
        sql: &EXPORT_JOIN_WORDS,
    },
    Table {
        name: "imports",
        columns: &[
            ("id", Kind::Uuid),
            ("told", Kind::Text),
            ("sha256", Kind::Blob),
            ("columns", Kind::Json),
            ("delimiter", Kind::Text),
            ("country", Kind::Text),
            ("since", Kind::Int),
            ("rows", Kind::Int),
            ("pieces", Kind::Int),
            ("place", Kind::Int),
            ("rows_done", Kind::Int),
            ("added", Kind::Int),
            ("already", Kind::Int),
            ("overtaken", Kind::Int),
            ("unproven", Kind::Int),
            ("other", Kind::Int),
            ("refused", Kind::Int),
            ("actor_kind", Kind::Text),
            ("actor_id", Kind::Uuid),
            ("created_at", Kind::Int),
            ("finished_at", Kind::Int),
        ],
        key: &[0],
        sql: &EXPORT_IMPORTS,
    },
    Table {
        name: "import_faults",
        columns: &[("import_id", Kind::Uuid), ("line", Kind::Int), ("code", Kind::Text), ("refused", Kind::Int)],
        key: &[0, 1, 2],
        sql: &EXPORT_IMPORT_FAULTS,
    },
    Table {
        name: "optin_pages",
        columns: &[
            ("id", Kind::Uuid),
            ("inbox_id", Kind::Uuid),
            ("token", Kind::Text),
            ("title", Kind::Text),
            ("intro", Kind::Text),
            ("contact", Kind::Text),
            ("topic", Kind::Text),
            ("keyword", Kind::Text),
            ("region", Kind::Text),
            ("locale", Kind::Text),
            ("disclosure", Kind::Text),
            ("version", Kind::Int),
            ("double_opt_in", Kind::Int),
            ("active", Kind::Int),
            ("privacy_url", Kind::Text),
            ("terms_url", Kind::Text),
            ("origins", Kind::Json),
            ("signups", Kind::Int),
            ("created_at", Kind::Int),
            ("changed_at", Kind::Int),
        ],
        key: &[0],
        sql: &EXPORT_OPTIN_PAGES,
    },
    Table {
        name: "posters",
        columns: &[
            ("id", Kind::Uuid),
            ("page_id", Kind::Uuid),
            ("token", Kind::Text),
            ("name", Kind::Text),
            ("signups", Kind::Int),
            ("created_at", Kind::Int),
        ],
        key: &[0],
        sql: &EXPORT_POSTERS,
    },
    Table {
        name: "simulator_texts",
        columns: &[
            ("id", Kind::Uuid),
            ("account_id", Kind::Uuid),
            ("number", Kind::Text),
            ("our_address", Kind::Text),
            ("direction", Kind::Text),
            ("body", Kind::Text),
            ("parts", Kind::Int),
            ("message_id", Kind::Uuid),
            ("at", Kind::Int),
            ("pictures", Kind::Json),
        ],
        key: &[0],
        sql: &EXPORT_SIMULATOR_TEXTS,
    },
];

/// Tables of a workspace, and columns of exported ones, that no export has, each with the reason.
pub const LEFT_OUT: &[(&str, &str)] = &[
    ("accounts.secrets", "logins at providers"),
    ("accounts.login_refused_at", "what a watch of this server saw"),
    ("address_locks", "what the gate counts about an address for an hour"),
    ("api_keys.secret_hash", "logins of programs"),
    ("attempts.body_hash", "how a look-up knows a text again"),
    ("attempts.look_up_at", "when this server looks up next"),
    ("attempts.look_ups", "how often it has looked"),
    ("customer_words", "the index of names, made anew from the customers"),
    ("dry_run_changes", "found anew by asking again, kept 30 days"),
    ("dry_runs", "found anew by asking again, kept 30 days"),
    ("erased_addresses", "numbers that are not texted, told to this server's key alone"),
    ("erasures", "which customers were erased, told to this server's key alone"),
    ("event_counters", "the number of the last event"),
    ("evidence_pack_parts", "files made from what is exported, kept a day"),
    ("evidence_packs", "which of those files there are"),
    ("followers", "how far what follows the events has come"),
    ("idempotency_keys", "answers kept for repeats, a week"),
    ("import_pieces", "rows of a file that are still to be read"),
    ("inbound_hours", "what a watch of this server learnt"),
    ("invites", "links that let people in"),
    ("jobs", "work of this server"),
    ("media.tries", "how often a picture was fetched"),
    ("media.try_at", "when it is fetched next"),
    ("message_search", "the index, made anew from the messages"),
    ("presence", "who looks at a conversation right now"),
    ("retentions", "how long this server keeps what is here"),
    ("sealed_consents", "evidence about erased customers, which this server's key and their number open"),
    ("sessions", "logins of members"),
];

/// Rows of a table after a row; the first ones after none. Shorter than a page at the end.
pub fn page(tx: &mut Tx<'_>, table: &Table, after: Option<&Row>) -> Result<Vec<Row>, DbError> {
    let mut place = Vec::with_capacity(table.key.len());
    for &column in table.key {
        place.push(match (after, table.columns.get(column)) {
            (Some(row), Some((_, Kind::Uuid))) => Val::Uuid(row.get(column)?),
            (Some(row), _) => row.get(column)?,
            (None, Some((_, Kind::Uuid))) => Val::Uuid(uuid::Uuid::nil()),
            (None, Some((_, Kind::Int))) => Val::Int(i64::MIN),
            (None, Some((_, Kind::Blob))) => Val::Blob(Vec::new()),
            (None, _) => Val::Text(String::new()),
        });
    }
    tx.query(table.sql, &place)
}

/// Whether a page was the last one.
#[must_use]
pub fn is_last(rows: &[Row]) -> bool {
    rows.len() < PAGE
}
