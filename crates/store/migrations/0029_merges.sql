-- Two customers who are one person, made one and parted again.

-- Whom a customer was merged into; their row stays, so that their id still leads somewhere.
alter table customers add column merged_into {uuid};
create index customers_merged on customers (ws, merged_into) where merged_into is not null;

-- A thread is between one of a customer's numbers and an inbox, so that an answer goes where
-- it is waited for. One of them is open at most, held by the database itself.
drop index conversations_one_open;
create unique index conversations_one_open on conversations (ws, inbox_id, customer_id, address)
  where status <> 'closed';

-- Each merge, undone or not: who was merged into whom, and what must be known to part them.
create table customer_merges (
  ws {uuid} not null,
  id {uuid} not null,
  -- Who was kept, and who was merged into them.
  customer_id {uuid} not null,
  other_id {uuid} not null,
  -- What was moved and how it was before, as JSON.
  moved text not null,
  actor_kind text not null,
  actor_id {uuid},
  merged_at {bigint} not null,
  unmerged_at {bigint},
  unmerged_kind text,
  unmerged_by {uuid},
  -- Addresses that marketing stays refused to since they were parted: the other one's opted out
  -- while they were one.
  refused {bigint} not null default 0,
  primary key (ws, id),
  foreign key (ws, customer_id) references customers (ws, id) on delete cascade,
  foreign key (ws, other_id) references customers (ws, id) on delete cascade
) {strict};
create index customer_merges_by_customer on customer_merges (ws, customer_id, merged_at desc, id desc);
-- What was undone of late: a text that came beside it may have gone to the wrong one.
create index customer_merges_undone on customer_merges (ws, unmerged_at) where unmerged_at is not null;
create index customer_merges_by_other on customer_merges (ws, other_id, merged_at desc, id desc);
