-- What the gate held, the next to go on first, and what it refused, the latest first.
-- What a stop switch holds has no instant: it comes last.
create index messages_held on messages (ws, (coalesce(held_until, 9007199254740991)), id) where state = 'held';
create index messages_refused on messages (ws, state_at desc, id desc) where state = 'refused';
