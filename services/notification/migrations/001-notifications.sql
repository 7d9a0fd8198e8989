CREATE TABLE {schema}.notifications (
  id uuid PRIMARY KEY,
  user_id text NOT NULL CHECK (user_id <> ''),
  task_id uuid,
  -- a reminder becomes one notification, whatever is redelivered
  reminder_id uuid UNIQUE,
  kind text NOT NULL,
  text text NOT NULL,
  late boolean NOT NULL,
  created_at timestamptz NOT NULL,
  read_at timestamptz
);
CREATE INDEX notifications_by_user ON {schema}.notifications (user_id, created_at DESC, id DESC);
