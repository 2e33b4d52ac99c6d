-- What a text is judged as, by what right it is sent, and what the workspace says about it.

-- Which texts count as marketing for an offer in them: never, order_texts or every_text.
alter table workspaces add column reclassify text not null default 'order_texts';
-- Whether whoever is texted was asked for their date of birth.
alter table workspaces add column age_gated {bigint} not null default 0;

-- What the gate judged it as, where it judged it. Its purpose stays what it was sent as; in the
-- outbox it waits as what it was judged as, so that what ends marketing ends it, too.
alter table messages add column class text;
-- What permits it in law; null where nothing does.
alter table messages add column legal_basis text;

-- Whether a text that was handed over told its customer how to opt out.
alter table attempts add column tells_opt_out {bigint} not null default 0;
create index attempts_telling on attempts (ws, address, created_at) where tells_opt_out = 1;
