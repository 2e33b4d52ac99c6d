-- The first schema of Hark. One text for both engines; {uuid}, {blob}, {bigint}
-- and {strict} become each engine's own words. Times are Unix milliseconds.
-- Every table of a workspace leads with `ws`, in its keys and foreign keys too,
-- so that rows of two workspaces can never be joined by mistake and a
-- distributed PostgreSQL can shard by it.

-- ── The whole server ──────────────────────────────────────────────────────

create table workspaces (
  id {uuid} not null primary key,
  -- A small number that leads every indexed word, so that a word common in one
  -- workspace costs nothing in another.
  no {bigint} not null unique,
  name text not null,
  brand text not null,
  time_zone text not null,
  help_text text not null default '',
  stopped_at {bigint},
  stopped_by text,
  stopped_reason text,
  created_at {bigint} not null,
  deleted_at {bigint}
) {strict};

-- Facts of this installation: the stop switch, the set-up code, key check.
create table server_facts (
  name text not null primary key,
  value text not null,
  updated_at {bigint} not null
) {strict};

create table members (
  id {uuid} not null primary key,
  email text not null unique,
  name text not null,
  password_hash text,
  disabled_at {bigint},
  created_at {bigint} not null
) {strict};

create table memberships (
  ws {uuid} not null references workspaces (id) on delete cascade,
  member_id {uuid} not null references members (id) on delete cascade,
  role text not null,
  created_at {bigint} not null,
  primary key (ws, member_id)
) {strict};
create index memberships_by_member on memberships (member_id);

-- The token itself is never stored, only its SHA-256.
create table sessions (
  id {uuid} not null primary key,
  token_hash {blob} not null unique,
  member_id {uuid} not null references members (id) on delete cascade,
  ws {uuid} references workspaces (id) on delete cascade,
  csrf text not null,
  user_agent text not null default '',
  ip text not null default '',
  created_at {bigint} not null,
  last_seen_at {bigint} not null,
  expires_at {bigint} not null
) {strict};
create index sessions_by_member on sessions (member_id);

-- Links for invitations (with a workspace) and password resets (with a member).
create table invites (
  id {uuid} not null primary key,
  kind text not null,
  token_hash {blob} not null unique,
  ws {uuid} references workspaces (id) on delete cascade,
  member_id {uuid} references members (id) on delete cascade,
  email text,
  role text,
  created_by {uuid},
  created_at {bigint} not null,
  expires_at {bigint} not null,
  used_at {bigint}
) {strict};

-- ── One workspace ─────────────────────────────────────────────────────────

create table api_keys (
  ws {uuid} not null references workspaces (id) on delete cascade,
  id {uuid} not null,
  name text not null,
  secret_hash {blob} not null,
  scopes text not null,
  purpose text,
  inbox_id {uuid},
  created_by {uuid},
  created_at {bigint} not null,
  last_used_at {bigint},
  revoked_at {bigint},
  primary key (ws, id)
) {strict};
create unique index api_keys_by_id on api_keys (id);

create table accounts (
  ws {uuid} not null references workspaces (id) on delete cascade,
  id {uuid} not null,
  provider text not null,
  name text not null,
  settings text not null,
  secrets {blob},
  created_at {bigint} not null,
  disabled_at {bigint},
  primary key (ws, id)
) {strict};
create unique index accounts_by_id on accounts (id);

create table inboxes (
  ws {uuid} not null,
  id {uuid} not null,
  account_id {uuid} not null,
  name text not null,
  address text not null,
  live_at {bigint},
  test_numbers text not null default '[]',
  stopped_at {bigint},
  stopped_by text,
  stopped_reason text,
  created_at {bigint} not null,
  primary key (ws, id),
  unique (ws, account_id, address),
  foreign key (ws, account_id) references accounts (ws, id) on delete cascade
) {strict};

create table customers (
  ws {uuid} not null references workspaces (id) on delete cascade,
  id {uuid} not null,
  name text not null default '',
  notes text not null default '',
  demo {bigint} not null default 0,
  last_at {bigint} not null,
  created_at {bigint} not null,
  primary key (ws, id)
) {strict};
create index customers_recent on customers (ws, last_at desc, id desc);

