-- The shop's own policy on its marketing, beside the law's.

-- At most so many marketing texts to one customer in a rolling span; null: no cap.
alter table workspaces add column cap_day {bigint} default 3;
alter table workspaces add column cap_week {bigint} default 7;
alter table workspaces add column cap_month {bigint} default 20;
-- Who may sell, the first first: a space between the words.
alter table workspaces add column sells_first text not null default 'person bot flow campaign api';
-- Whether marketing waits for an open conversation, and for an open complaint.
alter table workspaces add column courtesy_talks {bigint} not null default 1;
alter table workspaces add column courtesy_complaints {bigint} not null default 1;

-- Since when a complaint is open in it, and what said so: the rows of words it matched, or `member`.
alter table conversations add column complaint_at {bigint};
alter table conversations add column complaint_by text;
-- Whom marketing would interrupt: few customers of a shop have an open conversation.
create index conversations_open_by_customer on conversations (ws, customer_id) where status <> 'closed';
