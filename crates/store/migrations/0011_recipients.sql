-- Marketing is counted by the customer it went to; other tries cost the index nothing.
alter table attempts add column marketing {bigint} not null default 0;
create index attempts_marketing on attempts (ws, address, created_at) where marketing = 1;
-- Opt-outs are listed by scope too.
drop index suppressions_recent;
create index suppressions_recent on suppressions (ws, since desc, address desc, scope desc);