create table identities (
  ws {uuid} not null,
  address text not null,
  kind text not null,
  customer_id {uuid} not null,
  created_at {bigint} not null,
  primary key (ws, address),
  foreign key (ws, customer_id) references customers (ws, id) on delete cascade
) {strict};
create index identities_by_customer on identities (ws, customer_id);

create table conversations (
  ws {uuid} not null,
  id {uuid} not null,
  inbox_id {uuid} not null,
  customer_id {uuid} not null,
  address text not null,
  status text not null,
  assignee_id {uuid},
  snoozed_until {bigint},
  closed_at {bigint},
  waiting_since {bigint},
  last_seq {bigint} not null default 0,
  read_seq {bigint} not null default 0,
  last_at {bigint} not null,
  last_direction text not null default 'inbound',
  last_inbound_at {bigint},
  preview text not null default '',
  failed {bigint} not null default 0,
  demo {bigint} not null default 0,
  created_at {bigint} not null,
  primary key (ws, id),
  foreign key (ws, inbox_id) references inboxes (ws, id) on delete cascade,
  foreign key (ws, customer_id) references customers (ws, id) on delete cascade
) {strict};
create index conversations_by_status on conversations (ws, status, last_at desc, id desc);
create index conversations_by_assignee on conversations (ws, assignee_id, status, last_at desc, id desc);
create index conversations_recent on conversations (ws, last_at desc, id desc);
create index conversations_by_customer on conversations (ws, customer_id, inbox_id, last_at desc);
create index conversations_waiting on conversations (ws, waiting_since, id) where waiting_since is not null;
create index conversations_snoozed on conversations (ws, snoozed_until) where snoozed_until is not null;
create index conversations_failed on conversations (ws, last_at desc, id desc) where failed > 0;
-- One open conversation per customer and inbox, held by the database itself.
create unique index conversations_one_open on conversations (ws, inbox_id, customer_id) where status <> 'closed';

create table messages (
  ws {uuid} not null,
  id {uuid} not null,
  conversation_id {uuid} not null,
  seq {bigint} not null,
  kind text not null,
  body text not null,
  author_kind text,
  author_id {uuid},
  purpose text,
  origin text,
  state text not null,
  state_at {bigint} not null,
  reason_code text,
  reason_detail text,
  held_until {bigint},
  send_after {bigint},
  valid_until {bigint},
  retry_of {uuid},
  encoding text,
  parts {bigint} not null default 0,
  media {bigint} not null default 0,
  in_flight_at_opt_out {bigint} not null default 0,
  data text,
  demo {bigint} not null default 0,
  created_at {bigint} not null,
  primary key (ws, id),
  unique (ws, conversation_id, seq),
  foreign key (ws, conversation_id) references conversations (ws, id) on delete cascade
) {strict};

-- Texts whose receipt is still out; few at any time.
create index messages_unconfirmed on messages (ws, state_at) where state = 'sent';

create table media (
  ws {uuid} not null references workspaces (id) on delete cascade,
  id {uuid} not null,
  message_id {uuid},
  position {bigint} not null default 0,
  content_type text not null,
  bytes {bigint} not null,
  width {bigint},
  height {bigint},
  content {blob},
  source_url text,
  -- Tries at getting it from the provider, and when the next one is due.
  tries {bigint} not null default 0,
  try_at {bigint} not null default 0,
  created_at {bigint} not null,
  primary key (ws, id)
) {strict};
create index media_by_message on media (ws, message_id, position);
create index media_missing on media (ws, try_at)
  where content is null and source_url is not null and bytes >= 0;

-- Provider ids of inbound texts: a repeat changes nothing.
create table inbound_ids (
  ws {uuid} not null,
  account_id {uuid} not null,
  provider_id text not null,
  message_id {uuid} not null,
  created_at {bigint} not null,
  primary key (ws, account_id, provider_id),
  foreign key (ws, account_id) references accounts (ws, id) on delete cascade
) {strict};

