-- What Hark answers by itself to STOP, START and HELP, the topics of texts, and overrides that are tried first.

-- The language of its answers where nothing is known of the customer's: en, es or fr.
alter table workspaces add column language text not null default 'en';
-- The brand's own words: a JSON object of languages, each of answers. Absent ones are Hark's.
alter table workspaces add column answers text not null default '{}';
-- For how many hours the answer counts to the question, in the confirmation of an opt-out, whether order
-- updates shall go on; 0: it is not asked.
alter table workspaces add column clarify_hours {bigint} not null default 0;

-- What a text is about, as whoever sent it says: a topic that customers agree to or leave. Empty: none of its own.
alter table messages add column topic text not null default '';

-- The override that is tried beside those that stood, as the gate takes it: a JSON object. Null where none is. It is
-- also the last of `overrides`, which does not tell it from one that was made in the same instant.
alter table dry_runs add column tried text;
