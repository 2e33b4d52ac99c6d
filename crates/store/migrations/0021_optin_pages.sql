-- Pages of the shop's own where customers agree to its texts.
create table optin_pages (
  ws {uuid} not null,
  id {uuid} not null,
  -- The number that texts whoever agrees.
  inbox_id {uuid} not null,
  -- What the page is found by; nobody guesses it.
  token text not null unique,
  title text not null,
  intro text not null,
  -- How to reach the shop, where the law wants it said.
  contact text not null,
  -- What they agree to; empty for every topic.
  topic text not null,
  -- The word a text to the number begins with; empty where none is offered.
  keyword text not null,
  region text not null,
  locale text not null,
  -- The words shown beside the box, byte by byte.
  disclosure text not null,
  -- Rises with each change of what customers read.
  version {bigint} not null,
  double_opt_in {bigint} not null,
  active {bigint} not null,
  privacy_url text,
  terms_url text,
  -- Sites that may show the form in a frame, as a JSON array of origins.
  origins text not null,
  signups {bigint} not null default 0,
  created_at {bigint} not null,
  changed_at {bigint} not null,
  primary key (ws, id),
  foreign key (ws, inbox_id) references inboxes (ws, id) on delete cascade
) {strict};
create index optin_pages_by_inbox on optin_pages (ws, inbox_id);

-- What hangs in a shop and leads to such a page, each told from the others.
create table posters (
  ws {uuid} not null,
  id {uuid} not null,
  page_id {uuid} not null,
  -- What stands behind `?p=`.
  token text not null,
  name text not null,
  signups {bigint} not null default 0,
  created_at {bigint} not null,
  primary key (ws, id),
  foreign key (ws, page_id) references optin_pages (ws, id) on delete cascade
) {strict};
create unique index posters_by_token on posters (ws, page_id, token);