-- Intents to send. A row leaves when its message is settled.
create table outbox (
  ws {uuid} not null,
  message_id {uuid} not null,
  conversation_id {uuid} not null,
  inbox_id {uuid} not null,
  account_id {uuid} not null,
  address text not null,
  origin text not null,
  purpose text not null,
  lane {bigint} not null,
  due_at {bigint} not null,
  attempts {bigint} not null default 0,
  state text not null default 'due',
  lease_until {bigint},
  attempt_id {uuid},
  valid_until {bigint},
  created_at {bigint} not null,
  primary key (ws, message_id),
  foreign key (ws, message_id) references messages (ws, id) on delete cascade
) {strict};
create index outbox_due on outbox (ws, state, lane, due_at, message_id);
create index outbox_by_address on outbox (ws, address);
create index outbox_leases on outbox (ws, lease_until) where state = 'claimed';

create table attempts (
  ws {uuid} not null,
  id {uuid} not null,
  message_id {uuid} not null,
  account_id {uuid} not null,
  address text not null,
  state text not null,
  hand_over_by {bigint} not null,
  provider_id text,
  progress text,
  error_class text,
  error_code text,
  body_hash {blob},
  -- Times an ambiguous try was looked for at the provider, and when next.
  look_ups {bigint} not null default 0,
  look_up_at {bigint},
  created_at {bigint} not null,
  settled_at {bigint},
  primary key (ws, id),
  foreign key (ws, message_id) references messages (ws, id) on delete cascade
) {strict};
create index attempts_by_message on attempts (ws, message_id);
create index attempts_by_provider_id on attempts (ws, account_id, provider_id) where provider_id is not null;
create index attempts_ambiguous on attempts (ws, created_at) where state = 'ambiguous';

-- What carriers said, each fact once, also when it precedes the submit's answer.
create table receipts (
  ws {uuid} not null,
  account_id {uuid} not null,
  provider_id text not null,
  word text not null,
  part {bigint} not null default 0,
  -- What Hark takes the word for; null for words nobody knows.
  state text,
  error_class text,
  error_code text,
  attempt_id {uuid},
  created_at {bigint} not null,
  primary key (ws, account_id, provider_id, word, part),
  foreign key (ws, account_id) references accounts (ws, id) on delete cascade
) {strict};

-- Every verdict of the gate on a message, with what it was based on.
create table decisions (
  ws {uuid} not null,
  message_id {uuid} not null,
  no {bigint} not null,
  verdict text not null,
  code text not null,
  at {bigint} not null,
  record text not null,
  primary key (ws, message_id, no),
  foreign key (ws, message_id) references messages (ws, id) on delete cascade
) {strict};

-- Who must not be texted. The row is also the lock that orders a STOP and a claim.
create table suppressions (
  ws {uuid} not null references workspaces (id) on delete cascade,
  brand text not null,
  address text not null,
  scope text not null,
  since {bigint} not null,
  source text not null,
  message_id {uuid},
  lifted_at {bigint},
  primary key (ws, brand, address, scope)
) {strict};
create index suppressions_recent on suppressions (ws, since desc, address);

-- One row per customer address: locked by every claim and every opt-out, in
-- address order, so that the two can never pass each other.
create table address_locks (
  ws {uuid} not null references workspaces (id) on delete cascade,
  address text not null,
  automatic_at text not null default '[]',
  last_out_hash {blob},
  last_person_at {bigint},
  confirmed_opt_out_at {bigint},
  primary key (ws, address)
) {strict};

create table drafts (
  ws {uuid} not null,
  conversation_id {uuid} not null,
  member_id {uuid} not null,
  body text not null,
  revision {bigint} not null,
  updated_at {bigint} not null,
  primary key (ws, conversation_id, member_id),
  foreign key (ws, conversation_id) references conversations (ws, id) on delete cascade
) {strict};

create table jobs (
  ws {uuid} not null references workspaces (id) on delete cascade,
  id {uuid} not null,
  kind text not null,
  payload text not null,
  due_at {bigint} not null,
  attempts {bigint} not null default 0,
  state text not null default 'due',
  fence {bigint} not null default 0,
  lease_until {bigint},
  unique_key text,
  error text,
  created_at {bigint} not null,
  primary key (ws, id)
) {strict};
create index jobs_due on jobs (ws, state, due_at);
create unique index jobs_unique_key on jobs (ws, kind, unique_key) where unique_key is not null;

