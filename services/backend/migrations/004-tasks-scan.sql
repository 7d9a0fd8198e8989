-- What a search reads when nothing else narrows it (one character, or a word that many tasks have beside a filter that none
-- of them meets): every task of the person, but from here, without unpacking the twenty columns that stand before `search` in
-- the table. It has what filters and orders need, except tags, which have their own index. An index row must stay under 2,704
-- bytes and a user id has up to 800: longer texts, which are few, are read from the table through the second index.
-- Writers wait while it is built: about half a second for 100,000 tasks.
CREATE INDEX tasks_scan ON {schema}.tasks (user_id, id)
  INCLUDE (priority, status, due_at, completed_at, created_at, updated_at, list_id, parent_id, search)
  WHERE deleted_at IS NULL AND octet_length(search) <= 1500;
CREATE INDEX tasks_scan_long ON {schema}.tasks (user_id) WHERE deleted_at IS NULL AND octet_length(search) > 1500;
