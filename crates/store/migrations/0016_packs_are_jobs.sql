-- Packs of evidence are made by a job, which holds the lease. A pack counts how often its
-- making was begun, so that one that cannot be made does not keep the others waiting.
alter table evidence_packs drop column lease_until;
alter table evidence_packs add column tries {bigint} not null default 0;
create index evidence_packs_waiting on evidence_packs (ws, created_at, id) where state = 'making';
