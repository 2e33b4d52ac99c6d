-- Each commit is followed by the question whether an account changed: answered
-- without reading the events of texts.
create index events_accounts on events (ws, seq) where kind = 'account.changed';
