-- What makes a search of a large shop cost what it finds, not what there is.

-- The words of customers' names, folded as those of messages are.
create table customer_words (
  ws {uuid} not null,
-- sqlite:
  word text not null,
-- end
-- postgres:
  -- Words that begin alike stand together in this order alone.
  word text collate "C" not null,
-- end
  customer_id {uuid} not null,
  primary key (ws, word, customer_id),
  foreign key (ws, customer_id) references customers (ws, id) on delete cascade
) {strict};
create index customer_words_by_customer on customer_words (ws, customer_id);

-- A number is asked for by its beginning, which its key serves, or by its end.
-- sqlite:
create index identities_by_ending on identities (ws, substr(address, -4));
-- end
-- postgres:
create index identities_by_ending on identities (ws, right(address, 4));

-- Places of messages that hold what is asked, newest first: among the latest, one
-- by one, and then by the index, which gathers all it has. Which of the two is
-- right hangs by the words, of which a plan made for any words knows nothing.
create function hark_search(given uuid, asked tsquery, before bigint, many bigint)
returns setof bigint language plpgsql stable as '
declare
  latest constant bigint := 4000;
  edge bigint;
  found_so_far bigint;
begin
  return query select l.id
    from (select s.id, s.words from message_search s where s.ws = given and s.id < before
          order by s.id desc limit latest) l
    where l.words @@ asked order by l.id desc limit many;
  get diagnostics found_so_far = row_count;
  if found_so_far >= many then
    return;
  end if;
  select s.id into edge from message_search s where s.ws = given and s.id < before
    order by s.id desc offset latest - 1 limit 1;
  if edge is null then
    return;
  end if;
  return query with matched as materialized (
      select s.id from message_search s where s.ws = given and s.id < edge and s.words @@ asked)
    select m.id from matched m order by m.id desc limit many - found_so_far;
end';
-- end

-- Names are read from what there is by the follower of the log.
update followers set seq = -1 where name = 'search';
