-- What a stop switch holds is due at this instant, which never comes; lifting
-- the switch finds it here, inbox by inbox.
create index outbox_stopped on outbox (ws, inbox_id, message_id) where state = 'due' and due_at = 9007199254740991;
