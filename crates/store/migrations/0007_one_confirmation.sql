-- Whether an opt-out is confirmed follows from the suppression itself, read with
-- the address row in hand. Nothing ever wrote or read this.
alter table address_locks drop column confirmed_opt_out_at;
