-- When consent was last withdrawn or ended, also where it stands again: what was
-- permitted before that and is told of late never stands.
alter table standings add column ended_at {bigint};
update standings set ended_at = since where status in ('revoked', 'expired');

-- Two nodes may sign a head with their own keys at the same instant.
create table chain_signatures_of_keys (
  ws {uuid} not null references workspaces (id) on delete cascade,
  seq {bigint} not null,
  hash {blob} not null,
  at {bigint} not null,
  public_key {blob} not null,
  signature {blob} not null,
  primary key (ws, seq, public_key, at)
) {strict};
insert into chain_signatures_of_keys (ws, seq, hash, at, public_key, signature)
  select ws, seq, hash, at, public_key, signature from chain_signatures;
drop table chain_signatures;
alter table chain_signatures_of_keys rename to chain_signatures;
