-- The open tasks that repeat, by due: a calendar asks for those due before the days it shows, to work out when they come again.
-- They are few, so writers wait for a moment only while it is built.
CREATE INDEX tasks_repeating ON {schema}.tasks (user_id, (coalesce(due_at, 'infinity'::timestamptz)), id)
  WHERE deleted_at IS NULL AND status = 'open' AND recurrence IS NOT NULL;
