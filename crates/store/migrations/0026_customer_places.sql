-- Where a customer is, beside what their number tells: one row for each kind of
-- place, the latest that is known. What is not known of it is empty.
create table customer_places (
  ws {uuid} not null,
  customer_id {uuid} not null,
  -- `shipping`, `billing` or `declared`.
  kind text not null,
  country text not null,
  region text not null,
  postal_code text not null,
  time_zone text not null,
  -- Who it is known from: `customer`, `member` or `shop`.
  source text not null,
  known_at {bigint} not null,
  primary key (ws, customer_id, kind),
  foreign key (ws, customer_id) references customers (ws, id) on delete cascade
) {strict};
