-- Words of deleted messages leave the search index at once.
--
-- The index of SQLite kept no words of its own, so a deletion could only mark
-- them, and they stayed in the file until some later merge. Now the row holds
-- its words, as on PostgreSQL; a deletion names them, and FTS5 takes them out
-- of its pages. Everything is indexed anew from the messages.

-- sqlite:
drop trigger message_words_forget;
drop table message_words;
delete from message_search;
alter table message_search add column words text not null default '';
-- The words come cut and folded: the plainest tokenizer leaves them as they are.
create virtual table message_words using fts5 (
  words, content = 'message_search', content_rowid = 'id', tokenize = "ascii"
);
insert into message_words (message_words, rank) values ('secure-delete', 1);
create trigger message_words_forget after delete on message_search begin
  insert into message_words (message_words, rowid, words) values ('delete', old.id, old.words);
end;
update followers set seq = -1 where name = 'search';
-- end
