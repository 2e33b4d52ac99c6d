-- A text's rows are written three times on its way out. PostgreSQL writes every index of
-- a row anew for each of them, unless no column that an index names has changed and the
-- row's page has room. So no index names the state; what lists are made of stands in
-- columns that stay empty on the usual way.

drop index messages_unconfirmed;
drop index messages_held;
drop index messages_refused;
drop index attempts_ambiguous;

-- When a held text may go; the last instant of all for one without a time. When a text
-- was refused. Since when it is unknown whether a provider has a text.
-- sqlite:
alter table messages add column held_due integer
  generated always as (case when state = 'held' then coalesce(held_until, 9007199254740991) end) virtual;
alter table messages add column refused_at integer
  generated always as (case when state = 'refused' then state_at end) virtual;
alter table attempts add column ambiguous_at integer
  generated always as (case when state = 'ambiguous' then created_at end) virtual;
-- end
-- postgres:
alter table messages
  add column held_due bigint
    generated always as (case when state = 'held' then coalesce(held_until, 9007199254740991) end) stored,
  add column refused_at bigint generated always as (case when state = 'refused' then state_at end) stored;
alter table attempts
  add column ambiguous_at bigint generated always as (case when state = 'ambiguous' then created_at end) stored;
alter table messages set (fillfactor = 60);
alter table attempts set (fillfactor = 60);
alter table address_locks set (fillfactor = 50);
-- end
create index messages_held on messages (ws, held_due, id) where held_due is not null;
create index messages_refused on messages (ws, refused_at desc, id desc) where refused_at is not null;
create index attempts_ambiguous on attempts (ws, ambiguous_at) where ambiguous_at is not null;
