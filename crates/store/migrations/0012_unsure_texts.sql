-- Texts of which nobody knows yet whether they ask to stop. Marketing to their
-- customers rests until a member says.
create table unsure_texts (
  ws {uuid} not null,
  message_id {uuid} not null,
  conversation_id {uuid} not null,
  address text not null,
  -- What the words were taken for.
  matched_by text not null,
  asked_at {bigint} not null,
  answered_at {bigint},
  -- `opted_out`, `stays`, or `moot` where the customer said it themselves.
  answer text,
  primary key (ws, message_id),
  foreign key (ws, message_id) references messages (ws, id) on delete cascade
) {strict};
create index unsure_texts_open on unsure_texts (ws, asked_at, message_id) where answered_at is null;
create index unsure_texts_by_address on unsure_texts (ws, address) where answered_at is null;
