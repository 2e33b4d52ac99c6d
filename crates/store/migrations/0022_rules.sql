-- The rules a workspace chose: which pack, and what its operators changed in it.

-- Each state of it, one after the other, never changed: decisions name its fingerprint.
create table rule_versions (
  ws {uuid} not null references workspaces (id) on delete cascade,
  no {bigint} not null,
  -- The pack's name; empty for the default, whatever is its newest.
  pack text not null,
  -- What tells its overrides from every other set of them; empty where there are none.
  fingerprint text not null,
  -- The overrides as the gate takes them: a JSON array.
  overrides text not null,
  reason text not null,
  actor_kind text not null,
  actor_id {uuid},
  created_at {bigint} not null,
  primary key (ws, no)
) {strict};

-- The state that holds; 0: the default pack with nothing changed.
alter table workspaces add column rules_no {bigint} not null default 0;
-- What tells its pack and overrides from every other: nodes keep what they made of it by this.
alter table workspaces add column rules_key text not null default '';

-- The overrides one by one, with who began and who ended each.
create table rule_overrides (
  ws {uuid} not null references workspaces (id) on delete cascade,
  id {uuid} not null,
  -- The override as the gate takes it: a JSON object.
  change text not null,
  loosens {bigint} not null,
  actor_kind text not null,
  actor_id {uuid},
  created_at {bigint} not null,
  until_at {bigint},
  ended_at {bigint},
  ended_kind text,
  ended_id {uuid},
  ended_reason text,
  primary key (ws, id)
) {strict};
create index rule_overrides_recent on rule_overrides (ws, created_at desc, id desc);
create index rule_overrides_open on rule_overrides (ws, created_at, id) where ended_at is null;

-- Dry runs: other rules, tried on the texts of the last 30 days.
create table dry_runs (
  ws {uuid} not null references workspaces (id) on delete cascade,
  id {uuid} not null,
  -- What is tried, as in rule_versions.
  pack text not null,
  overrides text not null,
  -- The state it is compared with.
  against {bigint} not null,
  since {bigint} not null,
  -- How far back it has come: it begins with the latest text.
  place_at {bigint} not null,
  place_id {uuid} not null,
  total {bigint} not null,
  done {bigint} not null default 0,
  -- What came of the texts: a JSON object.
  counts text not null,
  actor_kind text not null,
  actor_id {uuid},
  created_at {bigint} not null,
  cancelled_at {bigint},
  finished_at {bigint},
  primary key (ws, id)
) {strict};
create index dry_runs_recent on dry_runs (ws, created_at desc, id desc);
create index dry_runs_open on dry_runs (ws, created_at, id) where finished_at is null;

-- The texts that would have fared otherwise. They go with their texts.
create table dry_run_changes (
  ws {uuid} not null,
  run_id {uuid} not null,
  message_id {uuid} not null,
  text_at {bigint} not null,
  was text not null,
  was_until {bigint},
  becomes text not null,
  becomes_until {bigint},
  rule text not null,
  code text not null,
  detail text not null,
  primary key (ws, run_id, message_id),
  foreign key (ws, run_id) references dry_runs (ws, id) on delete cascade,
  foreign key (ws, message_id) references messages (ws, id) on delete cascade
) {strict};
create index dry_run_changes_by_message on dry_run_changes (ws, message_id);
create index dry_run_changes_in_order on dry_run_changes (ws, run_id, text_at desc, message_id desc);
