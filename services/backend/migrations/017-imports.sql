-- One row for each import that stored something, and which tasks it brought: a person can take a whole import back. Tables of
-- their own: nothing locks or rewrites the tasks, and a version that does not know them leaves them empty.
CREATE TABLE {schema}.imports (
  id uuid PRIMARY KEY,
  user_id text NOT NULL REFERENCES {schema}.users ON DELETE CASCADE,
  format text NOT NULL,
  -- of the file, if the client said it
  name text,
  created_at timestamptz NOT NULL,
  tasks integer NOT NULL DEFAULT 0,
  -- [{"id", "name"}] of the lists that it made
  new_lists jsonb NOT NULL DEFAULT '[]',
  -- when its undo began: its tasks are deleted as of this instant, in however many batches
  undo_began_at timestamptz,
  -- how many tasks the undo has deleted so far
  deleted integer NOT NULL DEFAULT 0,
  -- when all of it was done
  undone_at timestamptz
);
CREATE INDEX imports_user ON {schema}.imports (user_id, created_at DESC, id DESC);
CREATE TABLE {schema}.imported_tasks (
  import_id uuid NOT NULL REFERENCES {schema}.imports ON DELETE CASCADE,
  task_id uuid NOT NULL REFERENCES {schema}.tasks ON DELETE CASCADE,
  PRIMARY KEY (import_id, task_id)
);
CREATE INDEX imported_tasks_task ON {schema}.imported_tasks (task_id);
