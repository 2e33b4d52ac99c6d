-- Who looks at which conversation: shared between nodes, worth nothing after a crash.
-- postgres:
create unlogged table presence (
  ws uuid not null,
  conversation_id uuid not null,
  member_id uuid not null,
  here_until bigint not null,
  typing_until bigint not null,
  primary key (ws, conversation_id, member_id)
);
-- end
-- sqlite:
create table presence (
  ws blob not null,
  conversation_id blob not null,
  member_id blob not null,
  here_until integer not null,
  typing_until integer not null,
  primary key (ws, conversation_id, member_id)
) strict;
-- end
create index presence_until on presence (here_until);
