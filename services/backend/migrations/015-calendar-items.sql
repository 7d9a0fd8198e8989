-- What calendar programs know of tasks and lists beyond what a task has: the names they chose, what they wrote that a task has no
-- place for, and what changed in each collection since they asked last. The inbox (tasks without a list) is the collection with
-- the id of zeros.
CREATE TABLE {schema}.calendar_items (
  task_id uuid PRIMARY KEY REFERENCES {schema}.tasks ON DELETE CASCADE,
  user_id text NOT NULL,
  -- the last part of the address, as the program chose it
  name text NOT NULL CHECK (length(name) BETWEEN 1 AND 255),
  uid text NOT NULL CHECK (length(uid) BETWEEN 1 AND 500),
  -- the parent that the program named, while there is no task of that name yet
  parent_uid text,
  -- a finished occurrence that the text of its series tells of: it has no address while it is done
  hidden boolean NOT NULL DEFAULT false,
  -- what the program wrote, and the task that was read from it
  source text,
  task jsonb
);
CREATE INDEX calendar_items_name ON {schema}.calendar_items (user_id, name);
CREATE INDEX calendar_items_uid ON {schema}.calendar_items (user_id, uid);
CREATE INDEX calendar_items_parent ON {schema}.calendar_items (user_id, parent_uid) WHERE parent_uid IS NOT NULL;

CREATE TABLE {schema}.calendar_names (
  list_id uuid PRIMARY KEY REFERENCES {schema}.lists ON DELETE CASCADE,
  user_id text NOT NULL,
  name text NOT NULL CHECK (length(name) BETWEEN 1 AND 255),
  UNIQUE (user_id, name)
);

CREATE TABLE {schema}.calendar_properties (
  user_id text NOT NULL,
  collection uuid NOT NULL,
  -- {namespace}name
  name text NOT NULL CHECK (length(name) <= 500),
  value text NOT NULL,
  PRIMARY KEY (user_id, collection, name)
);

-- One row for each task and each collection it is or was in, with the number of its last change there. Numbers of one person are in
-- the order of their commits, because a writer holds the person's row.
CREATE SEQUENCE {schema}.calendar_change_numbers;
CREATE TABLE {schema}.calendar_changes (
  user_id text NOT NULL,
  collection uuid NOT NULL,
  task_id uuid NOT NULL,
  seq bigint NOT NULL,
  gone boolean NOT NULL,
  PRIMARY KEY (user_id, collection, task_id)
);
CREATE INDEX calendar_changes_seq ON {schema}.calendar_changes (user_id, collection, seq);

-- Triggers, because every door and the previous version write tasks: none can be forgotten.
CREATE FUNCTION {schema}.note_calendar_insert() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  INSERT INTO {schema}.calendar_changes (user_id, collection, task_id, seq, gone)
  SELECT user_id, coalesce(list_id, '00000000-0000-0000-0000-000000000000'), id, nextval('{schema}.calendar_change_numbers'), deleted_at IS NOT NULL
  FROM new_rows
  ON CONFLICT (user_id, collection, task_id) DO UPDATE SET seq = excluded.seq, gone = excluded.gone;
  RETURN NULL;
END
$$;
CREATE FUNCTION {schema}.note_calendar_update() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  INSERT INTO {schema}.calendar_changes (user_id, collection, task_id, seq, gone)
  SELECT user_id, coalesce(list_id, '00000000-0000-0000-0000-000000000000'), id, nextval('{schema}.calendar_change_numbers'), gone
  FROM (
    SELECT n.user_id, n.list_id, n.id, n.deleted_at IS NOT NULL AS gone
    FROM new_rows n JOIN old_rows o USING (id)
    WHERE n.version <> o.version OR n.list_id IS DISTINCT FROM o.list_id OR n.deleted_at IS DISTINCT FROM o.deleted_at
    UNION ALL
    SELECT o.user_id, o.list_id, o.id, true
    FROM new_rows n JOIN old_rows o USING (id) WHERE n.list_id IS DISTINCT FROM o.list_id
  ) AS changed
  ON CONFLICT (user_id, collection, task_id) DO UPDATE SET seq = excluded.seq, gone = excluded.gone;
  RETURN NULL;
END
$$;
CREATE FUNCTION {schema}.note_calendar_delete() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  INSERT INTO {schema}.calendar_changes (user_id, collection, task_id, seq, gone)
  SELECT user_id, coalesce(list_id, '00000000-0000-0000-0000-000000000000'), id, nextval('{schema}.calendar_change_numbers'), true
  FROM old_rows
  ON CONFLICT (user_id, collection, task_id) DO UPDATE SET seq = excluded.seq, gone = true;
  RETURN NULL;
END
$$;
CREATE TRIGGER tasks_calendar_insert AFTER INSERT ON {schema}.tasks
  REFERENCING NEW TABLE AS new_rows FOR EACH STATEMENT EXECUTE FUNCTION {schema}.note_calendar_insert();
CREATE TRIGGER tasks_calendar_update AFTER UPDATE ON {schema}.tasks
  REFERENCING OLD TABLE AS old_rows NEW TABLE AS new_rows FOR EACH STATEMENT EXECUTE FUNCTION {schema}.note_calendar_update();
CREATE TRIGGER tasks_calendar_delete AFTER DELETE ON {schema}.tasks
  REFERENCING OLD TABLE AS old_rows FOR EACH STATEMENT EXECUTE FUNCTION {schema}.note_calendar_delete();
