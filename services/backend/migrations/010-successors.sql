-- What making the next occurrence of a repeating task did, so that reopening the completed one can take exactly that back. An
-- occurrence without a row here (made before this table, or imported) is never removed.
CREATE TABLE {schema}.successors (
  task_id uuid PRIMARY KEY REFERENCES {schema}.tasks ON DELETE CASCADE,
  previous_task_id uuid NOT NULL,
  -- [{"id", "version", "before"}]: each subtask that was stored, its version after that, and how it was before (null: a copy)
  steps jsonb NOT NULL
);
