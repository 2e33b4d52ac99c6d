-- Erasures of customers, and what must outlive them: that their numbers are not
-- texted, and the evidence of consent until its term.

-- Each erasure, done or under way. It names nobody: `hashes` are keyed hashes of
-- the customer's addresses, with a key that lies outside the database.
create table erasures (
  ws {uuid} not null references workspaces (id) on delete cascade,
  id {uuid} not null,
  customer_id {uuid} not null,
  state text not null,
  actor_kind text not null,
  actor_id {uuid},
  -- The entry of the audit log that marks the rows it took out of the chain.
  audit_id {uuid} not null,
  key_id text not null,
  hashes text not null,
  -- How many of each kind of row there were when it was asked for: a JSON object.
  gone text not null,
  total {bigint} not null,
  done {bigint} not null default 0,
  created_at {bigint} not null,
  finished_at {bigint},
  primary key (ws, id)
) {strict};
create index erasures_recent on erasures (ws, created_at desc, id desc);
create index erasures_open on erasures (ws, created_at, id) where finished_at is null;

-- Numbers that must not be texted, though nobody knows them any more.
create table erased_addresses (
  ws {uuid} not null references workspaces (id) on delete cascade,
  hash text not null,
  erasure_id {uuid} not null,
  since {bigint} not null,
  primary key (ws, hash)
) {strict};

-- Entries of the ledger about erased customers, sealed with a key made of the
-- key file's and of the customer's own number: whoever has both can read them.
create table sealed_consents (
  ws {uuid} not null references workspaces (id) on delete cascade,
  id {uuid} not null,
  hash text not null,
  content {blob} not null,
  recorded_at {bigint} not null,
  drop_at {bigint} not null,
  primary key (ws, id)
) {strict};
create index sealed_consents_by_hash on sealed_consents (ws, hash, recorded_at, id);
create index sealed_consents_due on sealed_consents (ws, drop_at);

-- Everything about one customer, for themselves, is made and kept as packs of
-- evidence are; then `address` holds the customer's id.
alter table evidence_packs add column kind text not null default 'evidence';

-- How long each category of rows is kept, where a workspace says so. `days` null: for good.
create table retentions (
  ws {uuid} not null references workspaces (id) on delete cascade,
  category text not null,
  days {bigint},
  changed_at {bigint} not null,
  -- When it was last carried out, and how many rows went with that.
  run_at {bigint},
  gone {bigint} not null default 0,
  primary key (ws, category)
) {strict};
