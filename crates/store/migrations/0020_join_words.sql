-- Words of a shop's own that opt a customer in who texts one of them to an inbox.
create table join_words (
  ws {uuid} not null,
  id {uuid} not null,
  inbox_id {uuid} not null,
  -- As the shop writes it, and as it is recognised.
  word text not null,
  plain text not null,
  -- What marketing it is for; empty for all of it.
  topic text not null,
  -- 1 where the customer must answer YES to a request first.
  double_opt_in {bigint} not null,
  locale text not null,
  -- What they get and how often, as the texts say it.
  programme text not null,
  frequency text not null,
  -- The words that stand beside the keyword, and how often they were changed.
  disclosure text not null,
  disclosure_version {bigint} not null,
  -- The shop's own confirmation; Hark's where empty.
  confirmation text not null,
  welcome text not null,
  created_at {bigint} not null,
  changed_at {bigint} not null,
  primary key (ws, id),
  unique (ws, inbox_id, plain),
  foreign key (ws, inbox_id) references inboxes (ws, id) on delete cascade
) {strict};
