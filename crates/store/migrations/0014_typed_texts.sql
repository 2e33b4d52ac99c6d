-- What was typed on a simulated phone and is not a message yet: a process that died
-- had it on its way in memory alone.
alter table simulator_texts add column pictures text not null default '[]';
create index simulator_texts_typed on simulator_texts (ws, id) where direction = 'from_phone' and message_id is null;
