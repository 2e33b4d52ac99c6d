//! A filled database: three workspaces, of which the first has most rows.
//!
//! Row `n` of each table has the identity `n` and the time `n`, and belongs to
//! the same conversation as the others of its number.

use store::Store;
use store::db::{Scope, Sql};

macro_rules! uuid {
    ($n:literal) => {
        concat!("{sqlite:unhex(printf('%032x', ", $n, "))}{postgres:lpad(to_hex(", $n, "), 32, '0')::uuid}")
    };
}

macro_rules! rows {
    ($name:literal, $count:literal, $insert:literal, $($select:expr),+) => {
        Sql::new($name, concat!(
            "with recursive given (n) as (select 1 union all select n + 1 from given where n < ", $count, "),
             s (n, w, no) as (select n, case n % 10 when 8 then 2 when 9 then 3 else 1 end, 'a' || n from given)
             insert into ", $insert, " select ", $($select),+, " from s",
        ), Scope::Server)
    };
}

static TABLES: &[Sql] = &[
    rows!(
        "WORKSPACES",
        3,
        "workspaces (id, no, name, brand, time_zone, created_at)",
        uuid!("n"),
        ", n + 1000, no, no, 'UTC', n"
    ),
    rows!(
        "ACCOUNTS",
        3,
        "accounts (ws, id, provider, name, settings, created_at)",
        uuid!("n"),
        ", ",
        uuid!("n"),
        ", 'simulator', no, '', n"
    ),
    rows!(
        "INBOXES",
        3,
        "inboxes (ws, id, account_id, name, address, created_at)",
        uuid!("n"),
        ", ",
        uuid!("n"),
        ", ",
        uuid!("n"),
        ", no, no, n"
    ),
    rows!(
        "CUSTOMERS",
        20000,
        "customers (ws, id, name, last_at, created_at)",
        uuid!("w"),
        ", ",
        uuid!("n"),
        ", no, n, n"
    ),
    rows!("CUSTOMER_WORDS", 20000, "customer_words (ws, word, customer_id)", uuid!("w"), ", no, ", uuid!("n"), ""),
    rows!(
        "IDENTITIES",
        20000,
        "identities (ws, address, kind, customer_id, created_at)",
        uuid!("w"),
        ", no, 'phone', ",
        uuid!("n"),
        ", n"
    ),
    rows!(
        "FORMER_IDENTITIES",
        20000,
        "former_identities (ws, address, customer_id, created_at, ended_at)",
        uuid!("w"),
        ", no, ",
        uuid!("n"),
        ", n, n"
    ),
    rows!(
        "CUSTOMER_MERGES",
        20000,
        "customer_merges (ws, id, customer_id, other_id, moved, actor_kind, merged_at)",
        uuid!("w"),
        ", ",
        uuid!("n"),
        ", ",
        uuid!("n"),
        ", ",
        uuid!("n"),
        ", '{}', 'member', n"
    ),
    rows!(
        "CUSTOMER_PLACES",
        20000,
        "customer_places (ws, customer_id, kind, country, region, postal_code, time_zone, source, known_at)",
        uuid!("w"),
        ", ",
        uuid!("n"),
        ", 'shipping', 'US', '', no, '', 'shop', n"
    ),
    rows!(
        "CONVERSATIONS",
        20000,
        "conversations (ws, id, inbox_id, customer_id, address, status, assignee_id,
        snoozed_until, waiting_since, last_at, failed, created_at)",
        uuid!("w"),
        ", ",
        uuid!("n"),
        ", ",
        uuid!("w"),
        ", ",
        uuid!("n"),
        ", no,
        case when n % 5 = 0 then 'open' when n % 50 = 1 then 'snoozed' else 'closed' end,
        case when n % 3 = 0 then ",
        uuid!("n % 7"),
        " end, case when n % 50 = 1 then n end,
        case when n % 20 = 0 then n end, n, case when n % 100 = 0 then 1 else 0 end, n"
    ),
    rows!(
        "MESSAGES",
        60000,
        "messages (ws, id, conversation_id, seq, kind, body, state, state_at, retry_of, created_at)",
        "{sqlite:unhex(printf('%032x', case (n - 1) % 20000 % 10 when 7 then 2 when 8 then 3 else 1 end))}\
         {postgres:lpad(to_hex(case (n - 1) % 20000 % 10 when 7 then 2 when 8 then 3 else 1 end), 32, '0')::uuid}",
        ", ",
        uuid!("n"),
        ", ",
        uuid!("(n - 1) % 20000 + 1"),
        ", (n - 1) / 20000 + 1,
        case n % 2 when 0 then 'inbound' else 'outbound' end, no,
        case when n % 1000 = 3 then 'sent' when n % 500 = 5 then 'failed' when n % 500 = 7 then 'held'
            when n % 500 = 9 then 'refused' else 'delivered' end, n, null, n"
    ),
    rows!(
        "MEDIA",
        20000,
        "media (ws, id, message_id, content_type, bytes, source_url, content, created_at)",
        uuid!("w"),
        ", ",
        uuid!("n"),
        ", ",
        uuid!("n"),
        ", 'image/png', case n % 100 when 0 then 0 else 9 end, no,
        case n % 100 when 0 then null else {sqlite:x'00'}{postgres:'\\x00'::bytea} end, n"
    ),
    rows!(
        "INBOUND_IDS",
        20000,
        "inbound_ids (ws, account_id, provider_id, message_id, created_at)",
        uuid!("w"),
        ", ",
        uuid!("w"),
        ", no, ",
        uuid!("n"),
        ", n"
    ),
    rows!(
        "OUTBOX",
        20000,
        "outbox (ws, message_id, conversation_id, inbox_id, account_id, address, origin, purpose, lane,
        due_at, state, lease_until, created_at)",
        uuid!("w"),
        ", ",
        uuid!("n"),
        ", ",
        uuid!("n"),
        ", ",
        uuid!("w"),
        ", ",
        uuid!("w"),
        ", no, 'campaign', 'marketing', 2,
        n, case when n % 40 = 0 then 'claimed' else 'due' end, case when n % 40 = 0 then n end, n"
    ),
    rows!(
        "ATTEMPTS",
        20000,
        "attempts (ws, id, message_id, account_id, address, state, hand_over_by, provider_id, settled_at, created_at,
        marketing, tells_opt_out)",
        uuid!("w"),
        ", ",
        uuid!("n"),
        ", ",
        uuid!("n"),
        ", ",
        uuid!("w"),
        ", no,
        case when n % 200 = 0 then 'ambiguous' else 'sent' end, n, no, n, n, n % 2, n % 3 / 2"
    ),
    rows!(
        "RECEIPTS",
        20000,
        "receipts (ws, account_id, provider_id, word, created_at)",
        uuid!("w"),
        ", ",
        uuid!("w"),
        ", no, 'delivered', n"
    ),
    rows!(
        "DECISIONS",
        20000,
        "decisions (ws, message_id, no, verdict, code, at, record)",
        uuid!("w"),
        ", ",
        uuid!("n"),
        ", 1, 'send', 'clear', n, ''"
    ),
    rows!(
        "SUPPRESSIONS",
        20000,
        "suppressions (ws, brand, address, scope, since, source)",
        uuid!("w"),
        ", 'main', no, 'all', n, 'keyword'"
    ),
    rows!("ADDRESS_LOCKS", 20000, "address_locks (ws, address)", uuid!("w"), ", no"),
    rows!(
        "DRAFTS",
        20000,
        "drafts (ws, conversation_id, member_id, body, revision, updated_at)",
        uuid!("w"),
        ", ",
        uuid!("n"),
        ", ",
        uuid!("n % 7"),
        ", no, 1, n"
    ),
    rows!(
        "IDEMPOTENCY_KEYS",
        20000,
        "idempotency_keys (ws, caller, operation, key, request_hash, created_at)",
        uuid!("w"),
        ", 'k', 'o', no, {sqlite:x'00'}{postgres:'\\x00'::bytea}, n"
    ),
    rows!("EVENTS", 60000, "events (ws, seq, kind, at, data)", uuid!("w"), ", n, 'message.created', n, ''"),
    rows!(
        "AUDIT",
        20000,
        "audit (ws, id, at, actor_kind, action, subject, detail)",
        uuid!("w"),
        ", ",
        uuid!("n"),
        ", n, 'system', 'x', no, ''"
    ),
    rows!(
        "ORDERS",
        20000,
        "orders (ws, id, customer_id, number, status, total_minor, currency, items, placed_at)",
        uuid!("w"),
        ", ",
        uuid!("n"),
        ", ",
        uuid!("n"),
        ", no, 'paid', n, 'USD', '', n"
    ),
    rows!(
        "SIMULATOR_TEXTS",
        20000,
        "simulator_texts (ws, account_id, id, number, our_address, direction, body, parts, at)",
        uuid!("w"),
        ", ",
        uuid!("w"),
        ", ",
        uuid!("n"),
        ", no, no, 'to_phone', no, 1, n"
    ),
    rows!(
        "MESSAGE_SEARCH",
        20000,
        "message_search (ws, id, message_id, words)",
        uuid!("w"),
        ", n, ",
        uuid!("n"),
        ", {sqlite:no}{postgres:no::tsvector}"
    ),
    rows!(
        "CONSENTS",
        20000,
        "consents (ws, id, address, customer_id, channel, permits, action, proof, method, actor_kind,
        occurred_at, recorded_at, salt)",
        uuid!("w"),
        ", ",
        uuid!("n"),
        ", no, ",
        uuid!("n"),
        ", 'sms', 'marketing', 'granted', 'written', 'form', 'system', n, n, {sqlite:x'00'}{postgres:'\\x00'::bytea}"
    ),
    rows!(
        "STANDINGS",
        20000,
        "standings (ws, address, channel, permits, topic, status, proof, since, consent_id)",
        uuid!("w"),
        ", no, 'sms', 'marketing', '', 'granted', 'written', n, ",
        uuid!("n")
    ),
    rows!(
        "UNSURE_TEXTS",
        20000,
        "unsure_texts (ws, message_id, conversation_id, address, matched_by, asked_at, answered_at)",
        uuid!("w"),
        ", ",
        uuid!("n"),
        ", ",
        uuid!("n"),
        ", no, 'unsure:too_many', n, case when n % 50 > 0 then n end"
    ),
    rows!(
        "JOIN_WORDS",
        60,
        "join_words (ws, id, inbox_id, word, plain, topic, double_opt_in, locale, programme, frequency, disclosure,
            disclosure_version, confirmation, welcome, created_at, changed_at)",
        uuid!("w"),
        ", ",
        uuid!("n"),
        ", ",
        uuid!("w"),
        ", no, no, '', n % 2, 'en-US', no, no, no, 1, '', '', n, n"
    ),
    rows!(
        "IMPORTS",
        3000,
        "imports (ws, id, told, sha256, columns, delimiter, country, since, rows, pieces, actor_kind, created_at)",
        uuid!("w"),
        ", ",
        uuid!("n"),
        ", 'opt_outs', {sqlite:x'00'}{postgres:'\\x00'::bytea}, '{}', ',', 'US', n, n, 1, 'member', n"
    ),
    rows!(
        "IMPORT_PIECES",
        3000,
        "import_pieces (ws, import_id, no, first_line, content)",
        uuid!("w"),
        ", ",
        uuid!("n"),
        ", 0, 2, no"
    ),
    rows!(
        "IMPORT_FAULTS",
        20000,
        "import_faults (ws, import_id, line, code, refused)",
        uuid!("w"),
        ", ",
        uuid!("(n - 1) % 3000 + 1"),
        ", n, 'not_a_number', 1"
    ),
    rows!(
        "OPTIN_PAGES",
        3000,
        "optin_pages (ws, id, inbox_id, token, title, intro, contact, topic, keyword, region, locale, disclosure, version, double_opt_in, active, origins, created_at, changed_at)",
        uuid!("w"),
        ", ",
        uuid!("n"),
        ", ",
        uuid!("w"),
        ", no, 't', '', '', '', '', 'us', 'en-US', 'words', 1, 1, 1, '[]', n, n"
    ),
    rows!(
        "POSTERS",
        3000,
        "posters (ws, id, page_id, token, name, created_at)",
        uuid!("w"),
        ", ",
        uuid!("n"),
        ", ",
        uuid!("n"),
        ", no, 'Till', n"
    ),
    rows!(
        "EVIDENCE_PACKS",
        3000,
        "evidence_packs (ws, id, address, state, actor_kind, created_at)",
        uuid!("w"),
        ", ",
        uuid!("n"),
        ", no, 'ready', 'member', n"
    ),
    rows!(
        "EVIDENCE_PACK_PARTS",
        3000,
        "evidence_pack_parts (ws, pack_id, no, content)",
        uuid!("w"),
        ", ",
        uuid!("n"),
        ", 0, {sqlite:x'00'}{postgres:'\\x00'::bytea}"
    ),
    rows!(
        "ERASURES",
        3000,
        "erasures (ws, id, customer_id, state, actor_kind, audit_id, key_id, hashes, gone, total, created_at, finished_at)",
        uuid!("w"),
        ", ",
        uuid!("n"),
        ", ",
        uuid!("n"),
        ", 'done', 'member', ",
        uuid!("n"),
        ", 'k', no, '{}', n, n, case when n % 100 > 0 then n end"
    ),
    rows!(
        "ERASED_ADDRESSES",
        20000,
        "erased_addresses (ws, hash, erasure_id, since)",
        uuid!("w"),
        ", no, ",
        uuid!("n"),
        ", n"
    ),
    rows!("RETENTIONS", 300, "retentions (ws, category, days, changed_at)", uuid!("w"), ", no, 30, n"),
    rows!(
        "RULE_VERSIONS",
        3000,
        "rule_versions (ws, no, pack, fingerprint, overrides, reason, actor_kind, created_at)",
        uuid!("w"),
        ", n, '', no, '[]', no, 'member', n"
    ),
    rows!(
        "RULE_OVERRIDES",
        3000,
        "rule_overrides (ws, id, change, loosens, actor_kind, created_at, ended_at)",
        uuid!("w"),
        ", ",
        uuid!("n"),
        ", '{}', 0, 'member', n, case when n % 50 > 0 then n end"
    ),
    rows!(
        "DRY_RUNS",
        3000,
        "dry_runs (ws, id, pack, overrides, against, since, place_at, place_id, total, counts, actor_kind, created_at,
        finished_at)",
        uuid!("w"),
        ", ",
        uuid!("n"),
        ", '', '[]', 0, n, n, ",
        uuid!("n"),
        ", 1, '{}', 'member', n, case when n % 50 > 0 then n end"
    ),
    rows!(
        "DRY_RUN_CHANGES",
        3000,
        "dry_run_changes (ws, run_id, message_id, text_at, was, becomes, rule, code, detail)",
        uuid!("w"),
        ", ",
        uuid!("n"),
        ", ",
        uuid!("n"),
        ", n, 'send', 'hold', no, no, no"
    ),
    rows!(
        "SEALED_CONSENTS",
        20000,
        "sealed_consents (ws, id, hash, content, recorded_at, drop_at)",
        uuid!("w"),
        ", ",
        uuid!("n"),
        ", no, {sqlite:x'00'}{postgres:'\\x00'::bytea}, n, n"
    ),
    rows!(
        "CHAIN",
        60000,
        "chain (ws, seq, at, items, hash)",
        uuid!("w"),
        ", n, n, {sqlite:x'00'}{postgres:'\\x00'::bytea}, {sqlite:x'00'}{postgres:'\\x00'::bytea}"
    ),
];

pub async fn fill(store: &Store) {
    for sql in TABLES {
        let filled = store.server().write(move |tx| tx.exec(sql, &[])).await;
        assert!(filled.is_ok(), "{}: {filled:?}", sql.name);
    }
}
