-- A list of all texts, the latest first, across conversations.
create index messages_recent on messages (ws, created_at desc, id desc) where kind in ('inbound', 'outbound');