create table idempotency_keys (
  ws {uuid} not null references workspaces (id) on delete cascade,
  caller text not null,
  operation text not null,
  key text not null,
  request_hash {blob} not null,
  status {bigint},
  body text,
  created_at {bigint} not null,
  primary key (ws, caller, operation, key)
) {strict};
create index idempotency_keys_age on idempotency_keys (ws, created_at);

create table events (
  ws {uuid} not null references workspaces (id) on delete cascade,
  seq {bigint} not null,
  kind text not null,
  conversation {uuid},
  subject {uuid},
  at {bigint} not null,
  data text not null,
  primary key (ws, seq)
) {strict};

create table event_counters (
  ws {uuid} not null primary key references workspaces (id) on delete cascade,
  last {bigint} not null
) {strict};

create table audit (
  ws {uuid} not null references workspaces (id) on delete cascade,
  id {uuid} not null,
  at {bigint} not null,
  actor_kind text not null,
  actor_id {uuid},
  action text not null,
  subject text not null,
  detail text not null,
  primary key (ws, id)
) {strict};
create index audit_recent on audit (ws, at desc, id desc);

create table products (
  ws {uuid} not null references workspaces (id) on delete cascade,
  id {uuid} not null,
  title text not null,
  price_minor {bigint} not null,
  currency text not null,
  demo {bigint} not null default 0,
  primary key (ws, id)
) {strict};

create table orders (
  ws {uuid} not null,
  id {uuid} not null,
  customer_id {uuid} not null,
  number text not null,
  status text not null,
  total_minor {bigint} not null,
  currency text not null,
  items text not null,
  tracking text,
  placed_at {bigint} not null,
  demo {bigint} not null default 0,
  primary key (ws, id),
  foreign key (ws, customer_id) references customers (ws, id) on delete cascade
) {strict};
create index orders_by_customer on orders (ws, customer_id, placed_at desc);

-- What the handsets of the simulated carrier show.
create table simulator_texts (
  ws {uuid} not null,
  account_id {uuid} not null,
  id {uuid} not null,
  number text not null,
  our_address text not null,
  direction text not null,
  body text not null,
  parts {bigint} not null,
  message_id {uuid},
  at {bigint} not null,
  primary key (ws, id),
  foreign key (ws, account_id) references accounts (ws, id) on delete cascade
) {strict};
create index simulator_texts_by_number on simulator_texts (ws, number, at, id);

-- ── Search ────────────────────────────────────────────────────────────────
-- Both engines index the same words, made by one tokenizer in `domain`.

-- Each word is led by the workspace's number. Rows are added by a follower of
-- the event log, never on the road itself, and go with their messages. The id
-- rises with the message's time, so that newest first needs no sorting.

-- sqlite:
create table message_search (
  ws blob not null,
  id integer primary key,
  message_id blob not null,
  unique (ws, message_id),
  foreign key (ws, message_id) references messages (ws, id) on delete cascade
) strict;
-- The words come cut and folded: the plainest tokenizer leaves them as they are.
create virtual table message_words using fts5 (
  words, content = '', contentless_delete = 1, tokenize = "ascii"
);
insert into message_words (message_words, rank) values ('secure-delete', 1);
create trigger message_words_forget after delete on message_search begin
  delete from message_words where rowid = old.id;
end;
-- end
-- postgres:
create table message_search (
  ws uuid not null,
  id bigint not null,
  message_id uuid not null,
  words tsvector not null,
  primary key (ws, id),
  unique (ws, message_id),
  foreign key (ws, message_id) references messages (ws, id) on delete cascade
);
create index message_search_words on message_search using gin (words);
-- end

-- How far a follower of the event log has come.
create table followers (
  ws {uuid} not null references workspaces (id) on delete cascade,
  name text not null,
  seq {bigint} not null,
  primary key (ws, name)
) {strict};
