-- Files from another tool: who opted out there, who agreed to what. What was in
-- them is in the ledger; here is how far each is and which rows were odd.
create table imports (
  ws {uuid} not null references workspaces (id) on delete cascade,
  id {uuid} not null,
  -- `opt_outs` or `consents`.
  told text not null,
  sha256 {blob} not null,
  -- Which column holds what, as JSON.
  columns text not null,
  delimiter text not null,
  -- The country whose numbers need no calling code.
  country text not null,
  -- When rows without a date count as said: when the same bytes first came, Unix ms.
  since {bigint} not null,
  rows {bigint} not null,
  pieces {bigint} not null,
  -- How many pieces are done.
  place {bigint} not null default 0,
  rows_done {bigint} not null default 0,
  added {bigint} not null default 0,
  already {bigint} not null default 0,
  overtaken {bigint} not null default 0,
  unproven {bigint} not null default 0,
  other {bigint} not null default 0,
  refused {bigint} not null default 0,
  actor_kind text not null,
  actor_id {uuid},
  created_at {bigint} not null,
  finished_at {bigint},
  primary key (ws, id)
) {strict};
create index imports_recent on imports (ws, created_at desc, id desc);
create index imports_by_content on imports (ws, sha256, told);

-- The rows still to be read. Each piece goes with the step that reads it.
create table import_pieces (
  ws {uuid} not null,
  import_id {uuid} not null,
  no {bigint} not null,
  first_line {bigint} not null,
  content text not null,
  primary key (ws, import_id, no),
  foreign key (ws, import_id) references imports (ws, id) on delete cascade
) {strict};

-- Rows that were refused, or taken although something of them is odd. By line
-- alone: a number that is wrong may still be somebody's.
create table import_faults (
  ws {uuid} not null,
  import_id {uuid} not null,
  line {bigint} not null,
  code text not null,
  refused {bigint} not null,
  primary key (ws, import_id, line, code),
  foreign key (ws, import_id) references imports (ws, id) on delete cascade
) {strict};

-- When a shop said that it had no opt-outs to bring along.
alter table workspaces add column no_opt_outs_at {bigint};

-- Whose a number was before it was switched off or given to somebody else. Who
-- writes from it later is another customer.
create table former_identities (
  ws {uuid} not null,
  address text not null,
  customer_id {uuid} not null,
  created_at {bigint} not null,
  ended_at {bigint} not null,
  primary key (ws, address, customer_id, ended_at),
  foreign key (ws, customer_id) references customers (ws, id) on delete cascade
) {strict};
create index former_identities_by_customer on former_identities (ws, customer_id);
