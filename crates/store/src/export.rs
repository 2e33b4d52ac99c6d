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
    tenant EXPORT_MEMBERSHIPS = "select member_id, role, created_at
        from memberships where ws = $1 and member_id > $2 order by member_id limit 500";
    tenant EXPORT_ACCOUNTS = "select id, provider, name, settings, created_at, disabled_at
        from accounts where ws = $1 and id > $2 order by id limit 500";
    tenant EXPORT_INBOXES = "select id, account_id, name, address, live_at, test_numbers, stopped_at, stopped_by, stopped_reason, created_at
        from inboxes where ws = $1 and id > $2 order by id limit 500";
    tenant EXPORT_API_KEYS = "select id, name, scopes, purpose, inbox_id, created_by, created_at, last_used_at, revoked_at
        from api_keys where ws = $1 and id > $2 order by id limit 500";
    tenant EXPORT_CUSTOMERS = "select id, name, notes, demo, last_at, created_at
        from customers where ws = $1 and id > $2 order by id limit 500";
    tenant EXPORT_IDENTITIES = "select address, kind, customer_id, created_at
        from identities where ws = $1 and address > $2 order by address limit 500";
    tenant EXPORT_PRODUCTS = "select id, title, price_minor, currency, demo
        from products where ws = $1 and id > $2 order by id limit 500";
    tenant EXPORT_ORDERS = "select id, customer_id, number, status, total_minor, currency, items, tracking, placed_at, demo
        from orders where ws = $1 and id > $2 order by id limit 500";
    tenant EXPORT_CONVERSATIONS = "select id, inbox_id, customer_id, address, status, assignee_id, snoozed_until, closed_at, waiting_since, last_seq, read_seq, last_at, last_direction, last_inbound_at, preview, failed, demo, created_at
        from conversations where ws = $1 and id > $2 order by id limit 500";
    tenant EXPORT_MESSAGES = "select id, conversation_id, seq, kind, body, author_kind, author_id, purpose, origin, state, state_at, reason_code, reason_detail, held_until, send_after, valid_until, retry_of, encoding, parts, media, in_flight_at_opt_out, data, demo, created_at
        from messages where ws = $1 and id > $2 order by id limit 500";
    tenant EXPORT_MEDIA = "select id, message_id, position, content_type, bytes, width, height, content, source_url, created_at
        from media where ws = $1 and id > $2 order by id limit 500";
    tenant EXPORT_INBOUND_IDS = "select account_id, provider_id, message_id, created_at
        from inbound_ids where ws = $1 and (account_id, provider_id) > ($2, $3) order by account_id, provider_id limit 500";
    tenant EXPORT_ATTEMPTS = "select id, message_id, account_id, address, state, hand_over_by, provider_id, progress, error_class, error_code, created_at, settled_at
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
    tenant EXPORT_SIMULATOR_TEXTS = "select id, account_id, number, our_address, direction, body, parts, message_id, at
        from simulator_texts where ws = $1 and id > $2 order by id limit 500";
}

/// Every table of an export, those first that others name.
pub const TABLES: &[Table] = &[
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
        ],
        key: &[0],
        sql: &EXPORT_SIMULATOR_TEXTS,
    },
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
