-- Indexes for what the plans of a filled database showed to be read whole.

-- The last conversation with a customer is looked up for every text that comes in.
drop index conversations_by_customer;
create index conversations_by_customer on conversations (ws, customer_id, last_at desc, id desc);

-- Whether a text that failed was tried again is asked each time one fails.
create index messages_retries on messages (ws, retry_of) where retry_of is not null;

-- What waits is claimed account by account and lane by lane, so that one
-- account's backlog costs another's claim nothing, nor what is held until
-- morning a claim that is due now.
drop index outbox_due;
create index outbox_due on outbox (ws, account_id, lane, due_at, message_id) where state = 'due';
