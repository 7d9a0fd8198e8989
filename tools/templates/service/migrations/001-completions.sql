-- One row for each completed task that the service was told of.
CREATE TABLE {schema}.completions (
  event_id uuid PRIMARY KEY,
  task_id uuid NOT NULL,
  user_id text NOT NULL,
  created_at timestamptz NOT NULL DEFAULT now()
);
