-- The audit log is asked by actor, by action and by what it concerns, newest first.
create index audit_by_actor on audit (ws, actor_id, at desc, id desc) where actor_id is not null;
create index audit_by_action on audit (ws, action, at desc, id desc);
create index audit_by_subject on audit (ws, subject, at desc, id desc);

-- Packs of evidence about one address. They hold what people wrote, so each is
-- kept for a day at most, in parts of a bounded size.
create table evidence_packs (
  ws {uuid} not null references workspaces (id) on delete cascade,
  id {uuid} not null,
  address text not null,
  state text not null,
  done {bigint} not null default 0,
  total {bigint} not null default 0,
  bytes {bigint} not null default 0,
  sha256 {blob},
  actor_kind text not null,
  actor_id {uuid},
  created_at {bigint} not null,
  lease_until {bigint} not null,
  finished_at {bigint},
  primary key (ws, id)
) {strict};
create index evidence_packs_recent on evidence_packs (ws, created_at desc, id desc);

create table evidence_pack_parts (
  ws {uuid} not null,
  pack_id {uuid} not null,
  no {bigint} not null,
  content {blob} not null,
  primary key (ws, pack_id, no),
  foreign key (ws, pack_id) references evidence_packs (ws, id) on delete cascade
) {strict};
