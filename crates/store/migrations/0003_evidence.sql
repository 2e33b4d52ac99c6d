-- Consent as evidence, and the chain that seals every row that proves something.

-- The words shown when consent was asked for, byte by byte, each wording once.
create table disclosures (
  ws {uuid} not null references workspaces (id) on delete cascade,
  id {uuid} not null,
  channel text not null,
  permits text not null,
  locale text not null,
  text text not null,
  sha256 {blob} not null,
  created_at {bigint} not null,
  primary key (ws, id),
  unique (ws, sha256, channel, permits, locale)
) {strict};

-- The ledger. Rows are added, never changed; erasure alone removes them.
-- `salt` keeps the chain's digest of a row from being guessed once it is erased.
create table consents (
  ws {uuid} not null references workspaces (id) on delete cascade,
  id {uuid} not null,
  address text not null,
  customer_id {uuid},
  channel text not null,
  permits text not null,
  topic text not null default '',
  action text not null,
  proof text not null,
  method text not null,
  disclosure_id {uuid},
  message_id {uuid},
  -- Source url, ip, user agent, order, the customer's own words: a JSON object.
  evidence text not null default '{}',
  actor_kind text not null,
  actor_id {uuid},
  occurred_at {bigint} not null,
  recorded_at {bigint} not null,
  salt {blob} not null,
  primary key (ws, id)
) {strict};
create index consents_by_address on consents (ws, address, recorded_at desc, id desc);
create index consents_by_customer on consents (ws, customer_id, recorded_at desc, id desc) where customer_id is not null;
create index consents_recent on consents (ws, recorded_at desc, id desc);

-- How consent stands, folded from the ledger in the same transaction: what the gate reads.
create table standings (
  ws {uuid} not null references workspaces (id) on delete cascade,
  address text not null,
  channel text not null,
  permits text not null,
  topic text not null,
  status text not null,
  proof text not null,
  since {bigint} not null,
  consent_id {uuid} not null,
  primary key (ws, address, channel, permits, topic)
) {strict};

-- One entry per transaction that wrote sealed rows; `items` lists their kinds, keys and digests.
create table chain (
  ws {uuid} not null references workspaces (id) on delete cascade,
  seq {bigint} not null,
  at {bigint} not null,
  items {blob} not null,
  hash {blob} not null,
  primary key (ws, seq)
) {strict};

create table chain_heads (
  ws {uuid} not null primary key references workspaces (id) on delete cascade,
  seq {bigint} not null,
  hash {blob} not null
) {strict};

-- Heads signed with a key outside the database. Copies of them are carried away.
create table chain_signatures (
  ws {uuid} not null references workspaces (id) on delete cascade,
  seq {bigint} not null,
  hash {blob} not null,
  at {bigint} not null,
  public_key {blob} not null,
  signature {blob} not null,
  primary key (ws, seq, at)
) {strict};
