-- What watches remember.

-- Since when a provider refuses an account's login; null while it takes it.
alter table accounts add column login_refused_at {bigint};

-- How many texts came into an inbox in an hour (counted from the Unix epoch),
-- kept for a few weeks, so that an unusual silence is noticed.
create table inbound_hours (
  ws {uuid} not null,
  inbox_id {uuid} not null,
  hour {bigint} not null,
  texts {bigint} not null,
  primary key (ws, inbox_id, hour),
  foreign key (ws, inbox_id) references inboxes (ws, id) on delete cascade
) {strict};
