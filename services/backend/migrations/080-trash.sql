-- Deleted tasks are shown and restored for 30 days, then erased. Small indexes: over deleted rows only. Writers wait while the
-- table is read once: about half a second for 500,000 tasks.
CREATE INDEX tasks_trash ON {schema}.tasks (user_id, deleted_at DESC, id DESC) WHERE deleted_at IS NOT NULL;
CREATE INDEX tasks_trash_age ON {schema}.tasks (deleted_at) WHERE deleted_at IS NOT NULL;

-- Erasing what was deleted before is no news to a calendar program: the deletion was.
CREATE OR REPLACE FUNCTION {schema}.note_calendar_delete() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  INSERT INTO {schema}.calendar_changes (user_id, collection, task_id, seq, gone)
  SELECT user_id, coalesce(list_id, '00000000-0000-0000-0000-000000000000'), id, nextval('{schema}.calendar_change_numbers'), true
  FROM old_rows WHERE deleted_at IS NULL
  ON CONFLICT (user_id, collection, task_id) DO UPDATE SET seq = excluded.seq, gone = true;
  RETURN NULL;
END
$$;
