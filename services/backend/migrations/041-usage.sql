-- What a person's living tasks come to, kept up by triggers in the transaction of each change: no door and no previous version is left
-- out. On the person's own row, which every write of theirs locks and most change anyway. Writers wait while the counting of what
-- is there takes place: about a second for 500,000 tasks.
ALTER TABLE {schema}.users
  ADD COLUMN task_count bigint NOT NULL DEFAULT 0,
  ADD COLUMN reminder_count bigint NOT NULL DEFAULT 0,
  ADD COLUMN text_bytes bigint NOT NULL DEFAULT 0;

CREATE FUNCTION {schema}.note_usage_insert() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  UPDATE {schema}.users u SET task_count = task_count + tasks, reminder_count = reminder_count + reminders, text_bytes = text_bytes + bytes
  FROM (
    SELECT user_id, count(*) AS tasks, sum(jsonb_array_length(reminders)) AS reminders,
      sum(octet_length(title) + octet_length(notes) + octet_length(array_to_string(tags, ''))) AS bytes
    FROM new_rows WHERE deleted_at IS NULL GROUP BY user_id
  ) AS added WHERE u.id = added.user_id;
  RETURN NULL;
END
$$;
CREATE FUNCTION {schema}.note_usage_delete() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  UPDATE {schema}.users u SET task_count = task_count - tasks, reminder_count = reminder_count - reminders, text_bytes = text_bytes - bytes
  FROM (
    SELECT user_id, count(*) AS tasks, sum(jsonb_array_length(reminders)) AS reminders,
      sum(octet_length(title) + octet_length(notes) + octet_length(array_to_string(tags, ''))) AS bytes
    FROM old_rows WHERE deleted_at IS NULL GROUP BY user_id
  ) AS gone WHERE u.id = gone.user_id;
  RETURN NULL;
END
$$;
CREATE FUNCTION {schema}.note_usage_update() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  UPDATE {schema}.users u SET task_count = task_count + tasks, reminder_count = reminder_count + reminders, text_bytes = text_bytes + bytes
  FROM (
    SELECT user_id, sum(sign) AS tasks, sum(sign * jsonb_array_length(reminders)) AS reminders,
      sum(sign * (octet_length(title) + octet_length(notes) + octet_length(array_to_string(tags, '')))) AS bytes
    FROM (
      SELECT 1 AS sign, user_id, title, notes, tags, reminders FROM new_rows WHERE deleted_at IS NULL
      UNION ALL
      SELECT -1, user_id, title, notes, tags, reminders FROM old_rows WHERE deleted_at IS NULL
    ) AS both_sides GROUP BY user_id
  ) AS changed WHERE u.id = changed.user_id AND (tasks <> 0 OR reminders <> 0 OR bytes <> 0);
  RETURN NULL;
END
$$;
CREATE TRIGGER tasks_usage_insert AFTER INSERT ON {schema}.tasks
  REFERENCING NEW TABLE AS new_rows FOR EACH STATEMENT EXECUTE FUNCTION {schema}.note_usage_insert();
CREATE TRIGGER tasks_usage_update AFTER UPDATE ON {schema}.tasks
  REFERENCING OLD TABLE AS old_rows NEW TABLE AS new_rows FOR EACH STATEMENT EXECUTE FUNCTION {schema}.note_usage_update();
CREATE TRIGGER tasks_usage_delete AFTER DELETE ON {schema}.tasks
  REFERENCING OLD TABLE AS old_rows FOR EACH STATEMENT EXECUTE FUNCTION {schema}.note_usage_delete();

UPDATE {schema}.users u SET task_count = tasks, reminder_count = reminders, text_bytes = bytes
FROM (
  SELECT user_id, count(*) AS tasks, sum(jsonb_array_length(reminders)) AS reminders,
    sum(octet_length(title) + octet_length(notes) + octet_length(array_to_string(tags, ''))) AS bytes
  FROM {schema}.tasks WHERE deleted_at IS NULL GROUP BY user_id
) AS counted WHERE u.id = counted.user_id;
